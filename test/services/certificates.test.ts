import { ApiObject, App, Chart, Duration } from 'cdk8s';
import { ClientTls, Credentials, EgressGateway, EgressViaGateway, ExternalHttp, ExternalService, ExternalServiceProps, MeshClient, Protocol, Resolution } from '../../src';
import { all, Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

const MUTUAL = ClientTls.mutual({ credentialName: 'partner' });

const service = (chart: Chart, more: Partial<ExternalServiceProps> = {}, tls: ClientTls = MUTUAL) => new ExternalService(chart, 'Api', {
  hosts: ['api.example.com'], ports: [{ number: 80, protocol: Protocol.HTTP, tls }], resolution: Resolution.dnsRoundRobin(), ...more,
});
const pods = (chart: Chart, name: string, labels: object | undefined = { app: name }, kind = 'Deployment', account: string | undefined = name) => new ApiObject(chart, `${kind}-${name}`, {
  apiVersion: 'apps/v1', kind, metadata: { name }, spec: { template: { metadata: { labels }, spec: { serviceAccountName: account, containers: [{ name }] } } },
});
function withoutNamespace(): App {
  const app = new App();
  const chart = new Chart(app, 'test');
  service(chart).connectFrom(pods(chart, 'orders'));
  return app;
}

const rulesOf = (manifests: Manifest[]) => all(manifests, 'DestinationRule').filter(({ spec }) => spec.workloadSelector);

describe('a client certificate of a direct service', () => {
  const manifests = synth(chart => {
    const api = service(chart);
    api.connectFrom(pods(chart, 'orders'));
    api.allowFrom(MeshClient.workload(pods(chart, 'reports')));
  });

  test('is for the sidecars of the named workloads, by the labels of their pods', () => {
    expect(rulesOf(manifests).map(({ metadata, spec }) => [metadata.name, metadata.namespace, spec])).toEqual(['orders', 'reports'].map(name => [
      `api.bookinfo.certificate.bookinfo.deployment.${name}`, 'bookinfo', {
        host: 'api.example.com',
        workloadSelector: { matchLabels: { app: name } },
        trafficPolicy: {
          portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'MUTUAL', credentialName: 'partner', sni: 'api.example.com', subjectAltNames: ['api.example.com'] } }],
        },
        exportTo: ['.'],
      },
    ]));
  });

  test('is read by accounts that may list Secrets, because istiod asks for that', () => {
    expect(all(manifests, 'Role').map(object => ({ ...object }))).toEqual(['orders', 'reports'].map(name => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: `api.bookinfo.certificate.bookinfo.deployment.${name}`, namespace: 'bookinfo' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }],
    })));
    expect(all(manifests, 'RoleBinding').map(object => ({ ...object }))).toEqual(['orders', 'reports'].map(name => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: `api.bookinfo.certificate.bookinfo.deployment.${name}`, namespace: 'bookinfo' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `api.bookinfo.certificate.bookinfo.deployment.${name}` },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'bookinfo' }],
    })));
  });

  test('comes with the right to read it first', () => {
    const kinds = manifests.map(({ kind, metadata }) => (metadata.name.includes('certificate') ? kind : '')).filter(kind => kind);

    expect(kinds).toEqual(['Role', 'Role', 'RoleBinding', 'RoleBinding', 'DestinationRule', 'DestinationRule']);
  });

  test('is not what the other sidecars of the namespace send plaintext without', () => {
    expect(only(manifests, 'DestinationRule', 'api.bookinfo.endpoints').spec.trafficPolicy.portLevelSettings).toEqual([
      { port: { number: 80 }, tls: { mode: 'SIMPLE', sni: 'api.example.com', subjectAltNames: ['api.example.com'], caCertificates: 'system' } },
    ]);
  });

  test('leaves the others their rule, which istiod would drop if it were exported to "."', () => {
    expect(only(manifests, 'DestinationRule', 'api.bookinfo.endpoints').spec.exportTo).toEqual(['bookinfo']);
    expect(messageOf(() => manifestsOf(withoutNamespace()))).toContain(
      '[test/Api] \'credentialName\' "partner" needs the namespace of the service, by which the sidecars without the Secret are told not to send plaintext');
  });

  test('stands in the namespace of the workload', () => {
    const other = synth(chart => service(chart).connectFrom(pods(new Chart(chart, 'shop', { namespace: 'shop' }), 'cart')));

    expect(rulesOf(other).map(({ metadata }) => [metadata.name, metadata.namespace])).toEqual([['api.bookinfo.certificate.shop.deployment.cart', 'shop']]);
    expect(only(other, 'RoleBinding').metadata.namespace).toBe('shop');
  });

  test('is not taken from the others of that namespace, who have no rule of the service\'s namespace then', () => {
    const other = synth(chart => service(chart).connectFrom(pods(new Chart(chart, 'shop', { namespace: 'shop' }), 'cart')));
    const rest = only(other, 'DestinationRule', 'api.bookinfo.certificate.shop');

    expect(rest.metadata.namespace).toBe('shop');
    expect(rest.spec.workloadSelector).toBeUndefined();
    expect(rest.spec.exportTo).toEqual(['shop']);
    expect(rest.spec.trafficPolicy.portLevelSettings[0].tls).toEqual({
      mode: 'SIMPLE', sni: 'api.example.com', subjectAltNames: ['api.example.com'], caCertificates: 'system',
    });
    expect(only(other, 'DestinationRule', 'api.bookinfo.endpoints').spec.exportTo).toEqual(['bookinfo']);
  });

  test('has settings of the ports that need any, and the life of a connection, which Istio takes from the destination', () => {
    const settings = synth(chart => service(chart, {
      ports: [{ number: 80, protocol: Protocol.HTTP, tls: MUTUAL }, { number: 9200 }], connection: { idleTimeout: Duration.minutes(5) },
    }).connectFrom(pods(chart, 'orders')));
    const bare = synth(chart => service(chart, { ports: [{ number: 80, protocol: Protocol.HTTP, tls: MUTUAL }, { number: 9200 }] }).connectFrom(pods(chart, 'orders')));

    expect(rulesOf(settings)[0].spec.trafficPolicy.connectionPool).toEqual({ tcp: { idleTimeout: '300s' } });
    expect(rulesOf(bare)[0].spec.trafficPolicy.portLevelSettings.map(({ port }: { port: object }) => port)).toEqual([{ number: 80 }]);
  });

  test('is told apart for workloads whose names and namespaces join to the same text', () => {
    const alike = synth(chart => {
      const api = service(chart);
      api.connectFrom(pods(new Chart(chart, 'one', { namespace: 'a' }), 'deployment-w'));
      api.connectFrom(pods(new Chart(chart, 'two', { namespace: 'a-deployment' }), 'w'));
      api.connectFrom(pods(new Chart(chart, 'three', { namespace: 'a' }), 'my.app'));
      api.connectFrom(pods(new Chart(chart, 'four', { namespace: 'a' }), 'my-app'));
    });

    const subjectOf = (binding: object) => (binding as { subjects: { name: string; namespace: string }[] }).subjects[0];
    expect(all(alike, 'RoleBinding').map(binding => [binding.metadata.namespace, subjectOf(binding).namespace, subjectOf(binding).name])).toEqual([
      ['a-deployment', 'a-deployment', 'w'], ['a', 'a', 'deployment-w'], ['a', 'a', 'my.app'], ['a', 'a', 'my-app'],
    ]);
  });

  test('is told apart for workloads of one name', () => {
    const twins = synth(chart => {
      const api = service(chart);
      api.connectFrom(pods(chart, 'orders'));
      api.connectFrom(pods(chart, 'orders', { app: 'job' }, 'Job'));
    });

    expect(rulesOf(twins).map(({ metadata }) => metadata.name)).toEqual([
      'api.bookinfo.certificate.bookinfo.deployment.orders', 'api.bookinfo.certificate.bookinfo.job.orders',
    ]);
  });

  test('of several hosts has a rule for each', () => {
    const hosts = synth(chart => service(chart, { hosts: ['a.example.com', 'b.example.com'] }).connectFrom(pods(chart, 'orders')));

    expect(rulesOf(hosts).map(({ spec }) => spec.host)).toEqual(['a.example.com', 'b.example.com']);
    expect(all(hosts, 'Role')).toHaveLength(1);
  });

  test('is written once for a workload that is named twice', () => {
    expect(rulesOf(synth(chart => {
      const api = service(chart, { credentials: Credentials.passwordFromSecret('x') });
      const workload = pods(chart, 'orders');
      api.connectFrom(workload);
      api.allowFrom(MeshClient.workload(workload));
    }))).toHaveLength(1);
  });

  test('is the gateway\'s for a service that is routed', () => {
    const routed = synth(chart => {
      const api = service(chart);
      api.connectFrom(pods(chart, 'orders'));
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(api);
    });

    expect(rulesOf(routed)).toEqual([]);
    expect(all(routed, 'Role')).toEqual([]);
    expect(only(routed, 'DestinationRule', 'api.bookinfo.upstream.80').spec.trafficPolicy.tls.credentialName).toBe('partner');
  });

  test('has the connection settings of the service, and its failover', () => {
    const settings = synth(chart => service(chart, { connection: { maxConnections: 7 }, resolution: Resolution.dns() }).connectFrom(pods(chart, 'orders')));

    expect(rulesOf(settings)[0].spec.trafficPolicy.portLevelSettings[0]).toMatchObject({
      connectionPool: { tcp: { maxConnections: 7, connectTimeout: '2s' } }, outlierDetection: { interval: '1s' },
    });
  });
});

