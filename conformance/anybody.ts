/** Objects as anybody may have written them, right or wrong together: what istiod makes of them is compared with what the trace says. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { EXPECTATIONS_FILE } from './expectations';
import { writeTraces } from './traced';

const NAMESPACES = ['shop', 'other'] as const;
const SYSTEM = 'istio-system';
const HOSTS = ['a.example.com', 'b.example.com', 'c.example.net', '*.example.com'] as const;
const PORTS = [443, 3306, 7000, 8080] as const;
const ADDRESSES = ['192.0.2.1', '192.0.2.2', '192.0.2.3/32', '192.0.2.0/24', '192.0.2.0/28', '2001:db8::1'] as const;
const GATEWAY = 'istio-egressgateway.istio-system.svc.cluster.local';
const ACCOUNTS = ['cart', 'orders'] as const;
const GATEWAYS = ['shop/one', 'shop/two', 'other/one'] as const;

interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
}

const some = <T>(values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const list = <T>(arbitrary: fc.Arbitrary<T>, maxLength = 2, minLength = 0) => fc.array(arbitrary, { minLength, maxLength });
const distinct = <T>(values: readonly T[], maxLength = 2, minLength = 1) => fc.uniqueArray(some(values), { minLength, maxLength });

/** Fields that are undefined are not written. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model).map(value => JSON.parse(JSON.stringify(value)) as object);

const seldom = <T>(value: T) => some([undefined, undefined, undefined, undefined, value]);

const exportTo = some([undefined, undefined, ['.'], ['*'], ['.', 'other'], ['other'], ['.', SYSTEM], ['shop', SYSTEM]]);

const entrySpec = fc.record({
  hosts: distinct(HOSTS),
  ports: fc.uniqueArray(record({
    number: some(PORTS),
    protocol: some(['TCP', 'TCP', 'TLS', 'HTTPS', 'HTTP', 'HTTP2', 'GRPC', 'GRPC-Web', 'MYSQL', 'MONGO', 'REDIS', 'UDP']),
    targetPort: maybe(some([443, 9443])),
  }), { minLength: 1, maxLength: 3, selector: port => (port as { number: number }).number }),
  resolution: some(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'NONE', 'STATIC', 'DNS', 'DYNAMIC_DNS']),
  location: some(['MESH_EXTERNAL', 'MESH_EXTERNAL', 'MESH_INTERNAL']),
  addresses: maybe(distinct(ADDRESSES)),
  endpoints: fc.uniqueArray(record({
    address: some(['198.51.100.1', '198.51.100.2']), labels: some([undefined, undefined, { version: 'one' }]), ports: some([undefined, undefined, { 'port-0': 9444 }]),
  }), { minLength: 1, maxLength: 2, selector: endpoint => (endpoint as { address: string }).address }),
  names: some([undefined, undefined, [{ address: 'real.example.net' }], [{ address: 'real.example.net', ports: { 'port-0': 9445 } }, { address: '198.51.100.3' }]]),
  workloadSelector: some([undefined, undefined, undefined, { labels: { app: 'machine' } }]),
  labels: some([undefined, undefined, undefined, { 'networking.istio.io/enable-autoallocate-ip': 'false' }]),
  subjectAltNames: maybe(fc.constant(['server.example.com'])),
  exportTo,
}).map(({ resolution, endpoints, names, workloadSelector, labels, ports, hosts, addresses, ...more }) => {
  const isByName = resolution.startsWith('DNS');
  const isDynamic = resolution === 'DYNAMIC_DNS';
  const own = isDynamic ? [] : (hosts as string[]).filter(host => !isByName || !host.startsWith('*'));
  // Istio accepts one endpoint with DNS_ROUND_ROBIN.
  const found = resolution === 'STATIC' ? endpoints : isByName ? names?.slice(0, resolution === 'DNS' ? 2 : 1) : undefined;
  const selects = workloadSelector !== undefined && (resolution === 'STATIC' || isByName);
  return JSON.parse(JSON.stringify({
    labels,
    spec: {
      ...more,
      resolution,
      // DNS of a wildcard has nothing to ask for, and a range no single name. What each request names has no address, and is TLS or HTTP.
      hosts: own.length > 0 ? own : [isDynamic ? '*.example.net' : 'd.example.org'],
      addresses: isDynamic ? undefined : isByName ? addresses?.filter(address => !/\/(24|28)$/.test(address)) : addresses,
      ports: ports.map((port, i) => ({ ...port, name: `port-${i}`, protocol: isDynamic && (port as Port).protocol !== 'HTTP' ? 'TLS' : (port as Port).protocol })),
      endpoints: selects ? undefined : found,
      workloadSelector: selects ? workloadSelector : undefined,
    },
  })) as Entry;
});

interface Port {
  readonly protocol: string;
}

interface Entry {
  readonly labels?: object;
  readonly spec: { readonly hosts: readonly string[] };
}

const destination = fc.oneof(
  record({ host: fc.constant(GATEWAY), subset: some([undefined, 'one', 'two']), port: some([443, 80, 7000]).map(number => ({ number })) }),
  record({ host: some(['a.example.com', 'b.example.com', 'c.example.net', 'a.example.com', 'b.example.com', 'inside.shop.svc.cluster.local']), port: maybe(some(PORTS).map(number => ({ number }))), subset: some([undefined, undefined, undefined, 'one']) }),
);
/** One destination, or two of which the first has a share. */
const routes = fc.tuple(destination, fc.option(fc.tuple(some([0, 30, 50, 70, 100]), destination), { nil: undefined, freq: 3 })).map(([to, more]) => (
  more === undefined ? [{ destination: to }] : [{ destination: to, weight: more[0] }, { destination: more[1], weight: 100 - more[0] }]));
