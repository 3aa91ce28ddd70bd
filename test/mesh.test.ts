import { App, Chart } from 'cdk8s';
import {
  EgressGateway, EgressViaGateway, ExternalMysql, IngressRoute, IstioApiVersion, Mesh, MeshClient, MeshProps, MeshService, Resolution,
} from '../src';
import { manifestsOf, messageOf } from './helpers';

/** Every kind that the library writes, with the version it is written in. */
function versions(apiVersion?: IstioApiVersion): { [kind: string]: string } {
  const app = new App();
  if (apiVersion) {
    Mesh.declare(app, { apiVersion });
  }
  const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
  const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  mysql.allowFrom(MeshClient.allIn('shop'));
  new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1'] }).routeTo('v1');
  new IngressRoute(chart, 'Ingress', { hosts: ['*'], service: 'productpage', servicePort: 9080 });
  const kinds = manifestsOf(app).map(manifest => [manifest.kind, manifest.apiVersion] as const);
  for (const [kind, version] of kinds) {
    expect(kinds.filter(([other, otherVersion]) => other === kind && otherVersion !== version)).toEqual([]);
  }
  return Object.fromEntries(kinds);
}

const inVersion = (networking: string, security: string) => ({
  ServiceEntry: `networking.istio.io/${networking}`,
  DestinationRule: `networking.istio.io/${networking}`,
  Gateway: `networking.istio.io/${networking}`,
  VirtualService: `networking.istio.io/${networking}`,
  AuthorizationPolicy: `security.istio.io/${security}`,
});

describe('the objects are written in', () => {
  test('v1, unless the mesh says otherwise', () => {
    expect(versions()).toEqual(inVersion('v1', 'v1'));
    expect(versions(IstioApiVersion.V1)).toEqual(inVersion('v1', 'v1'));
  });

  test('v1beta1 for an older mesh', () => {
    expect(versions(IstioApiVersion.V1BETA1)).toEqual(inVersion('v1beta1', 'v1beta1'));
  });

  test('v1alpha3 for an old mesh, and v1beta1 where the kind never had it', () => {
    expect(versions(IstioApiVersion.V1ALPHA3)).toEqual(inVersion('v1alpha3', 'v1beta1'));
  });
});

