import { App, Chart } from 'cdk8s';
import {
  EgressGateway, EgressViaGateway, ExternalService, ExternalServiceProps, ExternalTcp, Mesh, MeshClient, Protocol, Resolution,
} from '../../src';
import { all, manifestsOf, messageOf } from '../helpers';

interface Declared {
  readonly namespace: string;
  readonly addresses: string[];
  readonly ports?: number[];
  readonly gateway?: string;
  readonly client?: string;
}

/** An app in which every one declares the same host. */
function oneHost(...declared: Declared[]): App {
  const app = new App();
  declared.forEach(({ namespace, addresses, ports = [3306], gateway, client }, i) => {
    const chart = new Chart(app, `chart-${i}`, { namespace });
    const service = new ExternalTcp(chart, 'Db', { host: 'db.example.com', ports, resolution: Resolution.ipAddresses(...addresses), metadata: { name: `db-${i}` } });
    if (gateway) {
      const attributes = { serviceName: gateway, namespaceName: gateway, selector: { app: gateway } };
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.fromAttributes(attributes) }).route(service);
    }
    if (client) {
      service.allowFrom(MeshClient.allIn(client));
    }
  });
  return app;
}

describe('one host that two namespaces route through one gateway', () => {
  const upstreams = (app: App) => all(manifestsOf(app), 'ServiceEntry').filter(({ metadata }) => metadata.name.endsWith('.upstream'))
    .map(({ spec }) => [spec.hosts[0], ...spec.endpoints.map(({ address }: { address: string }) => address)]);

  test('has a server name and an upstream for each', () => {
    const app = oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge', client: 'shop' },
      { namespace: 'data', addresses: ['192.0.2.14'], gateway: 'edge', client: 'data' },
    );

    expect(all(manifestsOf(app), 'Gateway').map(({ spec }) => spec.servers[0].hosts)).toEqual([
      ['./in.shop.shop.p3306.db.example.com'], ['./in.data.data.p3306.db.example.com'],
    ]);
    expect(upstreams(app)).toEqual([['p3306.shop.db.example.com', '192.0.2.14'], ['p3306.data.db.example.com', '192.0.2.14']]);
  });

  test('can have other addresses for each, because each upstream is private', () => {
    expect(upstreams(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge', client: 'shop' },
      { namespace: 'data', addresses: ['192.0.2.99'], gateway: 'edge', client: 'data' },
    ))).toEqual([['p3306.shop.db.example.com', '192.0.2.14'], ['p3306.data.db.example.com', '192.0.2.99']]);
  });

  test('can have other ports for each', () => {
    expect(upstreams(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge', client: 'shop' },
      { namespace: 'data', addresses: ['192.0.2.14'], ports: [3307], gateway: 'edge', client: 'data' },
    )).map(([host]) => host)).toEqual(['p3306.shop.db.example.com', 'p3307.data.db.example.com']);
  });

  test('can be routed by one and direct for the other', () => {
    expect(() => manifestsOf(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge', client: 'shop' },
      { namespace: 'data', addresses: ['192.0.2.99'] },
    ))).not.toThrow();
  });

  test.each([['the gateway\'s namespace', 'edge'], ['another', 'cart']])('is refused when %s is a client of both, whatever the addresses', (_, client) => {
    const message = messageOf(() => manifestsOf(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge', client },
      { namespace: 'data', addresses: ['192.0.2.14'], gateway: 'edge', client },
    )));

    expect(message).toContain(`visible in namespace "${client}": declare it once`);
  });

  test('is refused when one namespace declares it twice, because both would be one server at the gateway', () => {
    const message = messageOf(() => oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge', client: 'cart' },
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge', client: 'audit' },
    ));

    expect(message).toBe('[chart-1/Db] host and port "p3306.shop.db.example.com" at the gateway is \'chart-0/Db\' already: declare the service once');
  });
});

describe('what the gateway\'s namespace does not see', () => {
  const byName = (chart: Chart, id: string) => new ExternalTcp(chart, id, { host: `${id}.example.com`, ports: [3306], resolution: Resolution.dns() });

  test('cannot collide there: two services by name on one port, without addresses', () => {
    const app = new App();
    for (const namespace of ['shop', 'data']) {
      const chart = new Chart(app, namespace, { namespace });
      const service = byName(chart, namespace);
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
      service.allowFrom(MeshClient.allIn(namespace));
    }
    byName(new Chart(app, 'istio-system', { namespace: 'istio-system' }), 'own');

    expect(() => manifestsOf(app)).not.toThrow();
  });
});

function tls(chart: Chart, id: string, props: Partial<ExternalServiceProps>): ExternalService {
  return new ExternalService(chart, id, { hosts: [`${id}.example.com`.toLowerCase()], ports: [{ number: 443, protocol: Protocol.TLS }], resolution: Resolution.dns(), ...props });
}

describe('server names do not tell connections apart on an address', () => {
  const chartOf = () => new Chart(new App(), 'test', { namespace: 'bookinfo' });

  test('so two TLS services on one address and port are refused', () => {
    const chart = chartOf();
    tls(chart, 'A', { resolution: Resolution.ipAddresses('192.0.2.14') });
    tls(chart, 'B', { resolution: Resolution.ipAddresses('192.0.2.14') });

    expect(messageOf(() => chart.toJson())).toContain('[test/B] address "192.0.2.14" with port 443 is declared by \'test/A\'');
  });

  test('so several hosts cannot share fixed addresses', () => {
    const message = messageOf(() => tls(chartOf(), 'A', { hosts: ['a.example.com', 'b.example.com'], resolution: Resolution.ipAddresses('192.0.2.14') }));

    expect(message).toContain('[test/A] \'Resolution.ipAddresses()\' would belong to 2 hosts');
  });

  test('so several hosts cannot share virtual addresses', () => {
    const message = messageOf(() => tls(chartOf(), 'A', { hosts: ['a.example.com', 'b.example.com'], addresses: ['240.0.0.7'] }));

    expect(message).toContain('[test/A] \'addresses\' "240.0.0.7" would belong to 2 hosts');
  });

  test('but they do on a port without an address', () => {
    const chart = chartOf();
    tls(chart, 'A', {});
    tls(chart, 'B', {});

    expect(() => chart.toJson()).not.toThrow();
  });

  test('and with DNS capture every service has an address of its own', () => {
    const chart = chartOf();
    Mesh.declare(chart.node.root, { dnsCapture: true });
    tls(chart, 'A', {});
    new ExternalTcp(chart, 'B', { host: 'b.example.com', ports: [443], resolution: Resolution.dns() });

    expect(() => chart.toJson()).not.toThrow();
  });
});
