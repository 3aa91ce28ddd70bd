import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { namespaceOfService } from '../view/host-name';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { MESH, Route } from '../view/route';
import { TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

export const ruleNotLookedUp: Rule = {
  id: 'MX0403',
  name: 'rule-not-looked-up',
  severity: 'ERROR',
  title: 'A DestinationRule is where the proxies that need it do not look.',
  why: 'A proxy looks for the rule of a host in its own namespace, then in that of the Service or ServiceEntry, then in the root namespace, and sees what is exported to it. A rule '
    + 'anywhere else does nothing: a gateway sends without TLS, a subset has no endpoints.',
  fix: 'Write the rule in the namespace of the client, or in that of the service and export it to the client. For a gateway, the client is the gateway.',
  related: [],
  check: view => {
    const found = view.trafficRules.flatMap(rule => exportedInVain(view, rule) ?? hiddenFromGateway(view, rule) ?? []);
    const said = new Set(found.map(({ object }) => object));
    return [...found, ...hiddenFromClients(view).filter(({ object }) => !said.has(object))];
  },
};

/** Where a service is declared, as far as the objects show it. */
function homesOf(view: MeshView, host: string): readonly string[] {
  const service = namespaceOfService(host, view.facts.clusterDomain);
  return service === undefined ? view.names.entriesOf(host).map(({ object }) => object.namespace) : [service];
}

/** What is exported to other namespaces from one in which they do not look. */
function exportedInVain(view: MeshView, rule: TrafficRule): Finding[] | undefined {
  const { object, host, visibleTo } = rule;
  const homes = homesOf(view, host);
  const others = strings(object.spec.exportTo).filter(namespace => !['.', '*', object.namespace].includes(namespace));
  if (others.length === 0 || homes.length === 0 || homes.includes(object.namespace) || object.namespace === view.facts.rootNamespace || object.namespace === '') {
    return undefined;
  }
  return [{
    object,
    field: ['spec', 'exportTo'],
    message: `'exportTo' gives the rule for ${quote(host)} to ${where(others[0])}, whose proxies look for it in their own namespace and in ${where(homes[0])} only`,
    fix: visibleTo.includes(object.namespace) ? `write a second one in ${where(others[0])}` : `write it in ${where(others[0])}`,
  }];
}

/** What sidecars have and the gateway that connects to the service has not. */
function hiddenFromGateway(view: MeshView, rule: TrafficRule): Finding[] | undefined {
  const { object, host, allTls } = rule;
  const [gateway] = view.names.entriesOf(host).length === 0 || !allTls.some(({ mode }) => mode !== 'DISABLE') ? [] : gatewaysTo(view, host);
  const homes = homesOf(view, host);
  if (!gateway) {
    return undefined;
  }
  const isFound = (candidate: TrafficRule) => gateway.namespaces.some(namespace => (
    reaches(candidate.visibleTo, namespace) && [namespace, ...homes, view.facts.rootNamespace].includes(candidate.object.namespace)));
  // One of several rules is enough, and a rule for the sidecars alone is meant where they connect themselves.
  return view.names.trafficRulesOf(host).some(isFound) ? undefined : [{
    object,
    field: ['spec', 'host'],
    message: `'host' ${quote(host)} is what the gateway in ${where(gateway.namespaces[0])} connects to ('${gateway.route}'), and this rule is not for it: the gateway would send without TLS`,
    fix: homes.includes(object.namespace) ? `add ${quote(gateway.namespaces[0])} to 'exportTo'` : `write it in ${where(gateway.namespaces[0])}`,
  }];
}

/** The gateways that send to a host on a rule of their own, where their pods are known. */
function gatewaysTo(view: MeshView, host: string): { readonly namespaces: readonly string[]; readonly route: string }[] {
  // The published recipes have one VirtualService of the host for both legs, or one of the gateway for the same host.
  return view.names.legsTo(host).flatMap(({ route, match }) => match.gateways.flatMap(name => {
    const gateway = view.names.gatewayOf(name);
    const namespaces = gateway ? [...view.gatewayPlaces.namespacesOf(gateway)] : [];
    return namespaces.length > 0 ? [{ namespaces, route: route.object.origin.path }] : [];
  }));
}

/** The subsets that routes of the sidecars name and their rules keep from them. */
function hiddenFromClients(view: MeshView): Finding[] {
  const rules = new Map<string, TrafficRule[]>();
  view.trafficRules.forEach(rule => rule.subsets.forEach(({ name }) => addTo(rules, `${rule.host} ${name}`, rule)));
  const found = new Map<TrafficRule, Finding>();
  let known: ReadonlySet<string> | undefined;
  // Reading the pods renders every workload.
  const clients = (route: Route) => clientsOf(view, route, known ??= namespacesWithSidecars(view));
  for (const route of rules.size === 0 ? [] : view.routes.filter(({ isForSidecars, object }) => isForSidecars && object.namespace !== '')) {
    const own = route.rules.filter(({ matches }) => matches.some(({ gateways }) => gateways.includes(MESH)));
    for (const { host, subset } of own.flatMap(({ destinations }) => destinations)) {
      const holders = subset === undefined ? undefined : rules.get(`${host} ${subset}`);
      const hidden = holders && hiddenIn(view, route, host, holders, clients);
      if (hidden && !found.has(hidden.rule)) {
        found.set(hidden.rule, hiddenSubset(view, route, host, subset!, hidden));
      }
    }
  }
  return [...found.values()];
}

interface Hidden {
  readonly rule: TrafficRule;
  /** The namespace whose sidecars need it. */
  readonly client: string;
  /** Whether they look in the namespace of the rule. */
  readonly isPlaced: boolean;
}

function hiddenIn(
  view: MeshView, route: Route, host: string, holders: readonly TrafficRule[], clientsFor: (route: Route) => Clients,
): Hidden | undefined {
  const homes = [...homesOf(view, host), view.facts.rootNamespace];
  const own = route.object.namespace;
  const isSeen = (client: string) => holders.some(({ object, visibleTo }) => (
    reaches(visibleTo, client) && [client, ...homes].includes(object.namespace)));
  const placed = holders.find(({ object }) => homes.includes(object.namespace));
  const clients = clientsFor(route);
  // A rule that some others see is theirs.
  const isKept = holders.every(({ object, visibleTo }) => visibleTo.every(namespace => namespace === object.namespace));
  if (placed && reaches(route.visibleTo, own) && (clients.own || isKept) && !isSeen(own)) {
    return { rule: placed, client: own, isPlaced: true };
  }
  const rule = placed ?? holders.find(({ object }) => object.namespace === own);
  if (!rule || homes.length === 1) {
    return undefined;
  }
  // Of those that happen to see the route, it is not known who uses it.
  const [client] = clients.named.filter(namespace => !isSeen(namespace));
  const hidden = client ?? (clients.others.some(isSeen) ? undefined : clients.others[0]);
  return hidden === undefined ? undefined : { rule, client: hidden, isPlaced: rule === placed };
}

interface Clients {
  /** Whether workloads are beside the route. */
  readonly own: boolean;
  /** The other namespaces with workloads that see it by name. */
  readonly named: readonly string[];
  /** Those that see it because everybody does, where none are beside it. */
  readonly others: readonly string[];
}

function namespacesWithSidecars(view: MeshView): ReadonlySet<string> {
  return new Set(view.pods.filter(pod => ['SIDECAR', undefined].includes(view.namespaces.planeOf(pod.namespace, pod))).map(({ namespace }) => namespace));
}

function clientsOf(view: MeshView, { object, visibleTo }: Route, withPods: ReadonlySet<string>): Clients {
  const own = withPods.has(object.namespace);
  const others = [...withPods].filter(namespace => (
    !['', object.namespace, view.facts.rootNamespace].includes(namespace) && !view.gatewayPlaces.namespaces.has(namespace)));
  return { own, named: others.filter(namespace => visibleTo.includes(namespace)), others: visibleTo.includes('*') && !own ? others : [] };
}

function hiddenSubset(view: MeshView, route: Route, host: string, subset: string, { rule, client, isPlaced }: Hidden): Finding {
  const isExported = strings(rule.object.spec.exportTo).length > 0;
  return {
    object: rule.object,
    field: ['spec', isPlaced && isExported ? 'exportTo' : 'host'],
    message: `'subsets' has ${quote(subset)} of ${quote(host)}, to which '${route.object.origin.path}' sends, and sidecars in ${where(client)} do not know it: `
      + (isPlaced ? `'exportTo' keeps it in ${where(rule.object.namespace)}` : `they look for it in their own namespace and in ${where(homesOf(view, host)[0])} only`),
    fix: isPlaced ? `add ${quote(client)} to 'exportTo'` : `write it in ${where(client)}, or in ${where(homesOf(view, host)[0])} and export it to ${quote(client)}`,
  };
}
