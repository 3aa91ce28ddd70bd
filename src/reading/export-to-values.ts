import { firstPlacesOf, RefusedValue, refusedAt } from './refused-value';
import { ValueForm } from './value-forms';
import { Fields, strings } from '../view/fields';

/** Where an object is, and what its kind may have in `exportTo`. */
interface Exporting {
  readonly namespace: string;
  readonly form: ValueForm;
  /** A rule for some workloads is for those of its own namespace. */
  readonly isOfWorkloads?: boolean;
}

/** What stands alone in `exportTo`. */
const ALONE = new Map([['*', 'every namespace'], ['~', 'no namespace']]);

/** What Istio's webhook refuses in `exportTo` because of the object around it; an entry that is refused by itself is told as that. */
export function refusedInExportTo({ exportTo }: Fields, { namespace, form, isOfWorkloads = false }: Exporting): RefusedValue[] {
  const written = strings(exportTo);
  const targets = written.map(target => (target === '.' ? namespace : target));
  const firsts = firstPlacesOf(targets);
  return written.flatMap((target, i): RefusedValue[] => {
    const tell = (what: string, instead: string) => [refusedAt(['spec', 'exportTo', i], what, target, instead)];
    const first = firsts.get(targets[i])!;
    const alone = ALONE.get(target);
    if (!form.isRight(target)) {
      return [];
    }
    if (first < i) {
      const what = `is 'spec.exportTo[${first}]' again`;
      return tell(target === written[first] ? what : `${what}, which is the object's own namespace`, 'write it once');
    }
    // The namespace may be one that nobody wrote.
    if (isOfWorkloads && targets[i] !== namespace && (target === '*' || namespace !== '')) {
      return tell('is more than the object\'s own namespace, to which \'workloadSelector\' keeps it', 'write "." alone, or remove \'exportTo\'');
    }
    return firsts.size > 1 && alone !== undefined ? tell(`is for ${alone}, beside others`, 'write it alone, or the others without it') : [];
  });
}
