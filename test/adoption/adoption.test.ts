import * as fs from 'node:fs';
import * as path from 'node:path';
import { adopted, ranBy, recipe, RECIPES, statementsOf } from './helpers';
import { obsolete } from '../../src/adoption/adoption';
import { run } from '../../src/adoption/program';
import { DEFAULT_FACTS } from '../../src/private/default-facts';
import { readManifests } from '../../src/reading/manifests';
import { answerOf, isOpen } from '../../src/report/answer';
import { Tracer } from '../../src/trace/trace';
import { identityOf } from '../../src/view/mesh-object';
import { MeshView } from '../../src/view/mesh-view';

const entry = (spec: string, more = '') => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: db, namespace: shop${more}}
spec: {${spec}}
`;
const rule = (policy: string, host = 'db.example.com', more = '') => `
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db, namespace: shop}
spec: {host: ${host}, trafficPolicy: {${policy}}${more}}
`;
const TCP = 'ports: [{number: 3306, name: tcp, protocol: TCP}]';
const DB = 'hosts: [db.example.com]';

describe('a ServiceEntry becomes the shortest construct that writes the same', () => {
  test.each([
    ['MySQL by address', `${DB}, addresses: [192.0.2.14], ${TCP}, exportTo: [.]`,
      'new ExternalMysql(shop, \'Db\', { host: \'db.example.com\', resolution: Resolution.ipAddresses(\'192.0.2.14\'), metadata: { name: \'db\' } });'],
    ['a range', `${DB}, addresses: [192.0.2.0/24], ${TCP}, exportTo: [.]`, 'resolution: Resolution.ipAddresses(\'192.0.2.0/24\')'],
    ['endpoints', `${DB}, addresses: [240.0.0.1], resolution: STATIC, endpoints: [{address: 192.0.2.14}, {address: 192.0.2.15}], ${TCP}, exportTo: [.]`,
      'resolution: Resolution.endpoints({ address: \'192.0.2.14\' }, { address: \'192.0.2.15\' }),\n  addresses: [\'240.0.0.1\']'],
    ['an endpoint by name', `${DB}, addresses: [240.0.0.1], resolution: DNS, endpoints: [{address: db.internal.example.com}], ${TCP}, exportTo: [.]`,
      'resolution: Resolution.endpoints({ address: \'db.internal.example.com\' })'],
    ['names', `${DB}, resolution: DNS, ${TCP}, exportTo: [.]`, 'resolution: Resolution.dns()'],
    ['one address at a time', `${DB}, resolution: DNS_ROUND_ROBIN, ${TCP}, exportTo: [.]`, 'resolution: Resolution.dnsRoundRobin()'],
    ['PostgreSQL', `${DB}, resolution: DNS, ports: [{number: 5432, name: tcp, protocol: TCP}], exportTo: [.]`, 'new ExternalPostgres('],
    ['Redis', `${DB}, resolution: DNS, ports: [{number: 6379, name: redis, protocol: REDIS}], exportTo: [.]`, 'new ExternalRedis('],
    ['another port of TCP', `${DB}, resolution: DNS, ports: [{number: 7000, name: tcp, protocol: TCP}], exportTo: [.]`, 'new ExternalTcp(shop, \'Db\', { host: \'db.example.com\', ports: [7000]'],
    ['TLS of the application', `${DB}, resolution: DNS, ports: [{number: 443, name: tls, protocol: TLS}], exportTo: [.]`, 'new ExternalTls(shop, \'Db\', { host: \'db.example.com\', resolution'],
    ['TLS on another port', `${DB}, resolution: DNS, ports: [{number: 8443, name: https, protocol: HTTPS}], exportTo: [.]`, 'port: 8443'],
    ['HTTP', `${DB}, resolution: DNS, ports: [{number: 8080, name: http, protocol: HTTP}], exportTo: [.]`, 'port: 8080,\n  tls: ClientTls.disable()'],
    ['gRPC', `${DB}, resolution: DNS, ports: [{number: 80, name: grpc, protocol: GRPC}], exportTo: [.]`, 'protocol: Protocol.GRPC'],
    ['a wildcard', 'hosts: ["*.example.com"], resolution: NONE, ports: [{number: 443, name: tls, protocol: TLS}], exportTo: [.]', 'resolution: Resolution.none()'],
    ['several ports, with their names', `${DB}, resolution: DNS, ports: [{number: 80, name: web, protocol: HTTP}, {number: 443, name: tls, protocol: TLS}], exportTo: [.]`,
      'ports: [{ number: 80, protocol: Protocol.HTTP, name: \'web\' }'],
    ['another port at the endpoints', `${DB}, resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}], exportTo: [.]`, 'targetPort: 8080'],
    ['everybody, when exportTo is left out', `${DB}, resolution: DNS, ${TCP}`, 'exportTo: [\'*\']'],
    ['named namespaces', `${DB}, resolution: DNS, ${TCP}, exportTo: [shop, data]`, 'exportTo: [\'.\', \'data\']'],
  ])('%s', (_what, spec, code) => {
    const found = adopted(entry(spec));

    expect(found.kept).toEqual([]);
    expect(statementsOf(found.source)).toContain(code);
  });

  test('with labels and annotations, and without what kubectl wrote', () => {
    const metadata = ', labels: {team: a}, annotations: {cdk8s-istio-egress/owner: b, kubectl.kubernetes.io/last-applied-configuration: "{}"}';

    expect(adopted(entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`, metadata)).source)
      .toContain('metadata: { name: \'db\', labels: { team: \'a\' }, annotations: { \'cdk8s-istio-egress/owner\': \'b\' } }');
  });
});

