import { Credentials, ExternalTcp, Resolution } from '../../src';
import { only, synth } from '../helpers';

describe('something outside the mesh that is reached over TCP', () => {
  test('needs a host, ports and a resolution', () => {
    const manifests = synth(chart => new ExternalTcp(chart, 'Ldap', {
      host: 'ldap.example.com',
      ports: [389, 3268],
      resolution: Resolution.ipAddresses('192.0.2.0/28'),
    }));

    const { spec } = only(manifests, 'ServiceEntry');
    expect(spec.hosts).toEqual(['ldap.example.com']);
    expect(spec.ports).toEqual([
      { number: 389, name: 'tcp-389', protocol: 'TCP' },
      { number: 3268, name: 'tcp-3268', protocol: 'TCP' },
    ]);
  });

  test('takes everything else that a service has', () => {
    const manifests = synth(chart => new ExternalTcp(chart, 'Ldap', {
      host: 'ldap.example.com',
      ports: [389],
      resolution: Resolution.dns(),
      addresses: ['198.51.100.9'],
      exportTo: ['shop'],
      credentials: Credentials.fromSecret('ldap'),
      metadata: { name: 'directory' },
    }));

    const { metadata, spec } = only(manifests, 'ServiceEntry');
    expect(metadata.name).toBe('directory');
    expect(spec.ports).toEqual([{ number: 389, name: 'tcp', protocol: 'TCP' }]);
    expect(spec.addresses).toEqual(['198.51.100.9']);
    expect(spec.exportTo).toEqual(['shop']);
  });
});
