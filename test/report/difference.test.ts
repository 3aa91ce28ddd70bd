import { deployment, entry, object, routed, viewOf } from './helpers';
import * as answers from '../../src/report/answer';
import { clientName } from '../../src/report/client';
import { ChangeKind, Difference, differenceOf, opens } from '../../src/report/difference';
import { differenceAsJson } from '../../src/report/difference-as-json';
import { differenceAsMarkdown } from '../../src/report/difference-as-markdown';

const carts = [deployment('cart', 'cart'), deployment('search', 'search')];

const compared = (old: readonly string[], now: readonly string[]) => differenceOf(viewOf([...old, ...carts]), viewOf([...now, ...carts]));

const changesOf = ({ access }: Difference, kind: ChangeKind) => access.filter(change => change.kind === kind).map(({ client }) => clientName(client));

const direct = (more: object = {}) => [entry('db.example.com', 3306, 'TCP', { exportTo: ['.'], ...more }, 'db')];

test('nothing changes when nothing does, wherever the objects stand', () => {
  const found = compared(routed(['shop/cart']), [...routed(['shop/cart'])].reverse());

  expect([found.access, found.dependencies, found.openings, opens(found)]).toEqual([[], [], [], false]);
  expect(differenceAsMarkdown(found)).toContain('Nobody reaches more or less than before.');
});

test('the ways of a service with many hosts are worked out once, and not for each host', () => {
  const hosts = Array.from({ length: 50 }, (_, i) => `h${i}.example.com`);
  const many = [entry('h.example.com', 443, 'TLS', { hosts, exportTo: ['.'] }, 'many')];
  const told = jest.spyOn(answers, 'wayText');

  expect(compared(many, many).dependencies).toEqual([]);
  // Before and after, for each host and client.
  expect(told.mock.calls.length).toBeLessThanOrEqual(2 * hosts.length * 3);
  told.mockRestore();
});

test('an account that is added opens, one that is removed closes', () => {
  const found = compared(routed(['shop/cart']), routed(['shop/search']));

  expect([changesOf(found, 'OPENED'), changesOf(found, 'CLOSED'), opens(found)]).toEqual([['shop/search'], ['shop/cart'], true]);
});

test('a service that is new opens, one that goes closes', () => {
  const found = compared([], direct());

  expect(changesOf(found, 'OPENED')).toEqual(['shop/cart', 'shop/search', 'shop: every other account']);
  expect(found.dependencies).toMatchObject([{ kind: 'ADDED', host: 'db.example.com', ports: [3306] }]);
  expect(found.access.filter(({ kind }) => kind === 'OPENED').map(({ before }) => before.why)).toContain('nothing declares the service, and the mesh has REGISTRY_ONLY');
  expect(changesOf(compared(direct(), []), 'CLOSED')).toEqual(['shop/cart', 'shop/search', 'shop: every other account']);
});

test('a service that is declared for others, or a wildcard of it, is not exported to whom it is new', () => {
  const found = compared(direct(), direct({ exportTo: ['.', 'web'] }));
  const wildcard = (exportTo: string[]) => [entry('*.example.com', 443, 'TLS', { exportTo, resolution: 'NONE' }, 'any')];

  for (const { access } of [found, compared(wildcard(['.']), wildcard(['.', 'web']))]) {
    expect(access.filter(({ kind }) => kind === 'OPENED').map(({ before }) => before.why)).toEqual(['the service is not exported to its namespace, and the mesh has REGISTRY_ONLY']);
  }
});

test('on ALLOW_ANY a service that is declared takes those who reached it already, and opens nothing', () => {
  const [old, now] = [viewOf(carts, { outboundTrafficPolicy: 'ALLOW_ANY' }), viewOf([...direct(), ...carts], { outboundTrafficPolicy: 'ALLOW_ANY' })];

  expect(changesOf(differenceOf(old, now), 'OPENED')).toEqual([]);
  expect(changesOf(differenceOf(old, now), 'CHECKED')).toContain('shop/cart');
  expect(opens(differenceOf(old, now))).toBe(false);
});

test('a service that goes through a gateway moves its clients and closes the rest', () => {
  const found = compared(direct({ addresses: ['192.0.2.14'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }] }), routed(['shop/cart']));

  expect([changesOf(found, 'MOVED'), changesOf(found, 'CLOSED'), opens(found)]).toEqual([['shop/cart'], ['shop/search', 'shop: every other account'], false]);
  expect(found.dependencies).toMatchObject([{ kind: 'MOVED', before: 'directly', after: 'gateway istio-system/istio-egressgateway' }]);
});

