import { Fields } from './fields';
import { addTo } from './lists';
import { API_FIELDS } from '../../imports/istio/fields';

/** The fields of an object of Istio's API, by their names; `*` stands for any name. */
interface KnownFields {
  [field: string]: KnownFields;
}

/** Without what every object of JavaScript has: nobody may take `constructor` for a field of Istio. */
function noFields(): KnownFields {
  return Object.create(null) as KnownFields;
}

/** A field that Istio's API does not have. */
export interface UnknownField {
  readonly path: readonly (string | number)[];
  /** Those that the object around it has. */
  readonly known: readonly string[];
}

/** The groups of Istio's API. */
export const API_GROUPS: ReadonlySet<string> = new Set(Object.keys(API_FIELDS).map(key => key.split('/')[0]));

const GROUPS_BY_KIND = new Map<string, string[]>();
Object.keys(API_FIELDS).map(key => key.split('/')).forEach(([group, kind]) => addTo(GROUPS_BY_KIND, kind, group));

const ANY_NAME = '*';

/** What is below each field, by the kind: read once it is asked for. */
const READ = new Map<string, KnownFields>();

/** The kinds of a group. */
export function kindsOf(group: string): readonly string[] {
  return Object.keys(API_FIELDS).filter(key => key.startsWith(`${group}/`)).map(key => key.slice(group.length + 1));
}

/** The groups that have a kind. */
export function groupsOf(kind: string): readonly string[] {
  return GROUPS_BY_KIND.get(kind) ?? [];
}

/** The versions of a kind; undefined for one that Istio does not have. */
export function versionsOf(group: string, kind: string): readonly string[] | undefined {
  return API_FIELDS[`${group}/${kind}`]?.versions;
}

/** The fields of a kind, right below `spec`. */
export function fieldsOf(group: string, kind: string): readonly string[] {
  return Object.keys(knownOf(`${group}/${kind}`) ?? {});
}

/** What an object has below `spec` that Istio's API has not: the field that is nearest to the object, and nothing below it. */
export function unknownFieldsOf(group: string, kind: string, spec: Fields): UnknownField[] {
  const known = knownOf(`${group}/${kind}`);
  const found: UnknownField[] = [];
  if (known !== undefined) {
    look(spec, known, ['spec'], found);
  }
  return found;
}

function knownOf(key: string): KnownFields | undefined {
  if (!Object.hasOwn(API_FIELDS, key)) {
    return undefined;
  }
  const known = READ.get(key) ?? fieldsIn(API_FIELDS[key].fields);
  READ.set(key, known);
  return known;
}

/** @param path where the value is; one list for all, which is copied where something is found: nearly every object has only known fields */
function look(value: unknown, known: KnownFields, path: (string | number)[], found: UnknownField[]): void {
  if (Array.isArray(value)) {
    // The API has no list of lists.
    value.forEach((item, i) => Array.isArray(item) || lookBelow(item, known, path, i, found));
  } else if (typeof value === 'object' && value !== null) {
    // Without a pair for each field: this is asked of every field of every object.
    for (const field of Object.keys(value)) {
      const below = (value as Fields)[field];
      const next = known[field] ?? known[ANY_NAME];
      if (next !== undefined) {
        lookBelow(below, next, path, field, found);
      } else if (below !== undefined && below !== null && !isText(known)) {
        found.push({ path: [...path, field], known: Object.keys(known) });
      }
    }
  }
}

function lookBelow(value: unknown, known: KnownFields, path: (string | number)[], step: string | number, found: UnknownField[]): void {
  if (typeof value === 'object') {
    path.push(step);
    look(value, known, path, found);
    path.pop();
  }
}

/** Whether a field has nothing below it: what stands there has another type, which is another mistake. */
function isText(known: KnownFields): boolean {
  return Object.keys(known).length === 0;
}

/** Reads `a b(c d(e))`. */
function fieldsIn(text: string): KnownFields {
  const root = noFields();
  const open = [root];
  let last = '';
  for (const [token] of text.matchAll(/[()]|[^ ()]+/g)) {
    if (token === '(') {
      open.push(open[open.length - 1][last]);
    } else if (token === ')') {
      open.pop();
    } else {
      open[open.length - 1][token] = noFields();
      last = token;
    }
  }
  return root;
}
