import { ApiObject, App, Chart, ChartProps, Duration } from 'cdk8s';
import {
  ClientTls, EgressGateway, EgressViaGateway, ExternalMysql, ExternalPort, ExternalService, ExternalServiceProps, IstioApiVersion, Mesh, MeshClient,
  MeshProps, OutboundTrafficPolicy, Protocol, Resolution,
} from '../../src';
import { manifestsOf, messageOf } from '../helpers';

const TLS: ExternalPort = { number: 443, protocol: Protocol.TLS };
const ONE = { hosts: ['a.example.com'], ports: [TLS], resolution: Resolution.dns() };

interface Case {
  readonly props?: Partial<ExternalServiceProps>;
  readonly mesh?: MeshProps;
  readonly chart?: ChartProps;
  readonly routed?: boolean;
  readonly clients?: MeshClient[];
}

/** Everything that is said of a service, at once or at synth. */
function said({ props = {}, mesh, chart = { namespace: 'shop' }, routed, clients = [] }: Case): string[] {
  const message = messageOf(() => {
    const app = new App();
    if (mesh) {
      Mesh.declare(app, mesh);
    }
    const shop = new Chart(app, 'shop', chart);
    const service = new ExternalService(shop, 'It', { ...ONE, ...props });
    if (routed) {
      new EgressViaGateway(shop, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
    }
    if (clients.length > 0) {
      service.allowFrom(...clients);
    }
    manifestsOf(app);
  });
  return message.split('\n').filter(line => line.includes('[')).map(line => line.trim());
}

const CART = MeshClient.serviceAccount('shop', 'cart');
const TWO = ['a.example.com', 'b.example.com'];

describe('what is wrong with a service is said in full', () => {
  test.each<[string, Case, string[]]>([
    ['no ports', { props: { ports: [] } }, ['\'ports\' must not be empty: write at least one, like { number: 3306 }']],
    ['a port without a number', { props: { ports: [{} as never] } }, ['\'number\' is missing, which \'ports[0]\' needs']],
    ['a misspelt port', { props: { ports: [{ number: 1, proto: 'TLS' } as never] } },
      ['\'proto\' is not a property of \'ports[0]\': it has \'number\', \'protocol\', \'tls\', \'name\', \'targetPort\'']],
    ['a port that is none', { props: { ports: [{ number: 0 }] } }, ['\'ports[0].number\' must be a whole number from 1 to 65535, got 0']],
    ['several hosts, of which TCP on one port is told apart by nothing', { props: { hosts: TWO, ports: [TLS, { number: 22 }] } }, [
      '\'hosts\' has 2 names ("a.example.com", "b.example.com") on a TCP port, where nothing tells them apart: declare a service for each, or use Protocol.TLS when '
      + 'the clients speak TLS',
    ]],
    ['virtual addresses of several hosts', { props: { hosts: TWO, addresses: ['240.0.0.1', '240.0.0.2'] } }, [
      '\'addresses\' "240.0.0.1", "240.0.0.2" would belong to 2 hosts, and every connection to one would end at "a.example.com": declare a service for each host',
    ]],
    ['TLS of one of several ports, in an ambient mesh', {
      mesh: { dataPlane: 'ambient' as never }, props: { ports: [TLS, { number: 80, protocol: Protocol.HTTP, tls: ClientTls.originate() }] },
    }, [
      '\'tls\' would originate nothing in an ambient mesh: ztunnel ignores DestinationRules, and connections would leave in plaintext; let the application speak TLS '
      + 'with ClientTls.passthrough()',
    ]],
    ['a Secret without a gateway, on one of several ports', {
      props: { ports: [{ number: 80, protocol: Protocol.HTTP, tls: ClientTls.originate() }, { number: 81, tls: ClientTls.originate({ credentialName: 'ca' }) }] },
    }, [
      '\'credentialName\' "ca" is read for the sidecars of named workloads, and a client is every account of "shop": name workloads, with connectFrom() or '
      + 'MeshClient.workload(), or route the service through a gateway, which reads the Secret for all',
    ]],
    ['exportTo of a routed service', { routed: true, clients: [CART], props: { exportTo: ['.', 'data'] } }, [
      '\'exportTo\' (".", "data") cannot widen a service that is routed through a gateway, because who sees it without being a client goes past the gateway: remove it '
      + 'and name the clients with allowFrom()',
    ]],
    ['a routed service without clients', { routed: true }, ['is routed through a gateway and has no clients: name them with allowFrom() or connectFrom()']],
    ['an idle time that the sidecar does not wait for, on one of several ports', {
      routed: true, clients: [CART], props: { ports: [TLS, { number: 80, protocol: Protocol.HTTP }], connection: { idleTimeout: Duration.hours(2) } },
    }, [
      '\'idleTimeout\' 7200s is longer than the hour after which the client\'s sidecar closes an idle connection to the gateway: give at most an hour, and let the '
      + 'driver keep its connections in use',
    ]],
    ['clients of a direct service on ALLOW_ANY', { mesh: { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY }, clients: [CART] }, [
      'allowFrom() has no effect on direct connections in a mesh on ALLOW_ANY: route the service through a gateway and close the network around it, or leave '
      + 'allowFrom() out and say with \'exportTo\' which namespaces see the service',
    ]],
    ['an account that is named for a direct service', { clients: [CART, MeshClient.allIn('data')] }, [
      'allowFrom() names an account, and on a direct connection nothing tells the accounts of a namespace apart: route the service through a gateway with EgressViaGateway, or name '
      + 'whole namespaces with MeshClient.allIn()',
    ]],
    ['another port on the endpoints, by address, before Istio 1.22', {
      mesh: { apiVersion: IstioApiVersion.V1BETA1 }, props: { ports: [{ number: 1521, protocol: Protocol.ORACLE, tls: ClientTls.originate() }], resolution: Resolution.ipAddresses('192.0.2.4') },
    }, [
      '\'targetPort\' 2484 of port 1521 has no effect before Istio 1.22, where a sidecar keeps the port that the client dialled with Resolution.ipAddresses(): use '
      + 'Resolution.dns(), or route the service through a gateway',
    ]],
    ['exportTo beside named clients, once', { clients: [MeshClient.serviceAccount('data', 'cart')], props: { exportTo: ['.'] } }, [
      '\'exportTo\' (".") and allowFrom() both say which namespaces see the service: use one of them',
    ]],
  ])('%s', (_, given, expected) => {
    expect(said(given)).toEqual(expected.map(message => `[shop/It] ${message}`));
  });

  test('a choice between endpoints that only one of the ways has', () => {
    const connection = { outlierDetection: { consecutiveErrors: 2 } };

    expect(() => said({ routed: true, clients: [CART], props: { connection } })).toThrow('expected an error');
    expect(said({ routed: true, clients: [CART], props: { connection, resolution: Resolution.dnsRoundRobin() } })[0]).toContain('\'outlierDetection\' has no effect');
  });

  test('a client without a namespace is no fault of a service that everybody sees', () => {
    const app = new App();
    const service = new ExternalService(new Chart(app, 'shop', { namespace: 'shop' }), 'It', { ...ONE, exportTo: ['*'] });
    const pod = (id: string) => new ApiObject(new Chart(app, id), 'Pod', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'app' }] } });
    service.connectFrom(pod('everywhere'));
    expect(() => manifestsOf(app)).not.toThrow();

    const narrow = new ExternalMysql(new Chart(app, 'data', { namespace: 'data' }), 'It', { host: 'b.example.com', resolution: Resolution.ipAddresses('192.0.2.1') });
    narrow.connectFrom(pod('nowhere'));
    expect(messageOf(() => manifestsOf(app))).toContain('[data/It] a client has no namespace, which says who sees the service and is part of an identity');
  });
});

