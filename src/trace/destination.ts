import { Cause, cause } from './hop';
import { ProxyScope } from './proxy-scope';
import { Choice } from './route-choice';
import { DestinationTls, MergedRule, RuleLookup, subsetLabels, subsetOf, tlsOf, Tunnel, tunnelOf } from './rule-lookup';
import { KnownPort, KnownService } from '../view/known-service';
import { MeshView } from '../view/mesh-view';
import { RouteDestination } from '../view/route';
import { isForGatewaysAlone } from '../view/traffic-rule';

/** What a proxy speaks with the next one. */
export interface Spoken {
  readonly mode: 'PLAINTEXT' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';
  /** The server name; undefined when none is sent, or the host of each request. */
  readonly sni?: string;
  readonly tls?: DestinationTls;
}

/** Where a proxy sends a connection, once a rule has chosen a host. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly subset?: string;
  /** Envoy's name. */
  readonly cluster: string;
  /** Undefined when it is a Service that is not in the input. */
  readonly service?: KnownService;
  readonly servicePort?: KnownPort;
  readonly rule?: MergedRule;
  readonly labels: { readonly [label: string]: string };
  readonly spoken: Spoken;
  readonly tunnel?: Tunnel;
  /** Why the proxy has no such cluster, if it has none. */
  readonly missing?: { readonly text: string; readonly causes: readonly Cause[] };
  /** The host that requests get, if a rule rewrites it. */
  readonly authority?: string;
  readonly notes: readonly string[];
  readonly causes: readonly Cause[];
}

/** A proxy that sends something on. */
export interface Sender {
  readonly kind: 'sidecar' | 'gateway';
  readonly scope: ProxyScope;
  readonly labels: { readonly [label: string]: string };
  readonly listenerPort: number;
}

/** Where some of what a rule takes goes. */
export interface Share {
  readonly to: RouteDestination;
  /** In percent of the sum; undefined for all of it. */
  readonly percent?: number;
  /** Whether the application gets no answer from there. */
  readonly isCopy: boolean;
}

/** Where a rule sends what it takes: the largest share first, copies last. */
export function sharesOf({ destinations, mirrors }: Choice): Share[] {
  const largest = destinations.reduce((most, { weight }) => Math.max(most, weight ?? 0), -Infinity);
  const main = destinations.find(({ weight }) => (weight ?? 0) === largest);
  const others = destinations.filter(to => to !== main && (to.weight ?? 0) > 0);
  return [
    ...main ? [{ to: main, isCopy: false, percent: others.length > 0 ? percentOf(main, destinations) : undefined }] : [],
    ...others.map(to => ({ to, isCopy: false, percent: percentOf(to, destinations) })),
    ...mirrors.map(to => ({ to, isCopy: true, percent: to.weight })),
  ];
}

/** The share of a destination: Envoy goes by the sum of the weights, whatever it is. Undefined where none has a weight. */
export function percentOf({ weight = 0 }: RouteDestination, all: readonly RouteDestination[]): number | undefined {
  const sum = all.reduce((before, to) => before + (to.weight ?? 0), 0);
  return sum === 0 ? undefined : Math.round(weight / sum * 1000) / 10;
}

export function destinationOf(view: MeshView, rules: RuleLookup, sender: Sender, choice: Choice, to: RouteDestination): Destination {
  const { scope, labels, kind } = sender;
  const { subset } = to;
  const named = scope.clusters.get(to.host);
  // istiod sends what is for a Service that is another name to the cluster of that name, on the port of the Service.
  const alias = named?.resolution === 'ALIAS' ? view.serviceByHost.get(to.host)?.alias : undefined;
  const host = alias !== undefined && scope.clusters.has(alias) ? alias : to.host;
  const known = host === to.host ? named : scope.clusters.get(host);
  const isStub = known === undefined && !view.knownServicesByHost.has(host) && isOfCluster(view, host);
  const service = known ?? (isStub ? stub(host, to.port ?? sender.listenerPort) : undefined);
  // A sidecar looks requests' destinations up among the services of the listener's port alone.
  const isOfListener = kind === 'sidecar' && choice.rule?.kind === 'http';
  const asked = host === to.host ? service : named;
  const port = to.port ?? (asked?.ports.length === 1 && !isOfListener ? asked.ports[0].number : sender.listenerPort);
  // istiod makes no cluster for a port of UDP.
  const servicePort = service?.ports.find(({ number, class: listens }) => number === port && listens !== undefined);
  const rule = service && rules.ruleOf(scope.namespace, labels, service);
  const part = subset === undefined ? undefined : subsetOf(rule, subset);
  const tls = tlsOf(rule, port, subset);
  const plain = tls && withoutContext(tls, kind);
  return {
    host,
    port,
    subset,
    cluster: `outbound|${port}|${subset ?? ''}|${host}`,
    service: isStub ? undefined : service,
    servicePort,
    rule,
    labels: part ? subsetLabels(part) : {},
    spoken: spokenTo(tls, plain !== undefined, { host, port, subset }),
    // Envoy's TCP proxy alone opens it.
    tunnel: choice.rule?.kind === 'http' ? undefined : tunnelOf(rule, choice.destinations.length > 1 ? undefined : subset),
    missing: missingOf(view, rules, sender, {
      host, port, subset, service, servicePort, rule, hasSubset: part !== undefined, causes: [cause(to.object, to.field)],
    }),
    authority: choice.authority ?? to.authority,
    notes: plain === undefined ? [] : [plain],
    causes: tls ? [cause(tls.rule.object, tls.field)]
      : part ? [cause(part.rule.object, part.field)] : rule?.from.map(({ object }) => cause(object)) ?? [],
  };
}

