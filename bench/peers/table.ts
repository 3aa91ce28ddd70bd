import { Peer } from './peer';
import { CaseResult, medianOf, ratioOf } from './results';
import { aligned, whole } from '../columns';

/** What one case took, for a terminal; the ratios are to the first of the peers. */
export function table(result: CaseResult, peers: readonly Peer[]): string {
  const base = result.peers[0];
  const rows = result.peers.map(own => {
    const title = peers.find(({ id }) => id === own.peer)?.title ?? own.peer;
    return [title, ...(['wallMs', 'cpuMs', 'rssMb'] as const).flatMap(measure => [
      given(medianOf(own, measure), whole), given(ratioOf(own, base, measure), ratio => ratio.toFixed(2)),
    ]), String(own.samples.length)];
  });
  const { services, route, charts, objects } = result;
  return [
    `${whole(services)} services, ${route}, ${whole(charts)} chart${charts === 1 ? '' : 's'}: ${whole(objects)} objects`,
    ...aligned([['program', 'ms', 'ratio', 'processor ms', 'ratio', 'MB', 'ratio', 'runs'], ...rows]), '',
  ].join('\n');
}

function given(value: number | undefined, written: (value: number) => string): string {
  return value === undefined ? 'not run' : written(value);
}
