import { Duration } from 'cdk8s';
import {
  ClientTls, EgressGateway, EgressViaGateway, ExternalKafka, ExternalPort,
  ExternalService, ExternalServiceProps, ExternalTls, MeshClient, Protocol, Resolution,
} from '../../src';
import { all, messageOf, only, synth } from '../helpers';

interface More {
  readonly hosts?: string[];
  readonly protocol?: Protocol;
  readonly ports?: ExternalPort[];
  readonly addresses?: string[];
}

/** The objects of a service that is found like this. */
function manifestsWith(resolution: Resolution, more: More = {}) {
  return synth(chart => new ExternalService(chart, 'Db', {
    hosts: more.hosts ?? ['db.example.com'],
    ports: more.ports ?? [{ number: 5432, protocol: more.protocol ?? Protocol.TCP }],
    resolution,
    addresses: more.addresses,
  }));
}

/** The spec of the ServiceEntry of a service that is found like this. */
function entryOf(resolution: Resolution, more: More = {}) {
  return only(manifestsWith(resolution, more), 'ServiceEntry').spec;
}

describe('fixed addresses', () => {
  test('are networks of one address on the direct path, as the published recipe has them', () => {
    const spec = entryOf(Resolution.ipAddresses('192.0.2.14'));

    expect(spec.resolution).toBe('NONE');
    expect(spec.addresses).toEqual(['192.0.2.14/32']);
    expect(spec.endpoints).toBeUndefined();
  });

  test('may be several, in the order that was given', () => {
    expect(entryOf(Resolution.ipAddresses('192.0.2.15', '192.0.2.14')).addresses).toEqual(['192.0.2.15/32', '192.0.2.14/32']);
  });

  test('may be ranges', () => {
    expect(entryOf(Resolution.ipAddresses('192.0.2.0/28', '198.51.100.7')).addresses).toEqual(['192.0.2.0/28', '198.51.100.7/32']);
  });

  test('may be IPv6', () => {
    expect(entryOf(Resolution.ipAddresses('2001:db8::14', '2001:db8:1::/48')).addresses).toEqual(['2001:db8::14/128', '2001:db8:1::/48']);
  });
});

describe('by name', () => {
  test('every address of the name is used', () => {
    const spec = entryOf(Resolution.dns());

    expect(spec.resolution).toBe('DNS');
    expect(spec.addresses).toBeUndefined();
  });

  test('one address at a time is used', () => {
    expect(entryOf(Resolution.dnsRoundRobin()).resolution).toBe('DNS_ROUND_ROBIN');
  });

  test.each([['dns', Resolution.dns()], ['dnsRoundRobin', Resolution.dnsRoundRobin()]])('%s takes virtual addresses', (_, resolution) => {
    expect(entryOf(resolution, { addresses: ['198.51.100.7', '198.51.100.8/32'] }).addresses).toEqual(['198.51.100.7', '198.51.100.8']);
  });
});

describe('not at all', () => {
  test('serves a wildcard host of TLS', () => {
    const spec = entryOf(Resolution.none(), { hosts: ['*.example.com'], protocol: Protocol.TLS });

    expect(spec.hosts).toEqual(['*.example.com']);
    expect(spec.resolution).toBe('NONE');
    expect(spec.addresses).toBeUndefined();
  });
});

test.each([
  ['every address of a name', Resolution.dns(), 1],
  ['one address of a name at a time', Resolution.dnsRoundRobin(), 0],
  ['fixed addresses', Resolution.ipAddresses('192.0.2.14', '192.0.2.15'), 0],
])('%s: a sidecar leaves out an unhealthy endpoint only where it chooses one', (_, resolution, rules) => {
  expect(all(manifestsWith(resolution), 'DestinationRule')).toHaveLength(rules);
});

test('no resolution: a sidecar has no endpoint to leave out', () => {
  expect(all(manifestsWith(Resolution.none(), { protocol: Protocol.TLS }), 'DestinationRule')).toHaveLength(0);
});

