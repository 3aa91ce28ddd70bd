import * as fs from 'node:fs';
import * as path from 'node:path';
import Ajv, { ValidateFunction } from 'ajv';
import { App, Chart, Duration } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import {
  EgressGateway, EgressViaGateway, ExternalMysql, ExternalService, ExternalTcp, GatewayLeg, HeaderMatch, IngressRoute, LoadBalancer, Membership,
  MeshClient, MeshService, PathMatch, Protocol, ReadinessProbe, Resolution, ServerTls, VirtualMachineService,
} from '../src';
import { filesBelow, Manifest, manifestsOf } from './helpers';

const ROOT = path.join(__dirname, '..');

type Schema = { [key: string]: unknown };

/**
 * A schema that refuses fields it does not know. Kubernetes drops them without a word; in manifests that a program wrote they are always a mistake.
 * What stands below allOf, anyOf, oneOf and not only narrows what is said here, and stays as it is.
 */
function strict(schema: Schema): Schema {
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties !== undefined;
  return {
    ...schema,
    ...schema.properties ? {
      properties: Object.fromEntries(Object.entries(schema.properties).map(([name, property]) => [name, strict(property as Schema)])),
      ...open ? {} : { additionalProperties: false },
    } : {},
    ...schema.items ? { items: strict(schema.items as Schema) } : {},
    ...typeof schema.additionalProperties === 'object' ? { additionalProperties: strict(schema.additionalProperties as Schema) } : {},
  };
}

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
const kinds = new Map<string, ValidateFunction>();
for (const document of fs.readdirSync(path.join(ROOT, 'imports/crds')).flatMap(file => parseAllDocuments(fs.readFileSync(path.join(ROOT, 'imports/crds', file), 'utf8')))) {
  const { group, names, versions } = document.toJS().spec;
  for (const { name, schema } of versions) {
    kinds.set(`${group}/${name} ${names.kind}`, ajv.compile(strict(schema.openAPIV3Schema.properties.spec)));
  }
}

