import { clientGap } from './client-gap';
import { delegateGap } from './delegate-gap';
import { endpointsGap } from './endpoints-gap';
import { envoyFilterGap } from './envoy-filter-gap';
import { Gap, GapKind } from './gap';
import { gatewayApiGap } from './gateway-api-gap';
import { gatewayGap } from './gateway-gap';
import { gatewayPodsGap } from './gateway-pods-gap';
import { gatewayPortGap } from './gateway-port-gap';
import { hostGap } from './host-gap';
import { httpProxyGap } from './http-proxy-gap';
import { policyPortsGap } from './policy-ports-gap';
import { routeGap } from './route-gap';
import { serviceGap } from './service-gap';
import { subsetGap } from './subset-gap';
import { workloadGap } from './workload-gap';
import { Finding, Rule } from '../rules/rule';
import { fieldText } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** What depends on one thing. */
export interface Gaps {
  readonly kind: GapKind;
  readonly on: string;
  readonly all: readonly Gap[];
}

/** Every kind, in the order of a connection. */
export const GAP_KINDS: readonly GapKind[] = [
  clientGap, hostGap, routeGap, gatewayGap, serviceGap, subsetGap, delegateGap, gatewayPodsGap, gatewayPortGap, workloadGap, endpointsGap,
  policyPortsGap, gatewayApiGap, httpProxyGap, envoyFilterGap,
];

/** What rules could not judge. What one of them found is no gap: it saw enough to say so. */
export function gapsIn(view: MeshView, rules: readonly Pick<Rule, 'id'>[], found: readonly Finding[]): Gaps[] {
  const told = new Map<MeshObject, Set<string>>();
  found.forEach(({ object, field = [] }) => told.set(object, (told.get(object) ?? new Set()).add(fieldText(field))));
  return GAP_KINDS.filter(kind => isLookedFor(kind, rules)).flatMap(kind => {
    const together = new Map<string, Gap[]>();
    kind.find(view).forEach(gap => addTo(together, gap.on, gap));
    return [...together].map(([on, all]) => ({ kind, on, all }))
      .filter(({ all }) => !all.some(({ object, field = [] }) => told.get(object)?.has(fieldText(field))));
  });
}

/** Whether a rule looks that would stay silent; of some kinds every one would. */
export function isLookedFor(kind: GapKind, rules: readonly Pick<Rule, 'id'>[]): boolean {
  return kind.rules.length === 0 || rules.some(({ id }) => kind.rules.includes(id));
}
