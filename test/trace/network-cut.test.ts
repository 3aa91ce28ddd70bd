import { deployment, entry, GATEWAY, hopAt, object, traced } from './helpers';

const DB = 'db.example.com';
const database = (more: object = {}) => entry(DB, 3306, 'TCP', { addresses: ['192.0.2.14'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }], ...more });
const policy = (direction: 'egress' | 'ingress', rules: object[], more: object = {}, name = 'limits') => (
  object('NetworkPolicy', name, { podSelector: {}, policyTypes: [direction === 'egress' ? 'Egress' : 'Ingress'], [direction]: rules, ...more }));
const to = (...cidrs: string[]) => ({ to: cidrs.map(cidr => ({ ipBlock: { cidr } })) });

/** `REACHES`, or that and on which conditions. */
function answerOf(objects: readonly string[], from = 'cart', target = `${DB}:3306`): string {
  const { end } = traced(objects, from, target);
  return [end.kind, ...end.conditions].join('; ');
}

describe('a range that NetworkPolicies let through', () => {
  const range = database({ addresses: ['192.0.2.0/24'], resolution: 'NONE', endpoints: undefined });

  test.each([
    ['as a whole', [to('192.0.0.0/16')], 'REACHES'],
    ['in part', [to('192.0.2.0/28')], 'REACHES; if NetworkPolicy shop/limits lets it through: only a part of its addresses is let through'],
    ['but for a part', [{ to: [{ ipBlock: { cidr: '192.0.0.0/16', except: ['192.0.2.0/28'] } }] }],
      'REACHES; if NetworkPolicy shop/limits lets it through: only a part of its addresses is let through'],
    ['not at all', [to('198.51.100.0/24')], 'REFUSED'],
  ])('%s', (_, rules, expected) => {
    expect(answerOf([range, policy('egress', rules)])).toBe(expected);
  });

  test('of several addresses', () => {
    const several = database({ addresses: ['192.0.2.1', '192.0.2.2'], resolution: 'NONE', endpoints: undefined });

    expect(answerOf([several, policy('egress', [to('192.0.2.1/32')])])).toContain('REACHES; if it goes to an endpoint that NetworkPolicies let it through to');
    expect(answerOf([several, policy('egress', [to('192.0.2.0/30')])])).toBe('REACHES');
  });
});

describe('a service whose address DNS alone knows', () => {
  const unknown = 'REACHES; if NetworkPolicy shop/limits lets it through: which address the service has is not in the input';

  test.each([
    ['every address is let through', [to('0.0.0.0/0')], 'REACHES'],
    ['every one but some is', [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }], unknown],
    ['some are', [to('192.0.2.0/24')], unknown],
    ['pods alone are', [{ to: [{ namespaceSelector: {} }] }], 'REFUSED'],
    ['another port is', [{ ...to('0.0.0.0/0'), ports: [{ port: 443 }] }], 'REFUSED'],
  ])('%s', (_, rules, expected) => {
    const found = [entry(DB, 3306, 'TCP'), policy('egress', rules)];

    expect(answerOf(found)).toBe(expected);
    expect(hopAt(traced(found, 'cart', `${DB}:3306`), 'network').facts.cut).toBe({ REFUSED: 'yes', REACHES: 'no' }[expected] ?? 'perhaps');
  });
});

test('the port of the endpoint decides, and not that of the service', () => {
  const moved = database({ ports: [{ number: 3306, name: 'tcp', protocol: 'TCP', targetPort: 33060 }] });

  expect(answerOf([moved, policy('egress', [{ ports: [{ port: 3306 }] }])])).toBe('REFUSED');
  expect(answerOf([moved, policy('egress', [{ ports: [{ port: 33060 }] }])])).toBe('REACHES');
});

