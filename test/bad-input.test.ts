import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import {
  ConnectOptions, Credentials, EgressGateway, EgressGatewayAttributes, EgressViaGateway, ExternalMysql, ExternalRedis, ExternalService,
  ExternalServiceProps, ExternalTcp, GatewayLeg, IngressRoute, IstioApiVersion, Mesh, MeshClient, MeshService, Protocol, Resolution,
} from '../src';
import { filesBelow, inTempFolder, manifestsOf, messageOf } from './helpers';

// What an error has to name: the construct's path, the property, the value, and what to write instead.
type Case = [name: string, build: (chart: Chart) => void, construct: string, property: string, value: string, instead: string];

const IP = Resolution.ipAddresses('192.0.2.14');
const TLS = Protocol.TLS;

const mysql = (chart: Chart, more: Partial<ConstructorParameters<typeof ExternalMysql>[2]> = {}) =>
  new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: IP, ...more });

const service = (chart: Chart, more: Partial<ExternalServiceProps>) =>
  new ExternalService(chart, 'Api', { hosts: ['api.example.com'], ports: [{ number: 443, protocol: TLS }], resolution: Resolution.dns(), ...more });

const egress = (chart: Chart, more: Partial<EgressGatewayAttributes> = {}) => new EgressViaGateway(chart, 'Egress', {
  gateway: EgressGateway.fromAttributes({ serviceName: 'istio-egressgateway', namespaceName: 'istio-system', selector: { istio: 'egressgateway' }, ...more }),
});

const workload = (chart: Chart, more: object = {}) => new ApiObject(chart, 'Ratings', {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  spec: { template: { spec: { containers: [{ name: 'ratings' }] } } },
  ...more,
});

const connect = (options: ConnectOptions) => (chart: Chart) => mysql(chart).connectFrom(workload(chart), options);

const hosts: Case[] = [
  ['an IP address as host', c => mysql(c, { host: '192.0.2.14' }), 'Mysql', 'host', '"192.0.2.14"', 'Resolution.ipAddresses()'],
  ['an IPv6 address as host', c => mysql(c, { host: '2001:db8::1' }), 'Mysql', 'host', '"2001:db8::1"', 'Resolution.ipAddresses()'],
  ['a CIDR range as host', c => mysql(c, { host: '192.0.2.0/24' }), 'Mysql', 'host', '"192.0.2.0/24"', 'Resolution.ipAddresses()'],
  ['a host in capitals', c => mysql(c, { host: 'MySQL.example.com' }), 'Mysql', 'host', '"MySQL.example.com"', 'lower case'],
  ['a host with an underscore', c => mysql(c, { host: 'my_sql.example.com' }), 'Mysql', 'host', '"my_sql.example.com"', 'DNS name'],
  ['a host that ends in a dot', c => mysql(c, { host: 'mysql.example.com.' }), 'Mysql', 'host', '"mysql.example.com."', 'DNS name'],
  ['a URL as host', c => mysql(c, { host: 'mysql://db.example.com' }), 'Mysql', 'host', '"mysql://db.example.com"', 'DNS name'],
  ['a host with a port', c => mysql(c, { host: 'db.example.com:3306' }), 'Mysql', 'host', '"db.example.com:3306"', 'DNS name'],
  ['an empty host', c => mysql(c, { host: '' }), 'Mysql', 'host', '""', 'DNS name'],
  ['no host, from JavaScript', c => mysql(c, { host: undefined as never }), 'Mysql', 'host', 'is missing', 'ExternalMysql needs'],
  ['a host that is too long', c => mysql(c, { host: `${'a.'.repeat(130)}com` }), 'Mysql', 'host', '"a.a.', 'DNS name'],
  ['every name as host', c => service(c, { hosts: ['*'], resolution: Resolution.none() }), 'Api', 'hosts', '"*"', '"*.example.com"'],
  ['half a wildcard', c => service(c, { hosts: ['*db.example.com'], resolution: Resolution.none() }), 'Api', 'hosts', '"*db.example.com"', '"*.example.com"'],
  ['a host without a domain', c => mysql(c, { host: 'mysqldb' }), 'Mysql', 'host', '"mysqldb"', '"mysqldb.example.com"'],
  ['a service of the cluster', c => mysql(c, { host: 'db.shop.svc.cluster.local' }), 'Mysql', 'host', '"db.shop.svc.cluster.local"', 'outside the mesh'],
  ['no hosts', c => service(c, { hosts: [] }), 'Api', 'hosts', 'must not be empty', '"db.example.com"'],
  ['a host twice', c => service(c, { hosts: ['a.example.com', 'a.example.com'] }), 'Api', 'hosts', '"a.example.com" twice', 'write it once'],
  ['two hosts on a TCP port', c => service(c, { hosts: ['a.example.com', 'b.example.com'], ports: [{ number: 1 }], resolution: IP }),
    'Api', 'hosts', '"a.example.com", "b.example.com"', 'Protocol.TLS'],
];

