import { deployment, entry, object, reportOf, routed, viewOf } from './helpers';
import { asCsv } from '../../src/report/as-csv';
import { asHtml } from '../../src/report/as-html';
import { reportData } from '../../src/report/as-json';
import { asMarkdown } from '../../src/report/as-markdown';
import { clientName } from '../../src/report/client';
import { Report } from '../../src/report/report';
import { remarksOn, remarkText } from '../../src/report/summary';
import { GATEWAY } from '../trace/helpers';

const workloads = [deployment('cart', 'cart'), deployment('catalog/api', 'api')];
const report = (...objects: string[]) => reportOf(viewOf([...objects, ...workloads]));

/** Who gets to a dependency by asking for something else: `payments.shop:80 shop/cart`. */
function doorsOf({ dependencies }: Report, host: string): string[] {
  return dependencies.find(({ hosts }) => hosts.includes(host))!.doors.flatMap(({ target, access }) => access.map(({ client, verdict }) => (
    `${target.host}:${target.port} ${clientName(client)} ${verdict}`)));
}

const openings = ({ dependencies }: Report, kind: string, index = 0) => dependencies[index].openings.filter(opening => opening.kind === kind);

const API = entry('api.example.com', 80, 'HTTP', { exportTo: ['.'] });
const payments = object('Service', 'catalog/payments', { selector: { app: 'payments' }, ports: [{ name: 'http', port: 8080 }] });
const PAYMENTS = 'payments.catalog.svc.cluster.local';

describe('a part of the connections', () => {
  const database = (name: string, more: object = {}) => entry(`${name}.example.com`, 3306, 'TCP', {
    addresses: [`192.0.2.${name.length}`], resolution: 'STATIC', endpoints: [{ address: `192.0.2.${name.length}` }], ...more,
  });
  const shares = (weights: { readonly [host: string]: number }) => object('VirtualService', 'shares', {
    hosts: ['db.example.com'], tcp: [{ route: Object.entries(weights).map(([host, weight]) => ({ destination: { host }, weight })) }],
  });

  test('that reaches the service makes it reached', () => {
    const found = report(database('db'), shares({ 'gone.example.com': 90, 'db.example.com': 10 }));
    const [access] = found.dependencies[0].access;

    expect(access).toMatchObject({ verdict: 'REACHES', conditions: ['for 10 % of the connections'], endpoints: ['192.0.2.2:3306'] });
  });

  test('that ends elsewhere is told, and its endpoints are among those of the answer', () => {
    const found = report(database('db'), database('spare'), shares({ 'db.example.com': 90, 'spare.example.com': 10 }));
    const [access] = found.dependencies[0].access;

    expect(access).toMatchObject({ endpoints: ['192.0.2.2:3306', '192.0.2.5:3306'], besides: ['for 10 % of the connections, it ends at spare.example.com'] });
    expect(asMarkdown(found)).toContain('for 10 % of the connections, it ends at spare.example.com');
  });
});

