import * as fc from 'fast-check';
import { canonicalAddress, isCidr, isDnsLabel, isDnsName, isIp, singleAddress } from '../../src/private/check';
import { isWildcard } from '../../src/private/wire';

const SEED = { seed: 20260101 };

describe('an IP address', () => {
  test.each(['0.0.0.0', '192.0.2.14', '255.255.255.255', '::', '::1', '2001:db8::14', '2001:DB8::14', '::ffff:192.0.2.1'])('is %s', address => {
    expect(isIp(address)).toBe(true);
  });

  test.each([
    '', '192', '192.0.2', '192.0.2.256', '192.0.2.014', '0x7f.0.0.1', '192.0.2.14/32', ' 192.0.2.14', '192.0.2.14\n', '2001:db8:::1', ':', 'fe80::1%eth0', 'db',
  ])('is not "%s"', address => {
    expect(isIp(address)).toBe(false);
  });

  test('is any of four bytes or of eight groups', () => {
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), isIp), SEED);
  });
});

describe('a CIDR range', () => {
  test.each(['0.0.0.0/0', '192.0.2.0/24', '192.0.2.14/32', '2001:db8::/32', '2001:db8::1/128'])('is %s', range => {
    expect(isCidr(range)).toBe(true);
  });

  test.each([
    '192.0.2.14', '192.0.2.0/', '192.0.2.0/33', '192.0.2.0/-1', '192.0.2.0/08', '192.0.2.0/2a', '192.0.2.0/24/24', '192.0.2/24', '2001:db8::/129',
    '/24', '192.0.2.0/ 24',
  ])('is not "%s"', range => {
    expect(isCidr(range)).toBe(false);
  });
});

describe('one address or network has one spelling', () => {
  test.each([
    ['192.0.2.14', '192.0.2.14'],
    ['192.0.2.14/32', '192.0.2.14'],
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['192.0.2.77/0', '0.0.0.0/0'],
    ['2001:DB8:0:0::14', '2001:db8::14'],
    ['2001:db8::14/128', '2001:db8::14'],
    ['2001:db8:0:0:1::14/64', '2001:db8::/64'],
  ])('%s is %s', (address, canonical) => {
    expect(canonicalAddress(address)).toBe(canonical);
  });

  test('a second look changes nothing', () => {
    const network = fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, length]) => `${address}/${length}`),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, length]) => `${address}/${length}`),
      fc.ipV4(),
      fc.ipV6(),
    );

    fc.assert(fc.property(network, address => canonicalAddress(canonicalAddress(address)) === canonicalAddress(address)), SEED);
  });
});

test('a network of one address is that address, a wider one is none', () => {
  expect(['192.0.2.14', '192.0.2.14/32', '2001:db8::1/128', '192.0.2.14/31', '2001:db8::/127'].map(singleAddress))
    .toEqual(['192.0.2.14', '192.0.2.14', '2001:db8::1', undefined, undefined]);
});

describe('a name', () => {
  test.each(['a', 'a1', '1a', 'a-b', 'x'.repeat(63)])('"%s" is a DNS label and a DNS name', name => {
    expect([isDnsLabel(name), isDnsName(name)]).toEqual([true, true]);
  });

  test.each(['a.b', 'db.example.com', `${'x'.repeat(63)}.com`])('"%s" is a DNS name and no label', name => {
    expect([isDnsLabel(name), isDnsName(name)]).toEqual([false, true]);
  });

  test.each(['', '-a', 'a-', 'A', 'a_b', 'a..b', '.a', 'a.', 'x'.repeat(64), 'a b', 'a\n', 'ä', '*.a'])('"%s" is neither', name => {
    expect([isDnsLabel(name), isDnsName(name)]).toEqual([false, false]);
  });

  test('has at most 253 characters', () => {
    expect([isDnsName(`${'a.'.repeat(126)}a`), isDnsName(`${'a.'.repeat(126)}ab`)]).toEqual([true, false]);
  });

  test('is a wildcard when its first label is "*"', () => {
    expect(['*.a', '*', 'a.*', '*a.b'].map(isWildcard)).toEqual([true, false, false, false]);
  });
});
