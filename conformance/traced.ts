/** What the trace says of every connection in a set, for istiod to be asked whether it is so. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { EXPECTATIONS_FILE, ExpectedMesh } from './expectations';
// The trace is not public: it is asked directly, with the objects of a set as anybody reads them from its files.
import { CLUSTER_DNS, CONTROL_PLANE } from '../src/private/components';
import { DEFAULT_FACTS } from '../src/private/default-facts';
import { readManifests } from '../src/reading/manifests';
import { Trace, Tracer } from '../src/trace/trace';
import { MeshView } from '../src/view/mesh-view';

/** The file beside the manifests of a set; read by internal/mesh. */
export const TRACES_FILE = 'traces.json';

/** A connection, and what the trace says of it. */
export interface Traced {
  readonly namespace: string;
  readonly account: string;
  readonly host: string;
  readonly port: number;
  /** What is dialled: an address, or what stands for one; empty when DNS alone knows it. */
  readonly address: string;
  readonly protocol: string;
  /** By the sidecar. */
  readonly cluster: string;
  /** The clusters among which the sidecar shares what it takes, and those that get copies. */
  readonly shares: readonly string[];
  readonly copies: readonly string[];
  /** The percentage of the requests that the sidecar aborts. */
  readonly aborted: number;
  /** At the gateway; absent when none is passed. */
  readonly gateway?: {
    readonly port: number;
    readonly tls: string;
    readonly sni: string;
    readonly hasChain: boolean;
    readonly handshake: string;
    readonly admitted: string;
    readonly cluster: string;
    readonly shares: readonly string[];
    readonly copies: readonly string[];
    readonly aborted: number;
  };
  /** By the last proxy. */
  readonly upstream?: { readonly tls: string; readonly sni: string; readonly subjectAltNames: string; readonly endpoints: readonly string[] };
  /** Whether NetworkPolicies cut it. */
  readonly isCut: boolean;
  /** Whether they may, by what the set does not say. */
  readonly mayBeCut: boolean;
  readonly end: string;
  readonly text: string;
  readonly conditions: readonly string[];
}

/** Accounts that nothing names, hosts that nothing declares, and an address that is nobody's. */
const ANYBODY = 'anybody';
const STRANGER = { host: 'stranger.invalid', address: '198.51.100.201' };
const ELSEWHERE = 'elsewhere';

/** Asks the trace about every account and every host of a set, and writes its answers beside the manifests. */
export function writeTraces(folder: string): number {
  const files = (fs.readdirSync(folder, { recursive: true }) as string[]).sort();
  const read = (file: string) => fs.readFileSync(path.join(folder, file), 'utf8');
  // As kubectl fills a namespace in.
  const { objects } = readManifests(files.filter(file => /\.ya?ml$/.test(file)).map(file => ({ file, text: read(file), isNamed: true })), 'default');
  const [mesh] = files.filter(file => path.basename(file) === EXPECTATIONS_FILE)
    .map(file => (JSON.parse(read(file)) as { readonly mesh: ExpectedMesh }).mesh);
  const traced = tracesOf(new MeshView(factsOf(mesh), objects));
  fs.writeFileSync(path.join(folder, TRACES_FILE), JSON.stringify(traced));
  return traced.length;
}

/** The answers for every account and every host. */
export function tracesOf(view: MeshView): Traced[] {
  const tracer = new Tracer(view);
  const targets = targetsIn(view);
  return clientsIn(view).flatMap(client => targets.map(target => {
    // Nobody knows the labels of a pod that is not in the set; the one that is asked about has none.
    const isKnown = view.pods.some(({ namespace, account }) => namespace === client.namespace && account === client.account);
    return tracedOf(tracer.trace({ ...client, ...isKnown ? {} : { labels: {} } }, target));
  }));
}

export function factsOf(mesh: ExpectedMesh | undefined) {
  return {
    apiVersion: 'v1' as const,
    istioVersion: DEFAULT_FACTS.istioVersion,
    trustDomain: 'cluster.local',
    trustDomainAliases: [],
    clusterDomain: 'cluster.local',
    rootNamespace: 'istio-system',
    dnsCapture: false,
    ipAutoAllocate: true,
    clusterDns: CLUSTER_DNS,
    controlPlane: CONTROL_PLANE,
    ...mesh,
    outboundTrafficPolicy: (mesh?.outboundTrafficPolicy ?? 'REGISTRY_ONLY') as 'REGISTRY_ONLY' | 'ALLOW_ANY',
    // What istiod makes for sidecars is judged.
    dataPlane: 'sidecar' as const,
  };
}

interface Client {
  readonly namespace: string;
  readonly account: string;
}

