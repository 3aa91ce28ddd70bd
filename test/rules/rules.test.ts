import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiObject, App, Chart, JsonPatch, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { rulesPage } from '../../projenrc/api-docs';
import {
  ClientTls, DataPlane, EgressGateway, EgressLockdown, EgressViaGateway, ExternalHttp, ExternalMysql, ExternalService, ExternalTcp,
  FindingSeverity, GatewayLeg, IngressRoute, IstioApiVersion, Membership, Mesh, MeshClient, MeshFindings, MeshService,
  OutboundTrafficPolicy, Protocol, Resolution, ServerTls, VirtualMachineService,
} from '../../src';
import { CATALOGUE } from '../../src/rules/catalogue';
import { filesBelow, manifestsOf } from '../helpers';

/** What is found: the rule, and the construct that it names. */
type Found = [rule: string, construct: string];
type Row = [name: string, build: (app: App) => void, found: Found[]];

const chartOf = (app: App, id: string, namespace = id) => new Chart(app, id, { namespace });
const ip = (...addresses: string[]) => Resolution.ipAddresses(...addresses);
const tcp = (scope: Construct, id: string, host: string, port: number, resolution: Resolution, more: { exportTo?: string[] } = {}) =>
  new ExternalTcp(scope, id, { host, ports: [port], resolution, ...more });
const http = (scope: Construct, id: string, host: string, port: number, resolution: Resolution) =>
  new ExternalHttp(scope, id, { host, port, resolution, tls: ClientTls.disable() });
const tls = (scope: Construct, id: string, hosts: string[], resolution: Resolution) =>
  new ExternalService(scope, id, { hosts, ports: [{ number: 443, protocol: Protocol.TLS }], resolution });

function via(scope: Construct, leg?: GatewayLeg, gateway = 'istio-egressgateway'): (service: ExternalService) => void {
  const egress = scope.node.tryFindChild(gateway) as EgressViaGateway | undefined ?? new EgressViaGateway(scope, gateway, {
    gateway: EgressGateway.fromAttributes({ serviceName: gateway, namespaceName: 'istio-system', selector: { istio: gateway }, targetPort: 8443 }),
  });
  return service => {
    egress.route(service, { leg });
    service.allowFrom(MeshClient.allIn(service.namespaceName!));
  };
}

interface More {
  name?: string;
  apiVersion?: string;
  annotations?: { [name: string]: string };
}

function foreign(scope: Construct, id: string, kind: string, spec: object, more: More = {}): ApiObject {
  const { apiVersion = 'networking.istio.io/v1', name = id.toLowerCase(), annotations } = more;
  return new ApiObject(scope, id, { apiVersion, kind, metadata: { name, annotations }, spec });
}

const httpService = (scope: Construct, port: number, more: object) =>
  foreign(scope, 'Web', 'Service', { ports: [{ port, ...more }] }, { apiVersion: 'v1' });

const NETWORK_POLICY = { apiVersion: 'networking.k8s.io/v1' };

const network = (scope: Construct, id: string, egress: object[], podSelector: object = {}) =>
  foreign(scope, id, 'NetworkPolicy', { podSelector, policyTypes: ['Egress'], egress }, NETWORK_POLICY);

const ANY_API = { hosts: ['*.example.com'], ports: [{ number: 443, name: 'tls', protocol: 'TLS' }], location: 'MESH_EXTERNAL', resolution: 'DYNAMIC_DNS', exportTo: ['.'] };

const TO_DB = [{ route: [{ destination: { host: 'db.example.com' } }] }];

const sidecar = (scope: Construct, id: string, hosts: string[]) => foreign(scope, id, 'Sidecar', { egress: [{ hosts }] });

/** A service that the gateway originates TLS for, with a client certificate. */
function partner(chart: Chart, credentialName = 'partner'): void {
  via(chart)(new ExternalHttp(chart, 'Partner', { host: 'partner.example.com', resolution: Resolution.dns(), tls: ClientTls.mutual({ credentialName }) }));
}