describe('a message names the factory that was used', () => {
  const WILDCARD = { hosts: ['*.example.com'], protocol: Protocol.TLS };

  test.each([
    ['ipAddresses', Resolution.ipAddresses('192.0.2.14')],
    ['dns', Resolution.dns()],
    ['dnsRoundRobin', Resolution.dnsRoundRobin()],
  ])('for a wildcard: %s', (factory, resolution) => {
    expect(messageOf(() => entryOf(resolution, WILDCARD))).toContain(`which Resolution.${factory}() cannot serve`);
  });

  test.each([
    ['ipAddresses', Resolution.ipAddresses('192.0.2.14')],
    ['none', Resolution.none()],
  ])('for virtual addresses: %s', (factory, resolution) => {
    expect(messageOf(() => entryOf(resolution, { protocol: Protocol.TLS, addresses: ['192.0.2.1'] }))).toContain(`got "192.0.2.1" with Resolution.${factory}()`);
  });
});

test('fixed addresses of several hosts are refused, because every connection would end at the first', () => {
  const two = { hosts: ['a.example.com', 'b.example.com'], protocol: Protocol.TLS };

  expect(messageOf(() => entryOf(Resolution.ipAddresses('192.0.2.14'), two)))
    .toContain('\'Resolution.ipAddresses()\' would belong to 2 hosts ("a.example.com", "b.example.com")');
});

test('no resolution is refused when only one of the ports is TCP', () => {
  const ports = [{ number: 443, protocol: Protocol.TLS }, { number: 5432, protocol: Protocol.TCP }];

  expect(messageOf(() => entryOf(Resolution.none(), { ports }))).toContain('\'resolution\' Resolution.none() on a port that is not TLS');
});

