import { gapsIn, GAP_KINDS } from '../../src/gaps/gaps-in';
import { CATALOGUE } from '../../src/rules/catalogue';
import { deployment, entry, GATEWAY, object, viewOf } from '../trace/helpers';

const DB = 'db.example.com';

/** What depends on something, as its kind, what that is, and the places. */
function gapsOf(objects: readonly string[], rules: readonly { readonly id: string }[] = CATALOGUE): string[] {
  const view = viewOf(objects);
  const found = CATALOGUE.filter(rule => rules.includes(rule)).flatMap(rule => rule.check(view));
  return gapsIn(view, rules, found).map(({ kind, on, all }) => `${kind.name}: ${on} <- ${all.map(gap => `${gap.object.name} ${(gap.field ?? []).join('.')}`.trim()).join(', ')}`);
}

const route = (host: string, more: object = {}, name = 'route') => object('VirtualService', name, { hosts: [DB], tcp: [{ route: [{ destination: { host, ...more } }] }] });
const db = entry(DB, 3306, 'TCP', { addresses: ['192.0.2.14'] });
const gateway = (selector: object, name = 'egress') => object('Gateway', name, { selector, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [DB], tls: { mode: 'ISTIO_MUTUAL' } }] });
const policy = (spec: object, name = 'policy') => object('AuthorizationPolicy', name, { action: 'DENY', rules: [{}], ...spec });
const api = (kind: string, name: string, spec: object) => JSON.stringify({ apiVersion: 'gateway.networking.k8s.io/v1', kind, metadata: { name, namespace: 'shop' }, spec });
const proxy = (protocol: string) => object('Sidecar', 'default', { egress: [{ port: { number: 3128, protocol, name: 'p' }, hosts: ['./*'] }] });
const forApp = { selector: { matchLabels: { app: 'web' } } };
const onPort = { rules: [{ to: [{ operation: { ports: ['443'] } }] }] };
const leaving = (ports: object[], podSelector: object = {}, name = 'network') => object('NetworkPolicy', name, { podSelector, policyTypes: ['Egress'], egress: [{ ports }] });
const slices = JSON.stringify({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'legacy' } }, ports: [], endpoints: [] });