/** The server name that Istio makes of a cluster. */
export function defaultServerName({ host, port, subset }: { readonly host: string; readonly port: number; readonly subset?: string }): string {
  return `outbound_.${port}_.${subset ?? ''}_.${host}`;
}

function spokenTo(
  tls: DestinationTls | undefined, isPlain: boolean, of: { readonly host: string; readonly port: number; readonly subset?: string },
): Spoken {
  if (tls === undefined || tls.mode === 'DISABLE' || isPlain) {
    return { mode: 'PLAINTEXT', tls };
  }
  return { mode: tls.mode, sni: tls.sni ?? (tls.mode === 'ISTIO_MUTUAL' ? defaultServerName(of) : undefined), tls };
}

/** Why istiod makes no TLS of settings that ask for it, and the bytes leave in plaintext. */
function withoutContext({ mode, credentialName, rule, certificate }: DestinationTls, kind: Sender['kind']): string | undefined {
  if (mode !== 'SIMPLE' && mode !== 'MUTUAL') {
    return undefined;
  }
  if (kind === 'sidecar' && isForGatewaysAlone({ credentialName }, rule)) {
    return `'${rule.object.origin.path}' has a 'credentialName' and no 'workloadSelector': a sidecar then sends plaintext`;
  }
  return mode === 'MUTUAL' && credentialName === undefined && !certificate
    ? `'${rule.object.origin.path}' asks for MUTUAL without 'clientCertificate' and 'privateKey': the proxy then sends plaintext` : undefined;
}

interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly subset?: string;
  readonly service?: KnownService;
  readonly servicePort?: KnownPort;
  readonly rule?: MergedRule;
  readonly hasSubset: boolean;
  readonly causes: readonly Cause[];
}

function missingOf(view: MeshView, rules: RuleLookup, { scope, kind }: Sender, wanted: Wanted): Destination['missing'] {
  const { host, port, subset, service, servicePort, rule, hasSubset, causes } = wanted;
  const who = kind === 'sidecar' ? `sidecars in "${scope.namespace}"` : `gateways in "${scope.namespace}"`;
  if (service === undefined) {
    const declared = view.knownServicesByHost.get(host) ?? [];
    return declared.length > 0
      ? { text: `${who} do not see ${host}: it is exported to ${exportText(declared[0])}`, causes: [...causes, ...declared.map(({ object }) => cause(object, ['spec', 'exportTo']))] }
      : { text: `nothing declares ${host}`, causes };
  }
  if (servicePort === undefined) {
    return { text: `${host} has no port ${port}${service.ports.some(({ number }) => number === port) ? ' for TCP' : ''}`, causes: [...causes, cause(service.object, ['spec', 'ports'])] };
  }
  if (subset !== undefined && !hasSubset) {
    const elsewhere = rules.unused(rule, service).filter(({ subsets }) => subsets.some(({ name }) => name === subset));
    return {
      text: elsewhere.length > 0 ? `the DestinationRule with subset "${subset}" is not the one that ${who} use` : `no DestinationRule of ${host} has a subset "${subset}"`,
      causes: [...causes, ...rule?.from.map(({ object }) => cause(object)) ?? [], ...elsewhere.map(({ object }) => cause(object, ['spec', 'exportTo']))],
    };
  }
  return undefined;
}

function exportText({ visibleTo }: KnownService): string {
  return visibleTo.length === 0 ? 'nobody' : visibleTo.map(name => `"${name}"`).join(', ');
}

function isOfCluster(view: MeshView, host: string): boolean {
  return host.endsWith(`.svc.${view.facts.clusterDomain}`);
}

/** A Service that is not in the input, taken for one that has the port. */
function stub(host: string, port: number): KnownService {
  const [name, namespace] = host.split('.');
  const object = { group: '', kind: 'Service', name, namespace, labels: {}, annotations: {}, origin: { path: host }, spec: {} };
  return {
    object,
    host,
    namespace,
    address: host,
    isAllocated: false,
    isKubernetes: true,
    resolution: 'PODS',
    visibleTo: ['*'],
    sortName: name,
    ports: [{ number: port, target: port, hasTarget: true, protocol: '', class: 'AUTO', isTls: false, field: [] }],
  };
}
