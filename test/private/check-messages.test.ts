import { App, Chart, Duration } from 'cdk8s';
import {
  checkAddress, checkBoolean, checkCount, checkDistinct, checkDnsLabel, checkDnsName, checkDuration, checkHost, checkInstance, checkLabels,
  checkList, checkNotEmpty, checkOneOf, checkPort, checkProps, checkString, secondsOf, unchecked,
} from '../../src/private/check';
import { checkConstruct, Fail, failAt, failBelow, failWith, quote, refuseAbstract } from '../../src/private/fail';
import { messageOf } from '../helpers';

/** What a check says of a value, or that it says nothing. */
function said(check: (fail: Fail, property: string, value: never) => void, value: unknown): string | undefined {
  try {
    check(message => {
      throw new Error(message);
    }, 'it', value as never);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

const host = (fail: Fail, property: string, value: unknown) => checkHost(fail, property, value, 'k8s.corp.example');

describe('a host', () => {
  test.each(['db.example.com', '*.example.com', 'svc.example.com', 'db.svc.example.com'])('may be %s', value => {
    expect(said(host, value)).toBeUndefined();
  });

  const lower = (value: string) => `'it' must be a DNS name in lower case like "db.example.com", got "${value}"`;

  const inside = (name: string): [string, string] => (
    [name, `'it' must be outside the mesh, got "${name}", which is a service of the cluster: its traffic would be taken away from it`]);

  test.each<[unknown, string]>([
    [5, '\'it\' must be a DNS name like "db.example.com", got 5'],
    ['192.0.2.1', '\'it\' must be a DNS name, got the address "192.0.2.1": name the service as its clients do and give its addresses with Resolution.ipAddresses()'],
    ['192.0.2.256', lower('192.0.2.256')],
    ['db.example.1', lower('db.example.1')],
    ['192.0.2.0/24', '\'it\' must be a DNS name, got the address "192.0.2.0/24": name the service as its clients do and give its addresses with Resolution.ipAddresses()'],
    ['a_b.example.com', lower('a_b.example.com')],
    ['DB.example.com', `${lower('DB.example.com')}: write "db.example.com", in lower case`],
    ['db.example.com.', `${lower('db.example.com.')}: write "db.example.com", without the dot at the end`],
    ['db.example.com:3306', `${lower('db.example.com:3306')}: write "db.example.com", and the port as 'port'`],
    ['192.0.2.1:3306', `${lower('192.0.2.1:3306')}: name the service as its clients do, give the address with Resolution.ipAddresses() and the port as 'port'`],
    ['https://API.example.com/v1?x', `${lower('https://API.example.com/v1?x')}: write "api.example.com", the name alone, and the port as 'port'`],
    ['mysql://user:secret@db.example.com:3306/x', `${lower('mysql://***@db.example.com:3306/x')}: write "db.example.com", the name alone, and the port as 'port'`],
    ['http://#', lower('http://#')],
    ['1http://db.example.com', lower('1http://db.example.com')],
    ['db:x:3306', lower('db:x:3306')],
    ['db.example.com:3306x', lower('db.example.com:3306x')],
    ['DB_1.EXAMPLE.com', lower('DB_1.EXAMPLE.com')],
    ['a b', lower('a b')],
    ['bücher.example.com', `${lower('bücher.example.com')}: write "xn--bcher-kva.example.com", its form in ASCII`],
    ['BÜCHER.example.com', `${lower('BÜCHER.example.com')}: write "xn--bcher-kva.example.com", its form in ASCII`],
    ['*db.example.com', '\'it\' must be a DNS name in lower case like "db.example.com", or a wildcard like "*.example.com", got "*db.example.com"'],
    ['db', '\'it\' must be a fully qualified name, got "db": write it with its domain, like "db.example.com"'],
    ['*.com', '\'it\' must be a fully qualified name, got "*.com": a proxy would take every name of it: write the domain, like "*.example.com"'],
    ...['db.shop.svc', 'db.shop.svc.cluster.local', 'db.shop.svc.k8s.corp.example', 'svc.cluster.local', '*.shop.svc.cluster.local'].map(inside),
  ])('is refused: %s', (value, message) => {
    expect(said(host, value)).toBe(message);
  });
});

describe('an address', () => {
  test.each(['192.0.2.1', '192.0.2.0/24', '2001:db8::/32', '169.254.169.254', '10.0.0.0/8'])('may be %s', value => {
    expect(said(checkAddress, value)).toBeUndefined();
  });

  const form = '\'it\' must be an IP address or a CIDR range like "192.0.2.14" or "192.0.2.0/24", got';
  const none = (value: string, why: string) => `'it' has "${value}", which is not one service outside the mesh (${why}): give the addresses of the service`;

  test.each<[unknown, string]>([
    ['db', `${form} "db"`],
    [5, `${form} 5`],
    [['192.0.2.1'], `${form} ["192.0.2.1"]: give several as separate arguments, not as a list`],
    ['192.0.2.14/24', '\'it\' has the range "192.0.2.14/24", which begins at "192.0.2.0": write "192.0.2.0/24" for the range, or "192.0.2.14" for the address'],
    ['::ffff:192.0.2.1', '\'it\' has "::ffff:192.0.2.1", an IPv4 address in IPv6: write it as IPv4'],
    ['0.0.0.0/0', none('0.0.0.0/0', 'unspecified')],
    ['::/0', none('::/0', 'unspecified')],
    ['127.0.0.0/8', none('127.0.0.0/8', 'loopback')],
    ['224.0.0.1', none('224.0.0.1', 'multicast')],
    ['255.255.255.255', none('255.255.255.255', 'broadcast')],
  ])('is refused: %j', (value, message) => {
    expect(said(checkAddress, value)).toBe(message);
  });
});

describe('a value', () => {
  const port = '\'it\' must be a whole number from 1 to 65535, got';
  const count = '\'it\' must be a whole number from 1 to 2147483647, got';
  const label = '\'it\' must be a DNS label (lower-case letters, digits and "-", at most 63, a letter or digit at both ends), got';
  const name = '\'it\' must be a DNS name (lower-case labels of letters, digits and "-", joined by "."), got';
  const duration = '\'it\' must be a Duration of at least a millisecond, like Duration.seconds(5), got';
  const oneOf = checkOneOf({ A: 'a', B: 'b' });
  const instance = checkInstance(Date, 'Date.now() or new Date()');
  const list = checkList(checkPort, '443');

  test.each<[string, (fail: Fail, property: string, value: never) => void, unknown[]]>([
    ['port', checkPort, [1, 65535]], ['count', checkCount, [1, 2147483647]], ['label', checkDnsLabel, ['a']], ['name', checkDnsName, ['a.b']],
    ['duration', checkDuration, [Duration.millis(1), { toMilliseconds: () => 5 }]], ['one of', oneOf, ['a', 'b']], ['instance', instance, [new Date()]],
    ['list', list, [[], [443, 80]]], ['labels', checkLabels, [{}, { a: 'b' }]], ['boolean', checkBoolean, [true, false]], ['text', checkString, ['a']],
    ['anything', unchecked, [undefined, null, 5]],
  ])('may be: %s', (_, check, values) => {
    expect(values.map(value => said(check, value))).toEqual(values.map(() => undefined));
  });

  test.each<[string, (fail: Fail, property: string, value: never) => void, unknown, string]>([
    ['port', checkPort, 0, `${port} 0`], ['port', checkPort, 65536, `${port} 65536`], ['port', checkPort, '80', `${port} "80"`], ['port', checkPort, 1.5, `${port} 1.5`],
    ['count', checkCount, 0, `${count} 0`], ['count', checkCount, 2147483648, `${count} 2147483648`], ['count', checkCount, 1.5, `${count} 1.5`],
    ['label', checkDnsLabel, 'a.b', `${label} "a.b"`], ['label', checkDnsLabel, 5, `${label} 5`],
    ['name', checkDnsName, 'A', `${name} "A"`], ['name', checkDnsName, 5, `${name} 5`],
    ['duration', checkDuration, '5s', `${duration} "5s"`], ['duration', checkDuration, undefined, `${duration} undefined`], ['duration', checkDuration, Duration.millis(0), `${duration} 0 ms`],
    ['one of', oneOf, 'c', '\'it\' must be one of "a", "b", got "c"'],
    ['instance', instance, 'x', '\'it\' must be one of Date.now() or new Date(), got "x"'],
    ['instance', instance, ['x'], '\'it\' must be one of Date.now() or new Date(), got ["x"]: give several as separate arguments, not as a list'],
    ['list', list, 443, '\'it\' must be a list like [443], got 443'], ['list', list, [0], `${port.replace('it', 'it[0]')} 0`],
    ['labels', checkLabels, { a: 1 }, '\'it\' must be labels like { app: "egress" }, got {"a":1}'], ['labels', checkLabels, null, '\'it\' must be labels like { app: "egress" }, got null'],
    ['labels', checkLabels, ['a'], '\'it\' must be labels like { app: "egress" }, got ["a"]'], ['labels', checkLabels, 'a', '\'it\' must be labels like { app: "egress" }, got "a"'],
    ['boolean', checkBoolean, 'true', '\'it\' must be true or false, got "true"'],
    ['text', checkString, '', '\'it\' must be a text that is not empty, got ""'], ['text', checkString, 5, '\'it\' must be a text that is not empty, got 5'],
  ])('is refused: %s', (_, check, value, message) => {
    expect(said(check, value)).toBe(message);
  });
});

describe('a list', () => {
  const notEmpty = (property: string) => (values: unknown) => said((fail, _, value) => checkNotEmpty(fail, property, value, '443'), values);

  test.each<[unknown, string | undefined]>([
    [[1], undefined],
    [Array.from({ length: 256 }), undefined],
    [undefined, '\'it\' must not be empty: write at least one, like 443'],
    [[], '\'it\' must not be empty: write at least one, like 443'],
    ['443', '\'it\' must be a list like [443], got "443"'],
    [Array.from({ length: 257 }), '\'it\' has 257, and Istio takes 256 at most: divide the service'],
  ])('%#', (values, message) => {
    expect(notEmpty('it')(values)).toBe(message);
  });

  test('of clients may be longer: it is no list of Istio\'s', () => {
    expect(notEmpty('allowFrom()')(Array.from({ length: 257 }))).toBeUndefined();
  });

  test('has each value once', () => {
    const distinct = (values: (string | number)[]) => said((fail, property, value) => checkDistinct(fail, property, value), values);

    expect(distinct(['a', 'b'])).toBeUndefined();
    expect(distinct(['a', 'b', 'a'])).toBe('\'it\' has "a" twice: write it once');
    expect(distinct([1, 1])).toBe('\'it\' has 1 twice: write it once');
  });
});

test('properties are checked one after the other, those that are missing included', () => {
  const props = (value: unknown) => said((fail, _, given) => checkProps(fail, 'It', given, { a: checkPort, b: checkPort, c: checkPort, d: checkPort }, ['b']), value);

  expect(props({ b: 1 })).toBeUndefined();
  expect(props({ a: 1 })).toBe('\'b\' is missing, which It needs');
  expect(props({ a: 0 })).toBe('\'a\' must be a whole number from 1 to 65535, got 0');
  expect(props({ b: 1, x: 1 })).toBe('\'x\' is not a property of It: it has \'a\', \'b\', \'c\', \'d\'');
  expect(props(5)).toBe('It needs its properties as { a, b, c, ... }, got 5');
});

test('times are written in seconds', () => {
  expect([Duration.millis(1), Duration.millis(1500), Duration.hours(1)].map(duration => secondsOf(duration))).toEqual(['0.001s', '1.5s', '3600s']);
  expect([Duration.seconds(1.001), Duration.seconds(1.0005)].map(duration => secondsOf(duration))).toEqual(['1.001s', '1.0005s']);
  expect(secondsOf(undefined as Duration | undefined)).toBeUndefined();
});

describe('an error', () => {
  const chart = new Chart(new App(), 'shop');

  test('names the construct, the app, or what there is of a construct that does not exist yet', () => {
    expect(messageOf(() => failAt(chart)('x'))).toBe('[shop] x');
    expect(messageOf(() => failAt(chart.node.root)('x'))).toBe('[app] x');
    expect(messageOf(() => failBelow(chart, 'Db')('x'))).toBe('[shop/Db] x');
    expect(messageOf(() => failBelow(chart.node.root, 'Db')('x'))).toBe('[Db] x');
    expect(messageOf(() => failBelow(undefined, 'Db')('x'))).toBe('[Db] x');
    expect(messageOf(() => failWith('It')('x'))).toBe('[It] x');
  });

  test('of an abstract class names its factories', () => {
    expect(messageOf(() => refuseAbstract(true, 'It', 'a() or b()'))).toBe('[It] cannot be constructed: use one of its factories a() or b()');
    expect(() => refuseAbstract(false, 'It', 'a()')).not.toThrow();
  });

  test('of something that is no construct says what it should be', () => {
    expect(messageOf(() => checkConstruct(failWith('It'), 'call()', 'x', 'a chart'))).toBe('[It] call() needs a chart, got "x"');
    expect(() => checkConstruct(failWith('It'), 'call()', chart, 'a chart')).not.toThrow();
  });

  class Own {}
  const circular: { self?: object } = {};
  circular.self = circular;

  test.each<[unknown, string]>([
    ['text', '"text"'], [5, '5'], [NaN, 'NaN'], [undefined, 'undefined'], [null, 'null'], [true, 'true'], [{ a: 1 }, '{"a":1}'], [[1], '[1]'], [BigInt(5), '5'],
    [new Own(), 'a Own'], [Object.create(null), 'a value'], [circular, '[object Object]'], [function named() {}, 'the function named'], [chart, 'the construct \'shop\''],
  ])('quotes %p', (value, quoted) => {
    expect(quote(value)).toBe(quoted);
  });
});