const source = { sourceNamespace: some([undefined, undefined, undefined, 'other']), sourceLabels: some([undefined, undefined, undefined, { app: 'cart' }]) };
const matchGateways = some([undefined, undefined, ['mesh'], ['shop/one'], ['shop/one', 'mesh']]);

const tcp = record({
  match: maybe(list(record({ port: maybe(some([...PORTS, 80])), destinationSubnets: some([undefined, undefined, ['192.0.2.1/32'], ['192.0.2.0/28']]), gateways: matchGateways, ...source }), 2, 1)),
  route: routes,
});
const tls = record({
  match: list(record({
    port: maybe(some(PORTS)),
    sniHosts: distinct(['a.example.com', 'b.example.com', '*.example.com']),
    gateways: matchGateways,
    ...source,
    destinationSubnets: some([undefined, undefined, undefined, ['192.0.2.0/28']]),
  }), 2, 1),
  route: routes,
});
/** What is for some requests alone, and what is for all of them. */
const requests = some([
  {}, {}, {}, { uri: { prefix: '/' } }, { uri: { prefix: '/api' } }, { uri: { exact: '/health' } }, { uri: { regex: '/v[0-9]+' } }, { headers: { 'x-debug': { exact: 'yes' } } },
  { method: { exact: 'POST' } }, { queryParams: { version: { exact: '2' } } },
]);
const delegated = some([undefined, undefined, undefined, undefined, undefined, ...NAMESPACES.map(namespace => ({ delegate: { name: 'part', namespace } }))]);
const requestRule = fc.tuple(record({
  match: maybe(list(fc.tuple(
    record({ port: maybe(some([...PORTS, 80])), gateways: matchGateways, ...source }), requests,
  ).map(([match, more]) => ({ ...match, ...more })), 2, 1)),
}), record({
  route: routes,
  rewrite: some([undefined, undefined, undefined, { authority: 'a.example.com' }]),
  mirror: seldom({ host: 'c.example.net' }),
  fault: some([
    undefined, undefined, undefined, undefined, undefined, undefined,
    { abort: { httpStatus: 503, percentage: { value: 100 } } }, { abort: { httpStatus: 503 } },
    { abort: { grpcStatus: 'UNAVAILABLE', percentage: { value: 0.5 } } }, { abort: { httpStatus: 503, percentage: { value: 75 } } }, { delay: { fixedDelay: '1s' } },
  ]),
}), some([undefined, undefined, undefined, undefined, { redirect: { authority: 'c.example.net' } }, { directResponse: { status: 404 } }]))
  .map(([match, routed, answered]) => ({ ...match, ...answered ?? routed }));
