import { Duration } from 'cdk8s';
import { LoadBalancer, MeshService } from '../../src';
import { messageOf, only, synth } from '../helpers';

const policyOf = (loadBalancer: LoadBalancer) => (
  only(synth(chart => new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1'], loadBalancer })), 'DestinationRule').spec.trafficPolicy);

test.each<[string, LoadBalancer, object]>([
  ['has the fewest requests', LoadBalancer.leastRequest(), { simple: 'LEAST_REQUEST' }],
  ['is the next', LoadBalancer.roundRobin(), { simple: 'ROUND_ROBIN' }],
  ['is any', LoadBalancer.random(), { simple: 'RANDOM' }],
  ['is that of a header', LoadBalancer.consistentHashByHeader('x-user'), { consistentHash: { httpHeaderName: 'x-user' } }],
  ['is that of a cookie', LoadBalancer.consistentHashByCookie('session'), { consistentHash: { httpCookie: { name: 'session' } } }],
  ['is that of a cookie of the proxy', LoadBalancer.consistentHashByCookie('session', { ttl: Duration.hours(1), path: '/shop' }),
    { consistentHash: { httpCookie: { name: 'session', ttl: '3600s', path: '/shop' } } }],
  ['is that of a cookie for the session of the browser', LoadBalancer.consistentHashByCookie('session', { ttl: Duration.seconds(0) }),
    { consistentHash: { httpCookie: { name: 'session', ttl: '0s' } } }],
  ['is that of the client\'s address', LoadBalancer.consistentHashBySourceIp(), { consistentHash: { useSourceIp: true } }],
  ['is that of a query parameter', LoadBalancer.consistentHashByQueryParameter('user'), { consistentHash: { httpQueryParameterName: 'user' } }],
])('the pod of a request %s', (_, loadBalancer, written) => {
  expect(policyOf(loadBalancer)).toEqual({ loadBalancer: written });
});

describe('a load balancer refuses', () => {
  const text = (value: unknown) => value as never;
  test.each<[string, LoadBalancer, string]>([
    ['a header in upper case', LoadBalancer.consistentHashByHeader('X-User'),
      '\'LoadBalancer.consistentHashByHeader()\' must have the name of a header in lower case, like "end-user", got "X-User": write "x-user"'],
    ['no header', LoadBalancer.consistentHashByHeader(text(undefined)),
      '\'LoadBalancer.consistentHashByHeader()\' must have the name of a header in lower case, like "end-user", got undefined'],
    ['a cookie with a blank', LoadBalancer.consistentHashByCookie('my session'),
      '\'LoadBalancer.consistentHashByCookie()\' must have the name of a cookie, like "session", got "my session"'],
    ['no cookie', LoadBalancer.consistentHashByCookie(text(7)), '\'LoadBalancer.consistentHashByCookie()\' must have the name of a cookie, like "session", got 7'],
    ['an option that it does not have', LoadBalancer.consistentHashByCookie('session', text({ domain: 'x' })),
      '\'domain\' is not a property of LoadBalancer.consistentHashByCookie(): it has \'ttl\', \'path\''],
    ['a lifetime that is none', LoadBalancer.consistentHashByCookie('session', { ttl: text(60) }),
      '\'ttl\' must be a Duration of at least a millisecond, like Duration.seconds(5), got 60'],
    ['no lifetime', LoadBalancer.consistentHashByCookie('session', { ttl: text(null) }),
      '\'ttl\' must be a Duration of at least a millisecond, like Duration.seconds(5), got null'],
    ['a path that is no text', LoadBalancer.consistentHashByCookie('session', { ttl: Duration.hours(1), path: text(5) }), '\'path\' must begin with "/", got 5'],
    ['a path that does not begin', LoadBalancer.consistentHashByCookie('session', { ttl: Duration.hours(1), path: 'shop' }), '\'path\' must begin with "/", got "shop"'],
    ['the path of a cookie that nobody sets', LoadBalancer.consistentHashByCookie('session', { path: '/' }),
      '\'path\' "/" is that of the cookie that the proxy sets, and without \'ttl\' it sets none: give \'ttl\', or leave \'path\' out'],
    ['no parameter', LoadBalancer.consistentHashByQueryParameter(''),
      '\'LoadBalancer.consistentHashByQueryParameter()\' must be a text that is not empty, got ""'],
    ['to be something else', text('RANDOM'), '\'loadBalancer\' must be one of LoadBalancer.leastRequest(), roundRobin(), random() or consistentHashBy...(), got "RANDOM"'],
  ])('%s', (_, loadBalancer, message) => {
    expect(messageOf(() => policyOf(loadBalancer))).toBe(`[test/Reviews] ${message}`);
  });

  test('to be constructed', () => {
    expect(messageOf(() => new (LoadBalancer as never as new () => unknown)()))
      .toBe('[LoadBalancer] cannot be constructed: use one of its factories leastRequest(), roundRobin(), random() or consistentHashBy...()');
  });
});