const resolutions: Case[] = [
  ['an address that is none', c => mysql(c, { resolution: Resolution.ipAddresses('192.0.2') }), 'Mysql', 'Resolution.ipAddresses()', '"192.0.2"', '"192.0.2.14"'],
  ['a number too large in an address', c => mysql(c, { resolution: Resolution.ipAddresses('192.0.2.256') }),
    'Mysql', 'Resolution.ipAddresses()', '"192.0.2.256"', '"192.0.2.14"'],
  ['an address with a leading zero', c => mysql(c, { resolution: Resolution.ipAddresses('192.0.2.014') }),
    'Mysql', 'Resolution.ipAddresses()', '"192.0.2.014"', '"192.0.2.14"'],
  ['a name as address', c => mysql(c, { resolution: Resolution.ipAddresses('db.example.com') }),
    'Mysql', 'Resolution.ipAddresses()', '"db.example.com"', 'use Resolution.dns()'],
  ['a range that is too long', c => mysql(c, { resolution: Resolution.ipAddresses('192.0.2.0/33') }),
    'Mysql', 'Resolution.ipAddresses()', '"192.0.2.0/33"', '"192.0.2.0/24"'],
  ['a range without a length', c => mysql(c, { resolution: Resolution.ipAddresses('192.0.2.0/') }),
    'Mysql', 'Resolution.ipAddresses()', '"192.0.2.0/"', '"192.0.2.0/24"'],
  ['an address of one machine only', c => mysql(c, { resolution: Resolution.ipAddresses('fe80::1%eth0') }),
    'Mysql', 'Resolution.ipAddresses()', '"fe80::1%eth0"', '"192.0.2.14"'],
  ['no address', c => mysql(c, { resolution: Resolution.ipAddresses() }), 'Mysql', 'Resolution.ipAddresses()', 'must not be empty', '"192.0.2.14"'],
  ['an address twice', c => mysql(c, { resolution: Resolution.ipAddresses('192.0.2.14', '192.0.2.14/32') }),
    'Mysql', 'Resolution.ipAddresses()', '"192.0.2.14" twice', 'write it once'],
  ['an address twice in two spellings', c => mysql(c, { resolution: Resolution.ipAddresses('2001:db8::1', '2001:DB8:0::1') }),
    'Mysql', 'Resolution.ipAddresses()', '"2001:db8::1" twice', 'write it once'],
  ['a virtual range by name', c => mysql(c, { resolution: Resolution.dns(), addresses: ['192.0.2.0/24'] }), 'Mysql', 'addresses', '"192.0.2.0/24"', 'Resolution.ipAddresses()'],
  ['a virtual range by name, one address at a time', c => mysql(c, { resolution: Resolution.dnsRoundRobin(), addresses: ['192.0.2.0/24'] }),
    'Mysql', 'addresses', '"192.0.2.0/24"', 'single addresses'],
  ['a virtual address that is none', c => mysql(c, { resolution: Resolution.dns(), addresses: ['db'] }), 'Mysql', 'addresses', '"db"', '"192.0.2.14"'],
  ['a virtual address twice', c => mysql(c, { resolution: Resolution.dns(), addresses: ['192.0.2.1', '192.0.2.1'] }), 'Mysql', 'addresses', '"192.0.2.1" twice', 'write it once'],
  ['virtual and fixed addresses', c => mysql(c, { addresses: ['192.0.2.1'] }), 'Mysql', 'addresses', '"192.0.2.1"', 'Resolution.dns()'],
  ['virtual addresses for no resolution', c => service(c, { resolution: Resolution.none(), addresses: ['192.0.2.1'] }), 'Api', 'addresses', '"192.0.2.1"', 'Resolution.dns()'],
  ['a wildcard with fixed addresses', c => service(c, { hosts: ['*.example.com'], resolution: IP }), 'Api', 'host', '"*.example.com"', 'Resolution.none()'],
  ['a wildcard by name', c => service(c, { hosts: ['*.example.com'] }), 'Api', 'host', '"*.example.com"', 'Resolution.none()'],
  ['a wildcard by name, one address at a time', c => service(c, { hosts: ['*.example.com'], resolution: Resolution.dnsRoundRobin() }),
    'Api', 'host', '"*.example.com"', 'Resolution.none()'],
  ['no resolution on a TCP port', c => mysql(c, { resolution: Resolution.none() }), 'Mysql', 'resolution', 'Resolution.none()', 'Resolution.ipAddresses()'],
  ['something else as resolution, from JavaScript', c => mysql(c, { resolution: 'DNS' as never }), 'Mysql', 'resolution', '"DNS"', 'dnsRoundRobin()'],
  ['no resolution at all, from JavaScript', c => mysql(c, { resolution: undefined as never }), 'Mysql', 'resolution', 'is missing', 'ExternalMysql needs'],
];

const addresses: Case[] = ([
  ['127.0.0.1', 'loopback'], ['::1', 'loopback'], ['0.0.0.0', 'unspecified'], ['0.0.0.0/0', 'unspecified'], ['::/0', 'unspecified'], ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'], ['::ffff:192.0.2.1', 'write it as IPv4'], ['192.0.2.14/24', 'write "192.0.2.0/24" for the range, or "192.0.2.14"'],
] as const).map(([address, instead]): Case => [
  `the address ${address}`, c => mysql(c, { resolution: Resolution.ipAddresses(address) }), 'Mysql', 'Resolution.ipAddresses()', `"${address}"`, instead,
]);