test('who passes the rules by afterwards is said to get there', () => {
  const aside = deployment('shop/cart', 'cart', { labels: { 'sidecar.istio.io/inject': 'false' } });

  expect(compared(routed(['shop/cart']), [...routed(['shop/cart']), aside]).dependencies.find(({ kind }) => kind === 'MOVED')).toMatchObject({
    after: 'directly, past the rules; gateway istio-system/istio-egressgateway',
  });
});

describe('a workload that leaves its sidecar', () => {
  const namespace = (label?: string) => object('Namespace', 'shop', {}, { name: 'shop', namespace: undefined, labels: label === undefined ? {} : { 'istio-injection': label } });
  const cart = (more: object = {}) => deployment('cart', 'cart', more);
  const ways: [string, string[], string[], string][] = [
    ['by a label of its pods', [cart()], [cart({ labels: { 'app': 'cart', 'sidecar.istio.io/inject': 'false' } })], 'the pod opts out of the sidecar'],
    ['by an annotation', [cart()], [cart({ annotations: { 'sidecar.istio.io/inject': 'false' } })], 'the pod opts out of the sidecar'],
    ['for a port', [cart()], [cart({ annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '3306' } })], 'port 3306 is not redirected to the sidecar'],
    ['for addresses', [cart()], [cart({ annotations: { 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '192.0.2.0/24' } })], '192.0.2.0/24 is not redirected to the sidecar'],
    ['for all addresses but some', [cart()], [cart({ annotations: { 'traffic.sidecar.istio.io/includeOutboundIPRanges': '10.0.0.0/8' } })], 'no address but those of 10.0.0.0/8 is redirected to the sidecar'],
    ['for the network of its node', [cart()], [cart({ spec: { hostNetwork: true } })], 'the pod has the network of its node, so it has no sidecar'],
    ['with its namespace', [cart(), namespace('enabled')], [cart(), namespace('disabled')], 'namespace "shop" has no sidecars: it has no label that asks for them (istio-injection, istio.io/rev)'],
  ];

  test.each(ways)('%s passes the rules by, which opens', (_, old, now) => {
    const found = differenceOf(viewOf([...routed(['shop/cart']), ...old]), viewOf([...routed(['shop/cart']), ...now]));

    expect([changesOf(found, 'UNCHECKED'), opens(found)]).toEqual([['shop/cart'], true]);
    const text = differenceAsMarkdown(found);
    expect(text).toContain('## Warning: Past the rules now');
    expect(text).toContain('**It opens access.**');
    expect(JSON.parse(differenceAsJson(found)).access).toContainEqual(expect.objectContaining({ kind: 'UNCHECKED' }));
  });

  test.each(ways)('%s may connect to any address, whatever the input declares', (_, old, now, past) => {
    const found = differenceOf(viewOf(old), viewOf(now));

    expect(found.access).toEqual([]);
    expect(found.outbound).toMatchObject([{ kind: 'OPENED', place: { namespace: 'shop' }, past }]);
    expect(opens(found)).toBe(true);
    expect(differenceAsMarkdown(found)).toContain('## Warning: who passes the sidecar by now');
    expect(JSON.parse(differenceAsJson(found))).toMatchObject({ opens: true, outbound: [{ change: 'OPENED', namespace: 'shop', past }] });
  });

  test.each(ways)('%s and has it again opens nothing', (_, old, now, past) => {
    const found = differenceOf(viewOf([...routed(['shop/cart']), ...now]), viewOf([...routed(['shop/cart']), ...old]));

    expect(changesOf(found, 'CHECKED')).toEqual(['shop/cart']);
    expect(found.outbound).toMatchObject([{ kind: 'CLOSED', past }]);
    expect(opens(found)).toBe(false);
    expect(differenceAsMarkdown(found)).toContain('## No longer past the rules');
    expect(differenceAsMarkdown(found)).toContain('## Who no longer passes the sidecar by');
  });

  test('is named, and is no news for addresses that its sidecar let it reach anyway', () => {
    const [, [, old, now]] = ways;
    const found = (facts: object) => differenceOf(viewOf(old, facts), viewOf(now, facts));

    expect(found({}).outbound).toMatchObject([{ place: { workload: 'Deployment cart' }, because: [{ object: 'Deployment shop/cart' }] }]);
    expect(differenceAsMarkdown(found({}))).toContain('- shop (Deployment cart): the pod opts out of the sidecar');
    expect(found({ outboundTrafficPolicy: 'ALLOW_ANY' }).outbound).toEqual([]);
  });

  test('is told when it is new', () => {
    const [, [, , now]] = ways;

    expect(differenceOf(viewOf([]), viewOf(now)).outbound).toMatchObject([{ kind: 'OPENED', place: { workload: 'Deployment cart' } }]);
    expect(differenceOf(viewOf(now), viewOf(now)).outbound).toEqual([]);
  });
});

