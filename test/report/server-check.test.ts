import { deployment, entry, object, routed, viewOf } from './helpers';
import { ChangeKind, Difference, differenceOf, opens } from '../../src/report/difference';
import { differenceAsJson } from '../../src/report/difference-as-json';
import { differenceAsMarkdown } from '../../src/report/difference-as-markdown';
import { reportOf } from '../../src/report/report';

const HOST = 'db.example.com';

const VERIFIED = { mode: 'SIMPLE', sni: HOST, subjectAltNames: [HOST], caCertificates: '/etc/ca.pem' };

const rule = (host: string, tls: object | undefined) => (tls === undefined ? [] : [object('DestinationRule', 'upstream', { host, trafficPolicy: { tls } })]);

/** A database by a sidecar, by a gateway, and a web service, with TLS that the last proxy adds. */
const WAYS: { readonly [way: string]: (tls: object | undefined) => string[] } = {
  'a sidecar': tls => [entry(HOST, 3306, 'TCP', { exportTo: ['.'] }, 'db'), ...rule(HOST, tls)],
  'a gateway': tls => [...routed(['shop/cart']), ...rule('p3306.shop.db.example.com', tls)],
  'a sidecar with requests': tls => [entry(HOST, 80, 'HTTP', { exportTo: ['.'] }, 'db'), ...rule(HOST, tls)],
};

const compared = (way: string, before: object | undefined, after: object | undefined) => differenceOf(
  viewOf([...WAYS[way](before), deployment('cart', 'cart')]), viewOf([...WAYS[way](after), deployment('cart', 'cart')]));

const kindsOf = ({ access }: Difference) => [...new Set(access.map(({ kind }) => kind))];

const without = (...fields: string[]) => Object.fromEntries(Object.entries(VERIFIED).filter(([field]) => !fields.includes(field)));

describe.each(['a sidecar', 'a gateway'])('TLS of %s', way => {
  test.each<[string, object | undefined]>([
    ['takes every name', without('subjectAltNames')],
    ['takes another name', { ...VERIFIED, subjectAltNames: [HOST, 'evil.example.net'] }],
    ['takes whom the system knows', without('caCertificates')],
    ['takes whom another file names', { ...VERIFIED, caCertificates: '/tmp/ca.pem' }],
    ['takes whom a Secret names', { ...VERIFIED, credentialName: 'other-ca' }],
    ['checks nothing', { ...VERIFIED, insecureSkipVerify: true }],
    ['asks for another server', { ...VERIFIED, sni: 'evil.example.net' }],
    ['names no server', without('sni')],
    ['is gone', undefined],
    ['is switched off', { mode: 'DISABLE' }],
  ])('that %s opens the way to another server', (_, weaker) => {
    const found = compared(way, VERIFIED, weaker);

    expect([kindsOf(found), opens(found)]).toEqual([['UNVERIFIED'], true]);
    expect(kindsOf(compared(way, VERIFIED, VERIFIED))).toEqual([]);
  });

  test.each<[string, object | undefined]>([
    ['checks nothing', { ...VERIFIED, insecureSkipVerify: true }],
    ['takes every name', without('subjectAltNames')],
    ['takes whom the system knows', without('caCertificates')],
    ['is missing', undefined],
  ])('that %s before is stricter afterwards', (_, weaker) => {
    const found = compared(way, weaker, VERIFIED);

    expect([kindsOf(found), opens(found)]).toEqual([['VERIFIED'], false]);
  });
});

test.each<[string, object, object, ChangeKind[]]>([
  ['a server name of its own switches off what Istio checks by itself', { mode: 'SIMPLE' }, { mode: 'SIMPLE', sni: HOST }, ['UNVERIFIED']],
  ['a name that is the one of each request is the same check', { mode: 'SIMPLE' }, { mode: 'SIMPLE', subjectAltNames: [HOST] }, []],
  ['a certificate that is not checked', { mode: 'SIMPLE' }, { mode: 'SIMPLE', insecureSkipVerify: true }, ['UNVERIFIED']],
])('of requests, %s', (_, before, after, kinds) => {
  expect(kindsOf(compared('a sidecar with requests', before, after)).filter(kind => kind !== 'VERIFIED')).toEqual(kinds);
});

test('the names of the ServiceEntry stand in for those of the rule', () => {
  const named = (names: object) => [entry(HOST, 3306, 'TCP', { exportTo: ['.'], ...names }, 'db'), ...rule(HOST, without('subjectAltNames')), deployment('cart', 'cart')];

  expect(kindsOf(differenceOf(viewOf(named({ subjectAltNames: [HOST] })), viewOf(named({}))))).toEqual(['UNVERIFIED']);
});

