import * as fs from 'node:fs';
import * as path from 'node:path';
import { answersOf, deployment, entry, object, reportOf, routed, viewOf, viewOfOdd } from './helpers';
import { DEFAULT_FACTS } from '../../src/private/default-facts';
import { readManifests } from '../../src/reading/manifests';
import { asHtml } from '../../src/report/as-html';
import { asMarkdown } from '../../src/report/as-markdown';
import { groupNames, groupsOf } from '../../src/report/report';
import { remarksOn, remarkText } from '../../src/report/summary';
import { MeshView } from '../../src/view/mesh-view';

const workloads = [deployment('cart', 'cart'), deployment('search', 'search'), deployment('catalog/api', 'api')];

const openingsOf = (found: ReturnType<typeof reportOf>, index = 0) => found.dependencies[index].openings.map(({ kind }) => kind);

describe('who reaches a service through a gateway', () => {
  const found = reportOf(viewOf([...routed(['shop/cart']), ...workloads]));

  test('the account that the gateway names', () => {
    expect(answersOf(found, 'db.example.com:3306')).toMatchObject({
      'shop/cart': 'REACHES istio-system/istio-egressgateway',
      'shop/search': 'REFUSED istio-system/istio-egressgateway',
      'shop: every other account': 'REFUSED istio-system/istio-egressgateway',
      'catalog/api': 'NOWHERE',
      'every other namespace': 'NOWHERE',
    });
  });

  test('the account that a policy on the gateway names', () => {
    const policy = { selector: { matchLabels: { istio: 'egressgateway' } }, rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/cart'] } }] }] };

    expect(answersOf(reportOf(viewOf([...routed([], { policy }), ...workloads])), 'db.example.com:3306')).toMatchObject({
      'shop/cart': 'REACHES istio-system/istio-egressgateway',
      'shop/search': 'REFUSED istio-system/istio-egressgateway',
    });
  });

  test('a port without a route is past the gateway, and is named at the beginning', () => {
    const remarks = (port: string) => {
      const more = reportOf(viewOf([...routed(['shop/cart']).map(one => one.replace('"ports":[{"number":3306,', `"ports":[${port}{"number":3306,`)), ...workloads]));
      return remarksOn(more).map(remark => remarkText(remark, 1));
    };
    const past = 'The dependency is reached directly as well, past the gateway that lets only named clients pass';

    expect(remarks('{"number":3307,"name":"admin","protocol":"TCP"},')).toContain(past);
    expect(remarks('')).not.toContain(past);
  });

  test('what gateways send to is no dependency of its own', () => {
    expect(found.dependencies.map(({ hosts }) => hosts)).toEqual([['db.example.com']]);
  });

  test('the reason names the object that decides', () => {
    const access = found.dependencies[0].access.find(({ client }) => client.account === 'search')!;

    expect(access.why).toContain('not among the \'subjectAltNames\'');
    expect(access.because.map(({ object: of, field }) => `${of} ${field}`)).toEqual(['Gateway shop/db spec.servers[0].tls.subjectAltNames']);
  });

  test('clients with one answer are one group', () => {
    const [dependency] = found.dependencies;

    expect(groupsOf(dependency).map(group => groupNames(group, dependency))).toEqual([
      ['shop/cart'], ['shop/search', 'shop: every other account'], ['every account of catalog, istio-system', 'every other namespace'],
    ]);
  });
});

describe('two services on one port that sidecars cannot tell apart', () => {
  const database = (name: string, endpoint?: string) => object('ServiceEntry', name, {
    hosts: [`${name.split('/')[1]}.example.com`],
    exportTo: ['.'],
    ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
    resolution: 'DNS',
    ...endpoint === undefined ? {} : { endpoints: [{ address: endpoint }] },
  });

  test('who ends at another one does not reach it', () => {
    const found = reportOf(viewOf([database('shop/orders'), database('reports/stock')]));
    const [orders] = found.dependencies;

    expect(answersOf(found, 'orders.example.com:3306')).toMatchObject({ 'shop: every other account': 'REACHES', 'reports: every other account': 'ELSEWHERE' });
    expect(orders.access.find(({ client }) => client.namespace === 'reports')).toMatchObject({ instead: ['stock.example.com'], because: [{ object: 'ServiceEntry reports/stock' }] });
    expect(asMarkdown(found)).toContain('| orders.example.com | 3306 TCP | directly | every account of shop |');
    expect(asMarkdown(found)).toContain('| every account of reports | **ends at stock.example.com instead** |');
    expect(orders.openings.map(({ who }) => who)).not.toContain('every account of reports, shop');
  });

  test('those who end at many others are one row', () => {
    const found = reportOf(viewOf([database('shop/orders'), database('reports/stock'), database('billing/bills')]));
    const [, orders] = found.dependencies;

    expect(groupsOf(orders).map(group => [groupNames(group, orders), group.answers[0].answer.instead])).toEqual([
      [['every account of shop'], []], [['every account of billing, reports'], ['bills.example.com', 'stock.example.com']], [['every other namespace'], []],
    ]);
  });

  test('another one with the same server is that server', () => {
    const found = reportOf(viewOf([database('shop/orders', '192.0.2.7'), database('reports/stock', '192.0.2.7')]));

    expect(answersOf(found, 'orders.example.com:3306')).toMatchObject({ 'reports: every other account': 'REACHES' });
  });
});

describe('who else could reach it', () => {
  test('every account of a namespace that sees a direct service', () => {
    const found = reportOf(viewOf([entry('db.example.com', 3306, 'TCP', { exportTo: ['.'] }), ...workloads]));

    expect(openingsOf(found)).toEqual(['NAMESPACE', 'WITHOUT_SIDECAR']);
    expect(found.dependencies[0].openings[0].who).toBe('every account of shop');
  });

  test('everybody, when it is exported to all', () => {
    const found = reportOf(viewOf([entry('db.example.com', 3306, 'TCP'), ...workloads]));

    expect(openingsOf(found)).toContain('EVERYBODY');
    expect(remarksOn(found).map(remark => remarkText(remark, 1))).toContain('The dependency is open to every namespace of the mesh');
  });

  test('everybody on ALLOW_ANY, but where a Sidecar closes', () => {
    const closed = object('Sidecar', 'closed/default', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } });
    const found = reportOf(viewOf([entry('db.example.com', 3306, 'TCP', { exportTo: ['.'] }), closed], { outboundTrafficPolicy: 'ALLOW_ANY' }));

    expect(found.dependencies[0].openings.find(({ kind }) => kind === 'ALLOW_ANY')).toMatchObject({ except: ['closed'] });
    expect(answersOf(found, 'db.example.com:3306')).toMatchObject({ 'every other namespace': 'DIRECT', 'closed: every other account': 'NOWHERE' });
  });

  test('the pods for which a Sidecar has ALLOW_ANY in a closed mesh', () => {
    const sidecar = (name: string, more: object) => object('Sidecar', name, { outboundTrafficPolicy: { mode: 'ALLOW_ANY' }, ...more });
    const openingOf = (...sidecars: string[]) => {
      const found = reportOf(viewOf([...routed(['shop/cart']), ...workloads, ...sidecars]));
      return { opening: found.dependencies[0].openings.find(({ kind }) => kind === 'SIDECAR_ALLOW_ANY'), text: asMarkdown(found) };
    };

    expect(openingOf().opening).toBeUndefined();
    expect(openingOf(sidecar('shop/default', {})).opening).toMatchObject({ who: 'every pod with a sidecar of shop', because: [{ object: 'Sidecar shop/default' }] });
    expect(openingOf(sidecar('shop/old', { workloadSelector: { labels: { app: 'old' } } })).opening).toMatchObject({ who: 'every pod with a sidecar of shop (pods with app=old)' });
    expect(openingOf(sidecar('shop/default', {})).text).toContain('- every pod with a sidecar of shop: a Sidecar has ALLOW\\_ANY for them');
  });

  test('on ALLOW_ANY a namespace that reaches a gateway passes the rest on too', () => {
    const found = reportOf(viewOf([...routed(['shop/cart']), ...workloads], { outboundTrafficPolicy: 'ALLOW_ANY' }));

    expect(found.dependencies[0].openings.find(({ kind }) => kind === 'ALLOW_ANY')).toMatchObject({ except: [] });
  });

  test('the summary names who gets there unchecked', () => {
    const found = reportOf(viewOf([...routed(['shop/cart']), ...workloads], { outboundTrafficPolicy: 'ALLOW_ANY' }));

    expect(asMarkdown(found)).toContain('| shop/cart; unchecked: every account of catalog, istio-system, every other namespace |');
    expect(asHtml(found)).toContain('shop/cart; unchecked: every account of catalog, istio-system, every other namespace');
  });

  test('pods without a sidecar, but where NetworkPolicies close', () => {
    const closed = object('NetworkPolicy', 'catalog/closed', { podSelector: {}, policyTypes: ['Egress'], egress: [] });
    const open = object('NetworkPolicy', 'shop/open', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }] });
    const found = reportOf(viewOf([...routed(['shop/cart']), closed, open]));

    expect(found.dependencies[0].openings.find(({ kind }) => kind === 'WITHOUT_SIDECAR')).toMatchObject({ except: ['catalog'] });
  });

  describe('pods without a sidecar, in a namespace that NetworkPolicies limit', () => {
    const limits = (name: string, egress: object[], podSelector: object = {}) => (
      object('NetworkPolicy', `shop/${name}`, { podSelector, policyTypes: ['Egress'], egress }));
    const to = (cidr: string, ...ports: number[]) => (
      { to: [{ ipBlock: { cidr } }], ...ports.length === 0 ? {} : { ports: ports.map(port => ({ port })) } });
    const openingOf = (...objects: string[]) => reportOf(viewOf(objects)).dependencies[0].openings.find(({ kind }) => kind === 'WITHOUT_SIDECAR')!;
    const endpoints = [{ address: '192.0.2.14', ports: { tcp: 33060 } }];
    const fixed = entry('db.example.com', 3306, 'TCP', { addresses: ['192.0.2.14'], resolution: 'STATIC', endpoints });
    const byName = entry('db.example.com', 3306, 'TCP');

    test('are closed off when no policy opens an address of the service', () => {
      expect(openingOf(fixed, limits('closed', [])).except).toEqual(['shop']);
      expect(openingOf(fixed, limits('closed', [to('198.51.100.0/24')])).except).toEqual(['shop']);
    });

    test('are not when one of some labels is let out', () => {
      expect(openingOf(fixed, limits('closed', []), limits('open', [to('192.0.2.0/24')], { matchLabels: { app: 'backup' } })).except).toEqual([]);
    });

    test('are not when the port of the endpoint is open', () => {
      expect(openingOf(fixed, limits('closed', [to('192.0.2.0/24', 33060)])).except).toEqual([]);
      expect(openingOf(fixed, limits('closed', [to('192.0.2.0/24', 5432)])).except).toEqual(['shop']);
    });

    test('are not with the network of their node', () => {
      expect(openingOf(fixed, limits('closed', []), deployment('agent', 'agent', { spec: { hostNetwork: true } })).except).toEqual([]);
    });

    test('are not known to be when DNS says where the service is, unless pods alone are let out', () => {
      const some = openingOf(byName, limits('closed', [to('192.0.2.0/24')]));

      expect(some.except).toEqual([]);
      expect(some.why).toContain('The NetworkPolicies of shop let pods out to some addresses, and whether the service is at one of them is not in the input');
      expect(openingOf(byName, limits('closed', [to('0.0.0.0/0')])).why).not.toContain('NetworkPolicies of shop');
      expect(openingOf(byName, limits('closed', [{ to: [{ namespaceSelector: {} }] }])).except).toEqual(['shop']);
    });
  });

  test('every account of the mesh, when a gateway names none', () => {
    expect(openingsOf(reportOf(viewOf(routed([]))))).toContain('ANY_IDENTITY');
    expect(openingsOf(reportOf(viewOf(routed(['shop/cart']))))).not.toContain('ANY_IDENTITY');
    const policy = { selector: { matchLabels: { istio: 'egressgateway' } }, rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/cart'] } }] }] };
    expect(openingsOf(reportOf(viewOf(routed([], { policy }))))).not.toContain('ANY_IDENTITY');
  });

  test('every pod, when a gateway asks for no certificate of the mesh', () => {
    expect(openingsOf(reportOf(viewOf(routed([], { mode: 'SIMPLE' }))))).toContain('WITHOUT_IDENTITY');
  });
});

