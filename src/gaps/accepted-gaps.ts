import { gapId } from './gap';
import { Gaps, GAP_KINDS, isLookedFor } from './gaps-in';
import { accepts, Acknowledgement, acknowledgementsOf, NOT_JUDGED } from '../findings/acknowledgement';
import { unmatched, withoutEffect } from '../findings/findings-in';
import { nearest } from '../private/nearest';
import { Finding, Rule } from '../rules/rule';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** What depends on one thing, and the reason for which somebody accepted it. */
export interface AcceptedGaps extends Gaps {
  readonly acknowledged?: string;
}

/** What was not judged, divided by what somebody accepted in the annotations of its places; and which of these annotations match nothing. */
export function acceptedGaps(
  view: MeshView, gaps: readonly Gaps[], rules: readonly Pick<Rule, 'id'>[],
): { readonly gaps: readonly AcceptedGaps[]; readonly unused: readonly Finding[] } {
  const written = new Map<MeshObject, readonly Acknowledgement[]>();
  view.objects.forEach(object => {
    const all = acknowledgementsOf(object).filter(({ id }) => id.startsWith(NOT_JUDGED));
    if (all.length > 0) {
      written.set(object, all);
    }
  });
  const used = new Set<Acknowledgement>();
  const divided = gaps.flatMap(({ kind, on, all }): AcceptedGaps[] => {
    const byReason = new Map<string | undefined, Gaps['all'][number][]>();
    for (const gap of all) {
      const matching = (written.get(gap.object) ?? []).filter(acknowledgement => accepts(acknowledgement, gapId(kind), gap.field));
      matching.forEach(acknowledgement => used.add(acknowledgement));
      addTo(byReason, matching[0]?.reason, gap);
    }
    return [...byReason].map(([acknowledged, places]) => ({ kind, on, all: places, acknowledged }));
  });
  const unused = [...written.values()].flat().filter(acknowledgement => !used.has(acknowledgement));
  return { gaps: divided, unused: unused.flatMap(acknowledgement => problemOf(acknowledgement, rules)) };
}

/** Why an acknowledgement has no effect; nothing when its kind is not looked for this time. */
function problemOf(acknowledgement: Acknowledgement, rules: readonly Pick<Rule, 'id'>[]): Finding[] {
  const kind = GAP_KINDS.find(candidate => gapId(candidate) === acknowledgement.id);
  if (kind === undefined) {
    const known = GAP_KINDS.map(gapId);
    return [withoutEffect(acknowledgement, 'names nothing that lint leaves unjudged', `write ${JSON.stringify(nearest(acknowledgement.id, known) ?? known[0])}, or another one that lint prints`)];
  }
  return isLookedFor(kind, rules) ? [unmatched(acknowledgement, 'matches nothing that was not judged')] : [];
}
