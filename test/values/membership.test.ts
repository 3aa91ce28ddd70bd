import { Duration } from 'cdk8s';
import { Membership, ReadinessProbe } from '../../src';
import { failWith } from '../../src/private/fail';
import { messageOf } from '../helpers';

const fail = failWith('it');
const bind = (membership: Membership) => membership._bind(fail);
const probe = (readinessProbe: ReadinessProbe) => readinessProbe._bind(fail);

describe('machines of fixed addresses', () => {
  test('have one spelling each', () => {
    expect(bind(Membership.workloadEntries('192.0.2.30', '192.0.2.31/32', '2001:DB8:0::1'))).toEqual({ addresses: ['192.0.2.30', '192.0.2.31', '2001:db8::1'] });
  });

  test.each<[string, string[], string]>([
    ['no address', [], 'must not be empty: write at least one, like "192.0.2.30"'],
    ['a name', ['db.example.com'], 'must be an IP address or a CIDR range like "192.0.2.14" or "192.0.2.0/24", got "db.example.com"'],
    ['a list', [['192.0.2.30'] as never], 'give several as separate arguments, not as a list'],
    ['a range', ['192.0.2.0/24'], 'has the range "192.0.2.0/24", and a machine has one address: give the address of each machine'],
    ['an address twice', ['192.0.2.30', '192.0.2.30/32'], 'has "192.0.2.30" twice: write it once'],
    ['this machine', ['127.0.0.1'], 'has "127.0.0.1"'],
  ])('cannot be %s', (_, addresses, message) => {
    const actual = messageOf(() => bind(Membership.workloadEntries(...addresses)));

    expect(actual).toContain('[it] \'Membership.workloadEntries()\'');
    expect(actual).toContain(message);
  });
});

describe('machines that register themselves', () => {
  test('are ready as long as they are connected, or as a probe says', () => {
    expect(bind(Membership.workloadGroup())).toEqual({});
    expect(bind(Membership.workloadGroup({ readinessProbe: ReadinessProbe.tcpSocket(1) })).readinessProbe).toMatchObject({ tcpSocket: { port: 1 } });
  });

  test('refuse an unknown option, and a probe that is none', () => {
    expect(messageOf(() => bind(Membership.workloadGroup({ probe: 1 } as never)))).toBe('[it] \'probe\' is not a property of Membership.workloadGroup(): it has \'readinessProbe\'');
    expect(messageOf(() => bind(Membership.workloadGroup({ readinessProbe: '/ready' as never }))))
      .toBe('[it] \'readinessProbe\' must be one of ReadinessProbe.httpGet(), tcpSocket() or exec(), got "/ready"');
  });
});

describe('a readiness probe', () => {
  test('is a request, a connection or a command', () => {
    expect(probe(ReadinessProbe.httpGet('/healthz', 8080))).toEqual({ httpGet: { path: '/healthz', port: 8080 } });
    expect(probe(ReadinessProbe.tcpSocket(3306))).toEqual({ tcpSocket: { port: 3306 } });
    expect(probe(ReadinessProbe.exec(['/bin/check', '-v']))).toEqual({ exec: { command: ['/bin/check', '-v'] } });
  });

  test('has times in seconds, and thresholds', () => {
    const times = { initialDelay: Duration.minutes(1), timeout: Duration.seconds(2), period: Duration.seconds(5) };
    const options = { ...times, successThreshold: 2, failureThreshold: 3 };

    expect(probe(ReadinessProbe.tcpSocket(3306, options))).toEqual({
      tcpSocket: { port: 3306 }, initialDelaySeconds: 60, timeoutSeconds: 2, periodSeconds: 5, successThreshold: 2, failureThreshold: 3,
    });
  });

  test.each<[string, () => ReadinessProbe, string]>([
    ['a path without a slash', () => ReadinessProbe.httpGet('ready', 1), '\'ReadinessProbe.httpGet()\' needs a path that begins with "/", like "/healthz", got "ready"'],
    ['a path that is none', () => ReadinessProbe.httpGet(5 as never, 1), '\'ReadinessProbe.httpGet()\' needs a path that begins with "/", like "/healthz", got 5'],
    ['a port of a request out of range', () => ReadinessProbe.httpGet('/', 0), '\'ReadinessProbe.httpGet()\' must be a whole number from 1 to 65535, got 0'],
    ['a port out of range', () => ReadinessProbe.tcpSocket(65536), '\'ReadinessProbe.tcpSocket()\' must be a whole number from 1 to 65535, got 65536'],
    ['no command', () => ReadinessProbe.exec([]), '\'ReadinessProbe.exec()\' must not be empty: write at least one, like "/usr/bin/mysqladmin"'],
    ['a command that is a text', () => ReadinessProbe.exec('check' as never), '\'ReadinessProbe.exec()\' must be a list like ["/usr/bin/mysqladmin"], got "check"'],
    ['an argument that is none', () => ReadinessProbe.exec(['check', 5 as never]), '\'ReadinessProbe.exec()[1]\' must be a text that is not empty, got 5'],
    ['half a second', () => ReadinessProbe.tcpSocket(1, { period: Duration.millis(500) }), '\'period\' must be a Duration of whole seconds, like Duration.minutes(5), got 500 ms'],
    ['no time', () => ReadinessProbe.tcpSocket(1, { timeout: 5 as never }), '\'timeout\' must be a Duration of whole seconds'],
    ['no delay', () => ReadinessProbe.tcpSocket(1, { initialDelay: 5 as never }), '\'initialDelay\' must be a Duration'],
    ['no success', () => ReadinessProbe.tcpSocket(1, { successThreshold: 0 }), '\'successThreshold\' must be a whole number from 1 to 2147483647, got 0'],
    ['no failure', () => ReadinessProbe.tcpSocket(1, { failureThreshold: 0 }), '\'failureThreshold\' must be a whole number from 1 to 2147483647, got 0'],
    ['an unknown option of a request', () => ReadinessProbe.httpGet('/', 1, { interval: 1 } as never), '\'interval\' is not a property of ReadinessProbe.httpGet()'],
    ['an unknown option of a connection', () => ReadinessProbe.tcpSocket(1, { interval: 1 } as never), '\'interval\' is not a property of ReadinessProbe.tcpSocket()'],
    ['an unknown option', () => ReadinessProbe.exec(['a'], { interval: 1 } as never), '\'interval\' is not a property of ReadinessProbe.exec()'],
  ])('cannot have %s', (_, make, message) => {
    expect(messageOf(() => probe(make()))).toContain(`[it] ${message}`);
  });
});

test('neither can be constructed', () => {
  expect(messageOf(() => new (Membership as never as new () => unknown)())).toBe('[Membership] cannot be constructed: use one of its factories workloadEntries() or workloadGroup()');
  expect(messageOf(() => new (ReadinessProbe as never as new () => unknown)()))
    .toBe('[ReadinessProbe] cannot be constructed: use one of its factories httpGet(), tcpSocket() or exec()');
});