describe('a description', () => {
  const describe_ = (props: Partial<ExternalServiceProps>, chart: ChartProps = { namespace: 'shop' }) => (
    new ExternalService(new Chart(new App(), 'shop', chart), 'It', { ...ONE, ...props }).describe());

  test('says who originates TLS, and how the server is verified', () => {
    const tls = ClientTls.originate({ sni: 'one.example.com', subjectAltNames: ['one.example.com', 'two.example.com'] });
    const port = { number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 };

    expect(describe_({ ports: [{ number: 80, protocol: Protocol.HTTP, tls }] }).ports).toEqual([
      { ...port, tls: { mode: 'SIMPLE', sni: 'one.example.com', subjectAltNames: ['one.example.com', 'two.example.com'], caCertificates: 'system' } },
    ]);
    expect(describe_({ ports: [{ number: 80, protocol: Protocol.HTTP, tls: ClientTls.originate() }] }).ports)
      .toEqual([{ ...port, tls: { mode: 'SIMPLE', caCertificates: 'system' } }]);
  });

  test('has the endpoints of HTTP by address', () => {
    expect(describe_({ ports: [{ number: 80, protocol: Protocol.HTTP }], resolution: Resolution.ipAddresses('192.0.2.1', '192.0.2.2') }))
      .toMatchObject({ resolution: 'STATIC', addresses: [], endpoints: ['192.0.2.1', '192.0.2.2'] });
  });

  test('names the accounts of the service\'s own namespace for what everybody sees, and of each namespace that is named', () => {
    expect(describe_({ exportTo: ['*'] })).toMatchObject({ visibleTo: ['*'], clients: [{ namespaceName: 'shop' }] });
    expect(describe_({ exportTo: ['.', 'data'] })).toMatchObject({ visibleTo: ['data', 'shop'], clients: [{ namespaceName: 'data' }, { namespaceName: 'shop' }] });
  });

  test('of a service without a namespace leaves it to the one who applies it', () => {
    expect(describe_({}, {})).toMatchObject({ namespaceName: undefined, visibleTo: [''], clients: [{ namespaceName: '' }] });
  });

  test('of a service without a namespace has the clients that are named', () => {
    const service = new ExternalService(new Chart(new App(), 'shop'), 'It', ONE);
    service.allowFrom(MeshClient.allIn('web'), MeshClient.allIn('data'));

    expect(service.describe().visibleTo).toEqual(['data', 'web']);
  });
});