const ROWS: { readonly [rule: string]: Row[] } = {
  MX0101: [
    ['two services with one name in one namespace', app => {
      const chart = chartOf(app, 'shop');
      new ExternalMysql(chart, 'A', { host: 'a.example.com', resolution: ip('192.0.2.1'), metadata: { name: 'db' } });
      new ExternalMysql(chart, 'B', { host: 'b.example.com', resolution: ip('192.0.2.2'), metadata: { name: 'db' } });
    }, [['MX0101', 'shop/B']]],
    ['two paths that are written the same way', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'orders-db', 'a.example.com', 1, ip('192.0.2.1'));
      tcp(chart, 'OrdersDb', 'b.example.com', 1, ip('192.0.2.2'));
    }, [['MX0101', 'shop/OrdersDb']]],
    ['an object of another tool with the name of ours', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'Db', 'a.example.com', 1, ip('192.0.2.1'));
      foreign(chart, 'Own', 'ServiceEntry', { hosts: ['b.example.com'], ports: [{ number: 2, protocol: 'TCP' }], exportTo: ['.'] }, { name: 'db.shop' });
    }, [['MX0101', 'shop/Own']]],
    ['an object of ours that a patch moved to the name of another', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'A', 'a.example.com', 1, ip('192.0.2.1'));
      ApiObject.of(tcp(chart, 'B', 'b.example.com', 2, ip('192.0.2.2'))).addJsonPatch(JsonPatch.replace('/metadata/name', 'a.shop'));
    }, [['MX0101', 'shop/B']]],
    ['an object in a list of another tool', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'Db', 'db.example.com', 1, ip('192.0.2.1'));
      new ApiObject(chart, 'List', {
        apiVersion: 'v1',
        kind: 'List',
        items: [{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'db.shop', namespace: 'shop' }, spec: { exportTo: ['~'] } }],
      } as never);
    }, [['MX0101', 'shop/List']]],
    ['two objects of other tools', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'Db', 'a.example.com', 1, ip('192.0.2.1'));
      foreign(chart, 'One', 'ConfigMap', {}, { apiVersion: 'v1', name: 'same' });
      foreign(chart, 'Two', 'ConfigMap', {}, { apiVersion: 'v1', name: 'same' });
    }, [['MX0101', 'shop/Two']]],
    ['one name in two namespaces, two kinds, two API groups', app => {
      ['shop', 'data'].forEach(namespace => tcp(chartOf(app, namespace), 'Db', `${namespace}.example.com`, 1, ip('192.0.2.1')));
      const chart = chartOf(app, 'more');
      foreign(chart, 'A', 'Gateway', { servers: [] }, { name: 'x' });
      foreign(chart, 'B', 'Gateway', {}, { name: 'x', apiVersion: 'gateway.networking.k8s.io/v1' });
    }, []],
  ],
  MX0201: [
    ['one host that a namespace sees twice', app => {
      tcp(chartOf(app, 'shop'), 'A', 'db.example.com', 1, ip('192.0.2.1'), { exportTo: ['.', 'data'] });
      tcp(chartOf(app, 'data'), 'B', 'db.example.com', 2, ip('192.0.2.2'));
    }, [['MX0201', 'data/B']]],
    ['one host that is exported everywhere, and seen once more', app => {
      tcp(chartOf(app, 'shop'), 'A', 'db.example.com', 1, ip('192.0.2.1'));
      tcp(chartOf(app, 'data'), 'B', 'db.example.com', 2, ip('192.0.2.2'), { exportTo: ['*'] });
    }, [['MX0201', 'data/B']]],
    ['a ServiceEntry of another tool without exportTo', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'Db', 'db.example.com', 1, ip('192.0.2.1'));
      foreign(chartOf(app, 'legacy'), 'Old', 'ServiceEntry', { hosts: ['db.example.com'], ports: [{ number: 2, protocol: 'TCP' }] });
    }, [['MX0201', 'legacy/Old']]],
    ['one host in two namespaces that do not see each other\'s', app => {
      ['shop', 'data'].forEach(namespace => tcp(chartOf(app, namespace), 'Db', 'db.example.com', 1, ip('192.0.2.1')));
    }, []],
    ['a host that an entry of another tool names twice is no conflict with itself', app => {
      Mesh.declare(app, {});
      foreign(chartOf(app, 'shop'), 'Own', 'ServiceEntry', { hosts: ['own.example.com', 'own.example.com'], ports: [{ number: 1, protocol: 'TLS' }], exportTo: ['.'] });
    }, []],
  ],
  MX0202: [
    ['one address and port, in two spellings', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'A', 'a.example.com', 3306, ip('2001:db8::1'));
      tcp(chart, 'B', 'b.example.com', 3306, ip('2001:DB8:0::1/128'));
    }, [['MX0202', 'shop/B']]],
    ['two TLS services on one address', app => {
      const chart = chartOf(app, 'shop');
      tls(chart, 'A', ['a.example.com'], ip('192.0.2.1'));
      tls(chart, 'B', ['b.example.com'], ip('192.0.2.1'));
    }, [['MX0202', 'shop/B']]],
    ['HTTP and TCP on one address and port, in either order', app => {
      const chart = chartOf(app, 'shop');
      http(chart, 'A', 'a.example.com', 80, ip('192.0.2.1'));
      tcp(chart, 'B', 'b.example.com', 80, ip('192.0.2.1'));
      tcp(chart, 'C', 'c.example.com', 80, ip('192.0.2.2'));
      http(chart, 'D', 'd.example.com', 80, ip('192.0.2.2'));
    }, [['MX0202', 'shop/A'], ['MX0202', 'shop/D']]],
    ['HTTP and TCP on one address, each on a port of its own', app => {
      const chart = chartOf(app, 'shop');
      http(chart, 'A', 'a.example.com', 80, ip('192.0.2.1'));
      tcp(chart, 'B', 'b.example.com', 81, ip('192.0.2.1'));
    }, []],
    ['one address, two ports; one port, two addresses', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'A', 'a.example.com', 1, ip('192.0.2.1'));
      tcp(chart, 'B', 'b.example.com', 2, ip('192.0.2.1'));
      tcp(chart, 'C', 'c.example.com', 1, ip('192.0.2.2'));
    }, []],
    ['two HTTP services on one address, which the host of each request tells apart', app => {
      const chart = chartOf(app, 'shop');
      ['a', 'b'].forEach(name => http(chart, name, `${name}.example.com`, 80, ip('192.0.2.1')));
    }, []],
  ],
  MX0203: [
    ['three services by name on one port, each reported', app => {
      const chart = chartOf(app, 'shop');
      ['a', 'b', 'c'].forEach(name => tcp(chart, name, `${name}.example.com`, 3306, Resolution.dns()));
    }, [['MX0203', 'shop/b'], ['MX0203', 'shop/c']]],
    ['TLS on a port that a TCP service captures', app => {
      const chart = chartOf(app, 'shop');
      tls(chart, 'Api', ['api.example.com'], Resolution.dns());
      tcp(chart, 'Db', 'db.example.com', 443, Resolution.dns());
    }, [['MX0203', 'shop/Api']]],
    ['HTTP on a port that a TCP service captures, even with addresses', app => {
      const chart = chartOf(app, 'shop');
      http(chart, 'Api', 'api.example.com', 8080, ip('192.0.2.1'));
      tcp(chart, 'Db', 'db.example.com', 8080, Resolution.dns());
    }, [['MX0203', 'shop/Api']]],
    ['a machine of the mesh that another tool declares as a ServiceEntry', app => {
      const chart = chartOf(app, 'shop');
      new ApiObject(chart, 'Machine', {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: { name: 'machine' },
        spec: {
          hosts: ['db.internal'],
          ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
          location: 'MESH_INTERNAL',
          resolution: 'STATIC',
          workloadSelector: { labels: { app: 'db' } },
          exportTo: ['.'],
        },
      });
      tcp(chart, 'Db', 'db.example.com', 3306, Resolution.dns());
    }, [['MX0203', 'shop/Machine']]],
    ['a service on virtual machines, which has an address of its own', app => {
      const chart = chartOf(app, 'shop');
      new VirtualMachineService(chart, 'Machines', { serviceName: 'db', ports: [{ number: 3306 }], membership: Membership.workloadGroup() })
        .allowFrom(MeshClient.allIn('shop'));
      tcp(chart, 'Db', 'db.example.com', 3306, Resolution.dns());
    }, []],
    ['DNS capture in a mesh that does not allocate addresses', app => {
      Mesh.declare(app, { apiVersion: IstioApiVersion.V1BETA1, dnsCapture: true });
      const chart = chartOf(app, 'shop');
      ['a', 'b'].forEach(name => tcp(chart, name, `${name}.example.com`, 3306, Resolution.dns()));
    }, [['MX0203', 'shop/b']]],
    ['an old mesh with DNS capture that does allocate addresses', app => {
      Mesh.declare(app, { apiVersion: IstioApiVersion.V1BETA1, dnsCapture: true, ipAutoAllocate: true });
      const chart = chartOf(app, 'shop');
      ['a', 'b'].forEach(name => tcp(chart, name, `${name}.example.com`, 3306, Resolution.dns()));
    }, []],
    ['services of other namespaces, TLS beside TLS, an address beside a name', app => {
      tcp(chartOf(app, 'shop'), 'A', 'a.example.com', 3306, Resolution.dns());
      const chart = chartOf(app, 'data');
      tcp(chart, 'B', 'b.example.com', 3306, Resolution.dns());
      tcp(chart, 'C', 'c.example.com', 3306, ip('192.0.2.1'));
      tls(chart, 'D', ['d.example.com'], Resolution.dns());
      tls(chart, 'E', ['e.example.com'], Resolution.dns());
      http(chart, 'F', 'f.example.com', 443, Resolution.dns());
      http(chart, 'G', 'g.example.com', 443, Resolution.dns());
    }, []],
  ],
  MX0204: [
    ['a port of an HTTP Service, by the port\'s name', app => {
      const chart = chartOf(app, 'shop');
      httpService(chart, 8080, { name: 'http-web' });
      tcp(chart, 'Db', 'db.example.com', 8080, Resolution.dns());
    }, [['MX0204', 'shop/Db']]],
    ['a port of an HTTP Service of another namespace, by appProtocol', app => {
      httpService(chartOf(app, 'web'), 8080, { name: 'web', appProtocol: 'kubernetes.io/h2c' });
      tcp(chartOf(app, 'shop'), 'Db', 'db.example.com', 8080, Resolution.dns());
    }, [['MX0204', 'shop/Db']]],
    ['a port of a TCP Service, another port, an address, TLS', app => {
      const chart = chartOf(app, 'shop');
      foreign(chart, 'Tcp', 'Service', { ports: [{ port: 3306, name: 'mysql' }, { port: 9000, name: 'http', appProtocol: 'tcp' }] }, { apiVersion: 'v1' });
      httpService(chart, 443, { name: 'http' });
      tcp(chart, 'A', 'a.example.com', 3306, Resolution.dns());
      tcp(chart, 'B', 'b.example.com', 443, ip('192.0.2.1'));
      tcp(chart, 'C', 'c.example.com', 9000, Resolution.dns());
      tls(chart, 'D', ['d.example.com'], Resolution.dns());
    }, []],
    ...['http2', 'grpc', 'kubernetes.io/ws'].map((protocol): Row => [`a port of a Service by the name of its protocol: ${protocol}`, app => {
      const chart = chartOf(app, 'shop');
      httpService(chart, 8080, { name: 'web', appProtocol: protocol });
      tcp(chart, 'Db', 'db.example.com', 8080, Resolution.dns());
    }, [['MX0204', 'shop/Db']]]),
    ['a port of a Service without a name', app => {
      const chart = chartOf(app, 'shop');
      httpService(chart, 8080, {});
      tcp(chart, 'Db', 'db.example.com', 8080, Resolution.dns());
    }, []],
  ],
  MX0320: [
    ['a range beside a routed service by name, whose addresses nobody knows', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, Resolution.dns()));
      tcp(shop, 'Range', 'range.example.com', 3306, ip('198.51.100.0/24'));
    }, [['MX0320', 'shop/Range']]],
    ['a range beside a routed service by name with DNS capture, where it has an allocated address', app => {
      Mesh.declare(app, { dnsCapture: true });
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, Resolution.dnsRoundRobin()));
      tcp(shop, 'Range', 'range.example.com', 3306, ip('10.0.0.0/8'));
    }, [['MX0320', 'shop/Range']]],
    ['every address on a port, by an entry of another tool without addresses and resolution', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, Resolution.dns()));
      foreign(chartOf(app, 'legacy'), 'Any', 'ServiceEntry', { hosts: ['any.example.org'], ports: [{ number: 3306, protocol: 'TCP' }], exportTo: ['.'] });
    }, [['MX0320', 'legacy/Any']]],
    ['an address, another port, TLS that goes by the server name, a routed one whose address is known', app => {
      const shop = chartOf(app, 'shop');
      const route = via(shop);
      route(tcp(shop, 'Db', 'db.example.com', 3306, Resolution.dns()));
      route(tls(shop, 'Api', ['api.example.com'], Resolution.dns()));
      route(tcp(shop, 'Fixed', 'fixed.example.com', 3307, ip('192.0.2.1')));
      tcp(shop, 'One', 'one.example.com', 3306, ip('192.0.2.9'));
      ['3307', '3308'].forEach(port => tcp(shop, `Range${port}`, `range-${port}.example.com`, Number(port), ip('198.51.100.0/24')));
      tls(shop, 'Any', ['*.example.org'], Resolution.none());
    }, []],
  ],
  MX0301: [
    ['the same host, directly, in another namespace', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 3306, ip('192.0.2.9'));
    }, [['MX0301', 'data/Db']]],
    ['the same address, directly, in another namespace, declared first', app => {
      tcp(chartOf(app, 'data'), 'Past', 'other.example.com', 3306, ip('192.0.2.1'));
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
    }, [['MX0301', 'data/Past']]],
    ['a range that covers the address', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      tcp(shop, 'Range', 'range.example.com', 3306, ip('192.0.2.0/28'));
    }, [['MX0301', 'shop/Range']]],
    ['whatever is dialled on a port, by an entry of another tool without addresses and resolution', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      foreign(chartOf(app, 'legacy'), 'Any', 'ServiceEntry', { hosts: ['any.example.org'], ports: [{ number: 3306, protocol: 'TCP' }], exportTo: ['.'] });
    }, [['MX0301', 'legacy/Any']]],
    ['an endpoint of another tool with the address, under another host', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      foreign(chartOf(app, 'legacy'), 'Old', 'ServiceEntry', {
        hosts: ['old.example.com'],
        ports: [{ number: 13306, targetPort: 3306, protocol: 'TCP' }],
        resolution: 'STATIC',
        endpoints: [{ address: '192.0.2.1' }],
        addresses: ['240.0.0.9'],
        exportTo: ['.'],
      });
    }, [['MX0301', 'legacy/Old']]],
    ['the same host, which a VirtualService of another tool sends straight to it', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      const legacy = chartOf(app, 'legacy');
      tcp(legacy, 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      foreign(legacy, 'Straight', 'VirtualService', {
        hosts: ['db.example.com'], exportTo: ['.'], tcp: [{ match: [{ port: 3306 }], route: [{ destination: { host: 'db.example.com' } }] }],
      });
    }, [['MX0301', 'legacy/Db']]],
    ['the address of a routed HTTP service, under another host', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(http(shop, 'Api', 'api.example.com', 80, ip('192.0.2.1')));
      tcp(shop, 'Past', 'past.example.com', 80, ip('192.0.2.1'));
    }, [['MX0202', 'shop/Api'], ['MX0301', 'shop/Past']]],
    ['not HTTP to the same address, whose host leads to nothing else', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(http(shop, 'Api', 'api.example.com', 80, ip('192.0.2.1')));
      http(shop, 'Beside', 'beside.example.com', 80, ip('192.0.2.1'));
    }, []],
    ['a wildcard that covers the host, where the route is not seen', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tls(shop, 'Api', ['api.example.com'], Resolution.dns()));
      tls(chartOf(app, 'data'), 'Any', ['*.example.com'], Resolution.none());
    }, [['MX0301', 'data/Any']]],
    ['not a wildcard over HTTP, where the route of the exact host comes first', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(http(shop, 'Api', 'api.example.com', 80, Resolution.dns()));
      foreign(shop, 'Any', 'ServiceEntry', { hosts: ['*.example.com'], ports: [{ number: 80, protocol: 'HTTP' }], exportTo: ['.'] });
    }, []],
    ['a ServiceEntry of another tool', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      foreign(chartOf(app, 'legacy'), 'Old', 'ServiceEntry', {
        hosts: ['old.example.com'], addresses: ['192.0.2.1'], ports: [{ number: 3306, protocol: 'TCP' }], exportTo: ['.'],
      });
    }, [['MX0301', 'legacy/Old']]],
    ['other ports, other ranges, other domains, both routed', app => {
      const shop = chartOf(app, 'shop');
      const route = via(shop);
      route(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      route(tls(shop, 'Api', ['api.example.com'], Resolution.dns()));
      tcp(shop, 'Port', 'port.example.com', 3307, ip('192.0.2.1'));
      tcp(shop, 'Range', 'range.example.com', 3306, ip('198.51.100.0/24'));
      tcp(shop, 'Range6', 'range6.example.com', 3306, ip('2001:db8::/32'));
      tls(shop, 'Any', ['*.example.org'], Resolution.none());
      const data = chartOf(app, 'data');
      via(data)(tcp(data, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
    }, []],
    ['a direct service by address beside a routed one by name', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, Resolution.dns()));
      tcp(shop, 'One', 'one.example.com', 3306, ip('192.0.2.9'));
    }, []],
    ['a wildcard of another tool beside another host of it, that covers one of several routed hosts', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tls(shop, 'Api', ['first.example.org', 'second.example.com'], Resolution.dns()));
      foreign(shop, 'Any', 'ServiceEntry', { hosts: ['other.example.net', '*.example.com'], ports: [{ number: 443, protocol: 'TLS' }], exportTo: ['data'] });
    }, [['MX0301', 'shop/Any']]],
    ['an entry that has a host of a gateway\'s route and another one', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      foreign(shop, 'Half', 'ServiceEntry', {
        hosts: ['p3306.shop.db.example.com', 'half.example.com'], addresses: ['192.0.2.1'], ports: [{ number: 3306, protocol: 'TCP' }], exportTo: ['data'],
      });
    }, [['MX0301', 'shop/Half']]],
    ['a range that covers one of several addresses', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1', '198.51.100.1')));
      tcp(shop, 'Range', 'range.example.com', 3306, ip('198.51.100.0/24'));
    }, [['MX0301', 'shop/Range']]],
    ['the very same address as a range of one, by another tool', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('2001:db8::1')));
      foreign(shop, 'Same', 'ServiceEntry', { hosts: ['same.example.com'], addresses: ['2001:db8::1/128'], ports: [{ number: 3306, protocol: 'TCP' }], exportTo: ['data'] });
    }, [['MX0301', 'shop/Same']]],
    ['a narrower range than the one that is routed past this library, an address of the other family, a name as address', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      const entry = (id: string, address: string) => foreign(shop, id, 'ServiceEntry', {
        hosts: [`${id.toLowerCase()}.example.com`], addresses: [address], ports: [{ number: 3306, protocol: 'TCP' }], exportTo: ['data'],
      });
      entry('Six', '::/1');
      entry('Name', 'not-an-address');
    }, []],
  ],
  MX0302: [
    ['two plaintext legs on one port', app => {
      const shop = chartOf(app, 'shop');
      const route = via(shop, GatewayLeg.plaintext(3306));
      route(tcp(shop, 'A', 'a.example.com', 3306, ip('192.0.2.1')));
      route(tcp(shop, 'B', 'b.example.com', 3306, ip('192.0.2.2')));
    }, [['MX0302', 'shop/B']]],
    ['a plaintext leg on a port that another route uses for mutual TLS, declared first', app => {
      const shop = chartOf(app, 'shop');
      const gateway = { serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' } };
      const way = (id: string, port: number) => new EgressViaGateway(shop, id, { gateway: EgressGateway.fromAttributes({ ...gateway, port }) });
      const [a, b] = ['1', '2'].map(n => tcp(shop, `Db${n}`, `db${n}.example.com`, 3306, ip(`192.0.2.${n}`)));
      way('Plain', 443).route(a, { leg: GatewayLeg.plaintext(15443) });
      way('Mutual', 15443).route(b);
      [a, b].forEach(service => service.allowFrom(MeshClient.allIn('shop')));
    }, [['MX0302', 'shop/Db1']]],
    ['an HTTP server of another tool on the port for mutual TLS', app => {
      const shop = chartOf(app, 'shop');
      via(shop)(tcp(shop, 'A', 'a.example.com', 3306, ip('192.0.2.1')));
      foreign(shop, 'Http', 'Gateway', { selector: { istio: 'istio-egressgateway' }, servers: [{ port: { number: 443, name: 'http', protocol: 'http' }, hosts: ['*'] }] });
    }, [['MX0302', 'shop/Http']]],
    ['plaintext TCP and plaintext HTTP on one port, declared in either order', app => {
      const shop = chartOf(app, 'shop');
      const route = via(shop, GatewayLeg.plaintext(8080));
      route(tcp(shop, 'A', 'a.example.com', 3306, ip('192.0.2.1')));
      route(http(shop, 'B', 'b.example.com', 80, ip('192.0.2.2')));
      const data = chartOf(app, 'data');
      const other = via(data, GatewayLeg.plaintext(8080), 'other');
      other(http(data, 'C', 'c.example.com', 80, ip('192.0.2.3')));
      other(tcp(data, 'D', 'd.example.com', 3306, ip('192.0.2.4')));
    }, [['MX0302', 'shop/B'], ['MX0302', 'data/D']]],
    ['an IngressRoute in plaintext on the port of another with TLS', app => {
      const at = (id: string, more: object) => new IngressRoute(chartOf(app, id), 'Page', { hosts: [`${id}.example.com`], service: 'page', servicePort: 80, ...more });
      at('one', { port: 8443, tls: ServerTls.simple({ credentialName: 'page' }) });
      at('two', { port: 8443 });
    }, [['MX0302', 'two/Page']]],
    ['plaintext HTTP twice on one port, which the host of each request tells apart', app => {
      const shop = chartOf(app, 'shop');
      const route = via(shop, GatewayLeg.plaintext(8080));
      ['a', 'b'].forEach((name, i) => route(http(shop, name, `${name}.example.com`, 80, ip(`192.0.2.${i + 1}`))));
    }, []],
    ['plaintext ports of their own, one port of two gateways', app => {
      const shop = chartOf(app, 'shop');
      via(shop, GatewayLeg.plaintext(3306))(tcp(shop, 'A', 'a.example.com', 3306, ip('192.0.2.1')));
      via(shop, GatewayLeg.plaintext(3307))(tcp(shop, 'B', 'b.example.com', 3306, ip('192.0.2.2')));
      via(shop, GatewayLeg.plaintext(3306), 'other')(tcp(shop, 'C', 'c.example.com', 3306, ip('192.0.2.3')));
      via(shop)(tcp(shop, 'D', 'd.example.com', 3306, ip('192.0.2.4')));
    }, []],
  ],
  MX0303: [
    ['two IngressRoutes for one host', app => {
      ['one', 'two'].forEach(id => new IngressRoute(chartOf(app, id), 'Page', { hosts: ['page.example.com'], service: 'page', servicePort: 80 }));
    }, [['MX0303', 'two/Page']]],
    ['the server name of a service, declared twice with clients in other namespaces', app => {
      const shop = chartOf(app, 'shop');
      const egress = new EgressViaGateway(shop, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
      for (const [id, client] of [['A', 'one'], ['B', 'two']]) {
        const db = new ExternalMysql(shop, id, { host: 'db.example.com', resolution: ip('192.0.2.1') });
        egress.route(db);
        db.allowFrom(MeshClient.serviceAccount(client, 'app'));
      }
    }, [['MX0201', 'shop/B'], ['MX0303', 'shop/B']]],
    ['other hosts, ports, gateways', app => {
      const chart = chartOf(app, 'shop');
      const at = (id: string, more: object) => new IngressRoute(chart, id, { hosts: ['page.example.com'], service: 'page', servicePort: 80, ...more });
      at('A', {});
      at('B', { hosts: ['other.example.com'] });
      at('C', { port: 8080 });
      at('D', { selector: { istio: 'internal' } });
    }, []],
    ['two IngressRoutes for one host over HTTPS, with a certificate each', app => {
      ['one', 'two'].forEach(id => new IngressRoute(chartOf(app, id), 'Page', {
        hosts: ['page.example.com'], service: 'page', servicePort: 80, tls: ServerTls.simple({ credentialName: id }),
      }));
    }, [['MX0303', 'two/Page']]],
    ['a host in plaintext that is sent to HTTPS elsewhere', app => {
      new IngressRoute(chartOf(app, 'one'), 'Page', {
        hosts: ['page.example.com'], service: 'page', servicePort: 80, tls: ServerTls.simple({ credentialName: 'page' }), httpsRedirectPort: 80,
      });
      new IngressRoute(chartOf(app, 'two'), 'Page', { hosts: ['page.example.com'], service: 'page', servicePort: 80 });
    }, [['MX0303', 'two/Page']]],
    ['a host over HTTP, over HTTPS, and others over HTTPS', app => {
      const shop = chartOf(app, 'shop');
      const at = (id: string, more: object) => new IngressRoute(shop, id, { hosts: ['page.example.com'], service: 'page', servicePort: 80, ...more });
      const tlsOf = (credentialName: string) => ServerTls.simple({ credentialName });
      at('A', {});
      at('B', { tls: tlsOf('page') });
      at('C', { hosts: ['*.example.com'], tls: tlsOf('page') });
      at('D', { hosts: ['*'], tls: ServerTls.mutual({ credentialName: 'other' }) });
    }, []],
    ['a host of two TCP servers, which have no hosts', app => {
      Mesh.declare(app, {});
      const shop = chartOf(app, 'shop');
      const server = { port: { number: 3306, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] };
      ['A', 'B'].forEach(id => foreign(shop, id, 'Gateway', { selector: { istio: 'out' }, servers: [server] }));
    }, [['MX0302', 'shop/B']]],
  ],
  MX0401: [
    ['a DestinationRule of the user for the host of a service that has one', app => {
      const chart = chartOf(app, 'shop');
      tls(chart, 'Api', ['api.example.com'], Resolution.dns());
      foreign(chart, 'Pool', 'DestinationRule', { host: 'api.example.com', trafficPolicy: { connectionPool: { tcp: { maxConnections: 10 } } } });
    }, [['MX0401', 'shop/Pool']]],
    ['a rule for the gateway\'s host with another exportTo', app => {
      const chart = chartOf(app, 'shop');
      via(chart)(tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      foreign(chart, 'Recipe', 'DestinationRule', {
        host: 'istio-egressgateway.istio-system.svc.cluster.local', subsets: [{ name: 'httpbin' }], exportTo: ['.'],
      });
    }, [['MX0401', 'shop/Recipe']]],
    ['one subset with two settings', app => {
      const chart = chartOf(app, 'shop');
      const platform = { host: 'db.example.com', namespaceName: 'platform', gateway: EgressGateway.istioEgressGateway() };
      const pod = (id: string) => foreign(chart, id, 'Pod', { serviceAccountName: 'cart', containers: [{ name: 'main' }] }, { apiVersion: 'v1' });
      ExternalMysql.fromAttributes(chart, 'One', platform).connectFrom(pod('A'));
      ExternalMysql.fromAttributes(chart, 'Two', { ...platform, wholeNamespace: true }).connectFrom(pod('B'));
    }, [['MX0401', 'shop/Two']]],
    ['one subset twice with the same settings', app => {
      const chart = chartOf(app, 'shop');
      const platform = { host: 'db.example.com', namespaceName: 'platform', gateway: EgressGateway.istioEgressGateway() };
      const pod = (id: string) => foreign(chart, id, 'Pod', { serviceAccountName: 'cart', containers: [{ name: 'main' }] }, { apiVersion: 'v1' });
      ['One', 'Two'].forEach(id => ExternalMysql.fromAttributes(chart, id, platform).connectFrom(pod(`Pod${id}`)));
    }, []],
    ['a rule in a client\'s namespace for the host of a service that has one', app => {
      const chart = chartOf(app, 'platform');
      tls(chart, 'Api', ['api.example.com'], Resolution.dns()).allowFrom(MeshClient.allIn('shop'));
      foreign(chartOf(app, 'shop'), 'Pool', 'DestinationRule', { host: 'api.example.com', trafficPolicy: {}, exportTo: ['.'] });
    }, [['MX0401', 'shop/Pool']]],
    ['a rule with a selector beside one that is exported to its own namespace by a dot', app => {
      const chart = chartOf(app, 'platform');
      tls(chart, 'Api', ['api.example.com'], Resolution.dns());
      foreign(chart, 'Some', 'DestinationRule', { host: 'api.example.com', workloadSelector: { matchLabels: { app: 'a' } }, trafficPolicy: {} });
    }, [['MX0401', 'platform/Some']]],
    ['a rule with a selector beside one that is exported further, by name, or of another host', app => {
      const chart = chartOf(app, 'platform');
      const selector = { workloadSelector: { matchLabels: { app: 'a' } }, trafficPolicy: {} };
      tls(chart, 'Api', ['api.example.com'], Resolution.dns()).allowFrom(MeshClient.allIn('shop'), MeshClient.allIn('platform'));
      foreign(chart, 'Some', 'DestinationRule', { host: 'api.example.com', ...selector });
      foreign(chart, 'Named', 'DestinationRule', { host: 'named.example.com', trafficPolicy: {}, exportTo: ['platform'] });
      foreign(chart, 'ForNamed', 'DestinationRule', { host: 'named.example.com', ...selector });
      foreign(chart, 'Other', 'DestinationRule', { host: 'other.example.com', ...selector });
      foreign(chartOf(app, 'shop'), 'Elsewhere', 'DestinationRule', { host: 'own.example.com', trafficPolicy: {}, exportTo: ['.'] });
      foreign(chart, 'ForElsewhere', 'DestinationRule', { host: 'own.example.com', ...selector });
    }, []],
    ['a rule in a namespace that ours is not exported to', app => {
      const chart = chartOf(app, 'platform');
      tls(chart, 'Api', ['api.example.com'], Resolution.dns());
      foreign(chartOf(app, 'shop'), 'Pool', 'DestinationRule', { host: 'api.example.com', trafficPolicy: {}, exportTo: ['.'] });
    }, []],
    ['rules that are exported to everybody, in two namespaces with entries of their own, and in one that sees neither entry', app => {
      const declare = (name: string, entries: readonly string[][]) => {
        const chart = chartOf(app, name);
        entries.forEach((exportTo, i) => foreign(chart, `Db${i}`, 'ServiceEntry', {
          hosts: ['db.example.com'], exportTo, resolution: 'DNS', ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
        }));
        foreign(chart, 'Rule', 'DestinationRule', { host: 'db.example.com', trafficPolicy: {} });
      };
      declare('shop', [['.']]);
      declare('data', [['.']]);
      declare('elsewhere', []);
    }, []],
    ['a rule where the entry of another namespace is seen by its name, beside one of a third that is not', app => {
      const declare = (name: string, exportTo?: string[]) => {
        const chart = chartOf(app, name);
        exportTo && foreign(chart, 'Db', 'ServiceEntry', { hosts: ['db.example.com'], exportTo, resolution: 'DNS', ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }] });
        foreign(chart, 'Rule', 'DestinationRule', { host: 'db.example.com', trafficPolicy: {} });
      };
      declare('a', ['.']);
      declare('b', ['shop', 'b']);
      declare('shop');
      declare('elsewhere');
    }, [['MX0401', 'shop/Rule']]],
    ['two rules for a Service, by its short and its full name', app => {
      const chart = chartOf(app, 'shop');
      new MeshService(chart, 'Web', { host: 'web', versions: ['v1'] });
      foreign(chart, 'Own', 'DestinationRule', { host: 'web.shop.svc.cluster.local', subsets: [], exportTo: ['.'] });
    }, [['MX0401', 'shop/Own']]],
    ['the published recipe beside ours, two routed services, other hosts', app => {
      const chart = chartOf(app, 'shop');
      const route = via(chart);
      route(tcp(chart, 'A', 'a.example.com', 3306, ip('192.0.2.1')));
      route(tcp(chart, 'B', 'b.example.com', 3306, ip('192.0.2.2')));
      foreign(chart, 'Recipe', 'DestinationRule', { host: 'istio-egressgateway.istio-system.svc.cluster.local', subsets: [{ name: 'httpbin' }] });
      foreign(chart, 'Other', 'DestinationRule', { host: 'c.example.com', trafficPolicy: {} });
      foreign(chartOf(app, 'data'), 'Same', 'DestinationRule', { host: 'c.example.com', trafficPolicy: {} });
    }, []],
    ['a third rule with a traffic policy, after one with and one without', app => {
      Mesh.declare(app, {});
      const chart = chartOf(app, 'shop');
      const rule = (id: string, more: object) => foreign(chart, id, 'DestinationRule', { host: 'api.example.com', ...more });
      rule('First', { trafficPolicy: { connectionPool: {} } });
      rule('Second', { subsets: [{ name: 'a' }] });
      rule('Third', { trafficPolicy: { outlierDetection: {} } });
    }, [['MX0401', 'shop/Third']]],
    ['rules for one host that merge: the namespaces in another order, subsets of other names, one traffic policy', app => {
      Mesh.declare(app, {});
      const chart = chartOf(app, 'shop');
      const rule = (id: string, more: object) => foreign(chart, id, 'DestinationRule', { host: 'api.example.com', ...more });
      rule('First', { subsets: [{ name: 'a' }], exportTo: ['.', 'data'] });
      rule('Second', { subsets: [{ name: 'b' }], exportTo: ['data', '.'] });
      rule('Third', { trafficPolicy: { connectionPool: {} }, exportTo: ['.', 'data'] });
    }, []],
    ['two exportTo that only look alike when they are written together', app => {
      Mesh.declare(app, {});
      const chart = chartOf(app, 'shop');
      foreign(chart, 'First', 'DestinationRule', { host: 'api.example.com', exportTo: ['a', 'b'] });
      foreign(chart, 'Second', 'DestinationRule', { host: 'api.example.com', exportTo: ['ab'] });
    }, [['MX0401', 'shop/Second']]],
    ['rules in two namespaces of clients, for a host that a third one declares, or for a Service', app => {
      const platform = chartOf(app, 'platform');
      new ExternalService(platform, 'Api', {
        hosts: ['api.example.com'], ports: [{ number: 443, protocol: Protocol.TLS }], resolution: Resolution.dnsRoundRobin(), exportTo: ['*'],
      });
      for (const namespace of ['one', 'two']) {
        const chart = chartOf(app, namespace);
        foreign(chart, 'Api', 'DestinationRule', { host: 'api.example.com', exportTo: ['*'] });
        foreign(chart, 'Web', 'DestinationRule', { host: 'web.platform.svc.cluster.local', exportTo: ['*'] });
      }
    }, []],
  ],
  MX0402: [
    ['a VirtualService of the user for the host of a routed service', app => {
      const chart = chartOf(app, 'shop');
      via(chart)(tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      foreign(chart, 'Own', 'VirtualService', { hosts: ['db.example.com'], tcp: [{ route: [{ destination: { host: 'db.example.com' } }] }], exportTo: ['.'] });
    }, [['MX0402', 'shop/Own']]],
    ['one that everybody sees', app => {
      const chart = chartOf(app, 'shop');
      via(chart)(tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      foreign(chartOf(app, 'other'), 'Own', 'VirtualService', { hosts: ['db.example.com'], tcp: TO_DB });
    }, [['MX0402', 'other/Own']]],
    ['one for a gateway, one that nobody else sees', app => {
      const chart = chartOf(app, 'shop');
      via(chart)(tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      foreign(chart, 'Edge', 'VirtualService', { hosts: ['db.example.com'], gateways: ['ingress'], tcp: [] });
      foreign(chartOf(app, 'other'), 'Own', 'VirtualService', { hosts: ['db.example.com'], tcp: TO_DB, exportTo: ['.'] });
    }, []],
    ['one for every host in one namespace, and one for the same host in a namespace that sees it', app => {
      Mesh.declare(app, {});
      foreign(chartOf(app, 'first'), 'Any', 'VirtualService', { hosts: ['*'], tcp: TO_DB });
      foreign(chartOf(app, 'second'), 'Own', 'VirtualService', { hosts: ['*'], tcp: TO_DB, exportTo: ['.'] });
    }, [['MX0402', 'second/Own']]],
    ['one that everybody sees, after one that only its own namespace sees; a host twice in one', app => {
      Mesh.declare(app, {});
      foreign(chartOf(app, 'first'), 'Own', 'VirtualService', { hosts: ['a.example.com', 'a.example.com'], tcp: TO_DB, exportTo: ['.'] });
      foreign(chartOf(app, 'second'), 'All', 'VirtualService', { hosts: ['a.example.com'], tcp: TO_DB });
    }, [['MX0402', 'second/All']]],
    ['one that everybody sees, of a host that nobody else has', app => {
      Mesh.declare(app, {});
      foreign(chartOf(app, 'first'), 'All', 'VirtualService', { hosts: ['a.example.com'], tcp: TO_DB });
    }, []],
  ],
  MX0501: [
    ['an endpoint with the address of a service, in any namespace', app => {
      Mesh.declare(app, { dataPlane: DataPlane.AMBIENT });
      tcp(chartOf(app, 'shop'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      foreign(chartOf(app, 'data'), 'Own', 'ServiceEntry', {
        hosts: ['own.example.com'], ports: [{ number: 1, protocol: 'TCP' }], resolution: 'STATIC', endpoints: [{ address: '192.0.2.1' }], exportTo: ['.'],
      });
    }, [['MX0501', 'data/Own']]],
    ['a WorkloadEntry with the address of a service', app => {
      Mesh.declare(app, { dataPlane: DataPlane.AMBIENT });
      tcp(chartOf(app, 'shop'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      foreign(chartOf(app, 'data'), 'Vm', 'WorkloadEntry', { address: '192.0.2.1' });
    }, [['MX0501', 'data/Vm']]],
    ['the same with sidecars, another address', app => {
      tcp(chartOf(app, 'shop'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      foreign(chartOf(app, 'data'), 'Vm', 'WorkloadEntry', { address: '192.0.2.1' });
    }, []],
    ['an endpoint that is a name, and one without an address', app => {
      Mesh.declare(app, { dataPlane: DataPlane.AMBIENT });
      tcp(chartOf(app, 'shop'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      foreign(chartOf(app, 'data'), 'Own', 'ServiceEntry', {
        hosts: ['own.example.com'], ports: [{ number: 1, protocol: 'TCP' }], resolution: 'DNS', endpoints: [{ address: 'db.example.com' }, { network: 'vm' }], exportTo: ['.'],
      });
    }, []],
  ],
  MX0601: [
    ['a Sidecar of another tool beside a lock-down', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      sidecar(chart, 'Own', ['*/*']);
    }, [['MX0601', 'shop/Own']]],
    ['Sidecars of other tools: two in one namespace', app => {
      Mesh.of(app);
      ['A', 'B'].forEach(id => sidecar(chartOf(app, `chart-${id}`, 'shop'), id, ['*/*']));
    }, [['MX0601', 'chart-B/B']]],
    ['one in each namespace, and one for some pods', app => {
      ['shop', 'data'].forEach(namespace => new EgressLockdown(chartOf(app, namespace), 'Lockdown'));
      foreign(chartOf(app, 'own', 'shop'), 'Own', 'Sidecar', { workloadSelector: { labels: { app: 'cart' } }, egress: [{ hosts: ['*/*'] }] });
    }, []],
  ],
  MX0602: [
    ['a Sidecar without the declaring namespace', app => {
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'), { exportTo: ['shop'] });
      sidecar(chartOf(app, 'shop'), 'Own', ['./*', 'istio-system/*']);
    }, [['MX0602', 'shop/Own']]],
    ['a Sidecar without the namespace of the gateway: istiod adds the destinations of the namespace\'s rules', app => {
      const chart = chartOf(app, 'shop');
      via(chart)(tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
      sidecar(chart, 'Own', ['./*']);
    }, []],
    ['a Sidecar with one host of another domain', app => {
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'), { exportTo: ['shop'] });
      sidecar(chartOf(app, 'shop'), 'Own', ['data/*.example.org', 'other/*']);
    }, [['MX0602', 'shop/Own']]],
    ['a lock-down, for services of its own namespace, another one, and behind a gateway', app => {
      const [shop, data] = [chartOf(app, 'shop'), chartOf(app, 'data')];
      new EgressLockdown(shop, 'Lockdown');
      tcp(data, 'Db', 'db.example.com', 3306, ip('192.0.2.1'), { exportTo: ['shop'] });
      tls(shop, 'Api', ['api.example.com'], Resolution.dns());
      const routed = tcp(data, 'Routed', 'routed.example.com', 3306, ip('192.0.2.2'));
      via(data)(routed);
      routed.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
    }, []],
    ['a lock-down of the gateway\'s namespace: what the gateway sends to is not for sidecars', app => {
      const [shop, edge] = [chartOf(app, 'shop'), chartOf(app, 'edge')];
      new EgressLockdown(edge, 'Lockdown');
      const egress = new EgressViaGateway(shop, 'Egress', { gateway: new EgressGateway(edge, 'Out') });
      const db = tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      egress.route(db);
      db.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
    }, []],
    ['Sidecars that name the host, its domain, the namespace or everything, or nothing', app => {
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'), { exportTo: ['a', 'b', 'c', 'd', 'e'] });
      ['data/db.example.com', 'data/*.example.com', 'data/*', '*/*'].forEach((host, i) => sidecar(chartOf(app, 'abcd'[i]), 'Own', [host]));
      foreign(chartOf(app, 'e'), 'Own', 'Sidecar', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } });
    }, []],
    ['a service that is exported to every namespace: a Sidecar leaves out what its namespace does not use', app => {
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'), { exportTo: ['*'] });
      sidecar(chartOf(app, 'shop'), 'Own', ['./*']);
    }, []],
  ],
  MX0603: [
    ['a service of another tool in a locked-down namespace', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      foreign(chart, 'Old', 'ServiceEntry', {
        hosts: ['old.example.com'], addresses: ['192.0.2.9'], ports: [{ number: 3306, protocol: 'TCP' }], exportTo: ['.'],
      });
    }, [['MX0603', 'shop/Lockdown']]],
    ['a service by name, and a NetworkPolicy that opens pods alone', app => {
      const chart = chartOf(app, 'shop');
      tls(chart, 'Api', ['api.example.com'], Resolution.dns());
      network(chart, 'Own', [{ to: [{ namespaceSelector: {} }] }]);
    }, [['MX0603', 'shop/Own']]],
    ['an address that is excepted, another port, another protocol', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      network(chart, 'Own', [
        { to: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.1/32'] } }] },
        { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 3307 }, { port: 3306, protocol: 'UDP' }, { port: 'mysql' }] },
      ]);
    }, [['MX0603', 'shop/Own']]],
    ['NetworkPolicies that open it: the range, every port, a range of ports, everything, for some pods', app => {
      const block = { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] };
      [[block], [{ ...block, ports: [{ port: 3000, endPort: 4000 }] }], [{ ...block, ports: [{ protocol: 'TCP' }] }], [{}], [{ ports: [{ port: 3306 }] }]].forEach((rules, i) => {
        const chart = chartOf(app, `n${i}`);
        tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
        network(chart, 'Own', rules);
      });
      const chart = chartOf(app, 'some');
      tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      network(chart, 'All', []);
      network(chart, 'Some', [{ to: [{ ipBlock: { cidr: '192.0.2.1/32' } }] }], { matchLabels: { app: 'cart' } });
    }, []],
    ['a policy for some pods, and one of ingress', app => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
      network(chart, 'Some', [], { matchExpressions: [{ key: 'app', operator: 'Exists' }] });
      foreign(chart, 'In', 'NetworkPolicy', { podSelector: {}, ingress: [] }, NETWORK_POLICY);
    }, []],
    ['a lock-down, for what is declared: by address, by name, behind a gateway, of the mesh\'s everywhere', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1', '2001:db8::1'));
      tls(chart, 'Api', ['api.example.com'], Resolution.dns());
      via(chart)(tcp(chart, 'Routed', 'routed.example.com', 5432, ip('192.0.2.2')));
      foreign(chartOf(app, 'data'), 'Everywhere', 'ServiceEntry', { hosts: ['all.example.com'], ports: [{ number: 1, protocol: 'TLS' }] });
    }, []],
  ],
  MX0604: [
    ['a NetworkPolicy that opens everything beside a lock-down', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      network(chart, 'Own', [{}], { matchLabels: { app: 'cart' } });
    }, [['MX0604', 'shop/Own']]],
    ['the same by a range of everything', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      network(chart, 'Own', [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }]);
    }, [['MX0604', 'shop/Own']]],
    ...([
      ['every port but a few, to every address', { ports: [{ port: 1, endPort: 65535 }] }],
      ['two halves of the ports', { ports: [{ port: 1, endPort: 600 }, { port: 2000, endPort: 2600 }] }],
      ['every port of a protocol', { ports: [{ protocol: 'UDP' }] }],
      ['two halves of all addresses', { to: [{ ipBlock: { cidr: '0.0.0.0/1' } }, { ipBlock: { cidr: '128.0.0.0/1' } }] }],
      ['everything but private networks', { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] } }] }],
      ['an eighth of all addresses', { to: [{ ipBlock: { cidr: '32.0.0.0/3' } }] }],
      ['what of IPv6 is in use', { to: [{ ipBlock: { cidr: '2000::/3' } }] }],
      ['the pods of every namespace', { to: [{ podSelector: {} }, { namespaceSelector: {} }] }],
      ['the same, twice empty', { to: [{ namespaceSelector: {}, podSelector: {} }] }],
    ] as [string, object][]).map(([name, rule]): Row => [`a NetworkPolicy beside a lock-down that opens ${name}`, app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      network(chart, 'Own', [rule], { matchLabels: { app: 'cart' } });
    }, [['MX0604', 'shop/Own']]]),
    ...([
      ['the parts of all addresses in rules of their own', [...Array(16).keys()].map(i => ({ to: [{ ipBlock: { cidr: `${i * 16}.0.0.0/4` } }] }))],
      ['two parts, one of them on most ports', [
        { to: [{ ipBlock: { cidr: '16.0.0.0/4' } }] }, { to: [{ ipBlock: { cidr: '32.0.0.0/4' } }], ports: [{ port: 1, endPort: 40000 }] },
      ]],
      ['the ports of all addresses in rules of their own', [...Array(65).keys()].map(i => ({ ports: [{ port: i * 1000 + 1, endPort: i * 1000 + 999 }] }))],
    ] as [string, object[]][]).map(([name, rules]): Row => [`a NetworkPolicy beside a lock-down that opens ${name}`, app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      network(chart, 'Own', rules, { matchLabels: { app: 'cart' } });
    }, [['MX0604', 'shop/Own']]]),
    ['NetworkPolicies that open half as much each, for the same pods and for others', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      const part = (id: string, first: number, name: string) => network(chart, id, [{ to: [{ ipBlock: { cidr: `${first}.0.0.0/4` } }] }], { matchLabels: { app: name } });
      part('One', 16, 'cart');
      part('Two', 32, 'cart');
      part('Other', 48, 'web');
    }, [['MX0604', 'shop/Two']]],
    ['a NetworkPolicy that opens one part of the addresses again and again', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      network(chart, 'Own', [...Array(16).keys()].map(i => ({ to: [{ ipBlock: { cidr: `16.0.0.0/${4 + i % 2}` } }] })));
    }, []],
    ['a Sidecar of some workloads that lets everything pass, by itself or because the mesh does', app => {
      Mesh.declare(app, { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      ['ALLOW_ANY', undefined, 'REGISTRY_ONLY'].forEach((mode, i) => foreign(chart, `Own${i}`, 'Sidecar', {
        workloadSelector: { labels: { app: `cart-${i}` } }, egress: [{ hosts: ['./*'] }], outboundTrafficPolicy: mode && { mode },
      }));
    }, [['MX0604', 'shop/Own0'], ['MX0604', 'shop/Own1']]],
    ['NetworkPolicies that open a port, many ports of a network, pods, or another namespace', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      network(chart, 'Own', [
        { ports: [{ port: 443 }, { port: 'metrics' }] }, { ports: [{ port: 30000, endPort: 30899 }] }, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] },
        { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }, { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }, { ipBlock: { cidr: '2001:db8::/32' } }] },
        { to: [{ ipBlock: { cidr: '0.0.0.0/1' } }], ports: [{ port: 443 }] }, { to: [{ podSelector: {} }] },
        { to: [{ ipBlock: { cidr: '32.0.0.0/3', except: ['32.0.0.0/4'] } }] }, { to: [{ namespaceSelector: {} }], ports: [{ port: 9090 }] },
        { to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'otel' } } }] }, { to: [{ namespaceSelector: { matchLabels: { team: 'x' } } }] },
      ]);
      network(chartOf(app, 'data'), 'Open', [{}]);
    }, []],
    ['a Sidecar of some workloads in a namespace that is not locked down', app => {
      Mesh.of(app);
      foreign(chartOf(app, 'shop'), 'Own', 'Sidecar', { workloadSelector: { labels: { app: 'cart' } }, outboundTrafficPolicy: { mode: 'ALLOW_ANY' } });
    }, []],
    ['a namespace that a Sidecar leaves open', app => {
      const chart = chartOf(app, 'shop');
      Mesh.of(app);
      foreign(chart, 'Own', 'Sidecar', { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } });
      network(chart, 'Closed', []);
      network(chart, 'Open', [{}]);
    }, []],
  ],
  MX0605: [
    ['workloads of every kind in the network of their node', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      const spec = { hostNetwork: true, containers: [] };
      ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].forEach(kind => foreign(chart, kind, kind, { template: { spec } }, { apiVersion: 'apps/v1' }));
      foreign(chart, 'Job', 'Job', { template: { spec } }, { apiVersion: 'batch/v1' });
      foreign(chart, 'CronJob', 'CronJob', { jobTemplate: { spec: { template: { spec } } } }, { apiVersion: 'batch/v1' });
      foreign(chart, 'Pod', 'Pod', spec, { apiVersion: 'v1' });
      foreign(chart, 'Rollout', 'Rollout', { template: { spec } }, { apiVersion: 'argoproj.io/v1alpha1' });
    }, ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod', 'Rollout'].map(kind => ['MX0605', `shop/${kind}`])],
    ['a patch of a workload, and a workload in a list', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      foreign(chart, 'App', 'Deployment', { template: { spec: { containers: [] } } }, { apiVersion: 'apps/v1' })
        .addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true));
      new ApiObject(chart, 'Many', {
        apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { hostNetwork: true } }],
      } as never);
    }, [['MX0605', 'shop/App'], ['MX0605', 'shop/Many']]],
    ['workloads in networks of their own, and in a namespace that is not locked down', app => {
      const chart = chartOf(app, 'shop');
      new EgressLockdown(chart, 'Lockdown');
      foreign(chart, 'App', 'Deployment', { template: { spec: { hostNetwork: false, containers: [] } } }, { apiVersion: 'apps/v1' });
      foreign(chart, 'Config', 'ConfigMap', {}, { apiVersion: 'v1' });
      const data = chartOf(app, 'data');
      network(data, 'Closed', []);
      foreign(data, 'Agent', 'DaemonSet', { template: { spec: { hostNetwork: true, containers: [] } } }, { apiVersion: 'apps/v1' });
    }, []],
  ],
  MX0701: [
    ['the Secret of a gateway in the namespace of the service', app => {
      const chart = chartOf(app, 'shop');
      partner(chart);
      foreign(chart, 'Secret', 'Secret', {}, { apiVersion: 'v1', name: 'partner' });
    }, [['MX0701', 'shop/Partner']]],
    ['the Certificate, and the ExternalSecret, of a gateway there', app => {
      const chart = chartOf(app, 'shop');
      partner(chart);
      foreign(chart, 'Certificate', 'Certificate', { secretName: 'partner' }, { apiVersion: 'cert-manager.io/v1', name: 'any' });
      foreign(chart, 'Synced', 'ExternalSecret', { target: { name: 'partner' } }, { apiVersion: 'external-secrets.io/v1', name: 'any' });
    }, [['MX0701', 'shop/Partner']]],
    ['an ExternalSecret of that name', app => {
      const chart = chartOf(app, 'shop');
      partner(chart);
      foreign(chart, 'Synced', 'ExternalSecret', {}, { apiVersion: 'external-secrets.io/v1', name: 'partner' });
    }, [['MX0701', 'shop/Partner']]],
    ['the Secret in both namespaces, of another name, of another app', app => {
      const chart = chartOf(app, 'shop');
      partner(chart);
      foreign(chart, 'Secret', 'Secret', {}, { apiVersion: 'v1', name: 'partner' });
      foreign(chartOf(app, 'istio-system'), 'Secret', 'Secret', {}, { apiVersion: 'v1', name: 'partner' });
      const data = chartOf(app, 'data');
      partner(data, 'other');
      foreign(data, 'Secret', 'Secret', {}, { apiVersion: 'v1', name: 'another' });
    }, []],
  ],
  MX0902: [
    ['an acknowledgement of what is not found', app => {
      MeshFindings.of(tcp(chartOf(app, 'shop'), 'Db', 'db.example.com', 1, ip('192.0.2.1'))).acknowledge('MX0203', 'moves on Monday');
    }, [['MX0902', 'shop/Db']]],
    ['an annotation that names no rule', app => {
      foreign(chartOf(app, 'shop'), 'Own', 'ConfigMap', {}, { apiVersion: 'v1', annotations: { 'cdk8s-istio-egress/acknowledge': 'port-captured-twice: moves on Monday' } });
      Mesh.declare(app, {});
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 1, ip('192.0.2.1'));
    }, [['MX0902', 'shop/Own']]],
    ['an acknowledgement of what is found', app => {
      const chart = chartOf(app, 'shop');
      ['a', 'b'].forEach(name => tcp(chart, name, `${name}.example.com`, 1, Resolution.dns()));
      MeshFindings.of(chart).acknowledge('MX0203', 'moves on Monday');
    }, []],
  ],
  MX0903: [
    ['a day that is none', app => {
      foreign(chartOf(app, 'shop'), 'Old', 'ServiceEntry', { hosts: ['old.example.com'], ports: [{ number: 1, protocol: 'TLS' }], exportTo: ['.'] }, {
        annotations: { 'cdk8s-istio-egress/expires': '31.1.2027' },
      });
      Mesh.declare(app, {});
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 1, ip('192.0.2.1'));
    }, [['MX0903', 'shop/Old']]],
    ['a day, and nobody says which one it is today', app => {
      new ExternalMysql(chartOf(app, 'shop'), 'Db', { host: 'db.example.com', resolution: ip('192.0.2.1'), expires: '2001-01-31' });
    }, []],
  ],
  MX0904: [
    ['a misspelt annotation of an object of another tool', app => {
      foreign(chartOf(app, 'shop'), 'Own', 'ConfigMap', {}, { apiVersion: 'v1', annotations: { 'cdk8s-istio-egress/onwer': 'team-shop', 'example.com/onwer': 'team-shop' } });
      Mesh.declare(app, {});
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 1, ip('192.0.2.1'));
    }, [['MX0904', 'shop/Own']]],
    ['the owner of a dependency at a workload, and that of an object of Istio', app => {
      foreign(chartOf(app, 'shop'), 'Own', 'Deployment', {}, { apiVersion: 'apps/v1', annotations: { 'cdk8s-istio-egress/owner': 'team-shop' } });
      foreign(chartOf(app, 'other'), 'Route', 'VirtualService', {}, { annotations: { 'cdk8s-istio-egress/owner': 'team-shop' } });
      Mesh.declare(app, {});
      tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 1, ip('192.0.2.1'));
    }, [['MX0904', 'shop/Own']]],
    ['the annotations that the library writes', app => {
      const chart = chartOf(app, 'shop');
      new ExternalMysql(chart, 'Db', {
        host: 'db.example.com', resolution: Resolution.dns(), owner: 'team-shop', reason: 'orders', expires: '2027-01-31', contact: '#team-shop',
      });
      new EgressLockdown(chart, 'Lockdown');
    }, []],
  ],
  MX0905: [
    ['a resolution that came with the next version', app => {
      Mesh.declare(app, { istioVersion: '1.27' });
      foreign(chartOf(app, 'shop'), 'Apis', 'ServiceEntry', ANY_API);
    }, [['MX0905', 'shop/Apis']]],
    ['the same in the version that it came with', app => {
      Mesh.declare(app, { istioVersion: '1.28' });
      foreign(chartOf(app, 'shop'), 'Apis', 'ServiceEntry', ANY_API);
    }, []],
    ['the same in a mesh of which nobody said the version', app => {
      foreign(chartOf(app, 'shop'), 'Apis', 'ServiceEntry', ANY_API);
    }, []],
  ],
};