describe('endpoints', () => {
  const two = (second: object, first: object = {}) => Resolution.endpoints({ address: '192.0.2.14', ...first }, { address: '198.51.100.14', ...second });
  const ruleOf = (resolution: Resolution, more: More = {}) => only(manifestsWith(resolution, more), 'DestinationRule').spec.trafficPolicy;

  test('of addresses are static, and captured by their addresses', () => {
    const spec = entryOf(two({}));

    expect(spec.resolution).toBe('STATIC');
    expect(spec.addresses).toEqual(['192.0.2.14/32', '198.51.100.14/32']);
    expect(spec.endpoints).toEqual([{ address: '192.0.2.14' }, { address: '198.51.100.14' }]);
  });

  test('of names are resolved by the proxies, and captured as a whole port', () => {
    const spec = entryOf(Resolution.endpoints({ address: 'a.example.com' }, { address: '192.0.2.14' }));

    expect(spec.resolution).toBe('DNS');
    expect(spec.addresses).toBeUndefined();
    // With a dot: a sidecar asks DNS, past what its pod's hosts file may say of the name for another service.
    expect(spec.endpoints).toEqual([{ address: 'a.example.com.' }, { address: '192.0.2.14' }]);
  });

  test('of TLS are found by the server name, whatever address the client has', () => {
    expect(entryOf(two({}), { protocol: Protocol.TLS }).addresses).toBeUndefined();
  });

  test('are captured by the addresses that are given for the host instead', () => {
    expect(entryOf(two({}), { addresses: ['240.0.0.7'] }).addresses).toEqual(['240.0.0.7']);
  });

  test('have labels by their priority, which the proxies are told the order of', () => {
    const resolution = Resolution.endpoints(
      { address: '192.0.2.3', priority: 9 }, { address: '192.0.2.1' }, { address: '192.0.2.2', priority: 4 }, { address: '192.0.2.4', priority: 4 });

    expect(entryOf(resolution).endpoints).toEqual([
      { address: '192.0.2.3' },
      { address: '192.0.2.1', labels: { 'failover-1': 'true', 'failover-2': 'true' } },
      { address: '192.0.2.2', labels: { 'failover-1': 'true' } },
      { address: '192.0.2.4', labels: { 'failover-1': 'true' } },
    ]);
    expect(ruleOf(resolution)).toEqual({
      connectionPool: { tcp: { connectTimeout: '2s' } },
      loadBalancer: { localityLbSetting: { failoverPriority: ['failover-1=true', 'failover-2=true'] } },
      // All but one, so that the next priority is reached however many endpoints the first one has.
      outlierDetection: { consecutive5xxErrors: 1, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 99 },
    });
  });

  test('of one priority have no order', () => {
    expect(entryOf(two({ priority: 3 }, { priority: 3 })).endpoints[0].labels).toBeUndefined();
    expect(ruleOf(two({})).loadBalancer).toBeUndefined();
    expect(ruleOf(two({})).outlierDetection.maxEjectionPercent).toBe(50);
  });

  test('have locality and weight as they are given', () => {
    expect(entryOf(two({ locality: 'eu/b', weight: 3 }, { locality: 'eu-central-1/a/1' })).endpoints).toEqual([
      { address: '192.0.2.14', locality: 'eu-central-1/a/1' }, { address: '198.51.100.14', locality: 'eu/b', weight: 3 },
    ]);
  });

  test('that are one address need no rule; a name may have several', () => {
    expect(all(manifestsWith(Resolution.endpoints({ address: '192.0.2.14' })), 'DestinationRule')).toEqual([]);
    expect(all(manifestsWith(Resolution.endpoints({ address: 'a.example.com' })), 'DestinationRule')).toHaveLength(1);
  });

  test('are the gateway\'s for a service that is routed, in the same order', () => {
    const manifests = synth(chart => {
      const db = new ExternalService(chart, 'Db', { hosts: ['db.example.com'], ports: [{ number: 5432 }], resolution: two({ priority: 1 }) });
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(db);
      db.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
    });

    expect(only(manifests, 'ServiceEntry', 'db.bookinfo.upstream.5432').spec.endpoints).toEqual([
      { address: '192.0.2.14', labels: { 'failover-1': 'true' } }, { address: '198.51.100.14' },
    ]);
    expect(only(manifests, 'DestinationRule', 'db.bookinfo.upstream.5432').spec.trafficPolicy.loadBalancer).toEqual({
      localityLbSetting: { failoverPriority: ['failover-1=true'] },
    });
  });

  test('can be the host itself and another one', () => {
    expect(entryOf(Resolution.endpoints({ address: 'db.example.com' }, { address: 'replica.example.com', priority: 1 })).endpoints[0].address).toBe('db.example.com.');
  });

  test('one of them serves every name of a wildcard', () => {
    const spec = entryOf(Resolution.endpoints({ address: '192.0.2.14' }), { hosts: ['*.example.com'], protocol: Protocol.TLS });

    expect(spec).toMatchObject({ hosts: ['*.example.com'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }] });
  });

  test.each<[string, () => Resolution, More, string]>([
    ['none', () => Resolution.endpoints(), {}, '\'Resolution.endpoints()\' must not be empty'],
    ['text', () => Resolution.endpoints('192.0.2.14' as never), {}, '\'Resolution.endpoints()[0]\' needs its properties as { address, priority, locality, ... }, got "192.0.2.14"'],
    ['without an address', () => Resolution.endpoints({} as never), {}, '\'address\' is missing, which \'Resolution.endpoints()[0]\' needs'],
    ['with an address that is none', () => Resolution.endpoints({ address: 'DB' }), {},
      '\'Resolution.endpoints()[0].address\' must be an IP address or a DNS name like "192.0.2.14" or "db.example.com", got "DB"'],
    ['with a short name', () => Resolution.endpoints({ address: 'db' }), {}, '\'Resolution.endpoints()[0].address\' must be an IP address or a DNS name'],
    ['with a range', () => Resolution.endpoints({ address: '192.0.2.0/24' }), {}, '\'Resolution.endpoints()[0].address\' must be an IP address or a DNS name'],
    ['with a number', () => Resolution.endpoints({ address: 5 as never }), {}, '\'Resolution.endpoints()[0].address\' must be an IP address or a DNS name'],
    ['of the machine itself', () => Resolution.endpoints({ address: '127.0.0.1' }), {}, '\'Resolution.endpoints()[0].address\' has "127.0.0.1", which is not one service outside the mesh (loopback)'],
    ['twice', () => Resolution.endpoints({ address: '2001:db8::1' }, { address: '2001:DB8::1' }), {}, '\'Resolution.endpoints()\' has "2001:db8::1" twice'],
    ['with a priority that is none', () => two({ priority: -1 }), {}, '\'Resolution.endpoints()[1].priority\' must be a whole number from 0 to 16, got -1'],
    ['with a weight that is none', () => two({ weight: 0 }), {}, '\'Resolution.endpoints()[1].weight\' must be a whole number from 1 to 2147483647, got 0'],
    ['with a locality that is none', () => two({ locality: 'eu//a' }), {},
      '\'Resolution.endpoints()[1].locality\' must be region, zone and subzone joined by "/", like "eu-central-1/eu-central-1a", got "eu//a"'],
    ['with an unknown property', () => two({ port: 1 }), {}, '\'port\' is not a property of \'Resolution.endpoints()[1]\': it has \'address\', \'priority\', \'locality\', \'weight\''],
    ['with priorities and localities', () => two({ locality: 'eu' }, { priority: 1 }), {},
      '\'priority\' 1 and \'locality\' "eu" both say which endpoint is asked first: use one of them'],
    ['for two hosts', () => two({}), { hosts: ['a.example.com', 'b.example.com'], protocol: Protocol.TLS },
      '\'Resolution.endpoints()\' would belong to 2 hosts ("a.example.com", "b.example.com"), and a connection to one of them would end at an endpoint of another'],
    ['that are two for a wildcard', () => two({}), { hosts: ['*.example.com'], protocol: Protocol.TLS },
      '\'host\' is the wildcard "*.example.com", for which Resolution.endpoints() has 2 endpoints: give the one server that answers for every name'],
    ['that are services of the cluster', () => Resolution.endpoints({ address: 'db.shop.svc.cluster.local' }), {},
      '\'Resolution.endpoints()[0].address\' must be outside the mesh, got "db.shop.svc.cluster.local", which is a service of the cluster'],
    ['for a wildcard of TCP', () => Resolution.endpoints({ address: '192.0.2.14' }), { hosts: ['*.example.com'] },
      '\'host\' is the wildcard "*.example.com", which Resolution.endpoints() serves on ports of TLS alone, where the server name passes as it is'],
    ['with a misspelt address', () => Resolution.endpoints({ address: '192.0.2.256' }), {},
      '\'Resolution.endpoints()[0].address\' must be an IP address or a DNS name like "192.0.2.14" or "db.example.com", got "192.0.2.256"'],
    ['with a range for the host', () => two({}), { addresses: ['240.0.0.0/24'] }, '\'addresses\' has the range "240.0.0.0/24", which Resolution.endpoints() forbids'],
  ])('are refused: %s', (_, resolution, more, message) => {
    expect(messageOf(() => manifestsWith(resolution(), more))).toContain(`[test/Db] ${message}`);
  });

  test('of a link are refused behind a gateway', () => {
    expect(messageOf(() => synth(chart => {
      const db = new ExternalService(chart, 'Db', { hosts: ['db.example.com'], ports: [{ number: 80 }], resolution: Resolution.endpoints({ address: '169.254.169.254' }) });
      new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(db);
    }))).toContain('[test/Db] \'Resolution.endpoints()\' has "169.254.169.254", an address of the link');
  });

  test('are no member of a cluster', () => {
    expect(messageOf(() => synth(chart => new ExternalKafka(chart, 'Db', { brokers: [{ host: 'a.example.com', resolution: two({}) }] }))))
      .toContain('[test/Db] \'brokers[0].resolution\' Resolution.endpoints() of a member lets a proxy choose, and a member is one server');
  });
});