const wishes: Case[] = [
  ['addresses as a list, from JavaScript', c => mysql(c, { resolution: Resolution.ipAddresses(['192.0.2.1'] as never) }), 'Mysql', 'Resolution.ipAddresses()', '["192.0.2.1"]', 'separate arguments'],
  ['clients as a list, from JavaScript', c => mysql(c).allowFrom([MeshClient.allIn('shop')] as never), 'Mysql', 'allowFrom()', 'got', 'separate arguments'],
  ['a client as text, from JavaScript', c => mysql(c).allowFrom('shop/cart' as never), 'Mysql', 'allowFrom()', '"shop/cart"', 'MeshClient.serviceAccount("shop", "cart")'],
  ['routes as a list, from JavaScript', c => egress(c).route([mysql(c)] as never), 'Egress', '', 'got', 'call it once for each'],
  ['an address of the link behind a gateway', c => egress(c).route(mysql(c, { resolution: Resolution.ipAddresses('169.254.169.254') })),
    'Mysql', 'Resolution.ipAddresses()', '"169.254.169.254"', 'connect to it directly'],
  ['an option of a call as a property', c => mysql(c, { delivery: 1 } as never), 'Mysql', 'delivery', 'is not a property of ExternalMysql', '\'delivery\' is an option of connectFrom()'],
  ['a Deployment as a gateway', c => new EgressViaGateway(c, 'Egress', { gateway: workload(c) as never }), 'Egress', 'gateway', 'got the construct', 'new EgressGateway()'],
  ['a misspelt property, from JavaScript', c => mysql(c, { addreses: [] } as never), 'Mysql', 'addreses', 'is not a property of ExternalMysql', '\'addresses\''],
  ['no properties, from JavaScript', c => new ExternalMysql(c, 'Mysql', undefined as never), 'Mysql', '', 'undefined', 'needs its properties as { host, port, resolution'],
  ['a protocol that does not exist, from JavaScript', c => service(c, { ports: [{ number: 1, protocol: (Protocol as never as { [name: string]: Protocol }).POSTGRESQL }] }),
    'Api', 'protocol', 'undefined', 'Protocol.TCP'],
  ['a list that is a text, from JavaScript', c => mysql(c, { exportTo: 'shop' as never }), 'Mysql', 'exportTo', '"shop"', 'must be a list like ["."]'],
  ['a misspelt key of a Secret, from JavaScript', c => mysql(c, { credentials: Credentials.fromSecret('s', { username: 'u' } as never) }), 'Mysql', 'username', 'is not a property', '\'usernameKey\''],
  ['a host with an address and a port', c => mysql(c, { host: '192.0.2.1:3306' }), 'Mysql', 'host', '"192.0.2.1:3306"', 'give the address with Resolution.ipAddresses()'],
  ['a short name of a Service', c => mysql(c, { host: 'mysql.db.svc' }), 'Mysql', 'host', '"mysql.db.svc"', 'outside the mesh'],
  ['a name in another script', c => mysql(c, { host: 'b\u00fccher.example.com' }), 'Mysql', 'host', 'example.com"', 'write "xn--bcher-kva.example.com"'],
  ['a prefix that ends in a dash', connect({ envPrefix: 'DB_' }), 'Mysql', 'envPrefix', '"DB_"', 'like "DB" for DB_HOST'],
  ['a variable for a user that nobody has', connect({ usernameVariable: 'U' }), 'Mysql', 'usernameVariable', 'no credentials', 'Credentials.fromSecret()'],
  ['a host of another service', connect({ hostName: 'other.example.com' }), 'Mysql', 'hostName', '"other.example.com"', '"mysqldb.example.com"'],
  ['a name that is no text, from JavaScript', c => mysql(c, { metadata: { name: 5 as never } }), 'Mysql', 'metadata.name', 'got 5', 'DNS name'],
  ['a misspelt property of the metadata', c => mysql(c, { metadata: { nam: 'x' } as never }), 'Mysql', 'nam', 'is not a property of \'metadata\'', '\'name\''],
  ['a name with a reserved part', c => mysql(c, { metadata: { name: 'mysql.upstream.3306' } }), 'Mysql', 'metadata.name', '"mysql.upstream.3306"', '"upstream"'],
];

const ports: Case[] = [
  ['port 0', c => mysql(c, { port: 0 }), 'Mysql', 'port', 'got 0', '1 to 65535'],
  ['port 65536', c => mysql(c, { port: 65536 }), 'Mysql', 'port', '65536', '1 to 65535'],
  ['a negative port', c => mysql(c, { port: -1 }), 'Mysql', 'port', '-1', '1 to 65535'],
  ['half a port', c => mysql(c, { port: 33.06 }), 'Mysql', 'port', '33.06', 'whole number'],
  ['a port that is no number', c => mysql(c, { port: NaN }), 'Mysql', 'port', 'NaN', 'whole number'],
  ['a port in quotes, from JavaScript', c => mysql(c, { port: '3306' as never }), 'Mysql', 'port', '"3306"', 'whole number'],
  ['a port of Redis', c => new ExternalRedis(c, 'Redis', { host: 'redis.example.com', port: 70000, resolution: IP }), 'Redis', 'port', '70000', '1 to 65535'],
  ['a port twice', c => new ExternalTcp(c, 'Ldap', { host: 'ldap.example.com', ports: [389, 389], resolution: IP }), 'Ldap', 'ports', '389 twice', 'write it once'],
  ['no ports', c => new ExternalTcp(c, 'Ldap', { host: 'ldap.example.com', ports: [], resolution: IP }), 'Ldap', 'ports', 'must not be empty', 'at least one'],
  ['no ports, from JavaScript', c => service(c, { ports: undefined as never }), 'Api', 'ports', 'is missing', 'ExternalService needs'],
  ['a target port', c => service(c, { ports: [{ number: 443, targetPort: 0 }] }), 'Api', 'targetPort', 'got 0', '1 to 65535'],
  ['a port name that is no label', c => service(c, { ports: [{ number: 443, name: 'tls_api' }] }), 'Api', 'name', '"tls_api"', 'DNS label'],
  ['a port name that is too long', c => service(c, { ports: [{ number: 443, name: 'x'.repeat(64) }] }), 'Api', 'name', '"xxx', 'at most 63'],
  ['an empty port name', c => service(c, { ports: [{ number: 443, name: '' }] }), 'Api', 'name', '""', 'DNS label'],
  ['a port name twice', c => service(c, { ports: [{ number: 1, name: 'a' }, { number: 2, name: 'a' }] }), 'Api', 'ports', '"a" twice', 'write it once'],
];

