import { run } from './helpers';
import { deployment, entry, GATEWAY, object } from '../trace/helpers';

/**
 * Each reason for which a trace ends a connection without reaching what it is for, and what lint says of the same input: a rule, or what it could not judge. What depends
 * on who asks, or on what an application speaks, is no mistake that the objects show.
 */
type Row = readonly [reason: string, said: string, objects: readonly string[], more?: { readonly to?: string; readonly protocol?: string }];

const DB = 'db.example.com';
const API = 'api.example.com';
const CLIENT = 'cluster.local/ns/shop/sa/cart';

/** That the answer is one of access, or of what somebody dials or speaks. */
const ASKED = 'nothing: it depends on the question';

const db = (more: object = {}) => entry(DB, 3306, 'TCP', { addresses: ['192.0.2.14'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }], ...more });
const api = entry(API, 80, 'HTTP');
const server = (tls: object | undefined, host = DB, protocol = 'TLS') => ({ port: { number: 443, name: 'p', protocol }, hosts: [host], ...tls && { tls } });
const gateway = (of: object, more: object = {}) => object('Gateway', 'egress', { selector: { istio: 'egressgateway' }, servers: [of], ...more });
const service = (ports: object[] = [{ name: 'tls', port: 443, targetPort: 8443 }]) => object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports });
const pods = deployment('istio-system/istio-egressgateway', 'egress', {
  labels: { istio: 'egressgateway' }, spec: { containers: [{ name: 'istio-proxy', args: ['proxy', 'router'] }] },
});
const leg = (of: 'mesh' | 'egress', port: number, host: string, to: number) => (
  { match: [{ gateways: [of], port }], route: [{ destination: { host, port: { number: to } } }] });
const legs = (more: object = {}, tcp = [leg('mesh', 3306, GATEWAY, 443), leg('egress', 443, DB, 3306)]) => (
  object('VirtualService', 'db', { hosts: [DB], gateways: ['mesh', 'egress'], tcp, ...more }));
const tls = (settings: object = { mode: 'ISTIO_MUTUAL', sni: DB }) => object('DestinationRule', 'to-gateway', { host: GATEWAY, trafficPolicy: { tls: settings } });
const MUTUAL = { mode: 'ISTIO_MUTUAL' };

/** A route through a gateway, with some of its parts exchanged or left out. */
const through = (parts: { readonly [part in 'db' | 'gateway' | 'legs' | 'tls' | 'service' | 'pods']?: string } = {}): string[] => (
  Object.values({ db: db(), gateway: gateway(server(MUTUAL)), legs: legs(), tls: tls(), service: service(), pods, ...parts }).filter(part => part !== ''));
const policy = (rules: object[], more: object = {}) => object('AuthorizationPolicy', 'istio-system/clients', { selector: { matchLabels: { istio: 'egressgateway' } }, action: 'ALLOW', rules, ...more });
const from = (source: object, more: object = {}) => ({ from: [{ source }], ...more });
const straight = (destination: object) => object('VirtualService', 'route', { hosts: [DB], tcp: [{ route: [{ destination }] }] });
const sidecar = (...egress: object[]) => object('Sidecar', 'default', { egress });
const cuts = (name: string, spec: object) => object('NetworkPolicy', name, { podSelector: {}, ...spec });
const elsewhere = { policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] };
const originated = (settings: object) => object('DestinationRule', 'tls', { host: API, trafficPolicy: { tls: settings } });
const bare = object('Service', 'legacy', { ports: [{ name: 'tcp', port: 5432 }] });
const ofGatewayApi = (kind: string, name: string, spec: object) => JSON.stringify({ apiVersion: 'gateway.networking.k8s.io/v1', kind, metadata: { name, namespace: 'shop' }, spec });
const away = { host: 'proxy.infra.svc.cluster.local', port: { number: 3306 } };
const reviews = [
  object('Service', 'reviews', { selector: { app: 'reviews' }, ports: [{ name: 'tcp', port: 9080 }] }), deployment('reviews', 'reviews', { labels: { app: 'reviews', version: 'v1' } }),
  object('DestinationRule', 'reviews', { host: 'reviews', subsets: [{ name: 'x', labels: { version: 'v3' } }] }),
  object('VirtualService', 'reviews', { hosts: ['reviews'], tcp: [{ route: [{ destination: { host: 'reviews', subset: 'x', port: { number: 9080 } } }] }] }),
];