/** Tasks of istio.io about egress, as they stand there. */
describe('published recipes', () => {
  const CNN = 'edition.cnn.com';
  const GATEWAY = 'istio-egressgateway.istio-system.svc.cluster.local';
  const routes = (port: number) => object('VirtualService', 'direct-cnn-through-egress-gateway', {
    hosts: [CNN],
    gateways: ['istio-egressgateway', 'mesh'],
    http: [
      { match: [{ gateways: ['mesh'], port: 80 }], route: [{ destination: { host: GATEWAY, subset: 'cnn', port: { number: 80 } } }] },
      { match: [{ gateways: ['istio-egressgateway'], port: 80 }], route: [{ destination: { host: CNN, port: { number: port } } }] },
    ],
  });
  const cnn = object('ServiceEntry', 'cnn', {
    hosts: [CNN], ports: [{ number: 80, name: 'http-port', protocol: 'HTTP' }, { number: 443, name: 'https', protocol: 'HTTPS' }], resolution: 'DNS',
  });
  const gateway = (protocol: string, tls: object) => object('Gateway', 'istio-egressgateway', {
    selector: { istio: 'egressgateway' }, servers: [{ port: { number: 80, name: 'port', protocol }, hosts: [CNN], ...tls }],
  });
  const subset = (policy: object) => object('DestinationRule', 'egressgateway-for-cnn', { host: GATEWAY, subsets: [{ name: 'cnn', ...policy }] });

  test('HTTP through the egress gateway: the namespace with the subset gets there, and the gateway cannot tell who', () => {
    const found = reportOf(viewOf([cnn, gateway('HTTP', {}), subset({}), routes(80), ...workloads]));

    // Sidecars of other namespaces do not look for the DestinationRule in "shop".
    expect(answersOf(found, `${CNN}:80`)).toMatchObject({ 'shop/cart': 'REACHES istio-system/istio-egressgateway', 'every other namespace': 'NOWHERE' });
    expect(openingsOf(found)).toContain('WITHOUT_IDENTITY');
    expect(answersOf(found, `${CNN}:443`)).toMatchObject({ 'shop/cart': 'REACHES' });
  });

  test('TLS origination at the egress gateway: it asks for an identity, and for no certain one', () => {
    const found = reportOf(viewOf([
      cnn, gateway('HTTPS', { tls: { mode: 'ISTIO_MUTUAL' } }), routes(443), ...workloads,
      subset({ trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'ISTIO_MUTUAL', sni: CNN } }] } }),
      object('DestinationRule', 'originate-tls-for-cnn', { host: CNN, trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'SIMPLE' } }] } }),
    ]));

    expect(openingsOf(found)).toContain('ANY_IDENTITY');
    expect(found.dependencies[0].access.find(({ client, target }) => client.account === 'cart' && target.port === 80)).toMatchObject({ tls: 'SIMPLE' });
  });

  test('a direct service: its sidecar lets every namespace out', () => {
    const found = reportOf(viewOf([cnn, ...workloads]));

    expect(groupsOf(found.dependencies[0]).map(group => groupNames(group, found.dependencies[0]))).toEqual([['everybody']]);
    expect(openingsOf(found)).toEqual(['EVERYBODY', 'WITHOUT_SIDECAR']);
  });
});