const names: Case[] = [
  ['a namespace to export to', c => mysql(c, { exportTo: ['Shop'] }), 'Mysql', 'exportTo', '"Shop"', 'DNS label'],
  ['nowhere to export to', c => mysql(c, { exportTo: [] }), 'Mysql', 'exportTo', 'must not be empty', '"."'],
  ['an object name', c => mysql(c, { metadata: { name: 'MySQL external' } }), 'Mysql', 'metadata.name', '"MySQL external"', 'DNS name'],
  ['an object namespace', c => mysql(c, { metadata: { namespace: 'book.info' } }), 'Mysql', 'metadata.namespace', '"book.info"', 'DNS label'],
  ['an id that leaves no name', c => new ExternalMysql(c, '数据库', { host: 'db.example.com', resolution: IP }), '数据库', 'metadata.name', '""', 'DNS name'],
  ['a namespace of a client', c => mysql(c).allowFrom(MeshClient.serviceAccount('Shop', 'cart')), 'Mysql', 'namespaceName', '"Shop"', 'DNS label'],
  ['a wildcard namespace of a client', c => mysql(c).allowFrom(MeshClient.allIn('*')), 'Mysql', 'namespaceName', '"*"', 'DNS label'],
  ['an account of a client', c => mysql(c).allowFrom(MeshClient.serviceAccount('shop', '*')), 'Mysql', 'accountName', '"*"', 'DNS name'],
  ['no client', c => mysql(c).allowFrom(), 'Mysql', 'allowFrom()', 'must not be empty', 'MeshClient.serviceAccount('],
  ['a gateway\'s Service', c => egress(c, { serviceName: 'Gateway' }), 'Egress', 'gateway.serviceName', '"Gateway"', 'DNS label'],
  ['a gateway\'s Service with its domain', c => egress(c, { serviceName: 'out.edge' }), 'Egress', 'gateway.serviceName', '"out.edge"', 'DNS label'],
  ['a gateway\'s namespace', c => egress(c, { namespaceName: '' }), 'Egress', 'gateway.namespaceName', '""', 'DNS label'],
  ['a gateway without labels', c => egress(c, { selector: {} }), 'Egress', 'gateway.selector', '{}', 'must have a label'],
  ['a label of a gateway that is no text', c => egress(c, { selector: { istio: 1 as never } }), 'Egress', 'gateway.selector', '{"istio":1}', 'must be labels'],
  ['a gateway\'s port', c => egress(c, { port: 0 }), 'Egress', 'gateway.port', 'got 0', '1 to 65535'],
  ['a version of a service', c => new MeshService(c, 'Reviews', { host: 'reviews', versions: ['v1.0'] }), 'Reviews', 'versions', '"v1.0"', 'DNS label'],
  ['no versions of a service', c => new MeshService(c, 'Reviews', { host: 'reviews', versions: [] }), 'Reviews', 'versions', 'must not be empty', '"v1"'],
  ['a version twice', c => new MeshService(c, 'Reviews', { host: 'reviews', versions: ['v1', 'v1'] }), 'Reviews', 'versions', '"v1" twice', 'write it once'],
  ['a service of the mesh', c => new MeshService(c, 'Reviews', { host: 'Reviews', versions: ['v1'] }), 'Reviews', 'host', '"Reviews"', 'DNS name'],
  ['an object name of rules', c => new MeshService(c, 'Reviews', { host: 'reviews', versions: ['v1'], metadata: { name: 'R' } }), 'Reviews', 'metadata.name', '"R"', 'DNS name'],
  ['an unknown version', c => new MeshService(c, 'Reviews', { host: 'reviews', versions: ['v1'] }).routeTo('v2'), 'Reviews', 'version', '"v2"', '"v1"'],
  ['an unknown version of a split', c => new MeshService(c, 'Reviews', { host: 'reviews', versions: ['v1'] }).split({ v2: 100 }), 'Reviews', 'version', '"v2"', '"v1"'],
  ['weights that are no whole', c => new MeshService(c, 'R', { host: 'r', versions: ['v1', 'v2'] }).split({ v1: 50, v2: 49 }), 'R', 'weights', '{"v1":50,"v2":49}', '100'],
  ['weights that are negative', c => new MeshService(c, 'R', { host: 'r', versions: ['v1', 'v2'] }).split({ v1: -1, v2: 101 }), 'R', 'weights', '{"v1":-1,"v2":101}', '100'],
  ['an ingress host', c => new IngressRoute(c, 'Page', { hosts: ['a b'], service: 'page', servicePort: 80 }), 'Page', 'hosts', '"a b"', 'DNS name'],
  ['no ingress host', c => new IngressRoute(c, 'Page', { hosts: [], service: 'page', servicePort: 80 }), 'Page', 'hosts', 'must not be empty', '"bookinfo.example.com"'],
  ['an ingress service', c => new IngressRoute(c, 'Page', { hosts: ['*'], service: 'Page', servicePort: 80 }), 'Page', 'service', '"Page"', 'DNS name'],
  ['an ingress service\'s port', c => new IngressRoute(c, 'Page', { hosts: ['*'], service: 'page', servicePort: 0 }), 'Page', 'servicePort', 'got 0', '1 to 65535'],
  ['an ingress port', c => new IngressRoute(c, 'Page', { hosts: ['*'], service: 'page', servicePort: 80, port: 0 }), 'Page', 'port', 'got 0', '1 to 65535'],
  ['an ingress without labels', c => new IngressRoute(c, 'Page', { hosts: ['*'], service: 'page', servicePort: 80, selector: {} }), 'Page', 'selector', '{}', 'must have a label'],
];