/** Errors that synth reports, in the order of its lines, and then warnings. */
function foundIn(build: (app: App) => void, yamlOutputType?: YamlOutputType, id?: string): Found[] {
  const app = new App({ yamlOutputType });
  build(app);
  // A row of a rule is about that rule and about what stops; what other rules warn of has rows of its own.
  return findings(app).filter(({ rule }) => rule === id || CATALOGUE.find(known => known.id === rule)?.severity !== 'WARNING').map(({ rule, construct }) => [rule, construct]);
}

function findings(app: App): { rule: string; construct: string; text: string }[] {
  const warnings = MeshFindings.of(app).list().filter(({ severity }) => severity === FindingSeverity.WARNING);
  return [...errors(app), ...warnings.map(({ id, path: construct, message, fix }) => ({ rule: id, construct, text: `${message}; ${fix}` }))];
}

function errors(app: App): { rule: string; construct: string; text: string }[] {
  try {
    manifestsOf(app);
  } catch (error) {
    const [heading, ...lines] = (error as Error).message.split('\n');
    if (heading !== 'Validation failed with the following errors:') {
      // A rule that breaks finds nothing, which must not look like silence.
      throw error;
    }
    return lines.map(line => {
      const [, construct, rule, text] = /^ *\[([^\]]+)\] \[(MX\d{4})\] (.*)$/.exec(line) ?? [undefined, '', '', line];
      return { rule, construct, text };
    });
  }
  return [];
}