describe('clients', () => {
  test('workloads of one account that get other answers are told apart', () => {
    const policy = object('NetworkPolicy', 'shop/cart', { podSelector: { matchLabels: { app: 'closed' } }, policyTypes: ['Egress'], egress: [] });
    const found = reportOf(viewOf([entry('db.example.com', 3306, 'TCP'), policy, deployment('open', 'cart'), deployment('closed', 'cart')]));

    expect(answersOf(found, 'db.example.com:3306')).toMatchObject({ 'shop/cart (Deployment open)': 'REACHES', 'shop/cart (Deployment closed)': 'REFUSED' });
  });

  describe('of a gateway', () => {
    const clientsWith = (...pods: string[]) => reportOf(viewOf([...routed(['shop/cart']), ...pods])).clients.map(({ account }) => account);
    const proxy = { name: 'istio-proxy', image: 'auto' };
    const templates = { 'inject.istio.io/templates': 'gateway' };

    test.each([
      ['its template', { annotations: templates, spec: { containers: [proxy] } }],
      ['the argument of its proxy', { spec: { containers: [{ name: 'proxy', args: ['proxy', 'router'] }] } }],
      ['the labels of Istio\'s chart', { labels: { app: 'istio-egressgateway', istio: 'egressgateway' }, spec: { containers: [proxy] } }],
    ])('pods are none, told by %s', (_, more) => {
      expect(clientsWith(deployment('istio-system/egress', 'egress', { labels: { istio: 'egressgateway' }, ...more }))).not.toContain('egress');
    });

    test('the labels make no gateway of a client, whoever writes a Gateway for it', () => {
      const hiding = object('Gateway', 'tenant/hiding', { selector: { app: 'cart' }, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] });

      expect(clientsWith(deployment('cart', 'cart'), deployment('hidden', 'hidden', { labels: { istio: 'egressgateway' } }), hiding))
        .toEqual(expect.arrayContaining(['cart', 'hidden']));
      expect(answersOf(reportOf(viewOf([...routed(['shop/cart']), deployment('cart', 'cart'), hiding])), 'db.example.com:3306'))
        .toMatchObject({ 'shop/cart': 'REACHES istio-system/istio-egressgateway' });
    });

    test('the name of the proxy makes none of another image', () => {
      expect(clientsWith(deployment('hidden', 'hidden', { annotations: templates, spec: { containers: [{ name: 'istio-proxy', image: 'curl' }] } }))).toContain('hidden');
    });

    test('a container beside the proxy is a client that no proxy looks at', () => {
      const beside = deployment('beside', 'beside', { annotations: templates, spec: { containers: [proxy, { name: 'app' }] } });

      expect(answersOf(reportOf(viewOf([...routed(['shop/cart']), beside])), 'db.example.com:3306')).toMatchObject({ 'shop/beside': 'DIRECT' });
    });
  });

  test.each([
    ['a Rollout of Argo', 'argoproj.io/v1alpha1', 'Rollout'], ['a Service of Knative', 'serving.knative.dev/v1', 'Service'],
    ['a Configuration of Knative', 'serving.knative.dev/v1', 'Configuration'], ['a DeploymentConfig of OpenShift', 'apps.openshift.io/v1', 'DeploymentConfig'],
    ['any other kind with a template of pods', 'example.com/v1', 'Fleet'], ['a ReplicationController', 'v1', 'ReplicationController'],
  ])('%s makes pods', (_, apiVersion, kind) => {
    const template = { metadata: { labels: { app: 'canary' } }, spec: { serviceAccountName: 'canary', containers: [{ name: 'app' }] } };
    const workload = JSON.stringify({ apiVersion, kind, metadata: { name: 'canary', namespace: 'shop' }, spec: { template } });
    const policy = object('NetworkPolicy', 'shop/canary', { podSelector: { matchLabels: { app: 'canary' } }, policyTypes: ['Egress'], egress: [] });

    expect(answersOf(reportOf(viewOf([entry('db.example.com', 3306, 'TCP'), workload, policy])), 'db.example.com:3306')).toMatchObject({ 'shop/canary': 'REFUSED' });
  });

  test('accounts that policies name are, with or without a workload', () => {
    const policy = { selector: { matchLabels: { istio: 'egressgateway' } }, rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/nightly'] } }] }] };

    expect(answersOf(reportOf(viewOf(routed([], { policy }))), 'db.example.com:3306')).toMatchObject({ 'shop/nightly': 'REACHES istio-system/istio-egressgateway' });
  });
});