describe('a mesh', () => {
  test('has defaults when nobody declares one', () => {
    expect(Mesh.of(new Chart(new App(), 'test'))).toMatchObject({
      apiVersion: IstioApiVersion.V1,
      trustDomain: 'cluster.local',
      trustDomainAliases: [],
      clusterDomain: 'cluster.local',
      rootNamespace: 'istio-system',
      dnsCapture: false,
    });
  });

  test('has its defaults where nothing is declared', () => {
    const app = new App();
    Mesh.declare(app, {
      apiVersion: undefined,
      istioVersion: undefined,
      trustDomain: undefined,
      trustDomainAliases: undefined,
      clusterDomain: undefined,
      rootNamespace: undefined,
      dnsCapture: undefined,
    });

    expect(Mesh.of(app)).toEqual(Mesh.of(new App()));
  });

  test('is read by every construct of the app that it is declared on, and of no other', () => {
    const app = new App();
    const facts = {
      apiVersion: IstioApiVersion.V1BETA1,
      istioVersion: '1.24',
      trustDomain: 'corp.example',
      trustDomainAliases: ['old.example', 'cluster.local'],
      clusterDomain: 'k8s.corp.example',
      rootNamespace: 'mesh-root',
      dnsCapture: true,
    };
    const declared = Mesh.declare(app, facts);

    expect(declared).toMatchObject(facts);
    expect(Mesh.of(new Chart(new Chart(app, 'outer'), 'inner'))).toMatchObject(facts);
    expect(Mesh.of(new App()).trustDomain).toBe('cluster.local');
  });

  test.each<[string, MeshProps, boolean]>([
    ['by default', {}, true],
    ['by Istio 1.25', { istioVersion: '1.25' }, true],
    ['not by Istio 1.24', { istioVersion: '1.24' }, false],
    ['not by an Istio with an older API', { apiVersion: IstioApiVersion.V1BETA1 }, false],
    ['by Istio 1.24 when somebody says so', { istioVersion: '1.24', ipAutoAllocate: true }, true],
  ])('addresses are allocated %s', (_, props, expected) => {
    expect(Mesh.declare(new App(), props).ipAutoAllocate).toBe(expected);
  });

  test('does not change when what it was given or what it gives does', () => {
    const app = new App();
    const trustDomainAliases = ['old.example'];
    const declared = Mesh.declare(app, { trustDomainAliases });
    trustDomainAliases.push('changed.example');
    declared.trustDomainAliases.push('changed.example');

    expect(Mesh.of(app).trustDomainAliases).toEqual(['old.example']);
  });

  test('is not declared inside of the app', () => {
    expect(messageOf(() => Mesh.declare(new Chart(new App(), 'test'), {})))
      .toBe('[test] the mesh is declared on the app, not inside of it: Mesh.declare(app, { ... })');
  });

  test('is declared once', () => {
    const app = new App();
    Mesh.declare(app, {});

    expect(messageOf(() => Mesh.declare(app, {}))).toContain('the mesh is declared already');
  });

  test('is declared before it is used', () => {
    const app = new App();
    new ExternalMysql(new Chart(app, 'test'), 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.dns() });

    expect(messageOf(() => Mesh.declare(app, {}))).toContain('the mesh is in use already with its defaults');
  });

  test.each([
    ['apiVersion', { apiVersion: 'v2' as IstioApiVersion }, '\'apiVersion\' must be one of "v1", "v1beta1", "v1alpha3", got "v2"'],
    ['istioVersion', { istioVersion: '1.24.3' }, '\'istioVersion\' must be a minor version of Istio as a text, such as "1.32", got "1.24.3": write "1.24"'],
    ['istioVersion, with a digit too many', { istioVersion: '1.240' }, 'got "1.240": write "1.24"'],
    ['istioVersion, which is no version', { istioVersion: 'latest' }, '\'istioVersion\' must be a minor version of Istio as a text, such as "1.32", got "latest"'],
    ['istioVersion, which is a number', { istioVersion: 1.3 as unknown as string }, '\'istioVersion\' must be a minor version of Istio as a text, such as "1.32", got 1.3: write it in quotation marks'],
    ['istioVersion, which is too old', { istioVersion: '1.21' }, '\'istioVersion\' must be "1.22" or newer, got "1.21": leave it out and declare the older \'apiVersion\' "v1beta1"'],
    ['trustDomain', { trustDomain: 'Corp_Example' }, '\'trustDomain\' must be a DNS name'],
    ['clusterDomain', { clusterDomain: '.local' }, '\'clusterDomain\' must be a DNS name'],
    ['rootNamespace', { rootNamespace: 'mesh.root' }, '\'rootNamespace\' must be a DNS label'],
    ['alias', { trustDomainAliases: ['old.example', 'Old_Example'] }, '\'trustDomainAliases[1]\' must be a DNS name'],
    ['alias, given twice', { trustDomainAliases: ['old.example', 'old.example'] }, '\'trustDomainAliases\' has "old.example" twice'],
    ['alias, which is the trust domain', { trustDomain: 'corp.example', trustDomainAliases: ['corp.example'] }, '\'trustDomainAliases\' has "corp.example" twice'],
    ['alias, which is the default trust domain', { trustDomainAliases: ['cluster.local'] }, '\'trustDomainAliases\' has "cluster.local" twice'],
  ])('is refused with a wrong %s, and may be declared rightly after that', (_, props, message) => {
    const app = new App();

    expect(messageOf(() => Mesh.declare(app, props))).toContain(message);
    expect(() => Mesh.declare(app, {})).not.toThrow();
  });

  test('a fact that is undefined is as one that is left out', () => {
    expect(Mesh.declare(new App(), { apiVersion: IstioApiVersion.V1BETA1, ipAutoAllocate: undefined }).ipAutoAllocate).toBe(false);
    expect(Mesh.declare(new App(), { apiVersion: IstioApiVersion.V1, ipAutoAllocate: undefined }).ipAutoAllocate).toBe(true);
    expect(Mesh.declare(new App(), { apiVersion: IstioApiVersion.V1BETA1, ipAutoAllocate: true }).ipAutoAllocate).toBe(true);
  });
});