/** A rule, or one that delegates: it has no route of its own. */
const http = fc.tuple(requestRule, delegated).map(([rule, delegate]) => {
  const { route: _r, redirect: _d, directResponse: _a, ...more } = rule as { readonly [field: string]: unknown };
  return delegate === undefined ? rule : { ...more, ...delegate };
});

const routeSpec = record({
  hosts: distinct([...HOSTS, ...HOSTS, 'inside', 'inside.shop.svc.cluster.local']),
  gateways: some([undefined, ['mesh'], ['shop/one'], ['mesh', 'shop/one'], ['mesh', 'other/one'], ['shop/two'], ['mesh', 'shop/one', 'shop/two']]),
  tcp: maybe(list(tcp, 2, 1)),
  tls: maybe(list(tls, 2, 1)),
  http: maybe(list(http, 2, 1)),
  exportTo,
});

const clientTls = maybe(record({
  mode: some(['ISTIO_MUTUAL', 'ISTIO_MUTUAL', 'SIMPLE', 'DISABLE', 'MUTUAL']),
  sni: some([undefined, 'a.example.com', 'b.example.com']),
  credentialName: some([undefined, undefined, 'client']),
  subjectAltNames: some([undefined, undefined, ['other.example.com']]),
}));
const policy = record({
  tls: clientTls, portLevelSettings: maybe(list(record({ port: some([443, 7000]).map(number => ({ number })), tls: clientTls }), 1, 1)),
});
const ruleSpec = record({
  host: some([GATEWAY, GATEWAY, 'a.example.com', 'b.example.com', '*.example.com']),
  trafficPolicy: maybe(policy),
  subsets: maybe(fc.uniqueArray(record({ name: some(['one', 'two']), labels: seldom({ version: 'one' }), trafficPolicy: maybe(policy) }), { maxLength: 2, minLength: 1, selector: subset => (subset as { name: string }).name })),
  workloadSelector: some([undefined, undefined, undefined, { matchLabels: { app: 'cart' } }]),
  exportTo,
}).map(rule => {
  const { host, subsets } = rule as { readonly host: string; readonly subsets?: readonly object[] };
  // The pods of the gateway have no versions.
  return host === GATEWAY && subsets ? { ...rule, subsets: subsets.map(subset => ({ ...subset, labels: undefined })) } : rule;
});

const server = fc.tuple(
  some([443, 443, 80, 7000]),
  some([['TLS', 'ISTIO_MUTUAL'], ['TLS', 'ISTIO_MUTUAL'], ['TLS', 'PASSTHROUGH'], ['HTTPS', 'ISTIO_MUTUAL'], ['TCP', ''], ['HTTP', ''], ['HTTP', 'redirect'], ['HTTPS', 'PASSTHROUGH'],
    ['HTTPS', 'SIMPLE'], ['TLS', 'SIMPLE'], ['TLS', 'MUTUAL'], ['HTTPS', 'MUTUAL']] as const),
  distinct(['a.example.com', 'b.example.com', './a.example.com', 'other/b.example.com', '*.example.com', '*']),
  some([undefined, undefined, ['spiffe://cluster.local/ns/shop/sa/cart']]),
);
const gatewaySpec = list(server, 3, 1).map(servers => ({
  selector: { istio: 'egressgateway' },
  servers: servers.map(([number, [protocol, mode], hosts, subjectAltNames], i) => ({
    port: { number, name: `server-${i}`, protocol }, hosts, ...mode === '' ? {} : mode === 'redirect' ? { tls: { httpsRedirect: true } } : { tls: { mode, ...mode === 'ISTIO_MUTUAL' && subjectAltNames ? { subjectAltNames } : {}, ...['SIMPLE', 'MUTUAL'].includes(mode) ? { credentialName: 'server' } : {} } },
  })),
}));