describe('a DestinationRule becomes options', () => {
  test.each([
    ['TLS', 'tls: {mode: SIMPLE, sni: db.example.com, subjectAltNames: [db.example.com]}', 'tls: ClientTls.originate()'],
    ['TLS with other names', 'tls: {mode: SIMPLE, sni: a.example.com, subjectAltNames: [b.example.com], caCertificates: /etc/ca.pem}',
      'ClientTls.originate({ sni: \'a.example.com\', subjectAltNames: [\'b.example.com\'], caCertificates: \'/etc/ca.pem\' })'],
    ['connections', 'connectionPool: {tcp: {maxConnections: 10, connectTimeout: 1500ms, tcpKeepalive: {time: 2h, interval: 75s, probes: 3}}}',
      'connection: {\n    connectTimeout: Duration.millis(1500),\n    maxConnections: 10,\n    tcpKeepalive: { probes: 3, time: Duration.hours(2), interval: Duration.seconds(75) },\n  }'],
    ['failing endpoints', 'outlierDetection: {consecutive5xxErrors: 3, interval: 30s, baseEjectionTime: 3m, maxEjectionPercent: 100}',
      'outlierDetection: {\n      consecutiveErrors: 3,\n      interval: Duration.seconds(30),\n      baseEjectionTime: Duration.minutes(3),\n      maxEjectionPercent: 100,\n    }'],
  ])('%s', (_what, policy, code) => {
    const found = adopted(`${entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`)}${rule(policy)}`);

    expect(found.kept).toEqual([]);
    expect(found.source).toContain(code);
    expect(found.adopted[0].replaced.map(({ name }) => name)).toEqual(['db']);
  });

  test.each([
    ['a setting that the library has no words for', 'loadBalancer: {simple: RANDOM}', '\'loadBalancer.simple\' of its DestinationRule would be lost'],
    ['a certificate that is not verified', 'tls: {mode: SIMPLE, insecureSkipVerify: true}', 'it would get a DestinationRule beside \'input.yaml:8\', and Istio uses one of them: its \'tls\' has no certificate check (insecureSkipVerify)'],
    ['a certificate in a file', 'tls: {mode: MUTUAL, clientCertificate: /a, privateKey: /b}', 'it would get a DestinationRule beside'],
    ['an empty object that turns something on', 'proxyProtocol: {}', '\'proxyProtocol\' of its DestinationRule would be lost'],
    ['ejection with the defaults of Istio', 'outlierDetection: {}', '\'outlierDetection\' of its DestinationRule would be lost'],
    ['endpoints by locality', 'loadBalancer: {localityLbSetting: {}}', '\'loadBalancer.localityLbSetting\' of its DestinationRule would be lost'],
    ['a setting of all ports beside those of the port', 'proxyProtocol: {version: V2}, portLevelSettings: [{port: {number: 3306}, tls: {mode: SIMPLE}}]',
      '\'proxyProtocol.version\' of its DestinationRule would be lost'],
    ['a tunnel beside settings of the port', 'tunnel: {targetHost: a.example.com, targetPort: 443}, portLevelSettings: [{port: {number: 3306}, tls: {mode: SIMPLE}}]',
      '\'tunnel.targetHost\' of its DestinationRule would be lost'],
  ])('and stays with its entry for %s', (_what, policy, why) => {
    const found = adopted(`${entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`)}${rule(policy)}`);

    expect(found.adopted).toEqual([]);
    expect(found.kept.map(({ object }) => object.kind)).toEqual(['ServiceEntry', 'DestinationRule']);
    expect(found.kept[0].why).toContain(why);
  });

  test('and what a port with settings of its own did not have until now is said', () => {
    const ports = 'ports: [{number: 7000, name: tcp, protocol: TCP}, {number: 7001, name: other, protocol: TCP}]';
    const policy = 'connectionPool: {tcp: {maxConnections: 9}}, portLevelSettings: [{port: {number: 7000}, tls: {mode: SIMPLE}}]';
    const found = adopted(`${entry(`${DB}, resolution: DNS, ${ports}, exportTo: [.]`)}${rule(policy)}`);

    expect(found.source).toContain('connection: { maxConnections: 9 }');
    // Istio takes no setting of all ports for a port that has any of its own.
    expect(found.adopted[0].added).toContain('connectionPool.tcp.maxConnections');
  });

  test('and what balances as the default does goes where it has no effect, and is named', () => {
    const found = adopted(`${entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`)}${rule('loadBalancer: {simple: ROUND_ROBIN}, portLevelSettings: [{port: {number: 3306}, tls: {mode: SIMPLE}}]')}`);

    expect(found.kept).toEqual([]);
    expect(found.adopted[0].notes).toContain('is written without loadBalancer.simple ROUND_ROBIN of DestinationRule \'input.yaml:8\', which balances as the default does');
  });

  test('and is not shown to others than before', () => {
    const found = adopted(`${entry(`${DB}, resolution: DNS, ${TCP}`)}${rule('tls: {mode: SIMPLE, sni: db.example.com, subjectAltNames: [db.example.com]}', 'db.example.com', ', exportTo: [.]')}`);

    expect(found.adopted).toEqual([]);
    expect(found.kept[0].why).toContain('its DestinationRule would be shown to other namespaces: \'exportTo\' would be');
  });

  test('and that of a wildcard keeps its entry, where a rule of the host would hide its settings', () => {
    const wildcard = rule('connectionPool: {http: {maxRetries: 3}}', '"*.example.com"');

    expect(adopted(`${entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`)}${wildcard}`).kept[0].why)
      .toBe('\'connectionPool.http.maxRetries\' of DestinationRule \'input.yaml:8\' for "*.example.com" would be lost: it would get a rule of its own, and Istio uses that alone');
    expect(adopted(`${entry(`${DB}, addresses: [192.0.2.14], ${TCP}, exportTo: [.]`)}${wildcard}`).adopted).toHaveLength(1);
    expect(adopted(`${entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`)}${wildcard.replace('example.com', 'example.net')}`).adopted).toHaveLength(1);
  });

  test('or stays beside a construct that writes none itself', () => {
    const found = adopted(`${entry(`${DB}, addresses: [192.0.2.14], ${TCP}, exportTo: [.]`)}${rule('loadBalancer: {simple: RANDOM}')}`);

    expect(found.adopted.map(({ kind }) => kind)).toEqual(['ExternalMysql']);
    expect(found.kept.map(({ object }) => object.kind)).toEqual(['DestinationRule']);
  });

  test('and what the construct adds is said', () => {
    expect(adopted(entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`)).adopted[0].added).toContain('outlierDetection.maxEjectionPercent');
  });
});

