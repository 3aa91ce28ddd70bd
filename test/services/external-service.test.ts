import { ApiObject, App, Chart } from 'cdk8s';
import { Credentials, EgressGateway, EgressViaGateway, ExternalService, Mesh, MeshClient, MeshProps, Protocol, Resolution } from '../../src';
import { all, manifestsOf, only, synth } from '../helpers';

const HOST = 'search.example.com';
const PORTS = [{ number: 9200 }];
const ADDRESS = Resolution.ipAddresses('192.0.2.20');

/** The spec of the ServiceEntry of a service on TCP port 9200, changed as a test needs it. */
function entryOf(props: Partial<ConstructorParameters<typeof ExternalService>[2]> = {}) {
  const manifests = synth(chart => new ExternalService(chart, 'Search', { hosts: [HOST], ports: PORTS, resolution: ADDRESS, ...props }));
  return only(manifests, 'ServiceEntry');
}

describe('a service outside the mesh', () => {
  test('needs hosts, ports and a resolution, and is one ServiceEntry', () => {
    const manifests = synth(chart => new ExternalService(chart, 'Search', { hosts: [HOST], ports: PORTS, resolution: ADDRESS }));

    expect(manifests).toHaveLength(1);
    const { spec } = only(manifests, 'ServiceEntry');
    expect(spec.hosts).toEqual([HOST]);
    expect(spec.ports).toEqual([{ number: 9200, name: 'tcp', protocol: 'TCP' }]);
    expect(spec.location).toBe('MESH_EXTERNAL');
  });

  test('takes everything it can be told', () => {
    const { metadata, spec } = entryOf({
      ports: [{ number: 9200, protocol: Protocol.TLS, name: 'tls-api', targetPort: 9443 }],
      resolution: Resolution.dns(),
      addresses: ['198.51.100.7'],
      exportTo: ['shop', '.'],
      credentials: Credentials.fromSecret('search'),
      metadata: { name: 'search-api', namespace: 'platform', labels: { team: 'search' }, annotations: { owner: 'search@example.com' } },
    });

    expect(spec.ports).toEqual([{ number: 9200, name: 'tls-api', protocol: 'TLS', targetPort: 9443 }]);
    expect(spec.resolution).toBe('DNS');
    expect(spec.addresses).toEqual(['198.51.100.7']);
    expect(spec.exportTo).toEqual(['.', 'shop']);
    expect(metadata).toEqual({
      name: 'search-api',
      namespace: 'platform',
      labels: { team: 'search' },
      annotations: { owner: 'search@example.com' },
    });
  });

  test('knows its hosts and its namespace', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });

    const own = new ExternalService(chart, 'Own', { hosts: [HOST], ports: PORTS, resolution: ADDRESS });
    const other = new ExternalService(chart, 'Other', { hosts: [HOST], ports: PORTS, resolution: ADDRESS, metadata: { namespace: 'platform' } });
    const none = new ExternalService(new Chart(new App(), 'test'), 'None', { hosts: [HOST], ports: PORTS, resolution: ADDRESS });

    expect(own.hosts).toEqual([HOST]);
    expect([own.namespaceName, other.namespaceName, none.namespaceName]).toEqual(['bookinfo', 'platform', undefined]);
  });

  test('is one object without a namespace when nobody gives it one', () => {
    const manifests = synth(chart => new ExternalService(chart, 'Search', { hosts: [HOST], ports: PORTS, resolution: ADDRESS }), {});

    expect(only(manifests, 'ServiceEntry').metadata).toEqual({ name: 'search' });
    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['.']);
  });

  test('tells several ports apart by name', () => {
    const { spec } = entryOf({ ports: [{ number: 9200 }, { number: 9300, protocol: Protocol.TLS }, { number: 9400, name: 'tcp-admin' }] });

    expect(spec.ports.map((port: { name: string }) => port.name)).toEqual(['tcp-9200', 'tls-9300', 'tcp-admin']);
  });

  test('may have several hosts when all ports speak TLS', () => {
    const { spec } = entryOf({ hosts: ['a.example.com', 'b.example.com'], ports: [{ number: 443, protocol: Protocol.TLS }], resolution: Resolution.dns() });

    expect(spec.hosts).toEqual(['a.example.com', 'b.example.com']);
  });

  test('does not change when the lists it was given do', () => {
    const hosts = [HOST];
    const ports = [{ number: 9200 }];
    const exportTo = ['shop'];
    const addresses = ['198.51.100.7'];

    const manifests = synth(chart => {
      const service = new ExternalService(chart, 'Search', { hosts, ports, exportTo, addresses, resolution: Resolution.dns() });
      [hosts, exportTo, addresses].forEach(list => list.push('changed.example.com'));
      ports.push({ number: 1 });
      expect(service.hosts).toEqual([HOST]);
    });

    const { spec } = only(manifests, 'ServiceEntry');
    expect(spec.hosts).toEqual([HOST]);
    expect(spec.ports).toHaveLength(1);
    expect(spec.exportTo).toEqual(['shop']);
    expect(spec.addresses).toEqual(['198.51.100.7']);
  });
});