/** The accounts that anything in a set names, and in every namespace one that nothing does. */
function clientsIn(view: MeshView): Client[] {
  const found = new Map<string, Client>();
  const add = (namespace: string, account: string) => found.set(`${namespace}/${account}`, { namespace, account });
  const namespaces = new Set([ELSEWHERE, view.facts.rootNamespace, ...view.objects.map(({ namespace }) => namespace), ...view.of('', 'Namespace').map(({ name }) => name),
    ...view.knownServices.flatMap(({ visibleTo }) => visibleTo).filter(name => name !== '*')]);
  [...namespaces].filter(name => name !== '').forEach(name => add(name, ANYBODY));
  view.pods.forEach(({ namespace, account }) => add(namespace, account));
  const named = JSON.stringify([...view.accessPolicies.map(({ object }) => object.spec), ...view.gateways.map(({ object }) => object.spec)]);
  for (const [, namespace, account] of named.matchAll(/\/ns\/([a-z0-9-]+)\/sa\/([a-z0-9-.]+)"/g)) {
    add(namespace, account);
  }
  const gateways = view.pods.filter(({ labels }) => view.gateways.some(({ selector }) => (
    Object.entries(selector).every(([label, value]) => labels[label] === value))));
  gateways.forEach(({ namespace, account }) => found.delete(`${namespace}/${account}`));
  // What istiod makes for sidecars is judged.
  const hasSidecar = ({ namespace, account }: Client) => (
    [undefined, 'SIDECAR'].includes(view.namespaces.planeOf(namespace, view.pods.find(pod => pod.namespace === namespace && pod.account === account))));
  return [...found.values()].filter(hasSidecar).sort((a, b) => (`${a.namespace}/${a.account}` < `${b.namespace}/${b.account}` ? -1 : 1));
}

/** Every host and port, at each of its addresses; the ports at a stranger's address and for a stranger's name. */
function targetsIn(view: MeshView): { readonly host: string; readonly port: number; readonly address?: string; readonly protocol?: 'TCP' | 'TLS' | 'HTTP' }[] {
  const found = new Map<string, { host: string; port: number; address?: string; protocol?: 'TCP' | 'TLS' | 'HTTP' }>();
  const add = (target: { host: string; port: number; address?: string; protocol?: 'TCP' | 'TLS' | 'HTTP' }) => found.set(JSON.stringify(target), target);
  for (const { object, ports, isKubernetes, host: declared } of view.knownServices) {
    const host = declared.replace(/^\*/, 'some');
    for (const { number: port, isTls, class: listens } of ports) {
      const protocol = isTls ? 'TLS' as const : listens === 'HTTP' ? 'HTTP' as const : 'TCP' as const;
      add({ host, port, protocol });
      const addresses = isKubernetes ? [] : (object.spec.addresses ?? []) as string[];
      addresses.forEach(address => add({ host, port, protocol, address: address.split('/')[0] }));
      add({ ...STRANGER, port, protocol });
      addresses.forEach(address => add({ host: address.split('/')[0], port, protocol: 'TCP' }));
    }
  }
  add({ ...STRANGER, port: 443, protocol: 'TLS' });
  add({ ...STRANGER, port: 80, protocol: 'HTTP' });
  add({ ...STRANGER, port: 9999, protocol: 'TCP' });
  return [...found.values()];
}

/** The clusters that a proxy chooses from where the main way has its nth destination. */
function sharesAt({ hops, others }: Trace, n: number): { readonly shares: readonly string[]; readonly copies: readonly string[] } {
  const at = hops.flatMap(({ stage }, i) => (stage === 'destination' ? [i] : []))[n];
  const clusters = at === undefined ? [] : [
    { hop: hops[at], taken: '' }, ...others.filter(({ shared, hops: of }) => shared === at && of[at] !== undefined).map(way => ({ hop: way.hops[at], taken: way.taken })),
  ];
  const named = (isCopy: boolean) => [...new Set(clusters.filter(({ taken }) => taken.startsWith('as a copy') === isCopy).map(({ hop }) => hop.facts.cluster))].sort();
  return { shares: named(false), copies: named(true) };
}

function tracedOf(found: Trace): Traced {
  const { from, to, hops, end } = found;
  const factsAt = (stage: string) => hops.filter(hop => hop.stage === stage).map(({ facts }) => facts);
  const [application] = factsAt('application');
  const [sidecar] = factsAt('sidecar');
  // What a NetworkPolicy keeps from a gateway is compared up to there.
  const [gateway] = [...factsAt('gateway'), ...factsAt('network').filter(({ cut, port }) => cut === 'yes' && port !== undefined)];
  const [access] = factsAt('access');
  const [toFirst, toNext] = factsAt('destination');
  const [upstream] = factsAt('upstream');
  return {
    namespace: from.namespace,
    account: from.account,
    host: application?.host ?? to.host,
    port: to.port,
    address: application?.address ?? '',
    protocol: application?.protocol ?? '',
    cluster: toFirst?.cluster ?? sidecar?.cluster ?? '',
    ...sharesAt(found, 0),
    aborted: Number(factsAt('route')[0]?.aborted ?? 0),
    gateway: gateway && {
      port: Number(gateway.port),
      tls: gateway.tls,
      sni: gateway.sni,
      hasChain: gateway.server !== undefined,
      handshake: gateway.handshake ?? '',
      admitted: access?.admitted ?? '',
      cluster: toNext?.cluster ?? '',
      ...sharesAt(found, 1),
      aborted: Number(factsAt('gateway route')[0]?.aborted ?? 0),
    },
    upstream: upstream && {
      tls: upstream.tls, sni: upstream.sni, subjectAltNames: upstream.subjectAltNames, endpoints: upstream.endpoints === '' ? [] : upstream.endpoints.split(','),
    },
    isCut: factsAt('network').some(({ cut }) => cut === 'yes'),
    mayBeCut: factsAt('network').some(({ cut }) => cut === 'perhaps'),
    end: end.kind,
    text: end.text,
    conditions: end.conditions,
  };
}
