import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, ExternalService, ExternalTcp, MeshClient, Protocol, Resolution } from '../../../src';
import { all, Manifest, only, synth } from '../../helpers';

const OUTLIERS = { consecutive5xxErrors: 1, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 50 };

function routed(make: (chart: Chart) => ExternalService): Manifest[] {
  return synth(chart => {
    const service = make(chart);
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
    service.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
  });
}

const mysql = (resolution: Resolution) => routed(chart => new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution }));
const upstream = (manifests: Manifest[]) => only(manifests, 'ServiceEntry', 'mysql.bookinfo.upstream.3306');
const ruleOf = (manifests: Manifest[]) => all(manifests, 'DestinationRule').filter(({ metadata }) => metadata.name === 'mysql.bookinfo.upstream.3306');

describe('the private upstream of the gateway', () => {
  test('is an entry under the server name, in the service\'s namespace, that the gateway\'s namespace alone sees', () => {
    const { metadata, spec } = upstream(mysql(Resolution.ipAddresses('192.0.2.14')));

    expect(metadata.namespace).toBe('bookinfo');
    expect(spec.hosts).toEqual(['p3306.bookinfo.mysqldb.example.com']);
    expect(spec.location).toBe('MESH_EXTERNAL');
    expect(spec.exportTo).toEqual(['istio-system']);
    expect(spec.addresses).toBeUndefined();
  });

  test('is TLS on port 443 for the proxies, or it would capture the whole port, and leads to the service\'s port', () => {
    expect(upstream(mysql(Resolution.ipAddresses('192.0.2.14'))).spec.ports).toEqual([{ number: 443, name: 'tls', protocol: 'TLS', targetPort: 3306 }]);
  });

  test('leads to the port on the endpoints when that is another one', () => {
    const manifests = routed(chart => new ExternalService(chart, 'Mysql', {
      hosts: ['mysqldb.example.com'],
      ports: [{ number: 3306, targetPort: 13306 }],
      resolution: Resolution.ipAddresses('192.0.2.14'),
    }));

    expect(upstream(manifests).spec.ports[0].targetPort).toBe(13306);
    expect(upstream(manifests).spec.hosts).toEqual(['p3306.bookinfo.mysqldb.example.com']);
  });

  test('has fixed addresses as endpoints, because NONE would send the connection to the gateway itself', () => {
    const { spec } = upstream(mysql(Resolution.ipAddresses('192.0.2.14/32', '192.0.2.15', '2001:db8::14/128')));

    expect(spec.resolution).toBe('STATIC');
    expect(spec.endpoints).toEqual([{ address: '192.0.2.14' }, { address: '192.0.2.15' }, { address: '2001:db8::14' }]);
  });

  test.each([['DNS', Resolution.dns()], ['DNS_ROUND_ROBIN', Resolution.dnsRoundRobin()]])('looks up the real host when that is found by %s', (mode, resolution) => {
    const { spec } = upstream(mysql(resolution));

    expect(spec.resolution).toBe(mode);
    expect(spec.endpoints).toEqual([{ address: 'mysqldb.example.com' }]);
  });

  test('keeps the virtual addresses of a service by name to the clients', () => {
    const manifests = routed(chart => new ExternalMysql(chart, 'Mysql', {
      host: 'mysqldb.example.com', resolution: Resolution.dns(), addresses: ['198.51.100.7'],
    }));

    expect(upstream(manifests).spec.addresses).toBeUndefined();
    expect(only(manifests, 'ServiceEntry', 'mysql.bookinfo').spec.addresses).toEqual(['198.51.100.7']);
  });

  test('hides the real host from the gateway\'s namespace', () => {
    const manifests = mysql(Resolution.dns());

    const seen = all(manifests, 'ServiceEntry').filter(({ spec }) => spec.exportTo.some((namespace: string) => ['istio-system', '*'].includes(namespace)));
    expect(seen.flatMap(({ spec }) => spec.hosts)).toEqual(['p3306.bookinfo.mysqldb.example.com']);
  });

  test('is seen as "." when the service is declared in the gateway\'s namespace', () => {
    const manifests = routed(chart => new ExternalMysql(chart, 'Mysql', {
      host: 'mysqldb.example.com', resolution: Resolution.dns(), metadata: { namespace: 'istio-system' },
    }));

    expect(only(manifests, 'ServiceEntry', 'mysql.istio-system.upstream.3306').spec.exportTo).toEqual(['.']);
    expect(only(manifests, 'DestinationRule', 'mysql.istio-system.upstream.3306').spec.exportTo).toEqual(['.']);
    expect(only(manifests, 'VirtualService', 'mysql.istio-system.from-gateway.3306').spec.exportTo).toEqual(['.']);
    expect(only(manifests, 'ServiceEntry', 'mysql.istio-system').spec.exportTo).toEqual(['shop']);
  });

  test('is one for each host and port', () => {
    const ports = routed(chart => new ExternalTcp(chart, 'Mysql', {
      host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.ipAddresses('192.0.2.14'),
    }));
    const hosts = routed(chart => new ExternalService(chart, 'Mysql', {
      hosts: ['a.example.com', 'b.example.com'], ports: [{ number: 8443, protocol: Protocol.TLS }], resolution: Resolution.dns(),
    }));

    const upstreams = (manifests: Manifest[], parts: string[]) => parts.map(part => only(manifests, 'ServiceEntry', `mysql.bookinfo.upstream.${part}`).spec)
      .map(spec => [spec.hosts[0], spec.ports[0].targetPort, spec.endpoints[0].address]);
    expect(upstreams(ports, ['389', '3268'])).toEqual([['p389.bookinfo.ldap.example.com', 389, '192.0.2.14'], ['p3268.bookinfo.ldap.example.com', 3268, '192.0.2.14']]);
    expect(upstreams(hosts, ['8443', '8443.b--example--com'])).toEqual([['p8443.bookinfo.a.example.com', 8443, 'a.example.com'], ['p8443.bookinfo.b.example.com', 8443, 'b.example.com']]);
  });
});

describe('the DestinationRule of an upstream', () => {
  test.each([
    ['several addresses', Resolution.ipAddresses('192.0.2.14', '192.0.2.15')],
    ['a name that can have several', Resolution.dns()],
  ])('ejects unhealthy endpoints of %s, at the gateway alone', (_, resolution) => {
    const [{ metadata, spec }] = ruleOf(mysql(resolution));

    expect(metadata.namespace).toBe('bookinfo');
    expect(spec.host).toBe('p3306.bookinfo.mysqldb.example.com');
    expect(spec.trafficPolicy.outlierDetection).toEqual(OUTLIERS);
    expect(spec.trafficPolicy.connectionPool.tcp.connectTimeout).toBe('2s');
    expect(spec.exportTo).toEqual(['istio-system']);
  });

  test.each([
    ['one address', Resolution.ipAddresses('192.0.2.14')],
    ['a name of which one address is used', Resolution.dnsRoundRobin()],
  ])('is not written for %s', (_, resolution) => {
    expect(ruleOf(mysql(resolution))).toEqual([]);
  });

  test('is one for each host and port', () => {
    const manifests = routed(chart => new ExternalTcp(chart, 'Ldap', { host: 'ldap.example.com', ports: [389, 3268], resolution: Resolution.dns() }));

    expect(['389', '3268'].map(i => only(manifests, 'DestinationRule', `ldap.bookinfo.upstream.${i}`).spec.host))
      .toEqual(['p389.bookinfo.ldap.example.com', 'p3268.bookinfo.ldap.example.com']);
  });
});
