import { parseAllDocuments } from 'yaml';
import { CATALOGUE } from '../../src/rules/catalogue';
import { groupAndVersionOf, MeshObject, specIn } from '../../src/view/mesh-object';
import { MeshView } from '../../src/view/mesh-view';
import { CLOSED_MESH } from '../manifests';

/** What is found, as the name of the object and its field. */
type Row = [name: string, yaml: string, found: string[], facts?: object];

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string; readonly namespace?: string; readonly labels?: object; readonly annotations?: object; readonly creationTimestamp?: string;
  };
}

function objectsOf(yaml: string): MeshObject[] {
  return parseAllDocuments(yaml).map((document): MeshObject => {
    const manifest = document.toJS() as Manifest;
    const { apiVersion, kind, metadata: { name, namespace = '', labels, annotations, creationTimestamp } } = manifest;
    return {
      ...groupAndVersionOf(apiVersion),
      kind,
      name,
      namespace,
      labels: { ...labels } as MeshObject['labels'],
      annotations: { ...annotations } as MeshObject['annotations'],
      created: creationTimestamp,
      origin: { path: `${namespace}/${name}` },
      spec: specIn({ ...manifest }),
      beside: Object.keys(manifest),
    };
  });
}

function foundBy(id: string, yaml: string, facts: object = {}): string[] {
  const rule = CATALOGUE.find(candidate => candidate.id === id)!;
  const found = rule.check(new MeshView({ ...CLOSED_MESH, ...facts }, objectsOf(yaml)));
  return found.map(({ object, field = [] }) => [object.name, ...field].join(' '));
}

const doc = (apiVersion: string, kind: string, name: string, namespace: string, spec: string, more = '') => (
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}${more}}\nspec: ${spec}\n`);
const istio = (kind: string, name: string, namespace: string, spec: string, more = '') => doc('networking.istio.io/v1', kind, name, namespace, spec, more);
const all = (...documents: string[]) => documents.join('---\n');

const [EARLY, LATE] = ['2020-05-01T00:00:00Z', '2026-05-01T00:00:00Z'];

const namespace = (name: string, labels: string) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}\n`;
const INJECTED = namespace('shop', 'istio-injection: enabled');
const AMBIENT = namespace('shop', 'istio.io/dataplane-mode: ambient');

const gateway = (server: string, more = 'selector: {istio: egressgateway}', name = 'egress') => istio('Gateway', name, 'shop', `{${more}, servers: [${server}]}`);
const tlsServer = (host = 'db.example.com', tls = '{mode: ISTIO_MUTUAL}', protocol = 'TLS') => (
  `{port: {number: 443, name: tls, protocol: ${protocol}}, hosts: ["${host}"]${tls ? `, tls: ${tls}` : ''}}`);
const policy = (rules: string, action = 'ALLOW', more = 'selector: {matchLabels: {istio: egressgateway}}', place = 'istio-system') => (
  doc('security.istio.io/v1', 'AuthorizationPolicy', 'policy', place, `{${[more, `action: ${action}`, rules && `rules: [${rules}]`].filter(part => part !== '').join(', ')}}`));
const from = (source: string, more = '') => `{from: [{source: ${source}}]${more}}`;
const ROUTED_DB = all(istio('ServiceEntry', 'db', 'shop', '{hosts: [db.example.com], addresses: [192.0.2.14], resolution: DNS, ports: [{number: 3306, name: tcp, protocol: TCP}], '
  + 'endpoints: [{address: 192.0.2.14}, {address: vip.example.net}]}'),
istio('VirtualService', 'db', 'shop', '{hosts: [db.example.com], tcp: [{match: [{port: 3306}], route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, port: {number: 443}}}]}]}'));
const CART = '{principals: [cluster.local/ns/shop/sa/cart]}';
const sni = (...values: string[]) => `, when: [{key: connection.sni, values: [${values.map(value => `"${value}"`).join(', ')}]}]`;
const SERVICE = doc('v1', 'Service', 'istio-egressgateway', 'istio-system', '{selector: {istio: egressgateway, app: out}, ports: [{port: 443}]}');

const entry = (port: string, more = 'resolution: DNS, exportTo: ["."]', host = 'db.example.com') => istio('ServiceEntry', 'db', 'shop', `{hosts: [${host}], ports: [${port}], ${more}}`);
const TCP = '{number: 6379, name: tcp, protocol: TCP}';
const HTTP = '{number: 80, name: http, protocol: HTTP, targetPort: 443}';
const WEB = '{number: 80, name: http, protocol: HTTP}';
const TLS = '{number: 443, name: tls, protocol: TLS}';
const rule = (tls: string, more = 'exportTo: ["."]', host = 'db.example.com', place = 'shop') => (
  istio('DestinationRule', 'rule', place, `{host: ${host}, trafficPolicy: {tls: ${tls}}, ${more}}`));
const route = (kind: string, match: string, to: string, gateways = '[mesh]') => (
  istio('VirtualService', 'route', 'shop', `{hosts: [db.example.com], gateways: ${gateways}, ${kind}: [{match: [${match}], route: [{destination: ${to}}]}]}`));

/** VirtualServices of one host, the oldest first. */
const two = (...specs: string[]) => all(...specs.map((spec, i) => (
  istio('VirtualService', 'abc'[i], 'shop', spec.replace('{', '{hosts: [db.example.com], ').replace('ROUTE', 'route: [{destination: {host: db.example.com}}]')))));
const webService = (place: string, exportTo: string) => (
  doc('v1', 'Service', 'web', place, '{ports: [{port: 6379, name: http}]}', `, annotations: {networking.istio.io/exportTo: "${exportTo}"}`));

const pods = (labels: string, spec = 'containers: [{name: app}]', name = 'app', kind = 'Deployment') => (
  doc('apps/v1', kind, name, 'shop', `{template: {metadata: {labels: {${labels}}}, spec: {${spec}}}}`));
const CHART = doc('v1', 'Service', 'istio-egressgateway', 'istio-system', '{selector: {istio: egressgateway, app: out}, ports: [{port: 443, targetPort: 8443}, {port: 80, targetPort: 8080}]}');
const onPorts = (...ports: number[]) => `{to: [{operation: {ports: [${ports.map(port => `"${port}"`).join(', ')}]}}]}`;
const web = doc('v1', 'Service', 'web', 'shop', '{selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}');
const forWeb = (rules: string) => policy(rules, 'ALLOW', 'selector: {matchLabels: {app: web}}', 'shop');
const subsetsOf = (...values: string[]) => istio('DestinationRule', 'rule', 'shop', `{host: db.example.com, subsets: [${values.map(v => `{name: ${v}, labels: {v: ${v}}}`).join(', ')}]}`);
const selecting = (app: string) => entry(TCP, `resolution: STATIC, workloadSelector: {labels: {app: ${app}}}`);
const bare = (ports: string, more = '') => doc('v1', 'Service', 'legacy', 'shop', `{${more}ports: [${ports}]}`);
const endpoints = (name: string) => (
  `apiVersion: v1\nkind: Endpoints\nmetadata: {name: legacy, namespace: shop}\nsubsets: [{addresses: [{ip: 192.0.2.1}], ports: [{name: "${name}", port: 9}]}]\n`);
const slice = (name: string) => 'apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: legacy-x, namespace: shop, labels: {kubernetes.io/service-name: legacy}}\n'
  + `ports: [{name: "${name}", port: 9}]\nendpoints: [{addresses: [192.0.2.2]}]\n`;
const delegating = (http: string) => istio('VirtualService', 'api', 'shop', `{hosts: [api.example.com], http: [${http}]}`);
const leaf = (more: string, http = '{route: []}', place = 'shop') => istio('VirtualService', 'leaf', place, `{${more}http: [${http || '{route: []}'}]}`);
const letIn = (ingress: string, selector = '{}', name = 'network') => (
  doc('networking.k8s.io/v1', 'NetworkPolicy', name, 'istio-system', `{podSelector: ${selector}, policyTypes: [Ingress], ingress: [${ingress}]}`));
const ofNamespace = (labels: string) => `{namespaceSelector: {matchLabels: {${labels}}}}`;
const letOut = (cidr: string, port?: number) => doc('networking.k8s.io/v1', 'NetworkPolicy', 'network', 'istio-system',
  `{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: ${cidr}}}]${port === undefined ? '' : `, ports: [{port: ${port}}]`}}]}`);
const network = (egress: string, selector = '{}', name = 'network') => (
  doc('networking.k8s.io/v1', 'NetworkPolicy', name, 'shop', `{podSelector: ${selector}, policyTypes: [Egress], egress: [${egress}]}`));
const to = (place: string, ...ports: string[]) => (
  `{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${place}}}}], ports: [${ports.map(port => `{port: ${port.slice(3)}, protocol: ${port.slice(0, 3)}}`)}]}`);
const DNS = to('kube-system', 'UDP53', 'TCP53');
const ISTIOD = to('istio-system', 'TCP15012');

const waypoint = (more = '', labels = '') => doc('gateway.networking.k8s.io/v1', 'Gateway', 'waypoint', 'shop',
  `{gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE${more}}]}`, labels);
const attached = (labels: string, place = 'shop', more = 'addresses: [192.0.2.1], resolution: DNS, exportTo: ["."]') => (
  istio('ServiceEntry', 'db', place, `{hosts: [db.example.com], ports: [${TCP}], ${more}}`, `, labels: {${labels}}`));
const targeting = (name: string, kind = 'ServiceEntry') => policy(from(CART), 'ALLOW', `targetRefs: [{group: networking.istio.io, kind: ${kind}, name: ${name}}]`, 'shop');

const FROM_ALL = ', allowedRoutes: {namespaces: {from: All}}';
const OF_ENTRY = '{group: networking.istio.io, kind: ServiceEntry, name: db}';
const OF_GATEWAY = '{group: gateway.networking.k8s.io, kind: Gateway, name: out}';
const installed = (type: string) => doc('gateway.networking.k8s.io/v1', 'Gateway', 'out', 'shop',
  `{gatewayClassName: istio, addresses: [{type: ${type}, value: out.shop.svc.cluster.local}], listeners: []}`);

/** The pods of a gateway. */
const ROUTER = doc('apps/v1', 'Deployment', 'out', 'shop', '{template: {metadata: {labels: {istio: outgoing}, annotations: {inject.istio.io/templates: gateway}}, spec: {containers: [{name: istio-proxy}]}}}');

const SERVICES = doc('v1', 'Service', 'reviews', 'shop', '{ports: [{port: 9080}]}');

/** A service, and a gateway on its way; the Service of the gateway comes first. */
const THROUGH_GATEWAY = [
  SERVICE.replace('{port: 443}', '{port: 443, targetPort: 8443}'),
  entry(TCP, 'resolution: DNS, exportTo: [".", istio-system]'),
  gateway(tlsServer()),
  istio('VirtualService', 'db', 'shop', `{hosts: [db.example.com], gateways: [mesh, egress], tcp: [
    {match: [{gateways: [mesh], port: 6379}], route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, port: {number: 443}}}]},
    {match: [{gateways: [egress], port: 443}], route: [{destination: {host: db.example.com, port: {number: 6379}}}]}]}`),
];

/** The same for requests, to a server of HTTPS. */
const REQUESTS_THROUGH_GATEWAY = THROUGH_GATEWAY.map(text => text.replace(TCP, HTTP).replace('protocol: TLS', 'protocol: HTTPS').replace('tcp: [', 'http: [').replaceAll('6379', '80'));

const GATEWAY_HOST = 'istio-egressgateway.istio-system.svc.cluster.local';

/** The same for every namespace, with the rule of one alone. */
const podsIn = (place: string) => pods('app: web').replace('namespace: shop', `namespace: ${place}`);
const redirecting = (place: string, annotation: string) => (
  podsIn(place).replace('labels: {app: web}', `labels: {app: web}, annotations: {traffic.sidecar.istio.io/${annotation}}`));
const FOR_EVERYBODY = [
  ...THROUGH_GATEWAY.map(text => text.replace('exportTo: [".", istio-system]', 'exportTo: ["*"]')), rule('{mode: ISTIO_MUTUAL}', 'exportTo: ["."]', GATEWAY_HOST), pods('app: cart'),
];

/** The same with a rule by which the gateway originates TLS. */
const ORIGINATING = [...THROUGH_GATEWAY, rule('{mode: SIMPLE, credentialName: ca}', '')];

/** The same for an account alone. */
const NAMED = THROUGH_GATEWAY.map(text => text.replace('tls: {mode: ISTIO_MUTUAL}', 'tls: {mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.local/ns/shop/sa/cart"]}'));

/** A server of another team on the pods of the gateway, and where it leads. */
const ownDoor = (server: string, host: string, port = 6379) => all(gateway(server, 'selector: {istio: egressgateway}', 'own').replace('namespace: shop', 'namespace: data'),
  istio('VirtualService', 'own', 'data', `{hosts: [own.example.org], gateways: [own], tcp: [{match: [{port: 443}], route: [{destination: {host: ${host}, port: {number: ${port}}}}]}]}`));

/** The same to a fixed address. */
const GUARDED = THROUGH_GATEWAY.map(text => text.replace('resolution: DNS', 'resolution: STATIC, endpoints: [{address: 192.0.2.1}]'));

/** The same with a gateway that takes plaintext. */
const THROUGH_PLAINTEXT = [...THROUGH_GATEWAY.slice(0, 2), gateway(tlsServer('db.example.com', '', 'TCP')), THROUGH_GATEWAY[3]];

/** The same with what the sidecars send to the gateway, and what it takes. */
const mutual = (sent: string, server: string) => [...THROUGH_GATEWAY.slice(0, 2), gateway(server), THROUGH_GATEWAY[3], rule(sent, 'exportTo: ["."]', GATEWAY_HOST)];