test.each<[string, readonly string[], readonly string[]]>([
  ['a host that nothing declares, of a route, its destination and a DestinationRule', [route('other.example.com'), object('DestinationRule', 'rule', { host: 'third.example.com' })], [
    `host: a ServiceEntry of ${DB} <- route spec.hosts.0`, 'host: a ServiceEntry of other.example.com <- route spec.tcp.0.route.0.destination.host',
    'host: a ServiceEntry of third.example.com <- rule spec.host',
  ]],
  ['a host that is declared, by a wildcard as well, and a wildcard', [entry('*.example.com', 443, 'TLS'), route('other.example.com'), object('DestinationRule', 'rule', { host: '*.local' })], []],
  ['a host for clients outside that a gateway serves', [gateway({ istio: 'ingressgateway' }, 'in'), object('VirtualService', 'web', {
    hosts: ['web.example.com'], gateways: ['mesh', 'in'], http: [{ route: [{ destination: { host: 'web' } }] }],
  }), object('Service', 'web', { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] })], []],
  ['a mirror', [db, object('VirtualService', 'route', { hosts: [DB], http: [{ route: [{ destination: { host: DB } }], mirror: { host: 'copy' } }] })],
    ['service: Service shop/copy <- route spec.http.0.mirror.host']],
  ['a Gateway, by its short name and its full one, once', [db, object('VirtualService', 'a', { hosts: [DB], gateways: ['mesh', 'out'] }), object('VirtualService', 'b', { hosts: [DB], gateways: ['shop/out'] })],
    ['gateway: Gateway shop/out <- a spec.gateways.1, b spec.gateways.0']],
  ['a Gateway that a rule missed by its name', [db, gateway({ istio: 'egressgateway' }), object('VirtualService', 'a', { hosts: [DB], gateways: ['infra/egress'] })], []],
  ['VirtualServices of a Gateway, without one of its namespace', [db, gateway({ istio: 'egressgateway' })],
    [`route: a VirtualService of ${DB} for Gateway shop/egress <- egress spec.servers.0.hosts.0`]],
  ['VirtualServices of a Gateway, with one that a rule looks at, and of a Gateway whose hosts are not declared', [
    db, gateway({ istio: 'egressgateway' }), object('VirtualService', 'other', { hosts: ['*.example.com'], http: [{ route: [{ destination: { host: DB } }] }] }),
  ], []],
  ['a Service', [db, route('proxy.infra.svc.cluster.local')], ['service: Service infra/proxy <- route spec.tcp.0.route.0.destination.host']],
  ['the Service of an installed gateway, with a Gateway', [db, route(GATEWAY), gateway({ istio: 'egressgateway' })], []],
  ['the Service of an installed gateway, without any Gateway', [db, route(GATEWAY)], ['service: Service istio-system/istio-egressgateway <- route spec.tcp.0.route.0.destination.host']],
  ['the Service of an installed gateway in a rule of a client', [object('DestinationRule', 'rule', { host: GATEWAY })], []],
  ['a subset', [db, route(DB, { subset: 'x' })], [`subset: a DestinationRule of ${DB} with the subset x <- route spec.tcp.0.route.0.destination.subset`]],
  ['a subset that a DestinationRule has, and one that a rule missed', [
    db, route(DB, { subset: 'x' }), route(DB, { subset: 'y' }, 'second'), object('DestinationRule', 'rule', { host: DB, subsets: [{ name: 'x' }] }),
  ], []],
  ['a subset that sidecars of a named namespace do not find where they look', [
    entry(DB, 3306, 'TCP', { exportTo: ['shop', 'billing'] }, 'platform/db'), deployment('cart', 'cart'),
    object('VirtualService', 'platform/route', { hosts: [DB], exportTo: ['shop', 'billing'], tcp: [{ route: [{ destination: { host: GATEWAY, subset: 'x' } }] }] }),
    object('DestinationRule', 'platform/rule', { host: GATEWAY, subsets: [{ name: 'x' }] }), gateway({ istio: 'egressgateway' }, 'platform/egress'),
  ], [`subset: a DestinationRule of ${GATEWAY} with the subset x where the sidecars of "shop" look <- route spec.tcp.0.route.0.destination.subset`]],
  ['a subset that the namespace of the gateway does not find, which is no client', [
    entry(DB, 3306, 'TCP', { exportTo: ['.', 'infra'] }), deployment('cart', 'cart'), deployment('infra/out', 'out', { labels: { istio: 'egressgateway' } }), gateway({ istio: 'egressgateway' }),
    object('Service', 'infra/out', { selector: { istio: 'egressgateway' }, ports: [{ name: 'tls', port: 443 }] }),
    object('VirtualService', 'route', { hosts: [DB], exportTo: ['.', 'infra'], tcp: [{ route: [{ destination: { host: 'out.infra.svc.cluster.local', subset: 'x' } }] }] }),
    object('DestinationRule', 'rule', { host: 'out.infra.svc.cluster.local', exportTo: ['.'], subsets: [{ name: 'x' }] }),
  ], []],
  ['a subset that is in the namespace of the clients, or in that of the service', [
    entry(DB, 3306, 'TCP', { exportTo: ['shop'] }, 'platform/db'), deployment('cart', 'cart'), gateway({ istio: 'egressgateway' }, 'platform/egress'),
    ...['a', 'b'].map(name => object('VirtualService', `platform/${name}`, { hosts: [DB], exportTo: ['shop'], tcp: [{ route: [{ destination: { host: GATEWAY, subset: name } }] }] })),
    object('DestinationRule', 'shop/a', { host: GATEWAY, subsets: [{ name: 'a' }] }), object('DestinationRule', 'istio-system/b', { host: GATEWAY, subsets: [{ name: 'b' }] }),
  ], []],
  ['a delegate', [entry('api.example.com', 80, 'HTTP'), object('VirtualService', 'api', { hosts: ['api.example.com'], http: [{ delegate: { name: 'leaf', namespace: 'other' } }] })],
    ['delegate: VirtualService other/leaf <- api spec.http.0.delegate']],
  ['the pods of a gateway of one\'s own, and of one with a label more', [gateway({ app: 'out' }), gateway({ istio: 'egressgateway', team: 'a' }, 'second')], [
    'gateway-pods: a workload with app=out <- egress spec.selector', 'gateway-pods: a workload with istio=egressgateway, team=a <- second spec.selector',
  ]],
  ['the pods of an installed gateway, or such that are there', [
    gateway({ istio: 'egressgateway' }), gateway({ app: 'out' }, 'second'), object('Service', 'out', { selector: { app: 'out' }, ports: [{ name: 'tls', port: 443 }] }),
  ], []],
  ['workloads of a namespace, for an entry and a policy', [entry(DB, 3306, 'TCP', { workloadSelector: { labels: { app: 'db' } } }), policy(forApp), deployment('other/web', 'web')],
    ['workload: a workload of namespace shop <- db-example-com spec.workloadSelector, policy spec.selector']],
  ['workloads that are there, though not these: a rule says so', [policy(forApp), deployment('cart', 'cart')], []],
  ['workloads of any namespace, for a policy of the root namespace', [policy(forApp, 'istio-system/policy'), deployment('web', 'web')], []],
  ['workloads of the root namespace, when none of any namespace has the labels', [policy(forApp, 'istio-system/policy'), deployment('cart', 'cart')],
    ['workload: a workload of namespace istio-system <- policy spec.selector']],
  ['Endpoints', [object('Service', 'legacy', { ports: [{ name: 'tcp', port: 1 }] })], ['endpoints: EndpointSlice of Service shop/legacy <- legacy spec']],
  ['Endpoints that are there, of a Service without ports, of a name, of the API server', [
    object('Service', 'legacy', { ports: [{ name: 'tcp', port: 1 }] }), slices, object('Service', 'none', {}), object('Service', 'alias', { type: 'ExternalName', externalName: DB, ports: [{ port: 1 }] }),
    object('Service', 'default/kubernetes', { ports: [{ port: 443 }] }),
  ], []],
  ['the ports of pods, for a policy that names some', [
    gateway({ istio: 'egressgateway' }), policy({ selector: { matchLabels: { istio: 'egressgateway' } }, ...onPort }, 'istio-system/policy'),
  ], ['policy-ports: a Service of the pods with istio=egressgateway <- policy spec.rules']],
  ['the ports of pods that are known', [
    deployment('web', 'web'), object('Service', 'web', { selector: { app: 'web' }, ports: [{ name: 'tls', port: 8443, targetPort: 443 }] }), policy({ ...forApp, ...onPort }),
  ], []],
  ['routes of the Gateway API for the sidecars and out of the mesh, and none for clients outside', [
    api('TLSRoute', 'a', { parentRefs: [{ kind: 'ServiceEntry', group: 'networking.istio.io', name: 'x' }] }),
    api('HTTPRoute', 'b', { parentRefs: [{ name: 'out' }], rules: [{ backendRefs: [{ group: 'networking.istio.io', kind: 'Hostname', name: DB }] }] }),
    api('HTTPRoute', 'c', { parentRefs: [{ name: 'in' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] }),
  ], ['gateway-api: HTTPRoute shop/b <- b', 'gateway-api: TLSRoute shop/a <- a']],
  ['a gateway of the Gateway API that a VirtualService sends to, and no other', [
    db, route('out-istio'), api('Gateway', 'out', { gatewayClassName: 'istio' }), api('Gateway', 'in', { gatewayClassName: 'istio' }),
  ], ['gateway-api: Gateway shop/out <- out']],
  ['workloads that see a host, where those of other namespaces are there', [deployment('cart', 'cart'), entry('other/a.example.com', 443, 'TLS', { exportTo: ['.', 'third'] })],
    ['client: a workload of namespace other or third <- a-example-com spec.exportTo']],
  ['workloads that see a host: some are there, or none at all are', [deployment('cart', 'cart'), entry('other/a.example.com', 443, 'TLS', { exportTo: ['shop'] }), entry('other/b.example.com', 443, 'TLS')], []],
  ['workloads beside a gateway see a host, and a gateway alone is no client of it', [
    db, route(GATEWAY), gateway({ istio: 'egressgateway' }), deployment('istio-system/out', 'out', { labels: { istio: 'egressgateway' } }), deployment('istio-system/app', 'app'),
    entry('other/a.example.com', 443, 'TLS', { exportTo: ['istio-system'] }), entry('other/b.example.com', 443, 'TLS', { exportTo: ['.', 'istio-system'] }, 'b'),
  ], []],
  ['the clients of a host that a gateway sees as well', [
    db, route(GATEWAY), gateway({ istio: 'egressgateway' }), deployment('istio-system/out', 'out', { labels: { istio: 'egressgateway' } }), deployment('cart', 'cart'),
    entry('other/a.example.com', 443, 'TLS', { exportTo: ['.', 'istio-system'] }),
  ], ['client: a workload of namespace other <- a-example-com spec.exportTo']],
  ['workloads that see a host, in an input without workloads', [entry('other/a.example.com', 443, 'TLS', { exportTo: ['.'] })], []],
  ['the port of a gateway\'s pods, for a NetworkPolicy that opens that of its Service', [db, route(GATEWAY), gateway({ istio: 'egressgateway' }), leaving([{ port: 443 }])],
    ['gateway-port: Service istio-system/istio-egressgateway <- network spec.egress']],
  ['the same with the usual port, and for some pods', [
    db, route(GATEWAY), gateway({ istio: 'egressgateway' }), leaving([{ port: 8443 }]), leaving([{ port: 443 }], { matchLabels: { app: 'cart' } }, 'some'),
  ], []],
  ['the same with the Service, with a route that the namespace does not see, and in the gateway\'s own namespace', [
    db, route(GATEWAY), gateway({ istio: 'egressgateway' }), leaving([{ port: 443 }]), object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'tls', port: 443, targetPort: 8443 }] }),
    leaving([{ port: 443 }], {}, 'other/network'), leaving([{ port: 443 }], {}, 'istio-system/network'),
  ], []],
  ['a route that the namespace of the NetworkPolicy does not see', [db, object('VirtualService', 'route', {
    hosts: [DB], exportTo: ['.'], tcp: [{ route: [{ destination: { host: GATEWAY } }] }],
  }), gateway({ istio: 'egressgateway' }), leaving([{ port: 443 }], {}, 'other/network')], []],
  ['the namespace of the gateway, and one that opens everything there', [
    db, route(GATEWAY), gateway({ istio: 'egressgateway' }), leaving([{ port: 443 }], {}, 'istio-system/network'),
    object('NetworkPolicy', 'network', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 443 }] }, { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-system' } } }] }] }),
  ], []],
  ['one that opens everything in another namespace', [
    db, route(GATEWAY), gateway({ istio: 'egressgateway' }),
    object('NetworkPolicy', 'network', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 443 }] }, { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }] }] }),
  ], ['gateway-port: Service istio-system/istio-egressgateway <- network spec.egress']],
  ['the Service of an installed gateway beside a Gateway that is missing: what is missing is the Gateway', [
    db, object('VirtualService', 'a', { hosts: [DB], gateways: ['mesh', 'out'], tcp: [{ route: [{ destination: { host: GATEWAY } }] }] }),
  ], ['gateway: Gateway shop/out <- a spec.gateways.1']],
  ['hosts that a gateway serves alone', [gateway({ istio: 'ingressgateway' }, 'in'), object('VirtualService', 'web', {
    hosts: ['web.example.com'], gateways: ['in'], http: [{ route: [{ destination: { host: 'web' } }] }],
  }), object('Service', 'web', { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] })], []],
  ['routes of the Gateway API, of each kind, for one parent of several', [
    api('GRPCRoute', 'a', { parentRefs: [{ name: 'in' }, { kind: 'Service', group: '', name: 'x' }] }), api('TCPRoute', 'b', { parentRefs: [{ kind: 'Service', group: '', name: 'x' }] }),
    api('HTTPRoute', 'c', { parentRefs: [{ kind: 'ServiceEntry', group: 'example.com', name: 'x' }] }),
    api('HTTPRoute', 'd', { parentRefs: [{ name: 'out' }], rules: [{ backendRefs: [{ name: 'web' }] }, { backendRefs: [{ name: 'web' }, { group: 'networking.istio.io', kind: 'Hostname', name: DB }] }] }),
  ], ['gateway-api: HTTPRoute shop/d <- d', 'gateway-api: GRPCRoute shop/a <- a', 'gateway-api: TCPRoute shop/b <- b']],
  ['workloads that see a host, in one of its namespaces', [deployment('cart', 'cart'), entry('other/a.example.com', 443, 'TLS', { exportTo: ['third', 'shop'] })], []],
  ['workloads that see a host, of namespaces in no order', [deployment('cart', 'cart'), entry('other/a.example.com', 443, 'TLS', { exportTo: ['third', 'fourth'] })],
    ['client: a workload of namespace fourth or third <- a-example-com spec.exportTo']],
  ['the pods of a gateway, whose labels are in no order, and of one for every pod', [gateway({ b: '2', a: '1' }), gateway({}, 'second')], ['gateway-pods: a workload with a=1, b=2 <- egress spec.selector']],
  ['workloads of any namespace, for a policy of the root namespace, beside others', [policy(forApp, 'istio-system/policy'), deployment('web', 'web'), deployment('cart', 'cart')], []],
  ['an EnvoyFilter', [object('EnvoyFilter', 'filter', {})], ['envoy-filter: EnvoyFilter shop/filter <- filter']],
  ['a listener of HTTP_PROXY, and of HTTP', [proxy('HTTP_PROXY'), proxy('HTTP')], ['http-proxy: Sidecar shop/default <- default spec.egress.0']],
])('%s', (_, objects, expected) => {
  expect(gapsOf(objects)).toEqual(expected);
});

test('what is asked of no rule is no gap', () => {
  const objects = [db, route('proxy.infra.svc.cluster.local'), proxy('HTTP_PROXY')];

  expect(gapsOf(objects, CATALOGUE.filter(({ id }) => id === 'MX0407'))).toHaveLength(2);
  expect(gapsOf(objects, CATALOGUE.filter(({ id }) => id === 'MX0203'))).toEqual(['http-proxy: Sidecar shop/default <- default spec.egress.0']);
});

test('each kind has a name of its own, and rules of the catalogue', () => {
  expect(new Set(GAP_KINDS.map(({ name }) => name)).size).toBe(GAP_KINDS.length);
  expect(GAP_KINDS.flatMap(({ rules }) => rules).filter(id => !CATALOGUE.some(rule => rule.id === id))).toEqual([]);
});