const principal = some(['cluster.local/ns/shop/sa/cart', 'cluster.local/ns/shop/*', '*/sa/orders', '*']);
const accessSource = fc.oneof(
  record({ principals: list(principal, 2, 1) }), record({ notPrincipals: list(principal, 1, 1) }),
  record({ namespaces: distinct(NAMESPACES) }), record({ notNamespaces: distinct(NAMESPACES, 1) }),
);
const accessSpec = record({
  action: some(['ALLOW', 'ALLOW', 'DENY']),
  selector: some([undefined, { matchLabels: { istio: 'egressgateway' } }, { matchLabels: { app: 'somebody-else' } }]),
  rules: list(record({
    from: maybe(list(accessSource.map(from => ({ source: from })), 2, 1)),
    to: maybe(list(some([{ ports: ['8443'] }, { notPorts: ['8080'] }]).map(operation => ({ operation })), 1, 1)),
    when: maybe(list(fc.oneof(
      record({ key: fc.constant('connection.sni'), values: distinct(['a.example.com', '*.example.com', 'b.example.com']) }),
      record({ key: fc.constant('source.namespace'), notValues: distinct(NAMESPACES, 1) }),
      record({ key: fc.constant('destination.port'), values: fc.constant(['8443', '7000']) }),
    ), 1, 1)),
  }), 2),
});

const sidecarSpec = record({
  workloadSelector: some([undefined, undefined, { labels: { app: 'cart' } }]),
  egress: maybe(list(record({ hosts: distinct(['./*', '*/*', 'shop/*', 'istio-system/*', '*/*.example.com', 'other/a.example.com', '~shop/b.example.com'], 3) }), 1, 1)),
  outboundTrafficPolicy: some([undefined, { mode: 'REGISTRY_ONLY' }, { mode: 'ALLOW_ANY' }, {}]),
});

const networkSpec = record({
  podSelector: some([{}, { matchLabels: { app: 'cart' } }, { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['cart'] }] }]),
  policyTypes: fc.constant(['Egress']),
  egress: list(record({
    to: maybe(list(some([
      { ipBlock: { cidr: '198.51.100.0/24', except: ['198.51.100.2/32'] } }, { ipBlock: { cidr: '192.0.2.0/24' } },
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SYSTEM } } }, { namespaceSelector: {}, podSelector: { matchLabels: { istio: 'egressgateway' } } },
    ]), 2, 1)),
    ports: maybe(list(some([{ port: 8443, protocol: 'TCP' }, { port: 3306 }, { port: 7000, endPort: 9999 }]), 2, 1)),
  }), 2),
});

/** A way through the gateway as recipes have it, which other objects may get in the way of. */
const recipe = fc.record({
  host: some(['e.example.com', 'e.example.org']),
  namespace: some(NAMESPACES),
  protocol: some(['TCP', 'TLS', 'HTTP']),
  mode: some(['ISTIO_MUTUAL', 'ISTIO_MUTUAL', 'ISTIO_MUTUAL', 'DISABLE']),
  subjectAltNames: some([undefined, ['spiffe://cluster.local/ns/shop/sa/cart']]),
  port: some([443, 7000]),
  origin: some([undefined, 'SIMPLE']),
}).map(({ host, namespace, protocol, mode, subjectAltNames, port, origin }) => {
  const isHttp = protocol === 'HTTP';
  const [to, out] = [[{ destination: { host: GATEWAY, subset: 'recipe', port: { number: port } } }], [{ destination: { host, port: { number: 9000 } } }]];
  const inner = [{ match: [{ gateways: ['recipe'], port }], route: out }];
  const outer = [{ match: [{ gateways: ['mesh'], port: 9000, ...protocol === 'TLS' ? { sniHosts: [host] } : {} }], route: to }];
  return JSON.parse(JSON.stringify([
    written('ServiceEntry', namespace, 'a-recipe', {
      hosts: [host], addresses: ['192.0.2.77'], ports: [{ number: 9000, name: 'main', protocol }], resolution: 'STATIC', endpoints: [{ address: '198.51.100.1' }],
    }),
    written('Gateway', namespace, 'recipe', {
      selector: { istio: 'egressgateway' },
      servers: [{ port: { number: port, name: 'recipe', protocol: isHttp ? 'HTTPS' : 'TLS' }, hosts: [host], tls: { mode: 'ISTIO_MUTUAL', subjectAltNames } }],
    }),
    written('DestinationRule', namespace, 'a-recipe', { host: GATEWAY, subsets: [{ name: 'recipe', trafficPolicy: { tls: { mode, sni: host } } }] }),
    written('VirtualService', namespace, 'a-recipe', {
      hosts: [host],
      gateways: ['mesh', 'recipe'],
      ...isHttp ? { http: [...outer, ...inner] } : protocol === 'TLS' ? { tls: outer, tcp: inner } : { tcp: [...outer, ...inner] },
    }),
    ...origin === undefined ? [] : [written('DestinationRule', namespace, 'a-recipe-origin', { host, trafficPolicy: { tls: { mode: origin, sni: host } } })],
  ])) as Written[];
});