const routes: Case[] = [
  ['a range behind a gateway', c => egress(c).route(mysql(c, { resolution: Resolution.ipAddresses('192.0.2.1', '192.0.2.0/24') })),
    'Mysql', 'Resolution.ipAddresses()', '"192.0.2.0/24"', 'Resolution.dns()'],
  ['no resolution behind a gateway', c => egress(c).route(service(c, { resolution: Resolution.none() })), 'Api', 'resolution', 'Resolution.none()', 'Resolution.dns()'],
  ['a wildcard behind a gateway', c => egress(c).route(service(c, { hosts: ['*.example.com'], resolution: Resolution.none() })), 'Api', 'host', '"*.example.com"', 'name each host'],
  ['a plaintext port', c => egress(c).route(mysql(c), { leg: GatewayLeg.plaintext(0) }), 'Mysql', 'GatewayLeg.plaintext()', 'got 0', '1 to 65535'],
  ['plaintext on the port of mutual TLS', c => egress(c).route(mysql(c), { leg: GatewayLeg.plaintext(443) }), 'Mysql', 'GatewayLeg.plaintext()', '443', 'no other service uses'],
  ['plaintext for several ports',
    c => egress(c).route(new ExternalTcp(c, 'Ldap', { host: 'ldap.example.com', ports: [389, 3268], resolution: IP }), { leg: GatewayLeg.plaintext(389) }),
    'Ldap', 'GatewayLeg.plaintext()', 'has 2', 'GatewayLeg.istioMutual()'],
  ['a server name that is too long', c => egress(c).route(mysql(c, { host: `${'a.'.repeat(120)}example.com` })), 'Mysql', 'host', '"p3306.bookinfo.a.', 'more than 253'],
];

const connections: Case[] = [
  ['an empty key of the user', connect({ credentials: Credentials.fromSecret('s', { usernameKey: '' }) }), 'Mysql', 'usernameKey', '""', 'not empty'],
  ['an empty key of the password', connect({ credentials: Credentials.fromSecret('s', { passwordKey: '' }) }), 'Mysql', 'passwordKey', '""', 'not empty'],
  ['an empty key of a password alone', connect({ credentials: Credentials.passwordFromSecret('s', '') }), 'Mysql', 'passwordKey', '""', 'not empty'],
  ['a key with a slash', connect({ credentials: Credentials.fromSecret('s', { passwordKey: 'a/b' }) }), 'Mysql', 'passwordKey', '"a/b"', 'letters, digits'],
  ['a Secret without a name', connect({ credentials: Credentials.fromSecret('') }), 'Mysql', 'secretName', '""', 'DNS name'],
  ['a Secret of the service', c => mysql(c, { credentials: Credentials.fromSecret('My Secret') }), 'Mysql', 'secretName', '"My Secret"', 'DNS name'],
  ['a variable', connect({ hostVariable: 'MYSQL-HOST' }), 'Mysql', 'hostVariable', '"MYSQL-HOST"', 'letters, digits'],
  ['an empty variable', connect({ portVariable: '' }), 'Mysql', 'portVariable', '""', 'environment variable'],
  ['a prefix', connect({ envPrefix: '1DB' }), 'Mysql', 'envPrefix', '"1DB"', 'environment variable'],
  ['an empty container name', connect({ containerName: '' }), 'Mysql', 'containerName', '""', 'text that is not empty'],
  ['a port that the service does not have', connect({ portNumber: 3307 }), 'Mysql', 'portNumber', '3307', '3306'],
  ['a wildcard to connect to', c => service(c, { hosts: ['*.example.com'], resolution: Resolution.none() }).connectFrom(workload(c)), 'Api', 'host', '"*.example.com"', 'one name'],
  ['something without a pod template', c => mysql(c).connectFrom(workload(c, { kind: 'ConfigMap', spec: undefined })),
    'Mysql', 'test/Ratings', 'ConfigMap', 'give a Deployment'],
  ['a construct that is no object', c => mysql(c).connectFrom(new Construct(c, 'Nothing')), 'Mysql', 'test/Nothing', 'no pod template', 'give a Deployment'],
  ['a service as a workload', c => mysql(c).connectFrom(service(c, {})), 'Mysql', 'test/Api', 'ServiceEntry', 'give a Deployment'],
  ['a client without a pod template', c => mysql(c).allowFrom(MeshClient.workload(c)), 'Mysql', 'test', 'no pod template', 'give a Deployment'],
];

