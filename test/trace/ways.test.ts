import { causesAt, entry, hopAt, object, traced } from './helpers';
import { OtherWay, Trace } from '../../src/trace/trace';
import { everyWay } from '../../src/trace/ways';

const API = entry('api.example.com', 80, 'HTTP');
const DB = entry('db.example.com', 3306, 'TCP', { addresses: ['192.0.2.14'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }] });
const COPY = entry('copy.example.com', 80, 'HTTP');
const NEW = entry('new.example.com', 80, 'HTTP');

const to = (host: string, more: object = {}) => ({ destination: { host }, ...more });
const http = (rules: readonly object[], more: object = {}, name = 'api') => object('VirtualService', name, { hosts: ['api.example.com'], http: rules, ...more });
const api = (objects: readonly string[]) => traced([API, NEW, COPY, ...objects], 'cart', 'api.example.com:80');

/** The end of each way, and what takes it. */
function endsOf({ end, others }: Trace): unknown[] {
  return [end, ...others.map((way: OtherWay) => way.end)].map(({ kind, endpoints, conditions }) => [kind, endpoints.join(), conditions.join('; ')]);
}

describe('every way', () => {
  test('is gone once, the main one first', () => {
    const { main, others, hasMore } = everyWay(forks => {
      const first = forks.choose(['a', 'b']);
      return first === 'a' ? first + forks.choose(['1', '2', '3']) : first + forks.choose(['only']) + forks.choose(['x', 'y']);
    }, 100);

    expect([main, ...others]).toEqual(['a1', 'bonlyx', 'a2', 'a3', 'bonlyy']);
    expect(hasMore).toBe(false);
  });

  test('is gone up to a number of ways', () => {
    const found = everyWay(forks => forks.choose(['a', 'b', 'c']), 2);

    expect(found).toEqual({ main: 'a', others: ['b'], hasMore: true });
  });
});

