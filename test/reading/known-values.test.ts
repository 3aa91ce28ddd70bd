import { readManifests } from '../../src/reading/manifests';

const problemsOf = (text: string) => readManifests([{ file: 'a.yaml', text, isNamed: true }]).problems.map(({ line, message }) => `${line} ${message}`);

const object = (apiVersion: string, kind: string, spec: string) => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: a\nspec:\n  ${spec}\n`;
const networking = (kind: string, spec: string) => object('networking.istio.io/v1', kind, spec);
const REFUSED = ': the API server refuses the object';

test.each([
  [networking('ServiceEntry', 'resolution: dns'), `6 'spec.resolution' is one of NONE, STATIC, DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS, got "dns"${REFUSED}, did you mean DNS?`],
  [networking('ServiceEntry', 'location: OUTSIDE'), `6 'spec.location' is one of MESH_EXTERNAL, MESH_INTERNAL, got "OUTSIDE"${REFUSED}`],
  [networking('ServiceEntry', 'ports:\n    - number: 1\n    - number: "443"'), `8 'spec.ports[1].number' is no number, got "443"${REFUSED}`],
  [networking('Gateway', 'servers:\n    - port:\n        number: "443"'), `8 'spec.servers[0].port.number' is no number, got "443"${REFUSED}`],
  [networking('Gateway', 'servers:\n    - tls:\n        mode: Passthrough'),
    `8 'spec.servers[0].tls.mode' is one of PASSTHROUGH, SIMPLE, MUTUAL, AUTO_PASSTHROUGH, ISTIO_MUTUAL, OPTIONAL_MUTUAL, got "Passthrough"${REFUSED}, did you mean PASSTHROUGH?`],
  [networking('DestinationRule', 'trafficPolicy:\n    tls:\n      mode: OFF'), `8 'spec.trafficPolicy.tls.mode' is one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL, got false${REFUSED}`],
  [networking('DestinationRule', 'subsets:\n    - trafficPolicy:\n        portLevelSettings:\n          - tls:\n              mode: simple'),
    `10 'spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode' is one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL, got "simple"${REFUSED}, did you mean SIMPLE?`],
  [networking('Sidecar', 'outboundTrafficPolicy:\n    mode: ALLOW-ANY'), `7 'spec.outboundTrafficPolicy.mode' is one of REGISTRY_ONLY, ALLOW_ANY, got "ALLOW-ANY"${REFUSED}, did you mean ALLOW_ANY?`],
  [object('security.istio.io/v1', 'AuthorizationPolicy', 'action: Allow'), `6 'spec.action' is one of ALLOW, DENY, AUDIT, CUSTOM, got "Allow"${REFUSED}, did you mean ALLOW?`],
  [networking('ServiceEntry', 'hosts: a.example.com'), `6 'spec.hosts' is no list, got "a.example.com"${REFUSED}`],
  [networking('VirtualService', 'tcp:\n    - match:\n        port: 1'), `7 'spec.tcp[0].match' is no list, got {"port":1}${REFUSED}`],
  [networking('VirtualService', 'tls:\n    - route:\n        - destination:\n            port: 443'), `9 'spec.tls[0].route[0].destination.port' is no object, got 443${REFUSED}`],
  [networking('Gateway', 'servers:\n    - port: [443]'), `7 'spec.servers[0].port' is no object, got [443]${REFUSED}`],
  [networking('ServiceEntry', 'ports:\n    - number: 1\n      protocol: TSL'),
    '8 \'spec.ports[0].protocol\' is one of TCP, TLS, HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, UDP, HTTP_PROXY, HBONE, got "TSL": Istio\'s webhook refuses the object, did you mean TLS?'],
])('a value that Istio does not know is told with its line: %#', (text, problem) => {
  expect(problemsOf(text)).toEqual([problem]);
});

test.each([
  networking('ServiceEntry', 'resolution: DYNAMIC_DNS\n  location: MESH_INTERNAL\n  ports:\n    - number: 443'),
  networking('Gateway', 'servers:\n    - tls:\n        mode: OPTIONAL_MUTUAL\n      port:\n        number: 443'),
  networking('DestinationRule', 'trafficPolicy:'),
  networking('ServiceEntry', 'hosts: [a]\n  ports:\n    - protocol: https\n    - protocol: ""\n    - protocol:'),
  object('example.com/v1', 'ServiceEntry', 'resolution: dns'),
  object('v1', 'Service', 'ports:\n    - number: "1"'),
])('a value that it knows, and what is not there or not of Istio, is none: %#', text => {
  expect(problemsOf(text)).toEqual([]);
});

test.each([['12', '12'], ['[team-shop]', '["team-shop"]'], ['true', 'true']])('an annotation of the library that is no text is told with its line: %s', (value, got) => {
  const text = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n    ${name}: ${value}\n`;

  expect(problemsOf(text('cdk8s-istio-egress/owner'))).toEqual([`6 the annotation 'cdk8s-istio-egress/owner' is no text, got ${got}${REFUSED}`]);
  expect(problemsOf(text('cdk8s-istio-egress/acknowledge'))).toHaveLength(1);
  expect(problemsOf(text('example.com/owner'))).toEqual([]);
});