test.each([
  ['a namespace', {}, {}],
  ['some workloads', { workloadSelector: { labels: { app: 'cart' } } }, { app: 'cart' }],
])('a Sidecar that lets everything pass for %s opens', (_, more, labels) => {
  const sidecar = (mode: string) => object('Sidecar', 'shop/own', { ...more, outboundTrafficPolicy: { mode } });
  const [closed, open] = [[...routed(['shop/cart']), sidecar('REGISTRY_ONLY')], [...routed(['shop/cart']), sidecar('ALLOW_ANY')]];

  for (const before of [closed, routed(['shop/cart'])]) {
    const found = compared(before, open);
    expect(found.outbound).toMatchObject([{ kind: 'OPENED', place: { namespace: 'shop', labels }, because: [{ object: 'Sidecar shop/own' }] }]);
    expect(opens(found)).toBe(true);
    expect(differenceAsMarkdown(found)).toContain('## Warning: whose sidecars let everything pass now');
    expect(differenceAsMarkdown(found)).toContain('**It opens access.** What the input declares is reached as before; what else pods connect to, or who else could, is not the same; 0 changes of dependencies.');
    expect(JSON.parse(differenceAsJson(found))).toMatchObject({ opens: true, outbound: [{ change: 'OPENED', namespace: 'shop', labels }] });
  }
  expect(opens(compared(open, closed))).toBe(false);
  expect(compared(open, closed).outbound).toMatchObject([{ kind: 'CLOSED' }]);
  expect(compared(routed(['shop/cart']), closed).outbound).toEqual([]);
});

test('a mesh that lets everything pass opens every namespace that has nothing else', () => {
  const objects = [...carts, object('Sidecar', 'closed/default', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } })];

  expect(differenceOf(viewOf(objects), viewOf(objects, { outboundTrafficPolicy: 'ALLOW_ANY' })).outbound.map(({ place }) => place.namespace)).toEqual(['*', 'shop']);
});

test('a name that leads to another server opens that one', () => {
  const found = compared(routed(['shop/cart']), routed(['shop/cart'], { endpoint: '203.0.113.9' }));

  expect([changesOf(found, 'REDIRECTED'), opens(found)]).toEqual([['shop/cart'], true]);
});

test('a gateway that no longer asks who connects is a warning', () => {
  const found = compared(routed(['shop/cart']), routed([]));

  expect(found.openings).toMatchObject([{ kind: 'APPEARED', host: 'db.example.com', opening: { kind: 'ANY_IDENTITY' } }]);
  expect(differenceAsMarkdown(found)).toContain('## Warning: who else could now');
});

test('who ends at another service is not opened, and who did not before is to be looked at', () => {
  const stock = object('ServiceEntry', 'reports/stock', { hosts: ['stock.example.com'], exportTo: ['.'], ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], resolution: 'DNS' });
  const older = object('ServiceEntry', 'shop/a-stock', { hosts: ['a-stock.example.com'], exportTo: ['.'], ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], resolution: 'DNS' });
  const of = (found: ReturnType<typeof compared>, kind: string) => found.access.filter(change => change.kind === kind && change.target.host === 'db.example.com')
    .map(({ client }) => client.namespace);

  expect(of(compared(direct(), [...direct(), stock]), 'OPENED')).toEqual([]);
  expect(new Set(of(compared(direct(), [...direct(), older]), 'REDIRECTED'))).toEqual(new Set(['shop']));
});