describe('a trace follows', () => {
  test('shares in percent of the sum of the weights', () => {
    const found = api([http([{ route: [to('new.example.com', { weight: 10 }), to('api.example.com', { weight: 95 })] }])]);

    expect(hopAt(found, 'route').text).toContain('sends it to new.example.com (9.5 %) and api.example.com (90.5 %)');
    expect(endsOf(found)[1]).toEqual(['REACHES', 'new.example.com:80', 'for 9.5 % of the requests']);
  });

  test('each share of the requests', () => {
    const found = api([http([{ route: [to('new.example.com', { weight: 10 }), to('api.example.com', { weight: 90 })] }])]);

    expect(endsOf(found)).toEqual([
      ['REACHES', 'api.example.com:80', ''],
      ['REACHES', 'new.example.com:80', 'for 10 % of the requests'],
    ]);
    expect(found.others[0].hops.slice(0, found.others[0].shared)).toEqual(found.hops.slice(0, found.others[0].shared));
    expect(found.others[0].hops[found.others[0].shared].stage).toBe('destination');
  });

  test('no share of nothing', () => {
    expect(api([http([{ route: [to('api.example.com', { weight: 100 }), to('new.example.com', { weight: 0 })] }])]).others).toEqual([]);
  });

  test('each share of the connections', () => {
    const route = object('VirtualService', 'db', { hosts: ['db.example.com'], tcp: [{ route: [to('db.example.com', { weight: 75 }), to('new.example.com', { weight: 25 })] }] });
    const found = traced([DB, entry('new.example.com', 3306, 'TCP'), route], 'cart', 'db.example.com:3306');

    expect(endsOf(found)).toEqual([['REACHES', '192.0.2.14:3306', ''], ['REACHES', 'new.example.com:3306', 'for 25 % of the connections']]);
  });

  test('copies of requests, from one field and from the list, without those of no request', () => {
    const found = api([http([{
      route: [to('api.example.com')],
      mirror: { host: 'copy.example.com' },
      mirrorPercentage: { value: 5 },
      mirrors: [{ destination: { host: 'new.example.com' } }, { destination: { host: 'away.example.com' }, percentage: { value: 0 } }],
    }])]);

    expect(endsOf(found)).toEqual([
      ['REACHES', 'api.example.com:80', ''],
      ['REACHES', 'copy.example.com:80', 'as a copy of 5 % of the requests, whose answer nobody gets'],
      ['REACHES', 'new.example.com:80', 'as a copy of each request, whose answer nobody gets'],
    ]);
    expect(api([http([{ route: [to('api.example.com')], mirror: { host: 'copy.example.com' }, mirrorPercent: 0 }])]).others).toEqual([]);
  });

  test('rules for some requests, once for each place that they send to', () => {
    const found = api([http([
      { match: [{ uri: { prefix: '/v2' } }, { headers: { beta: { exact: 'yes' } } }], route: [to('new.example.com')] },
      { match: [{ uri: { prefix: '/same' } }], route: [to('api.example.com')] },
      { match: [{ uri: { prefix: '/v3' } }], route: [to('new.example.com')] },
      { route: [to('api.example.com')] },
      { match: [{ uri: { prefix: '/late' } }], route: [to('copy.example.com')] },
    ])]);

    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: ['api.example.com:80'], conditions: [] });
    expect(found.others.map(({ end }) => end.endpoints.join())).toEqual(['new.example.com:80']);
    expect(found.others[0].end.conditions).toEqual([expect.stringMatching(
      /^if the request is one that .*spec\.http\[0\]\.match\[0\]: uri prefix \/v2\) or .*match\[1\]: header beta exact yes\) or .*spec\.http\[2\]\.match\[0\]: uri prefix \/v3\) matches$/)]);
    expect(found.hops.find(({ stage }) => stage === 'route')!.notes).toEqual([
      expect.stringContaining('http[0].match[0]'), expect.stringContaining('http[0].match[1]'), expect.stringContaining('http[2].match[0]'),
    ]);
  });

  test('a rule that answers itself, beside one that sends on', () => {
    const found = api([http([{ match: [{ uri: { prefix: '/old' } }], redirect: { uri: '/new' } }, { route: [to('api.example.com')] }])]);

    expect(endsOf(found)).toEqual([['REACHES', 'api.example.com:80', ''], ['REFUSED', '', expect.stringContaining('http[0].match[0]')]]);
  });

  test('requests that a rule aborts', () => {
    const aborting = (value: number | undefined, status: object = { httpStatus: 503 }) => api([http([
      { fault: { abort: { ...status, ...value === undefined ? {} : { percentage: { value } } } }, route: [to('new.example.com')], mirror: { host: 'copy.example.com' } },
    ])]);
    const [whole] = [aborting(100)];

    expect(endsOf(whole)).toEqual([['REFUSED', '', '']]);
    expect(whole.end).toMatchObject({ text: 'the proxy aborts the request with status 503', seen: '503 (FI, fault filter abort)' });
    expect(causesAt(whole, 'route')).toContain('VirtualService shop/api spec.http[0].fault.abort');
    expect(endsOf(aborting(0.5)).slice(0, 2)).toEqual([['REACHES', 'new.example.com:80', ''], ['REFUSED', '', 'for 0.5 % of the requests']]);
    expect(endsOf(aborting(75)).slice(0, 2)).toEqual([['REFUSED', '', ''], ['REACHES', 'new.example.com:80', 'for 25 % of the requests']]);
    expect(aborting(100, { grpcStatus: 'UNAVAILABLE' }).end.text).toContain('status UNAVAILABLE');
  });

  test.each([
    ['without a percentage', { abort: { httpStatus: 503 } }],
    ['of none', { abort: { httpStatus: 503, percentage: { value: 0 } } }],
    ['with a status that istiod does not take', { abort: { http2Error: 'CANCEL', percentage: { value: 100 } } }],
    ['that only delays', { delay: { fixedDelay: '1s', percentage: { value: 100 } } }],
  ])('requests past a fault %s', (_, fault) => {
    expect(endsOf(api([http([{ fault, route: [to('new.example.com')] }])]))).toEqual([['REACHES', 'new.example.com:80', '']]);
  });

  test('requests that a delegating rule aborts', () => {
    const part = object('VirtualService', 'part', { http: [{ route: [to('new.example.com')] }] });
    const found = api([http([{ delegate: { name: 'part' }, fault: { abort: { httpStatus: 503, percentage: { value: 100 } } } }]), part]);

    expect(found.end.kind).toBe('REFUSED');
    expect(causesAt(found, 'route')).toContain('VirtualService shop/api spec.http[0].fault.abort');
  });

  test('so many of them, and says when there are more', () => {
    const rules = Array.from({ length: 120 }, (_, i) => ({ match: [{ uri: { prefix: `/${i}` } }], route: [to('new.example.com')], rewrite: { authority: `a${i}.example.com` } }));
    const found = api([http([...rules, { route: [to('api.example.com')] }])]);

    expect(found.others).toHaveLength(100);
    expect(found.others[99].end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('more than 100 ways') });
  });
});

