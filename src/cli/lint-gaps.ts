import { byPlace } from './by-place';
import { AcceptedGaps } from '../gaps/accepted-gaps';
import { gapId } from '../gaps/gap';
import { compareTexts } from '../private/order';
import { lineOf } from '../reading/file-object';
import { fieldText } from '../view/fields';
import { MeshObject } from '../view/mesh-object';

/** How many places are named of those that depend on one thing. */
const MOST_PLACES = 10;

/** What rules could not judge, as every format writes it. */
export interface LintGap {
  readonly kind: string;
  /** Such as `Gateway infra/egress`. */
  readonly dependsOn: string;
  readonly message: string;
  readonly fix: string;
  /** The rules that stay silent; none for all of them. */
  readonly rules: readonly string[];
  /** What somebody writes at a place to accept it. */
  readonly acknowledge: string;
  /** The reason for which somebody accepted it. */
  readonly acknowledged?: string;
  /** How many places depend on it. */
  readonly count: number;
  /** The first of them. */
  readonly places: readonly { readonly object: MeshObject; readonly field: string; readonly file: string; readonly line?: number }[];
}

export function lintGapsOf(gaps: readonly AcceptedGaps[]): LintGap[] {
  const found = gaps.map(({ kind, on, all, acknowledged }): LintGap => {
    const places = all.map(({ object, field = [] }) => {
      const { file, path, line } = object.origin;
      return { object, steps: field, file: file ?? path, line };
    });
    return {
      kind: kind.name,
      dependsOn: on,
      message: `${on} ${kind.state}: ${kind.open}`,
      fix: kind.fix,
      rules: kind.rules,
      acknowledge: `${gapId(kind)}: <reason>`,
      acknowledged,
      count: all.length,
      places: places.sort(byPlace).slice(0, MOST_PLACES)
        .map(({ object, steps, file }) => ({ object, field: fieldText(steps), file, line: lineOf(object, steps) })),
    };
  });
  return found.sort((a, b) => byPlace(a.places[0], b.places[0]) || compareTexts(a.message, b.message) || compareTexts(a.acknowledged ?? '', b.acknowledged ?? ''));
}

/** One of each kind that nobody accepted, with how many more there are: a short list for a person. */
export function firstOfEach(gaps: readonly LintGap[]): { readonly gap: LintGap; readonly more: number }[] {
  const kinds = new Map<string, LintGap[]>();
  gaps.filter(({ acknowledged }) => acknowledged === undefined).forEach(gap => kinds.set(gap.kind, [...kinds.get(gap.kind) ?? [], gap]));
  return [...kinds.values()].map(([gap, ...others]) => ({ gap, more: others.length }));
}