test('an authority from a Secret needs no right to list Secrets', () => {
  const manifests = synth(chart => service(chart, {}, ClientTls.originate({ credentialName: 'partner-ca' })).connectFrom(pods(chart, 'orders')));

  expect(all(manifests, 'Role')).toEqual([]);
  expect(rulesOf(manifests)[0].spec.trafficPolicy.portLevelSettings[0].tls).toEqual({
    mode: 'SIMPLE', credentialName: 'partner-ca', sni: 'api.example.com', subjectAltNames: ['api.example.com'],
  });
});

test('a Secret and exportTo are refused together: sidecars there would send plaintext', () => {
  expect(messageOf(() => synth(chart => service(chart, { exportTo: ['.', 'shop'] }).connectFrom(pods(chart, 'orders'))))).toContain(
    '[test/Api] \'credentialName\' "partner" with \'exportTo\' (".", "shop"), where sidecars that get no Secret would send plaintext: leave \'exportTo\' out');
});

describe('a Secret is refused', () => {
  test.each<[string, (api: ExternalService, chart: Chart) => void, string]>([
    ['without a client', () => undefined, 'a client is every account of "bookinfo": name workloads, with connectFrom() or MeshClient.workload(), or route the service through a gateway'],
    ['for an account', api => api.allowFrom(MeshClient.serviceAccount('shop', 'cart')), 'a client is "shop/cart": name workloads'],
    ['for a whole namespace beside a workload', (api, chart) => {
      api.connectFrom(pods(chart, 'orders'));
      api.allowFrom(MeshClient.allIn('shop'));
    }, 'a client is every account of "shop": name workloads'],
    ['for pods without labels', (api, chart) => api.connectFrom(pods(chart, 'orders', null as never)),
      'its client \'test/Deployment-orders\' has pods without labels, by which their sidecars would get the Secret: give them labels'],
    ['for an account that is every pod\'s', (api, chart) => api.connectFrom(pods(chart, 'orders', { app: 'orders' }, 'Deployment', 'default')),
      'runs as the account "default", and every pod that does would be allowed to list the Secrets of the namespace'],
    ['for pods without any', (api, chart) => api.connectFrom(pods(chart, 'orders', {})), 'has pods without labels'],
  ])('%s', (_, name, message) => {
    const said = messageOf(() => synth(chart => name(service(chart), chart)));

    expect(said).toContain('[test/Api] ');
    expect(said).toContain(message);
  });
});

test('a service of another app cannot give the workloads of this one a certificate', () => {
  expect(messageOf(() => synth(chart => ExternalHttp.fromAttributes(chart, 'Api', { host: 'api.example.com', namespaceName: 'platform', tls: MUTUAL })))).toContain(
    '[test/Api] \'credentialName\' "partner" of a service that another app declares, which writes nothing for the workloads of this one');
});

test('a workload without a sidecar would send plaintext where the sidecar makes TLS of it', () => {
  const bare = (chart: Chart) => new ApiObject(chart, 'Bare', {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bare', labels: { 'sidecar.istio.io/inject': 'false' } }, spec: { containers: [{ name: 'bare' }] },
  });

  expect(messageOf(() => synth(chart => service(chart, {}, ClientTls.originate()).connectFrom(bare(chart))))).toContain(
    '[test/Api] its client \'test/Bare\' would send plaintext, which no sidecar makes TLS of, because it has "sidecar.istio.io/inject" switched off');
});
