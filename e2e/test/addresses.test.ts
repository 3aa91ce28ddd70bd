import { Addresses } from '../lab/addresses';

const addresses = (): Addresses => new Addresses();

test('pods get the upper addresses of the first range, one after the other', () => {
  const given = addresses();
  expect([given.free(), given.free()]).toEqual(['192.0.2.64', '192.0.2.65']);
});

test('an address that was released is not given again before the others', () => {
  const given = addresses();
  given.release(given.free());
  expect(given.free()).toBe('192.0.2.65');
});

test('all pods have different addresses, and the lab says when it has no more', () => {
  const given = addresses();
  const all = Array.from({ length: 191 }, () => given.free());
  expect(new Set(all).size).toBe(191);
  expect(() => given.free()).toThrow('no free address left in the lab');
});

test('a host outside has the address that it names, until it is released', () => {
  const given = addresses();
  expect(given.fixed('192.0.2.63')).toBe('192.0.2.63');
  expect(given.taken).toEqual(['192.0.2.63']);
  given.release('192.0.2.63');
  expect(given.taken).toEqual([]);
  expect(given.fixed('192.0.2.63')).toBe('192.0.2.63');
});

test.each([
  ['192.0.2.64', '192.0.2.64 is one of the addresses of pods: use 192.0.2.2 to 192.0.2.63, or another range'],
  ['10.0.0.5', '10.0.0.5 is not in 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24: use an address of these in examples'],
])('a host outside cannot have %s', (address, message) => {
  expect(() => addresses().fixed(address)).toThrow(message);
});

test('two hosts outside cannot have one address', () => {
  const given = addresses();
  given.fixed('203.0.113.200');
  expect(() => given.fixed('203.0.113.200')).toThrow('203.0.113.200 is the address of another host that still runs');
});
