import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { namespaceOfService } from '../view/host-name';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { MESH } from '../view/route';
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
    const unused = hiddenFromSidecars(view);
    return view.trafficRules.flatMap(rule => exportedInVain(view, rule) ?? hiddenFromGateway(view, rule) ?? unused.get(rule) ?? []);
  },
};

/** Where a service is declared, as far as the objects show it. */
export function homesOf(view: MeshView, host: string): readonly string[] {
  const service = namespaceOfService(host, view.facts.clusterDomain);
  const entries = view.names.entriesOf(host).map(({ object }) => object.namespace);
  // An entry may have the name of a Service that another cluster has.
  return service === undefined || entries.length > 0 && !view.serviceByHost.has(host) ? entries : [service, ...entries];
}

/** What is exported to other namespaces from one in which they do not look. */
function exportedInVain(view: MeshView, rule: TrafficRule): Finding[] | undefined {
  const { object, host, visibleTo } = rule;
  const homes = homesOf(view, host);
  const others = strings(object.spec.exportTo).filter(namespace => !['.', '*', object.namespace].includes(namespace));
  if (others.length === 0 || homes.length === 0 || homes.includes(object.namespace) || object.namespace === view.facts.rootNamespace || object.namespace === '') {
    return undefined;
  }
  const place = { object, field: ['spec', 'exportTo'] };
  return isOwnLeftOut(view, rule, others, homes) ? [{
    ...place,
    message: `'exportTo' leaves out ${where(object.namespace)}, where the rule is and where sidecars look for that of ${quote(host)}: they connect without it`,
    fix: 'remove \'exportTo\', or write \'exportTo: ["."]\'',
  }] : [{
    ...place,
    message: `'exportTo' gives the rule for ${quote(host)} to ${where(others[0])}, whose proxies look for it in their own namespace and in ${where(homes[0])} only`,
    fix: visibleTo.includes(object.namespace) ? `write a second one in ${where(others[0])}` : `write it in ${where(others[0])}`,
  }];
}

/** Whether a rule is in the namespace of its clients, and exported only to where there are none: to that of the service, or to one that does not know the service. */
function isOwnLeftOut(view: MeshView, { object, host, visibleTo }: TrafficRule, others: readonly string[], homes: readonly string[]): boolean {
  const entries = view.names.entriesOf(host);
  const isKnownIn = (namespace: string) => entries.length === 0 || entries.some(entry => reaches(entry.visibleTo, namespace));
  const isInVain = others.every(namespace => homes.includes(namespace) || !isKnownIn(namespace));
  return isInVain && isKnownIn(object.namespace) && !reaches(visibleTo, object.namespace);
}

/** What sidecars have and the gateway that connects to the service has not. */
function hiddenFromGateway(view: MeshView, rule: TrafficRule): Finding[] | undefined {
  const { object, host, allTls } = rule;
  const [gateway] = view.names.entriesOf(host).length === 0 || !allTls.some(({ mode }) => mode !== 'DISABLE') ? [] : gatewaysTo(view, host);
  const homes = homesOf(view, host);
  if (!gateway) {
    return undefined;
  }
  const isFound = (candidate: TrafficRule) => gateway.namespaces.some(namespace => isLookedUp(view, candidate, homes, namespace));
  // One of several rules is enough, and a rule for the sidecars alone is meant where they connect themselves.
  return view.names.trafficRulesOf(host).some(isFound) ? undefined : [{
    object,
    field: ['spec', 'host'],
    message: `'host' ${quote(host)} is what the gateway in ${where(gateway.namespaces[0])} connects to ('${gateway.route}'), and this rule is not for it: the gateway would send without TLS`,
    fix: homes.includes(object.namespace) ? `add ${quote(gateway.namespaces[0])} to 'exportTo'` : `write it in ${where(gateway.namespaces[0])}`,
  }];
}

