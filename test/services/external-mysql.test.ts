import { Credentials, ExternalMysql, Resolution } from '../../src';
import { only, synth } from '../helpers';

describe('a MySQL outside the mesh', () => {
  test('needs a host and a resolution, and listens on 3306', () => {
    const manifests = synth(chart => new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') }));

    const { spec } = only(manifests, 'ServiceEntry');
    expect(spec.hosts).toEqual(['mysqldb.example.com']);
    expect(spec.ports).toEqual([{ number: 3306, name: 'tcp', protocol: 'TCP' }]);
  });

  test('may listen on another port, with everything else that a service has', () => {
    const manifests = synth(chart => new ExternalMysql(chart, 'Mysql', {
      host: 'mysqldb.example.com',
      port: 3307,
      resolution: Resolution.dnsRoundRobin(),
      addresses: ['198.51.100.7'],
      exportTo: ['shop'],
      credentials: Credentials.fromSecret('ratings-mysql'),
      metadata: { name: 'mysql-external' },
    }));

    const { metadata, spec } = only(manifests, 'ServiceEntry');
    expect(metadata.name).toBe('mysql-external');
    expect(spec.ports[0].number).toBe(3307);
    expect(spec.resolution).toBe('DNS_ROUND_ROBIN');
    expect(spec.addresses).toEqual(['198.51.100.7']);
    expect(spec.exportTo).toEqual(['shop']);
  });

  test('is opaque TCP for the proxies, because the server speaks first', () => {
    const manifests = synth(chart => new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.dns() }));

    expect(only(manifests, 'ServiceEntry').spec.ports[0].protocol).toBe('TCP');
  });
});