const ROWS: { readonly [id: string]: Row[] } = {
  MX0104: [
    ['a slip, in lists as well', all(entry(TCP, 'resolution: DNS, exportsTo: ["."]').replace('protocol: TCP', 'protocl: TCP'), rule('{mode: SIMPLE}', 'trafficpolicy: {}')),
      ['db spec ports 0 protocl', 'db spec exportsTo', 'rule spec trafficpolicy']],
    ['one in singular', policy(from('{principal: [a]}')), ['policy spec rules 0 from 0 source principal']],
    ['a kind that no rule reads', doc('security.istio.io/v1', 'PeerAuthentication', 'strict', 'shop', '{mtls: {mod: STRICT}, portLevelMtls: {"8080": {mode: DISABLE}}}'), ['strict spec mtls mod']],
    ['spec itself, and what stands beside it', all(policy('{}').replace('spec:', 'sepc:'), istio('Sidecar', 'default', 'shop', '{}', '').replace('spec:', 'outboundTrafficPolicy: {mode: REGISTRY_ONLY}\nspec:')),
      ['policy sepc', 'default outboundTrafficPolicy']],
    ['names that anybody chooses, another API, and what is empty', all(istio('DestinationRule', 'rule', 'shop', '{host: a, subsets: [{name: a, labels: {x: y}}], exportsTo: null}'),
      istio('EnvoyFilter', 'filter', 'shop', '{configPatches: [{patch: {value: {any: thing}}}]}'), doc('gateway.networking.k8s.io/v1', 'Gateway', 'a', 'shop', '{serverz: []}')), []],
    ['in a newer Istio than the one whose fields are known', istio('DestinationRule', 'rule', 'shop', '{host: a, exportsTo: ["."], brandNew: 1}'), ['rule spec exportsTo'], { istioVersion: '1.99' }],
    ['what has another type, which the API server refuses', istio('Sidecar', 'default', 'shop', '{egress: [{hosts: [{a: b}]}, [[{hostz: 1}]]]}'), []],
  ],
  MX0106: [
    ['one setting in the place of another, and nothing below it', policy(from('{namespaces: [a]}'), 'ALLOW', 'selector: {app: {a: b}}'), ['policy spec selector app']],
    ['what stands beside spec', istio('Sidecar', 'default', 'shop', '{}', '').replace('spec:', 'brandNew: {}\nspec:'), ['default brandNew']],
    ['what is misspelt, and a status', all(istio('DestinationRule', 'rule', 'shop', '{host: a, exportsTo: ["."]}'), istio('Sidecar', 'default', 'shop', '{}', '').replace('spec:', 'status: {}\nspec:')), []],
    ['in a newer Istio than the one whose fields are known', istio('DestinationRule', 'rule', 'shop', '{host: a, brandNew: 1}'), [], { istioVersion: '1.99' }],
  ],
  MX0107: [
    ['a slip at a namespace, and in a template', all(namespace('shop', 'istio-injecton: enabled'), pods('sidecar.istio.io/injct: "false"')),
      ['shop metadata labels istio-injecton', 'app spec template metadata labels sidecar.istio.io/injct']],
    ['a slip in the domain, and an annotation', doc('v1', 'Service', 'web', 'shop', '{ports: [{port: 80}]}', ', annotations: {networking.isto.io/exportTo: "."}'), ['web metadata annotations networking.isto.io/exportTo']],
    ['injection at what is no namespace, as an annotation of one, and with a value that says nothing', all(pods('istio-injection: enabled').replace('namespace: shop', 'namespace: shop, labels: {istio-injection: enabled}'),
      namespace('blog', '').replace('labels: {}', 'annotations: {istio-injection: enabled}'), namespace('cart', 'istio-injection: "true"')),
    ['app metadata labels istio-injection', 'blog metadata annotations istio-injection', 'cart metadata labels istio-injection', 'app spec template metadata labels istio-injection']],
    ['what is for pods at the Deployment', pods('app: web').replace('namespace: shop', 'namespace: shop, annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: "3306"}'),
      ['app metadata annotations traffic.sidecar.istio.io/excludeOutboundPorts']],
    ['what is for pods at their namespace', namespace('blog', 'sidecar.istio.io/inject: "true"'), ['blog metadata labels sidecar.istio.io/inject']],
    ['two labels of which Istio reads one, and those that are annotations', all(namespace('a', 'istio-injection: enabled, istio.io/rev: canary'),
      namespace('b', 'istio-injection: enabled').replace('labels:', 'annotations: {istio.io/rev: canary}, labels:')), ['a metadata labels istio.io/rev', 'b metadata annotations istio.io/rev']],
    ['values that say nothing', all(namespace('a', 'istio.io/dataplane-mode: ambiant'), pods('sidecar.istio.io/inject: "no", istio.io/dataplane-mode: sidecar'),
      pods('a: b').replace('{a: b}', '{a: b}, annotations: {sidecar.istio.io/inject: "False"}')),
    ['app spec template metadata labels sidecar.istio.io/inject', 'app spec template metadata labels istio.io/dataplane-mode', 'app spec template metadata annotations sidecar.istio.io/inject',
      'a metadata labels istio.io/dataplane-mode']],
    ['an annotation of pods as a label', pods('traffic.sidecar.istio.io/excludeOutboundPorts: "3306"'), ['app spec template metadata labels traffic.sidecar.istio.io/excludeOutboundPorts']],
    ['the word for injection in other letters, and not one that is two letters away', all(namespace('a', 'Istio_Injection: enabled'), namespace('b', 'istio-injector: enabled')), ['a metadata labels Istio_Injection']],
    ['injection and the revision in other forms, at a namespace', all(namespace('a', 'istio.injection: enabled'), namespace('b', 'istio-inject: "true"'), namespace('c', 'istio.io/revision: default'),
      namespace('d', 'istio.io/inject: "yes"'), namespace('e', 'istio.io/injection: enabled')),
    ['a metadata labels istio.injection', 'b metadata labels istio-inject', 'c metadata labels istio.io/revision', 'd metadata labels istio.io/inject', 'e metadata labels istio.io/injection']],
    ['such forms beside the right label, with a value of somebody else\'s, and at what is no namespace', all(namespace('a', 'istio.injection: enabled, istio-injection: enabled'),
      namespace('b', 'istio.io/revision: a, istio.io/rev: a'), namespace('c', 'istio-inject: team-a'), pods('istio-inject: enabled, istio.io/revision: a')), []],
    ['the same in both places, at a Pod, names of others, and every right one', all(pods('sidecar.istio.io/inject: "false"').replace('namespace: shop', 'namespace: shop, annotations: {sidecar.istio.io/inject: "false"}'),
      doc('v1', 'Pod', 'one', 'shop', '{containers: [{name: app}]}', ', labels: {sidecar.istio.io/inject: "false"}'), namespace('a', 'istio-injection: disabled, istio.io/dataplane-mode: none'), namespace('c', 'istio.io/rev: canary, istio.io/dataplane-mode: ""'),
      namespace('b', 'app-injection: enabled, maistra.io/member-of: a, istio.io/use-waypoint: none')), []],
  ],
  MX0105: [
    ['a kind, and one in small letters', all(istio('ServiceEntri', 'a', 'shop', '{}'), istio('Serviceentry', 'b', 'shop', '{}')), ['a kind', 'b kind']],
    ['no group, no version, a part of the group', all(...['v1', 'networking.istio.io', 'networking.istio/v1', 'istio.io/v1'].map((version, i) => doc(version, 'ServiceEntry', 'abcd'[i], 'shop', '{}'))),
      ['a apiVersion', 'b apiVersion', 'c apiVersion', 'd apiVersion']],
    ['a kind of Kubernetes in a group of Istio', doc('networking.istio.io/v1', 'NetworkPolicy', 'a', 'shop', '{}'), ['a kind']],
    ['a group', doc('networking.istio.o/v1', 'ServiceEntry', 'a', 'shop', '{}'), ['a apiVersion']],
    ['a kind in the wrong group of Istio, which is what has to be written otherwise', doc('networking.istio.io/v1', 'AuthorizationPolicy', 'a', 'shop', '{}'), ['a apiVersion']],
    ['kinds of others with these names, and every kind of Istio', all(doc('gateway.networking.k8s.io/v1', 'Gateway', 'a', 'shop', '{}'), doc('networking.istia.io/v1', 'Other', 'b', 'shop', '{}'),
      doc('example.com/v1', 'Sidecar', 'e', 'shop', '{}'), doc('v1', 'Service', 'd', 'shop', '{}'),
      doc('telemetry.istio.io/v1', 'Telemetry', 'c', 'shop', '{}')), []],
  ],
  MX0103: [
    ['an entry, a VirtualService, a DestinationRule beside its service', all(namespace('bookinfo', ''), entry(TCP, 'resolution: DNS, exportTo: [bookinf]'), route('tcp', '{}', '{host: db.example.com}').replace('{hosts', '{exportTo: [".", bokinfo], hosts'),
      rule('{mode: DISABLE}', 'exportTo: [".", bookinnfo]')), ['db spec exportTo', 'route spec exportTo', 'rule spec exportTo']],
    ['a namespace that is there, one with a digit more, both names', all(namespace('bookinfo', ''), entry(TCP, 'resolution: DNS, exportTo: [bookinfo]'), entry(TCP, 'resolution: DNS, exportTo: [bookinfo2, "*"]', 'a.example.com'),
      entry(TCP, 'resolution: DNS, exportTo: [bookinf, bookinfo]', 'b.example.com')), []],
    ['that of a gateway, which MX0309 tells, and a DestinationRule elsewhere, which MX0403 does', all(SERVICE, gateway(tlsServer()), entry(TCP, 'resolution: DNS, exportTo: [istio-sytem]'),
      namespace('bookinfo', ''), rule('{mode: DISABLE}', 'exportTo: [bookinf]', 'db.example.com', 'web')), []],
  ],
  MX0214: [
    ['a "*" before a part of a label, among other hosts', entry(TLS, 'exportTo: ["."]', 'a.example.com, "*-api.example.com"'), ['db spec hosts 1']],
    ['a whole label, HTTP, DYNAMIC_DNS', all(entry(TLS, 'exportTo: ["."]', '"*.example.com"'), entry(HTTP, 'exportTo: ["."]', '"*example.com"'),
      entry(TLS, 'resolution: DYNAMIC_DNS', '"*example.com"')), []],
  ],
  MX0215: [
    ['a wildcard to be resolved, among other hosts', entry(TLS, 'resolution: DNS', 'a.example.com, "*.example.com"'), ['db spec resolution']],
    ['the same once', entry(HTTP, 'resolution: DNS_ROUND_ROBIN', '"*.example.com"'), ['db spec resolution']],
    ['a name to resolve, no resolution, DYNAMIC_DNS', all(entry(TLS, 'resolution: DNS, endpoints: [{address: edge.example.com}]', '"*.example.com"'),
      entry(TLS, 'exportTo: ["."]', '"*.example.com"'), entry(TLS, 'resolution: DYNAMIC_DNS', '"*.example.com"'), entry(TLS)), []],
  ],
  MX0219: [
    ['the ports of MySQL and PostgreSQL', all(entry('{number: 3306, name: tls, protocol: TLS}'), entry('{number: 5432, name: https, protocol: HTTPS}', 'resolution: DNS', 'pg.example.com')),
      ['db spec ports 0 protocol', 'db spec ports 0 protocol']],
    ['not where a gateway alone connects', all(entry('{number: 3306, name: tls, protocol: TLS}', 'resolution: DNS, exportTo: [istio-system]', 'up.internal'), SERVICE, gateway(tlsServer('x.example.com')),
      doc('apps/v1', 'Deployment', 'gw', 'istio-system', '{template: {metadata: {labels: {istio: egressgateway}}}}'), istio('VirtualService', 'x', 'shop', '{hosts: [x.example.com], gateways: [egress], tcp: [{route: [{destination: {host: up.internal}}]}]}')), []],
    ['TCP there, TLS on another port, and on that of a gateway', all(entry('{number: 443, name: tls, protocol: TLS, targetPort: 3306}', 'resolution: DNS', 'a.example.com'), entry('{number: 3306, name: tcp, protocol: TCP}'), entry(TLS, 'resolution: DNS', 'mysql.example.com')), []],
  ],
  MX0713: [
    ['a slip in the certificate, once for all ports', all(entry(`${HTTP}, {number: 8080, name: two, protocol: HTTP}`, 'resolution: DNS'), rule('{mode: SIMPLE, sni: db.example.com, subjectAltNames: [db.example.com, db.exmaple.com]}')),
      ['rule spec trafficPolicy tls subjectAltNames 1']],
    ['another name on purpose', all(entry(HTTP, 'resolution: DNS'), rule('{mode: SIMPLE, sni: db2.example.com, subjectAltNames: [example.com]}')), []],
  ],
  MX0319: [
    ['a slip in the Service, where a Gateway has the labels of the pods', all(ROUTER, gateway(tlsServer(), 'selector: {istio: outgoing}'), doc('v1', 'Service', 'out', 'shop', '{selector: {istio: outgoin}, ports: [{port: 443}]}')), ['out spec selector']],
    ['labels of the pods, of others on purpose, and where the Gateway misses them too', all(ROUTER, gateway(tlsServer(), 'selector: {istio: outgoing}'),
      ...['{istio: outgoing}', '{istio: outgoing-b}', '{app: web}'].map((selector, i) => doc('v1', 'Service', 'abc'[i], 'shop', `{selector: ${selector}, ports: [{port: 443}]}`))), []],
    ['a slip in the pods, which MX0313 tells', all(ROUTER, gateway(tlsServer(), 'selector: {istio: outgoin}'), doc('v1', 'Service', 'out', 'shop', '{selector: {istio: outgoin}, ports: [{port: 443}]}')), []],
  ],
  MX0315: [
    ['a policy that allows the account', policy(from('{principals: [cluster.local/ns/shop/sa/default]}')), ['policy spec rules 0 from 0 source principals 0']],
    ['one that denies it, and an account that only ends so', all(policy(from('{principals: [cluster.local/ns/shop/sa/default]}'), 'DENY'),
      policy(from('{principals: [cluster.local/ns/shop/sa/not-default]}'))), []],
  ],
  MX0410: [
    ['a rule for one host of the wildcard', all(entry(TLS, 'exportTo: ["."]', '"*.example.com"'), route('tls', '{port: 443, sniHosts: [db.example.com]}', '{host: db.example.com}')),
      ['db spec ports 0']],
    ['a rule for the wildcard as well', all(entry(TLS, 'exportTo: ["."]', '"*.example.com"'), route('tls', '{sniHosts: [db.example.com]}', '{host: db.example.com}')
      .replace('hosts: [db.example.com]', 'hosts: ["*.example.com"]').replace('sniHosts: [db.example.com]', 'sniHosts: ["*.example.com"]')), []],
    ['another port, HTTP, another namespace, a Gateway\'s rule, one of some pods', all(
      entry(`${TLS}, {number: 80, name: http, protocol: HTTP}`, 'exportTo: ["."]', '"*.example.com"'),
      route('tls', '{port: 8443, sniHosts: [db.example.com]}', '{host: db.example.com}'), route('http', '{port: 80}', '{host: db.example.com}'),
      route('tls', '{sniHosts: [db.example.com]}', '{host: db.example.com}', '[egress]'), route('tls', '{sniHosts: [db.example.com], sourceLabels: {app: a}}', '{host: db.example.com}'),
      route('tls', '{sniHosts: [db.example.com]}', '{host: db.example.com}').replace('namespace: shop', 'namespace: data').replace('spec: {', 'spec: {exportTo: ["."], ')), []],
  ],
  MX0405: [
    ['the short name of the gateway\'s Service, which is in another namespace', all(SERVICE, gateway(tlsServer()), istio('DestinationRule', 'rule', 'shop', '{host: istio-egressgateway, subsets: [{name: a}]}')),
      ['rule spec host']],
    ['the short name of a Service of its own namespace, or of one that is no gateway\'s elsewhere', all(SERVICE, gateway(tlsServer()), doc('v1', 'Service', 'web', 'data', '{ports: [{port: 80}]}'),
      doc('v1', 'Service', 'own', 'shop', '{ports: [{port: 80}]}'), istio('DestinationRule', 'a', 'shop', '{host: own, subsets: [{name: a}]}'),
      istio('DestinationRule', 'b', 'shop', '{host: web, subsets: [{name: a}]}')), []],
    ['a mirror, and one of a list', all(SERVICES, mirroring('mirror: {host: reviews-v3}, mirrors: [{destination: {host: reviws}}]')),
      ['route spec http 0 mirror host', 'route spec http 0 mirrors 0 destination host']],
    ['mirrors that are there, and one that gets nothing', all(SERVICES, mirroring('mirror: {host: reviews}'), mirroring('mirror: {host: reviws}, mirrorPercentage: {value: 0}')), []],
  ],
  MX0407: [
    ['a port of UDP', all(entry(TCP), entry('{number: 6379, name: udp, protocol: UDP}', 'resolution: DNS', 'udp.example.com'), route('tcp', '{port: 6379}', '{host: udp.example.com}')),
      ['route spec tcp 0 route 0 destination host']],
    ['no port, where the destination has several and not that of the listener', all(entry(TCP), entry('{number: 1, name: a, protocol: TCP}, {number: 2, name: b, protocol: TCP}', 'resolution: DNS', 'other.example.com'),
      route('tcp', '{}', '{host: other.example.com}')), ['route spec tcp 0 route 0 destination host']],
    ['no port, where one of them is that of the listener, or the host is elsewhere', all(entry(TCP), entry(`{number: 1, name: a, protocol: TCP}, ${TCP}`, 'resolution: DNS', 'other.example.com'),
      route('tcp', '{}', '{host: other.example.com}'), route('tcp', '{}', '{host: other.example.com}').replace('hosts: [db', 'hosts: [elsewhere')), []],
    ['a mirror', all(SERVICES, mirroring('mirror: {host: reviews, port: {number: 9081}}')), ['route spec http 0 mirror port number']],
    ['a port of the mirror', all(SERVICES, mirroring('mirror: {host: reviews, port: {number: 9080}}')), []],
  ],
  MX0408: [
    ['a rule behind one for everything', behindAll('[mesh, egress]', '[egress]'), ['route spec tcp 1']],
    ['one for a gateway that the VirtualService is not for, which MX0411 reports', behindAll('[mesh]', '[egress]'), []],
  ],
  MX0411: [
    ['sidecars, for which the VirtualService is not', route('tcp', '{gateways: [egress, mesh], port: 6379}', '{host: db.example.com}', '[egress]'),
      ['route spec tcp 0 match 0 gateways 1']],
    ['a Gateway of another namespace', route('tls', '{gateways: [egress], sniHosts: [db.example.com]}', '{host: db.example.com}', '[mesh, istio-system/egress]'),
      ['route spec tls 0 match 0 gateways 0']],
    ['"spec.gateways" is left out', istio('VirtualService', 'route', 'shop', '{hosts: [db.example.com], http: [{match: [{gateways: [egress]}], route: []}]}'),
      ['route spec http 0 match 0 gateways 0']],
    ['another letter, in which "mesh" is a Gateway', route('tcp', '{gateways: [Mesh], port: 6379}', '{host: db.example.com}', '[mesh, egress]'), ['route spec tcp 0 match 0 gateways 0']],
    ['with and without its namespace, all that are there, a delegate', all(route('tcp', '{gateways: [shop/egress, mesh], port: 6379}', '{host: db.example.com}', '[egress, mesh]'),
      route('tcp', '{port: 6379}', '{host: db.example.com}', '[egress]'),
      istio('VirtualService', 'part', 'shop', '{http: [{match: [{gateways: [egress]}], route: []}]}')), []],
  ],
  MX0501: [
    ['a machine of another namespace, in a range of the service', all(AMBIENT, entry(TCP, 'addresses: [192.0.2.0/24], resolution: NONE'),
      istio('WorkloadEntry', 'vm', 'data', '{address: 192.0.2.9}')), ['vm']],
    ['one outside of the range, and pods with sidecars', all(AMBIENT, entry(TCP, 'addresses: [192.0.2.0/24], resolution: NONE'),
      istio('WorkloadEntry', 'vm', 'data', '{address: 192.0.3.9}')), []],
    ['no ambient namespace', all(INJECTED, entry(TCP, 'addresses: [192.0.2.9], resolution: NONE'), istio('WorkloadEntry', 'vm', 'data', '{address: 192.0.2.9}')), []],
  ],
  MX0502: [
    ['a mesh that is ambient', all(entry(TCP), route('tcp', '{port: 6379}', '{host: gateway.istio-system.svc.cluster.local}')), ['route spec tcp 0'], { dataPlane: 'ambient' }],
    ['a namespace with sidecars in a mesh that is ambient', all(INJECTED, entry(TCP), route('tcp', '{port: 6379}', '{host: gateway.istio-system.svc.cluster.local}')), [],
      { dataPlane: 'ambient' }],
    ['a waypoint, which reads the route', all(AMBIENT, attached('istio.io/use-waypoint: waypoint'),
      route('tcp', '{port: 6379}', '{host: gateway.istio-system.svc.cluster.local}')), []],
    ['a route to the service itself, one for a gateway, and one of a Service of the cluster', all(AMBIENT, entry(TCP),
      route('tcp', '{port: 6379}', '{host: db.example.com}'), route('tcp', '{port: 1}', '{host: x.y.svc.cluster.local}', '[egress]')), []],
  ],
  MX0503: [
    ['a waypoint that is not there, beside another', all(AMBIENT, waypoint(), attached('istio.io/use-waypoint: other')), ['db metadata labels istio.io/use-waypoint']],
    ['one for workloads', all(AMBIENT, waypoint('', ', labels: {istio.io/waypoint-for: workload}'), attached('istio.io/use-waypoint: waypoint')),
      ['db metadata labels istio.io/use-waypoint']],
    ['a label of the namespace', all(namespace('shop', 'istio.io/use-waypoint: other'), waypoint(), attached('')), ['db']],
    ['a gateway that is none', all(doc('gateway.networking.k8s.io/v1', 'Gateway', 'page', 'shop', '{gatewayClassName: istio}'), attached('istio.io/use-waypoint: other')), []],
    ['no waypoint in sight, `none`, and the right one', all(attached('istio.io/use-waypoint: other', 'data'), waypoint(), attached('istio.io/use-waypoint: none'),
      attached('istio.io/use-waypoint: waypoint')), []],
    ['a waypoint of another namespace that takes all, or some by labels that are not known', all(
      waypoint(', allowedRoutes: {namespaces: {from: All}}'), attached('istio.io/use-waypoint: waypoint, istio.io/use-waypoint-namespace: shop', 'data')), []],
    ['one that selects namespaces by labels of one that is not there', all(
      waypoint(', allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: a}}}}'),
      attached('istio.io/use-waypoint: waypoint, istio.io/use-waypoint-namespace: shop', 'data')), []],
    ['one that selects other namespaces', all(namespace('data', 'team: b'), waypoint(', allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: a}}}}'),
      attached('istio.io/use-waypoint: waypoint, istio.io/use-waypoint-namespace: shop', 'data')), ['db metadata labels istio.io/use-waypoint']],
    ['one of another namespace that takes all, where no namespace is written, or one with a slip', all(waypoint(FROM_ALL), attached('istio.io/use-waypoint: waypoint', 'data'),
      attached('istio.io/use-waypoint: waypoint, istio.io/use-waypoint-namespace: shpo', 'data')), ['db metadata labels istio.io/use-waypoint', 'db metadata labels istio.io/use-waypoint']],
    ['the same asked for by the label of a namespace', all(namespace('data', 'istio.io/use-waypoint: waypoint'), waypoint(FROM_ALL), attached('', 'data')), ['db']],
    ['the name in another namespace: one for itself, no waypoint, another namespace written, and an entry that names none', all(waypoint(), attached('istio.io/use-waypoint: waypoint', 'data'),
      doc('gateway.networking.k8s.io/v1', 'Gateway', 'page', 'shop', '{gatewayClassName: istio, listeners: [{allowedRoutes: {namespaces: {from: All}}}]}'), attached('istio.io/use-waypoint: page', 'data'),
      waypoint(FROM_ALL).replaceAll('waypoint, namespace: shop', 'shared, namespace: shop'), attached('istio.io/use-waypoint: shared, istio.io/use-waypoint-namespace: infra', 'data'),
      attached('istio.io/use-waypoint: shared', '""')), []],
    ['one that names no namespace', all(waypoint(FROM_ALL).replace('namespace: shop', 'namespace: ""'), attached('istio.io/use-waypoint: waypoint', 'data')), []],
    ['a class that is a slip, told once', all(waypoint().replace('istio-waypoint', 'istio-waypont'), attached('istio.io/use-waypoint: waypoint'), attached('istio.io/use-waypoint: waypoint')),
      ['waypoint spec gatewayClassName']],
    ['a class of that name, and one of somebody else', all(doc('gateway.networking.k8s.io/v1', 'GatewayClass', 'istio-waypoints', '""', '{controllerName: istio.io/mesh-controller}'),
      waypoint().replace('istio-waypoint', 'istio-waypoints'), waypoint().replace('istio-waypoint', 'kgateway-waypoint'), attached('istio.io/use-waypoint: waypoint')), []],
  ],
  MX0504: [
    ['a namespace with sidecars that sees it, and another declaration', all(waypoint(), attached('istio.io/use-waypoint: waypoint', 'shop', 'addresses: [192.0.2.1], resolution: DNS'),
      targeting('db'), namespace('guest', 'istio-injection: enabled'), istio('ServiceEntry', 'own', 'guest', `{hosts: [db.example.com], ports: [${TCP}]}`)),
    ['db spec exportTo', 'db spec hosts']],
    ['a NetworkPolicy that closes the namespaces', all(waypoint(), attached('istio.io/use-waypoint: waypoint', 'shop', 'resolution: DNS, exportTo: ["."]'), targeting('db'), network(DNS)), []],
    ['no policy that could be gone around', all(waypoint(), attached('istio.io/use-waypoint: waypoint', 'shop', 'resolution: DNS')), []],
  ],
  MX0606: [
    ['pods that a policy of their own opens the rest for', all(INJECTED, pods('app: cart'), network(''), network(`${DNS}, ${ISTIOD}`, '{matchLabels: {app: cart}}')), []],
    ['pods that only others are opened for', all(INJECTED, pods('app: cart'), network(''), network(`${DNS}, ${ISTIOD}`, '{matchLabels: {app: web}}')),
      ['network spec egress', 'network spec egress']],
    ['no pods among the objects', all(INJECTED, network(DNS)), ['network spec egress']],
    ['expressions of a selector', all(INJECTED, pods('app: cart'), network('', '{matchExpressions: [{key: app, operator: In, values: [cart]}]}')),
      ['network spec egress', 'network spec egress']],
    ['pods without a sidecar, in the network of the node, or of a namespace that is no part of the mesh', all(INJECTED, network(''),
      pods('app: a, sidecar.istio.io/inject: "false"'), pods('app: b', 'hostNetwork: true')), []],
    ['a namespace of which nothing is known', all(network(''), pods('app: a')), []],
    ['DNS on the node, istiod of a revision, a range of ports, everything', all(INJECTED, pods('app: cart'),
      network(`{to: [{ipBlock: {cidr: 169.254.20.10/32}}], ports: [{port: 53, protocol: UDP}]}, ${to('istio-control', 'TCP15012')}`)), []],
    ['a range of ports', all(INJECTED, pods('app: cart'), network(`${DNS}, {to: [{namespaceSelector: {}}], ports: [{port: 15000, endPort: 15020}]}`)), []],
    ['everything', all(INJECTED, pods('app: cart'), network('{}')), []],
    ['the right port of the wrong namespace, or of the own one', all(INJECTED, pods('app: cart'),
      network(`${DNS}, ${to('guest', 'TCP15012')}, {to: [{podSelector: {}}], ports: [{port: 15012}]}`)), ['network spec egress']],
    ['a policy for what comes in', all(INJECTED, pods('app: cart'), doc('networking.k8s.io/v1', 'NetworkPolicy', 'in', 'shop', '{podSelector: {}, ingress: []}')), []],
  ],
  MX0608: [
    ['a mode, and none at all', all(istio('Sidecar', 'a', 'shop', '{outboundTrafficPolicy: {mode: ALLOW_ANY}}'), istio('Sidecar', 'b', 'shop', '{egress: []}')), []],
    ['one for some workloads', istio('Sidecar', 'a', 'shop', '{workloadSelector: {labels: {app: a}}, outboundTrafficPolicy: {}}'), ['a spec outboundTrafficPolicy']],
  ],
  MX0610: [
    ['a wildcard beside it, one address, another namespace, a Service', all(
      istio('Sidecar', 'a', 'shop', '{egress: [{hosts: ["./db.example.com", "istio-system/*"]}, {hosts: ["./one.example.com", "other/db.example.com"]}]}'),
      entry(TCP, 'addresses: [192.0.2.1, 192.0.2.2], resolution: STATIC'), entry(TCP, 'addresses: [192.0.2.3], resolution: STATIC', 'one.example.com')), []],
    ['each listener for itself, without what is left out', all(
      istio('Sidecar', 'a', 'shop', '{egress: [{hosts: ["./*"]}, {hosts: ["shop/db.example.com", "~*/other.example.com"]}]}'),
      entry(TCP, 'addresses: [192.0.2.1, 192.0.2.2], resolution: STATIC')), ['a spec egress 1 hosts']],
  ],
  MX0609: [['no DNS at all, which is another finding', all(INJECTED, pods('app: cart'), network(ISTIOD)), []]],
  MX0702: [
    ['a rule for everybody', all(entry(HTTP), rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["*"]')), ['rule spec trafficPolicy tls credentialName']],
    ['a rule for a wildcard over the host, or for another wildcard', all(entry(HTTP), rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["*"]', '"*.example.com"'),
      rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["*"]', '"*.example.org"')), ['rule spec trafficPolicy tls credentialName']],
    ['a rule for a wildcard, where the host has its own', all(entry(HTTP), rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["*"]', '"*.example.com"'), rule('{mode: SIMPLE}')), []],
    ['a rule for a wildcard in a namespace that does not see the service', all(entry(HTTP), rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["*"]', '"*.example.com"', 'other')), []],
    ['a ConfigMap, which everybody may read', all(entry(HTTP), rule('{mode: SIMPLE, credentialName: "configmap://ca"}')), []],
    ['a rule of the gateway alone', all(entry(HTTP), rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["."]', 'db.example.com', 'istio-system')), []],
    ['a service that sidecars send to a gateway', all(entry(HTTP, 'resolution: DNS'), rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["*"]'),
      route('http', '{port: 80}', '{host: istio-egressgateway.istio-system.svc.cluster.local}')), []],
    ['a port that only gateways are sent to', all(entry(TLS, 'resolution: DNS'), rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["*"]'),
      route('http', '{port: 80}', '{host: db.example.com, port: {number: 443}}', '[egress]')), []],
    ['a port that sidecars are sent to', all(entry(TLS, 'resolution: DNS'), rule('{mode: SIMPLE, credentialName: ca}', 'exportTo: ["*"]'),
      route('http', '{port: 80}', '{host: db.example.com, port: {number: 443}}')), ['rule spec trafficPolicy tls credentialName']],
  ],
  MX0703: [
    ['a wildcard over two hosts of one kind, and one with names', all(entry(TCP, 'resolution: DNS', 'db.example.com, b.example.com'), rule('{mode: SIMPLE}', '', '"*.example.com"'),
      rule('{mode: SIMPLE, subjectAltNames: [a]}', '', '"*.com"')), ['rule spec trafficPolicy tls']],
    ['names in the ServiceEntry, an authority of its own, no check at all, requests', all(
      entry(TCP, 'resolution: DNS, exportTo: ["."], subjectAltNames: [db.example.com]'), rule('{mode: SIMPLE}'),
      entry(TCP, 'resolution: DNS', 'a.example.com'), rule('{mode: SIMPLE, caCertificates: /ca.pem}', 'exportTo: ["."]', 'a.example.com'),
      entry(TCP, 'resolution: DNS', 'b.example.com'), rule('{mode: SIMPLE, insecureSkipVerify: true}', 'exportTo: ["."]', 'b.example.com'),
      entry(HTTP, 'resolution: DNS', 'c.example.com'), rule('{mode: SIMPLE}', 'exportTo: ["."]', 'c.example.com')), []],
    ['the authorities of the system by their name, on a port of its own', all(entry(TCP), istio('DestinationRule', 'rule', 'shop',
      '{host: db.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 1}}, {port: {number: 6379}, tls: {mode: SIMPLE, caCertificates: system}}]}}')),
    ['rule spec trafficPolicy portLevelSettings 1 tls']],
    ['a service that is not there', rule('{mode: SIMPLE}'), []],
    ['a subset that a route leads to', all(entry(TCP), route('tcp', '{port: 6379}', '{host: db.example.com, subset: safe, port: {number: 6379}}'), istio('DestinationRule', 'rule', 'shop',
      '{host: db.example.com, subsets: [{name: safe, trafficPolicy: {tls: {mode: SIMPLE}}}, {name: unused, trafficPolicy: {tls: {mode: SIMPLE}}}]}')),
    ['rule spec subsets 0 trafficPolicy tls']],
  ],
  MX0701: [
    ['of a server, with the pods of the gateway known', all(SERVICE, gateway(tlsServer('a', '{mode: SIMPLE, credentialName: cert}')), doc('v1', 'Secret', 'cert', 'shop', '{}')),
      ['egress spec servers 0 tls credentialName']],
    ['of a rule that the gateway follows, exported to everybody', all(...ORIGINATING, doc('v1', 'Secret', 'ca', 'shop', '{}')), ['rule spec trafficPolicy tls credentialName']],
    ['of a rule for a wildcard that the gateway follows', all(...ORIGINATING.map(text => text.replace('{host: db.example.com, trafficPolicy', '{host: "*.example.com", trafficPolicy')),
      doc('v1', 'Secret', 'ca', 'shop', '{}')), ['rule spec trafficPolicy tls credentialName']],
    ['of a rule for a wildcard, where the gateway finds one of the host', all(...ORIGINATING.map(text => text.replace('{host: db.example.com, trafficPolicy', '{host: "*.example.com", trafficPolicy')),
      rule('{mode: SIMPLE}', '', 'db.example.com', 'istio-system'), doc('v1', 'Secret', 'ca', 'shop', '{}')), []],
    ['of a rule that the gateway follows, in its namespace', all(...ORIGINATING, doc('v1', 'Secret', 'ca', 'istio-system', '{}')), []],
    ['of a rule before which the gateway finds another', all(...ORIGINATING, rule('{mode: SIMPLE}', '', 'db.example.com', 'istio-system').replace('name: rule', 'name: own'),
      doc('v1', 'Secret', 'ca', 'shop', '{}')), []],
    ['of settings of a port to which the gateway does not send', all(...ORIGINATING.map(text => text.replace('{tls: {mode: SIMPLE, credentialName: ca}}',
      '{portLevelSettings: [{port: {number: 1}, tls: {mode: SIMPLE, credentialName: ca}}]}')), doc('v1', 'Secret', 'ca', 'shop', '{}')), []],
  ],
  MX0712: [
    ['requests to port 80, of sidecars and of a gateway', all(entry(WEB), rule('{mode: SIMPLE}'), entry(WEB, 'resolution: STATIC, endpoints: [{address: 192.0.2.1}]', 'b.example.com'),
      rule('{mode: MUTUAL}', 'exportTo: ["."]', 'b.example.com')), ['db spec ports 0', 'db spec ports 0']],
    ['a port for TLS that leads to port 80', all(entry('{number: 443, name: https, protocol: HTTPS, targetPort: 80}', 'resolution: DNS'), entry(TLS, 'resolution: DNS', 'b.example.com'),
      entry('{number: 443, name: https, protocol: HTTPS, targetPort: 80}', 'resolution: DNS, endpoints: [{address: a.example.com, ports: {https: 8443}}]', 'c.example.com')), ['db spec ports 0']],
    ['another port that leads to port 80', all(entry('{number: 8080, name: http, protocol: HTTP, targetPort: 80}', 'resolution: DNS'), rule('{mode: SIMPLE}')), ['db spec ports 0']],
    ['what a gateway sends there', all(entry(WEB, 'resolution: DNS'), gateway(tlsServer()), httpThrough('db.example.com'), rule('{mode: SIMPLE}', '')), ['db spec ports 0']],
    ['what a gateway sends elsewhere', all(entry(`${WEB}, ${TLS}`, 'resolution: DNS'), gateway(tlsServer()), httpThrough('db.example.com').replace('number: 80', 'number: 443'), rule('{mode: SIMPLE}', '')), []],
    ['a targetPort, the port of each endpoint, settings of another port', all(entry(HTTP), rule('{mode: SIMPLE}'),
      entry(WEB, 'resolution: STATIC, endpoints: [{address: 192.0.2.1, ports: {http: 443}}]', 'b.example.com'), rule('{mode: SIMPLE}', '', 'b.example.com')), []],
    ['settings of another port', all(entry(`${WEB}, ${TLS}`),
      istio('DestinationRule', 'rule', 'shop', '{host: db.example.com, trafficPolicy: {tls: {mode: SIMPLE}, portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]}}')), []],
    ['the address and port of the client, and another port', all(entry(WEB, 'resolution: NONE'), rule('{mode: SIMPLE}'), entry('{number: 8080, name: http, protocol: HTTP}', 'resolution: DNS', 'b.example.com'),
      rule('{mode: SIMPLE}', '', 'b.example.com')), []],
  ],
  MX0301: [
    ['a port of a routed entry that leads to the endpoints of the routed one', all(entry(`${HTTP}, ${TLS}`, 'resolution: DNS'), gateway(tlsServer()), onWeb(80)), ['db spec ports 1']],
    ['an endpoint that is the host of a routed one, and one that is another', all(entry(HTTP, 'resolution: DNS'), gateway(tlsServer()), onWeb(80), ...['db.example.com', 'other.example.com'].map(address => (
      entry(HTTP, `resolution: DNS, endpoints: [{address: ${address}}]`, `of-${address}`).replace('name: db,', `name: ${address},`)))), ['db.example.com spec ports 0']],
    ['one that the gateway itself sends to', all(entry(`${HTTP}, ${TLS}`, 'resolution: DNS'), gateway(tlsServer()), onWeb(443)), []],
    ['one without hosts, which the API server refuses', all(ROUTED_DB, entry('{number: 3306, name: tcp, protocol: TCP}', 'addresses: [192.0.2.14]', '')), []],
    ...([
      ['the address in IPv6', 'endpoints: [{address: "::ffff:192.0.2.14"}]', ['past spec ports 0']],
      ['the name in capitals', 'resolution: DNS, endpoints: [{address: DB.example.com}]', ['past spec ports 0']],
      ['the name with its last dot', 'resolution: DNS, endpoints: [{address: db.example.com.}]', ['past spec ports 0']],
      ['the host itself with its last dot, and in capitals', 'hosts: [DB.example.com.], addresses: [240.0.0.9], resolution: DNS', ['past spec ports 0']],
      ['a name of its endpoint', 'resolution: DNS, endpoints: [{address: vip.example.net}]', ['past spec ports 0']],
      ['the port of the endpoint', 'endpoints: [{address: 192.0.2.14, ports: {tcp: 3306}}]', ['past spec ports 0'], 9999],
      ['another port of the endpoint', 'endpoints: [{address: 192.0.2.14, ports: {tcp: 3307}}]', []],
      ['a WorkloadEntry', 'workloadSelector: {labels: {db: orders}}', ['past spec ports 0']],
    ] as [string, string, string[], number?][]).map(([what, more, found, port = 3306]): Row => (
      [`an entry that leads there by ${what}`, all(ROUTED_DB, istio('WorkloadEntry', 'of-db', 'other', '{address: 192.0.2.14, labels: {db: orders}}'),
        istio('ServiceEntry', 'past', 'other', `{hosts: [past.example.com], exportTo: ["."], addresses: [240.0.0.9], ports: [{number: ${port}, name: tcp, protocol: TCP}], ${more}}`)), found])),
    ['a Service whose endpoints somebody wrote', all(ROUTED_DB, doc('v1', 'Service', 'past', 'other', '{ports: [{name: tcp, port: 3306}]}'),
      'apiVersion: v1\nkind: Endpoints\nmetadata: {name: past, namespace: other}\nsubsets: [{addresses: [{ip: 192.0.2.14}], ports: [{name: tcp, port: 3306}]}]\n'), ['past spec ports 0']],
    ...([
      ['a Gateway for them', istio('Gateway', 'mine', 'other', '{selector: {app: web}, servers: [{port: {number: 443, name: tls, protocol: TLS}, hosts: [x.example.com], tls: {mode: ISTIO_MUTUAL}}]}')],
      ['the labels of a gateway', gateway(tlsServer('x.example.com'), undefined, 'mine').replace('namespace: shop', 'namespace: other')],
      ['a Service with the labels of a gateway', all(gateway(tlsServer('x.example.com'), undefined, 'mine').replace('namespace: shop', 'namespace: other'),
        doc('v1', 'Service', 'fake', 'other', '{selector: {istio: egressgateway}, ports: [{port: 443}]}'))],
    ] as [string, string][]).map(([what, claim]): Row => (
      [`the entry of a tenant whose pods have ${what}`, all(ROUTED_DB, claim, doc('apps/v1', 'Deployment', 'web', 'other',
        '{template: {metadata: {labels: {app: web, istio: egressgateway}}, spec: {containers: [{name: web, image: web}]}}}'),
      istio('VirtualService', 'mine', 'other', '{hosts: [x.example.com], gateways: [mine], tcp: [{route: [{destination: {host: past.example.com}}]}]}'),
      istio('ServiceEntry', 'past', 'other', '{hosts: [past.example.com], exportTo: ["."], addresses: [192.0.2.14], ports: [{number: 3306, name: tcp, protocol: TCP}]}')), ['past spec ports 0']])),
    ['not beside a route that answers itself, which no gateway has', all(entry('{number: 80, name: http, protocol: HTTP}', 'resolution: DNS', 'a.example.com'),
      istio('VirtualService', 'a', 'shop', '{hosts: [a.example.com], exportTo: ["."], http: [{directResponse: {status: 404}}]}'),
      istio('ServiceEntry', 'any', 'other', '{hosts: ["*.example.com"], exportTo: ["."], ports: [{number: 80, name: http, protocol: HTTP}]}')), []],
    ['not another site at the same address, for which clients ask by its own name', all(
      entry(TLS, 'resolution: STATIC, endpoints: [{address: 192.0.2.9}]', 'a.example.com'), gateway(tlsServer('a.example.com', '{mode: PASSTHROUGH}')),
      istio('VirtualService', 'a', 'shop', '{hosts: [a.example.com], tls: [{match: [{port: 443, sniHosts: [a.example.com]}], route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local}}]}]}'),
      entry(TLS, 'resolution: STATIC, exportTo: [other], endpoints: [{address: 192.0.2.9}]', 'b.example.com')), []],
    ['an entry that gateways and others see, although a gateway sends to it', all(ROUTED_DB, gateway(tlsServer('x.example.com'), undefined, 'mine'),
      istio('VirtualService', 'mine', 'shop', '{hosts: [x.example.com], gateways: [mine], tcp: [{route: [{destination: {host: past.example.com}}]}]}'),
      istio('ServiceEntry', 'past', 'other', '{hosts: [past.example.com], addresses: [192.0.2.14], ports: [{number: 3306, name: tcp, protocol: TCP}]}')), ['past spec ports 0']],
  ],
  MX0704: [
    ['a VirtualService for requests, which are on another port', all(entry(`${WEB}, ${TLS}`), rule('{mode: SIMPLE}'), route('http', '{}', '{host: db.example.com}')), ['rule spec trafficPolicy tls']],
    ['requests without a port, where the entry has no other', all(entry(TLS), rule('{mode: SIMPLE}'), route('http', '{}', '{host: db.example.com}')), []],
    ['requests that a gateway sends to the port', all(entry(`${WEB}, ${TLS}`), rule('{mode: SIMPLE}'), route('http', '{port: 443}', '{host: db.example.com}', '[egress]')), []],
    ['TLS that sidecars leave out, which is another finding', all(entry('{number: 443, name: tls, protocol: TLS}'), rule('{mode: SIMPLE, credentialName: ca}')), []],
    ['TLS with an authority from a ConfigMap, which sidecars read', all(entry(TLS), rule('{mode: SIMPLE, credentialName: "configmap://ca"}')), ['rule spec trafficPolicy tls']],
    ['requests that a route sends there', all(entry(TLS), rule('{mode: SIMPLE}'), route('http', '{port: 80}', '{host: db.example.com, port: {number: 443}}')), []],
    ['a rule without TLS, and mutual TLS of the mesh', all(entry(TLS), rule('{mode: DISABLE}')), []],
    ['TLS of the client that a route keeps', all(entry(TLS), rule('{mode: SIMPLE}'), route('tls', '{port: 443, sniHosts: [db.example.com]}', '{host: db.example.com, port: {number: 443}}')),
      ['rule spec trafficPolicy tls']],
    ['what gateways send to: the client spoke plaintext', all(entry(TLS), rule('{mode: SIMPLE, sni: x, subjectAltNames: [x]}'),
      route('tcp', '{port: 443}', '{host: db.example.com, port: {number: 443}}', '[egress]')), []],
  ],
  MX0705: [
    ['the name of the port, and Istio\'s own protocol', all(entry('{number: 9306, name: mysql-primary, protocol: TCP}'), rule('{mode: SIMPLE}'),
      entry('{number: 9306, name: a, protocol: MySQL}', 'resolution: DNS', 'a.example.com'), rule('{mode: SIMPLE}', 'exportTo: ["."]', 'a.example.com')),
    ['rule spec trafficPolicy tls', 'rule spec trafficPolicy tls']],
    ['the number alone, the host alone', all(entry('{number: 3306, name: tcp, protocol: TCP}'), rule('{mode: SIMPLE}'),
      entry('{number: 6446, name: tcp, protocol: TCP}', 'resolution: DNS', 'mysql.example.com'), rule('{mode: SIMPLE}', 'exportTo: ["."]', 'mysql.example.com')), []],
  ],
  MX0706: [
    ['an init container, and the arguments of a command', pods('app: a',
      'initContainers: [{name: i, env: [{name: X, value: y}, {name: DB_PASSWORD, value: x1}]}], containers: [{name: a}, {name: b, args: ["--password=x1"]}]'),
    ['app spec template spec initContainers 0 env 1', 'app spec template spec containers 1 args']],
    ...[
      'command: [mysql, -uroot, -ps3cr3tpw]', 'command: [sh, -c, "mysqldump -uroot -ps3cr3tpw db"]', 'command: [/usr/bin/redis-cli, -a, s3cr3tpw]',
      'command: [sh, -c, "until timeout 5 mysql -p\'x\' -e \\"select 1\\"; do sleep 1; done"]', 'command: [sh, -c, "set -e\\nA=b exec redis-cli -h x -a x1 ping"]',
    ].map((command): Row => [`a client of a database: ${command}`, pods('app: a', `containers: [{name: a, ${command}}]`), ['app spec template spec containers 0 command']]),
    ['a client whose password is among the arguments', pods('app: a', 'containers: [{name: a, command: [mysql], args: [-psecret]}]'), ['app spec template spec containers 0 args']],
    ['clients that ask, read a variable or a file; ports of other programs', pods('app: a', `containers: [{name: a, command: [mysql, -uroot, -p]}, {name: b, command: [sh, -c,
      'mysql -p$PASSWORD; mysql -p"$(cat /run/secret)"; mysql -p"\${P}" -P3306; wait-for mysql -p3306; ssh -p 22; redis-cli -a "$P"; mongosh -p $P; mysqld -p3306; redis-cli -a -p 6379']}, {
      name: c, command: [mysql, $(A), -p$(B)]}, {name: d, command: [redis-cli, -p, "6379"]}, {name: e, command: [nc, -p3306, mysql]}]`), []],
    ['references, and lists that are none', pods('app: a', 'initContainers: none, containers: [null, {name: a, env: [null, {name: DB_PASSWORD, value: $(OTHER)}]}]'), []],
  ],
  MX0707: [
    ['that of a gateway which originates TLS by a rule', all(...ORIGINATING, doc('v1', 'Secret', 'other', 'istio-system', '{}')), ['rule spec trafficPolicy tls credentialName']],
    ['that of a gateway, where one of the authority is there, or no Secret is in the input', all(...ORIGINATING, doc('v1', 'Secret', 'ca-cacert', 'istio-system', '{}')), []],
    ['one that another namespace has, which is another finding', all(SERVICE, gateway(tlsServer('a', '{mode: SIMPLE, credentialName: cert}')), doc('v1', 'Secret', 'other', 'istio-system', '{}'),
      doc('v1', 'Secret', 'cert', 'shop', '{}')), []],
    ['that of a workload', all(istio('DestinationRule', 'rule', 'shop',
      '{host: a, workloadSelector: {matchLabels: {app: a}}, trafficPolicy: {tls: {mode: SIMPLE, credentialName: ca}}}'), doc('v1', 'Secret', 'other', 'shop', '{}')),
    ['rule spec trafficPolicy tls credentialName']],
    ['no certificate that is verified, so no Secret is read', all(istio('DestinationRule', 'rule', 'shop',
      '{host: a, workloadSelector: {matchLabels: {app: a}}, trafficPolicy: {tls: {mode: SIMPLE, credentialName: ca, insecureSkipVerify: true}}}'), doc('v1', 'Secret', 'other', 'shop', '{}')), []],
    ['no TLS, so no Secret is read', all(istio('DestinationRule', 'rule', 'shop',
      '{host: a, workloadSelector: {matchLabels: {app: a}}, trafficPolicy: {tls: {mode: DISABLE, credentialName: ca}}}'), doc('v1', 'Secret', 'other', 'shop', '{}')), []],
    ['no certificate that is verified, and one of its own that is read', all(istio('DestinationRule', 'rule', 'shop',
      '{host: a, workloadSelector: {matchLabels: {app: a}}, trafficPolicy: {tls: {mode: MUTUAL, credentialName: ca, insecureSkipVerify: true}}}'), doc('v1', 'Secret', 'other', 'shop', '{}')),
    ['rule spec trafficPolicy tls credentialName']],
    ['no Secret at all, and one that an operator writes', all(SERVICE, gateway(tlsServer('a', '{mode: SIMPLE, credentialName: cert}'))), []],
    ...['bitnami.com/v1alpha1 SealedSecret cert {}', 'external-secrets.io/v1 ExternalSecret cert {}', 'secrets.hashicorp.com/v1beta1 VaultStaticSecret v {destination: {name: cert}}',
      'secrets.hashicorp.com/v1beta1 VaultPKISecret v {destination: {name: cert}}', 'secrets.hashicorp.com/v1beta1 VaultDynamicSecret v {destination: {name: cert}}',
      'secrets-store.csi.x-k8s.io/v1 SecretProviderClass v {secretObjects: [{secretName: cert}]}', 'onepassword.com/v1 OnePasswordItem cert {itemPath: a}',
      'isindir.github.com/v1alpha3 SopsSecret v {secretTemplates: [{name: cert}]}'].map((made): Row => {
      const [version, kind, name, ...spec] = made.split(' ');
      return [`one that an operator makes from a ${kind}`, all(SERVICE, gateway(tlsServer('a', '{mode: SIMPLE, credentialName: cert}')), doc('v1', 'Secret', 'other', 'istio-system', '{}'),
        doc(version, kind, name, 'istio-system', spec.join(' '))), []];
    }),
    ['one that an operator makes under another name', all(SERVICE, gateway(tlsServer('a', '{mode: SIMPLE, credentialName: cert}')),
      doc('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'cert', 'istio-system', '{destination: {name: other}}')), ['egress spec servers 0 tls credentialName']],
    ['one that an operator writes', all(SERVICE, gateway(tlsServer('a', '{mode: SIMPLE, credentialName: cert}')), doc('v1', 'Secret', 'other', 'istio-system', '{}'),
      doc('cert-manager.io/v1', 'Certificate', 'x', 'istio-system', '{secretName: cert}')), []],
  ],
  MX0709: [
    ['requests with a server name and no names to verify', all(entry(HTTP), rule('{mode: SIMPLE, sni: db.example.com}')), ['rule spec trafficPolicy tls']],
    ['requests without either, which Istio verifies by their host', all(entry(HTTP), rule('{mode: SIMPLE}')), []],
    ['a connection without a server name', all(entry(TCP), rule('{mode: SIMPLE, subjectAltNames: [db.example.com]}')), ['rule spec trafficPolicy tls']],
    ['nothing verified at all, which is another finding', all(entry(TCP), rule('{mode: SIMPLE}')), []],
    ['nothing verified on purpose, which somebody may accept with a reason', all(entry(TCP), rule('{mode: SIMPLE, insecureSkipVerify: true}')), ['rule spec trafficPolicy tls']],
    ['the same of requests', all(entry(HTTP), rule('{mode: SIMPLE, insecureSkipVerify: true}')), ['rule spec trafficPolicy tls']],
  ],
  MX0710: [['the port behind the one that clients use', all(entry('{number: 3307, name: tcp, protocol: TCP, targetPort: 3306}'), rule('{mode: SIMPLE}')), ['rule spec trafficPolicy tls']]],
  MX0711: [
    ['a server outside, on one port', all(entry(TCP), istio('DestinationRule', 'rule', 'shop', '{host: db.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 6379}, tls: {mode: ISTIO_MUTUAL}}]}}')),
      ['rule spec trafficPolicy portLevelSettings 0 tls mode']],
    ['a proxy of the mesh, machines, pods, an alias of a Service', all(entry(TCP, 'location: MESH_INTERNAL'), entry(TCP, 'workloadSelector: {labels: {app: a}}'),
      entry(TCP, 'resolution: DNS, endpoints: [{address: a.shop.svc.cluster.local}]'), rule('{mode: ISTIO_MUTUAL}')), []],
    ['an alias of a Service by a shorter name, with the dot of the root, and by its address', all(SERVICES.replace('{ports', '{clusterIP: 10.96.0.7, ports'), rule('{mode: ISTIO_MUTUAL}'),
      entry(TCP, 'resolution: DNS, endpoints: [{address: a.shop.svc}]'), entry(TCP, 'resolution: DNS, endpoints: [{address: a.shop.svc.cluster.local.}]'),
      entry(TCP, 'resolution: STATIC, endpoints: [{address: 10.96.0.7}]')), []],
    ['an address that no Service has', all(SERVICES.replace('{ports', '{clusterIP: 10.96.0.7, ports'), rule('{mode: ISTIO_MUTUAL}'), entry(TCP, 'resolution: STATIC, endpoints: [{address: 10.96.0.8}]')),
      ['rule spec trafficPolicy tls mode']],
    ['endpoints with an account of the mesh, and names of it', all(entry(TCP, 'resolution: STATIC, endpoints: [{address: 192.0.2.1, serviceAccount: vm}]'), rule('{mode: ISTIO_MUTUAL}')), []],
    ['a wildcard over a server outside', all(entry(TCP), rule('{mode: ISTIO_MUTUAL}', '', '"*.example.com"')), ['rule spec trafficPolicy tls mode']],
    ['a wildcard itself', all(entry(TCP, 'resolution: NONE', '"*.example.com"'), rule('{mode: ISTIO_MUTUAL}', '', '"*.example.com"')), ['rule spec trafficPolicy tls mode']],
    ['a wildcard over other names, or over proxies of the mesh, or over a server with a rule of its own, or one that only others see',
      all(entry(TCP), rule('{mode: ISTIO_MUTUAL}', '', '"*.example.org"'), entry(TCP, 'location: MESH_INTERNAL', 'db.example.org'), entry(TCP, 'resolution: DNS', 'own.example.org'),
        rule('{mode: SIMPLE}', '', 'own.example.org'), istio('ServiceEntry', 'far', 'data', `{hosts: [far.example.org], ports: [${TCP}], exportTo: ["."]}`)), []],
    ['names of the mesh in the certificate', all(entry(TCP), rule('{mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.local/ns/a/sa/b"]}')), []],
    ['a Service of the cluster, TLS of the server\'s own', all(entry(TCP), rule('{mode: SIMPLE}'), rule('{mode: ISTIO_MUTUAL}', '', GATEWAY_HOST)), []],
  ],
  MX0801: [
    ['a plaintext server and one with a certificate of its own only', all(gateway(`${tlsServer('a', '', 'TCP')}, ${tlsServer('b', '{mode: SIMPLE}')}`), policy(from('{namespaces: [shop]}'))),
      ['policy spec rules 0 from 0 source namespaces']],
    ['a condition', all(gateway(tlsServer('a', '{mode: PASSTHROUGH}')), policy('{when: [{key: source.principal, values: [a]}]}', 'DENY')), ['policy spec rules 0 when 0']],
    ['a server name of the one that knows its clients', all(gateway(`${tlsServer('a', '{mode: PASSTHROUGH}')}, ${tlsServer('b.example.com')}`), policy(from(CART, sni('b.*')))), []],
    ['a server name of the one that does not', all(gateway(`${tlsServer('*.example.com', '{mode: PASSTHROUGH}')}, ${tlsServer('b')}`), policy(from(CART, sni('a.example.com')))),
      ['policy spec rules 0 from 0 source principals']],
    ['any server name, of which one knows', all(gateway(`${tlsServer('a', '{mode: PASSTHROUGH}')}, ${tlsServer('b')}`), policy(from(CART))), []],
    ...(['{notPrincipals: [cluster.local/ns/shop/sa/cart]}', '{notNamespaces: [shop], notServiceAccounts: [shop/cart]}'] as const).map((source): Row => [
      `one that denies whoever is not ${source}, and so every client of the server that knows none`,
      all(gateway(`${tlsServer('a', '{mode: PASSTHROUGH}')}, ${tlsServer('b')}`), policy(from(source), 'DENY')),
      [`policy spec rules 0 from 0 source ${source.slice(1).split(':')[0]}`],
    ]),
    ['the same for the server name of the one that knows, for some addresses, as what is allowed', all(gateway(`${tlsServer('a', '{mode: PASSTHROUGH}')}, ${tlsServer('b')}`),
      policy(from('{notPrincipals: [a]}', sni('b')), 'DENY'), policy(from('{notPrincipals: [a], ipBlocks: [10.0.0.0/8]}'), 'DENY'), policy(from('{notPrincipals: [a]}'))), []],
    ['the same for the port of the one that knows', all(SERVICE, gateway(`${tlsServer('a', '{mode: PASSTHROUGH}').replace('443', '8443')}, ${tlsServer('b')}`),
      policy('{from: [{source: {notPrincipals: [a]}}], to: [{operation: {ports: ["443"]}}]}', 'DENY')), []],
    ['a policy by addresses, of another gateway, of every pod of a namespace, of another namespace', all(SERVICE, gateway(tlsServer('a', '{mode: PASSTHROUGH}')),
      policy(from('{ipBlocks: [10.0.0.0/8]}')), policy(from(CART), 'ALLOW', 'selector: {matchLabels: {istio: other}}'), policy(from(CART), 'ALLOW', ''),
      policy(from(CART), 'ALLOW', 'selector: {matchLabels: {istio: egressgateway}}', 'elsewhere')), []],
    ['the other label of an installed gateway', all(gateway(tlsServer('a', '{mode: PASSTHROUGH}')), policy(from(CART), 'ALLOW', 'selector: {matchLabels: {app: istio-egressgateway}}')),
      ['policy spec rules 0 from 0 source principals']],
    ['a label that the Service of the gateway shows', all(SERVICE, gateway(tlsServer('a', '{mode: PASSTHROUGH}')), policy(from(CART), 'ALLOW', 'selector: {matchLabels: {app: out}}')),
      ['policy spec rules 0 from 0 source principals']],
  ],
  MX0802: [
    ['a rule that denies by paths alone, beside a server of requests', all(gateway(`${tlsServer('a', '{mode: ISTIO_MUTUAL}', 'HTTPS')}, ${tlsServer('b')}`),
      policy('{to: [{operation: {paths: [/admin]}}]}', 'DENY')), ['policy spec rules 0']],
    ['one that allows by paths, or denies them on some ports, beside a server of requests', all(gateway(`${tlsServer('a', '{mode: ISTIO_MUTUAL}', 'HTTPS')}, ${tlsServer('b')}`),
      policy('{to: [{operation: {paths: [/admin]}}]}'), policy('{to: [{operation: {paths: [/admin], ports: ["8443"]}}]}', 'DENY')), []],
    ['HTTPS that is passed through', all(gateway(tlsServer('a', '{mode: PASSTHROUGH}', 'HTTPS')), policy('{to: [{operation: {hosts: [a]}}]}')), ['policy spec rules 0']],
    ['HTTP without TLS', all(gateway(tlsServer('a', '', 'http')), policy('{to: [{operation: {hosts: [a]}}]}')), []],
    ['the server name of the one of requests', all(gateway(`${tlsServer('a', '{mode: ISTIO_MUTUAL}', 'HTTPS')}, ${tlsServer('b')}`), policy(`{to: [{operation: {paths: [/]}}]${sni('a')}}`, 'DENY')), []],
    ['tokens and headers of requests', all(gateway(tlsServer()), policy(from('{requestPrincipals: ["*"]}')), policy('{when: [{key: "request.headers[x]", values: [a]}]}')),
      ['policy spec rules 0', 'policy spec rules 0']],
  ],
  MX0803: [
    ['pods of another namespace', all(pods('app: a'), policy('{}', 'DENY', 'selector: {matchLabels: {app: b}}', 'data')), []],
    ['the root namespace, which is for all, where pods of its own are known', all(pods('app: a'), doc('apps/v1', 'Deployment', 'z', 'istio-system', '{template: {metadata: {labels: {app: z}}}}'),
      policy('{}', 'DENY', 'selector: {matchLabels: {app: a}}'), policy('{}', 'DENY', 'selector: {matchLabels: {app: b}}')), ['policy spec selector']],
    ['the root namespace, whose gateways somebody else installed', all(pods('app: a'), policy('{}', 'DENY', 'selector: {matchLabels: {istio: ingressgateway}}')), []],
    ['machines, and what is behind a Service', all(pods('app: a'), istio('WorkloadEntry', 'vm', 'shop', '{address: 192.0.2.1, labels: {app: vm}}'),
      istio('WorkloadGroup', 'vms', 'shop', '{metadata: {labels: {app: vms}}}'), doc('v1', 'Service', 's', 'shop', '{selector: {app: s}}'),
      ...['vm', 'vms', 's'].map(app => policy('{}', 'DENY', `selector: {matchLabels: {app: ${app}}}`, 'shop'))), []],
    ['a gateway that is installed by somebody else', all(pods('app: a'), istio('Gateway', 'g', 'shop', `{selector: {app: egress}, servers: [${tlsServer()}]}`),
      policy('{}', 'DENY', 'selector: {matchLabels: {app: egress}}', 'shop')), []],
    ['the host of a ServiceEntry in place of its name', all(entry(TCP), targeting('db.example.com')), ['policy spec targetRefs 0']],
    ['the right name, and a kind of which there is none', all(entry(TCP), targeting('db'), targeting('x', 'Service')), []],
    ['a ServiceEntry of another namespace', all(attached('', 'data'), targeting('db')), ['policy spec targetRefs 0']],
    ['one beside others, of which the older field names one of another namespace', all(entry(TCP), attached('', 'data').replace('name: db', 'name: mail'),
      policy('', 'DENY', 'targetRef: {group: networking.istio.io, kind: ServiceEntry, name: mail}', 'shop')), ['policy spec targetRef']],
    ['a Service and a Gateway, whose names many namespaces have, and an entry that names no namespace', all(doc('v1', 'Service', 'web', 'data', '{ports: [{port: 80}]}'),
      policy('', 'DENY', 'targetRefs: [{kind: Service, name: web}]', 'shop'), waypoint().replace('namespace: shop', 'namespace: data'),
      policy('', 'DENY', 'targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: waypoint}]', 'shop'), attached('', '""'), targeting('db')), []],
    ['a policy that names no namespace', all(attached('', 'data'), targeting('db').replace('namespace: shop', 'namespace: ""')), []],
    ['a ServiceEntry that is in both', all(attached('', 'data'), attached(''), targeting('db')), []],
  ],
  MX0804: [
    ['a plaintext server, which has no server name', all(gateway(`${tlsServer('a')}, ${tlsServer('b', '', 'HTTP')}`), policy(from(CART, sni('*')))), ['policy spec action']],
    ['hosts of requests', all(gateway(`${tlsServer('a', '', 'HTTP')}, ${tlsServer('b', '', 'HTTP')}`), policy('{to: [{operation: {hosts: ["a:*"]}}]}')), ['policy spec action']],
    ['two policies that allow everything together', all(gateway(`${tlsServer('a')}, ${tlsServer('b.example.com')}`), policy(from(CART, sni('a'))), policy(from(CART, sni('*.com')))), []],
    ['a policy without names', all(gateway(`${tlsServer('a')}, ${tlsServer('b')}`), policy(from(CART))), []],
    ['rules that allow nothing, which have a mistake of their own', all(gateway(`${tlsServer('a')}, ${tlsServer('b')}`), policy(from(CART, sni('c')))), []],
    ['one that allows nothing beside one that allows another', all(gateway(`${tlsServer('a')}, ${tlsServer('b')}`), policy(`${from(CART, sni('a'))}, ${from(CART, sni('c'))}`)), ['policy spec action']],
    ['a host of requests that no server has, which leaves nothing', all(gateway(tlsServer('a.example.com', '', 'HTTP')), policy('{to: [{operation: {hosts: [a.exmple.com]}}]}')), ['policy spec action']],
    ['one that allows the port of the metrics, and one that allows another port', all(gateway(`${tlsServer('a')}, ${tlsServer('b')}`),
      policy(`${from(CART, sni('a'))}, ${from('{namespaces: [monitoring]}', ', to: [{operation: {ports: ["15090"]}}]')}`)), ['policy spec action']],
    ['one for another port of the pods, which the Service shows', all(SERVICE.replace('{port: 443}', '{port: 443, targetPort: 8443}'), gateway(`${tlsServer('a')}, ${tlsServer('b')}`),
      policy(`${from(CART, sni('a'))}, {when: [{key: destination.port, values: ["9443"]}]}`)), ['policy spec action']],
    ['one for the port of the pods', all(SERVICE.replace('{port: 443}', '{port: 443, targetPort: 8443}'), gateway(`${tlsServer('a')}, ${tlsServer('b')}`),
      policy(`${from(CART, sni('a'))}, {to: [{operation: {ports: ["8443", "15090"]}}], when: [{key: destination.port, values: ["8443"]}]}`)), []],
    ['one for a port that may be that of the pods', all(gateway(`${tlsServer('a')}, ${tlsServer('b')}`), policy(`${from(CART, sni('a'))}, {to: [{operation: {ports: ["8443"]}}]}`)), []],
    ['one for a port, or for any', all(gateway(`${tlsServer('a')}, ${tlsServer('b')}`),
      policy(`${from(CART, sni('a'))}, {to: [{operation: {ports: ["15090"]}}, {operation: {notPorts: ["1"]}}]}`)), []],
    ['one for the port of a Service that calls it by a name', all(SERVICE.replace('{port: 443}', '{port: 443, targetPort: tls}'), gateway(`${tlsServer('a')}, ${tlsServer('b')}`),
      policy(`${from(CART, sni('a'))}, {to: [{operation: {ports: ["8443"]}}]}`)), []],
    ['one of a trial run, and one that denies', all(gateway(`${tlsServer('a')}, ${tlsServer('b')}`), policy(from(CART, sni('a')), 'DENY'),
      doc('security.istio.io/v1', 'AuthorizationPolicy', 'dry', 'istio-system', `{selector: {matchLabels: {istio: egressgateway}}, rules: [${from(CART, sni('a'))}]}`,
        ', annotations: {istio.io/dry-run: "true"}')), []],
  ],
  MX0805: [
    ['the namespace of the gateway', all(SERVICE, gateway(tlsServer()), policy('', 'ALLOW', '')), ['policy spec']],
    ['another namespace', all(SERVICE, gateway(tlsServer()), policy('', 'ALLOW', '', 'shop')), []],
    ['a rule for everything', all(SERVICE, gateway(tlsServer()), policy('', 'ALLOW', ''), policy('{}')), []],
  ],
  MX0806: [
    ['a "*" in the middle, no trust domain, no identity', policy(from('{principals: [cluster.local/ns/*/sa/a, ns/shop/sa/a, cart]}')),
      [0, 1, 2].map(i => `policy spec rules 0 from 0 source principals ${i}`)],
    ['parts that are missing, empty, too many, or in other letters; a blank', policy(from(
      '{principals: [cluster.local/ns/shop/cart, cluster.local/ns/a/sa/b/, cluster.local/NS/a/sa/b, cluster.local/ns/a/sa/, " cluster.local/ns/a/sa/b", example.org/ns/a, cluster.local/cart]}')),
    [0, 1, 2, 3, 4, 5, 6].map(i => `policy spec rules 0 from 0 source principals ${i}`)],
    ['whom a policy leaves out, and a condition', policy(`${from('{notPrincipals: ["spiffe://a/ns/b/sa/c"]}')}, {when: [{key: source.principal, notValues: [cart]}]}`, 'DENY'),
      ['policy spec rules 0 from 0 source notPrincipals 0', 'policy spec rules 1 when 0 notValues 0']],
    ['the form of serviceAccounts', policy(from('{principals: [shop/cart], notPrincipals: [shop/admin]}')), ['principals', 'notPrincipals'].map(name => `policy spec rules 0 from 0 source ${name} 0`)],
    ['accounts in their own field', policy(from('{serviceAccounts: [shop/cart, cart]}')), []],
    ['patterns at the ends, identities of another issuer', policy(from('{principals: ["*", "*/ns/shop/sa/a", "cluster.local/ns/shop/*", example.org/cart]}')), []],
    ['a pattern in the handshake', gateway(tlsServer('a', '{mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.local/ns/shop/*"]}')),
      ['egress spec servers 0 tls subjectAltNames 0']],
    ['certificates of another issuer', all(gateway(tlsServer('a', '{mode: MUTUAL, subjectAltNames: [client.example.com]}')), rule('{mode: SIMPLE, subjectAltNames: [db.example.com]}')), []],
    ['the other side of mutual TLS', rule('{mode: ISTIO_MUTUAL, subjectAltNames: [gateway.example.com]}'), ['rule spec trafficPolicy tls subjectAltNames 0']],
  ],
  MX0807: [
    ['the host of requests', all(entry(HTTP), policy('{to: [{operation: {hosts: ["db.example.com:*"]}}]}', 'DENY', '', 'shop')), ['policy spec rules 0 to 0 operation hosts']],
    ['a policy for a gateway, for a waypoint, of another namespace', all(entry(HTTP), gateway(tlsServer()),
      policy('{to: [{operation: {hosts: [db.example.com]}}]}', 'DENY', 'selector: {matchLabels: {istio: egressgateway}}', 'shop'),
      policy('{to: [{operation: {hosts: [db.example.com]}}]}', 'DENY', 'targetRefs: [{kind: ServiceEntry, group: networking.istio.io, name: db}]', 'shop'),
      policy('{to: [{operation: {hosts: [db.example.com]}}]}', 'DENY', '', 'elsewhere')), []],
    ['a host of the mesh', all(entry(HTTP, 'location: MESH_INTERNAL'), policy('{to: [{operation: {hosts: [db.example.com]}}]}', 'DENY', '', 'shop')), []],
  ],
  MX0808: [
    ['a value among others', all(gateway(tlsServer()), policy(from(CART, sni('db.example.com', 'old.example.com')))), ['policy spec rules 0 when 0 values 1']],
    ['patterns on either side', all(gateway(`${tlsServer('*.example.com')}, ${tlsServer('in.shop.a.b')}`), policy(from(CART, sni('a.example.com', 'in.shop.*', '*.b', '*')))), []],
    ['patterns that nothing matches', all(gateway(tlsServer('in.shop.a')), policy(from(CART, sni('in.data.*', '*.b')))), [0, 1].map(i => `policy spec rules 0 when 0 values ${i}`)],
    ['a gateway that is not there', policy(from(CART, sni('a'))), []],
    ['capitals, which proxies make small letters of before they compare', all(gateway(tlsServer('DB.example.com')), policy(from(CART, sni('DB.example.com', 'db.example.com')))),
      ['policy spec rules 0 when 0 values 0']],
  ],
  MX0809: [
    ['a mesh that nobody told of', policy(from('{principals: [td.example/ns/shop/sa/a]}')), []],
    ['a mesh of which somebody said that it has the default', policy(from('{principals: [td.example/ns/shop/sa/a]}')), ['policy spec rules 0 from 0 source principals 0'], { isTrustDomainTold: true }],
    ['a mistyped one, though nobody told of it', gateway(tlsServer('a', '{mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.lokal/ns/shop/sa/a"]}')),
      ['egress spec servers 0 tls subjectAltNames 0']],
    ['those of other clusters', policy(from('{principals: [cluster2.local/ns/shop/sa/a, cluster-a.local/ns/shop/sa/a, cluster.prod/ns/shop/sa/a]}')), []],
    ['two trust domains in one mesh', policy(from('{principals: [td.example/ns/shop/sa/a, cluster.local/ns/shop/sa/a]}')), ['policy spec rules 0 from 0 source principals 0']],
    ['"cluster.local" in the handshake of a mesh with another one', gateway(tlsServer('a', '{mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.local/ns/shop/sa/a"]}')),
      ['egress spec servers 0 tls subjectAltNames 0'], { trustDomain: 'td.example' }],
    ['an alias', policy(from('{principals: [old.example/ns/shop/sa/a]}')), [], { trustDomain: 'td.example', trustDomainAliases: ['old.example'] }],
  ],
  MX0810: [
    ['a mistyped namespace of an identity, where the input has the right one', all(pods('app: cart'), policy(from('{principals: [cluster.local/ns/shops/sa/cart]}'))), ['policy spec rules 0 from 0 source principals 0']],
    ['another namespace', all(pods('app: cart'), policy(from('{principals: [cluster.local/ns/reports/sa/cart]}'))), []],
    ['a mistyped namespace', all(pods('app: a'), policy(from('{notNamespaces: [shop, shpo]}'))), ['policy spec rules 0 from 0 source notNamespaces 1']],
    ['namespaces of another repository, a pattern', all(namespace('shop-eu', ''), namespace('team-1', ''), policy(from('{namespaces: [shop-us, team-2, stock, "shp*"]}'))), []],
    ['an account beside a gateway alone, whose clients are not in the input', all(gateway(tlsServer()), pods('istio: egressgateway', 'serviceAccountName: out'), policy(from('{principals: [cluster.local/ns/shop/sa/carts]}'))), []],
    ['a name that is almost one, in a policy', all(pods('app: a', 'serviceAccountName: cart'), policy(from('{principals: [cluster.local/ns/shop/sa/carts]}'))),
      ['policy spec rules 0 from 0 source principals 0']],
    ['by the namespace, of the policy\'s own one and in a condition', all(pods('app: a', 'serviceAccountName: cart'), policy(from('{notServiceAccounts: [shop/web]}')),
      policy(from('{serviceAccounts: [web]}'), 'ALLOW', '', 'shop'), policy('{when: [{key: source.principal, notValues: [cluster.local/ns/shop/sa/web]}]}')),
    ['policy spec rules 0 from 0 source notServiceAccounts 0', 'policy spec rules 0 from 0 source serviceAccounts 0', 'policy spec rules 0 when 0 notValues 0']],
    ['an account that has a ServiceAccount, a Rollout, a machine or a gateway', all(pods('app: a', 'serviceAccountName: cart'), doc('v1', 'ServiceAccount', 'web', 'shop', '{}'),
      doc('argoproj.io/v1alpha1', 'Rollout', 'r', 'shop', '{template: {spec: {serviceAccountName: roll}}}'), istio('WorkloadEntry', 'vm', 'shop', '{address: 192.0.2.1, serviceAccount: vm}'),
      entry(TCP, 'resolution: STATIC, endpoints: [{address: 192.0.2.2, serviceAccount: there}]'), waypoint(), doc('gateway.networking.k8s.io/v1', 'Gateway', 'out', 'shop', '{gatewayClassName: istio}'),
      policy(from(`{principals: [${['web', 'roll', 'vm', 'there', 'waypoint', 'out-istio', 'default'].map(name => `cluster.local/ns/shop/sa/${name}`).join(', ')}]}`))), []],
    ['a namespace without workloads, another trust domain, a pattern', all(pods('app: a', 'serviceAccountName: cart'),
      policy(from('{principals: [cluster.local/ns/data/sa/x, other.example/ns/shop/sa/x, cluster.local/ns/shop/sa/*, "*/sa/x"]}'))), []],
  ],
  MX0811: [
    ['the older field for one target', all(installed('Hostname'), policy(from(CART), 'ALLOW', `targetRef: ${OF_GATEWAY}`, 'shop')), ['policy spec targetRef']],
    ['a Gateway that Istio deploys, with an address or without', all(installed('IPAddress'), policy(from(CART), 'ALLOW', `targetRefs: [${OF_GATEWAY}]`, 'shop')), []],
    ['a ServiceEntry and a Service without a waypoint, or that want none', all(AMBIENT, attached(''), web, policy('', 'DENY', `targetRefs: [${OF_ENTRY}, {kind: Service, group: core, name: web}]`, 'shop'),
      attached('istio.io/use-waypoint: none', 'data'), policy('', 'DENY', `targetRefs: [${OF_ENTRY}]`, 'data')), ['policy spec targetRefs 0', 'policy spec targetRefs 1', 'policy spec targetRefs 0']],
    ['with one, of their own or of their namespace, which may be elsewhere', all(namespace('a', ''), attached('istio.io/use-waypoint: waypoint', 'a'), policy('', 'DENY', `targetRefs: [${OF_ENTRY}]`, 'a'),
      namespace('b', 'istio.io/use-waypoint: waypoint'), attached('', 'b'), policy('', 'DENY', `targetRefs: [${OF_ENTRY}]`, 'b'), attached('', 'c'), policy('', 'DENY', `targetRefs: [${OF_ENTRY}]`, 'c'),
      namespace('d', ''), policy('', 'DENY', `targetRefs: [${OF_ENTRY}]`, 'd')), []],
    ['the class of every waypoint', all(namespace('istio-system', ''), doc('gateway.networking.k8s.io/v1', 'GatewayClass', 'istio-waypoint', 'istio-system', '{controllerName: istio.io/mesh-controller}'),
      policy('', 'DENY', 'targetRefs: [{group: gateway.networking.k8s.io, kind: GatewayClass, name: istio-waypoint}]')), []],
    ['pods with the label', all(installed('Hostname'), pods('gateway.networking.k8s.io/gateway-name: out'), policy(from(CART), 'ALLOW', `targetRefs: [${OF_GATEWAY}]`, 'shop')), []],
  ],
  MX0311: [
    ...([
      ['what a gateway has for the mesh, and nobody sends there', '', '{mode: ISTIO_MUTUAL}', ['leg spec tcp 0 route 0 destination host']],
      ['not what clients outside of the mesh send', '', '{mode: PASSTHROUGH}', []],
      ['not what sidecars send there for another host', istio('VirtualService', 'alias', 'shop', '{hosts: [alias.example.com], tcp: [{route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, subset: db, '
        + 'port: {number: 443}}}]}]}'), '{mode: ISTIO_MUTUAL}', []],
    ] as [string, string, string, string[]][]).map(([what, more, tls, found]): Row => (
      [what, all(entry(TCP, 'resolution: DNS'), SERVICE, gateway(tlsServer('s.db.example.com', tls)), ...more === '' ? [] : [more],
        istio('DestinationRule', 'to', 'shop', '{host: istio-egressgateway.istio-system.svc.cluster.local, subsets: [{name: db, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: s.db.example.com}}}]}'),
        istio('VirtualService', 'leg', 'shop', '{hosts: [s.db.example.com], gateways: [egress], tcp: [{match: [{port: 443}], route: [{destination: {host: db.example.com, port: {number: 3306}}}]}]}')), found])),
    ...([
      ['{mode: ISTIO_MUTUAL, sni: db.example.com}', '{mode: SIMPLE, credentialName: c}', 'a certificate that is not of the mesh'], ['{mode: ISTIO_MUTUAL, sni: db.example.com}', '{mode: MUTUAL, credentialName: c}', 'two kinds of mutual TLS'],
      ['{mode: SIMPLE, sni: db.example.com}', '{mode: MUTUAL, credentialName: c}', 'no certificate of the client'],
    ] as const).map(([sent, served, name]): Row => [name, all(...mutual(sent, tlsServer('db.example.com', served))), ['db spec tcp 0 route 0 destination host']]),
    ['a server name of the gateway\'s rule that the sidecars do not send', passingOn('db.example.com', 'bd.example.com'), ['db spec tls 1 match 0 sniHosts']],
    ['a server name of the sidecars that no server has', passingOn('bd.example.com', 'db.example.com'), ['db spec tls 0 match 0 sniHosts']],
    ['a rule of others for the gateway, which the sender does not see', all(...THROUGH_PLAINTEXT, rule('{mode: ISTIO_MUTUAL, sni: bank.example.com}', 'exportTo: ["."]', GATEWAY_HOST, 'payments')), []],
    ['one server name, and one below a wildcard', all(passingOn('db.example.com', 'db.example.com'), passingOn('db.example.com', '*.example.com')), []],
    ['TLS of the mesh to plaintext', all(...mutual('{mode: ISTIO_MUTUAL, sni: db.example.com}', tlsServer('db.example.com', '', 'TCP'))), ['db spec tcp 0 route 0 destination host']],
    ['TLS with the server outside through plaintext', all(...mutual('{mode: SIMPLE, sni: db.example.com}', tlsServer('db.example.com', '', 'TCP'))), []],
    ['TLS that both sides speak', all(...mutual('{mode: ISTIO_MUTUAL, sni: db.example.com}', tlsServer()), ...mutual('{mode: MUTUAL, sni: db.example.com}', tlsServer('db.example.com', '{mode: MUTUAL}'))), []],
  ],
  MX0406: [
    ['of a ServiceEntry, one of two', all(entry(TCP, 'resolution: STATIC, endpoints: [{address: 192.0.2.1, labels: {v: a}}]'), subsetsOf('a', 'b')), ['rule spec subsets 1 labels']],
    ['of one with names, or with a selector beside', all(entry(TCP, 'resolution: DNS, endpoints: [{address: a.example.com}]'), subsetsOf('a')), []],
    ['of one that somebody else declares', subsetsOf('a'), []],
    ...([['version', ['rule spec subsets 0 labels']], ['rollouts-pod-template-hash', []]] as const).map(([label, found]): Row => [`of a Service, by the label ${label}`, all(doc('v1', 'Service', 'reviews', 'shop', '{selector: {app: reviews}, ports: [{port: 80}]}'), pods('app: reviews, version: v1'),
      istio('DestinationRule', 'rule', 'shop', `{host: reviews, subsets: [{name: canary, labels: {${label}: a}}]}`)), [...found]]),
  ],
  MX0321: [
    ...([
      ['for every account', tlsServer('own.example.org'), ['own spec servers 0']],
      ['for plaintext', tlsServer('own.example.org', '', 'TCP'), ['own spec servers 0']],
      ['for named accounts', tlsServer('own.example.org', '{mode: ISTIO_MUTUAL, subjectAltNames: ["spiffe://cluster.local/ns/data/sa/a"]}'), []],
    ] as const).map(([name, server, found]): Row => [`a server ${name} to the host of another one`, all(...NAMED, ownDoor(server, 'db.example.com')), [...found]]),
    ['a server to another name of the host', all(...NAMED, doc('v1', 'Service', 'alias', 'data', '{type: ExternalName, externalName: db.example.com, ports: [{port: 6379}]}'),
      ownDoor(tlsServer('own.example.org'), 'alias.data.svc.cluster.local')), ['own spec servers 0']],
    ['a server to another host, or another port of the host', all(...NAMED, ownDoor(tlsServer('own.example.org'), 'own.example.org'), ownDoor(tlsServer('own.example.org'), 'db.example.com', 9999)), []],
    ['two servers for everybody', all(...THROUGH_GATEWAY, ownDoor(tlsServer('own.example.org'), 'db.example.com')), []],
    ['a server of which a policy names the clients', all(...THROUGH_GATEWAY, policy(`${from(CART, sni('db.example.com'))}, ${from(CART, sni('own.example.org'))}`), ownDoor(tlsServer('own.example.org'), 'db.example.com')), []],
    ['a server that the policy for the other one is not for', all(...THROUGH_GATEWAY, policy(from(CART, sni('db.example.com'))), ownDoor(tlsServer('own.example.org'), 'db.example.com')), ['own spec servers 0']],
  ],
  MX0310: [
    ['a server on a port that another Service of the gateway may have', all(SERVICE, gateway(tlsServer().replace('443', '8443'))), []],
    ['the same where the pods are in the input', all(SERVICE, gateway(tlsServer().replace('443', '8443')), doc('apps/v1', 'Deployment', 'gw', 'istio-system', '{template: {metadata: {labels: {istio: egressgateway, app: out}}}}')),
      ['egress spec servers 0 port number']],
  ],
  MX0216: [
    ['pods, a machine by its metadata and a group with the labels', all(selecting('a'), pods('app: a'), selecting('b'), istio('WorkloadEntry', 'vm', 'shop', '{address: 192.0.2.1}', ', labels: {app: b}'),
      selecting('c'), istio('WorkloadGroup', 'group', 'shop', '{metadata: {labels: {app: c}}}')), []],
    ['pods of another namespace', all(selecting('a'), pods('app: a').replaceAll('shop', 'other'), pods('app: b')), ['db spec workloadSelector']],
    ['a namespace without workloads, an entry without a selector', all(selecting('a'), entry(TCP), pods('app: a').replaceAll('shop', 'other')), []],
    ['one of two labels', all(selecting('a, version: v1'), pods('app: a, version: v2')), ['db spec workloadSelector']],
  ],
  MX0217: [
    ['one of two ports, by Endpoints and by slices together', all(bare('{name: a, port: 1}, {name: b, port: 2}, {name: c, port: 3}'), endpoints('a'), slice('c')), ['legacy spec ports 1']],
    ['a port without a name on one of the two sides', all(bare('{port: 1}'), endpoints('a')), ['legacy spec ports 0']],
    ['no name on either side', all(bare('{port: 1}'), endpoints('')), []],
    ['endpoints that are elsewhere, or of another namespace', all(bare('{name: a, port: 1}'), endpoints('b').replaceAll('shop', 'other')), []],
    ['a Service with a selector, or another name', all(bare('{name: a, port: 1}', 'selector: {app: a}, '), bare('{name: a, port: 1}', 'type: ExternalName, externalName: a.b, '), endpoints('b')), []],
    ['what has no address', all(bare('{name: a, port: 1}'), endpoints('b').replace('{ip: 192.0.2.1}', '')), []],
  ],
  MX0317: [
    ['loopback of either family', gateway(['127.0.0.2', '::1'].map(bind => tlsServer().replace('{port', `{bind: "${bind}", port`)).join(', ')), [0, 1].map(i => `egress spec servers ${i} bind`)],
    ['every address, one of the network', gateway(['0.0.0.0', '::', '10.0.0.1', 'name'].map(bind => tlsServer().replace('{port', `{bind: "${bind}", port`)).join(', ')), []],
  ],
  MX0218: [
    ['HTTP to port 443, by its number, its targetPort and the port of an endpoint', all(entry('{number: 443, name: http, protocol: HTTP}'), entry(HTTP),
      entry('{number: 80, name: http, protocol: HTTP}', 'resolution: DNS, endpoints: [{address: a.example.com, ports: {http: 443}}]')),
    ['db spec ports 0 protocol', 'db spec ports 0 targetPort', 'db spec ports 0 protocol']],
    ['a rule for the port, for a wildcard over the host, in a subset', all(entry(HTTP), rule('{mode: SIMPLE}', 'exportTo: ["."]', '"*.example.com"')), []],
    ['rules that nobody looks up who sees the service', all(entry(HTTP), rule('{mode: SIMPLE}', '', 'db.example.com', 'other'), rule('{mode: SIMPLE}', 'exportTo: ["."]', 'db.example.com', CLOSED_MESH.rootNamespace)),
      ['db spec ports 0 targetPort']],
    ['a rule of the whole mesh, and one of another namespace that sees the service', all(entry(HTTP), rule('{mode: SIMPLE}', '', 'db.example.com', CLOSED_MESH.rootNamespace),
      entry(HTTP, 'resolution: DNS, exportTo: ["*"]', 'b.example.com'), rule('{mode: SIMPLE}', 'exportTo: ["."]', 'b.example.com', 'other')), []],
    ['a rule that MX0403 tells to be exported in vain', all(entry(HTTP), rule('{mode: SIMPLE}', 'exportTo: [shop]', 'db.example.com', 'other')), []],
    ['a rule for a wildcard that the gateway does not see', all(...REQUESTS_THROUGH_GATEWAY, rule('{mode: SIMPLE}', 'exportTo: ["."]', '"*.example.com"')), ['db spec ports 0 targetPort']],
    ['a rule for a wildcard that the gateway sees', all(...REQUESTS_THROUGH_GATEWAY, rule('{mode: SIMPLE}', 'exportTo: [istio-system]', '"*.example.com"')), []],
    ['a rule of the host that MX0403 tells to be hidden from the gateway', all(...REQUESTS_THROUGH_GATEWAY, rule('{mode: SIMPLE}', 'exportTo: ["."]')), []],
    ['a rule of the host, where the gateway finds another before it', all(...REQUESTS_THROUGH_GATEWAY, rule('{mode: SIMPLE}', 'exportTo: [istio-system]'),
      istio('DestinationRule', 'wide', 'istio-system', '{host: "*.com", trafficPolicy: {connectionPool: {}}}')), ['db spec ports 0 targetPort']],
    ['a rule in a subset', all(entry(HTTP), istio('DestinationRule', 'rule', 'shop', '{host: db.example.com, subsets: [{name: a, trafficPolicy: {tls: {mode: MUTUAL}}}]}')), []],
    ['a rule that switches TLS off, and one for another port', all(entry(HTTP), rule('{mode: DISABLE}'),
      istio('DestinationRule', 'rule', 'shop', '{host: db.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]}}')), ['db spec ports 0 targetPort']],
    ['one host of two', all(entry(HTTP, 'resolution: DNS', 'db.example.com, b.example.com'), rule('{mode: SIMPLE}')), ['db spec ports 0 targetPort']],
    ['what sidecars send to a gateway, which sends to another port', all(entry(HTTP, 'resolution: DNS'), gateway(tlsServer()), httpThrough('other.example.com')), []],
    ['what a gateway sends there', all(entry(HTTP, 'resolution: DNS'), gateway(tlsServer()), httpThrough('db.example.com')), ['db spec ports 0 targetPort']],
    ['what an http rule sends to a port for TLS', all(entry('{number: 80, name: http, protocol: HTTP}, {number: 8443, name: tls, protocol: HTTPS}'), sentTo(8443)), ['route spec http 0 route 0 destination port number']],
    ['what it sends to a port for HTTP, or to one with a rule that adds TLS', all(entry('{number: 80, name: http, protocol: HTTP}, {number: 8080, name: h, protocol: HTTP}'), sentTo(8080)), []],
    ['what it sends to a port for TLS with a rule that adds TLS', all(entry('{number: 80, name: http, protocol: HTTP}, {number: 8443, name: tls, protocol: HTTPS}'), sentTo(8443), rule('{mode: SIMPLE}')), []],
    ['what a gateway sends without a port, to the only one or to that of the gateway', all(entry(TLS), route('http', '{port: 80}', '{host: db.example.com}', '[egress]'),
      entry(`${WEB}, ${TLS}`, 'resolution: DNS', 'b.example.com'), route('http', '{port: 443}', '{host: b.example.com}', '[egress]')), [
      'route spec http 0 route 0 destination host', 'route spec http 0 route 0 destination host',
    ]],
    ['what a gateway sends without a port to one for HTTP, and sidecars, which take requests on no port for TLS', all(entry(`${WEB}, ${TLS}`),
      route('http', '{port: 80}', '{host: db.example.com}', '[egress]'), route('http', '{port: 443}', '{host: db.example.com}')), []],
    ['TLS, TCP, HTTP to another port, endpoints on another port', all(entry(TLS), entry('{number: 443, name: tcp, protocol: TCP}'), entry('{number: 80, name: http, protocol: HTTP}'),
      entry(HTTP, 'resolution: DNS, endpoints: [{address: a.example.com, ports: {http: 8080}}]')), []],
  ],
  MX0403: [
    ['a rule for a gateway where no pod of the sender looks', all(...THROUGH_GATEWAY, pods('app: cart'), rule('{mode: ISTIO_MUTUAL}', 'exportTo: ["*"]', GATEWAY_HOST, 'other')), ['rule metadata namespace']],
    ['a rule beside the gateway that is not exported', all(...THROUGH_GATEWAY, pods('app: cart'), rule('{mode: ISTIO_MUTUAL}', 'exportTo: ["."]', GATEWAY_HOST, 'istio-system')), ['rule spec exportTo']],
    ['rules of the sender, beside the gateway, and one without TLS', all(...THROUGH_GATEWAY, pods('app: cart'), rule('{mode: ISTIO_MUTUAL}', 'exportTo: ["."]', GATEWAY_HOST)), []],
    ['a rule that is exported beside the gateway', all(...THROUGH_GATEWAY, pods('app: cart'), rule('{mode: ISTIO_MUTUAL}', 'exportTo: ["*"]', GATEWAY_HOST, 'istio-system')), []],
    ['one elsewhere, where the sender has its own', all(...THROUGH_GATEWAY, pods('app: cart'), rule('{mode: ISTIO_MUTUAL}', '', GATEWAY_HOST, 'other'), rule('{mode: ISTIO_MUTUAL}', '', GATEWAY_HOST)), []],
    ['one elsewhere, where the input has no pods of the sender, or pods there', all(...THROUGH_GATEWAY, rule('{mode: ISTIO_MUTUAL}', '', GATEWAY_HOST, 'other')), []],
    ['one elsewhere, where the input has pods there', all(...THROUGH_GATEWAY, pods('app: cart'), pods('app: a').replace('namespace: shop', 'namespace: other'),
      rule('{mode: ISTIO_MUTUAL}', '', GATEWAY_HOST, 'other')), []],
    ['one elsewhere with a subset that nobody sends to, and for a Service that is no gateway', all(pods('app: cart'), SERVICES,
      istio('DestinationRule', 'rule', 'other', '{host: reviews.shop.svc.cluster.local, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}, subsets: [{name: v2}]}'), route('tcp', '{}', '{host: reviews}')), []],
    ['one elsewhere with a subset that the sender sends to', all(pods('app: cart'), SERVICES,
      istio('DestinationRule', 'rule', 'other', '{host: reviews.shop.svc.cluster.local, subsets: [{name: v2}]}'), route('tcp', '{}', '{host: reviews, subset: v2}')), ['rule metadata namespace']],
    ['one for others alone, where the gateway takes plaintext', all(...THROUGH_PLAINTEXT, pods('app: cart'), rule('{mode: ISTIO_MUTUAL, sni: bank.example.com}', 'exportTo: [payments]', GATEWAY_HOST, 'istio-system')), []],
    ['one beside an entry that has the name of a Service elsewhere', all(entry(TCP, 'location: MESH_INTERNAL, exportTo: [".", data]', 'mysql.data.svc.cluster.local'),
      istio('DestinationRule', 'rule', 'shop', '{host: mysql.data.svc.cluster.local, exportTo: [".", data], trafficPolicy: {tls: {mode: SIMPLE}}}')), []],
    ['one elsewhere that says nothing of TLS', all(...THROUGH_GATEWAY, pods('app: cart'), istio('DestinationRule', 'rule', 'other', `{host: ${GATEWAY_HOST}, trafficPolicy: {connectionPool: {}}}`)), []],
    ['one of the sender alone, where another namespace follows the route as well', all(...FOR_EVERYBODY, podsIn('blog')), ['rule metadata namespace']],
    ...(['other', 'db'] as const).map((name): Row => [`a subset of the sender alone, where the others have a rule of their own for the gateway with the subset "${name}"`, all(
      ...FOR_EVERYBODY.map(text => text.replace('port: {number: 443}}', 'port: {number: 443}, subset: db}').replace('trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}', 'subsets: [{name: db, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}]')),
      podsIn('blog'), istio('DestinationRule', 'own', 'blog', `{host: ${GATEWAY_HOST}, subsets: [{name: ${name}}]}`),
    ), name === 'db' ? [] : ['rule metadata namespace']]),
    ['one of the sender alone, where the others see no entry', all(...FOR_EVERYBODY.map(text => text.replace('exportTo: ["*"]', 'exportTo: ["."]')), podsIn('blog')), []],
    ['one of the sender alone, where the others have a route of their own', all(...FOR_EVERYBODY, podsIn('blog'), FOR_EVERYBODY[3].replace('namespace: shop', 'namespace: blog')), []],
    ['one of the sender alone, where nothing of the others goes through a sidecar', all(...FOR_EVERYBODY,
      podsIn('blog').replace('metadata: {labels: {app: web}}', 'metadata: {labels: {app: web}, annotations: {sidecar.istio.io/interceptionMode: NONE}}'),
      podsIn('news').replace('containers: [{name: app}]', 'containers: [{name: app, securityContext: {runAsUser: 1337}}]')), []],
    ['one of the sender alone, where the others do not import the route', all(...FOR_EVERYBODY, podsIn('blog'), istio('Sidecar', 'default', 'blog', '{egress: [{hosts: ["./*"]}]}')), []],
    ['one of the sender alone, where the others have no sidecar', all(...FOR_EVERYBODY, podsIn('blog'), namespace('blog', 'a: b')), []],
    ['one of the sender alone, where the pods of others want no sidecar', all(...FOR_EVERYBODY, podsIn('blog').replace('app: web', 'sidecar.istio.io/inject: "false"')), []],
    ['one of the sender alone, where the others are beside the gateway', all(...FOR_EVERYBODY, podsIn('istio-system')), []],
    ['one of the sender alone, where the route is for labels that pods of the others have', all(...FOR_EVERYBODY.map(text => text.replace('port: 6379}', 'port: 6379, sourceLabels: {app: web}}')), podsIn('blog')),
      ['rule metadata namespace']],
    ['one of the sender alone, where the route is for labels of its own pods', all(...FOR_EVERYBODY.map(text => text.replace('port: 6379}', 'port: 6379, sourceLabels: {app: cart}}')), podsIn('blog')), []],
    ['one of the sender alone, where the others keep the port, or the address, from their sidecars', all(...FOR_EVERYBODY, redirecting('blog', 'excludeOutboundPorts: "6379"'),
      redirecting('news', 'includeOutboundIPRanges: 10.0.0.0/8'), redirecting('wiki', 'excludeOutboundIPRanges: 0.0.0.0/0')), []],
    ['one of the sender alone, where the others keep another port from their sidecars', all(...FOR_EVERYBODY, redirecting('blog', 'excludeOutboundPorts: "443"')), ['rule metadata namespace']],
    ['one of the sender alone, where a Sidecar of the mesh imports what is in the namespace itself', all(...FOR_EVERYBODY, podsIn('blog'), istio('Sidecar', 'default', CLOSED_MESH.rootNamespace, '{egress: [{hosts: ["./*"]}]}')), []],
    ['one of the sender alone, where a Sidecar of the mesh imports everything', all(...FOR_EVERYBODY, podsIn('blog'), istio('Sidecar', 'default', CLOSED_MESH.rootNamespace, '{egress: [{hosts: ["*/*"]}]}')),
      ['rule metadata namespace']],
    ['one of the sender alone, where a Sidecar of the pods does not import the route', all(...FOR_EVERYBODY, podsIn('blog'),
      istio('Sidecar', 'web', 'blog', '{workloadSelector: {labels: {app: web}}, egress: [{hosts: ["./*"]}]}')), []],
    ['one of the sender alone, where a Sidecar of other pods does not import the route', all(...FOR_EVERYBODY, podsIn('blog'),
      istio('Sidecar', 'web', 'blog', '{workloadSelector: {labels: {app: api}}, egress: [{hosts: ["./*"]}]}')), ['rule metadata namespace']],
    ['one of the sender alone, where the others have one for a wildcard', all(...FOR_EVERYBODY, podsIn('blog'),
      rule('{mode: ISTIO_MUTUAL}', 'exportTo: ["."]', '"*.istio-system.svc.cluster.local"', 'blog')), []],
    ['one of the sender alone, where the others have one for another wildcard', all(...FOR_EVERYBODY, podsIn('blog'),
      rule('{mode: ISTIO_MUTUAL}', 'exportTo: ["."]', '"*.data.svc.cluster.local"', 'blog')), ['rule metadata namespace']],
    ['one of the sender alone, where the route is exported to it alone', all(...FOR_EVERYBODY.map(text => text.replace('gateways: [mesh', 'exportTo: ["."], gateways: [mesh')), podsIn('blog')), []],
    ['one of the sender alone, where the route names the others, who may write the rule elsewhere', all(...FOR_EVERYBODY.map(text => text.replace('gateways: [mesh', 'exportTo: [".", blog], gateways: [mesh')), podsIn('blog')), []],
  ],
  MX0413: [
    ['subnets beside the addresses of the host', all(entry(TCP, 'addresses: [192.0.2.1], resolution: DNS'), route('tcp', '{port: 6379, destinationSubnets: [192.0.3.0/24, "2001:db8::/64"]}', '{host: a}')),
      ['route spec tcp 0 match 0 destinationSubnets']],
    ['subnets that hold one, or are inside of a range', all(entry(TCP, 'addresses: [192.0.2.1, 198.51.100.0/24], resolution: DNS'), route('tcp', '{destinationSubnets: [192.0.2.0/24]}', '{host: a}'),
      route('tcp', '{destinationSubnets: [198.51.100.128/25]}', '{host: a}')), []],
    ['a host whose addresses DNS alone knows, and what is no address', all(entry(TCP), route('tcp', '{destinationSubnets: [192.0.3.0/24]}', '{host: a}')), []],
    ['one match of two', all(entry(TCP, 'addresses: [192.0.2.1]'), route('tcp', '{destinationSubnets: [192.0.2.1/32]}, {destinationSubnets: [192.0.3.0/24]}', '{host: a}')), []],
    ['what is no address', all(entry(TCP, 'addresses: [192.0.2.1]'), route('tcp', '{destinationSubnets: [192.0.3]}', '{host: a}')), []],
    ['a gateway, which does not look at them', all(entry(TCP, 'addresses: [192.0.2.1]'), route('tcp', '{destinationSubnets: [192.0.3.0/24]}', '{host: a}', '[egress]')), []],
  ],
  MX0415: [
    ['labels beside gateways in http, those of sidecars too', all(route('http', '{gateways: [mesh], sourceLabels: {app: cart}}', '{host: a}'), route('http', '{gateways: [egress], sourceNamespace: cart}', '{host: a}', '[mesh, egress]')),
      ['route spec http 0 match 0 sourceLabels', 'route spec http 0 match 0 sourceNamespace']],
    ['what is for a gateway alone, in tcp', route('tcp', '{sourceLabels: {app: cart}}', '{host: a}', '[egress]'), ['route spec tcp 0 match 0 sourceLabels']],
    ['what is for a gateway alone, in http', route('http', '{sourceLabels: {app: cart}}', '{host: a}', '[egress]'), ['route spec http 0 match 0 sourceLabels']],
    ['labels of a delegate, of which the match that delegates names gateways', all(
      istio('VirtualService', 'root', 'shop', '{hosts: [a], http: [{match: [{gateways: [mesh], uri: {prefix: /}}], delegate: {name: leaf}}]}'),
      istio('VirtualService', 'leaf', 'shop', '{http: [{match: [{sourceLabels: {app: cart}}], route: [{destination: {host: a}}]}]}')), ['leaf spec http 0 match 0 sourceLabels']],
    ['without gateways in http, for sidecars in tcp and tls', all(route('http', '{sourceLabels: {app: cart}, sourceNamespace: cart}', '{host: a}'),
      ...['tcp', 'tls'].map(kind => route(kind, '{gateways: [mesh, egress], sourceLabels: {app: cart}}', '{host: a}', '[mesh, egress]')), route('http', '{gateways: [mesh], sourceLabels: {}}', '{host: a}')), []],
  ],
  MX0414: [
    ['the port of the endpoints, in a rule and in a subset', all(entry(HTTP), istio('DestinationRule', 'rule', 'shop', `{host: db.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 80}}, {port: {number: 443}}]},
      subsets: [{name: a}, {name: b, trafficPolicy: {portLevelSettings: [{port: {number: 8080}}]}}]}`)),
    ['rule spec trafficPolicy portLevelSettings 1 port number', 'rule spec subsets 1 trafficPolicy portLevelSettings 0 port number']],
    ['a port of a Service', all(SERVICE, istio('DestinationRule', 'rule', 'shop', `{host: ${GATEWAY_HOST}, trafficPolicy: {portLevelSettings: [{port: {number: 8443}}]}}`)),
      ['rule spec trafficPolicy portLevelSettings 0 port number']],
    ['a wildcard, which is for other hosts as well', all(entry(TLS, 'exportTo: ["."]', '"*.example.com"'),
      istio('DestinationRule', 'rule', 'shop', '{host: "*.example.com", trafficPolicy: {portLevelSettings: [{port: {number: 80}}]}}')), []],
    ['a host that nothing declares, a port of one entry of two', all(istio('DestinationRule', 'rule', 'shop', '{host: other.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 1}}]}}'),
      entry(HTTP), entry(TCP), istio('DestinationRule', 'rule', 'shop', '{host: db.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 6379}}]}}')), []],
  ],
  MX0412: [
    ['a delegate with hosts', all(delegating('{delegate: {name: leaf}}'), leaf('hosts: [a.example.com], ')), ['api spec http 0 delegate']],
    ['a delegate of another namespace that is not exported', all(delegating('{route: []}, {delegate: {name: leaf, namespace: other}}'), leaf('exportTo: ["."], ', '', 'other')), ['api spec http 1 delegate']],
    ['one that is exported, by name or to everybody', all(delegating('{delegate: {name: leaf, namespace: other}}'), leaf('exportTo: [shop], ', '', 'other')), []],
    ['one that is not there', delegating('{delegate: {name: leaf}}'), []],
    ['a match that is not within that of the rule, beside one that is', all(delegating('{match: [{uri: {prefix: /a}}], delegate: {name: leaf}}'),
      leaf('', '{match: [{uri: {prefix: /a/b}}]}, {match: [{uri: {prefix: /c}}]}')), ['leaf spec http 1']],
    ['a match that is within one of two rules', all(delegating('{match: [{uri: {prefix: /a}}], delegate: {name: leaf}}, {match: [{uri: {prefix: /c}}], delegate: {name: leaf}}'),
      leaf('', '{match: [{uri: {prefix: /a/b}}]}, {match: [{uri: {prefix: /c}}]}')), []],
  ],
  MX0611: [
    ['the port of the Service is open', all(...GUARDED, letIn('{ports: [{port: 443}]}')), ['network spec ingress']],
    ['nothing is open', all(...GUARDED, letIn('')), ['network spec ingress']],
    ['another protocol', all(...GUARDED, letIn('{ports: [{port: 8443, protocol: UDP}]}')), ['network spec ingress']],
    ['the port of the pods, a range, every port, a name that nobody knows', ['{ports: [{port: 8443}]}', '{ports: [{port: 8000, endPort: 9000}]}', '{from: [{podSelector: {}}]}', '{ports: [{port: tls}]}']
      .map((rules, i) => letIn(rules, '{}', String(i))).reduce((before, policy_) => all(before, policy_), all(...GUARDED)), []],
    ['each of them alone', all(...GUARDED, letIn('{ports: [{port: 8000, endPort: 9000}]}')), []],
    ['a second policy opens', all(...GUARDED, letIn(''), letIn('{ports: [{port: 8443}]}', '{matchLabels: {app: out}}', 'second')), []],
    ['a policy for other pods, or perhaps for other pods', all(...GUARDED, letIn('', '{matchLabels: {istio: ingressgateway}}'), letIn('', '{matchLabels: {version: v1}}')), []],
    ['pods whose container names the port', all(...GUARDED.map(text => text.replace('targetPort: 8443', 'targetPort: tls')),
      doc('apps/v1', 'Deployment', 'gw', 'istio-system', '{template: {metadata: {labels: {istio: egressgateway, app: out}}, spec: {containers: [{ports: [{name: tls, containerPort: 8443}]}]}}}'),
      letIn('{ports: [{port: 443}]}')), ['network spec ingress']],
    ['its own namespace, one by a slip, one by a label that it lacks, other pods: not the pods that are sent there', all(...GUARDED, pods('app: cart'), INJECTED,
      letIn(`{from: [{podSelector: {}}, ${ofNamespace('kubernetes.io/metadata.name: shpo')}, ${ofNamespace('team: shop')}, {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}`)), ['network spec ingress']],
    ...[ofNamespace('kubernetes.io/metadata.name: shop'), ofNamespace('istio-injection: enabled'), ofNamespace(''), '{ipBlock: {cidr: 10.0.0.0/8}}'].map((peer): Row => (
      [`the pods that are sent there by ${peer}`, all(...GUARDED, pods('app: cart'), INJECTED, letIn(`{from: [${peer}]}`)), []])),
    ['a label of a namespace whose labels nobody knows', all(...GUARDED, pods('app: cart'), letIn(`{from: [${ofNamespace('team: shop')}]}`)), []],
    ['pods of a namespace that nobody declares the host for, without a sidecar', all(...GUARDED, podsIn('other'), namespace('shop', ''), pods('app: cart'),
      letIn(`{from: [${ofNamespace('kubernetes.io/metadata.name: third')}]}`)), []],
    ['a gateway that is elsewhere', all(gateway(tlsServer()), letIn('')), []],
    ['what the gateway connects to', all(...GUARDED, letOut('10.0.0.0/8')), ['network spec egress']],
    ['its address on another port', all(...GUARDED, letOut('192.0.2.0/24', 3306)), ['network spec egress']],
    ['its address', all(...GUARDED, letOut('192.0.2.0/24', 6379)), []],
    ['what the gateway connects to is inside of the mesh', all(...GUARDED, letOut('10.0.0.0/8')).replace('endpoints:', 'location: MESH_INTERNAL, endpoints:'), []],
  ],
  MX0812: [
    ['by a condition, of what is denied, and what is left out', all(CHART, policy('{to: [{operation: {notPorts: ["443"]}}], when: [{key: destination.port, values: ["443"], notValues: ["80", "8443"]}]}', 'DENY')),
      ['to 0 operation notPorts 0', 'when 0 values 0', 'when 0 notValues 0'].map(place => `policy spec rules 0 ${place}`)],
    ['a policy of the root namespace for pods of another one', all(web, pods('app: web'), policy(onPorts(80), 'ALLOW', 'selector: {matchLabels: {app: web}}')), ['policy spec rules 0 to 0 operation ports 0']],
    ['a port by its name', all(web.replace('8080', 'http'), pods('app: web', 'containers: [{ports: [{name: http, containerPort: 8081}]}]'), forWeb(onPorts(80, 8081))), ['policy spec rules 0 to 0 operation ports 0']],
    ['a name that no container has, or no pod is there for', all(web.replace('8080', 'http'), forWeb(onPorts(80)), pods('app: other')), []],
    ['the port of the pods, and those of the proxy', all(CHART, policy(onPorts(8443, 8080, 15021, 15090))), []],
    ['a Service of other pods, of another namespace', all(web, CHART, policy(onPorts(443), 'DENY', 'selector: {matchLabels: {app: other}}', 'shop'), policy(onPorts(80), 'ALLOW', 'selector: {matchLabels: {app: web}}', 'other')), []],
    ['what another Service, a container, a probe, a metric or a Sidecar has there', all(
      web, pods('app: web', 'containers: [{ports: [{containerPort: 80}]}]'), forWeb(onPorts(80)),
      web.replaceAll('web', 'two').replace('80,', '81,'), doc('v1', 'Service', 'other', 'shop', '{selector: {app: two}, ports: [{port: 9, targetPort: 81}]}'), forWeb(onPorts(81)).replace('app: web', 'app: two'),
      web.replaceAll('web', 'three').replace('80,', '82,'), pods('app: three', 'containers: [{readinessProbe: {httpGet: {port: 82}}}]', 'three'), forWeb(onPorts(82)).replace('app: web', 'app: three'),
    ), []],
    ['a port on which a Sidecar has its workloads listen', all(web, pods('app: web'), istio('Sidecar', 'in', 'shop', '{ingress: [{port: {number: 80, protocol: HTTP}, defaultEndpoint: "127.0.0.1:8080"}]}'), forWeb(onPorts(80))), []],
    ['a policy for every pod, for a waypoint', all(web, pods('app: web'), policy(onPorts(80), 'ALLOW', '', 'shop'),
      policy(onPorts(80), 'ALLOW', 'targetRefs: [{kind: Service, group: "", name: web}]', 'shop')), []],
    ['a gateway whose Service is elsewhere', all(gateway(tlsServer()), policy(onPorts(443))), []],
  ],
  MX0813: [
    ['a port of nobody', all(web, pods('app: web', 'containers: [{ports: [{containerPort: 8080}]}]'), forWeb(onPorts(8080, 8443))), ['policy spec rules 0 to 0 operation ports 1']],
    ['a port of the metrics', all(web, pods('app: web').replace('labels: {app: web}', 'labels: {app: web}, annotations: {prometheus.io/port: "9100"}'), forWeb(onPorts(9100, 9101))), ['policy spec rules 0 to 0 operation ports 1']],
    ['what is the port of the Service', all(web, pods('app: web'), forWeb(onPorts(80))), []],
    ['pods that say nothing of ports, without a Service, and pods that are elsewhere', all(pods('app: web'), forWeb(onPorts(5)), CHART, policy(onPorts(9999))), []],
    ['a server of a Gateway that no Service has', all(gateway('{port: {number: 9443, protocol: TLS}, hosts: [a], tls: {mode: ISTIO_MUTUAL}}'), CHART,
      doc('apps/v1', 'Deployment', 'gw', 'istio-system', '{template: {metadata: {labels: {istio: egressgateway, app: out}}}}'), policy(onPorts(9443, 9444))), ['policy spec rules 0 to 0 operation ports 1']],
  ],
  MX0201: [['the younger of two', all(aged('young', LATE), aged('old', EARLY)), ['young spec hosts 0']]],
  MX0203: [
    ['the younger of two', all(aged('young', LATE, 'a.example.com'), aged('old', EARLY, 'b.example.com')), ['young spec ports 0']],
    ['of one age the later by its name, wherever it stands', all(aged('first', '', 'z.example.com'), aged('second', '', 'a.example.com')), ['first spec ports 0']],
    ['one that nobody has applied yet', all(aged('new', '', 'a.example.com'), aged('old', EARLY, 'b.example.com')), ['new spec ports 0']],
    ['one without hosts, which the API server refuses', all(entry(TCP, undefined, ''), entry(TCP)), []],
    ['the second where nobody knows', all(aged('one', '', 'a.example.com'), aged('two', '', 'b.example.com')), ['two spec ports 0']],
    ['several hosts of one entry', entry(TCP, 'resolution: DNS, exportTo: ["."]', 'db-1.example.com, db-2.example.com'), ['db spec ports 0']],
    ['the second port alone, with addresses and DNS capture', entry(`${TLS}, ${TCP}`, 'resolution: STATIC, addresses: [192.0.2.1]', 'db-1.example.com, db-2.example.com'),
      ['db spec ports 1'], { dnsCapture: true, ipAutoAllocate: true }],
    ['two without resolution, whose clients get to the address that they dial', all(...['a', 'b'].map(host => entry(TCP, 'resolution: NONE', `${host}.example.com`))), []],
    ['one of them without resolution', all(...['NONE', 'DNS'].map(how => entry(TCP, `resolution: ${how}`, `${how.toLowerCase()}.example.com`))), ['db spec ports 0']],
    ['one host, TLS and HTTP, and no resolution', all(entry(TCP), entry(`${TLS}, ${HTTP}`, 'resolution: DNS', 'a.example.com, b.example.com'),
      entry('{number: 1433, name: tcp, protocol: TCP}', 'addresses: [192.0.2.1]', 'a.example.com, b.example.com')), []],
  ],
  MX0204: [
    ['an HTTP Service that another namespace keeps to itself', all(entry(TCP), webService('data', '.')), []],
    ['an HTTP Service that another namespace exports to everybody', all(entry(TCP), webService('data', '*')), ['db spec ports 0']],
    ['one that is exported to the namespace of the entry', all(entry(TCP), webService('data', 'other, shop')), ['db spec ports 0']],
    ['one that is kept to the only namespace in common', all(entry(TCP, 'resolution: DNS'), webService('data', '.')), ['db spec ports 0']],
  ],
  MX0402: [['the younger of two', all(...[['young', LATE], ['old', EARLY]].map(([name, created]) => (
    istio('VirtualService', name, 'shop', '{hosts: [db.example.com], tcp: [{route: [{destination: {host: db.example.com}}]}]}', `, creationTimestamp: "${created}"`)))),
  ['young spec hosts 0']],
  ['connections on different ports', two('{tcp: [{match: [{port: 1}], ROUTE}]}', '{tcp: [{match: [{port: 2}], ROUTE}]}'), []],
  ['the third of three, on the port of the second', two('{tcp: [{match: [{port: 1}], ROUTE}]}', '{tcp: [{match: [{port: 2}], ROUTE}]}', '{tcp: [{match: [{port: 2}], ROUTE}]}'),
    ['c spec hosts 0']],
  ['different server names, and one of the two again', two('{tls: [{match: [{port: 443, sniHosts: [a]}], ROUTE}]}', '{tls: [{match: [{port: 443, sniHosts: [b]}], ROUTE}]}',
    '{tls: [{match: [{sniHosts: [b]}], ROUTE}]}'), ['c spec hosts 0']],
  ['connections to different subnets', two('{tcp: [{match: [{destinationSubnets: [192.0.2.0/25]}], ROUTE}]}', '{tcp: [{match: [{destinationSubnets: [192.0.2.128/25]}], ROUTE}]}'), []],
  ['connections and requests', two('{tcp: [{ROUTE}]}', '{http: [{ROUTE}]}'), []],
  ['different requests', two('{http: [{match: [{uri: {prefix: /a}}], ROUTE}]}', '{http: [{match: [{uri: {prefix: /b}}], ROUTE}]}'), ['b spec hosts 0']],
  ['requests on different ports', two('{http: [{match: [{port: 80}], ROUTE}]}', '{http: [{match: [{port: 81}], ROUTE}]}'), []],
  ['sidecars with different labels, and a rule for gateways', two('{http: [{match: [{sourceLabels: {app: a}}], ROUTE}]}', '{http: [{match: [{sourceLabels: {app: b}}], ROUTE}]}',
    '{gateways: [mesh, egress], http: [{match: [{gateways: [egress]}], ROUTE}]}'), []]],
  MX0602: [
    ['Sidecars for some pods, of which others may need the host', all(entry(TCP), pods('app: a'), some('a', 'other/*')), []],
  ],
  MX0612: [
    ['a Sidecar and NetworkPolicies for labels that no pod has', all(pods('app: a'), some('b', './*'), network(DNS, '{matchLabels: {app: b}}')), ['of-b spec workloadSelector', 'network spec podSelector']],
    ['pods, a machine of the mesh, a label more', all(pods('app: a, v: "1"'), some('a', './*'), network(DNS, '{matchLabels: {app: a}}'), some('vm', './*'),
      istio('WorkloadEntry', 'vm', 'shop', '{address: 192.0.2.1, labels: {app: vm}}')), []],
    ['pods behind a Service that are not in the input', all(pods('app: a'), some('b', './*'), network(DNS, '{matchLabels: {app: b}}'),
      doc('v1', 'Service', 'b', 'shop', '{selector: {app: b}, ports: [{port: 80}]}')), []],
    ['labels that no template writes', all(pods('app: a'), network(DNS, '{matchLabels: {cnpg.io/cluster: orders}}'),
      istio('Sidecar', 'named', 'shop', '{workloadSelector: {labels: {service.istio.io/canonical-name: a}}, egress: [{hosts: ["./*"]}]}')), []],
    ['all pods but some', all(pods('app: a'), network(DNS, '{matchExpressions: [{key: app, operator: NotIn, values: [a]}]}', 'other')), []],
    ['a namespace without pods in the input, every pod, ingress', all(some('b', './*'), network(DNS, '{matchLabels: {app: b}}')), []],
    ['every pod, and ingress', all(pods('app: a'), istio('Sidecar', 'all', 'shop', '{egress: [{hosts: ["./*"]}]}'), network(DNS), letIn('{}', '{matchLabels: {app: b}}').replaceAll('istio-system', 'shop')), []],
  ],
  MX0603: [
    ['a policy for some pods, of which others may need the service', all(entry(TCP, 'addresses: [192.0.2.1], resolution: STATIC, endpoints: [{address: 192.0.2.1}], exportTo: ["."]'),
      pods('app: a'), network(DNS, '{matchLabels: {app: a}}', 'a')), []],
    ['a policy of another kind beside, whose openings add up', all(entry(TCP, 'addresses: [192.0.2.1], resolution: STATIC, endpoints: [{address: 192.0.2.1}], exportTo: ["."]'), network(DNS),
      doc('cilium.io/v2', 'CiliumNetworkPolicy', 'names', 'shop', '{egress: []}')), []],
    ['one of another namespace', all(entry(TCP, 'addresses: [192.0.2.1], resolution: STATIC, endpoints: [{address: 192.0.2.1}], exportTo: ["."]'), network(DNS),
      doc('cilium.io/v2', 'CiliumNetworkPolicy', 'names', 'other', '{egress: []}')), ['network']],
    ['a gateway that is not opened', all(...THROUGH_GATEWAY, network(DNS)), ['network']],
    ['a gateway that is opened on another port', all(...THROUGH_GATEWAY, network(to('istio-system', 'TCP443'))), ['network']],
    ['a gateway that is opened', all(...THROUGH_GATEWAY, network(to('istio-system', 'TCP8443'))), []],
    ['a gateway whose Service is elsewhere', all(...THROUGH_GATEWAY.slice(1), network(DNS)), []],
    ['the namespace of the gateway', all(...THROUGH_GATEWAY, network(DNS).replaceAll('namespace: shop', 'namespace: istio-system')), []],
  ],
  MX0901: [
    ['a policy at the gateway, pods, a service', all(gateway(tlsServer()), policy(from(CART)), pods('app: a'), istio('ServiceEntry', 'e', 'data', `{hosts: [e.example.com], ports: [${TCP}]}`)),
      ['app', 'e'], { outboundTrafficPolicy: 'ALLOW_ANY' }],
    ['pods of the gateway, of no sidecar, of an ambient namespace', all(AMBIENT, SERVICE, gateway(tlsServer()), policy(from(CART)), pods('app: a'),
      doc('apps/v1', 'Deployment', 'gw', 'istio-system', '{template: {metadata: {labels: {istio: egressgateway}}}}'),
      doc('apps/v1', 'Deployment', 'out', 'data', '{template: {metadata: {labels: {sidecar.istio.io/inject: "false"}}}}')), [], { outboundTrafficPolicy: 'ALLOW_ANY' }],
    ['a gateway that takes everybody', all(gateway(tlsServer()), pods('app: a')), [], { outboundTrafficPolicy: 'ALLOW_ANY' }],
    ['a Sidecar of a namespace whose pods a Gateway selects, and no gateway is among them', all(gateway(tlsServer()), policy(from(CART)), pods('app: a'), gateway(tlsServer('x.example.com'), 'selector: {app: a}', 'mine'),
      istio('Sidecar', 'default', 'shop', '{outboundTrafficPolicy: {mode: ALLOW_ANY}}')), ['default spec outboundTrafficPolicy']],
    ['not a Sidecar that sends what it does not know to a proxy', all(gateway(tlsServer()), policy(from(CART)), pods('app: a'),
      istio('Sidecar', 'default', 'shop', '{outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: proxy, port: {number: 80}}}}')), [], { outboundTrafficPolicy: 'ALLOW_ANY' }],
    ['a namespace without sidecars, which no Sidecar closes', all(gateway(tlsServer()), policy(from(CART)), namespace('shop', ''), pods('app: a'), opening('shop', 'REGISTRY_ONLY')), ['app'],
      { outboundTrafficPolicy: 'ALLOW_ANY' }],
    ['one that a NetworkPolicy of all of its pods closes, and an entry in one', all(gateway(tlsServer()), policy(from(CART)), namespace('shop', ''), pods('app: a'), network(DNS),
      namespace('data', ''), istio('ServiceEntry', 'e', 'data', `{hosts: [e.example.com], ports: [${TCP}]}`)), [], { outboundTrafficPolicy: 'ALLOW_ANY' }],
    ['a mesh on REGISTRY_ONLY', all(gateway(tlsServer()), policy(from(CART)), pods('app: a')), []],
    ['pods without a sidecar on REGISTRY_ONLY: of a namespace without, one that opts out by label or annotation, one with the network of its node',
      all(INJECTED, gateway(tlsServer()), policy(from(CART)), namespace('data', ''), ...([
        ['data', '{metadata: {labels: {app: a}}}'], ['shop', '{metadata: {labels: {sidecar.istio.io/inject: "false"}}}'],
        ['shop', '{metadata: {annotations: {sidecar.istio.io/inject: "false"}}}'], ['shop', '{spec: {hostNetwork: true}}'],
      ] as const).map(([place, template], i) => doc('apps/v1', 'Deployment', `d${i}`, place, `{template: ${template}}`))), ['d0', 'd1']],
    ['pods of a closed mesh that pass their sidecar by', all(INJECTED, gateway(tlsServer()), policy(from(CART)), ...[
      '{metadata: {annotations: {sidecar.istio.io/interceptionMode: NONE}}}', '{spec: {containers: [{name: a, securityContext: {runAsUser: 1337}}]}}',
      '{spec: {initContainers: [{name: istio-init, command: ["true"]}]}}',
    ].map((template, i) => doc('apps/v1', 'Deployment', `d${i}`, 'shop', `{template: ${template}}`))), ['d0']],
    ...([
      ['the port of a routed service', 'traffic.sidecar.istio.io/excludeOutboundPorts: "443, 6379"', ['d']], ['another port', 'traffic.sidecar.istio.io/excludeOutboundPorts: "9090"', []],
      ['every address', 'traffic.sidecar.istio.io/excludeOutboundIPRanges: 0.0.0.0/0', ['d']], ['an address', 'traffic.sidecar.istio.io/excludeOutboundIPRanges: 192.0.2.9/32', []],
      ['all but some addresses', 'traffic.sidecar.istio.io/includeOutboundIPRanges: 10.0.0.0/8', ['d']], ['nothing', 'traffic.sidecar.istio.io/includeOutboundIPRanges: "*"', []],
      ['an interface', 'traffic.sidecar.istio.io/excludeInterfaces: eth0', ['d']], ['everything by its proxy', 'proxy.istio.io/config: "interceptionMode: NONE"', ['d']],
    ] as const).map(([what, annotation, found]): Row => [`a pod of a closed mesh that keeps ${what} from its sidecar`, all(INJECTED, ...NAMED,
      doc('apps/v1', 'Deployment', 'd', 'shop', `{template: {metadata: {annotations: {${annotation}}}}}`)), [...found]]),
    ['pods of Kubernetes itself', all(...NAMED, namespace('kube-system', ''), doc('apps/v1', 'Deployment', 'dns', 'kube-system', '{template: {}}')), []],
    ['pods that a NetworkPolicy limits, those of a gateway, those with a sidecar', all(INJECTED, gateway(tlsServer()), policy(from(CART)), network(DNS), pods('app: a'),
      doc('apps/v1', 'Deployment', 'out', 'shop', '{template: {metadata: {labels: {app: out, sidecar.istio.io/inject: "false"}}}}'), namespace('istio-system', ''),
      doc('apps/v1', 'Deployment', 'gw', 'istio-system', '{template: {metadata: {labels: {istio: egressgateway}}}}')), []],
    ['a pod with the network of its node, which no NetworkPolicy is for', all(INJECTED, gateway(tlsServer()), policy(from(CART)), network(DNS),
      doc('apps/v1', 'Deployment', 'out', 'shop', '{template: {spec: {hostNetwork: true}}}')), ['out']],
    ['Sidecars that open a closed mesh: of a namespace, of some workloads, of every namespace', all(gateway(tlsServer()), policy(from(CART)), pods('app: a'),
      opening('app', 'ALLOW_ANY'), opening('data', 'ALLOW_ANY', 'workloadSelector: {labels: {app: b}}, '), opening('istio-system', 'ALLOW_ANY'), opening('closed', 'REGISTRY_ONLY')),
    ['of-app', 'of-data', 'of-istio-system'].map(name => `${name} spec outboundTrafficPolicy`)],
    ['a Sidecar of some workloads without a policy, in a namespace that is closed', all(gateway(tlsServer()), policy(from(CART)), pods('app: a'), opening('shop', 'REGISTRY_ONLY'),
      istio('Sidecar', 'some', 'shop', '{workloadSelector: {labels: {app: a}}, egress: [{hosts: ["./*"]}]}')), ['some spec outboundTrafficPolicy'], { outboundTrafficPolicy: 'ALLOW_ANY' }],
    ['a Sidecar of the mesh closes the namespaces without one', all(gateway(tlsServer()), policy(from(CART)), pods('app: a'), opening('istio-system', 'REGISTRY_ONLY')), [],
      { outboundTrafficPolicy: 'ALLOW_ANY' }],
    ['Sidecars that open, without a gateway that asks', all(gateway(tlsServer()), pods('app: a'), opening('app', 'ALLOW_ANY')), []],
  ],
  MX0905: [
    ['fields, wherever they are', all(
      istio('DestinationRule', 'rule', 'shop', '{host: a, subsets: [{name: old}, {name: new, trafficPolicy: {portLevelSettings: [{loadBalancer: {warmup: {duration: 1s}}}]}}], trafficPolicy: {retryBudget: {percent: 1}}}'),
      doc('telemetry.istio.io/v1', 'Telemetry', 'traces', 'shop', '{tracing: [{customTags: {a: {}, b: {formatter: {value: x}}}}]}'),
    ), ['rule spec subsets 1 trafficPolicy portLevelSettings 0 loadBalancer warmup', 'rule spec trafficPolicy retryBudget', 'traces spec tracing 0 customTags b formatter'],
    { istioVersion: '1.22' }],
    ['a field and, where that is newer still, one in it', istio('DestinationRule', 'rule', 'shop', '{host: a, trafficPolicy: {retryBudget: {percent: 1, budgetInterval: 1s}}}'),
      ['rule spec trafficPolicy retryBudget', 'rule spec trafficPolicy retryBudget budgetInterval'], { istioVersion: '1.26' }],
    ['a field of one that the version has', istio('DestinationRule', 'rule', 'shop', '{host: a, trafficPolicy: {retryBudget: {percent: 1, budgetInterval: 1s}}}'),
      ['rule spec trafficPolicy retryBudget budgetInterval'], { istioVersion: '1.30' }],
    ['a value, and no other one of the field', all(entry(TLS, 'resolution: DYNAMIC_DNS', 'any.example.com'), entry(TLS)), ['db spec resolution'], { istioVersion: '1.27' }],
    ['a kind', doc('extensions.istio.io/v1alpha1', 'TrafficExtension', 'lua', 'shop', '{lua: {inlineCode: x}}'), ['lua'], { istioVersion: '1.29' }],
    ['nothing that the version has', all(entry(TLS, 'resolution: DYNAMIC_DNS', 'any.example.com'),
      doc('extensions.istio.io/v1alpha1', 'TrafficExtension', 'lua', 'shop', '{lua: {inlineCode: x}}')), [], { istioVersion: '1.30' }],
    ['a kind of the name in another group', doc('example.com/v1', 'ServiceEntry', 'own', 'shop', '{resolution: DYNAMIC_DNS}'), [], { istioVersion: '1.22' }],
  ],
};

function passingOn(sent: string, taken: string): string {
  return all(SERVICE, entry(TLS), gateway(tlsServer('db.example.com', '{mode: PASSTHROUGH}')), istio('VirtualService', 'db', 'shop', `{hosts: [db.example.com], gateways: [mesh, egress], tls: [
    {match: [{gateways: [mesh], port: 443, sniHosts: ["${sent}"]}], route: [{destination: {host: ${GATEWAY_HOST}, port: {number: 443}}}]},
    {match: [{gateways: [egress], port: 443, sniHosts: ["${taken}"]}], route: [{destination: {host: db.example.com, port: {number: 443}}}]}]}`));
}

function sentTo(port: number): string {
  return route('http', '{uri: {prefix: /}}', `{host: db.example.com, port: {number: ${port}}}`);
}

function httpThrough(host: string): string {
  return istio('VirtualService', 'route', 'shop', `{hosts: [db.example.com], gateways: [mesh, egress], http: [
    {match: [{gateways: [mesh]}], route: [{destination: {host: ${GATEWAY_HOST}, port: {number: 443}}}]},
    {match: [{gateways: [egress]}], route: [{destination: {host: ${host}, port: {number: 80}}}]}]}`);
}

function onWeb(exit: number): string {
  return httpThrough('db.example.com').replace('{gateways: [mesh]}', '{gateways: [mesh], port: 80}').replace('number: 80}', `number: ${exit}}`);
}

function some(app: string, host: string): string {
  return istio('Sidecar', `of-${app}`, 'shop', `{workloadSelector: {labels: {app: ${app}}}, egress: [{hosts: ["${host}"]}]}`);
}

function mirroring(mirror: string): string {
  return istio('VirtualService', 'route', 'shop', `{hosts: [reviews], http: [{route: [{destination: {host: reviews}}], ${mirror}}]}`);
}

function behindAll(gateways: string, named: string): string {
  return istio('VirtualService', 'route', 'shop', `{hosts: [db.example.com], gateways: ${gateways}, tcp: [{route: []}, {match: [{gateways: ${named}, port: 443}], route: []}]}`);
}

function aged(name: string, created: string, host = 'db.example.com'): string {
  return istio('ServiceEntry', name, 'shop', `{hosts: [${host}], ports: [${TCP}], resolution: DNS, exportTo: ["."]}`, created === '' ? '' : `, creationTimestamp: "${created}"`);
}

function opening(place: string, mode: string, selector = ''): string {
  return istio('Sidecar', `of-${place}`, place, `{${selector}outboundTrafficPolicy: {mode: ${mode}}}`);
}

describe.each(Object.entries(ROWS))('%s', (id, rows) => {
  test.each(rows.map(row => [row[0], row] as const))('%s', (_, [, yaml, found, facts]) => {
    expect(foundBy(id, yaml, facts)).toEqual(found);
  });
});

test('a rule reads whatever stands where it looks', () => {
  const odd = ['null', '1', 'text', '[]', '[null, 1, [], {}]', '{a: b}'];
  const fields = ['hosts', 'ports', 'servers', 'selector', 'rules', 'tls', 'trafficPolicy', 'subsets', 'egress', 'podSelector', 'targetRefs', 'template', 'listeners', 'exportTo', 'http',
    'outboundTrafficPolicy', 'workloadSelector', 'policyTypes', 'action', 'addresses', 'endpoints'];
  const kinds: [string, string][] = [['networking.istio.io/v1', 'ServiceEntry'], ['networking.istio.io/v1', 'Gateway'], ['networking.istio.io/v1', 'VirtualService'],
    ['networking.istio.io/v1', 'DestinationRule'], ['networking.istio.io/v1', 'Sidecar'], ['security.istio.io/v1', 'AuthorizationPolicy'], ['apps/v1', 'Deployment'],
    ['networking.k8s.io/v1', 'NetworkPolicy'], ['gateway.networking.k8s.io/v1', 'Gateway'], ['v1', 'Service'], ['v1', 'Pod']];
  const yaml = kinds.flatMap(([apiVersion, kind]) => odd.map((value, i) => (
    doc(apiVersion, kind, `o${i}`, 'shop', `{${fields.map(field => `${field}: ${value}`).join(', ')}}`, ', labels: {istio.io/use-waypoint: x}'))));
  const view = new MeshView({ ...CLOSED_MESH, dataPlane: 'ambient', outboundTrafficPolicy: 'ALLOW_ANY' }, objectsOf(all(INJECTED, ...yaml)));

  expect(() => CATALOGUE.filter(({ id }) => Object.hasOwn(ROWS, id)).forEach(candidate => candidate.check(view))).not.toThrow();
});

test('the fix of MX0704 names the port to which a gateway was to send, for TLS that nobody would add', () => {
  const fixes = (port: number) => CATALOGUE.find(({ id }) => id === 'MX0704')!.check(new MeshView(CLOSED_MESH, objectsOf(all(
    entry(`${HTTP}, ${TLS}`, 'resolution: DNS'), gateway(tlsServer('db.example.com', '{mode: ISTIO_MUTUAL}', 'HTTPS')),
    route('http', '{}', `{host: db.example.com, port: {number: ${port}}}`, '[egress]'),
    istio('DestinationRule', 'rule', 'shop', '{host: db.example.com, trafficPolicy: {portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]}}'),
  )))).map(({ fix }) => String(fix));

  expect(fixes(80)).toEqual([expect.stringMatching(/^let the gateway send to port 443 \(it sends to 80, where nobody adds TLS\); or remove 'tls'/)]);
  expect(fixes(443).filter(fix => fix.startsWith('let the gateway'))).toEqual([]);
});
