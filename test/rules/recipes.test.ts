import * as fs from 'node:fs';
import * as path from 'node:path';
import { findingsIn } from '../../src/findings/findings-in';
import { MeshModel } from '../../src/private/model';
import { MeshView } from '../../src/view/mesh-view';
import { CLOSED_MESH, objectsOf } from '../manifests';

const CORPUS = path.join(__dirname, '../../conformance/corpus');

/** A text of the corpus, what is replaced in it, and the rules that find something then. */
type Row = [name: string, file: string, replaced: [from: string | RegExp, to: string][], found: string[], facts?: Partial<MeshModel>];

const GATEWAY = 'recipes/g-gateway-tcp-mutual-tls';
const PLAINTEXT = 'recipes/g-gateway-tcp-plaintext';
const PASSTHROUGH = 'recipes/e-gateway-passthrough';
const ORIGINATION = 'recipes/f-gateway-origination';
/** A service without clients, whose route has no subset yet. */
const CLOSED = `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: closed, namespace: shop}
spec:
  hosts: [closed.example.com]
  exportTo: ["."]
  tcp:
    - match: [{port: 3306}]
      route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, subset: closed, port: {number: 443}}}]
`;
const NARROW = 'recipes/proven-9-own-namespace';
const DIRECT = 'recipes/b-direct-http';

const more = (kind: string, name: string, spec: object, namespace = 'shop', metadata: object = {}): [RegExp, string] => [/$/, `\n---\n${JSON.stringify({
  apiVersion: kind === 'Service' ? 'v1' : kind === 'Deployment' ? 'apps/v1' : 'networking.istio.io/v1', kind, metadata: { name, namespace, ...metadata }, spec,
})}\n`];
const pods = (name: string, labels: object, namespace = 'istio-system') => more('Deployment', name, { template: { metadata: { labels }, spec: {} } }, namespace);
const entry = (name: string, host: string, port: object, rest: object) => more('ServiceEntry', name, { hosts: [host], ports: [{ name: 'port', ...port }], exportTo: ['.'], ...rest });