/** Names the property as it is quoted, the construct with its whole path, in one line that begins in lower case. */
function expectMessage(message: string, [construct, property, value, instead]: [string, string, string, string]) {
  expect(message.startsWith(`[test/${construct}] `)).toBe(true);
  // It may be in another property, or have a place in a list.
  expect(message).toMatch(property === '' ? /./ : new RegExp(`['.]${property.replace(/[.()]/g, '\\$&')}(\\[\\d+\\])?'`));
  expect(message).toContain(value);
  expect(message).toContain(instead);
  expect(message.replace(/^\[.*?\] /, '')).toMatch(/^([a-z'(]|External)[^\n]*$/);
  expect(message).not.toMatch(/undefined is not|cannot read prop/i);
}

describe.each<[string, Case[]]>([
  ['a host', hosts], ['a resolution', resolutions], ['a port', ports], ['a name', names], ['a route', routes], ['a connection', connections],
  ['an address', addresses], ['an argument', wishes],
])('%s is refused at once when it is', (_, cases) => {
  test.each(cases)('%s', (__, build, ...parts) => {
    const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });

    expectMessage(messageOf(() => build(chart)), parts);
  });
});

describe('calls that do not fit together are refused', () => {
  const at = (props?: { namespace?: string }) => new Chart(new App(), 'test', props ?? { namespace: 'bookinfo' });

  test('a service that is routed twice', () => {
    const chart = at();
    const routed = mysql(chart);
    const way = egress(chart);
    way.route(routed);

    expect(messageOf(() => way.route(routed))).toBe('[test/Mysql] is already routed: call route() once for each service');
  });

  test('a service that is routed through two gateways', () => {
    const chart = at();
    const routed = mysql(chart);
    egress(chart).route(routed);
    const other = new EgressViaGateway(chart, 'Other', { gateway: EgressGateway.istioEgressGateway() });

    expect(messageOf(() => other.route(routed))).toContain('[test/Mysql] is already routed');
  });

  test('a route for a service without a namespace', () => {
    const chart = at({});

    expect(messageOf(() => egress(chart).route(mysql(chart)))).toMatch(/^\[test\/Mysql\] has no namespace.*give the chart a 'namespace'$/);
  });

  test('a chart whose namespace is no DNS label', () => {
    const chart = at({ namespace: 'Book_info' });

    expect(messageOf(() => mysql(chart))).toContain('[test/Mysql] \'namespace\' must be a DNS label');
  });

  test('a plaintext port that another service uses', () => {
    const chart = at();
    const way = egress(chart);
    way.route(mysql(chart), { leg: GatewayLeg.plaintext(3306) });
    const other = new ExternalMysql(chart, 'Other', { host: 'other.example.com', resolution: Resolution.ipAddresses('192.0.2.15') });

    way.route(other, { leg: GatewayLeg.plaintext(3306) });
    [chart.node.findChild('Mysql') as ExternalMysql, other].forEach(routed => routed.allowFrom(MeshClient.allIn('bookinfo')));

    expect(messageOf(() => chart.toJson())).toContain('[test/Other] [MX0302] the plaintext server on port 3306 of the gateway shares it with '
      + '"p3306.bookinfo.mysqldb.example.com" (\'test/Mysql\'): istiod drops one of them; give \'GatewayLeg.plaintext()\' a port that no other service uses');
  });

  test('an unknown API version', () => {
    const message = messageOf(() => Mesh.declare(new App(), { apiVersion: 'v2' as IstioApiVersion }));

    expect(message).toBe('[app] \'apiVersion\' must be one of "v1", "v1beta1", "v1alpha3", got "v2"');
  });
});

describe('services that Istio would mix up are refused by synth', () => {
  /** What synth says of two services; each is a MySQL in a chart of its own. */
  function problem(
    first: Partial<ExternalServiceProps>,
    second: Partial<ExternalServiceProps>,
    more: { readonly namespaces?: string[]; readonly dnsCapture?: boolean } = {},
  ): string | undefined {
    const app = new App();
    Mesh.declare(app, { dnsCapture: more.dnsCapture });
    const [one, two] = more.namespaces ?? ['bookinfo', 'bookinfo'];
    const make = (id: string, namespace: string, props: Partial<ExternalServiceProps>) => new ExternalService(new Chart(app, id, { namespace }), 'Db', {
      hosts: [`${id}.example.com`],
      ports: [{ number: 3306 }],
      resolution: Resolution.dns(),
      metadata: { name: id },
      ...props,
    });
    make('a', one, first);
    make('b', two, second);
    try {
      manifestsOf(app);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  }

  test('two by name on one port, without DNS capture', () => {
    const message = problem({}, {});

    expect(message).toContain('[b/Db] [MX0203] port 3306 of "b.example.com" has no address, and');
    expect(message).toContain('in namespace "bookinfo" every connection to port 3306 already goes to "a.example.com" (\'a/Db\')');
    expect(message).toContain('Resolution.ipAddresses()');
    expect(message).toContain('Mesh.declare(app, { dnsCapture: true })');
  });

  test('not with DNS capture, where each has an address of its own', () => {
    expect(problem({}, {}, { dnsCapture: true })).toBeUndefined();
  });

  test('not in two namespaces that do not see each other\'s', () => {
    expect(problem({}, {}, { namespaces: ['bookinfo', 'shop'] })).toBeUndefined();
  });

  test('in two namespaces, when one sees both', () => {
    expect(problem({ exportTo: ['.', 'shop'] }, {}, { namespaces: ['bookinfo', 'shop'] })).toContain('in namespace "shop"');
  });

  test.each([['the first', { exportTo: ['*'] }, {}], ['the second', {}, { exportTo: ['*'] }]])('in two namespaces, when everybody sees %s', (_, first, second) => {
    expect(problem(first, second, { namespaces: ['bookinfo', 'shop'] })).toContain('[b/Db] [MX0203] port 3306');
  });

  test('not on two ports', () => {
    expect(problem({}, { ports: [{ number: 3307 }] })).toBeUndefined();
  });

  test('not with virtual addresses', () => {
    expect(problem({ addresses: ['192.0.2.1'] }, { addresses: ['192.0.2.2'] })).toBeUndefined();
  });

  test('with one virtual address', () => {
    expect(problem({ addresses: ['192.0.2.1'] }, { addresses: ['192.0.2.1'] })).toContain('address "192.0.2.1" with port 3306 is also declared by \'a/Db\'');
  });

  test('with one fixed address, in two spellings', () => {
    expect(problem({ resolution: Resolution.ipAddresses('192.0.2.1') }, { resolution: Resolution.ipAddresses('192.0.2.1/32') })).toContain('[b/Db] [MX0202] address "192.0.2.1"');
  });

  test('with one range, in two spellings', () => {
    expect(problem({ resolution: Resolution.ipAddresses('2001:db8::/32') }, { resolution: Resolution.ipAddresses('2001:DB8:0::/32') })).toContain('"2001:db8::/32"');
  });

  test('not when one has an address and one has none', () => {
    expect(problem({ resolution: IP }, {})).toBeUndefined();
  });

  test('not when both speak TLS', () => {
    expect(problem({ ports: [{ number: 443, protocol: TLS }] }, { ports: [{ number: 443, protocol: TLS }] })).toBeUndefined();
  });

  test('when one speaks TLS and the other takes the whole port', () => {
    const message = problem({ ports: [{ number: 443, protocol: TLS }] }, { ports: [{ number: 443 }] });

    expect(message).toContain('port 443 of "a.example.com" has no address, and');
  });

  test('one host twice', () => {
    const message = problem({ resolution: IP }, { resolution: Resolution.ipAddresses('192.0.2.15'), hosts: ['a.example.com'] });

    expect(message).toContain('[b/Db] [MX0201] \'hosts\' "a.example.com" is also declared by \'a/Db\', and both are visible in namespace "bookinfo"');
    expect(message).toContain('declare it once');
  });

  test('not one host in two namespaces that do not see each other\'s', () => {
    const host = { hosts: ['db.example.com'] };

    expect(problem(host, host, { namespaces: ['bookinfo', 'shop'] })).toBeUndefined();
  });

  test('a service that is seen past the gateway that it is routed through', () => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    egress(chart).route(mysql(chart, { exportTo: ['*'] }));

    expect(messageOf(() => manifestsOf(app))).toContain('[test/Mysql] \'exportTo\' ("*") cannot widen a service that is routed');
  });

  test('a client in a namespace that does not see the service', () => {
    const app = new App();
    mysql(new Chart(app, 'test', { namespace: 'bookinfo' }), { exportTo: ['.', 'audit'] }).connectFrom(workload(new Chart(app, 'shop', { namespace: 'shop' })));

    expect(messageOf(() => manifestsOf(app))).toContain('[test/Mysql] \'exportTo\' (".", "audit") leaves out "shop", which has a client: add it');
  });

  test('exportTo together with allowFrom, which both say who sees the service', () => {
    const app = new App();
    mysql(new Chart(app, 'test', { namespace: 'bookinfo' }), { exportTo: ['*'] }).allowFrom(MeshClient.allIn('shop'));

    expect(messageOf(() => manifestsOf(app))).toContain('[test/Mysql] \'exportTo\' ("*") and allowFrom() both say which namespaces see the service: use one of them');
  });

  test('exportTo leaves out a client of the same namespace, whichever that is', () => {
    const app = new App();
    const chart = new Chart(app, 'test');
    const database = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14'), exportTo: ['audit'] });
    database.connectFrom(new ApiObject(chart, 'Pod', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'main' }] } }));

    expect(messageOf(() => manifestsOf(app))).toContain('[test/Mysql] \'exportTo\' ("audit") leaves out ".", which has a client: add it');
  });

  test('a client without a namespace, of a service that has one', () => {
    const app = new App();
    mysql(new Chart(app, 'test', { namespace: 'bookinfo' })).connectFrom(workload(new Chart(app, 'nowhere')));

    expect(messageOf(() => manifestsOf(app))).toContain('[test/Mysql] a client has no namespace');
  });

  test('not a client without a namespace, of a service that has none either', () => {
    const app = new App();
    const chart = new Chart(app, 'test');
    mysql(chart).connectFrom(workload(chart));

    expect(() => manifestsOf(app)).not.toThrow();
  });

  test('an account as a client of a plaintext leg, where it could not be told from others', () => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    const routed = mysql(chart);
    routed.allowFrom(MeshClient.serviceAccount('bookinfo', 'ratings'));
    egress(chart).route(routed, { leg: GatewayLeg.plaintext(3306) });

    expect(messageOf(() => manifestsOf(app))).toContain('[test/Mysql] allowFrom() names an account, and a plaintext leg to the gateway carries no identity');
  });

  test('each mistake is said once', () => {
    const message = problem({}, {}) ?? '';

    expect(message.split('has no address, and')).toHaveLength(2);
  });
});