describe('the host that requests get', () => {
  const GATEWAY = 'istio-egressgateway.istio-system.svc.cluster.local';
  const gateway = object('Gateway', 'out', {
    selector: { istio: 'egressgateway' }, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  });
  const onwards = object('VirtualService', 'onwards', { hosts: ['new.example.com'], gateways: ['out'], http: [{ route: [to('new.example.com')] }] });
  const through = (rule: object) => api([gateway, onwards, http([{ route: [{ destination: { host: GATEWAY, port: { number: 80 } } }], ...rule }])]);

  test('is rewritten by a rule, or by headers that it sets', () => {
    expect(through({}).end).toMatchObject({ kind: 'NOWHERE', text: expect.stringContaining('is for the host api.example.com') });
    expect(through({ rewrite: { authority: 'new.example.com' } }).end).toMatchObject({ kind: 'REACHES', endpoints: ['new.example.com:80'] });
    expect(through({ headers: { request: { set: { Host: 'new.example.com' } } } }).end.kind).toBe('REACHES');
  });

  test('is rewritten by headers of a destination, unless the rule rewrites it', () => {
    const route = [{ destination: { host: GATEWAY, port: { number: 80 } }, headers: { request: { set: { ':authority': 'new.example.com' } } } }];

    expect(through({ route }).end.kind).toBe('REACHES');
    expect(through({ route, rewrite: { authority: 'api.example.com' } }).end.kind).toBe('NOWHERE');
  });
});