test('who ends at another service and then at a third one is to be looked at', () => {
  const older = (name: string, address: string) => object('ServiceEntry', `shop/a-${name}`, {
    hosts: [`a-${name}.example.com`], exportTo: ['.'], ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], resolution: 'STATIC', endpoints: [{ address }],
  });
  const redirected = (old: string, now: string) => compared([...direct(), old], [...direct(), now]).access
    .filter(({ kind, target }) => kind === 'REDIRECTED' && target.host === 'db.example.com').map(({ client, after }) => `${client.namespace} ${after.verdict}`);

  const first = older('stock', '192.0.2.1');
  expect(new Set(redirected(first, older('sales', '192.0.2.2')))).toEqual(new Set(['shop ELSEWHERE']));
  expect(new Set(redirected(first, older('stock', '192.0.2.3')))).toEqual(new Set(['shop ELSEWHERE']));
  expect(redirected(first, first)).toEqual([]);
  const text = differenceAsMarkdown(compared([...direct(), first], [...direct(), older('stock', '192.0.2.3')]));
  expect(text).toContain('ends at a-stock.example.com instead, ends at 192.0.2.3:3306');
  // Back to the right one it is opened.
  expect(changesOf(compared([...direct(), first], direct()), 'OPENED')).toContain('shop/cart');
});

test('NetworkPolicies that go open the way of pods without a sidecar', () => {
  const closed = object('NetworkPolicy', 'catalog/closed', { podSelector: {}, policyTypes: ['Egress'], egress: [] });

  expect(compared([...routed(['shop/cart']), closed], routed(['shop/cart'])).openings).toMatchObject([{ kind: 'APPEARED', opening: { kind: 'WITHOUT_SIDECAR' } }]);
  // Pods of the other namespaces could before, and still can.
  const who = { who: 'every pod without a sidecar, in catalog', except: [] };
  expect(compared([...routed(['shop/cart']), closed], routed(['shop/cart'])).openings).toMatchObject([{ kind: 'APPEARED', opening: who }]);
  expect(compared(routed(['shop/cart']), [...routed(['shop/cart']), closed]).openings).toMatchObject([{ kind: 'GONE', opening: who }]);
  expect(opens(compared(routed(['shop/cart']), [...routed(['shop/cart']), closed]))).toBe(false);
});

describe('a condition', () => {
  const policy = (operation: object, action: string) => ({ action, selector: { matchLabels: { istio: 'egressgateway' } }, rules: [{ to: [{ operation }] }] });
  const http = (operation: object, match: object = { gateways: ['mesh'], port: 80 }, action = 'ALLOW') => [
    entry('api.example.com', 80, 'HTTP', { exportTo: ['*'] }),
    object('Gateway', 'api', { selector: { istio: 'egressgateway' }, servers: [{ hosts: ['api.example.com'], port: { number: 80, name: 'http', protocol: 'HTTP' } }] }),
    object('VirtualService', 'api', {
      hosts: ['api.example.com'],
      gateways: ['mesh', 'api'],
      http: [
        { match: [match], route: [{ destination: { host: 'istio-egressgateway.istio-system.svc.cluster.local', port: { number: 80 } } }] },
        { match: [{ gateways: ['api'], port: 80 }], route: [{ destination: { host: 'api.example.com', port: { number: 80 } } }] },
      ],
    }),
    object('AuthorizationPolicy', 'istio-system/api', policy(operation, action)),
  ];
  const limited = (rule: object) => [...direct(), object('NetworkPolicy', 'shop/limits', { podSelector: {}, policyTypes: ['Egress'], egress: [rule] })];

  test('that is another one is to be looked at: whether it opens access is not known', () => {
    const found = compared(http({ paths: ['/a'] }), http({ paths: ['/a', '/b'] }));

    expect(changesOf(found, 'WIDENED')).toContain('shop/cart');
    expect(opens(found)).toBe(true);
    expect(differenceAsMarkdown(found)).toContain('**Whether it opens access is not known.**');
    expect(differenceAsMarkdown(found)).toContain('## Warning: On another condition');
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['is the same in another order of keys of a policy', http({ paths: ['/a'], methods: ['GET'] }), http({ methods: ['GET'], paths: ['/a'] })],
    ['is the same in another order of a list', http({ paths: ['/a', '/b'] }), http({ paths: ['/b', '/a'] })],
    ['is the same in another order of keys of a match', http({}, { gateways: ['mesh'], port: 80, uri: { prefix: '/v1' }, method: { exact: 'GET' } }),
      http({}, { method: { exact: 'GET' }, uri: { prefix: '/v1' }, port: 80, gateways: ['mesh'] })],
    ['of a policy that denies is the same in another line of the file', http({ notPaths: ['/a'] }, undefined, 'DENY'), [...http({ notPaths: ['/a'] }, undefined, 'DENY')].reverse()],
    ['of a NetworkPolicy is the same with the protocol that is left out', limited({ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }], ports: [{ port: 3306 }] }),
      limited({ ports: [{ protocol: 'TCP', port: 3306 }], to: [{ ipBlock: { except: ['10.0.0.0/8'], cidr: '0.0.0.0/0' } }] })],
  ])('%s', (_, before, after) => {
    const found = compared(before, after);

    expect([found.access, opens(found)]).toEqual([[], false]);
    expect(found.before.dependencies.flatMap(({ access }) => access).filter(({ conditions }) => conditions.length > 0)).not.toEqual([]);
  });
});