const ROWS: readonly Row[] = [
  // The listener of the sidecar.
  ['nothing in the input declares db.example.com', ASKED, []],
  ['nothing in the input declares db.example.com', 'host', [straight({ host: DB })]],
  ['db.example.com is declared without port 3307', ASKED, [db()], { to: `${DB}:3307` }],
  ['db.example.com is not exported to "shop"', ASKED, [db({ exportTo: ['other'] })]],
  ['Sidecar shop/default does not import it', 'MX0602', [db(), sidecar({ hosts: ['istio-system/*'] })]],
  ['has an HTTP proxy (HTTP_PROXY)', 'http-proxy', [
    api, sidecar({ port: { number: 3128, protocol: 'HTTP_PROXY', name: 'p' }, bind: '127.0.0.1', hosts: ['./*'] }, { hosts: ['istio-system/*'] }),
  ], { to: `${API}:80` }],
  ['is a route of the Gateway API about api.example.com', 'gateway-api', [
    api, ofGatewayApi('HTTPRoute', 'r', { parentRefs: [{ kind: 'ServiceEntry', group: 'networking.istio.io', name: 'api-example-com' }] }),
  ], { to: `${API}:80` }],
  // The rule and where it sends.
  ['VirtualService shop/other is not in the input', 'delegate', [api, object('VirtualService', 'api', { hosts: [API], http: [{ delegate: { name: 'other' } }] })], { to: `${API}:80` }],
  ['nothing declares db.exmaple.com', 'MX0405', [db(), straight({ host: 'db.exmaple.com', port: { number: 3306 } })]],
  ['nothing declares other.example.com', 'host', [db(), straight({ host: 'other.example.com', port: { number: 3306 } })]],
  ['db.example.com has no port 3307', 'MX0407', [db(), straight({ host: DB, port: { number: 3307 } })]],
  ['udp.example.com has no port 3306 for TCP', 'MX0407', [db(), entry('udp.example.com', 3306, 'UDP'), straight({ host: 'udp.example.com', port: { number: 3306 } })]],
  ['other.example.com has no port 3306', 'MX0407', [db(), entry('other.example.com', 1, 'TCP', {
    addresses: ['192.0.2.15'], ports: [1, 2].map(number => ({ number, name: `tcp-${number}`, protocol: 'TCP' })),
  }), straight({ host: 'other.example.com' })]],
  ['no DestinationRule of db.example.com has a subset "x"', 'subset', [db(), straight({ host: DB, subset: 'x' })]],
  ['no DestinationRule of db.example.com has a subset "x"', 'MX0404', [db(), straight({ host: DB, subset: 'x' }), object('DestinationRule', 'rule', { host: DB, subsets: [{ name: 'y' }] })]],
  ['Service proxy.infra.svc.cluster.local is not in the input, and no Gateway in it has a server on port 3306', 'service', [db(), straight(away)]],
  ['is a gateway of the Gateway API', 'gateway-api', [db(), straight({ host: 'out-istio', port: { number: 443 } }), ofGatewayApi('Gateway', 'out', { gatewayClassName: 'istio' })]],
  // The gateway.
  ['is not in the input, and no Gateway in it has a server on port 443', 'gateway', through({ gateway: '', service: '', pods: '' })],
  ['no Gateway selects the pods of the gateway', 'gateway', through({ gateway: '' })],
  ['no Gateway selects the pods of the gateway', 'MX0313', through({ gateway: gateway(server(MUTUAL), { selector: { istio: 'other' } }) })],
  ['no Gateway selects the pods of the gateway', 'gateway-pods', through({ gateway: gateway(server(MUTUAL), { selector: { istio: 'other' } }), pods: '' })],
  ['the pods of the gateway are not in the input', 'gateway-pods', through({ gateway: gateway(server(MUTUAL), { selector: { istio: 'egressgateway', team: 'a' } }), pods: '' })],
  ['has no port 443', 'MX0310', through({ service: service([{ name: 'http', port: 80, targetPort: 8080 }]) })],
  ['the gateway has no filter chain for it', 'MX0317', through({ gateway: gateway({ ...server(MUTUAL), bind: '127.0.0.1' }) })],
  ['the gateway has no filter chain for it', 'MX0303', [gateway(server(MUTUAL)).replace('"egress"', '"a"'), ...through()]],
  ['the gateway has no filter chain for it', 'MX0306', through({ gateway: gateway(server(MUTUAL, 'other.example.com')) })],
  ['the gateway has no filter chain for it', 'MX0309', through({ legs: legs({ exportTo: ['.'] }) })],
  ['the gateway has no filter chain for it', 'MX0409', through({ legs: legs({}, [leg('mesh', 3306, GATEWAY, 443), leg('egress', 444, DB, 3306)]) })],
  ['the gateway has no filter chain for it', 'MX0311', through({ legs: legs({ gateways: ['mesh'] }, [leg('mesh', 3306, GATEWAY, 443)]) })],
  ['the gateway has no filter chain for it', 'MX0311', through({ tls: tls({ mode: 'ISTIO_MUTUAL', sni: 'other.example.com' }) })],
  ['the gateway has no filter chain for it', 'MX0311', through({ tls: '' })],
  // What both speak.
  ['the server takes TCP in plaintext', 'MX0311', through({ gateway: gateway(server(undefined, DB, 'TCP')) })],
  ['the server outside gets it', 'MX0311', [
    entry(DB, 443, 'TLS'), gateway(server({ mode: 'PASSTHROUGH' })), tls(), service(), pods,
    object('VirtualService', 'db', {
      hosts: [DB],
      gateways: ['mesh', 'egress'],
      tls: [['mesh', GATEWAY], ['egress', DB]].map(([of, host]) => (
        { match: [{ gateways: [of], port: 443, sniHosts: [DB] }], route: [{ destination: { host, port: { number: 443 } } }] })),
    }),
  ], { to: `${DB}:443` }],
  ['the server shows another one (SIMPLE)', 'MX0311', through({ gateway: gateway(server({ mode: 'SIMPLE', credentialName: 'c' })) })],
  ['the server asks for a client certificate (MUTUAL)', 'MX0311', through({ gateway: gateway(server({ mode: 'MUTUAL', credentialName: 'c' })), tls: tls({ mode: 'SIMPLE', sni: DB }) })],
  ['the server asks for a certificate of the mesh', 'MX0311', through({ tls: tls({ mode: 'SIMPLE', sni: DB }) })],
  ['the server takes HTTP, and the application speaks something else', 'MX0409', through({ gateway: gateway(server(MUTUAL, DB, 'HTTPS')) })],
  ['is not among the \'subjectAltNames\' of the server', ASKED, through({ gateway: gateway(server({ ...MUTUAL, subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/other'] })) })],
  // Access.
  ...([
    ['MX0812', [from({ principals: [CLIENT] }, { to: [{ operation: { ports: ['443'] } }] })]],
    ['MX0813', [from({ principals: [CLIENT] }, { to: [{ operation: { ports: ['9999'] } }] })]],
    ['MX0806', [from({ principals: ['shop/cart'] })]],
    ['MX0802', [{ to: [{ operation: { methods: ['GET'] } }] }]],
    ['MX0810', [from({ namespaces: ['shopp'] })]],
    ['MX0808', [{ when: [{ key: 'connection.sni', values: ['other.example.com'] }] }]],
    ['MX0805', []],
    [ASKED, [from({ principals: ['cluster.local/ns/shop/sa/other'] })]],
  ] as const).map(([said, rules]): Row => ['none of their rules matches', said, [...through(), deployment('other', 'other'), policy([...rules])]]),
  ['a DENY policy matches', ASKED, [...through(), policy([from({ principals: [CLIENT] })], { action: 'DENY' })]],
  // Where it leads.
  ['`resolution: NONE` has no endpoint', 'MX0308', through({ db: entry(DB, 3306, 'TCP', { addresses: ['192.0.2.14'], resolution: 'NONE' }) })],
  ['gateways in "istio-system" do not see db.example.com', 'MX0309', through({ db: db({ exportTo: ['.'] }) })],
  ['Service proxy.infra.svc.cluster.local is not in the input', 'service', through({ legs: legs({}, [leg('mesh', 3306, GATEWAY, 443), leg('egress', 443, away.host, 3306)]) })],
  ['the gateway has no route for the host x.example.com', 'MX0311', [
    api, gateway({ port: { number: 443, name: 'p', protocol: 'HTTP' }, hosts: [API] }), service(), pods,
    object('VirtualService', 'a', { hosts: [API], http: [{ rewrite: { authority: 'x.example.com' }, route: [{ destination: { host: GATEWAY, port: { number: 443 } } }] }] }),
    object('VirtualService', 'b', { hosts: [API], gateways: ['egress'], http: [{ route: [{ destination: { host: API, port: { number: 80 } } }] }] }),
  ], { to: `${API}:80` }],
  ['it has no endpoint', 'MX0211', [db({ endpoints: undefined })]],
  ['has the labels that it selects', 'workload', [db({ endpoints: undefined, workloadSelector: { labels: { app: 'db' } } })]],
  ['has the labels that it selects', 'MX0216', [db({ endpoints: undefined, workloadSelector: { labels: { app: 'db' } } }), deployment('cart', 'cart')]],
  ['it has no endpoint', 'MX0406', [db(), straight({ host: DB, subset: 'x' }), object('DestinationRule', 'rule', { host: DB, subsets: [{ name: 'x', labels: { version: 'v1' } }] })]],
  ['has the labels version=v3 of the subset', 'MX0406', reviews, { to: 'reviews:9080' }],
  ['its endpoints are not in the input', 'endpoints', [bare], { to: 'legacy:5432' }],
  ['has no address with port 5432', 'MX0217', [bare, JSON.stringify({
    apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'legacy', namespace: 'shop' }, subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ name: 'other', port: 5432 }] }],
  })], { to: 'legacy:5432' }],
  // What may be meant for others than the client that is asked about, or for another protocol.
  ['is not the one that sidecars in "shop" use', ASKED, [db(), straight({ host: DB, subset: 'x' }), object('DestinationRule', 'platform/rule', { host: DB, subsets: [{ name: 'x' }] })]],
  ['Sidecar shop/default has no egress listener for port 3306', ASKED, [db(), sidecar({ port: { number: 443, protocol: 'TLS', name: 'tls' }, hosts: ['*/*'] })]],
  ['the gateway has no filter chain for it', ASKED, through({ gateway: gateway(server({ mode: 'SIMPLE', credentialName: 'c' })), tls: '' })],
  ['lets it in on port 8443', ASKED, [...through(), cuts('istio-system/limits', { ingress: [{ from: [{ podSelector: {} }] }] })]],
  // What arrives there.
  ['what arrives is TLS in TLS', 'MX0704', [entry(API, 443, 'TLS'), originated({ mode: 'SIMPLE' })], { to: `${API}:443` }],
  ['the DestinationRule asks for SIMPLE', 'MX0702', [entry(API, 8080, 'HTTP'), originated({ mode: 'SIMPLE', credentialName: 'api' })], { to: `${API}:8080` }],
  ['the mesh\'s own TLS', 'MX0711', [entry(API, 3306, 'TCP'), originated({ mode: 'ISTIO_MUTUAL' })], { to: `${API}:3306` }],
  ['HTTP in plaintext, at port 443', 'MX0218', [entry(API, 80, 'HTTP', { ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }] })], { to: `${API}:80` }],
  ['TLS, at port 80', 'MX0712', [api, originated({ mode: 'SIMPLE' })], { to: `${API}:80` }],
  ['is declared to speak HTTPS on', 'MX0218', [
    entry(API, 80, 'HTTP', { ports: [{ number: 80, name: 'http', protocol: 'HTTP' }, { number: 8443, name: 'https', protocol: 'HTTPS' }] }),
    object('VirtualService', 'api', { hosts: [API], http: [{ route: [{ destination: { host: API, port: { number: 8443 } } }] }] }),
  ], { to: `${API}:80` }],
  // The network.
  ['no NetworkPolicy of its pods lets it out to 192.0.2.14', 'MX0603', [db(), cuts('limits', elsewhere)]],
  ['no NetworkPolicy of the pods in "istio-system" lets it in on port 8443', 'MX0611', [...through(), cuts('istio-system/limits', { ingress: [{ ports: [{ port: 443 }] }] })]],
  ['no NetworkPolicy of its pods lets it out to 192.0.2.14', 'MX0611', [...through(), cuts('istio-system/limits', elsewhere)]],
];