/** The objects of one set; what the charts of Istio install is among them or not. */
const anybodys = fc.record({
  recipe: fc.option(recipe, { nil: [] }),
  entries: list(fc.tuple(some(NAMESPACES), entrySpec), 5, 1),
  routes: list(fc.tuple(some(NAMESPACES), routeSpec), 4),
  parts: fc.tuple(...NAMESPACES.map(namespace => record({ http: list(requestRule, 2, 1), exportTo: some([undefined, undefined, ['*'], ['.'], NAMESPACES.filter(other => other !== namespace)]) }))),
  rules: list(fc.tuple(some([...NAMESPACES, SYSTEM]), ruleSpec), 4),
  gateways: list(gatewaySpec, GATEWAYS.length),
  access: list(fc.tuple(some([SYSTEM, SYSTEM, 'shop']), accessSpec), 2),
  sidecars: list(fc.tuple(some([...NAMESPACES, SYSTEM]), sidecarSpec), 1),
  network: list(fc.tuple(some(NAMESPACES), networkSpec), 1),
  services: list(fc.record({
    ports: fc.uniqueArray(fc.record({ number: some([...PORTS, 80]), protocol: some(['http', 'tcp', 'https', 'grpc', 'mysql', '']) }), { minLength: 1, maxLength: 2, selector: ({ number }) => number }),
    isHeadless: some([false, false, true]),
    exportTo: some([undefined, undefined, '.', 'other,istio-system', '~']),
  }), 1, 1),
  machines: list(fc.record({ namespace: some(NAMESPACES), ports: some([undefined, undefined, { 'port-0': 9446 }]), version: some([undefined, { version: 'one' }]) }), 2),
  facts: fc.record({ dnsCapture: fc.boolean(), outboundTrafficPolicy: some(['REGISTRY_ONLY', 'ALLOW_ANY']), trustDomainAliases: some([[], ['old.example']]), ipAutoAllocate: some([true, true, false]) }),
}).map(({ facts, ...all }) => ({
  facts,
  objects: [
    ...all.recipe,
    ...onceEach(all.entries).map(([namespace, entry], i) => written('ServiceEntry', namespace, `entry-${i}`, entry.spec, entry.labels ? { labels: entry.labels } : {})),
    ...all.routes.map(([namespace, spec], i) => written('VirtualService', namespace, `route-${i}`, spec)),
    ...all.parts.map((spec, i) => written('VirtualService', NAMESPACES[i], 'part', spec)),
    ...all.rules.map(([namespace, spec], i) => written('DestinationRule', namespace, `rule-${i}`, spec)),
    ...all.gateways.map((spec, i) => written('Gateway', GATEWAYS[i].split('/')[0], GATEWAYS[i].split('/')[1], spec)),
    ...all.access.map(([namespace, spec], i) => written('AuthorizationPolicy', namespace, `access-${i}`, spec)),
    ...all.sidecars.map(([namespace, spec], i) => written('Sidecar', namespace, `sidecar-${i}`, spec)),
    ...all.network.map(([namespace, spec], i) => written('NetworkPolicy', namespace, `network-${i}`, spec)),
    ...all.services.map(({ ports, isHeadless, exportTo: seen }) => written('Service', 'shop', 'inside', {
      ...isHeadless ? { clusterIP: 'None' } : {},
      selector: { app: 'inside' },
      ports: ports.map(({ number, protocol }) => ({ name: protocol === '' ? `any${number}` : `${protocol}-${number}`, port: number })),
    }, seen === undefined ? {} : { annotations: { 'networking.istio.io/exportTo': seen } })),
    ...all.machines.map(({ namespace, ports, version }, i) => written('WorkloadEntry', namespace, `machine-${i}`, {
      address: `198.51.100.${10 + i}`, labels: { app: 'machine', ...version }, ports,
    })),
    ...ACCOUNTS.map(account => written('Deployment', 'shop', account, {
      selector: { matchLabels: { app: account } }, template: { metadata: { labels: { app: account } }, spec: { serviceAccountName: account, containers: [{ name: 'main', image: 'app:1' }] } },
    })),
    ...charts(),
  ],
}));

