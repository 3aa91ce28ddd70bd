import { Gap, GapKind, NOT_THERE } from './gap';
import { namespaceOfService } from '../view/host-name';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { MESH, Route, RouteDestination, RouteRule } from '../view/route';
import { TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

export const subsetGap: GapKind = {
  name: 'subset',
  rules: ['MX0403', 'MX0404', 'MX0406'],
  state: NOT_THERE,
  open: 'whether proxies know the subset, and what it selects',
  fix: 'add the DestinationRule',
  find: view => {
    const bySubset = new Map<string, TrafficRule[]>();
    view.trafficRules.forEach(rule => rule.subsets.forEach(({ name }) => addTo(bySubset, `${rule.host} ${name}`, rule)));
    const named = ({ destinations, mirrors }: RouteRule) => [...destinations, ...mirrors].filter(({ subset }) => subset !== undefined);
    return view.routes.flatMap(route => route.rules.flatMap(rule => named(rule).flatMap(to => (
      gapsOf(view, route, rule, to, bySubset.get(`${to.host} ${to.subset}`) ?? [])))));
  },
};

/** What nothing has, and what the sidecars of a namespace whose workloads are in the input do not find where they look: somebody may write it there. */
function gapsOf(
  view: MeshView, route: Route, { matches }: RouteRule, { host, subset, field }: RouteDestination, known: readonly TrafficRule[],
): Gap[] {
  const rule = `a DestinationRule of ${host} with the subset ${subset}`;
  const gap = (where: string): Gap => ({ object: route.object, field: [...field, 'subset'], on: `${rule}${where}` });
  if (known.length === 0) {
    return [gap('')];
  }
  if (!matches.some(({ gateways }) => gateways.includes(MESH))) {
    return [];
  }
  const home = namespaceOfService(host, view.facts.clusterDomain);
  const entries = view.names.entriesOf(host).map(({ object }) => object.namespace);
  const isFound = (namespace: string) => known.some(({ object, visibleTo }) => (
    [namespace, home, view.facts.rootNamespace, ...entries].includes(object.namespace) && reaches(visibleTo, namespace)));
  // The gateway is among those that see the route, and follows another leg.
  const clients = route.visibleTo.filter(namespace => view.podNamespaces.includes(namespace) && !view.gatewayPlaces.namespaces.has(namespace));
  return clients.filter(namespace => !isFound(namespace))
    .map(namespace => gap(` where the sidecars of "${namespace}" look`));
}