/** What is wrong with an Istio object; nothing with one of another group. */
function problems({ apiVersion, kind, metadata, spec }: Manifest): string[] {
  if (!apiVersion.includes('istio.io')) {
    return [];
  }
  const validate = kinds.get(`${apiVersion} ${kind}`);
  if (!validate) {
    return [`${kind} ${metadata.name}: no CRD for ${apiVersion}`];
  }
  validate(spec);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${kind} ${metadata.name}: ${instancePath} ${message} ${JSON.stringify(params)}`);
}

const examples = filesBelow(path.join(ROOT, 'examples')).filter(file => file.endsWith('.yaml') && !file.includes('namespaces'));

test.each(examples)('the CRDs accept examples/%s', file => {
  const manifests = parseAllDocuments(fs.readFileSync(path.join(ROOT, 'examples', file), 'utf8')).map(document => document.toJS() as Manifest);

  expect(manifests.filter(({ apiVersion }) => apiVersion.includes('istio.io')).length).toBeGreaterThan(0);
  expect(manifests.flatMap(problems)).toEqual([]);
});

test('there are examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(4);
});

describe('the CRDs', () => {
  /** Every construct with every shape that it can have. */
  function everything(): Manifest[] {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
    const tls = { ports: [{ number: 8443, protocol: Protocol.TLS }] };
    new ExternalMysql(chart, 'Direct', { host: 'direct.example.com', port: 3307, resolution: Resolution.ipAddresses('192.0.2.0/28', '2001:db8::/64'), exportTo: ['*'] });
    new ExternalService(chart, 'Wildcard', { ...tls, hosts: ['*.example.org'], resolution: Resolution.none() });
    new ExternalTcp(chart, 'Virtual', { host: 'v.example.com', ports: [1], resolution: Resolution.dnsRoundRobin(), addresses: ['198.51.100.7'] });
    const ldap = new ExternalTcp(chart, 'Ldap', { host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.ipAddresses('192.0.2.16', '2001:db8::1') });
    egress.route(ldap);
    ldap.allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.allIn('bookinfo'));
    const api = new ExternalService(chart, 'Api', { ...tls, hosts: ['a.example.com', 'b.example.com'], resolution: Resolution.dns() });
    egress.route(api);
    api.allowFrom(MeshClient.serviceAccount('istio-system', 'probe'), MeshClient.allIn('shop'));
    const plain = new ExternalMysql(chart, 'Plain', { host: 'plain.example.com', resolution: Resolution.dnsRoundRobin(), addresses: ['198.51.100.8'] });
    egress.route(plain, { leg: GatewayLeg.plaintext(3306) });
    plain.allowFrom(MeshClient.allIn('shop'));
    new ExternalService(chart, 'Names', { ports: [{ number: 9443, protocol: Protocol.TLS }], hosts: ['c.example.com'], resolution: Resolution.dns() });
    new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1', 'v2'] }).split({ v1: 10, v2: 90 });
    new MeshService(chart, 'Ratings', { host: 'ratings', versions: ['v1'] }).routeTo('v1');
    const page = new MeshService(chart, 'PageRules', {
      host: 'page',
      versions: ['v1', 'v2'],
      http: { timeout: Duration.seconds(1), retries: { attempts: 1 }, fault: { abort: { percentage: 1, httpStatus: 500 } } },
      loadBalancer: LoadBalancer.consistentHashByCookie('session', { ttl: Duration.seconds(0) }),
      connection: { maxConnections: 1, outlierDetection: {} },
    });
    page.routeMatching(HeaderMatch.present('x-debug'), 'v2');
    page.routeMatching(HeaderMatch.regex('end-user', 'j.*'), 'v2');
    page.routeTo('v1');
    page.mirrorTo('v2', { percentage: 0.5 });
    new MeshService(chart, 'Details', { host: 'details', versions: ['v1'], loadBalancer: LoadBalancer.consistentHashBySourceIp() });
    new IngressRoute(chart, 'Page', { hosts: ['*'], service: 'page', servicePort: 80, paths: [PathMatch.exact('/a'), PathMatch.prefix('/b')] });
    new IngressRoute(chart, 'Secure', {
      hosts: ['*'], service: 'page', servicePort: 80, port: 8443, tls: ServerTls.mutual({ credentialName: 'page' }), httpsRedirectPort: 8080,
    });
    const times = { initialDelay: Duration.seconds(9), timeout: Duration.seconds(1), period: Duration.seconds(5) };
    const options = { ...times, successThreshold: 2, failureThreshold: 3 };
    [
      Membership.workloadEntries('192.0.2.30', '2001:db8::2'),
      Membership.workloadGroup(),
      Membership.workloadGroup({ readinessProbe: ReadinessProbe.httpGet('/ready', 8080, options) }),
      Membership.workloadGroup({ readinessProbe: ReadinessProbe.tcpSocket(3306) }),
      Membership.workloadGroup({ readinessProbe: ReadinessProbe.exec(['mysqladmin', 'ping']) }),
    ].forEach((membership, i) => new VirtualMachineService(chart, `Machines${i}`, {
      serviceName: `machines-${i}`,
      membership,
      ports: [{ number: 3306, protocol: Protocol.MYSQL }, { number: 80, protocol: Protocol.HTTP }],
    }).allowFrom(MeshClient.allIn('shop'), MeshClient.serviceAccount('bookinfo', 'ratings')));
    return manifestsOf(app);
  }

  test('accept everything that the library writes', () => {
    expect(everything().flatMap(problems)).toEqual([]);
  });

  test.each<[string, string, (spec: Manifest['spec']) => void, string]>([
    ['a field that does not exist', 'ServiceEntry', spec => { spec.adresses = []; }, 'must NOT have additional properties {"additionalProperty":"adresses"}'],
    ['a field that does not exist, deep inside', 'Gateway', spec => { spec.servers[0].port.protocl = 'TLS'; }, '/servers/0/port must NOT have additional'],
    ['a word that does not exist', 'ServiceEntry', spec => { spec.resolution = 'IP'; }, '/resolution must be equal to one of the allowed values'],
    ['a type that is wrong', 'VirtualService', spec => { spec.hosts = 'a'; }, '/hosts must be array'],
    ['a field that is missing', 'ServiceEntry', spec => { delete spec.hosts; }, 'must have required property'],
  ])('refuse %s', (_, kind, damage, message) => {
    const manifest = everything().find(candidate => candidate.kind === kind)!;
    damage(manifest.spec);

    expect(problems(manifest).join('\n')).toContain(message);
  });

  test('refuse a kind that they do not have', () => {
    expect(problems({ apiVersion: 'networking.istio.io/v1', kind: 'ProxyConfig', metadata: { name: 'x' }, spec: {} })).toHaveLength(1);
  });
});