/** Of a host that several entries of a namespace declare, istiod makes what their ages and its maps decide; lint refuses them. */
function onceEach(entries: readonly (readonly [string, Entry])[]): (readonly [string, Entry])[] {
  const taken = new Set<string>();
  return entries.flatMap(([namespace, { labels, spec }]) => {
    const own = spec.hosts.filter(host => !taken.has(`${namespace} ${host}`));
    own.forEach(host => taken.add(`${namespace} ${host}`));
    return own.length > 0 ? [[namespace, { labels, spec: { ...spec, hosts: own } }] as const] : [];
  });
}

function written(kind: string, namespace: string, name: string, spec: object, more: object = {}): Written {
  const groups: { readonly [kind: string]: string } = {
    Service: 'v1', Deployment: 'apps/v1', NetworkPolicy: 'networking.k8s.io/v1', AuthorizationPolicy: 'security.istio.io/v1',
  };
  return { apiVersion: groups[kind] ?? 'networking.istio.io/v1', kind, metadata: { name, namespace, ...more }, spec };
}

/** What the charts of Istio install. */
function charts(): Written[] {
  return ['egress', 'ingress'].flatMap(kind => [written('Deployment', SYSTEM, `istio-${kind}gateway`, {
    selector: { matchLabels: { istio: `${kind}gateway` } },
    template: {
      metadata: { labels: { app: `istio-${kind}gateway`, istio: `${kind}gateway` } },
      spec: { serviceAccountName: `istio-${kind}gateway-service-account`, containers: [{ name: 'istio-proxy', image: 'auto' }] },
    },
  }), written('Service', SYSTEM, `istio-${kind}gateway`, {
    selector: { app: `istio-${kind}gateway`, istio: `${kind}gateway` },
    ports: [{ name: 'http2', port: 80, targetPort: 8080 }, { name: 'https', port: 443, targetPort: 8443 }, ...kind === 'egress' ? [{ name: 'tcp-7000', port: 7000, targetPort: 7000 }] : []],
  })]);
}

/** Writes sets of a seed, and what the trace says of them; gives the number of connections. */
export function writeAnybodys(count: number, seed: number, folder: string): number {
  return fc.sample(anybodys, { numRuns: count, seed }).reduce((sum, { objects, facts }, i) => {
    const target = path.join(folder, `set-${String(i).padStart(6, '0')}`);
    fs.mkdirSync(target, { recursive: true });
    fs.writeFileSync(path.join(target, 'set.yaml'), objects.map(object => JSON.stringify(object, undefined, 1)).join('\n---\n'));
    const mesh = { trustDomain: 'cluster.local', clusterDomain: 'cluster.local', rootNamespace: SYSTEM, ...facts };
    fs.writeFileSync(path.join(target, EXPECTATIONS_FILE), JSON.stringify({ mesh, services: [] }));
    return sum + writeTraces(target);
  }, 0);
}