describe('a route through a gateway becomes a routed service', () => {
  test('TLS that is passed through, with everything that it replaces', () => {
    const found = adopted(recipe('e-gateway-passthrough'));

    expect(found.kept).toEqual([]);
    expect(found.adopted).toMatchObject([{ kind: 'ExternalTls', isRouted: true }]);
    expect(obsolete(found).map(({ kind }) => kind)).toEqual(['VirtualService', 'Gateway', 'DestinationRule']);
    expect(statementsOf(found.source)).toContain('shopCnn.allowFrom(MeshClient.allIn(\'shop\'));\nshopEgress.route(shopCnn);');
  });

  test('TLS that the gateway originates: clients speak HTTP on port 80, and the port of the gateway alone goes', () => {
    const found = adopted(recipe('f-gateway-origination'));

    expect(found.kept).toEqual([]);
    expect(statementsOf(found.source)).toContain('new ExternalHttp(shop, \'Cnn\', {\n  host: \'edition.cnn.com\',\n  tls: ClientTls.originate({ caCertificates: \'system\' })');
    expect(obsolete(found).map(({ name }) => name)).toContain('edition-cnn-com');
    expect(found.adopted[0].notes).toContainEqual(expect.stringMatching(/^is written without port 443 of edition\.cnn\.com, by which no client got an answer: what arrives is TLS in TLS/));
  });

  test('with a client certificate, whose rule is in the namespace of the gateway', () => {
    const found = adopted(recipe('f-gateway-origination-client-certificate'));

    expect(found.kept).toEqual([]);
    expect(found.source).toContain('ClientTls.mutual({ credentialName: \'client-credential\' })');
    // The sidecars of clients do not see the rule: what they send to port 443 is their own TLS, which the server takes.
    expect(found.source).toContain('{ number: 443, protocol: Protocol.HTTPS, name: \'https-port\' },\n  ],');
    expect(found.adopted[0].notes.join()).not.toContain('without port');
    expect(obsolete(found).map(({ namespace, name }) => `${namespace}/${name}`)).toContain('istio-system/originate-mtls');
  });

  test('clients are the accounts of the workloads that saw it', () => {
    const pod = (name: string, account: string) => `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec: {template: {metadata: {labels: {app: ${name}}}, spec: {serviceAccountName: ${account}}}}
`;

    expect(adopted(`${recipe('e-gateway-passthrough')}${pod('b', 'cart')}${pod('a', 'orders')}`).source)
      .toContain('allowFrom(MeshClient.serviceAccount(\'shop\', \'cart\'), MeshClient.serviceAccount(\'shop\', \'orders\'))');
    expect(adopted(`${recipe('e-gateway-passthrough')}${pod('b', 'cart')}${pod('a', 'default')}`).source).toContain('allowFrom(MeshClient.allIn(\'shop\'))');
  });

  describe('and those for whom it was closed are none', () => {
    const route = recipe('g-gateway-tcp-mutual-tls').replaceAll('my-mongo.tcp.svc', 'mongo.example.com');
    const pod = (account: string) => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${account}, namespace: NAMESPACE, labels: {app: ${account}}}
spec: {serviceAccountName: ${account}, containers: []}
`;
    const denied = (account: string) => `
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: no, namespace: istio-system}
spec:
  selector: {matchLabels: {istio: egressgateway}}
  action: DENY
  rules: [{from: [{source: {principals: [cluster.local/ns/NAMESPACE/sa/${account}]}}]}]
`;
    const made = (text: string) => adopted(text.replaceAll('NAMESPACE', new MeshView(DEFAULT_FACTS, readManifests([{ file: 'a', text: route, isNamed: true }]).objects).entries[0].object.namespace));
    const clients = (found: ReturnType<typeof adopted>) => /allowFrom\((.*)\)/.exec(found.source)?.[1];

    test('by name', () => {
      expect(clients(made(`${route}${pod('cart')}${pod('checkout')}`))).toMatch(/cart.*checkout/);
      expect(clients(made(`${route}${pod('cart')}${pod('checkout')}${denied('cart')}`))).toMatch(/^MeshClient\.serviceAccount\('[a-z-]+', 'checkout'\)$/);
    });

    test('or the route is kept, where their namespace would be named as a whole', () => {
      const found = made(`${route}${pod('cart')}${pod('default')}${denied('cart')}`);

      expect(found.adopted).toEqual([]);
      expect(found.kept[0].why).toMatch(/^its route is open to [a-z-]+\/default and not to [a-z-]+\/cart, /);
    });

    test('or where nobody is left', () => {
      expect(made(`${route}${pod('cart')}${denied('cart')}`).kept[0].why).toBe('its route is open to nobody in the input');
    });
  });

  test.each([
    ['proxyProtocol: {version: V2}', 'proxyProtocol.version'],
    ['loadBalancer: {consistentHash: {useSourceIp: true}}', 'loadBalancer.consistentHash.useSourceIp'],
    ['connectionPool: {http: {maxRequestsPerConnection: 3}}', 'connectionPool.http.maxRequestsPerConnection'],
    ['outlierDetection: {consecutiveLocalOriginFailures: 9}', 'outlierDetection.consecutiveLocalOriginFailures'],
    ['tunnel: {targetHost: a.example.com, targetPort: 443}', 'tunnel.targetHost'],
  ])('and stays with its rule for %s', (policy, setting) => {
    const found = adopted(`${recipe('e-gateway-passthrough')}${rule(policy, 'edition.cnn.com')}`);

    expect(found.adopted).toEqual([]);
    expect(found.kept[0].why).toBe(`'${setting}' of its DestinationRule would be lost`);
  });

  test.each([
    ['a rule with subsets', rule('connectionPool: {tcp: {maxConnections: 5}}', 'edition.cnn.com', ', subsets: [{name: v1}]')],
    ['the second of two rules', `${rule('connectionPool: {tcp: {maxConnections: 5}}', 'edition.cnn.com')}${rule('connectionPool: {tcp: {maxConnections: 5}}', 'edition.cnn.com').replace('name: db', 'name: other')}`],
  ])('and stays with the settings of %s, which would have no effect', (_what, rules) => {
    const found = adopted(`${recipe('e-gateway-passthrough')}${rules}`);

    expect(found.adopted).toEqual([]);
    expect(found.kept[0].why).toMatch(/^'connectionPool\.tcp\.maxConnections' of DestinationRule 'input\.yaml:\d+' would have no effect: /);
  });

  describe('and stays with the rule of its gateway', () => {
    const changed = (change: (text: string) => string) => adopted(change(recipe('e-gateway-passthrough')));
    const subset = (more: string) => (text: string) => text.replace('    - name: cnn\n', `    - name: cnn\n      ${more}\n`);

    test.each([
      ['connections of its subset', subset('trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}'), '\'connectionPool.tcp.maxConnections\' of DestinationRule \'input.yaml:27\' of its gateway would be lost'],
      ['ejection with the defaults of Istio', subset('trafficPolicy: {outlierDetection: {}}'), '\'outlierDetection\' of DestinationRule \'input.yaml:27\' of its gateway would be lost'],
      ['a balancer', subset('trafficPolicy: {loadBalancer: {simple: RANDOM}}'), '\'loadBalancer.simple\' of DestinationRule \'input.yaml:27\' of its gateway would be lost'],
      ['labels that choose pods', subset('labels: {version: v2}'), 'the \'labels\' of subset "cnn" of DestinationRule \'input.yaml:27\' of its gateway would be lost'],
      ['a selector of workloads', (text: string) => text.replace('  subsets:\n', '  workloadSelector: {matchLabels: {app: a}}\n  subsets:\n')
        .concat('---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop, labels: {app: a}}\nspec: {serviceAccountName: a, containers: []}\n'),
      'DestinationRule \'input.yaml:27\' of its gateway has a \'workloadSelector\', and that of a construct is for every workload of its clients'],
      ['connections to all of it', (text: string) => text.replace('  subsets:\n', '  trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}\n  subsets:\n'),
        '\'connectionPool.tcp.maxConnections\' of DestinationRule \'input.yaml:27\' of its gateway would be lost'],
    ])('%s', (_what, change, why) => {
      const found = changed(change);

      expect(found.adopted).toEqual([]);
      expect(found.kept[0].why).toBe(why);
    });

    test('or of a wildcard, where no rule of its own hid it', () => {
      const wildcard = rule('connectionPool: {tcp: {maxConnections: 7}}', '"*.local"');

      expect(changed(text => `${text.replace(/^ +subset: cnn\n/gm, '').replace(/kind: DestinationRule/, 'kind: Other')}${wildcard}`).kept[0].why)
        .toMatch(/^'connectionPool\.tcp\.maxConnections' of DestinationRule 'input\.yaml:\d+' of its gateway would be lost$/);
      expect(changed(text => `${text}${wildcard}`).adopted).toHaveLength(1);
    });

    test('but not with the labels that every pod of the gateway has, and not with another subset', () => {
      expect(changed(subset('labels: {istio: egressgateway}')).adopted).toHaveLength(1);
      expect(changed(text => text.replace('    - name: cnn\n', '    - name: cnn\n    - name: other\n      trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}\n')).adopted).toHaveLength(1);
    });
  });

  test('and what the construct adds on both legs is said', () => {
    const [{ added }] = adopted(recipe('e-gateway-passthrough')).adopted;

    expect(added).toContain('connectionPool.tcp.connectTimeout');
    expect(added).toContain('outlierDetection.consecutive5xxErrors');
    expect(added.filter(setting => setting.startsWith('tls'))).toEqual([]);
  });

  test.each(['labels: {a: b}', 'serviceAccount: a', 'network: a'])('and stays with endpoints that have %s', more => {
    const text = recipe('e-gateway-passthrough').replace(/resolution: DNS/, `resolution: STATIC\n  endpoints: [{address: 192.0.2.1, ${more}}]`);

    expect(adopted(text).adopted).toEqual([]);
  });

  test('another gateway is described', () => {
    const other = recipe('g-gateway-tcp-mutual-tls').replaceAll('my-mongo.tcp.svc', 'mongo.example.com').replaceAll('istio-egressgateway.istio-system', 'out.edge')
      .replace('istio: egressgateway', 'app: out').replaceAll('number: 443', 'number: 15443').replaceAll('port: 443', 'port: 15443');

    expect(adopted(other).source).toContain('EgressGateway.fromAttributes({ serviceName: \'out\', namespaceName: \'edge\', selector: { app: \'out\' }, port: 15443 })');
  });

  test('which a policy at the gateway denies, is kept', () => {
    const found = adopted(recipe('n-policy-at-gateway'));

    expect(found.adopted).toEqual([]);
    expect(found.kept[0].why).toMatch(/^connections from shop\/ratings to db\.example\.com:3306 would end: /);
  });

  test.each([
    ['a Gateway that is not there', (text: string) => text.replace(/kind: Gateway\n/, 'kind: Other\n'), 'Gateway "shop/istio-egressgateway" is not in the input: add it'],
    ['a timeout', (text: string) => text.replace(/ {4}- match:\n {8}- gateways: \[mesh\]/, '    - timeout: 5s\n      match:\n        - gateways: [mesh]'),
      'its VirtualService \'input.yaml:36\' does more than send connections to the gateway, and on: it has \'timeout\''],
    ['another host', (text: string) => text.replace(/(kind: VirtualService[^]*?hosts: \[)/, '$1other.example.com, '), 'its VirtualService \'input.yaml:36\' is for other hosts as well: write one for each host'],
    ['several hosts in the entry', (text: string) => text.replace(/(kind: ServiceEntry[^]*?hosts: \[)/, '$1other.example.com, '), 'it has 2 hosts, and a construct with a route has one: write an entry and a route for each'],
    ['several gateways', (text: string) => text.replace(/(gateways: \[mesh\][^]*?host: )istio-egressgateway(\.istio-system[^]*?weight: 100\n)/,
      '$1a$2'), undefined],
  ])('and stays as it is with %s', (_what, change, why) => {
    const found = adopted(change(recipe('d-gateway-http')));

    if (why !== undefined) {
      expect(found.adopted).toEqual([]);
      expect(found.kept[0].why).toContain(why);
    }
    expect(ranBy(found.source)).toHaveLength(run(found.program).objects.length);
  });
});

describe('what the library has no words for is kept', () => {
  test.each([
    ['workloads of the mesh', `${DB}, location: MESH_INTERNAL, resolution: STATIC, endpoints: [{address: 10.0.0.1}], ${TCP}`, 'it is for workloads of the mesh'],
    ['a protocol', `${DB}, resolution: DNS, ports: [{number: 53, name: udp, protocol: UDP}]`, 'port 53 has protocol UDP, which the library does not write'],
    ['ports of endpoints', `${DB}, resolution: STATIC, endpoints: [{address: 192.0.2.1, ports: {tcp: 3307}}], ${TCP}`, 'its \'endpoints\' have \'ports\', which the library does not write'],
    ['endpoints that are workloads', `${DB}, resolution: STATIC, workloadSelector: {labels: {app: vm}}, ${TCP}`, 'its \'workloadSelector\' takes the endpoints from WorkloadEntries and pods'],
    ['names in certificates', `${DB}, resolution: DNS, subjectAltNames: [spiffe://a], ${TCP}`, 'its \'subjectAltNames\' would be lost'],
    ['what the library refuses, in its own words', 'hosts: [a.b.svc.cluster.local], addresses: [192.0.2.14], ports: [{number: 3306, name: tcp, protocol: TCP}]', '\'host\' must be outside the mesh'],
  ])('%s', (_what, spec, why) => {
    const found = adopted(entry(spec, ', uid: a, resourceVersion: "1"'));

    expect(found.kept).toMatchObject([{ why: expect.stringContaining(why) }]);
    expect(found.source).toContain(`// Kept as it is: ${found.kept[0].why}\nnew ApiObject(shop, 'ServiceEntryDb', {`);
    expect(found.source).not.toMatch(/uid|resourceVersion/);
  });

  test.each([
    ['of another namespace', rule('connectionPool: {tcp: {maxConnections: 5}}').replace('namespace: shop', 'namespace: other'), 'this one is in another namespace'],
    ['with subsets', rule('', 'db.example.com', ', subsets: [{name: v1}]'), 'this one has \'subsets\', which a construct does not'],
  ])('a DestinationRule %s, and the reason says so', (_what, other, why) => {
    const found = adopted(entry(`${DB}, resolution: DNS, ${TCP}`) + other);

    expect(found.kept[0].why).toMatch(/^it would get a DestinationRule beside 'input.yaml:8', and Istio uses one of them: /);
    expect(found.kept[0].why).toContain(why);
  });

  test('a Gateway that two routes share, and it says when to delete it', () => {
    const one = recipe('e-gateway-passthrough');
    const [, host] = /hosts: \[([^\]]+)\]/.exec(one)!;
    const two = one.replaceAll(host, 'two.example.net').replace(/(kind: (?:ServiceEntry|VirtualService)\nmetadata:\s+name: )/g, '$1two-');
    const found = adopted(`${one.replace(/(kind: Gateway[^]*?hosts: \[)/, '$1two.example.net, ')}\n---\n${two.replace(/kind: (?:Gateway|DestinationRule)\n/g, 'kind: Other\n')}`);

    expect(found.adopted.map(({ isRouted }) => isRouted)).toEqual([true, true]);
    expect(found.kept.filter(({ object }) => object.kind === 'Gateway').map(({ why }) => why)).toEqual([`${host} no longer needs it, and others may: delete it when none does`]);
  });

  test('two entries of one host', () => {
    const found = adopted(`${entry(`${DB}, resolution: DNS, ${TCP}`)}---${entry(`${DB}, resolution: DNS, ${TCP}`).replace('name: db', 'name: other')}`);

    expect(found.kept.map(({ why }) => why)).toEqual(['\'input.yaml:7\' declares its host as well: make one of the two', '\'input.yaml:2\' declares its host as well: make one of the two']);
  });

  test('texts that are no JavaScript by themselves', () => {
    const text = ['it\'s "a" \\ \u2028', '${b} // c'].join(' ');
    const found = adopted(entry(`${DB}, resolution: DNS, ports: [{number: 53, name: udp, protocol: UDP}]`, `, annotations: {'a-b': ${JSON.stringify(text)}, __proto__: x, none: null}`));

    expect(ranBy(found.source)).toMatchObject([{ metadata: { annotations: { 'a-b': text } } }]);
  });
});