test('a stricter check hides no other addresses', () => {
  const moved = (tls: object, address: string) => [
    entry(HOST, 3306, 'TCP', { exportTo: ['.'], resolution: 'STATIC', endpoints: [{ address }] }, 'db'), ...rule(HOST, tls), deployment('cart', 'cart'),
  ];

  expect(kindsOf(differenceOf(viewOf(moved(without('subjectAltNames'), '192.0.2.1')), viewOf(moved(VERIFIED, '192.0.2.2'))))).toEqual(['REDIRECTED']);
});

test('a second workload whose proxy asks less is to be looked at, though the first one asked for as little before', () => {
  const selected = object('DestinationRule', 'selected', { host: HOST, workloadSelector: { matchLabels: { app: 'two' } }, trafficPolicy: { tls: VERIFIED } });
  const both = (...more: string[]) => viewOf([
    entry(HOST, 3306, 'TCP', { exportTo: ['.'] }, 'db'), deployment('one', 'cart'), deployment('two', 'cart'), ...rule(HOST, { mode: 'SIMPLE' }), ...more,
  ]);

  expect(differenceOf(both(selected), both()).access).toMatchObject([{ kind: 'UNVERIFIED', client: { account: 'cart' }, before: { workloads: ['Deployment two'] } }]);
  expect(differenceOf(both(), both(selected)).access).toMatchObject([{ kind: 'VERIFIED', after: { workloads: ['Deployment two'] } }]);
});

test('a share of the connections that asks less is to be looked at, wherever it ends', () => {
  const part = (name: string, tls: object) => ({ name, labels: {}, trafficPolicy: { tls } });
  const shared = (canary: object, weight = 10) => viewOf([
    entry(HOST, 3306, 'TCP', { exportTo: ['.'], resolution: 'STATIC', addresses: ['192.0.2.14'], endpoints: [{ address: '192.0.2.14' }] }, 'db'),
    object('DestinationRule', 'parts', { host: HOST, subsets: [part('main', VERIFIED), part('canary', canary)] }),
    object('VirtualService', 'shares', {
      hosts: [HOST],
      tcp: [{
        route: Object.entries({ main: 100 - weight, canary: weight })
          .map(([subset, share]) => ({ destination: { host: HOST, subset }, weight: share })),
      }],
    }),
    deployment('cart', 'cart'),
  ]);
  const found = differenceOf(shared(VERIFIED), shared({ mode: 'SIMPLE' }));

  expect([kindsOf(found), opens(found)]).toEqual([['UNVERIFIED'], true]);
  expect(differenceAsMarkdown(found)).toContain('signed by file /etc/ca.pem; of its ways, the last proxy takes certificates of db.example.com, signed by file /etc/ca.pem, or takes');
  expect(kindsOf(differenceOf(shared({ mode: 'SIMPLE' }), shared(VERIFIED)))).toEqual(['VERIFIED']);
  expect(kindsOf(differenceOf(shared({ mode: 'SIMPLE' }), shared({ mode: 'SIMPLE' }, 20)))).toEqual([]);
});

test('the comparison says what is asked before and now, and where that is written', () => {
  const found = compared('a gateway', VERIFIED, { mode: 'SIMPLE', insecureSkipVerify: true });

  expect(differenceAsMarkdown(found)).toContain('## Warning: Less is asked of the server');
  expect(differenceAsMarkdown(found)).toContain('it takes certificates of db.example.com, signed by file /etc/ca.pem |');
  expect(differenceAsMarkdown(found)).toContain('it takes every certificate | DestinationRule shop/upstream (app.yaml:');
  expect(differenceAsMarkdown(compared('a gateway', VERIFIED, undefined))).toContain('| DestinationRule shop/upstream (app.yaml:');
  expect(JSON.parse(differenceAsJson(found))).toMatchObject({
    opens: true,
    access: [{ kind: 'UNVERIFIED', before: { server: { authority: 'file /etc/ca.pem', names: [HOST], sni: HOST } }, after: { server: { names: [], because: [{ field: 'spec.trafficPolicy.tls' }] } } }],
  });
});

test('a report says what the last proxy asks of the server', () => {
  const { dependencies: [{ access }] } = reportOf(viewOf([...WAYS['a gateway'](VERIFIED), deployment('cart', 'cart')]));

  expect(access.find(({ client }) => client.account === 'cart')).toMatchObject({ tls: 'SIMPLE', server: { authority: 'file /etc/ca.pem', names: [HOST], sni: HOST } });
});
