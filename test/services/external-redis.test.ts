import { Credentials, ExternalRedis, Resolution } from '../../src';
import { only, synth } from '../helpers';

describe('a Redis outside the mesh', () => {
  test('needs a host and a resolution, and listens on 6379', () => {
    const manifests = synth(chart => new ExternalRedis(chart, 'Redis', { host: 'redis.example.com', resolution: Resolution.ipAddresses('192.0.2.15') }));

    const { spec } = only(manifests, 'ServiceEntry');
    expect(spec.hosts).toEqual(['redis.example.com']);
    expect(spec.ports).toEqual([{ number: 6379, name: 'tcp', protocol: 'TCP' }]);
  });

  test('may listen on another port, with everything else that a service has', () => {
    const manifests = synth(chart => new ExternalRedis(chart, 'Redis', {
      host: 'redis.example.com',
      port: 6380,
      resolution: Resolution.dns(),
      addresses: ['198.51.100.8'],
      exportTo: ['shop'],
      credentials: Credentials.passwordFromSecret('cart-redis'),
      metadata: { name: 'carts' },
    }));

    const { metadata, spec } = only(manifests, 'ServiceEntry');
    expect(metadata.name).toBe('carts');
    expect(spec.ports[0].number).toBe(6380);
    expect(spec.resolution).toBe('DNS');
    expect(spec.addresses).toEqual(['198.51.100.8']);
    expect(spec.exportTo).toEqual(['shop']);
  });

  test('is opaque TCP for the proxies: the protocol REDIS would end AUTH and TLS', () => {
    const manifests = synth(chart => new ExternalRedis(chart, 'Redis', { host: 'redis.example.com', resolution: Resolution.dns() }));

    expect(only(manifests, 'ServiceEntry').spec.ports[0].protocol).toBe('TCP');
  });
});