test('a second workload of an account that gets there is opened, though the first one did before', () => {
  const closed = (name: string) => object('NetworkPolicy', name, { podSelector: { matchLabels: { app: name } }, policyTypes: ['Egress'], egress: [] });
  const two = [...direct(), deployment('one', 'both'), deployment('two', 'both')];

  expect(compared([...two, closed('two')], two).access).toMatchObject([{ kind: 'OPENED', client: { account: 'both' }, before: { workloads: ['Deployment two'] } }]);
  expect(compared(two, [...two, closed('two')]).access).toMatchObject([{ kind: 'CLOSED', client: { account: 'both' }, after: { workloads: ['Deployment two'] } }]);
  expect(compared([...two, closed('two')], [closed('two'), ...two]).access).toEqual([]);
});

test('another day on which a dependency ends is a change', () => {
  const until = (day: string) => routed(['shop/cart'], { annotations: { 'cdk8s-istio-egress/expires': day } });

  expect(compared(until('2026-12-31'), until('2030-12-31')).dependencies).toMatchObject([{ kind: 'PURPOSE', before: 'expires 2026-12-31', after: 'expires 2030-12-31' }]);
});

describe('an acknowledgement', () => {
  const accepting = (text?: string) => direct().map(line => (text === undefined ? line : line.replace('"metadata":{', `"metadata":{"annotations":{"cdk8s-istio-egress/acknowledge":${JSON.stringify(text)}},`)));
  const said = ({ acknowledgements }: Difference) => acknowledgements
    .map(({ kind, acknowledgement: { id, field, reason } }) => [kind, id, field, reason]);

  test('that a change adds is shown and opens nothing', () => {
    const found = compared(accepting(), accepting('MX0203 spec.ports[0]: moves on Monday'));

    expect([said(found), opens(found)]).toEqual([[['ADDED', 'MX0203', 'spec.ports[0]', 'moves on Monday']], false]);
    const text = differenceAsMarkdown(found);
    expect(text).toContain('**It opens nothing.** No access of a client changes; 0 changes of dependencies; 1 new acknowledgement.');
    expect(text).toContain('## Look at: what this change accepts');
    expect(text).toContain('| ServiceEntry shop/db | MX0203 port-captured-twice | spec.ports\\[0\\] | moves on Monday | app.yaml:1 |');
    expect(JSON.parse(differenceAsJson(found))).toMatchObject({
      opens: false, acknowledgements: [{ change: 'ADDED', object: 'ServiceEntry shop/db', id: 'MX0203', field: 'spec.ports[0]', reason: 'moves on Monday', file: 'app.yaml', line: 1 }],
    });
  });

  test('that goes is shown, and one with other words is both', () => {
    const found = compared(accepting('MX0203: one\nACME-1: two'), accepting('MX0203: one, and more'));

    expect(said(found)).toEqual([
      ['ADDED', 'MX0203', undefined, 'one, and more'], ['REMOVED', 'ACME-1', undefined, 'two'], ['REMOVED', 'MX0203', undefined, 'one'],
    ]);
    expect(differenceAsMarkdown(found)).toContain('## No longer accepted');
    expect(differenceAsMarkdown(found)).toContain('| ServiceEntry shop/db | ACME-1 | everywhere | two | app.yaml:1 |');
  });

  test('of a new object is new, one that stays is not, and one without a reason is none', () => {
    expect(said(compared([], accepting('MX0203: one')))).toEqual([['ADDED', 'MX0203', undefined, 'one']]);
    expect(said(compared(accepting('MX0203: one'), accepting('MX0203: one')))).toEqual([]);
    expect(said(compared(accepting(), accepting('MX0203')))).toEqual([]);
  });
});

test('what opens comes first', () => {
  const text = differenceAsMarkdown(compared(routed(['shop/cart']), routed(['shop/search'])));

  expect(text).toContain('**It opens access.** Of pairs of a client and a service: 1 opened, 1 closed');
  expect(text).toContain('## What this comparison does not know\n\n- Objects that are not in the input.');
  expect(text.indexOf('## Warning: Opened')).toBeLessThan(text.indexOf('## Closed'));
});