describe('the mesh is declared where it differs from the defaults', () => {
  test('of sidecars', () => {
    expect(adopted(entry(`${DB}, resolution: DNS, ${TCP}`), { outboundTrafficPolicy: 'ALLOW_ANY', trustDomain: 'corp.example' }).source)
      .toContain('Mesh.declare(app, { trustDomain: \'corp.example\', outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });');
    expect(adopted(entry(`${DB}, resolution: DNS, ${TCP}`)).source).not.toContain('Mesh');
  });

  test('of ambient, where a route is kept', () => {
    const found = adopted(recipe('e-gateway-passthrough'), { dataPlane: 'ambient' });

    expect(found.source).toContain('dataPlane: DataPlane.AMBIENT');
    expect(found.problems.concat(found.kept.map(({ why }) => why)).join('\n')).toMatch(/ambient/);
  });
});

test('namespaces and names become names of JavaScript, each once', () => {
  const one = entry(`${DB}, resolution: DNS, ${TCP}`).replaceAll('namespace: shop', 'namespace: 1-new');
  const two = entry('hosts: [a.example.com], addresses: [192.0.2.1], ports: [{number: 3307, name: tcp, protocol: TCP}]').replaceAll('namespace: shop', 'namespace: new').replace('name: db', 'name: a.b');
  const { source } = adopted(`${one}---${two}---${two.replace('name: a.b', 'name: a-b').replace('a.example', 'b.example').replace('192.0.2.1', '192.0.2.2')}`);

  expect(source).toMatch(/const n1New = new Chart\(app, '1-new'/);
  expect(source).toMatch(/const nNew = new Chart\(app, 'new'/);
  expect(source).toContain('new ExternalTcp(nNew, \'AB\'');
  expect(source).toContain('new ExternalTcp(nNew, \'AB2\'');
  expect(() => ranBy(source)).not.toThrow();
});

test.each(['eval', 'arguments', 'undefined', 'constructor'])('a namespace may be called %s', name => {
  expect(ranBy(adopted(entry(`${DB}, resolution: DNS, ${TCP}`).replaceAll('namespace: shop', `namespace: ${name}`)).source)).toMatchObject([{ metadata: { namespace: name } }, {}]);
});

test('what has a name that no API server takes is kept: it would be written into commands', () => {
  const found = adopted(`${entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`)}${rule('tls: {mode: SIMPLE}').replace('name: db', 'name: "db;$(touch x)"')}`);

  expect(found.adopted).toEqual([]);
  expect(found.kept[0].why).toBe('the API server takes no DestinationRule called "db;$(touch x)" in namespace "shop"');
});

test('what cdk8s cannot write stays in its file', () => {
  const found = adopted(entry(`${DB}, resolution: DNS, ${TCP}`, ', labels: {constructor: z}'));

  expect([found.adopted, found.kept]).toEqual([[], []]);
  expect(found.unwritten).toEqual(found.left);
});

describe('no object is written over another one of its name', () => {
  const endpoints = (spec: string) => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: db.shop.endpoints, namespace: shop}
spec: ${spec}
`;
  const written = entry(`${DB}, resolution: DNS, ${TCP}, exportTo: [.]`);

  test('which is left alone', () => {
    const found = adopted(`${written}${endpoints('{host: other.shop.svc.cluster.local, trafficPolicy: {loadBalancer: {simple: RANDOM}}}')}`);

    expect(found.adopted).toEqual([]);
    expect(found.kept[0].why).toBe('its construct would write DestinationRule shop/db.shop.endpoints, and \'input.yaml:7\' is another object of that name: rename one of the two');
    expect(found.left.map(({ name }) => name)).toEqual(['db.shop.endpoints']);
  });

  test('nor an old VirtualService of a host that is none of it', () => {
    const other = '---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: cnn.shop.outbound, namespace: shop}\nspec: {hosts: [a.shop.svc.cluster.local], http: [{timeout: 1s}]}\n';

    expect(adopted(`${recipe('e-gateway-passthrough')}${other}`).kept[0].why).toMatch(/^its construct would write VirtualService shop\/cnn\.shop\.outbound, and /);
  });

  test('but one that says the same is written again', () => {
    const [same] = adopted(written).after.objects.filter(({ kind }) => kind === 'DestinationRule');

    expect(adopted(`${written}${endpoints(JSON.stringify(same.spec))}`).adopted).toHaveLength(1);
  });
});

test('an address that is none is kept', () => {
  expect(adopted(entry(`${DB}, addresses: [a], ${TCP}`)).kept).toHaveLength(1);
});

const CORPUS = path.join(RECIPES, '..');
const inputs = [
  ...fs.readdirSync(RECIPES).map(file => path.join('recipes', file)),
  ...fs.readdirSync(CORPUS).filter(name => name !== 'recipes').flatMap(name => ['fault.yaml', 'clean.yaml'].map(file => path.join(name, file))),
].filter(file => fs.existsSync(path.join(CORPUS, file)));

test('there are inputs', () => {
  expect(inputs.length).toBeGreaterThan(150);
});

test.each(inputs)('%s: the program writes what was looked at, and no client of a service ends elsewhere', file => {
  const { source, program, before, after } = adopted(fs.readFileSync(path.join(CORPUS, file), 'utf8'));

  expect(ranBy(source)).toEqual(run(program).objects);
  const [old, now] = [new Tracer(before), new Tracer(after)];
  for (const { namespace, account } of before.pods.filter(pod => !before.gatewayPlaces.namespaces.has(pod.namespace))) {
    for (const { hosts, ports } of before.entries) {
      for (const to of hosts.filter(host => !host.includes('*')).flatMap(host => ports.map(({ number: port }) => ({ host, port })))) {
        const [one, other] = [answerOf(before, old.trace({ namespace, account }, to)), answerOf(after, now.trace({ namespace, account }, to))];
        expect(!isOpen(one) || isOpen(other) ? [] : [namespace, account, to, other.why]).toEqual([]);
      }
    }
  }
});

describe('the change-over of a route interrupts nobody', () => {
  const names = fs.readdirSync(RECIPES).map(file => path.basename(file, '.yaml')).filter(name => adopted(recipe(name)).adopted.some(({ isRouted }) => isRouted));

  test.each(names)('%s', name => {
    const { before, after, adopted: all, left } = adopted(recipe(name));
    const changed = new Set(all.filter(({ isRouted }) => isRouted).map(({ object }) => identityOf(object)));
    const made = after.objects.filter(object => !left.includes(object));
    const known = new Set(before.objects.map(identityOf));
    const fresh = made.filter(object => !changed.has(identityOf(object)) && !known.has(identityOf(object)));
    const replaced = new Set(all.flatMap(one => one.replaced).filter(({ kind }) => kind === 'VirtualService'));
    const routeless = before.objects.filter(object => !replaced.has(object));
    const states = [before.objects, [...before.objects, ...fresh], [...routeless, ...fresh], after.objects];
    const views = states.map(objects => new MeshView(before.facts, objects));
    const routed = before.entries.filter(({ object }) => changed.has(identityOf(object)));
    const ends = views.map(view => routed.flatMap(({ object: { namespace }, hosts, ports }) => hosts.flatMap(host => ports.map(({ number: port }) => {
      const account = before.podsIn(namespace).all[0]?.account ?? 'any';
      const { verdict, endpoints } = answerOf(view, new Tracer(view).trace({ namespace, account }, { host, port }));
      return `${host}:${port} ${verdict} ${endpoints.join()}`;
    }))));
    const gone = all.flatMap(({ object }) => before.entries.find(one => one.object === object)!.ports).map(({ number: port }) => port)
      .filter(port => !after.entries.some(({ ports }) => ports.some(({ number: own }) => own === port)));
    const kept = ends.map(list => list.filter(end => !gone.some(port => end.includes(`:${port} `))));

    expect(kept[0].filter(end => !end.includes('REACHES'))).toEqual([]);
    expect(kept.slice(1)).toEqual([kept[0], kept[0], kept[0]]);
  });
});
