import { Access } from './access';
import { answerData, placesOf } from './as-json';
import { Difference, opens } from './difference';
import { Sources } from './sources';
import { visibleJson } from '../private/visible';

/** What a change opens and closes, for programs. Members are added and never renamed. */
export function differenceAsJson(difference: Difference): string {
  const { before, after, access, dependencies, openings, outbound, network, acknowledgements } = difference;
  return `${visibleJson({
    version: 1,
    opens: opens(difference),
    mesh: { before: before.view.facts, after: after.view.facts },
    access: access.map(({ kind, client, target, ...states }) => ({
      kind, client, host: target.host, port: target.port, before: stateOf(states.before, before.sources), after: stateOf(states.after, after.sources),
    })),
    dependencies,
    ...Object.fromEntries(Object.entries({ outbound, network }).map(([name, changes]) => (
      [name, changes.map(({ kind, place, past, because }) => ({ change: kind, ...place, past, because: placesOf(because, after.sources) }))]))),
    acknowledgements: acknowledgements.map(({ kind, acknowledgement: { id, field, reason }, because }) => {
      const { object, file, line } = (kind === 'ADDED' ? after : before).sources.of(because);
      return { change: kind, object, id, field, reason, file, line };
    }),
    problems: { before: before.unread, after: after.unread },
    whoElse: openings.map(({ kind, host, opening: { kind: what, who, why, except } }) => ({ change: kind, host, kind: what, who, why, except })),
  })}\n`;
}

function stateOf({ workloads, ...answer }: Access, sources: Sources): unknown {
  return { ...answerData(answer, sources), workloads };
}