describe('nothing is written', () => {
  const good = (app: App) => mysql(new Chart(app, 'good', { namespace: 'bookinfo' }));
  const bad = (app: App) => {
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    ['A', 'B'].forEach(id => new ExternalMysql(chart, id, { host: `${id.toLowerCase()}.example.com`, resolution: Resolution.dns() }));
  };

  test.each([['first', [bad, good]], ['last', [good, bad]]])('when the chart with the mistake is the %s of two', (_, charts) => inTempFolder(folder => {
    const app = new App({ outdir: path.join(folder, 'dist') });
    charts.forEach(chart => chart(app));

    expect(messageOf(() => app.synth())).toContain('has no address, and');
    expect(filesBelow(folder)).toEqual([]);
  }));

  test('over what was there before', () => inTempFolder(folder => {
    const before = new App({ outdir: folder });
    good(before);
    before.synth();
    const written = fs.readFileSync(path.join(folder, 'good.k8s.yaml'), 'utf8');
    const after = new App({ outdir: folder });
    new ExternalMysql(new Chart(after, 'good', { namespace: 'shop' }), 'Mysql', { host: 'other.example.com', resolution: IP });
    bad(after);

    expect(messageOf(() => after.synth())).toContain('has no address, and');
    expect(fs.readFileSync(path.join(folder, 'good.k8s.yaml'), 'utf8')).toBe(written);
  }));

  test('but without a mistake everything is', () => inTempFolder(folder => {
    const app = new App({ outdir: folder });
    good(app);
    app.synth();

    expect(filesBelow(folder)).toEqual(['good.k8s.yaml']);
  }));
});

