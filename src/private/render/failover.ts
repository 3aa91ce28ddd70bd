import { EndpointModel } from '../model';

/**
 * Priorities of endpoints. Istio knows none, but orders endpoints by how many labels of a list they have, from its beginning: with `failover-1` and
 * `failover-2` in the list, the first choice has both, the second the first one, the third none.
 */
function labelOf(step: number): string {
  return `failover-${step}`;
}

const steps = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

function lastRank(endpoints: readonly EndpointModel[]): number {
  return Math.max(0, ...endpoints.map(({ rank = 0 }) => rank));
}

/** The labels of one of the endpoints; none when all are equal. */
export function failoverLabels({ rank = 0 }: EndpointModel, endpoints: readonly EndpointModel[]): { [label: string]: string } | undefined {
  const held = steps(lastRank(endpoints) - rank);
  return held.length > 0 ? Object.fromEntries(held.map(step => [labelOf(step), 'true'])) : undefined;
}

/** How a proxy is told the order, with values, so that its own labels do not matter. */
export function failoverPriority(endpoints: readonly EndpointModel[]): string[] {
  return steps(lastRank(endpoints)).map(step => `${labelOf(step)}=true`);
}
