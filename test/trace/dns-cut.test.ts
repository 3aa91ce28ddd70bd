import { deployment, entry, object, traced } from './helpers';

const policy = (egress: object[], more: object = {}) => object('NetworkPolicy', 'limits', { podSelector: {}, policyTypes: ['Egress'], egress, ...more });
const OUTSIDE = { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ protocol: 'TCP', port: 5432 }] };
const DNS = { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }], ports: [{ protocol: 'UDP', port: 53 }] };

const endOf = (objects: readonly string[], resolution: object = {}) => traced(
  [entry('db.example.com', 5432, 'TCP', resolution), deployment('cart', 'cart'), ...objects], 'cart', 'db.example.com:5432', { labels: { app: 'cart' } },
).end;

describe('a proxy that may not ask DNS', () => {
  test('gets to a name on a condition', () => {
    expect(endOf([policy([OUTSIDE])])).toMatchObject({
      kind: 'REACHES', conditions: ['if the sidecar can ask DNS for db.example.com, which NetworkPolicy shop/limits does not open'],
    });
  });

  test.each<[string, readonly string[], object]>([
    ['DNS is open', [policy([OUTSIDE, DNS])], {}],
    ['another policy opens everything', [policy([OUTSIDE]), policy([{}]).replace('"name":"limits"', '"name":"open"')], {}],
    ['the policy may be for other pods', [policy([OUTSIDE], { podSelector: { matchLabels: { app: 'other' } } })], {}],
    ['its endpoint is an address', [policy([OUTSIDE])], { resolution: 'STATIC', endpoints: [{ address: '192.0.2.1' }] }],
    ['nothing is limited', [], {}],
  ])('and gets there where %s', (_, objects, resolution) => {
    expect(endOf(objects, resolution)).toMatchObject({ kind: 'REACHES', conditions: expect.not.arrayContaining([expect.stringContaining('DNS')]) as string[] });
  });
});
