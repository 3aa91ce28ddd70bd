import { answersOf, deployment, entry, object, reportOf, routed, viewOf } from './helpers';
import { asHtml } from '../../src/report/as-html';
import { asMarkdown } from '../../src/report/as-markdown';
import { principalsOf } from '../../src/report/named';
import { representativesIn } from '../../src/report/representative';
import { remarksOn } from '../../src/report/summary';

const DB = 'db.example.com:3306';
const THROUGH = 'REACHES istio-system/istio-egressgateway';
const REFUSED = 'REFUSED istio-system/istio-egressgateway';

describe('a principal names, as Istio compares it', () => {
  test.each([
    ['cluster.local/ns/shop/sa/cart', 'shop/cart'],
    ['*/ns/shop/sa/cart', 'shop/cart'],
    ['*/sa/admin', '*/admin'],
    ['*-admin', '*/*-admin'],
    ['*a/admin', '*/admin'],
    ['*-prod/sa/cart', '*-prod/cart'],
    ['cluster.local/ns/shop/*', 'shop/*'],
    ['cluster.local/ns/shop/sa/*', 'shop/*'],
    ['cluster.local/ns/shop/sa/nightly-*', 'shop/nightly-*'],
    ['cluster.local/ns/team-*', 'team-*/*'],
    ['cluster.local/ns/*', undefined],
    ['cluster.local/*', undefined],
    ['*', undefined],
    ['cluster.local/ns/team-*/sa/cart', undefined],
    ['cluster.local', undefined],
  ])('%s: %s', (text, expected) => {
    expect(principalsOf(text).map(({ namespace, account }) => `${namespace}/${account}`)).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe('whoever matches a pattern that a policy has', () => {
  const allowing = (source: object, ...objects: string[]) => reportOf(viewOf([
    ...routed([], { policy: { selector: { matchLabels: { istio: 'egressgateway' } }, rules: [{ from: [{ source }] }] } }), ...objects,
  ]));

  test('an account, by its beginning', () => {
    const found = allowing({ principals: ['cluster.local/ns/shop/sa/nightly-*'] });

    expect(answersOf(found, DB)).toMatchObject({ 'shop: accounts nightly-*': THROUGH, 'shop: every other account': REFUSED });
    expect(asMarkdown(found)).toContain('| shop: accounts nightly-\\* | **reaches it** |');
  });

  test('an account of every namespace', () => {
    const found = answersOf(allowing({ principals: ['*/sa/admin'] }, deployment('catalog/api', 'api')), DB);

    expect(found).toMatchObject({ 'shop/admin': THROUGH, 'shop: every other account': REFUSED });
    // Nobody else sees the service.
    expect(Object.keys(found)).not.toContain('catalog/admin');
  });

  test('an account of namespaces that the input does not know', () => {
    const everybody = (text: string) => text.replaceAll('"exportTo":["shop"]', '"exportTo":["*"]');
    const policy = { selector: { matchLabels: { istio: 'egressgateway' } }, rules: [{ from: [{ source: { principals: ['*-admin'] } }] }] };
    const inGateways = (text: string) => text.replace('"name":"db-to-gateway","namespace":"shop"', '"name":"db-to-gateway","namespace":"istio-system"');
    const found = reportOf(viewOf(routed([], { policy }).map(everybody).map(text => (text.includes('"DestinationRule"') ? inGateways(text) : text))));

    expect(answersOf(found, DB)).toMatchObject({ 'every other namespace: accounts *-admin': THROUGH, 'every other namespace': REFUSED });
  });

  test.each(['team-*', 'team-*-prod'])('a namespace like %s', pattern => {
    const open = object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'https', port: 443, targetPort: 8443 }] });
    const objects = routed([], { policy: { selector: { matchLabels: { istio: 'egressgateway' } }, rules: [{ from: [{ source: { namespaces: [pattern] } }] }] } })
      .map(text => text.replaceAll('"exportTo":["shop"]', '"exportTo":["*"]'))
      .map(text => (text.includes('"DestinationRule"') ? text.replace('"namespace":"shop"', '"namespace":"istio-system"') : text));
    const found = reportOf(viewOf([...objects, open]));

    expect(answersOf(found, DB)).toMatchObject({ [`namespaces ${pattern}`]: THROUGH, 'every other namespace': REFUSED });
    expect(asHtml(found)).toContain(`namespaces ${pattern}`);
  });

  test('is no row when it gets what everybody gets', () => {
    const found = allowing({ namespaces: ['shop'] }, object('AuthorizationPolicy', 'istio-system/unrelated', {
      selector: { matchLabels: { app: 'other' } }, rules: [{ from: [{ source: { principals: ['*/sa/admin'], namespaces: ['team-*'] } }] }],
    }));

    expect(found.clients.map(({ namespace, account }) => `${namespace}/${account}`)).not.toEqual(expect.arrayContaining([expect.stringMatching(/admin|team/)]));
  });
});

