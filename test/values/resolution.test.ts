import { ExternalService, Protocol, Resolution } from '../../src';
import { only, synth } from '../helpers';

/** The spec of the ServiceEntry of a service that is found like this. */
function entryOf(resolution: Resolution, more: { hosts?: string[]; protocol?: Protocol; addresses?: string[] } = {}) {
  const manifests = synth(chart => new ExternalService(chart, 'Db', {
    hosts: more.hosts ?? ['db.example.com'],
    ports: [{ number: 5432, protocol: more.protocol ?? Protocol.TCP }],
    resolution,
    addresses: more.addresses,
  }));
  return only(manifests, 'ServiceEntry').spec;
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