describe('a namespace of the input', () => {
  const namespace = (labels: object) => object('Namespace', 'shop', {}, { labels });
  const answers = (labels: object, ...pods: string[]) => answersOf(reportOf(viewOf([...routed(['shop/cart']), namespace(labels), ...pods])), 'db.example.com:3306');
  const asking = { labels: { 'app': 'asking', 'sidecar.istio.io/inject': 'true' } };

  test('without sidecars: its pods go straight out, but for those that ask for one', () => {
    expect(answers({}, deployment('cart', 'cart'), deployment('asking', 'asking', asking)))
      .toMatchObject({ 'shop/cart': 'DIRECT', 'shop: every other account': 'DIRECT', 'shop/asking': 'REFUSED istio-system/istio-egressgateway' });
  });

  test('with sidecars: as without the object', () => {
    const expected = { 'shop/cart': 'REACHES istio-system/istio-egressgateway', 'shop: every other account': 'REFUSED istio-system/istio-egressgateway' };

    expect(answers({ 'istio-injection': 'enabled' }, deployment('cart', 'cart'))).toMatchObject(expected);
    expect(answers({ 'istio.io/rev': 'canary' }, deployment('cart', 'cart'))).toMatchObject(expected);
  });

  test('that is ambient: what a ztunnel does is not known', () => {
    const found = reportOf(viewOf([...routed(['shop/cart']), namespace({ 'istio.io/dataplane-mode': 'ambient' }), deployment('cart', 'cart')]));

    expect(answersOf(found, 'db.example.com:3306')).toMatchObject({ 'shop/cart': 'UNKNOWN', 'shop: every other account': 'UNKNOWN', 'every other namespace': 'NOWHERE' });
    expect(found.dependencies[0].access.find(({ client }) => client.account === 'cart')).toMatchObject({
      why: 'its namespace is ambient, and this follows sidecars: a ztunnel ignores VirtualServices, DestinationRules and exportTo',
      because: [{ object: 'Namespace shop/shop', field: 'metadata.labels' }],
    });
  });

  test('pods with the same labels of which one passes its sidecar are told apart', () => {
    const [cart, node] = [{}, { hostNetwork: true }].map((spec, i) => deployment(`cart-${i}`, 'cart', { labels: { app: 'cart' }, spec }));

    expect(answers({ 'istio-injection': 'enabled' }, cart, node))
      .toMatchObject({ 'shop/cart (Deployment cart-0)': 'REACHES istio-system/istio-egressgateway', 'shop/cart (Deployment cart-1)': 'DIRECT' });
  });
});