describe.each(Object.entries(ROWS))('%s', (id, rows) => {
  test.each(rows)('%s', (_, build, expected) => {
    expect(foundIn(build, undefined, id)).toEqual(expected);
  });
});

describe('MX0102', () => {
  const twice = (app: App) => ['shop', 'data'].forEach(namespace => {
    const chart = chartOf(app, namespace);
    new ExternalMysql(chart, 'Db', { host: `${namespace}.example.com`, resolution: ip('192.0.2.1'), metadata: { name: 'db' } });
  });
  const onlyForeign = (app: App) => {
    tcp(chartOf(app, 'ours'), 'Db', 'db.example.com', 1, ip('192.0.2.1'));
    ['shop', 'data'].forEach(namespace => foreign(chartOf(app, namespace), 'Web', 'Deployment', {}, { apiVersion: 'apps/v1', name: 'web' }));
  };

  test('one given name in two namespaces, one file for each object', () => {
    expect(foundIn(twice, YamlOutputType.FILE_PER_RESOURCE)).toEqual([['MX0102', 'data/Db']]);
  });

  test('objects of other tools', () => {
    expect(foundIn(onlyForeign, YamlOutputType.FILE_PER_RESOURCE)).toEqual([['MX0102', 'data/Web']]);
  });

  test.each([
    ['a folder for each chart', YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE],
    ['a file for each chart', YamlOutputType.FILE_PER_CHART],
    ['one file', YamlOutputType.FILE_PER_APP],
  ])('not with %s', (_, output) => {
    expect(foundIn(twice, output)).toEqual([]);
  });

  test('a Gateway of the Gateway API beside ours', () => {
    expect(foundIn(app => {
      const chart = chartOf(app, 'shop');
      via(chart)(tcp(chart, 'Db', 'db.example.com', 1, ip('192.0.2.1')));
      foreign(chart, 'Api', 'Gateway', {}, { name: 'db--shop', apiVersion: 'gateway.networking.k8s.io/v1' });
    }, YamlOutputType.FILE_PER_RESOURCE)).toEqual([['MX0102', 'shop/Api']]);
  });

  test('not for the objects of one list, nor for one object that is written twice, which has a rule of its own', () => {
    const config = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' } });
    const listed = (app: App) => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'Db', 'db.example.com', 1, ip('192.0.2.1'));
      new ApiObject(chart, 'List', { apiVersion: 'v1', kind: 'List', items: [config('a'), config('b')] } as never);
    };
    const same = (app: App) => {
      const chart = chartOf(app, 'shop');
      tcp(chart, 'Db', 'db.example.com', 1, ip('192.0.2.1'));
      ['One', 'Two'].forEach(id => new ApiObject(chart, id, config('same')));
    };

    expect(foundIn(listed, YamlOutputType.FILE_PER_RESOURCE)).toEqual([]);
    expect(foundIn(same, YamlOutputType.FILE_PER_RESOURCE)).toEqual([['MX0101', 'shop/Two']]);
  });

  test('not with the names that the library makes', () => {
    expect(foundIn(app => ['shop', 'data'].forEach(namespace => tcp(chartOf(app, namespace), 'Db', 'db.example.com', 1, ip('192.0.2.1'))),
      YamlOutputType.FILE_PER_RESOURCE)).toEqual([]);
  });
});

