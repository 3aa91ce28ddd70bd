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
  test('keeps a server name for each, when both mean the same', () => {
    const manifests = manifestsOf(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14', '192.0.2.15'], gateway: 'edge' },
      { namespace: 'data', addresses: ['192.0.2.15', '192.0.2.14'], gateway: 'edge' },
    ));

    expect(all(manifests, 'Gateway').map(({ spec }) => spec.servers[0].hosts)).toEqual([['./p3306.shop.db.example.com'], ['./p3306.data.db.example.com']]);
  });

  test.each([
    ['other addresses', { addresses: ['192.0.2.99'] }],
    ['another port', { addresses: ['192.0.2.14'], ports: [3307] }],
  ])('is refused with %s, which the gateway would mix up', (_, other) => {
    const message = messageOf(() => manifestsOf(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge' },
      { namespace: 'data', gateway: 'edge', ...other },
    )));

    expect(message).toContain('[chart-1/Db] \'host\' "db.example.com" is declared by \'chart-0/Db\' as well, visible in namespace "edge": the gateway there');
  });

  test('may have other addresses behind another gateway', () => {
    expect(() => manifestsOf(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge' },
      { namespace: 'data', addresses: ['192.0.2.99'], gateway: 'exit' },
    ))).not.toThrow();
  });

  test('may have other addresses where it is not routed', () => {
    expect(() => manifestsOf(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge' },
      { namespace: 'data', addresses: ['192.0.2.99'] },
    ))).not.toThrow();
  });

  test('is refused when the gateway\'s namespace is a client of both, whatever the addresses', () => {
    const message = messageOf(() => manifestsOf(oneHost(
      { namespace: 'shop', addresses: ['192.0.2.14'], gateway: 'edge', client: 'edge' },
      { namespace: 'data', addresses: ['192.0.2.14'], gateway: 'edge', client: 'edge' },
    )));

    expect(message).toContain('visible in namespace "edge": declare it once');
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