describe('dependencies', () => {
  const egress = object('Deployment', 'istio-egress/egress', {
    selector: { matchLabels: { istio: 'egress' } }, template: { metadata: { labels: { istio: 'egress' } }, spec: { containers: [] } },
  }).replace(/"apiVersion":"[^"]*"/, '"apiVersion":"apps/v1"');
  const alias = (...exportTo: string[]) => [
    entry('api.example.com', 443, 'TLS', { exportTo }), egress,
    object('Gateway', 'alias', { selector: { istio: 'egress' }, servers: [{ hosts: ['api.internal'], port: { number: 443, name: 'tls', protocol: 'TLS' }, tls: { mode: 'PASSTHROUGH' } }] }),
    object('VirtualService', 'alias', { hosts: ['api.internal'], gateways: ['alias'], tls: [{ match: [{ sniHosts: ['api.internal'] }], route: [{ destination: { host: 'api.example.com', port: { number: 443 } } }] }] }),
  ];

  test('what a gateway alone sends to is one, unless it ends where a routed one does', () => {
    const hostsOf = (objects: readonly string[]) => reportOf(viewOf(objects)).dependencies.map(({ hosts }) => hosts[0]);

    expect(hostsOf(alias('istio-egress'))).toEqual(['api.example.com']);
    expect(hostsOf(routed(['shop/cart']))).toEqual(['db.example.com']);
    expect(hostsOf(routed(['shop/cart']).map(text => (text.includes('db-upstream') ? text.replace(/"endpoints":\[.*?\]/, '"workloadSelector":{"labels":{"app":"db"}}') : text))))
      .toEqual(['db.example.com', 'p3306.shop.db.example.com']);
    expect(hostsOf(routed(['shop/cart']).map(text => (text.includes('db-upstream') ? text.replaceAll('192.0.2.14', '198.51.100.9') : text)))).toEqual(['db.example.com', 'p3306.shop.db.example.com']);
    expect(hostsOf(alias('.', 'istio-egress'))).toEqual(['api.example.com']);
    expect(hostsOf(alias('.'))).toEqual(['api.example.com']);
  });

  test('hosts of one object are one, with each of its ports', () => {
    const found = reportOf(viewOf([object('ServiceEntry', 'mongo', { hosts: ['b.example.com', 'a.example.com'], ports: [{ number: 27017, name: 'a', protocol: 'TCP' }, { number: 27018, name: 'b', protocol: 'TCP' }], resolution: 'DNS' })]));

    expect(found.dependencies.map(({ hosts, targets }) => [hosts, targets.length])).toEqual([[['a.example.com', 'b.example.com'], 4]]);
  });

  test('one that has expired is said to have, on the day after', () => {
    const objects = [entry('db.example.com', 3306, 'TCP')].map(text => text.replace('"metadata":{', '"metadata":{"annotations":{"cdk8s-istio-egress/expires":"2026-11-26"},'));
    const { facts, objects: read } = viewOf(objects);
    const isExpired = (today?: string) => reportOf(new MeshView(facts, read, today)).dependencies[0].isExpired;

    expect([isExpired(), isExpired('2026-11-26'), isExpired('2026-11-27')]).toEqual([false, false, true]);
  });

  test('odd objects are reported as far as they are understood', () => {
    const odd = ['ServiceEntry', 'Gateway', 'VirtualService', 'DestinationRule', 'Sidecar', 'AuthorizationPolicy', 'NetworkPolicy'].flatMap(kind => [
      object(kind, `odd-${kind.toLowerCase()}`, { hosts: 3, ports: ['x'], servers: 'y', egress: 7, rules: [null], tls: [] }), object(kind, `empty-${kind.toLowerCase()}`, {}),
    ]);

    expect(reportOf(viewOfOdd([...odd, entry('db.example.com', 3306, 'TCP')])).dependencies.map(({ hosts }) => hosts)).toEqual([['db.example.com']]);
  });
});