/** Of each host that sidecars are sent to, the first rule that they do not look up, where they find no other. */
function hiddenFromSidecars(view: MeshView): Map<TrafficRule, Finding[]> {
  return new Map([...new Set(view.trafficRules.map(({ host }) => host))].flatMap(host => {
    const homes = homesOf(view, host);
    const rules = view.names.trafficRulesOf(host);
    const lost = homes.length === 0 ? undefined : senderWithoutRule(view, host, homes, rules);
    const needed = lost && rules.find(rule => isNeeded(view, rule, lost) && (homes.includes(rule.object.namespace) || isForNobody(view, rule)));
    return needed === undefined ? [] : [[needed, [notLookedUp(view, needed, lost!, homes)]]];
  }));
}

/** Sidecars that a VirtualService of their own namespace sends to a host. */
interface Senders {
  readonly namespace: string;
  readonly route: string;
  readonly subset?: string;
  readonly port?: number;
}

function senderWithoutRule(view: MeshView, host: string, homes: readonly string[], rules: readonly TrafficRule[]): Senders | undefined {
  const byPlace = new Map<string, TrafficRule[]>();
  rules.forEach(rule => addTo(byPlace, rule.object.namespace, rule));
  return sendersTo(view, host).find(({ namespace }) => ![namespace, ...homes, view.facts.rootNamespace].some(place => (
    byPlace.get(place)?.some(({ visibleTo }) => reaches(visibleTo, namespace)))));
}

/** Whether connections end without the rule: it has their subset, or the TLS that the gateway asks for. Others of the same gateway may have rules for themselves. */
function isNeeded(view: MeshView, { host, subsets, allTls }: TrafficRule, { subset, port }: Senders): boolean {
  if (subset !== undefined) {
    return subsets.some(({ name }) => name === subset);
  }
  const target = view.serviceByHost.get(host)?.ports.find(({ number }) => number === port)?.targetPort;
  const workloads = view.gatewayPlaces.workloadsAt(host);
  const servers = view.gatewayServers.filter(server => workloads.has(server.workload) && (server.port === port || server.port === target));
  return allTls.some(({ mode }) => mode === 'ISTIO_MUTUAL') && servers.length > 0 && servers.every(({ tls }) => tls?.mode === 'ISTIO_MUTUAL');
}

/** Whether no pod of its own namespace follows it, as far as the input shows. */
function isForNobody(view: MeshView, { object: { namespace } }: TrafficRule): boolean {
  return namespace !== '' && view.podsIn(namespace).all.length === 0;
}

function notLookedUp(view: MeshView, { object, host }: TrafficRule, { namespace, route }: Senders, homes: readonly string[]): Finding {
  return homes.includes(object.namespace) || object.namespace === view.facts.rootNamespace ? {
    object,
    field: ['spec', 'exportTo'],
    message: `'exportTo' does not give the rule for ${quote(host)} to ${where(namespace)}, whose sidecars '${route}' sends there: they follow no rule`,
    fix: `add ${quote(namespace)} to 'exportTo'`,
  } : {
    object,
    field: ['metadata', 'namespace'],
    message: `'namespace' ${quote(object.namespace)} is where the sidecars that '${route}' sends to ${quote(host)} do not look: they look in ${where(namespace)} and in ${where(homes[0])}`,
    fix: `write it in ${where(namespace)}`,
  };
}

/** The namespaces whose own VirtualServices send the sidecars of pods in them to a host, or to a subset of it. */
function sendersTo(view: MeshView, host: string): Senders[] {
  const found = new Map<string, Senders>();
  for (const { route, rule, match } of view.names.legsTo(host)) {
    const { namespace, origin } = route.object;
    const { subset, port } = rule.destinations.find(destination => destination.host === host)!;
    const key = JSON.stringify([namespace, subset, port]);
    // TLS of the application itself needs no rule.
    if (match.gateways.includes(MESH) && !found.has(key) && reaches(route.visibleTo, namespace) && (subset !== undefined || rule.kind !== 'tls')) {
      found.set(key, { namespace, route: origin.path, subset, port });
    }
  }
  return [...found.values()].filter(({ namespace }) => view.podsIn(namespace).all.length > 0);
}

/** Whether the proxies of a namespace find a rule. */
function isLookedUp(view: MeshView, rule: TrafficRule, homes: readonly string[], namespace: string): boolean {
  return reaches(rule.visibleTo, namespace) && [namespace, ...homes, view.facts.rootNamespace].includes(rule.object.namespace);
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