describe('who asks for something else', () => {
  test('gets there by the VirtualService of a Service of the mesh', () => {
    const hidden = object('Sidecar', 'catalog/default', { egress: [{ hosts: ['./*'] }] });
    const own = object('VirtualService', 'catalog/payments', { hosts: [PAYMENTS], http: [{ route: [{ destination: { host: 'api.example.com', port: { number: 80 } } }] }] });
    const behind = report(entry('api.example.com', 80, 'HTTP', { exportTo: ['.', 'catalog'] }), payments, own, hidden);
    expect(doorsOf(behind, 'api.example.com')).toEqual([`${PAYMENTS}:8080 catalog/api REACHES`, `${PAYMENTS}:8080 catalog: every other account REACHES`]);
    expect(remarksOn(behind).map(remark => remarkText(remark, 1))).toContain('The dependency is reached by clients that ask for something else');
    expect(asMarkdown(behind)).toContain(`Who gets there by asking for something else:\n\n- catalog/api, catalog: every other account, to ${PAYMENTS}:8080: directly; `);
    expect(asHtml(behind)).toContain('<h3>Who gets there by asking for something else</h3>');
    expect(reportData(behind).dependencies[0]).toMatchObject({
      doors: [
        { client: { namespace: 'catalog', account: 'api' }, host: PAYMENTS, port: 8080, verdict: 'REACHES' }, { client: { namespace: 'catalog', account: '*' } },
      ],
    });
    expect([...asCsv(behind)].join('')).toContain(`api.example.com,8080,HTTP,${PAYMENTS}:8080,catalog/api,catalog,api,,REACHES,`);
  });

  test('gets there by one of the ways of a route, and by its copies, each with what takes it', () => {
    const hidden = object('Sidecar', 'catalog/default', { egress: [{ hosts: ['./*'] }] });
    const copy = entry('copy.example.com', 80, 'HTTP', { exportTo: ['.', 'catalog'] });
    const beta = object('VirtualService', 'catalog/payments', {
      hosts: [PAYMENTS],
      http: [
        { match: [{ uri: { prefix: '/beta' } }], route: [{ destination: { host: 'api.example.com', port: { number: 80 } } }], mirror: { host: 'copy.example.com', port: { number: 80 } } },
        { route: [{ destination: { host: PAYMENTS } }] },
      ],
    });
    const found = report(entry('api.example.com', 80, 'HTTP', { exportTo: ['.', 'catalog'] }), copy, payments, beta, hidden);
    const conditions = found.dependencies.map(({ doors }) => doors[0].access[0].conditions);

    expect(conditions).toEqual([[expect.stringContaining('spec.http[0].match[0]')], [expect.stringContaining('spec.http[0].match[0]'), expect.stringContaining('as a copy of each request')]]);
    expect(found.dependencies[0].doors[0].access[0].because.map(({ object: of, field }) => `${of} ${field}`).slice(0, 2)).toEqual([
      'VirtualService catalog/payments spec.http[0].match[0]', 'VirtualService catalog/payments spec.http[0].route[0].destination',
    ]);
  });

  test('gets there by the VirtualService of another dependency', () => {
    const cheap = entry('cheap.example.com', 80, 'HTTP', { exportTo: ['catalog'] }, 'cheap');
    const hidden = object('Sidecar', 'catalog/default', { egress: [{ hosts: ['*/cheap.example.com'] }] });
    const route = object('VirtualService', 'shop/cheap', { hosts: ['cheap.example.com'], http: [{ route: [{ destination: { host: 'api.example.com' } }] }] });
    const found = report(entry('api.example.com', 80, 'HTTP', { exportTo: ['.', 'catalog'] }), cheap, route, hidden);

    expect(doorsOf(found, 'api.example.com')).toEqual(['cheap.example.com:80 catalog/api REACHES', 'cheap.example.com:80 catalog: every other account REACHES']);
    expect(doorsOf(found, 'cheap.example.com')).toEqual([]);
  });

  test('gets there by a host that nothing declares, through the gateway of a route', () => {
    const inside = object('VirtualService', 'catalog/inside', { hosts: ['db.inside'], exportTo: ['.'], http: [{ route: [{ destination: { host: GATEWAY, port: { number: 80 } } }] }] });
    const gateway = object('Gateway', 'catalog/web', { selector: { istio: 'egressgateway' }, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] });
    const onwards = object('VirtualService', 'catalog/onwards', { hosts: ['db.inside'], gateways: ['catalog/web'], http: [{ route: [{ destination: { host: 'api.example.com' } }] }] });
    const service = object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'http', port: 80 }, { name: 'https', port: 443 }] });
    const found = report(entry('api.example.com', 80, 'HTTP', { exportTo: ['.', 'istio-system'] }), inside, gateway, onwards, service);

    expect(doorsOf(found, 'api.example.com')).toEqual(['db.inside:80 catalog/api REACHES', 'db.inside:80 catalog: every other account REACHES']);
  });

  test.each([
    ['Endpoints', object('Endpoints', 'catalog/legacy', {}, {}).replace('"spec":{}', '"subsets":[{"addresses":[{"ip":"192.0.2.14"}],"ports":[{"name":"tcp","port":3306}]}]')],
    ['an EndpointSlice', JSON.stringify({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'legacy-1', namespace: 'catalog', labels: { 'kubernetes.io/service-name': 'legacy' } },
      ports: [{ name: 'tcp', port: 3306 }],
      endpoints: [{ addresses: ['192.0.2.14'] }],
    })],
  ])('gets there by a Service with addresses that somebody wrote, as %s', (_, endpoints) => {
    const legacy = object('Service', 'catalog/legacy', { ports: [{ name: 'tcp', port: 3306 }] });
    const found = report(...routed(['shop/cart']), legacy, endpoints.replace('networking.istio.io/v1', 'v1'));

    expect(doorsOf(found, 'db.example.com')).toContain('legacy.catalog.svc.cluster.local:3306 catalog/api REACHES');
    expect(doorsOf(found, 'db.example.com')).not.toContain('legacy.catalog.svc.cluster.local:3306 shop/cart REACHES');
  });

  test('gets there by another entry for the same address, unless the server asks for the name', () => {
    const same = (protocol: string) => [
      entry('a.example.com', 5432, protocol, { exportTo: ['shop'], addresses: ['192.0.2.1'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.9' }] }),
      entry('b.example.com', 5432, protocol, { exportTo: ['catalog'], addresses: ['192.0.2.2'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.9' }] }, 'b'),
    ];

    expect(doorsOf(report(...same('TCP')), 'a.example.com')).toEqual(['b.example.com:5432 catalog/api REACHES', 'b.example.com:5432 catalog: every other account REACHES']);
    expect(doorsOf(report(...same('TLS')), 'a.example.com')).toEqual([]);
  });

  test.each([
    ['a name in capitals', 'DNS', 'db.example.com', 'DB.example.com'],
    ['a name with its last dot', 'DNS', 'db.example.com', 'db.example.com.'],
    ['an address of IPv6 in full', 'STATIC', '2001:db8::5', '2001:0db8:0:0::5'],
  ])('gets there by another entry with the endpoint in another spelling: %s', (_, resolution, endpoint, other) => {
    const database = (host: string, namespace: string, address: string) => entry(host, 3306, 'TCP', {
      exportTo: [namespace], addresses: [host === 'db.example.com' ? '240.0.0.1' : '240.0.0.2'], resolution, endpoints: [{ address }],
    }, host.split('.')[0]);

    expect(doorsOf(report(database('db.example.com', 'shop', endpoint), database('other.example.com', 'catalog', other)), 'db.example.com'))
      .toContain('other.example.com:3306 catalog/api REACHES');
  });

  test('gets there at its address by the range of another entry', () => {
    const range = entry('range.example.com', 3306, 'TCP', { exportTo: ['catalog'], addresses: ['192.0.2.0/24'], resolution: 'NONE' }, 'range');

    const db = entry('db.example.com', 3306, 'TCP', { exportTo: ['.'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }] }, 'db');

    expect(doorsOf(report(db, range), 'db.example.com')).toEqual([
      '192.0.2.14:3306 catalog/api REACHES', '192.0.2.14:3306 catalog: every other account REACHES',
    ]);
  });

  test('gets there by a tunnel through a proxy', () => {
    const proxy = entry('proxy.example.net', 3128, 'TCP', { exportTo: ['catalog'] }, 'proxy');
    const rule = object('DestinationRule', 'proxy', {
      host: 'proxy.example.net', trafficPolicy: { tunnel: { protocol: 'CONNECT', targetHost: 'db.example.com', targetPort: 3306 } },
    });

    expect(doorsOf(report(...routed(['shop/cart']), proxy, rule), 'db.example.com')).toContain('proxy.example.net:3128 catalog/api REACHES');
  });

  test('gets there by a wildcard around Services of the cluster', () => {
    const web = object('Service', 'catalog/web', { selector: { app: 'web' }, ports: [{ name: 'tcp', port: 9090 }] });
    const around = object('VirtualService', 'catalog/around', {
      hosts: ['*.catalog.svc.cluster.local'], tcp: [{ route: [{ destination: { host: 'db.example.com', port: { number: 3306 } } }] }],
    });

    expect(doorsOf(report(...routed(['shop/cart']), web, around), 'db.example.com')).toEqual([
      'web.catalog.svc.cluster.local:9090 shop: every other account REACHES',
    ]);
  });

  test('gets to one port by a door, who reaches another one by its name', () => {
    const open = routed(['shop/cart']).map(text => text.replaceAll('"exportTo":["shop"]', '"exportTo":["*"]')
      .replace('"ports":[{"number":3306', '"ports":[{"number":3399,"name":"open","protocol":"TCP"},{"number":3306'));
    const door = entry('door.example.com', 3306, 'TCP', { exportTo: ['catalog'], addresses: ['240.0.0.2'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }] }, 'door');

    expect(doorsOf(report(...open, door), 'db.example.com')).toContain('door.example.com:3306 catalog/api REACHES');
  });

  test('needs no door where the objects of the service let it through', () => {
    expect(report(...routed(['shop/cart']), API).dependencies.map(({ doors }) => doors)).toEqual([[], []]);
  });
});

describe('another server of a gateway that leads to a service', () => {
  const NAME = 'p3306.shop.db.example.com';
  const second = (tls: object, more: { readonly hosts?: string[]; readonly port?: number } = {}) => [
    object('Gateway', 'back', {
      selector: { istio: 'egressgateway' },
      servers: [{ port: { number: more.port ?? 443, name: 'back', protocol: 'TLS' }, hosts: more.hosts ?? ['back.example.com'], tls }],
    }),
    object('VirtualService', 'back', { hosts: more.hosts ?? ['back.example.com'], exportTo: ['istio-system'], gateways: ['back'], tcp: [{ route: [{ destination: { host: NAME, port: { number: 443 } } }] }] }),
  ];

  test('and names other accounts lets them pass', () => {
    const found = report(...routed(['shop/cart']), ...second({ mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/catalog/sa/api', 'spiffe://cluster.local/ns/shop/sa/cart'] }));

    expect(openings(found, 'NAMED_AT_GATEWAY')).toMatchObject([{ who: 'catalog/api', because: [{ object: 'Gateway shop/back', field: 'spec.servers[0]' }] }]);
    expect(remarksOn(found).map(remark => remarkText(remark, 1)).join()).toContain('whom another server of a gateway lets pass');
  });

  test('and names nobody lets every account pass', () => {
    const found = report(...routed(['shop/cart']), ...second({ mode: 'ISTIO_MUTUAL' }));

    expect(openings(found, 'ANY_IDENTITY')).toMatchObject([{ because: [{ object: 'Gateway shop/back' }] }]);
  });

  test('and asks for no certificate of the mesh lets anybody pass', () => {
    const found = report(...routed(['shop/cart']), ...second({ mode: 'SIMPLE', credentialName: 'back' }));

    expect(openings(found, 'WITHOUT_IDENTITY')).toMatchObject([{ because: [{ object: 'Gateway shop/back' }] }]);
  });

  test('is found by a wildcard, too', () => {
    const found = report(...routed(['shop/cart']), ...second({ mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/catalog/sa/api'] }, { hosts: ['*.shop.db.example.com'] }));

    expect(openings(found, 'NAMED_AT_GATEWAY')).toMatchObject([{ who: 'catalog/api' }]);
  });

  test('is none when a policy of the gateway denies what it lets through', () => {
    const policy = { selector: { matchLabels: { istio: 'egressgateway' } }, action: 'DENY', rules: [{ when: [{ key: 'connection.sni', values: ['back.example.com'] }] }] };
    const found = report(...routed(['shop/cart'], { policy }), ...second({ mode: 'ISTIO_MUTUAL' }));

    expect(openings(found, 'ANY_IDENTITY')).toEqual([]);
  });

  test('is none when it leads somewhere else', () => {
    const elsewhere = second({ mode: 'ISTIO_MUTUAL' }).map(text => text.replace(NAME, 'p443.other.example.com'));

    expect(report(...routed(['shop/cart']), ...elsewhere).dependencies[0].openings.map(({ kind }) => kind)).toEqual(['WITHOUT_SIDECAR', 'TENANT']);
  });

  test('and sends to another entry, whose endpoint is the name of the service', () => {
    const alias = entry('alias.example.com', 3306, 'TCP', { exportTo: ['istio-system'], endpoints: [{ address: 'DB.example.com' }] }, 'alias');
    const found = report(...routed(['shop/cart']), alias, ...second({ mode: 'ISTIO_MUTUAL' }).map(text => text.replace(`"${NAME}","port":{"number":443}`, '"alias.example.com","port":{"number":3306}')));

    expect(openings(found, 'ANY_IDENTITY', found.dependencies.findIndex(({ hosts }) => hosts[0] === 'db.example.com'))).toMatchObject([{ because: [{ object: 'Gateway shop/back' }] }]);
  });

  test('and one for requests is found by their host', () => {
    const web = [
      object('Gateway', 'web', { selector: { istio: 'egressgateway' }, servers: [{ port: { number: 443, name: 'web', protocol: 'HTTPS' }, hosts: ['web.example.com'], tls: { mode: 'ISTIO_MUTUAL' } }] }),
      object('VirtualService', 'web', {
        hosts: ['web.example.com'],
        gateways: ['web'],
        http: [
          { match: [{ uri: { prefix: '/api' } }], route: [{ destination: { host: 'api.example.com' } }] }, { directResponse: { status: 404 } },
        ],
      }),
      object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'https', port: 443 }] }),
    ];
    const found = report(entry('api.example.com', 80, 'HTTP', { exportTo: ['.', 'istio-system'] }), ...web);

    expect(openings(found, 'ANY_IDENTITY')).toMatchObject([{ because: [{ object: 'Gateway shop/web' }] }]);
  });
});