describe('the platform example', () => {
  const folder = path.join(__dirname, '../../examples/platform/manifests/production');
  const files = fs.readdirSync(folder).filter(file => file.endsWith('.yaml')).map(file => ({ file, text: fs.readFileSync(path.join(folder, file), 'utf8'), isNamed: true }));
  const found = reportOf(new MeshView({ ...DEFAULT_FACTS, outboundTrafficPolicy: 'REGISTRY_ONLY' }, readManifests(files, 'default').objects));

  test('shows owners, reasons and who is admitted', () => {
    expect(found.dependencies.find(({ hosts }) => hosts[0] === 'orders.example.com')!.purpose).toEqual({ owner: 'team-shop', reason: 'orders of the shop' });
    expect(Object.entries(answersOf(found, 'orders.example.com:3307')).filter(([, answer]) => answer.startsWith('REACHES')).map(([client]) => client))
      .toEqual(['reports/nightly', 'shop/checkout']);
  });

  test('is the same in another order of the files', () => {
    const turned = reportOf(new MeshView(found.view.facts, [...found.view.objects].reverse()));

    expect(turned.dependencies.map(({ access }) => access.map(({ client, verdict, why }) => [client, verdict, why])))
      .toEqual(found.dependencies.map(({ access }) => access.map(({ client, verdict, why }) => [client, verdict, why])));
  });
});