describe('no call from JavaScript ends in a bare TypeError:', () => {
  const factories: [string, () => unknown, string][] = [
    ['new MeshClient()', () => new (MeshClient as never as new () => unknown)(), '[MeshClient] cannot be constructed: use one of its factories serviceAccount()'],
    ['new GatewayLeg()', () => new (GatewayLeg as never as new () => unknown)(), '[GatewayLeg] cannot be constructed: use one of its factories istioMutual()'],
    ['new Resolution()', () => new (Resolution as never as new () => unknown)(), '[Resolution] cannot be constructed: use one of its factories ipAddresses()'],
    ['new Mesh()', () => new (Mesh as never as new () => unknown)(), '[Mesh] cannot be constructed: use one of its factories declare()'],
    ['ExternalService.allIn()', () => ExternalService.allIn(undefined as never), '[ExternalService.allIn()] ExternalService.allIn() needs the app'],
    ['Mesh.declare()', () => Mesh.declare(undefined as never, {}), '[Mesh.declare()] Mesh.declare() needs the app, got undefined'],
    ['Mesh.of()', () => Mesh.of('app' as never), '[Mesh.of()] Mesh.of() needs a construct of the app, got "app"'],
    ['dnsCapture as text', () => Mesh.declare(new App(), { dnsCapture: 'false' as never }), '[app] \'dnsCapture\' must be true or false, got "false"'],
    ['an unknown fact', () => Mesh.declare(new App(), { dnscapture: true } as never), '[app] \'dnscapture\' is not a property of Mesh.declare(): it has'],
    ['fromAttributes()', () => EgressGateway.fromAttributes(undefined as never), '[EgressGateway] EgressGateway.fromAttributes() needs its properties as { serviceName'],
    ['an unknown attribute', () => EgressGateway.fromAttributes({ labels: {} } as never), '[EgressGateway] \'labels\' is not a property of EgressGateway.fromAttributes()'],
  ];

  test.each(factories)('%s', (_, call, message) => {
    expect(messageOf(call).startsWith(message)).toBe(true);
  });

  const calls: [string, (chart: Chart) => unknown, string][] = [
    ['route() of nothing', c => egress(c).route(undefined as never), '[test/Egress] route() takes a service outside the mesh that this app declares, got undefined'],
    ['route() with a leg instead of options', c => egress(c).route(mysql(c), GatewayLeg.plaintext(1) as never), '[test/Egress] route() takes the leg as an option'],
    ['a gateway as text', c => new EgressViaGateway(c, 'E', { gateway: 'out' } as never), '[test/E] \'gateway\' must be EgressGateway.istioEgressGateway(), EgressGateway.fromAttributes() or'],
    ['null as gateway', c => new EgressViaGateway(c, 'E', { gateway: null } as never), '[test/E] \'gateway\' must be EgressGateway.istioEgressGateway(), EgressGateway.fromAttributes() or'],
    ['a gateway without a port', c => new EgressViaGateway(c, 'E', { gateway: { serviceName: 'a', namespaceName: 'b', selector: {} } as never }),
      '[test/E] \'gateway.port\' is missing: describe the gateway with EgressGateway.fromAttributes()'],
    ['account and namespace in one', c => mysql(c).allowFrom(MeshClient.serviceAccount('shop/cart', undefined as never)),
      '[test/Mysql] \'allowFrom()[0]\': MeshClient.serviceAccount() takes namespace and account, got "shop/cart": write MeshClient.serviceAccount("shop", "cart")'],
    ['a workload as text', c => mysql(c).connectFrom('ratings' as never), '[test/Mysql] connectFrom() needs a workload, such as a Deployment, got "ratings"'],
    ['options as text', c => mysql(c).connectFrom(workload(c), 'DB' as never), '[test/Mysql] connectFrom() needs its properties as { envPrefix'],
    ['a password as credentials', c => mysql(c, { credentials: 'hunter2' as never }), '[test/Mysql] \'credentials\' must be one of Credentials.fromSecret()'],
    ['weights of nothing', c => new MeshService(c, 'R', { host: 'r', versions: ['v1'] }).split(undefined as never), '[test/R] split() needs a weight for each version'],
    ['paths as text', c => new IngressRoute(c, 'P', { hosts: ['*'], service: 'p', servicePort: 1, paths: ['/'] as never }), '[test/P] \'paths[0]\' must be one of PathMatch.exact('],
    ['an app without a chart', () => mysql(new App() as never), '[Mysql] must be in a chart'],
  ];

  test.each(calls)('%s', (_, call, message) => {
    const said = messageOf(() => call(new Chart(new App(), 'test', { namespace: 'bookinfo' })));

    expect(said.slice(0, message.length)).toBe(message);
  });

  test('and no password is shown', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });

    for (const call of [
      () => mysql(chart, { credentials: 'hunter2' as never }),
      () => new ExternalMysql(chart, 'B', { host: 'root:hunter2@db.example.com', resolution: IP }),
      () => new ExternalMysql(chart, 'C', { host: 'mysql://root:hunter2@db.example.com', resolution: IP }),
      () => new ExternalMysql(chart, 'D', { host: 'db.example.com', resolution: IP, password: 'hunter2' } as never),
    ]) {
      expect(messageOf(call)).not.toContain('hunter2');
    }
  });

  test('a call that failed leaves nothing behind', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });
    const [way, database] = [egress(chart), mysql(chart)];
    messageOf(() => way.route(database, { leg: GatewayLeg.plaintext(0) }));
    messageOf(() => database.allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.serviceAccount('Shop', 'cart')));

    way.route(database);
    database.allowFrom(MeshClient.serviceAccount('bookinfo', 'ratings'));
    expect(database.describe().clients).toEqual([{ namespaceName: 'bookinfo', serviceAccountName: 'ratings' }]);
  });
});

describe('a workload whose identity is not what it was is refused:', () => {
  const said = (change: (object: ApiObject) => void, spec: object = {}) => {
    const app = new App();
    const chart = new Chart(app, 'test', { namespace: 'bookinfo' });
    const object = new ApiObject(chart, 'Pod', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'main' }], ...spec } });
    const database = mysql(chart);
    egress(chart).route(database);
    database.allowFrom(MeshClient.workload(object));
    change(object);
    return messageOf(() => manifestsOf(app));
  };

  test('moved to another namespace by a patch', () => {
    expect(said(object => object.addJsonPatch(JsonPatch.replace('/metadata/namespace', 'other'))))
      .toContain('[test/Mysql] its client \'test/Pod\' moved to namespace "other" after it was named');
  });

  test.each(['*', 'Bad_Name', 'a/../b', 5])('the service account %j', account => {
    expect(said(() => undefined, { serviceAccountName: account })).toContain(`has the service account ${JSON.stringify(account)}, which is no name of one`);
  });

  test('a namespace that is none', () => {
    const chart = new Chart(new App(), 'test', { namespace: 'bookinfo' });
    const object = new ApiObject(chart, 'Pod', { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: '*' }, spec: { containers: [{ name: 'main' }] } });

    expect(messageOf(() => mysql(chart).allowFrom(MeshClient.workload(object)))).toContain('must be a DNS label');
  });
});