const ROWS: { readonly [rule: string]: Row[] } = {
  MX0205: [
    ['without a protocol', 'MX0205-tcp-on-web-port/fault', [[/ +protocol: TCP.*\n/, '']], ['MX0205']],
    ['on 8443', 'MX0205-tcp-on-web-port/fault', [['number: 443', 'number: 8443']], ['MX0205']],
    ['not on the port of a database', 'MX0205-tcp-on-web-port/fault', [['number: 443', 'number: 5432']], []],
    ['not with an address', 'MX0205-tcp-on-web-port/fault', [['  ports:', '  addresses: [192.0.2.1]\n  ports:']], []],
    ['not with an address that the mesh allocates', 'MX0205-tcp-on-web-port/fault', [], [], { dnsCapture: true }],
  ],
  MX0206: [
    ['by the port of the endpoints', 'MX0206-members-in-one-entry/fault', [['number: 9092', 'number: 443'], ['protocol: TCP', 'protocol: TCP\n      targetPort: 9094']], ['MX0206']],
    ['a replica set', 'MX0206-members-in-one-entry/fault', [['number: 9092', 'number: 27017']], ['MX0206']],
    ['not where the client chooses', 'MX0206-members-in-one-entry/fault', [['resolution: STATIC', 'resolution: NONE']], []],
    ['not with one endpoint', 'MX0206-members-in-one-entry/fault', [['    - address: 192.0.2.22\n', ''], ['    - address: 192.0.2.23\n', '']], []],
    ['not for a primary and its standby, which are one', 'MX0206-members-in-one-entry/fault', [['number: 9092', 'number: 5432']], []],
  ],
  MX0207: [
    ...['orders.mysql.database.azure.com', 'b-1.shop.x1.c2.kafka.eu-west-1.amazonaws.com', 'shop.abc123.0001.euw1.cache.amazonaws.com', 'shop.x1.mongodb.net'].map((host): Row => (
      [host, 'MX0207-managed-name-fixed-address/fault', [['orders.c9akciq32.eu-west-1.rds.amazonaws.com', host]], ['MX0207']])),
    ['as an endpoint', 'MX0207-managed-name-fixed-address/fault', [['resolution: NONE', 'resolution: STATIC\n  endpoints: [{address: 192.0.2.31}]']], ['MX0207']],
    ['not with the range of a subnet', 'MX0207-managed-name-fixed-address/fault', [['192.0.2.31/32', '192.0.2.0/24']], []],
    ['not a name of one\'s own', 'MX0207-managed-name-fixed-address/fault', [['orders.c9akciq32.eu-west-1.rds.amazonaws.com', 'rds.amazonaws.com.example.com']], []],
    ['once, though the gateway has an entry of its own', 'recipes/proven-26-private-upstream', [[/db\.example\.com/g, 'db.x1.eu-west-1.rds.amazonaws.com']], ['MX0207']],
  ],
  MX0208: [
    ['not a Service of another namespace', 'MX0208-host-of-cluster/fault', [['mysql.shop.svc', 'mysql.data.svc']], []],
  ],
  MX0209: [
    ['not when every namespace is meant', 'MX0209-exported-to-everybody/fault', [['spec: # <- MX0209', 'spec:\n  exportTo: ["*"]']], []],
    ['not with an address', 'MX0209-exported-to-everybody/fault', [['  ports:', '  addresses: [192.0.2.1]\n  ports:']], []],
    ['not in an ambient mesh, which ignores exportTo', 'MX0209-exported-to-everybody/fault', [], [], { dataPlane: 'ambient' }],
  ],
  MX0211: [
    ['not with a selector of workloads', 'MX0211-static-without-endpoints/fault', [['resolution: STATIC', 'resolution: STATIC\n  workloadSelector: {labels: {app: db}}']], []],
  ],
  MX0212: [
    ['REDIS in small letters', 'MX0212-protocol-breaks-tls/fault', [['protocol: MONGO', 'protocol: redis']], ['MX0212']],
  ],
  MX0213: [
    ['a range on the port of an HTTP Service', 'MX0204-port-of-http-service/clean', [[/9000/g, '3306'], ['192.0.2.14/32', '192.0.2.0/24']], ['MX0213']],
    ['a range on the port of a TLS service', 'MX0213-server-first-is-inspected/clean', [['192.0.2.14/32', '192.0.2.0/24'],
      entry('tls', 'tls.example.com', { number: 3306, protocol: 'TLS' }, { resolution: 'DNS' })], ['MX0213', 'MX0219']],
    ['not a range alone', 'MX0213-server-first-is-inspected/clean', [['192.0.2.14/32', '192.0.2.0/24']], []],
    ['not an address on the port of an HTTP Service', 'MX0204-port-of-http-service/clean', [[/9000/g, '3306']], []],
    ['not where the client speaks first', 'MX0213-server-first-is-inspected/fault', [['number: 3306', 'number: 5432']], []],
  ],
  MX0304: [
    ['with a VirtualService of another host in its namespace', 'MX0304-gateway-without-route/fault', [[/\[api\.example\.com\](\n {2}tls:)/, '[other.example.com]$1'], [/sniHosts: \[api\.example\.com\]/, 'sniHosts: [other.example.com]']], ['MX0304']],
    ['with a VirtualService of the host in another namespace', 'MX0304-gateway-without-route/fault', [[/(kind: VirtualService\nmetadata: \{name: api, namespace: )shop/, '$1web']], ['MX0304']],
    ['not without VirtualServices of its namespace, which may be in another repository', 'MX0304-gateway-without-route/fault', [[/---\napiVersion: networking.istio.io\/v1\nkind: VirtualService[^]*$/, '']], []],
    ['not for a host that is not declared', 'MX0304-gateway-without-route/fault', [['- api.example.com # <- MX0304', '- shop.example.com']], []],
  ],
  MX0305: [
    ['another name, where a Gateway serves the host', PASSTHROUGH, [[/gateways: \[mesh, istio-egressgateway\]/, 'gateways: [mesh, egress]'], ['gateways: [istio-egressgateway]', 'gateways: [egress]']], ['MX0305']],
    ['not of a namespace of which nothing is known', PASSTHROUGH, [[/kind: Gateway[^]*?---\n/, 'kind: Nothing\n---\n']], []],
  ],
  MX0104: [
    ['alone, where TLS of a rule is misspelt', ORIGINATION, [['        tls: {mode: SIMPLE', '        tsl: {mode: SIMPLE']], ['MX0104']],
    ['alone, where TLS of a server is misspelt', ORIGINATION, [['      tls: {mode: ISTIO_MUTUAL', '      tsl: {mode: ISTIO_MUTUAL']], ['MX0104']],
    ['beside a mistake that is there however the field is meant', ORIGINATION, [['        tls: {mode: SIMPLE', '        tsl: {mode: SIMPLE'], ['            subset: cnn', '            subset: other']], ['MX0104', 'MX0404']],
    ['beside the field itself, which holds', ORIGINATION, [['        tls: {mode: SIMPLE', '        tsl: {}\n        tls: {mode: SIMPLE']], ['MX0104']],
  ],
  MX0306: [
    ['a server for VirtualServices of another namespace', PASSTHROUGH, [['      hosts: [edition.cnn.com]', '      hosts: [data/edition.cnn.com]']], ['MX0306']],
    ['one of two hosts', NARROW, [[/(name: db-from-gateway[^]*?hosts: \[)db/, '$1other.example.com, db']], ['MX0306']],
    ['alone, where the host of the server is misspelt', PASSTHROUGH, [['      hosts: [edition.cnn.com]', '      hosts: [edition.cn.com]']], ['MX0306']],
    ['not for a server of every host of a domain', PASSTHROUGH, [['      hosts: [edition.cnn.com]', '      hosts: ["*.cnn.com"]']], []],
    ['not for a server of every host, from its own namespace', PASSTHROUGH, [['      hosts: [edition.cnn.com]', '      hosts: ["./*"]']], []],
  ],
  MX0307: [
    ['two routes for a plaintext port', PLAINTEXT, [more('VirtualService', 'other', {
      hosts: ['my-mongo.tcp.svc'], gateways: ['istio-egressgateway'], tcp: [{ route: [{ destination: { host: 'other.example.com', port: { number: 27017 } } }] }],
    })], ['MX0307']],
    ['not two routes to one destination', GATEWAY, [more('VirtualService', 'other', {
      hosts: ['my-mongo.tcp.svc'], gateways: ['istio-egressgateway'], tcp: [{ route: [{ destination: { host: 'my-mongo.tcp.svc', port: { number: 27017 } } }] }],
    })], []],
    ['not where the SNI of each route tells connections apart', 'recipes/i-wildcard-one-server', [entry('en', 'en.wikipedia.org', { number: 443, protocol: 'TLS' }, { resolution: 'DNS', exportTo: ['istio-system'] }),
      more('VirtualService', 'other', {
        hosts: ['en.wikipedia.org'], gateways: ['istio-egressgateway'], tls: [{ match: [{ port: 443, sniHosts: ['en.wikipedia.org'] }], route: [{ destination: { host: 'en.wikipedia.org', port: { number: 443 } } }] }],
      })], []],
  ],
  MX0308: [
    ['a gateway that sends to itself', GATEWAY, [[/(gateways: \[istio-egressgateway\][^]*host: )my-mongo\.tcp\.svc\n {12}port: \{number: 27017\}/, '$1istio-egressgateway.istio-system.svc.cluster.local\n            port: {number: 443}']], ['MX0308']],
    ['not a gateway that sends to another port of its Service', GATEWAY, [[/(gateways: \[istio-egressgateway\][^]*host: )my-mongo\.tcp\.svc\n {12}port: \{number: 27017\}/, '$1istio-egressgateway.istio-system.svc.cluster.local\n            port: {number: 8080}']], []],
    ['the rule for sidecars and gateway alike, in HTTP', 'recipes/d-gateway-http', [['- gateways: [mesh]\n          port: 80', '- port: 80']], ['MX0308', 'MX0408']],
    ['not where it asks for labels of clients, which the gateway compares with its own pods', 'recipes/d-gateway-http', [['- gateways: [mesh]\n          port: 80', '- port: 80\n          sourceLabels: {app: cart}']], []],
    ['resolution left out', GATEWAY, [['  resolution: STATIC\n', ''], [/ {2}endpoints:\n.*\n/, '']], ['MX0308']],
    ['a host that only a wildcard declares', 'recipes/i-wildcard-one-server', [['[www.wikipedia.org]', '[other.wikipedia.org]']], ['MX0308']],
    ['DYNAMIC_DNS', 'recipes/i-wildcard-one-server', [['resolution: NONE', 'resolution: DYNAMIC_DNS'], ['            host: www.wikipedia.org', '            host: "*.wikipedia.org"']], ['MX0308']],
    ['not when the gateway has an entry of its own', 'recipes/proven-26-private-upstream', [], []],
  ],
  MX0309: [
    ['a route', NARROW, [[/( gateways: \[db\]\n {2}exportTo: )\[istio-system\]/, '$1["."]']], ['MX0309']],
    ['not by a namespace with a slip, where the gateway is in another one', NARROW, [[/(destination:\n {12}host: istio-egressgateway)\.istio-system/, '$1.istio-sytem'], [/exportTo: \[istio-system\]/g, 'exportTo: [istio-sytem]'],
      pods('out', { istio: 'egressgateway' }, 'istio-system')], ['MX0309', 'MX0405']],
    ['with a slip in exportTo', NARROW, [[/( gateways: \[db\]\n {2}exportTo: )\[istio-system\]/, '$1[istio-sytem]']], ['MX0309']],
    ['not where nothing shows the gateway', NARROW, [['exportTo: [".", istio-system]', 'exportTo: ["."]'], [/istio-egressgateway\.istio-system/g, 'out.edge']], []],
    ['by the pods of the gateway', NARROW, [['exportTo: [".", istio-system]', 'exportTo: ["."]'], [/istio-egressgateway\.istio-system/g, 'out.edge'], pods('out', { istio: 'egressgateway' }, 'edge')],
      ['MX0309', 'MX0309']],
  ],
  MX0310: [
    ['not the port of the pods', PLAINTEXT, [['port: 7777, targetPort: 7777', 'port: 443, targetPort: 7777'], ['            port: {number: 7777}', '            port: {number: 443}'],
      ['- port: {number: 7777}', '- port: {number: 443}']], []],
  ],
  MX0311: [
    ['at the DestinationRule, where its server name is misspelt', ORIGINATION, [['ISTIO_MUTUAL, sni: edition.cnn.com', 'ISTIO_MUTUAL, sni: edition.cn.com']], ['MX0311']],
    ['a server name that no server has', GATEWAY, [['sni: my-mongo.tcp.svc', 'sni: mongo.tcp.svc']], ['MX0311']],
    ['no server name, for which istiod writes one', GATEWAY, [[', sni: my-mongo.tcp.svc', '']], ['MX0311']],
    ['not when a server takes that name', GATEWAY, [[', sni: my-mongo.tcp.svc', ''], ['      hosts: [my-mongo.tcp.svc]', '      hosts: ["*"]']], []],
    ['another TLS than that of the mesh', GATEWAY, [['{mode: ISTIO_MUTUAL, sni', '{mode: SIMPLE, sni']], ['MX0311']],
    ['plaintext to a server that asks for a certificate', GATEWAY, [['tls: {mode: ISTIO_MUTUAL, sni: my-mongo.tcp.svc}', 'tls: {mode: DISABLE}']], ['MX0311']],
    ['not the rule of a namespace that the clients are not in', GATEWAY, [more('DestinationRule', 'other', {
      host: 'istio-egressgateway.istio-system.svc.cluster.local', subsets: [{ name: 'mongo', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: 'a.b' } } }],
    }, 'other')], []],
    ['no leg of the sidecars', GATEWAY, [[/ {4}- match:\n {8}- gateways: \[mesh\][^]*?( {4}- match:)/, '$1']], ['MX0311']],
    ['no leg of the gateway', GATEWAY, [[/ {4}- match:\n {8}- gateways: \[istio-egressgateway\][^]*$/, '']], ['MX0311']],
    ['a port that no Gateway serves', PLAINTEXT, [['port: 7777, targetPort: 7777}', 'port: 7777, targetPort: 7777}\n    - {name: other, port: 7778}'],
      [/subset: mongo\n {12}port: \{number: 7777\}/, 'subset: mongo\n            port: {number: 7778}']], ['MX0311']],
    ['not of a gateway of another repository', GATEWAY, [[/kind: Gateway[^]*?---\n/, 'kind: Nothing\n---\n']], []],
    ['not of a service that is for the gateway alone', 'recipes/proven-26-private-upstream', [[/kind: VirtualService\nmetadata: \{name: db-to-gateway[^]*?---\n/, 'kind: Nothing\n---\n']], []],
  ],
  MX0313: [
    ['where the pods of the gateway, in another namespace, have a slip that the Service has not', PASSTHROUGH, [
      more('Service', 'istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'tls', port: 443, targetPort: 8443 }] }, 'istio-system'),
      more('Deployment', 'istio-egressgateway', { template: { metadata: { labels: { istio: 'egresgateway' }, annotations: { 'inject.istio.io/templates': 'gateway' } }, spec: { containers: [] } } }, 'istio-system'),
    ], ['MX0313']],
    ['not for a gateway whose pods are elsewhere', GATEWAY, [pods('web', { app: 'web' }, 'shop'), pods('istiod', { app: 'istiod' })], []],
    ['not for the destination of a rule that is for the sidecars and the gateway', 'recipes/o-canary-inside', [], []],
  ],
  MX0314: [
    ['not with mutual TLS', GATEWAY, [pods('out', { 'istio': 'egressgateway', 'security.istio.io/tlsMode': 'istio' })], []],
    ['not without the label', PLAINTEXT, [['{mode: DISABLE}', '{mode: ISTIO_MUTUAL}'], pods('out', { istio: 'egressgateway' })], ['MX0311']],
  ],
  MX0316: [
    ['the service for everybody, the route for one', GATEWAY, [[/gateways: \[mesh, istio-egressgateway\]/, 'gateways: [mesh, istio-egressgateway]\n  exportTo: [".", istio-system]']], ['MX0316']],
    ['not for the namespace of the gateway', NARROW, [], []],
    ['a route that its own namespace does not see', NARROW, [['gateways: [mesh]\n  exportTo: ["."]', 'gateways: [mesh]\n  exportTo: [istio-system]']], ['MX0316']],
    ['a route for another namespace alone', NARROW, [['gateways: [mesh]\n  exportTo: ["."]', 'gateways: [mesh]\n  exportTo: [reports]']], ['MX0316']],
    ['a route of another namespace, the one declaration of the host', NARROW, [
      ['{name: db-to-gateway, namespace: shop}', '{name: db-to-gateway, namespace: platform}'],
    ], ['MX0316']],
    ['not a route for another declaration of the host', NARROW, [
      ['{name: db-to-gateway, namespace: shop}', '{name: db-to-gateway, namespace: platform}'],
      ['exportTo: [".", istio-system]', 'exportTo: [istio-system]'],
      more('ServiceEntry', 'db', { hosts: ['db.example.com'], addresses: ['192.0.2.15'], ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], exportTo: ['.'] }, 'web'),
    ], []],
    ['not for the namespace of a gateway of which only the Service is known', NARROW, [['selector: {istio: egressgateway}', 'selector: {app: out}']], []],
  ],
  MX0318: [
    ['by the names in the handshake', ORIGINATION, [['tls: {mode: ISTIO_MUTUAL}', 'tls: {mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.local/ns/shop/sa/cart"]}']], ['MX0318']],
    ['by the server name that the sidecars send', 'recipes/proven-26-private-upstream', [['protocol: TCP', 'protocol: TCP\n    - {number: 3307, name: tcp-admin, protocol: TCP}']], ['MX0318']],
    ['at a server for every host', 'MX0318-port-past-gateway/fault', [[/hosts: \[edition\.cnn\.com\](\n {6}tls:)/, 'hosts: ["*"]$1']], ['MX0318']],
    ['a port that the gateway does not send to', 'MX0318-port-past-gateway/clean', [['targetPort: 443', 'targetPort: 443\n    - {number: 8080, name: http-admin, protocol: HTTP}']], ['MX0318']],
    ['by a DENY policy', 'MX0318-port-past-gateway/fault', [['action: ALLOW', 'action: DENY'], ['principals:', 'notPrincipals:']], ['MX0318']],
    ['not where the gateway lets everybody pass', ORIGINATION, [], []],
    ['not for a policy that names nobody', 'MX0318-port-past-gateway/fault', [['    - from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]\n      when:', '    - when:']], []],
    ['not for a policy of another server name', 'MX0318-port-past-gateway/fault', [['values: [edition.cnn.com]', 'values: [other.example.com]']], ['MX0808']],
    ['not for an entry that gateways alone see', 'MX0318-port-past-gateway/fault', [['  resolution: DNS', '  exportTo: [istio-system]\n  resolution: DNS']], []],
    ['not for a port that MX0301 is about', 'MX0318-port-past-gateway/clean', [['targetPort: 443', 'targetPort: 443\n    - {number: 8443, name: tls, protocol: TLS, targetPort: 443}']], ['MX0301']],
  ],
  MX0403: [
    ['originating TLS at a gateway that does not see it', ORIGINATION, [[/(host: edition\.cnn\.com\n {2}trafficPolicy)/, 'exportTo: ["."]\n  $1']], ['MX0403']],
    ['originating TLS at a gateway, from a namespace where it does not look', ORIGINATION, [['{name: edition-cnn-com, namespace: shop}', '{name: edition-cnn-com, namespace: data}']], ['MX0403']],
    ['not beside the gateway', ORIGINATION, [['{name: edition-cnn-com, namespace: shop}', '{name: edition-cnn-com, namespace: istio-system}']], []],
    ['not in the root namespace', 'MX0403-rule-not-looked-up/fault', [['kind: DestinationRule\nmetadata: {name: db, namespace: platform}', 'kind: DestinationRule\nmetadata: {name: db, namespace: istio-system}']], []],
    ['not for the sidecars alone', 'recipes/c-origination-at-sidecar', [['  trafficPolicy', '  exportTo: ["."]\n  trafficPolicy']], []],
  ],
  MX0404: [
    ['of a gateway\'s Service, where a rule has one to which nothing is sent', 'recipes/proven-26-private-upstream', [['            subset: db', '            subset: other']], ['MX0404']],
    ['of a gateway\'s Service, where another namespace uses a subset of that name', 'recipes/proven-26-private-upstream', [['            subset: db', '            subset: other'], [/$/, CLOSED.replace('namespace: shop', 'namespace: other').replace('subset: closed', 'subset: db')]], ['MX0404']],
    ['not of a gateway\'s Service, where every subset is in use: the service is closed', 'recipes/proven-26-private-upstream', [[/$/, CLOSED]], []],
    ['not without any rule for the host', GATEWAY, [[/kind: DestinationRule[^]*?---\n/, 'kind: Nothing\n---\n']], []],
  ],
  MX0405: [
    ['alone, where the host of the rule that adds TLS is misspelt', ORIGINATION, [['  host: edition.cnn.com\n', '  host: edition.cn.com\n']], ['MX0405']],
    ['alone, where the gateway sends to a misspelt host', ORIGINATION, [['host: edition.cnn.com\n            port', 'host: edition.cn.com\n            port']], ['MX0405']],
    ['a Service, where others of its namespace are known', PLAINTEXT, [[/istio-egressgateway\.istio-system\.svc/g, 'egressgateway.istio-system.svc']], ['MX0405', 'MX0405']],
    ['two letters in the wrong order', 'MX0406-subset-selects-nothing/clean', [['host: reviews\n', 'host: reveiws\n']], ['MX0405']],
    ['a Service with a slip in its namespace', PLAINTEXT, [[/istio-egressgateway\.istio-system\.svc/g, 'istio-egressgateway.istio-sytem.svc']], ['MX0405', 'MX0405']],
    ['a Service with its namespace, and without the domain', 'MX0406-subset-selects-nothing/clean', [['host: reviews\n', 'host: reviews.shop\n']], ['MX0405']],
    ['not a Service with another number', 'MX0406-subset-selects-nothing/clean', [['host: reviews\n', 'host: reviews2\n']], ['MX0405']],
    ['not a host outside that is like no other', PASSTHROUGH, [['            host: edition.cnn.com', '            host: other.example.com']], []],
    ['not another Service of that namespace, which may be in another repository', 'MX0406-subset-selects-nothing/clean', [['host: reviews\n', 'host: details\n']], []],
    ['not a Service of a namespace of which nothing is known', GATEWAY, [[/istio-egressgateway\.istio-system/g, 'istio-egressgateway.edge']], []],
    ['not a host that a wildcard declares', 'recipes/b-direct-http', [[/hosts: \[www.google.com\]([^]*?)resolution: DNS/, 'hosts: ["*.google.com"]$1resolution: NONE'], ['destination: {host: httpbin.org}', 'destination: {host: a.google.com, port: {number: 443}}']], []],
  ],
  MX0406: [
    ['not without pods of the Service', 'MX0406-subset-selects-nothing/fault', [['name: reviews-v1, namespace: shop', 'name: reviews-v1, namespace: other']], []],
  ],
  MX0407: [
    ['left out, though there are several and the gateway\'s is none of them', ORIGINATION, [[/( {12}host: edition\.cnn\.com\n) {12}port: \{number: 443\}\n/, '$1'],
      [/(gateways: \[istio-egressgateway\]\n {10}port: )80/, '$18443'], [/(servers:\n {4}- port:\n {8}number: )80/, '$18443']], ['MX0407']],
    ['not left out where there is one', PASSTHROUGH, [[/( {12}host: edition\.cnn\.com\n) {12}port: \{number: 443\}\n/, '$1']], []],
  ],
  MX0408: [
    ['behind a prefix of every path', DIRECT, [['    - timeout: 3s', '    - match: [{uri: {prefix: /}}]\n      route: [{destination: {host: httpbin.org}}]\n    - timeout: 3s']], ['MX0408']],
    ['the same match again', DIRECT, [['    - timeout: 3s', '    - match: [{uri: {prefix: /a}, port: 80}]\n      route: [{destination: {host: httpbin.org}}]\n    - match: [{port: 80, uri: {prefix: /a}}]\n      timeout: 3s']], ['MX0408']],
    ['not before the rule for everything', DIRECT, [['    - timeout: 3s', '    - match: [{uri: {prefix: /a}}]\n      route: [{destination: {host: httpbin.org}}]\n    - timeout: 3s']], []],
    ['not when one of two matches is left', DIRECT, [['    - timeout: 3s', '    - match: [{uri: {prefix: /a}}]\n      route: [{destination: {host: httpbin.org}}]\n    - match: [{uri: {prefix: /a}}, {uri: {prefix: /b}}]\n      timeout: 3s']], []],
  ],
  MX0409: [
    ['a rule for TCP on a port of TLS', PASSTHROUGH, [[/ {2}tls:\n {4}- match:\n {8}- gateways: \[mesh\]\n {10}port: 443\n {10}sniHosts: .*/, '  tcp:\n    - match:\n        - gateways: [mesh]\n          port: 443'],
      [/ {4}- match:\n {8}- gateways: \[istio/, '  tls:\n    - match:\n        - gateways: [istio']], ['MX0409']],
    ['a port that the Gateway does not serve', GATEWAY, [[/(gateways: \[istio-egressgateway\]\n {10}port: )443/, '$18443']], ['MX0409']],
    ['a rule for the SNI where the gateway terminates TLS', PASSTHROUGH, [['mode: PASSTHROUGH', 'mode: ISTIO_MUTUAL']], ['MX0409']],
    ['a match for all where no other serves the gateway', GATEWAY, [['- gateways: [mesh]\n          port', '- port'], [/(gateways: \[istio-egressgateway\]\n {10}port: )443/, '$18443']], ['MX0409', 'MX0409']],
    ['not a match for all that fits the sidecars, where another serves the gateway', GATEWAY, [['- gateways: [mesh]\n          port', '- port']], []],
    ['not a match for all that fits the gateway, where another serves the sidecars', GATEWAY, [['- gateways: [istio-egressgateway]\n          port', '- port']], []],
    ['not a rule for HTTP where one of the ports is HTTP', 'recipes/d-gateway-http', [], []],
    ['not on a port whose protocol the sidecar finds out', DIRECT, [['      protocol: HTTP\n', '']], ['MX0209']],
  ],
  MX0704: [
    ['at a gateway that passes the TLS of the clients on', PASSTHROUGH, [more('DestinationRule', 'orig', { host: 'edition.cnn.com', trafficPolicy: { tls: { mode: 'SIMPLE', sni: 'edition.cnn.com', subjectAltNames: ['edition.cnn.com'] } } })], ['MX0704']],
    ['by a rule of the namespace of the gateway', PASSTHROUGH, [more('DestinationRule', 'orig', { host: 'edition.cnn.com', trafficPolicy: { tls: { mode: 'SIMPLE', sni: 'edition.cnn.com', subjectAltNames: ['edition.cnn.com'] } } }, 'istio-system')], ['MX0704']],
    ['not by a rule that the gateway does not look up, which is another finding', PASSTHROUGH, [more('DestinationRule', 'orig', { host: 'edition.cnn.com', trafficPolicy: { tls: { mode: 'SIMPLE', sni: 'edition.cnn.com', subjectAltNames: ['edition.cnn.com'] } } }, 'data')], ['MX0403']],
    ['not where the gateway takes requests', ORIGINATION, [], []],
  ],
  MX0607: [
    ['of some workloads', 'MX0607-sidecar-hides-route/fault', [[/(kind: Sidecar\n.*\nspec:\n)/, '$1  workloadSelector: {labels: {app: web}}\n']], ['MX0607']],
    ['not when everything is imported', 'MX0607-sidecar-hides-route/fault', [['"./*", "data/*", "istio-system/*"', '"*/*"']], []],
    ['not when the service is not imported either', 'MX0607-sidecar-hides-route/fault', [['"./*", "data/*", "istio-system/*"', '"./*"']], ['MX0602']],
    ['by the name of the host', 'MX0607-sidecar-hides-route/fault', [['"./*", "data/*", "istio-system/*"', '"./*", "data/db.example.com", "routes/*.example.org"']], ['MX0607']],
    ['not by a wildcard over the host', 'MX0607-sidecar-hides-route/fault', [['"./*", "data/*", "istio-system/*"', '"./*", "data/db.example.com", "routes/*.example.com"']], []],
  ],
};

function foundIn(file: string, replaced: readonly [string | RegExp, string][], facts: Partial<MeshModel>): string[] {
  const text = replaced.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    if (after === before) {
      throw new Error(`${String(from)} is not in ${file}`);
    }
    return after;
  }, fs.readFileSync(path.join(CORPUS, `${file}.yaml`), 'utf8'));
  // What a row takes out is of no kind.
  const objects = objectsOf(text).filter(({ kind }) => kind !== 'Nothing');
  return findingsIn(new MeshView({ ...CLOSED_MESH, ...facts }, objects)).map(({ rule }) => rule.id);
}

describe.each(Object.entries(ROWS))('%s', (_, rows) => {
  // A row without facts has one argument less, and jest would wait for a callback.
  test.each(rows.map(([name, file, replaced, found, facts = {}]) => [name, file, replaced, found, facts] as const))('%s', (__, file, replaced, found, facts) => {
    expect(foundIn(file, replaced, facts)).toEqual(found);
  });
});