describe('pods with labels that something selects, and no workload has', () => {
  const database = entry('db.example.com', 3306, 'TCP', { exportTo: ['shop'] });
  const closed = (podSelector: object) => object('NetworkPolicy', 'closed', { podSelector, policyTypes: ['Egress'], egress: [] });
  const answers = (...objects: string[]) => answersOf(reportOf(viewOf([database, ...objects])), DB);

  test('by a NetworkPolicy', () => {
    expect(answers(closed({ matchLabels: { app: 'x' } }))).toMatchObject({ 'shop: every other account (pods with app=x)': 'REFUSED', 'shop: every other account': 'REACHES' });
    expect(answers(closed({ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }, { key: 'app', operator: 'Exists' }] })))
      .toMatchObject({ 'shop: every other account (pods with app=(any),zone=a)': 'REFUSED' });
    expect(answers(closed({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] }))).toMatchObject({ 'shop: every other account': 'REFUSED' });
  });

  test('by a Sidecar', () => {
    const sidecar = object('Sidecar', 'old', { workloadSelector: { labels: { app: 'old' } }, egress: [{ hosts: ['./nothing.example.com'] }] });

    expect(answers(sidecar)).toMatchObject({ 'shop: every other account (pods with app=old)': 'NOWHERE', 'shop: every other account': 'REACHES' });
  });

  test('by a VirtualService, in each namespace that sees it', () => {
    const away = object('VirtualService', 'away', {
      hosts: ['db.example.com'], tcp: [{ match: [{ sourceLabels: { version: 'v2' } }], route: [{ destination: { host: 'nowhere.example.com' } }] }],
    });

    expect(answers(away)).toMatchObject({ 'shop: every other account (pods with version=v2)': 'NOWHERE', 'shop: every other account': 'REACHES' });
  });

  test('by a DestinationRule', () => {
    const tls = object('DestinationRule', 'tls', { host: 'db.example.com', workloadSelector: { matchLabels: { app: 'tls' } }, trafficPolicy: { tls: { mode: 'SIMPLE' } } });
    const found = reportOf(viewOf([database, tls]));

    expect(found.dependencies[0].access.filter(({ client }) => client.namespace === 'shop').map(({ client, tls: mode }) => [client.labels, mode]))
      .toEqual([[undefined, ''], [{ app: 'tls' }, 'SIMPLE']]);
  });

  test('by whom the NetworkPolicy of a gateway lets in', () => {
    const inbound = object('NetworkPolicy', 'istio-system/in', {
      podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { egress: 'yes' } } }] }],
    });
    const egress = deployment('istio-system/egress', 'egress', { labels: { istio: 'egressgateway' }, annotations: { 'inject.istio.io/templates': 'gateway' } });
    const policy = { selector: { matchLabels: { istio: 'egressgateway' } }, rules: [{ from: [{ source: { namespaces: ['shop'] } }] }] };

    expect(answersOf(reportOf(viewOf([...routed([], { policy }), inbound, egress])), DB)).toMatchObject({
      'shop: every other account (pods with egress=yes)': THROUGH, 'shop: every other account': 'REFUSED',
    });
  });

  test('are no row when a workload has the labels, or when nothing is different for them', () => {
    const names = (...objects: string[]) => Object.keys(answers(...objects)).filter(name => name.includes('pods with'));

    expect(names(closed({ matchLabels: { app: 'x' } }), deployment('x', 'x'))).toEqual([]);
    expect(names(object('NetworkPolicy', 'open', { podSelector: { matchLabels: { app: 'x' } }, policyTypes: ['Egress'], egress: [{}] }))).toEqual([]);
  });
});

test('an account without a workload may have any labels, and whoever is not named has none', () => {
  const closed = object('NetworkPolicy', 'closed', { podSelector: { matchLabels: { app: 'x' } }, policyTypes: ['Egress'], egress: [] });
  const { dependencies } = reportOf(viewOf([entry('db.example.com', 3306, 'TCP', { exportTo: ['.'] }), closed]), { clients: [{ namespace: 'shop', account: 'absent' }] });
  const conditions = dependencies[0].access.filter(({ client }) => client.namespace === 'shop' && client.labels === undefined).map(one => [one.client.account, one.conditions]);

  expect(conditions).toEqual([['absent', [expect.stringContaining('unless NetworkPolicy shop/closed cuts it off')]], ['*', []]]);
});

test('who stands for too many is left out, and that is said', () => {
  const many = Array.from({ length: 250 }, (_, i) => object('NetworkPolicy', `closed-${i}`, { podSelector: { matchLabels: { app: `a${i}` } }, policyTypes: ['Egress'], egress: [] }));
  const found = reportOf(viewOf([entry('db.example.com', 3306, 'TCP'), ...many]));

  expect(found.clients.filter(({ labels }) => labels !== undefined)).toHaveLength(200);
  expect(remarksOn(found).map(({ text }) => text)).toContain('Of 250 patterns of names and labels that no workload of the input has, 200 are asked about.');
  const namespaces = Array.from({ length: 250 }, (_, i) => object('Namespace', `n${i}`, {}));
  const everywhere = object('VirtualService', 'v', { hosts: ['db.example.com'], tcp: [{ match: [{ sourceLabels: { app: 'x' } }], route: [{ destination: { host: 'y.example.com' } }] }] });
  const { clients, leftOut } = representativesIn(viewOf([everywhere, ...namespaces]));
  expect(clients).toEqual([{ namespace: '*', account: '*', labels: { app: 'x' } }]);
  expect(leftOut).toEqual([expect.stringContaining('in unknown namespaces alone')]);
});