/** Whether a rule has its fault, what is right, and its message in YAML; `corpus.test.ts` reads them. */

describe('the catalogue', () => {
  test('has ids that are unique and sorted, and names that are unique', () => {
    const ids = CATALOGUE.map(({ id }) => id);

    expect(ids).toEqual([...new Set(ids)].sort());
    expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(ids.length);
  });

  test('has every rule that there is a file of, under its name', () => {
    const files = fs.readdirSync(path.join(__dirname, '../../src/rules')).map(file => file.replace(/\.ts$/, ''));

    expect(CATALOGUE.map(({ name }) => name).sort()).toEqual(files.filter(file => !['rule', 'slots', 'catalogue', 'allowing', 'mesh-doors', 'originated', 'identities', 'policy-ports', 'secret-reads', 'stray-fields', 'covered-hosts', 'misnamed-hosts', 'routed-targets', 'checked-servers'].includes(file)).sort());
  });

  test('has a row that fires and a row that does not for every rule, here or in the corpus', () => {
    for (const { id } of CATALOGUE.filter(rule => rule.id !== 'MX0102' && (rule.id in ROWS || !CORPUS.has(rule.id)))) {
      expect([id, ROWS[id].some(([, , found]) => found.length > 0), ROWS[id].some(([, , found]) => found.length === 0)]).toEqual([id, true, true]);
    }
  });

  test('is what docs/rules.md says', () => {
    expect(fs.readFileSync(path.join(__dirname, '../../docs/rules.md'), 'utf8')).toBe(rulesPage());
  });
});

