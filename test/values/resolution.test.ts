import { ExternalPort, ExternalService, Protocol, Resolution } from '../../src';
import { all, messageOf, only, synth } from '../helpers';

interface More {
  readonly hosts?: string[];
  readonly protocol?: Protocol;
  readonly ports?: ExternalPort[];
  readonly addresses?: string[];
}

/** The objects of a service that is found like this. */
function manifestsWith(resolution: Resolution, more: More = {}) {
  return synth(chart => new ExternalService(chart, 'Db', {
    hosts: more.hosts ?? ['db.example.com'],
    ports: more.ports ?? [{ number: 5432, protocol: more.protocol ?? Protocol.TCP }],
    resolution,
    addresses: more.addresses,
  }));
}

/** The spec of the ServiceEntry of a service that is found like this. */
function entryOf(resolution: Resolution, more: More = {}) {
  return only(manifestsWith(resolution, more), 'ServiceEntry').spec;
}

describe('fixed addresses', () => {
  test('are networks of one address on the direct path, as the published recipe has them', () => {
    const spec = entryOf(Resolution.ipAddresses('192.0.2.14'));

    expect(spec.resolution).toBe('NONE');
    expect(spec.addresses).toEqual(['192.0.2.14/32']);
    expect(spec.endpoints).toBeUndefined();
  });

  test('may be several, in the order that was given', () => {
    expect(entryOf(Resolution.ipAddresses('192.0.2.15', '192.0.2.14')).addresses).toEqual(['192.0.2.15/32', '192.0.2.14/32']);
  });

  test('may be ranges', () => {
    expect(entryOf(Resolution.ipAddresses('192.0.2.0/28', '198.51.100.7')).addresses).toEqual(['192.0.2.0/28', '198.51.100.7/32']);
  });

  test('may be IPv6', () => {
    expect(entryOf(Resolution.ipAddresses('2001:db8::14', '2001:db8:1::/48')).addresses).toEqual(['2001:db8::14/128', '2001:db8:1::/48']);
  });
});

describe('by name', () => {
  test('every address of the name is used', () => {
    const spec = entryOf(Resolution.dns());

    expect(spec.resolution).toBe('DNS');
    expect(spec.addresses).toBeUndefined();
  });

  test('one address at a time is used', () => {
    expect(entryOf(Resolution.dnsRoundRobin()).resolution).toBe('DNS_ROUND_ROBIN');
  });

  test.each([['dns', Resolution.dns()], ['dnsRoundRobin', Resolution.dnsRoundRobin()]])('%s takes virtual addresses', (_, resolution) => {
    expect(entryOf(resolution, { addresses: ['198.51.100.7', '198.51.100.8/32'] }).addresses).toEqual(['198.51.100.7', '198.51.100.8']);
  });
});

describe('not at all', () => {
  test('serves a wildcard host of TLS', () => {
    const spec = entryOf(Resolution.none(), { hosts: ['*.example.com'], protocol: Protocol.TLS });

    expect(spec.hosts).toEqual(['*.example.com']);
    expect(spec.resolution).toBe('NONE');
    expect(spec.addresses).toBeUndefined();
  });
});

test.each([
  ['every address of a name', Resolution.dns(), 1],
  ['one address of a name at a time', Resolution.dnsRoundRobin(), 0],
  ['fixed addresses', Resolution.ipAddresses('192.0.2.14', '192.0.2.15'), 0],
])('%s: a sidecar leaves out an unhealthy endpoint only where it chooses one', (_, resolution, rules) => {
  expect(all(manifestsWith(resolution), 'DestinationRule')).toHaveLength(rules);
});

test('no resolution: a sidecar has no endpoint to leave out', () => {
  expect(all(manifestsWith(Resolution.none(), { protocol: Protocol.TLS }), 'DestinationRule')).toHaveLength(0);
});

describe('a message names the factory that was used', () => {
  const WILDCARD = { hosts: ['*.example.com'], protocol: Protocol.TLS };

  test.each([
    ['ipAddresses', Resolution.ipAddresses('192.0.2.14')],
    ['dns', Resolution.dns()],
    ['dnsRoundRobin', Resolution.dnsRoundRobin()],
  ])('for a wildcard: %s', (factory, resolution) => {
    expect(messageOf(() => entryOf(resolution, WILDCARD))).toContain(`which Resolution.${factory}() cannot serve`);
  });

  test.each([
    ['ipAddresses', Resolution.ipAddresses('192.0.2.14')],
    ['none', Resolution.none()],
  ])('for virtual addresses: %s', (factory, resolution) => {
    expect(messageOf(() => entryOf(resolution, { protocol: Protocol.TLS, addresses: ['192.0.2.1'] }))).toContain(`got "192.0.2.1" with Resolution.${factory}()`);
  });
});

test('fixed addresses of several hosts are refused, because every connection would end at the first', () => {
  const two = { hosts: ['a.example.com', 'b.example.com'], protocol: Protocol.TLS };

  expect(messageOf(() => entryOf(Resolution.ipAddresses('192.0.2.14'), two)))
    .toContain('\'Resolution.ipAddresses()\' would belong to 2 hosts ("a.example.com", "b.example.com")');
});

test('no resolution is refused when only one of the ports is TCP', () => {
  const ports = [{ number: 443, protocol: Protocol.TLS }, { number: 5432, protocol: Protocol.TCP }];

  expect(messageOf(() => entryOf(Resolution.none(), { ports }))).toContain('\'resolution\' Resolution.none() on a port that is not TLS');
});
