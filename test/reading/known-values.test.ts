import { readManifests } from '../../src/reading/manifests';

const problemsOf = (text: string) => readManifests([{ file: 'a.yaml', text, isNamed: true }]).problems.map(({ line, message }) => `${line} ${message}`);

const object = (apiVersion: string, kind: string, spec: string) => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: a\nspec:\n  ${spec}\n`;
const networking = (kind: string, spec: string) => object('networking.istio.io/v1', kind, spec);
const WEBHOOK = ': Istio\'s webhook refuses the object';
const REFUSED = ': the API server refuses the object';

test.each([
  [networking('ServiceEntry', 'resolution: dns'), `6 'spec.resolution' is one of NONE, STATIC, DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS, got "dns"${REFUSED}, did you mean DNS?`],
  [networking('ServiceEntry', 'location: OUTSIDE'), `6 'spec.location' is one of MESH_EXTERNAL, MESH_INTERNAL, got "OUTSIDE"${REFUSED}`],
  [networking('ServiceEntry', 'ports:\n    - {number: 1, name: a}\n    - {number: "443", name: b}'), `8 'spec.ports[1].number' is no number, got "443"${REFUSED}`],
  [networking('Gateway', 'servers:\n    - port:\n        number: "443"'), `8 'spec.servers[0].port.number' is no number, got "443"${REFUSED}`],
  [networking('Gateway', 'servers:\n    - tls:\n        mode: Passthrough'),
    `8 'spec.servers[0].tls.mode' is one of PASSTHROUGH, SIMPLE, MUTUAL, AUTO_PASSTHROUGH, ISTIO_MUTUAL, OPTIONAL_MUTUAL, got "Passthrough"${REFUSED}, did you mean PASSTHROUGH?`],
  [networking('DestinationRule', 'trafficPolicy:\n    tls:\n      mode: OFF'), `8 'spec.trafficPolicy.tls.mode' is one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL, got false${REFUSED}`],
  [networking('DestinationRule', 'subsets:\n    - trafficPolicy:\n        portLevelSettings:\n          - tls:\n              mode: simple\n      name: a'),
    `10 'spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode' is one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL, got "simple"${REFUSED}, did you mean SIMPLE?`],
  [networking('Sidecar', 'outboundTrafficPolicy:\n    mode: ALLOW-ANY'), `7 'spec.outboundTrafficPolicy.mode' is one of REGISTRY_ONLY, ALLOW_ANY, got "ALLOW-ANY"${REFUSED}, did you mean ALLOW_ANY?`],
  [object('security.istio.io/v1', 'AuthorizationPolicy', 'action: Allow'), `6 'spec.action' is one of ALLOW, DENY, AUDIT, CUSTOM, got "Allow"${REFUSED}, did you mean ALLOW?`],
  [networking('ServiceEntry', 'hosts: a.example.com'), `6 'spec.hosts' is no list, got "a.example.com"${REFUSED}`],
  [networking('VirtualService', 'tcp:\n    - match:\n        port: 1\n      route: [{destination: {host: a}}]'), `7 'spec.tcp[0].match' is no list, got {"port":1}${REFUSED}`],
  [networking('VirtualService', 'tls:\n    - route:\n        - destination:\n            port: 443\n      match: [{sniHosts: [a]}]'), `9 'spec.tls[0].route[0].destination.port' is no object, got 443${REFUSED}`],
  [networking('Gateway', 'servers:\n    - port: [443]'), `7 'spec.servers[0].port' is no object, got [443]${REFUSED}`],
  [networking('ServiceEntry', 'ports:\n    - {number: 1, name: a,\n      protocol: TSL}'),
    '8 \'spec.ports[0].protocol\' is one of TCP, TLS, HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, UDP, HTTP_PROXY, HBONE, got "TSL": Istio\'s webhook refuses the object, did you mean TLS?'],
  [networking('ServiceEntry', 'addresses: [192.0.2.14, 192.0.2.300]'), `6 'spec.addresses[1]' is no IP address and no range of them, got "192.0.2.300"${WEBHOOK}, write one like 192.0.2.14`],
  [networking('ServiceEntry', 'addresses: [192.0.2.0/33]'), `6 'spec.addresses[0]' is no IP address and no range of them, got "192.0.2.0/33"${WEBHOOK}, write one like`],
  [networking('ServiceEntry', 'addresses: [db.example.com]'), `6 'spec.addresses[0]' is no IP address and no range of them, got "db.example.com"${WEBHOOK}, write one like`],
  [networking('ServiceEntry', 'addresses: [12]'), `6 'spec.addresses[0]' is no text, got 12${REFUSED}`],
  [networking('ServiceEntry', 'resolution: DNS\n  addresses: [192.0.2.0/24]'), `7 'spec.addresses[0]' is a range, which 'resolution: DNS' cannot have, got "192.0.2.0/24"${WEBHOOK}, write single addresses`],
  [networking('ServiceEntry', 'resolution: STATIC\n  endpoints:\n    - address: db.example.com'),
    `8 'spec.endpoints[0].address' is no IP address, which 'resolution: STATIC' takes alone, got "db.example.com"${WEBHOOK}, write its addresses, or 'resolution: DNS'`],
  [networking('ServiceEntry', 'resolution: DNS\n  endpoints:\n    - address: 192.0.2.300'), `8 'spec.endpoints[0].address' is no IP address and no host name, got "192.0.2.300"${WEBHOOK}, write the name alone`],
  [networking('ServiceEntry', 'ports: [{name: tcp-a, number: 1}]\n  resolution: STATIC\n  endpoints:\n    - address: 192.0.2.14\n      ports:\n        tcp: 2'),
    `11 'spec.endpoints[0].ports.tcp' is no port of 'spec.ports', got "tcp"${WEBHOOK}, write the name of one: tcp-a`],
  [networking('ServiceEntry', 'hosts: [https://user:secret@api.example.com/v1]'), `6 'spec.hosts[0]' is no host name, got "https://***@api.example.com/v1"${WEBHOOK}, did you mean api.example.com?`],
  [networking('VirtualService', 'hosts: [api.example.com:443]'), `6 'spec.hosts[0]' is no host name, got "api.example.com:443"${WEBHOOK}, did you mean api.example.com?`],
  [networking('VirtualService', 'tcp:\n    - route:\n        - destination: {host: db_1.example.com}'), `8 'spec.tcp[0].route[0].destination.host' is no host name, got "db_1.example.com"${WEBHOOK}, write the name`],
  [networking('VirtualService', 'tls:\n    - route:\n        - weight: "100"\n      match: [{sniHosts: [a]}]'), `8 'spec.tls[0].route[0].weight' is no number, got "100"${REFUSED}`],
  [networking('VirtualService', 'hosts: ["*"]'), `6 'spec.hosts[0]' is every host, which a VirtualService without 'gateways' may not be for, got "*"${WEBHOOK}, name the hosts`],
  [networking('VirtualService', 'hosts: [a.example.com]\n  tls:\n    - match: [{sniHosts: [a.exmaple.com]}]\n      route: [{destination: {host: a}}]'),
    `8 'spec.tls[0].match[0].sniHosts[0]' is none of 'hosts' (a.example.com), got "a.exmaple.com"${WEBHOOK}, write one of them`],
  [networking('VirtualService', 'hosts: [a]\n  tls:\n    - match: [{port: 443}]\n      route: [{destination: {host: a}}]'), `8 'spec.tls[0].match[0]' has no 'sniHosts', got {"port":443}${WEBHOOK}`],
  [networking('VirtualService', 'hosts: [a]\n  tls:\n    - route: [{destination: {host: a}}]'), `8 'spec.tls[0]' has no 'match', got {"route":[{"destination":{"host":"a"}}]}${WEBHOOK}`],
  [networking('VirtualService', 'hosts: [a]\n  tcp:\n    - match: [{port: 443}]'), `8 'spec.tcp[0]' has no 'route', got {"match":[{"port":443}]}${WEBHOOK}, write the destination`],
  [networking('ServiceEntry', 'hosts: ["*"]'), `6 'spec.hosts[0]' is every host, those of the cluster too, got "*"${WEBHOOK}, write a domain`],
  [networking('Sidecar', 'egress: [{hosts: ["*"]}]'), `6 'spec.egress[0].hosts[0]' is no namespace and host, got "*"${WEBHOOK}, did you mean */*?`],
  [networking('Sidecar', 'egress: [{hosts: ["shop/a.example.com/x"]}]'), `6 'spec.egress[0].hosts[0]' is no namespace and host, got "shop/a.example.com/x"${WEBHOOK}, write them like`],
  [networking('DestinationRule', 'host: a\n  trafficPolicy: {tls: {mode: MUTUAL}}'), `7 'spec.trafficPolicy.tls' names no client certificate, which this mode needs, got "MUTUAL"${WEBHOOK}, write 'credentialName'`],
  [networking('Gateway', 'servers: [{port: {name: a}}, {port: {name: a}}]'), `6 'spec.servers[1].port.name' is the name of the port of 'spec.servers[0]' too, got "a"${WEBHOOK}, give each server a name`],
  [networking('DestinationRule', 'host: db.example.com:3306'), `6 'spec.host' is no host name, got "db.example.com:3306"${WEBHOOK}, did you mean db.example.com?`],
  [networking('Gateway', 'servers:\n    - hosts: ["shop/https://api.example.com"]'), `7 'spec.servers[0].hosts[0]' is no host name, got "shop/https://api.example.com"${WEBHOOK}, did you mean shop/api.example.com?`],
  [networking('ServiceEntry', 'ports:\n    - number: 330600\n      name: a'), `7 'spec.ports[0].number' is no number from 1 to 65535, got 330600${WEBHOOK}, write the number of a port`],
  [networking('ServiceEntry', 'exportTo: ["shop*"]'), `6 'spec.exportTo[0]' is no namespace, got "shop*"${WEBHOOK}, write the name of each`],
  [object('security.istio.io/v1', 'PeerAuthentication', 'mtls:\n    mode: STRCT'), `7 'spec.mtls.mode' is one of UNSET, DISABLE, PERMISSIVE, STRICT, got "STRCT"${REFUSED}, did you mean STRICT?`],
  [object('security.istio.io/v1', 'AuthorizationPolicy', 'rules:\n    - when:\n        - key: connection.sin'),
    `8 'spec.rules[0].when[0].key' is no attribute of Istio, got "connection.sin"${WEBHOOK}, did you mean connection.sni?`],
  [object('security.istio.io/v1', 'AuthorizationPolicy', 'rules:\n    - from:\n        - source: {ipBlocks: [10.0.0]}'),
    `8 'spec.rules[0].from[0].source.ipBlocks[0]' is no IP address and no range of them, got "10.0.0"${WEBHOOK}, write one like`],
  [object('security.istio.io/v1', 'AuthorizationPolicy', 'targetRefs:\n    - {kind: Service, name: web}\n    - kind: ServiceEntry\n      name: db'),
    `8 'spec.targetRefs[1].group' is not the group of a ServiceEntry, got ""${WEBHOOK}, write 'group: networking.istio.io'`],
  [object('security.istio.io/v1', 'AuthorizationPolicy', 'targetRef:\n    kind: Gateway\n    group: networking.istio.io'),
    `8 'spec.targetRef.group' is not the group of a Gateway, got "networking.istio.io"${WEBHOOK}, write 'group: gateway.networking.k8s.io'`],
  [object('security.istio.io/v1', 'AuthorizationPolicy', 'targetRefs:\n    - kind: Service\n      group: v1'), `8 'spec.targetRefs[0].group' is not the group of a Service, got "v1"${WEBHOOK}, leave it out`],
  [object('networking.k8s.io/v1', 'NetworkPolicy', 'egress:\n    - to: [{ipBlock: {cidr: 192.0.2.14}}]'),
    `7 'spec.egress[0].to[0].ipBlock.cidr' is no range of addresses, got "192.0.2.14"${REFUSED}, write one like 192.0.2.0/24`],
])('a value that Istio does not know is told with its line: %#', (text, problem) => {
  expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
});

test.each([
  networking('ServiceEntry', 'resolution: DYNAMIC_DNS\n  location: MESH_INTERNAL\n  ports:\n    - number: 443\n      name: a'),
  networking('Gateway', 'servers:\n    - tls:\n        mode: OPTIONAL_MUTUAL\n      port:\n        number: 443'),
  networking('DestinationRule', 'trafficPolicy:'),
  networking('ServiceEntry', 'hosts: [a]\n  ports:\n    - {name: a, protocol: https}\n    - {name: b, protocol: ""}\n    - name: c\n      protocol:'),
  object('example.com/v1', 'ServiceEntry', 'resolution: dns'),
  object('v1', 'Service', 'ports:\n    - number: "1"'),
  networking('ServiceEntry', 'hosts: [api.example.com, "*.example.com", "*-a.Example.com.", db]\n  addresses: [192.0.2.14, 192.0.2.0/24, "2001:db8::/32"]\n  exportTo: [".", shop]'),
  networking('ServiceEntry', 'resolution: STATIC\n  ports: [{name: tcp, number: 65535}]\n  endpoints: [{address: 192.0.2.14, ports: {tcp: 1}}, {address: "unix:///var/run/db"}, {network: a}]'),
  networking('ServiceEntry', 'resolution: DNS\n  addresses: [192.0.2.14]\n  endpoints: [{address: db.example.com}, {address: 192.0.2.14}]'),
  networking('VirtualService', 'hosts: ["*", 192.0.2.14, reviews]\n  gateways: [out]\n  tcp: [{match: [{port: 0, destinationSubnets: [10.0.0.0/8]}], route: [{destination: {host: a}, weight: 0}]}]'),
  networking('Gateway', 'servers: [{hosts: ["*", "./a.example.com", "shop/*.example.com", "~/a", 192.0.2.14], port: {number: 0}}]'),
  object('security.istio.io/v1', 'AuthorizationPolicy', 'rules: [{from: [{source: {ipBlocks: [10.0.0.1, 10.0.0.0/8]}}], when: [{key: "request.headers[x-a]"}, {key: source.ip}, {key: "experimental.envoy.filters.a[b]"}]}]'),
  object('security.istio.io/v1', 'AuthorizationPolicy', 'targetRefs: [{kind: Service, name: a}, {kind: Service, group: core}, {kind: ServiceEntry, group: networking.istio.io}, '
    + '{kind: Gateway, group: gateway.networking.k8s.io}, {kind: GatewayClass, group: gateway.networking.k8s.io}, {kind: Other}, {kind: ServiceEntry, gruop: networking.istio.io}, a]'),
  object('security.istio.io/v1', 'PeerAuthentication', 'mtls: {mode: STRICT}\n  portLevelMtls: {1: {mode: DISABLE}}'),
  networking('VirtualService', 'hosts: ["*.example.com"]\n  tls: [{match: [{sniHosts: [a.example.com]}], route: [{destination: {host: a}}]}, {matches: [], route: []}]'),
  networking('VirtualService', 'hosts: [a]\n  gateways: [out, mesh]\n  tls: [{match: [{sniHosts: [b]}], route: [{destination: {host: a}}]}]'),
  networking('DestinationRule', 'host: a\n  trafficPolicy: {tls: {mode: MUTUAL, credentialName: a}, portLevelSettings: [{tls: {mode: MUTUAL, clientCertificate: a, privateKey: b}}]}'),
  networking('Sidecar', 'egress: [{hosts: ["./*", "*/*", "~/*", "~shop/a.example.com", "shop/*.example.com"]}]'),
])('a value that it knows, and what is not there or not of Istio, is none: %#', text => {
  expect(problemsOf(text)).toEqual([]);
});

test.each([['12', '12'], ['[team-shop]', '["team-shop"]'], ['true', 'true']])('an annotation of the library that is no text is told with its line: %s', (value, got) => {
  const text = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n    ${name}: ${value}\n`;

  expect(problemsOf(text('cdk8s-istio-egress/owner'))).toEqual([`6 the annotation 'cdk8s-istio-egress/owner' is no text, got ${got}${REFUSED}`]);
  expect(problemsOf(text('cdk8s-istio-egress/acknowledge'))).toHaveLength(1);
  expect(problemsOf(text('example.com/owner'))).toEqual([]);
});

test.each([
  ['{port: {number: 443, name: tls, protocol: TLS}, hosts: [a]}', ['\'spec.servers[0].port.protocol\' asks for \'tls\', which \'spec.servers[0]\' has not, got "TLS": Istio\'s webhook refuses the object, '
    + 'write \'tls: {mode: PASSTHROUGH}\' for TLS of the clients, or the mode that ends it']],
  ['{port: {number: 443, name: tls, protocol: TLS}, hosts: [a], tsl: {mode: PASSTHROUGH}}', []],
  ['{port: {number: 443, name: tcp, protocol: TCP}, hosts: [a], tls: {mode: ISTIO_MUTUAL}}', ['\'spec.servers[0].tls\' is for servers of TLS and HTTPS, and the protocol is TCP, got "ISTIO_MUTUAL": '
    + 'Istio\'s webhook refuses the object, write \'protocol: TLS\' or HTTPS, or remove \'tls\'']],
  ['{port: {number: 80, name: http, protocol: HTTP}, hosts: [a], tls: {httpsRedirect: true}}', []],
  ['{port: {number: 443, name: https, protocol: HTTPS}, hosts: [a], tls: {mode: SIMPLE, credentialName: a}}', []],
])('TLS of a server and its protocol go together: %s', (server, messages) => {
  const text = `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: a, namespace: shop}\nspec: {selector: {istio: a}, servers: [${server}]}\n`;

  expect(readManifests([{ file: 'a.yaml', text, isNamed: true }]).problems.map(({ message }) => message.replace(/^.*?(?='spec)/, ''))).toEqual(messages);
});