describe('a workload that passes its sidecar by', () => {
  const text = (objects: readonly string[], all = 1) => remarksOn(reportOf(viewOf(objects))).map(remark => remarkText(remark, all));
  const aside = (name: string, account = name) => deployment(name, account, { labels: { 'app': name, 'sidecar.istio.io/inject': 'false' } });

  test('in a closed mesh is among what to look at first, with its name and the reason', () => {
    expect(text([...routed(['shop/cart']), ...workloads.slice(1), aside('cart')]))
      .toContain('The dependency is reached past the sidecar by Deployment shop/cart: the pod opts out of the sidecar');
    expect(text([...routed(['shop/cart']), ...workloads]).join()).not.toContain('past the sidecar');
  });

  test('is named without others of its account, and together with those that do alike', () => {
    const both = [...routed(['shop/cart']), entry('api.example.com', 443, 'TLS'), deployment('cart', 'cart'), aside('cart-old', 'cart'), aside('batch')];

    expect(text(both, 2)).toContain('All 2 dependencies are reached past the sidecar by Deployment shop/batch, Deployment shop/cart-old: the pod opts out of the sidecar');
  });
});

describe('Services that lead out of the cluster without a ServiceEntry', () => {
  const service = (name: string, spec: object) => object('Service', name, { ports: [{ name: 'tcp', port: 3306 }], ...spec });
  const written = (name: string, ip: string) => {
    const [namespace, own] = name.split('/');
    return JSON.stringify({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: own, namespace }, subsets: [{ addresses: [{ ip }], ports: [{ name: 'tcp', port: 3306 }] }] });
  };
  const remarks = (...objects: string[]) => {
    const found = reportOf(viewOf([entry('db.example.com', 3306, 'TCP', { addresses: ['192.0.2.0/28'], resolution: 'NONE' }), ...objects, ...workloads]));
    return remarksOn(found).map(remark => remarkText(remark, found.dependencies.length)).join('\n');
  };

  test('are named at the beginning', () => {
    expect(remarks(service('shop/legacy', {}), written('shop/legacy', '198.51.100.7'), service('shop/alias', { type: 'ExternalName', externalName: 'mail.example.com' }))).toContain(
      '2 Services of the cluster lead to addresses that somebody wrote, or to a name outside, which no ServiceEntry declares: shop/alias, shop/legacy.');
    expect(remarks(service('shop/legacy', {}), written('shop/legacy', '198.51.100.7'))).toContain('1 Service of the cluster leads to');
  });

  test('are none that an entry declares, that lead inside, or that Kubernetes has itself', () => {
    const none = remarks(
      service('shop/legacy', {}), written('shop/legacy', '192.0.2.7'), service('shop/alias', { type: 'ExternalName', externalName: 'db.example.com' }),
      service('shop/inside', { type: 'ExternalName', externalName: 'web.catalog.svc.cluster.local' }), service('shop/pods', { selector: { app: 'web' } }),
      service('default/kubernetes', {}), written('default/kubernetes', '198.51.100.1'),
    );

    expect(none).not.toContain('of the cluster');
  });
});

test('TLS that a rule asks for and istiod cannot make is told', () => {
  const rule = (tls: object) => object('DestinationRule', 'db', { host: 'db.example.com', trafficPolicy: { tls } });
  // Istio's webhook refuses MUTUAL without a certificate.
  const viewIn = (tls: object) => ('mode' in tls && tls.mode === 'MUTUAL' && !('clientCertificate' in tls) ? viewOfOdd : viewOf)([
    entry('db.example.com', 3306, 'TCP', { addresses: ['192.0.2.7'] }), rule(tls), ...workloads,
  ]);
  const first = (tls: object) => reportOf(viewIn(tls)).dependencies[0].access[0];

  expect(first({ mode: 'MUTUAL' })).toMatchObject({ verdict: 'REACHES', tls: '', why: expect.stringContaining('the last proxy adds no TLS: the DestinationRule asks for MUTUAL') as string });
  expect(first({ mode: 'MUTUAL' }).because.map(({ object: of }) => of)).toContain('DestinationRule shop/db');
  expect(first({ mode: 'MUTUAL', clientCertificate: '/a', privateKey: '/b' }).why).not.toContain('adds no TLS');
  expect(first({ mode: 'DISABLE' }).why).not.toContain('adds no TLS');
});