interface Explained {
  readonly verdict: string;
  readonly end: { readonly text: string; readonly mismatch?: string };
  readonly hops: readonly { readonly text: string }[];
}

interface Linted {
  readonly findings: readonly { readonly id: string }[];
  readonly notJudged: readonly { readonly kind: string }[];
}

describe.each(ROWS.map(([reason, said, objects, more = {}], i) => ({ i, reason, said, objects, ...more })))('$reason ($i)', ({ reason, said, objects, to = `${DB}:3306`, protocol }) => {
  const stdin = objects.length === 0 ? 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: shop}\n' : objects.join('\n---\n');
  const facts = ['--outbound-traffic-policy', 'REGISTRY_ONLY'];

  test('is how explain ends the connection', async () => {
    const { out } = await run(['explain', '--json', '--from', 'shop/cart', '--to', to, ...protocol ? ['--protocol', protocol] : [], ...facts, '-'], { stdin });
    const { verdict, end, hops } = JSON.parse(out) as Explained;

    expect(['NOWHERE', 'REFUSED', 'UNKNOWN', 'MISMATCH']).toContain(verdict);
    expect([end.text, end.mismatch, ...hops.map(({ text }) => text)].join('\n')).toContain(reason);
  });

  test(`is ${said} for lint`, async () => {
    const { out } = await run(['lint', '--json', ...facts, '-'], { stdin });
    const { findings, notJudged } = JSON.parse(out) as Linted;
    const all = [...findings.map(({ id }) => id), ...notJudged.map(({ kind }) => kind)];

    expect(all).toEqual(said === ASKED ? [] : expect.arrayContaining([said]));
  });
});

test('a route that is right is reached, and nothing is said of it', async () => {
  const stdin = through().join('\n---\n');
  const { out } = await run(['lint', '--json', '-'], { stdin });

  expect((await run(['explain', '--from', 'shop/cart', '--to', `${DB}:3306`, '-'], { stdin })).code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ findings: [], notJudged: [] });
});