test('the same for programs', () => {
  const { opens: isOpening, access } = JSON.parse(differenceAsJson(compared(routed(['shop/cart']), routed(['shop/search'])))) as { opens: boolean; access: object[] };

  expect(isOpening).toBe(true);
  expect(access[0]).toMatchObject({ kind: 'OPENED', client: { namespace: 'shop', account: 'search' }, host: 'db.example.com', port: 3306, before: { verdict: 'REFUSED' }, after: { verdict: 'REACHES' } });
});

describe('a way that the names of a service do not show', () => {
  const api = entry('api.example.com', 80, 'HTTP', { exportTo: ['.', 'catalog'] });
  const hidden = object('Sidecar', 'catalog/default', { egress: [{ hosts: ['./*'] }] });
  const payments = object('Service', 'catalog/payments', { selector: { app: 'payments' }, ports: [{ name: 'http', port: 8080 }] });
  const leading = (host: string) => object('VirtualService', 'catalog/payments', { hosts: ['payments'], http: [{ route: [{ destination: { host, ...host === 'payments' ? {} : { port: { number: 80 } } } }] }] });
  const of = (host: string) => viewOf([api, hidden, payments, leading(host)]);

  test('opens when a VirtualService for something else begins to lead there, and closes when it no longer does', () => {
    const opened = differenceOf(of('payments'), of('api.example.com'));

    expect(opened.openings).toMatchObject([{ kind: 'APPEARED', host: 'api.example.com', opening: { kind: 'DOOR', who: 'catalog: every other account', why: expect.stringContaining('payments.catalog.svc.cluster.local:8080') } }]);
    expect(opens(opened)).toBe(true);
    expect(differenceAsMarkdown(opened)).toContain('- api.example.com: catalog: every other account: asking for payments.catalog.svc.cluster.local:8080, they get there directly');

    const closed = differenceOf(of('api.example.com'), of('payments'));
    expect(closed.openings).toMatchObject([{ kind: 'GONE', opening: { kind: 'DOOR' } }]);
    expect(opens(closed)).toBe(false);
  });

  test('opens when another server of the gateway begins to let an account pass', () => {
    const name = 'p3306.shop.db.example.com';
    const second = [
      object('Gateway', 'back', {
        selector: { istio: 'egressgateway' },
        servers: [{ port: { number: 443, name: 'back', protocol: 'TLS' }, hosts: ['back.example.com'], tls: { mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/catalog/sa/api'] } }],
      }),
      object('VirtualService', 'back', { hosts: ['back.example.com'], exportTo: ['istio-system'], gateways: ['back'], tcp: [{ route: [{ destination: { host: name, port: { number: 443 } } }] }] }),
    ];
    const found = differenceOf(viewOf(routed(['shop/cart'])), viewOf([...routed(['shop/cart']), ...second]));

    expect(found.openings).toMatchObject([{ kind: 'APPEARED', host: 'db.example.com', opening: { kind: 'NAMED_AT_GATEWAY', who: 'catalog/api' } }]);
  });

  test('opens when a tenant has the gateway send to an entry of theirs, which no sidecar sees', () => {
    const server = (exportTo: string, address: string) => [
      object('Gateway', 'catalog/out', { selector: { istio: 'egressgateway' }, servers: [{ port: { number: 443, name: 'out', protocol: 'TLS' }, hosts: ['out.example.com'], tls: { mode: 'ISTIO_MUTUAL' } }] }),
      object('VirtualService', 'catalog/out', { hosts: ['out.example.com'], exportTo: ['istio-system'], gateways: ['out'], tcp: [{ route: [{ destination: { host: 'drop.example.net', port: { number: 3306 } } }] }] }),
      object('ServiceEntry', 'catalog/drop', { hosts: ['drop.example.net'], exportTo: [exportTo], resolution: 'DNS', ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], endpoints: [{ address }] }),
    ];
    const found = differenceOf(viewOf(routed(['shop/cart'])), viewOf([...routed(['shop/cart']), ...server('istio-system', '198.51.100.9')]));

    expect(found.dependencies).toMatchObject([{ kind: 'ADDED', host: 'drop.example.net' }]);
    expect(found.openings).toMatchObject([{ kind: 'APPEARED', host: 'drop.example.net', opening: { kind: 'ANY_IDENTITY', because: [{ object: 'Gateway catalog/out' }] } }]);
    expect(opens(found)).toBe(true);
  });
});