describe('pods that are connected to', () => {
  const service = (spec: object = {}) => object('Service', 'istio-system/cache', { selector: { app: 'cache' }, ports: [{ name: 'tcp', port: 6379, targetPort: 6379 }], ...spec });
  const cache = (more: object = {}) => deployment('istio-system/cache', 'cache', {
    labels: { app: 'cache', tier: 'store' }, spec: { containers: [{ name: 'cache', ports: [{ name: 'redis', containerPort: 6379 }] }], ...more },
  });
  const answer = (...objects: string[]) => answerOf(objects, 'cart', 'cache.istio-system:6379');
  const egress = (...rules: object[]) => policy('egress', rules);
  const namespace = (labels: object) => object('Namespace', 'istio-system', {}, { labels }).replace('"namespace":"shop",', '');

  test('have addresses that nobody knows', () => {
    expect(answer(service(), cache(), egress(to('10.0.0.0/8')))).toContain('REACHES; if NetworkPolicy shop/limits lets it through: which addresses the pods have');
    expect(answer(service(), cache(), egress(to('10.0.0.0/8'), { to: [{ namespaceSelector: {} }] }))).toBe('REACHES');
  });

  test('have at least the labels that their Service selects', () => {
    const open = (labels: object) => egress({ to: [{ namespaceSelector: {}, podSelector: { matchLabels: labels } }] });

    expect(answer(service(), open({ app: 'cache' }))).toBe('REACHES');
    expect(answer(service(), open({ app: 'web' }))).toBe('REFUSED');
    expect(answer(service(), open({ tier: 'store' }))).toBe('REACHES; if NetworkPolicy shop/limits lets it through: which labels the pods have is not in the input');
    expect(answer(service(), cache(), open({ tier: 'store' }))).toBe('REACHES');
    expect(answer(service(), cache(), open({ tier: 'web' }))).toBe('REFUSED');
  });

  test('are in a namespace whose labels only its object shows', () => {
    const open = egress({ to: [{ namespaceSelector: { matchLabels: { team: 'platform' } } }] });

    expect(answer(service(), cache(), open)).toBe('REACHES; if NetworkPolicy shop/limits lets it through: which labels the namespace of the pods has is not in the input');
    expect(answer(service(), cache(), open, namespace({ team: 'platform' }))).toBe('REACHES');
    expect(answer(service(), cache(), open, namespace({ team: 'shop' }))).toBe('REFUSED');
    expect(answer(service(), cache(), egress({ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-system' } } }] }))).toBe('REACHES');
  });

  test('have ports by name', () => {
    const open = egress({ ports: [{ port: 'redis' }] });

    expect(answer(service(), cache(), open)).toBe('REACHES');
    expect(answer(service(), cache({ containers: [{ name: 'cache', ports: [{ name: 'redis', containerPort: 6380 }] }] }), open)).toBe('REFUSED');
    expect(answer(service(), open)).toBe('REACHES; if NetworkPolicy shop/limits lets it through: which port of the pods is called "redis" is not in the input');
    const named = service({ ports: [{ name: 'tcp', port: 6379, targetPort: 'redis' }] });
    expect(answer(named, cache(), egress({ ports: [{ port: 6379 }] }))).toBe('REACHES');
    expect(answer(named, cache(), egress({ ports: [{ port: 6380 }] }))).toBe('REFUSED');
    expect(answer(named, open)).toBe('REACHES');
  });

  test('let clients in by the labels of their namespace and their own', () => {
    const inbound = (peer: object) => policy('ingress', [{ from: [peer] }], {}, 'istio-system/inbound');

    expect(answer(service(), cache(), inbound({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }))).toBe('REACHES');
    expect(answer(service(), cache(), inbound({ namespaceSelector: { matchLabels: { team: 'shop' } } })))
      .toBe('REACHES; if NetworkPolicy istio-system/inbound lets it through: which labels its namespace has is not in the input');
    expect(answer(service(), cache(), inbound({ podSelector: {} }))).toBe('REFUSED');
  });
});

describe('pods that connect', () => {
  const only = { podSelector: { matchLabels: { app: 'cart' } } };

  test('may be those that a policy is for, when their labels are not known', () => {
    expect(answerOf([database(), policy('egress', [], only)])).toBe('REACHES; unless NetworkPolicy shop/limits cuts it off: which labels its pods have is not in the input');
    expect(answerOf([database(), policy('egress', [to('192.0.2.0/24')], only)])).toBe('REACHES');
    expect(answerOf([database(), policy('egress', [], {}, 'closed'), policy('egress', [to('192.0.2.0/24')], only)]))
      .toBe('REACHES; if NetworkPolicy shop/limits lets it through: which labels its pods have is not in the input');
    expect(answerOf([database(), policy('egress', [], only), deployment('cart', 'cart')])).toBe('REFUSED');
  });

  test('with the network of their node are often beyond NetworkPolicies', () => {
    const node = deployment('cart', 'cart', { spec: { hostNetwork: true } });

    expect(answerOf([database(), policy('egress', []), node])).toBe('DIRECT; unless the network applies NetworkPolicies to pods with `hostNetwork`, which most do not');
  });
});

describe('a gateway', () => {
  const objects = [
    entry(DB, 443, 'TLS'),
    object('Gateway', 'db', { selector: { istio: 'egressgateway' }, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [DB], tls: { mode: 'PASSTHROUGH' } }] }),
    object('VirtualService', 'db', {
      hosts: [DB],
      gateways: ['mesh', 'db'],
      tls: [
        { match: [{ gateways: ['mesh'], port: 443, sniHosts: [DB] }], route: [{ destination: { host: GATEWAY, port: { number: 443 } } }] },
        { match: [{ gateways: ['db'], port: 443, sniHosts: [DB] }], route: [{ destination: { host: DB, port: { number: 443 } } }] },
      ],
    }),
  ];

  const service = object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'tls', port: 443, targetPort: 8443 }] });

  test('that is opened by addresses is perhaps reached', () => {
    expect(answerOf([...objects, service, policy('egress', [to('10.0.0.0/8')])], 'cart', `${DB}:443`))
      .toBe('REACHES; if NetworkPolicy shop/limits lets it through: which addresses the pods have is not in the input');
  });

  test('whose Service is not in the input has a port that nobody knows', () => {
    const elsewhere = objects.map(text => text.replace(GATEWAY, 'egress.istio-system.svc.cluster.local'));
    const open = (ports?: object[]) => policy('egress', [{ to: [{ namespaceSelector: {} }], ports }]);

    expect(answerOf([...elsewhere, open()], 'cart', `${DB}:443`)).toBe('REACHES');
    expect(answerOf([...elsewhere, open([{ port: 8443 }])], 'cart', `${DB}:443`))
      .toBe('REACHES; if NetworkPolicy shop/limits lets it through: which port of the pods it goes to is not in the input');
    expect(answerOf([...elsewhere, policy('egress', [])], 'cart', `${DB}:443`)).toBe('REFUSED');
  });
});
