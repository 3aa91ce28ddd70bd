import * as fc from 'fast-check';
import { contains, networkOf, rangeText } from '../../src/private/network';
import { NetworkTable } from '../../src/private/network-table';

const byte = fc.constantFrom(0, 1, 127, 128, 192, 255);
const v4 = fc.tuple(byte, byte, byte, byte, fc.integer({ min: 0, max: 32 })).map(([a, b, c, d, length]) => `${a}.${b}.${c}.${d}/${length}`);
const v6 = fc.tuple(fc.constantFrom('2001:db8::', '2001:db8:1::', '::1', '::ffff:a00:1'), fc.integer({ min: 0, max: 128 })).map(([start, length]) => `${start}/${length}`);
const range = fc.oneof(v4, v6);

test('finds the ranges that hold one, the longest first', () => {
  fc.assert(fc.property(fc.uniqueArray(range, { maxLength: 12 }), range, (ranges, asked) => {
    const table = new NetworkTable(ranges.flatMap(text => networkOf(text).map(of => [of, of] as const)));
    const [inner] = networkOf(asked);

    const found = table.holding(inner);

    expect(found.map(({ text }) => text).sort()).toEqual(ranges.filter(text => networkOf(text).some(of => contains(of, inner))).sort());
    expect(found.map(({ length }) => length)).toEqual(found.map(({ length }) => length).sort((a, b) => b - a));
  }));
});

test('gives a range one text, whichever of its addresses it is written with', () => {
  const [one, other, elsewhere] = ['10.0.0.5/22', '10.0.3.9/22', '10.0.4.0/22'].flatMap(networkOf).map(of => rangeText(of));

  expect(one).toBe(other);
  expect(elsewhere).not.toBe(one);
});