/** The rules that have a fault, and what is said of it, in the corpus: test/corpus.test.ts. */
const CORPUS = new Set(filesBelow(path.join(__dirname, '../../conformance/corpus')).filter(file => file.endsWith('finding.txt')).map(file => file.slice(0, 6)));

/** Each message in full: what it says is what a user acts on. */
const MESSAGES: [rule: string, build: (app: App) => void, text: string, output?: YamlOutputType][] = [
  ['MX0101', app => {
    const chart = new Chart(app, 'shop');
    ['A', 'B'].forEach(id => foreign(chart, id, 'ServiceEntry', { hosts: [`${id}.example.com`.toLowerCase()], ports: [], exportTo: ['.'] }, { name: 'db' }));
    tcp(chart, 'Ours', 'db.example.com', 1, ip('192.0.2.1'));
  }, 'has the kind, namespace and name of \'shop/A\': the ServiceEntry "db" that is applied last replaces the other; give one of them another construct id '
    + 'or \'metadata.name\''],
  ['MX0102', app => ['shop', 'data'].forEach(namespace => {
    new ExternalMysql(chartOf(app, namespace), 'Db', { host: `${namespace}.example.com`, resolution: ip('192.0.2.1'), metadata: { name: 'db' } });
  }), '\'metadata.name\' "db" makes this ServiceEntry share the file "ServiceEntry.db" with \'shop/Db\', and one of them would be lost; give one of '
    + 'them another \'metadata.name\', or write one file for each chart', YamlOutputType.FILE_PER_RESOURCE],
  ['MX0201', app => {
    tcp(chartOf(app, 'shop'), 'A', 'db.example.com', 1, ip('192.0.2.1'), { exportTo: ['*'] });
    tcp(chartOf(app, 'data'), 'B', 'db.example.com', 2, ip('192.0.2.2'), { exportTo: ['*'] });
    tcp(chartOf(app, 'third'), 'C', 'c.example.com', 2, ip('192.0.2.3'));
  }, '\'hosts\' "db.example.com" is also declared by \'shop/A\', and both are visible in every namespace: connections end at either; declare it once, with '
    + 'all its ports, and name the clients with allowFrom()'],
  ['MX0202', app => {
    const chart = chartOf(app, 'shop');
    tcp(chart, 'A', 'a.example.com', 1, ip('192.0.2.1'));
    tcp(chart, 'B', 'b.example.com', 1, ip('192.0.2.1'));
  }, 'address "192.0.2.1" with port 1 is also declared by \'shop/A\', and both are visible in namespace "shop": all connections to it end at one of the '
    + 'two; declare the address and port in one ServiceEntry'],
  ['MX0203', app => {
    Mesh.declare(app, { dnsCapture: true, ipAutoAllocate: false });
    const chart = chartOf(app, 'shop');
    ['a', 'b'].forEach(name => tcp(chart, name, `${name}.example.com`, 1, Resolution.dns()));
  }, 'port 1 of "b.example.com" has no address, and in namespace "shop" every connection to port 1 already goes to "a.example.com" (\'shop/a\'): clients of '
    + '"b.example.com" end there, and nothing says so; give the addresses with Resolution.ipAddresses() or \'addresses\', or call Mesh.declare(app, { '
    + 'dnsCapture: true, ipAutoAllocate: true }) when the mesh allocates addresses'],
  ['MX0204', app => {
    const chart = chartOf(app, 'shop');
    httpService(chart, 8080, { name: 'http' });
    tcp(chart, 'Db', 'db.example.com', 8080, Resolution.dns());
  }, 'port 8080 of "db.example.com" has no address, and the HTTP Service \'shop/Web\' listens on port 8080: no connection reaches "db.example.com"; give '
    + 'the addresses with Resolution.ipAddresses() or \'addresses\', or call Mesh.declare(app, { dnsCapture: true }) when the sidecars run with DNS capture, '
    + 'or with a \'virtualIpRange\' when they do not'],
  ['MX0301', app => {
    const shop = chartOf(app, 'shop');
    via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
    tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 3306, ip('192.0.2.9'));
  }, 'port 3306 of "db.example.com" leads straight to the host "db.example.com", which is routed through a gateway (\'shop/Db\'): the gateway does not see '
    + 'these connections; route both through the gateway, or take it out of this one'],
  ['MX0301', app => {
    const shop = chartOf(app, 'shop');
    via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
    tcp(chartOf(app, 'data'), 'Past', 'past.example.com', 3306, ip('192.0.2.1'));
  }, 'port 3306 of "past.example.com" leads straight to the address "192.0.2.1", which is routed through a gateway (\'shop/Db\'): the gateway does not see '
    + 'these connections; route both through the gateway, or take it out of this one'],
  ['MX0320', app => {
    const shop = chartOf(app, 'shop');
    via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, Resolution.dns()));
    tcp(shop, 'Range', 'range.example.com', 3306, ip('192.0.2.0/24'));
  }, 'port 3306 of "range.example.com" takes "192.0.2.0/24", and "db.example.com", which is routed through a gateway (\'shop/Db\'), may have an address in it: '
    + 'the gateway does not see connections to that one; give the routed one its addresses, take them out of the range, or accept this where the range holds none of them'],
  ['MX0206', app => {
    Mesh.declare(app, {});
    foreign(chartOf(app, 'shop'), 'Store', 'ServiceEntry', {
      hosts: ['store.example.com'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS', targetPort: 6379 }],
      resolution: 'DNS',
      exportTo: ['.'],
      endpoints: [{ address: 'a.example.com' }, { address: 'b.example.com' }],
    });
  }, '\'endpoints\' of "store.example.com" has 2 members for port 6379, where Redis usually is: a proxy takes any of them, and each node of a cluster has other keys, and '
    + 'only a primary takes writes; declare each member: ExternalKafka, ExternalMongoReplicaSet or ExternalRedisCluster'],
  ['MX0710', app => {
    Mesh.declare(app, {});
    const shop = chartOf(app, 'shop');
    const port = { number: 443, name: 'tls', protocol: 'TLS', targetPort: 5432 };
    foreign(shop, 'Db', 'ServiceEntry', { hosts: ['db.example.com'], ports: [port], resolution: 'DNS', exportTo: ['.'] });
    foreign(shop, 'Rule', 'DestinationRule', { host: 'db.example.com', trafficPolicy: { tls: { mode: 'SIMPLE', sni: 'db.example.com' } }, exportTo: ['.'] });
  }, '\'mode\' SIMPLE starts TLS at once on port 443 (5432 on the endpoints) of "db.example.com", and it looks like PostgreSQL, which starts TLS only after '
    + 'a first message: no connection is made; remove \'tls\', and let the driver of the application speak TLS'],
  ['MX0302', app => {
    const shop = chartOf(app, 'shop');
    const route = via(shop, GatewayLeg.plaintext(8080));
    route(tcp(shop, 'A', 'a.example.com', 3306, ip('192.0.2.1')));
    route(http(shop, 'B', 'b.example.com', 80, ip('192.0.2.2')));
  }, 'the HTTP server on port 8080 of the gateway shares it with "p3306.shop.a.example.com" (\'shop/A\'): istiod drops one of them; give a port that no other service uses, or use '
    + 'GatewayLeg.istioMutual()'],
  ['MX0302', app => {
    const shop = chartOf(app, 'shop');
    const route = via(shop, GatewayLeg.plaintext(8080));
    ['a', 'b'].forEach((name, i) => route(tcp(shop, name, `${name}.example.com`, 3306, ip(`192.0.2.${i + 1}`))));
  }, 'the plaintext server on port 8080 of the gateway shares it with "p3306.shop.a.example.com" (\'shop/a\'): istiod drops one of them; give \'GatewayLeg.plaintext()\' a port that no other '
    + 'service uses, or use GatewayLeg.istioMutual()'],
  ['MX0303', app => {
    ['one', 'two'].forEach(id => new IngressRoute(chartOf(app, id), 'Page', { hosts: ['page.example.com'], service: 'page', servicePort: 80 }));
  }, '\'hosts\' "page.example.com" is also served on port 80 of the gateway by \'one/Page\': istiod drops one of them; serve the host in one Gateway, with '
    + 'all its paths or ports'],
  ['MX0401', app => {
    const chart = chartOf(app, 'shop');
    tls(chart, 'Api', ['api.example.com'], Resolution.dns());
    foreign(chart, 'Pool', 'DestinationRule', { host: 'api.example.com', trafficPolicy: {} });
  }, '\'host\' "api.example.com" also has the DestinationRule \'shop/Api\', and sidecars in namespace "shop" use only one of the two; write its settings in '
    + 'one place: addJsonPatch() adds to a rule of this library'],
  ['MX0402', app => {
    const shop = chartOf(app, 'shop');
    via(shop)(tcp(shop, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
    foreign(shop, 'Own', 'VirtualService', { hosts: ['db.example.com'], tcp: TO_DB, exportTo: ['.'] });
  }, '\'hosts\' "db.example.com" also has the VirtualService \'shop/Db\', and both are visible in namespace "shop": for what both take, sidecars use the older one '
    + 'only; write the routes of the host in one VirtualService'],
  ['MX0501', app => {
    Mesh.declare(app, { dataPlane: DataPlane.AMBIENT });
    tcp(chartOf(app, 'shop'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'));
    foreign(chartOf(app, 'data'), 'Vm', 'WorkloadEntry', { address: '192.0.2.1' });
  }, '\'endpoints\' has "192.0.2.1", which is an address of \'shop/Db\': ztunnel connects straight to it, past every waypoint; write \'resolution: DNS\' '
    + 'without endpoints'],
  ['MX0601', app => {
    const chart = chartOf(app, 'shop');
    new EgressLockdown(chart, 'Lockdown');
    sidecar(chart, 'Own', ['*/*']);
  }, 'is a second Sidecar for every workload of namespace "shop", beside \'shop/Lockdown\', and Istio uses one of them; keep one, or give this one a '
    + '\'workloadSelector\''],
  ['MX0602', app => {
    tcp(chartOf(app, 'data'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'), { exportTo: ['shop'] });
    sidecar(chartOf(app, 'shop'), 'Own', ['./*']);
  }, '\'egress.hosts\' leaves out "db.example.com", which \'data/Db\' declares for namespace "shop"; add "data/db.example.com" to \'egress.hosts\''],
  ['MX0602', app => {
    tcp(new Chart(app, 'data'), 'Db', 'db.example.com', 3306, ip('192.0.2.1'), { exportTo: ['shop'] });
    sidecar(chartOf(app, 'shop'), 'Own', ['./*']);
  }, '\'egress.hosts\' leaves out "db.example.com", which \'data/Db\' declares for namespace "shop"; give that chart a \'namespace\', and add '
    + '"<namespace>/db.example.com" to \'egress.hosts\''],
  ['MX0603', app => {
    const chart = chartOf(app, 'shop');
    new EgressLockdown(chart, 'Lockdown');
    foreign(chart, 'Old', 'ServiceEntry', { hosts: ['old.example.com'], addresses: ['192.0.2.9'], ports: [{ number: 1, protocol: 'TCP' }], exportTo: ['.'] });
  }, 'blocks port 1 of "old.example.com" for the pods of namespace "shop", for which \'shop/Old\' declares it; declare it with ExternalService or one of '
    + 'its kinds, or open its addresses'],
  ['MX0604', app => {
    const chart = chartOf(app, 'shop');
    new EgressLockdown(chart, 'Lockdown');
    network(chart, 'Own', [{}]);
  }, 'opens every address to pods of namespace "shop", which \'shop/Lockdown\' locks down; remove it, or give the lock-down \'peers\''],
  ['MX0604', app => {
    const chart = chartOf(app, 'shop');
    new EgressLockdown(chart, 'Lockdown');
    foreign(chart, 'Own', 'Sidecar', { workloadSelector: { labels: { app: 'cart' } }, outboundTrafficPolicy: { mode: 'ALLOW_ANY' } });
  }, 'has \'outboundTrafficPolicy\' ALLOW_ANY for pods of namespace "shop", which \'shop/Lockdown\' locks down; write REGISTRY_ONLY, or give the lock-down \'peers\''],
  ['MX0605', app => {
    const chart = chartOf(app, 'shop');
    new EgressLockdown(chart, 'Lockdown');
    foreign(chart, 'Pod', 'Pod', { hostNetwork: true }, { apiVersion: 'v1' });
  }, 'runs its pods with \'hostNetwork\' in namespace "shop", which \'shop/Lockdown\' locks down, and most network plugins apply no NetworkPolicy to them; '
    + 'remove \'hostNetwork\', or run the pods in another namespace'],
  ['MX0701', app => {
    const chart = chartOf(app, 'shop');
    partner(chart);
    foreign(chart, 'Secret', 'Secret', {}, { apiVersion: 'v1', name: 'partner' });
  }, '\'credentialName\' "partner" is read in namespace "istio-system", and the Secret is in namespace "shop" (\'shop/Secret\'); put the Secret into '
    + 'namespace "istio-system"'],
  ['MX0902', app => MeshFindings.of(tcp(chartOf(app, 'shop'), 'Db', 'db.example.com', 1, ip('192.0.2.1'))).acknowledge('MX0203', 'on Monday'),
    'acknowledge("MX0203", "on Monday") matches no finding; remove it, so that it cannot hide a later one'],
  ['MX0903', app => {
    const annotations = { 'cdk8s-istio-egress/expires': 'soon' };
    new ExternalMysql(chartOf(app, 'shop'), 'Db', { host: 'db.example.com', resolution: ip('192.0.2.1'), metadata: { annotations } });
  }, '\'cdk8s-istio-egress/expires\' "soon" is no date, so it never expires; write a day like "2027-01-31"'],
];

describe('a message says value, consequence and cure', () => {
  test.each(MESSAGES.map(row => [row[0], row] as const))('%s', (rule, [, build, text, yamlOutputType]) => {
    const app = new App({ yamlOutputType });
    build(app);

    expect(findings(app).filter(found => found.rule === rule).map(found => found.text)).toEqual([text]);
  });

  test('of every rule, here or in the corpus', () => {
    expect(CATALOGUE.map(({ id }) => id).filter(id => !CORPUS.has(id) && !MESSAGES.some(([rule]) => rule === id))).toEqual([]);
  });
});

test('the third service with what another has is told of the first', () => {
  const app = new App();
  const chart = chartOf(app, 'shop');
  ['a', 'b', 'c'].forEach(name => tcp(chart, name, `${name}.example.com`, 3306, Resolution.dns()));

  expect(findings(app).map(({ construct, text }) => [construct, /\('shop\/(.)'\)/.exec(text)?.[1]])).toEqual([['shop/b', 'a'], ['shop/c', 'a']]);
});

describe('a finding', () => {
  test('names the other construct, the value and what to write instead', () => {
    const app = new App();
    const chart = chartOf(app, 'shop');
    via(chart)(tcp(chart, 'Db', 'db.example.com', 3306, ip('192.0.2.1')));
    tcp(chart, 'Range', 'range.example.com', 3306, ip('192.0.2.0/28'));

    const [{ text }] = findings(app);
    expect(text).toBe('port 3306 of "range.example.com" leads straight to the address "192.0.2.1", which is routed through a gateway (\'shop/Db\'): the gateway does not see '
    + 'these connections; route both through the gateway, or take it out of this one');
  });

  test('of every chart is reported in one error, each once, whichever chart is synthesised', () => {
    const app = new App();
    for (const namespace of ['shop', 'data']) {
      const chart = chartOf(app, namespace);
      ['a', 'b'].forEach(name => tcp(chart, name, `${name}.${namespace}.example.com`, 3306, Resolution.dns()));
    }

    for (const chart of app.charts) {
      expect(() => chart.toJson()).toThrow(/\[shop\/b\] \[MX0203\][^\n]*\n[^\n]*\[data\/b\] \[MX0203\][^\n]*$/);
    }
  });

  test('comes and goes with a patch of another tool\'s object', () => {
    const app = new App();
    const chart = chartOf(app, 'shop');
    tcp(chart, 'Db', 'db.example.com', 1, ip('192.0.2.1'));
    const other = foreign(chart, 'Own', 'ServiceEntry', { hosts: ['own.example.com'], ports: [{ number: 2, protocol: 'TLS' }], exportTo: ['.'] });
    expect(findings(app)).toEqual([]);

    other.addJsonPatch(JsonPatch.replace('/spec/hosts/0', 'db.example.com'));
    expect(findings(app).map(({ rule }) => rule)).toEqual(['MX0201']);

    other.addJsonPatch(JsonPatch.replace('/spec/hosts/0', 'own.example.com'));
    expect(findings(app)).toEqual([]);
  });

  test('goes away when the objects change: another service, a patch, a call', () => {
    const app = new App();
    const chart = chartOf(app, 'shop');
    new ExternalService(chart, 'Api', { hosts: ['api.example.com'], ports: [{ number: 8883, protocol: Protocol.TLS }], resolution: Resolution.dns() });
    const db = tcp(chart, 'Db', 'db.example.com', 8883, Resolution.dns());
    expect(findings(app).map(({ rule }) => rule)).toEqual(['MX0203']);

    ApiObject.of(db).addJsonPatch(JsonPatch.add('/spec/addresses', ['192.0.2.1']));
    expect(findings(app)).toEqual([]);

    tcp(chart, 'Late', 'late.example.com', 8883, ip('192.0.2.1'));
    expect(findings(app).map(({ construct }) => construct)).toEqual(['shop/Late']);
  });
});