describe('a VirtualService that delegates', () => {
  const root = (match: readonly object[], more: object = {}) => http([{ match, delegate: { name: 'part', namespace: 'team' }, ...more }, { route: [to('api.example.com')] }]);
  const part = (rules: readonly object[], more: object = {}) => object('VirtualService', 'team/part', { http: rules, ...more });
  const ALL = [{ uri: { prefix: '/' } }];

  test('has the rules of the other one in its place', () => {
    const found = api([root(ALL), part([{ route: [to('new.example.com')] }])]);

    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: ['new.example.com:80'] });
    expect(causesAt(found, 'route')).toEqual(['VirtualService shop/api spec.http[0].match[0]', 'VirtualService team/part spec.http[0].route[0].destination']);
  });

  test('leaves the rest of its rules to the rest of requests', () => {
    const found = api([root([{ uri: { prefix: '/v2' } }]), part([{ match: [{ uri: { prefix: '/v2/new' } }], route: [to('new.example.com')] }])]);

    expect(endsOf(found)).toEqual([
      ['REACHES', 'api.example.com:80', ''],
      ['REACHES', 'new.example.com:80', expect.stringContaining('VirtualService team/part (app.yaml:')],
    ]);
  });

  test('leaves out a rule that does not narrow its own', () => {
    const found = api([root([{ uri: { prefix: '/v2' } }]), part([{ match: [{ uri: { prefix: '/other' } }], route: [to('new.example.com')] }])]);

    expect(endsOf(found)).toEqual([['REACHES', 'api.example.com:80', '']]);
  });

  test.each<[string, object, object]>([
    ['an exact path with a prefix', { uri: { exact: '/a' } }, { uri: { prefix: '/a' } }],
    ['a regular expression with another one', { uri: { regex: '/a.*' } }, { uri: { regex: '/a' } }],
    ['a port with another one', { port: 80 }, { port: 81 }],
    ['a header with another value', { headers: { a: { exact: 'x' } } }, { headers: { a: { exact: 'y' } } }],
    ['a namespace with none', { sourceNamespace: 'shop' }, { uri: { prefix: '/' } }],
  ])('takes for a conflict %s', (_, rootMatch, leafMatch) => {
    const found = api([root([rootMatch]), part([{ match: [leafMatch, rootMatch], route: [to('new.example.com')] }])]);

    expect(endsOf(found)).toEqual([['REACHES', 'api.example.com:80', '']]);
  });

  test('hands on its copies of requests, and the host that they get', () => {
    const found = api([root(ALL, { mirror: { host: 'copy.example.com' } }), part([{ route: [to('new.example.com')] }])]);

    expect(found.others.map(({ end }) => end.endpoints.join())).toEqual(['copy.example.com:80']);
  });

  test('is without the rule when the other one is not exported to it', () => {
    expect(endsOf(api([root(ALL), part([{ route: [to('new.example.com')] }], { exportTo: ['.'] })]))).toEqual([['REACHES', 'api.example.com:80', '']]);
    expect(api([root(ALL), part([{ route: [to('new.example.com')] }], { exportTo: ['shop'] })]).end.endpoints).toEqual(['new.example.com:80']);
  });
});

describe('a tunnel', () => {
  const PROXY = entry('proxy.example.net', 3128, 'TCP');
  const rule = (more: object) => object('DestinationRule', 'proxy', { host: 'proxy.example.net', ...more });
  const TO = { tunnel: { protocol: 'CONNECT', targetHost: 'db.example.com', targetPort: 3306 } };
  const route = (destinations: readonly object[]) => object('VirtualService', 'proxy', { hosts: ['proxy.example.net'], tcp: [{ route: destinations }] });
  const ends = (...objects: string[]) => traced([PROXY, ...objects], 'cart', 'proxy.example.net:3128').end.endpoints;

  test('leads to where the next proxy is asked to connect to', () => {
    const found = traced([PROXY, rule({ trafficPolicy: TO })], 'cart', 'proxy.example.net:3128');

    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: ['db.example.com:3306'] });
    expect(causesAt(found, 'upstream', 1)).toEqual(['DestinationRule shop/proxy spec.trafficPolicy.tunnel']);
  });

  test('is that of the subset alone, and of the rule where connections are shared', () => {
    const subsets = [{ name: 'one', trafficPolicy: { tunnel: { ...TO.tunnel, targetHost: 'other.example.com' } } }];
    const one = { destination: { host: 'proxy.example.net', subset: 'one' } };

    expect(ends(rule({ trafficPolicy: TO, subsets }), route([one]))).toEqual(['other.example.com:3306']);
    expect(ends(rule({ trafficPolicy: TO, subsets: [{ name: 'one' }] }), route([one]))).toEqual(['proxy.example.net:3128']);
    expect(ends(rule({ trafficPolicy: TO, subsets }), route([{ ...one, weight: 90 }, { destination: { host: 'proxy.example.net' }, weight: 10 }]))).toEqual(['db.example.com:3306']);
  });
});