describe('the visibility of a service', () => {
  test('is its own namespace, by default', () => {
    expect(entryOf().spec.exportTo).toEqual(['.']);
  });

  test('is the namespaces of the clients, once one was named, and no longer that of who declares it', () => {
    const manifests = synth(chart => new ExternalService(chart, 'Search', { hosts: [HOST], ports: PORTS, resolution: ADDRESS }).allowFrom(
      MeshClient.allIn('shop'),
      MeshClient.allIn('admin'),
    ));

    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['admin', 'shop']);
  });

  test('has its own namespace as "." when that is a client as well', () => {
    const manifests = synth(chart => new ExternalService(chart, 'Search', { hosts: [HOST], ports: PORTS, resolution: ADDRESS }).allowFrom(
      MeshClient.allIn('shop'),
      MeshClient.allIn('bookinfo'),
    ));

    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(['.', 'shop']);
  });

  test('is wider only by an explicit word', () => {
    expect(entryOf({ exportTo: ['*'] }).spec.exportTo).toEqual(['*']);
    expect(entryOf({ exportTo: ['bookinfo', 'shop'] }).spec.exportTo).toEqual(['.', 'shop']);
  });

  test.each([[['.', 'shop'], ['.', 'shop']], [['*'], ['*']], [['.'], ['.']]])('stays what was said (%j), when every connected workload is in it', (exportTo, written) => {
    const manifests = synth(chart => new ExternalService(chart, 'Search', { hosts: [HOST], ports: PORTS, resolution: ADDRESS, exportTo })
      .connectFrom(new ApiObject(chart, 'Pod', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'main' }] } })));

    expect(only(manifests, 'ServiceEntry').spec.exportTo).toEqual(written);
  });
});

describe('the rule of a service that other namespaces see', () => {
  const ruleOf = (namespace: string, clients: string[], facts: MeshProps = {}) => only(synth(chart => {
    Mesh.declare(chart.node.root, facts);
    new ExternalService(chart, 'Search', { hosts: [HOST], ports: PORTS, resolution: Resolution.dns() })
      .allowFrom(...clients.map(client => MeshClient.allIn(client)));
  }, { namespace }), 'DestinationRule').spec.exportTo;

  test('is exported to its own namespace as "."', () => {
    expect(ruleOf('platform', ['platform', 'shop'])).toEqual(['.', 'shop']);
  });

  test('names the root namespace, whose sidecars would not find themselves in "."', () => {
    expect(ruleOf('istio-system', ['istio-system', 'shop'])).toEqual(['istio-system', 'shop']);
    expect(ruleOf('mesh', ['mesh', 'shop'], { rootNamespace: 'mesh' })).toEqual(['mesh', 'shop']);
  });

  test('stays in the root namespace when nobody else sees the service', () => {
    expect(ruleOf('istio-system', ['istio-system'])).toEqual(['.']);
  });
});

describe('two services', () => {
  test('may be declared with one host by two namespaces that do not meet', () => {
    const app = new App();
    ['shop', 'bookinfo'].forEach(namespace => new ExternalService(new Chart(app, namespace, { namespace }), 'Search', {
      hosts: [HOST],
      ports: PORTS,
      resolution: ADDRESS,
    }));

    expect(all(manifestsOf(app), 'ServiceEntry').map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'bookinfo']);
  });

  test('share a TLS port without addresses, because server names tell them apart', () => {
    const manifests = synth(chart => ['a', 'b'].forEach(id => new ExternalService(chart, id, {
      hosts: [`${id}.example.com`],
      ports: [{ number: 443, protocol: Protocol.TLS }],
      resolution: Resolution.dns(),
    })));

    expect(all(manifests, 'ServiceEntry')).toHaveLength(2);
  });
});

test('every object of a service follows the metadata it was given', () => {
  const manifests = synth(chart => {
    const service = new ExternalService(chart, 'Search', {
      hosts: [HOST],
      ports: PORTS,
      resolution: ADDRESS,
      metadata: { name: 'search-api', namespace: 'platform' },
    });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
    service.allowFrom(MeshClient.serviceAccount('platform', 'app'), MeshClient.serviceAccount('shop', 'cart'));
  });

  const clientRule = 'search-api.platform.to-gateway.shop';
  const own = manifests.filter(({ metadata }) => metadata.name !== clientRule);
  expect(only(manifests, 'DestinationRule', clientRule).metadata.namespace).toBe('shop');
  expect(own.map(({ metadata }) => metadata.namespace)).toEqual(own.map(() => 'platform'));
  expect(own.filter(({ metadata }) => !metadata.name.startsWith('search-api'))).toEqual([]);
});
