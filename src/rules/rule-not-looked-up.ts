import { Finding, Rule, where } from './rule';
import { importsRoute } from './sidecar-hides-route';
import { quote } from '../private/fail';
import { selects, strings } from '../view/fields';
import { wildcardsAround } from '../view/host-match';
import { namespaceOfService } from '../view/host-name';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { Leg } from '../view/name-index';
import { PodTemplate } from '../view/pod-template';
import { passesSidecar, takesFrom } from '../view/redirection';
import { MESH, RouteDestination, RouteMatch } from '../view/route';
import { TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

export const ruleNotLookedUp: Rule = {
  id: 'MX0403',
  name: 'rule-not-looked-up',
  severity: 'ERROR',
  title: 'A DestinationRule is where the proxies that need it do not look.',
  why: 'A proxy looks for the rule of a host in its own namespace, then in that of the Service or ServiceEntry, then in the root namespace, and sees what is exported to it. A rule '
    + 'anywhere else does nothing: a gateway sends without TLS, a subset has no endpoints.',
  fix: 'Write the rule in the namespace of the client, or in that of the service and export it to the client. For a gateway, the client is the gateway. A VirtualService without '
    + '`exportTo` is for the clients of every namespace: each needs the rule, or the VirtualService an `exportTo` that leaves them out.',
  related: [],
  check: view => {
    const unused = hiddenFromSidecars(view);
    return view.trafficRules.flatMap(rule => exportedInVain(view, rule) ?? hiddenFromGateway(view, rule) ?? unused.get(rule) ?? []);
  },
};

/** Where a service is declared, as far as the objects show it. */
export function homesOf(view: MeshView, host: string): ReadonlySet<string> {
  const known = view.once('homes by host', () => new Map<string, ReadonlySet<string>>());
  const found = known.get(host) ?? new Set(readHomes(view, host));
  known.set(host, found);
  return found;
}

function readHomes(view: MeshView, host: string): readonly string[] {
  const service = namespaceOfService(host, view.facts.clusterDomain);
  const entries = view.names.entriesOf(host).map(({ object }) => object.namespace);
  // An entry may have the name of a Service that another cluster has.
  return service === undefined || entries.length > 0 && !view.serviceByHost.has(host) ? entries : [service, ...entries];
}

/** Whether a rule is exported to other namespaces from one in which they do not look. */
export function isExportedInVain(view: MeshView, rule: TrafficRule): boolean {
  return exportedInVain(view, rule) !== undefined;
}

/** What is exported to other namespaces from one in which they do not look. */
function exportedInVain(view: MeshView, rule: TrafficRule): Finding[] | undefined {
  const { object, host, visibleTo } = rule;
  const homes = homesOf(view, host);
  const others = strings(object.spec.exportTo).filter(namespace => !['.', '*', object.namespace].includes(namespace));
  if (others.length === 0 || homes.size === 0 || homes.has(object.namespace) || object.namespace === view.facts.rootNamespace || object.namespace === '') {
    return undefined;
  }
  const place = { object, field: ['spec', 'exportTo'] };
  return isOwnLeftOut(view, rule, others, homes) ? [{
    ...place,
    message: `'exportTo' leaves out ${where(object.namespace)}, where the rule is and where sidecars look for that of ${quote(host)}: they connect without it`,
    fix: 'remove \'exportTo\', or write \'exportTo: ["."]\'',
  }] : [{
    ...place,
    message: `'exportTo' gives the rule for ${quote(host)} to ${where(others[0])}, whose proxies look for it in their own namespace and in ${where([...homes][0])} only`,
    fix: visibleTo.includes(object.namespace) ? `write a second one in ${where(others[0])}` : `write it in ${where(others[0])}`,
  }];
}

/** Whether a rule is in the namespace of its clients, and exported only to where there are none: to that of the service, or to one that does not know the service. */
function isOwnLeftOut(view: MeshView, { object, host, visibleTo }: TrafficRule, others: readonly string[], homes: ReadonlySet<string>): boolean {
  const entries = view.names.entriesOf(host);
  const isKnownIn = (namespace: string) => entries.length === 0 || entries.some(entry => reaches(entry.visibleTo, namespace));
  const isInVain = others.every(namespace => homes.has(namespace) || !isKnownIn(namespace));
  return isInVain && isKnownIn(object.namespace) && !reaches(visibleTo, object.namespace);
}

/** What sidecars have and the gateway that connects to the service has not. */
function hiddenFromGateway(view: MeshView, { object, host, allTls }: TrafficRule): Finding[] | undefined {
  const gateway = allTls.some(({ mode }) => mode !== 'DISABLE') ? gatewayWithoutRule(view, host) : undefined;
  return gateway && [{
    object,
    field: ['spec', 'host'],
    message: `'host' ${quote(host)} is what the gateway in ${where(gateway.namespaces[0])} connects to ('${gateway.route}'), and this rule is not for it: `
      + 'the gateway would send without TLS',
    fix: homesOf(view, host).has(object.namespace) ? `add ${quote(gateway.namespaces[0])} to 'exportTo'` : `write it in ${where(gateway.namespaces[0])}`,
  }];
}

/** The first gateway that sends to a service, where it looks up none of the rules. */
function gatewayWithoutRule(view: MeshView, host: string): GatewayTo | undefined {
  const known = view.once('gateways without a rule', () => new Map<string, GatewayTo | undefined>());
  if (!known.has(host)) {
    const [gateway] = view.names.entriesOf(host).length === 0 ? [] : gatewaysTo(view, host);
    const homes = homesOf(view, host);
    // One of several rules is enough, and a rule for the sidecars alone is meant where they connect themselves.
    const isFound = (rule: TrafficRule) => gateway.namespaces.some(namespace => isLookedUp(view, rule, homes, namespace));
    const isForIt = (name: string) => view.names.trafficRulesOf(name).some(isFound);
    known.set(host, gateway === undefined || [host, ...wildcardsAround(host)].some(isForIt) ? undefined : gateway);
  }
  return known.get(host);
}

/** Of each host that sidecars are sent to, the first rule that they do not look up, where they find no other. */
function hiddenFromSidecars(view: MeshView): Map<TrafficRule, Finding[]> {
  return new Map([...new Set(view.trafficRules.map(({ host }) => host))].flatMap(host => {
    const homes = homesOf(view, host);
    const rules = view.names.trafficRulesOf(host);
    const bySubset = new Map<string, TrafficRule[]>();
    rules.forEach(rule => new Set(rule.subsets.map(({ name }) => name)).forEach(name => addTo(bySubset, name, rule)));
    const isMissed = ({ isOfOthers }: Senders, { object: { namespace } }: TrafficRule) => (
      isOfOthers || homes.has(namespace) || isForNobody(view, namespace));
    for (const lost of homes.size === 0 ? [] : sendersWithoutRule(view, host, homes)) {
      const having = lost.subset === undefined ? rules : bySubset.get(lost.subset) ?? [];
      const needed = having.find(rule => isNeeded(view, rule, lost) && isMissed(lost, rule));
      if (needed) {
        return [[needed, [notLookedUp(view, needed, lost, homes)]]];
      }
    }
    return [];
  }));
}

/** Sidecars that a VirtualService sends to a host. */
interface Senders {
  readonly namespace: string;
  readonly route: string;
  readonly subset?: string;
  readonly port?: number;
  /** Whether the VirtualService is of another namespace. */
  readonly isOfOthers: boolean;
}

/** Of each subset and port the first sidecars that find no rule: of the namespace of the VirtualService, and of others that see it. */
function sendersWithoutRule(view: MeshView, host: string, homes: ReadonlySet<string>): Senders[] {
  const names = [host, ...wildcardsAround(host)];
  // A namespace may have thousands of legs, and as many rules.
  const looked = new Map<string, ReadonlySet<string> | undefined>();
  const subsetsFor = (namespace: string) => {
    if (!looked.has(namespace)) {
      const found = rulesFor(view, [namespace, ...homes, view.facts.rootNamespace], names, namespace);
      looked.set(namespace, found && new Set(found.flatMap(({ subsets }) => subsets.map(({ name }) => name))));
    }
    return looked.get(namespace);
  };
  const others = new Set(sidecarNamespaces(view).filter(namespace => !homes.has(namespace)));
  const [own, ofOthers] = [new Map<string, Senders>(), new Map<string, Senders>()];
  for (const leg of view.names.legsTo(host)) {
    const { route: { object, visibleTo }, rule, match } = leg;
    const { subset, port } = rule.destinations.find(destination => destination.host === host)!;
    // TLS of the application itself needs no rule.
    if (match.gateways.includes(MESH) && (subset !== undefined || rule.kind !== 'tls')) {
      const key = `${port} ${subset === undefined ? '' : `/${subset}`}`;
      const senders = { route: object.origin.path, subset, port };
      const isOwnLost = !own.has(key) && reaches(visibleTo, object.namespace) && subsetsFor(object.namespace) === undefined;
      if (isOwnLost && isFromHere(view, match, object.namespace)) {
        own.set(key, { ...senders, namespace: object.namespace, isOfOthers: false });
      }
      // Who is named in 'exportTo' may write the rule in a repository of their own.
      const isLost = (namespace: string) => {
        const subsets = subsetsFor(namespace);
        // A rule of their own for the host takes the place of the one with the subset.
        const lacks = subsets === undefined || subset !== undefined && !subsets.has(subset);
        return namespace !== object.namespace && lacks && follows(view, leg, namespace);
      };
      const other = ofOthers.has(key) || !visibleTo.includes('*') ? undefined : knowing(view, leg, others).find(isLost);
      if (other !== undefined) {
        ofOthers.set(key, { ...senders, namespace: other, isOfOthers: true });
      }
    }
  }
  return [...own.values(), ...ofOthers.values()];
}

/** Those of some namespaces that see a host of a VirtualService: of thousands with a route of their own, each sees few of the others'. */
function knowing(view: MeshView, { route }: Leg, namespaces: ReadonlySet<string>): readonly string[] {
  const seenBy = new Set(route.hosts.flatMap(host => (view.knownServicesByHost.get(host) ?? []).flatMap(({ visibleTo }) => visibleTo)));
  return seenBy.has('*') ? [...namespaces] : [...seenBy].filter(namespace => namespaces.has(namespace)).sort();
}

/** The rules that a namespace finds: in the first of some places, for the first of some hosts, of which there are any that it sees. */
function rulesFor(view: MeshView, places: readonly string[], hosts: readonly string[], namespace: string): readonly TrafficRule[] | undefined {
  const known = view.once('rules by place and host', () => {
    const found = new Map<string, TrafficRule[]>();
    view.trafficRules.forEach(rule => addTo(found, `${rule.object.namespace} ${rule.host}`, rule));
    return found;
  });
  for (const place of places) {
    for (const host of hosts) {
      const seen = (known.get(`${place} ${host}`) ?? []).filter(({ visibleTo }) => reaches(visibleTo, namespace));
      if (seen.length > 0) {
        return seen;
      }
    }
  }
  return undefined;
}

/** Where pods may have sidecars, as far as the input shows; those of gateways are none. */
function sidecarNamespaces(view: MeshView): readonly string[] {
  return view.once('namespaces with sidecars', () => view.podNamespaces.filter(namespace => (
    !view.gatewayPlaces.namespaces.has(namespace) && view.podsIn(namespace).all.some(pod => hasSidecar(view, pod)))));
}

/** Whether a pod has a sidecar that its connections go through. */
function hasSidecar(view: MeshView, pod: PodTemplate): boolean {
  const { namespace, hostNetwork, injects } = pod;
  return !hostNetwork && injects !== 'false' && !passesSidecar(pod) && (view.namespaces.planeOf(namespace, pod) ?? 'SIDECAR') === 'SIDECAR';
}

/** Whether pods of a namespace have the labels that a match asks for. */
function isFromHere(view: MeshView, { sourceLabels }: RouteMatch, namespace: string): boolean {
  return view.podsIn(namespace).all.some(({ labels }) => selects(sourceLabels, labels));
}

/** Whether sidecars of a namespace follow a VirtualService of another one: they see it and a host of it, and none of their own. */
function follows(view: MeshView, { route, match }: Leg, namespace: string): boolean {
  if ((match.sourceNamespace ?? namespace) !== namespace) {
    return false;
  }
  const seen = route.hosts.filter(host => !view.names.detoursOf(host).some(other => other.route.object.namespace === namespace))
    .map(host => [host, (view.knownServicesByHost.get(host) ?? []).filter(({ visibleTo }) => reaches(visibleTo, namespace))] as const)
    .filter(([, services]) => services.length > 0);
  return seen.length > 0 && view.podsIn(namespace).all.some(pod => {
    if (!hasSidecar(view, pod) || !selects(match.sourceLabels, pod.labels)) {
      return false;
    }
    // One with a selector in the root namespace is for nobody else.
    const sidecar = view.sidecarsOf(namespace).of(pod.labels) ?? view.sidecarsOf(view.facts.rootNamespace).ofOthers;
    return seen.some(([host, services]) => (
      (sidecar === undefined || importsRoute(sidecar, route.object.namespace, host, namespace))
      && services.some(({ address, ports }) => ports.some(({ number }) => number === (match.port ?? number) && takesFrom(pod, address, number)))));
  });
}

/** Whether connections end without the rule: it has their subset, or the TLS that the gateway asks for. Others of the same gateway may have rules for themselves. */
function isNeeded(view: MeshView, { host, subsets, allTls }: TrafficRule, { subset, port }: Senders): boolean {
  if (subset !== undefined) {
    return subsets.some(({ name }) => name === subset);
  }
  if (!allTls.some(({ mode }) => mode === 'ISTIO_MUTUAL')) {
    return false;
  }
  const target = view.serviceByHost.get(host)?.ports.find(({ number }) => number === port)?.targetPort;
  const workloads = view.gatewayPlaces.workloadsAt(host);
  const servers = view.gatewayServers.filter(server => workloads.has(server.workload) && (server.port === port || server.port === target));
  return servers.length > 0 && servers.every(({ tls }) => tls?.mode === 'ISTIO_MUTUAL');
}

/** Whether no pod of a namespace follows its own rule, as far as the input shows. */
function isForNobody(view: MeshView, namespace: string): boolean {
  return namespace !== '' && view.podsIn(namespace).all.length === 0;
}

function notLookedUp(view: MeshView, { object, host }: TrafficRule, { namespace, route, isOfOthers }: Senders, homes: ReadonlySet<string>): Finding {
  return homes.has(object.namespace) || object.namespace === view.facts.rootNamespace ? {
    object,
    field: ['spec', 'exportTo'],
    message: `'exportTo' does not give the rule for ${quote(host)} to ${where(namespace)}, whose sidecars '${route}' sends there: they follow no rule`,
    fix: `add ${quote(namespace)} to 'exportTo'`,
  } : {
    object,
    field: ['metadata', 'namespace'],
    message: `'namespace' ${quote(object.namespace)} hides this rule from the sidecars of ${where(namespace)}: '${route}' sends them to ${quote(host)}, and they look for its rule in `
      + `${where(namespace)} and in ${where([...homes][0])}`,
    fix: isOfOthers ? `write one in ${where(namespace)} too, or write the namespaces of the clients, and that of the gateway, in 'exportTo' of '${route}' and of the `
      + 'ServiceEntry: every other namespace follows the route without it' : `write it in ${where(namespace)}`,
  };
}

/** Whether the proxies of a namespace find a rule. */
export function isLookedUp(view: MeshView, rule: TrafficRule, homes: ReadonlySet<string>, namespace: string): boolean {
  const place = rule.object.namespace;
  return reaches(rule.visibleTo, namespace) && (homes.has(place) || place === namespace || place === view.facts.rootNamespace);
}

/** A gateway that sends to a host on a rule of its own. */
interface GatewayTo {
  /** Those of its pods. */
  readonly namespaces: readonly string[];
  readonly route: string;
  readonly to: RouteDestination;
}

/** The gateways that send to a host, where their pods are known. */
export function gatewaysTo(view: MeshView, host: string): GatewayTo[] {
  // The published recipes have one VirtualService of the host for both legs, or one of the gateway for the same host.
  return view.names.legsTo(host).flatMap(({ route, rule, match }) => match.gateways.flatMap(name => {
    const gateway = view.names.gatewayOf(name);
    const namespaces = gateway ? [...view.gatewayPlaces.namespacesOf(gateway)] : [];
    const to = rule.destinations.find(destination => destination.host === host)!;
    return namespaces.length > 0 ? [{ namespaces, route: route.object.origin.path, to }] : [];
  }));
}