describe('a wildcard', () => {
  test('of TLS is resolved by the sidecars, name by name', () => {
    const spec = entryOf(Resolution.dynamicDns(), { hosts: ['*.example.com', '*.example.org'], protocol: Protocol.TLS });

    expect(spec).toMatchObject({ hosts: ['*.example.com', '*.example.org'], resolution: 'DYNAMIC_DNS' });
    expect(spec.addresses).toBeUndefined();
    expect(spec.endpoints).toBeUndefined();
  });

  test.each<[string, More, string]>([
    ['a name', { hosts: ['db.example.com'], protocol: Protocol.TLS }, '\'resolution\' Resolution.dynamicDns() is for wildcards, and "db.example.com" is a name of its own: use Resolution.dns()'],
    ['TCP', { hosts: ['*.example.com'] }, '\'resolution\' Resolution.dynamicDns() needs the name that a client asks for, which a TCP port does not show: use Protocol.TLS'],
    ['HTTP', { hosts: ['*.example.com'], protocol: Protocol.HTTP }, '\'resolution\' Resolution.dynamicDns() of HTTP would let clients reach every port of every host of the '
      + 'domain, because a sidecar connects to the port in the host of a request: use Protocol.TLS, or name each host'],
    ['virtual addresses', { hosts: ['*.example.com'], protocol: Protocol.TLS, addresses: ['240.0.0.7'] }, '\'addresses\' are virtual addresses'],
  ])('is the only thing that is: not %s', (_, more, message) => {
    expect(messageOf(() => manifestsWith(Resolution.dynamicDns(), more))).toContain(`[test/Db] ${message}`);
  });

  test('has no other port at its servers than the one that a client dials', () => {
    const port = { number: 443, protocol: Protocol.TLS, targetPort: 8443 };

    expect(messageOf(() => manifestsWith(Resolution.dynamicDns(), { hosts: ['*.example.com'], ports: [port] }))).toContain(
      '[test/Db] \'targetPort\' 8443 of port 443 has no effect with Resolution.dynamicDns(), where a sidecar connects to the port that the client dials');
  });

  test('has no rules, which would hold for other hosts of the domain', () => {
    const one = Resolution.endpoints({ address: 'a.example.com' });
    const wildcard = (resolution: Resolution, more: Partial<ExternalServiceProps> = {}) => synth(chart => new ExternalService(chart, 'Db', {
      hosts: ['*.example.com'], ports: [{ number: 443, protocol: Protocol.TLS }], resolution, ...more,
    }));

    expect(all(wildcard(one), 'DestinationRule')).toEqual([]);
    expect(messageOf(() => wildcard(one, { connection: { maxConnections: 1 } }))).toContain(
      '[test/Db] \'connection\' of the wildcard "*.example.com" would hold for every other service of that domain as well: name the hosts that it is for');
    expect(messageOf(() => wildcard(Resolution.none(), { http: { timeout: Duration.seconds(1) } }))).toContain('[test/Db] \'http\' of the wildcard "*.example.com" would hold');
    expect(messageOf(() => wildcard(one, { ports: [{ number: 6379, protocol: Protocol.REDIS, tls: ClientTls.originate() }] }))).toMatch(/wildcard "\*\.example\.com"/);
  });

  test.each(['*.cluster.local', '*.svc.cluster.local'])('is not %s, the services of the cluster', host => {
    expect(messageOf(() => manifestsWith(Resolution.none(), { hosts: [host], protocol: Protocol.TLS }))).toContain(`[test/Db] 'hosts[0]' must be outside the mesh, got "${host}"`);
  });

  const routed = (resolution: Resolution, ...clients: MeshClient[]) => synth(chart => {
    const sites = new ExternalTls(chart, 'Db', { host: '*.example.com', resolution });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(sites);
    sites.allowFrom(...clients);
  });
  const cart = MeshClient.serviceAccount('shop', 'cart');

  test('goes through a gateway to one server that answers for all, under a server name that no host has', () => {
    const manifests = routed(Resolution.endpoints({ address: '192.0.2.14' }), cart, MeshClient.allIn('web'));
    const names = only(manifests, 'Gateway').spec.servers.flatMap(({ hosts }: { hosts: string[] }) => hosts);

    expect(names).toEqual(['./any443.bookinfo.example.com', './in.web.bookinfo.any443.example.com']);
    expect(only(manifests, 'VirtualService', 'db.bookinfo.outbound').spec).toMatchObject({
      hosts: ['*.example.com'], tls: [{ match: [{ port: 443, sniHosts: ['*.example.com'] }] }],
    });
    expect(only(manifests, 'ServiceEntry', 'db.bookinfo.upstream.443').spec).toMatchObject({
      hosts: ['any443.bookinfo.example.com'], endpoints: [{ address: '192.0.2.14' }],
    });
  });

  test.each<[string, Resolution, string]>([
    ['none', Resolution.none(), '\'host\' is the wildcard "*.example.com", and a gateway needs one place to send to: name each host, or let one server answer for all of '
      + 'them with Resolution.endpoints()'],
    ['dynamicDns', Resolution.dynamicDns(), '\'resolution\' Resolution.dynamicDns() is the sidecars\', and a gateway knows no name that it could resolve: connect directly, or let '
      + 'one server answer for the wildcard with Resolution.endpoints()'],
  ])('does not go through a gateway with %s', (_, resolution, message) => {
    expect(messageOf(() => routed(resolution, cart))).toContain(`[test/Db] ${message}`);
  });
});
