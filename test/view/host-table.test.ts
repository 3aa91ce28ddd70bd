import * as fc from 'fast-check';
import { hostsMeet, isWithin, mostSpecific, wildcardsAround } from '../../src/view/host-match';
import { HostTable } from '../../src/view/host-table';

const LABELS = ['a', 'b', 'example', 'com'] as const;
const host = fc.array(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 4 }).map(labels => labels.join('.'));
const anyHost = fc.oneof(host, host.map(name => `*.${name}`), host.map(name => `*${name}`), fc.constantFrom('*', '*.', '*a', '.com'));

test('finds what comparing with each host finds', () => {
  fc.assert(fc.property(fc.uniqueArray(anyHost, { maxLength: 12 }), anyHost, (hosts, asked) => {
    const table = new HostTable(hosts.map(name => [name, name]));

    expect([...table.around(asked)].sort()).toEqual(hosts.filter(name => isWithin(asked, name)).sort());
    expect([...table.within(asked)].sort()).toEqual(hosts.filter(name => isWithin(name, asked)).sort());
    expect([...new Set(table.meeting(asked))].sort()).toEqual(hosts.filter(name => hostsMeet(name, asked)).sort());
    expect(table.covers(asked)).toBe(hosts.some(name => isWithin(asked, name)));
    expect(table.meets(asked)).toBe(hosts.some(name => hostsMeet(name, asked)));
    expect(mostSpecific(asked, new Set(hosts))).toBe(
      hosts.includes(asked) ? asked : hosts.filter(name => isWithin(asked, name)).sort((one, other) => other.length - one.length)[0]);
  }));
});

test('names the wildcards around a host, the longest first', () => {
  expect(wildcardsAround('a.b.example.com')).toEqual(['*.b.example.com', '*.example.com', '*.com']);
  expect(wildcardsAround('*.example.com')).toEqual(['*.com']);
});
