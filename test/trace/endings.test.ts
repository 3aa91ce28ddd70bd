import { causesAt, deployment, entry, hopAt, object, traced, viewOfOdd } from './helpers';
import { trace } from '../../src/trace/trace';

const DB = 'db.example.com';

const at = (address: string, more: object = {}) => entry(DB, 3306, 'TCP', { addresses: [address], resolution: 'STATIC', endpoints: [{ address }], ...more });

describe('what nothing declares', () => {
  test('is reset with REGISTRY_ONLY', () => {
    const found = traced([], 'cart', `${DB}:3306`);

    expect(found.end).toMatchObject({ kind: 'NOWHERE', seen: 'the connection is reset at once', endpoints: [] });
    expect(hopAt(found, 'sidecar').facts.cluster).toBe('BlackHoleCluster');
  });

  test('goes straight out with ALLOW_ANY', () => {
    const found = traced([], 'cart', `${DB}:3306`, { facts: { outboundTrafficPolicy: 'ALLOW_ANY' } });

    expect(found.end).toMatchObject({ kind: 'DIRECT', endpoints: [`${DB}:3306`] });
    expect(hopAt(found, 'sidecar').facts.cluster).toBe('PassthroughCluster');
  });

  test('is reset on ALLOW_ANY where a Sidecar says so, which is named', () => {
    const sidecar = object('Sidecar', 'closed', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } });
    const found = traced([sidecar], 'cart', `${DB}:3306`, { facts: { outboundTrafficPolicy: 'ALLOW_ANY' } });

    expect(found.end.kind).toBe('NOWHERE');
    expect(causesAt(found, 'sidecar')).toEqual(['Sidecar shop/closed spec.outboundTrafficPolicy']);
    expect(traced([sidecar], 'other/cart', `${DB}:3306`, { facts: { outboundTrafficPolicy: 'ALLOW_ANY' } }).end.kind).toBe('DIRECT');
  });

  test('goes to the egress proxy of the Sidecar, with ALLOW_ANY alone', () => {
    const proxy = entry('proxy.example.com', 3128, 'TCP', { addresses: ['192.0.2.9'] });
    const sidecar = (mode: string, egressProxy: object) => object('Sidecar', 'open', { outboundTrafficPolicy: { mode, egressProxy } });
    const to = { host: 'proxy.example.com', port: { number: 3128 } };
    const found = traced([proxy, sidecar('ALLOW_ANY', to)], 'cart', `${DB}:3306`);

    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: ['proxy.example.com:3128'] });
    expect(hopAt(found, 'sidecar').facts.cluster).toBe('outbound|3128||proxy.example.com');
    expect(traced([proxy, sidecar('REGISTRY_ONLY', to)], 'cart', `${DB}:3306`).end.kind).toBe('NOWHERE');
    expect(traced([proxy, sidecar('ALLOW_ANY', { host: 'proxy.example.com' })], 'cart', `${DB}:3306`).end).toMatchObject({
      kind: 'NOWHERE', text: expect.stringContaining('proxy.example.com has no port 0') as string,
    });
  });

  test('is answered with 502 where a listener takes requests', () => {
    expect(traced([entry('api.example.com', 80, 'HTTP')], 'cart', 'other.example.com:80').end).toMatchObject({ kind: 'NOWHERE', seen: '502 Bad Gateway' });
    expect(traced([entry('api.example.com', 443, 'TLS')], 'cart', 'api.example.com:443', { protocol: 'HTTP' }).end).toMatchObject({ kind: 'NOWHERE', seen: 'the connection is reset at once' });
  });

  test.each([
    ['cart', 'ratings:9080', ['did you mean ratings.bookinfo.svc.cluster.local?']],
    ['bookinfo/cart', 'ratngs:9080', ['did you mean ratings.bookinfo.svc.cluster.local?']],
    ['cart', 'ratings.bokinfo:9080', ['did you mean ratings.bookinfo.svc.cluster.local?']],
    ['cart', 'api.exmaple.com:443', ['did you mean api.example.com?']],
    ['cart', 'other.example.com:443', []],
  ])('%s asked for %s, which may be a slip', (from, to, notes) => {
    const objects = [object('Service', 'bookinfo/ratings', { selector: { app: 'ratings' }, ports: [{ name: 'http', port: 9080 }] }), entry('api.example.com', 443, 'TLS')];

    expect(hopAt(traced(objects, from, to), 'sidecar').notes).toEqual(notes);
  });

  test('is an address, too', () => {
    expect(traced([at('192.0.2.14')], 'cart', '192.0.2.15:3306').end.kind).toBe('NOWHERE');
    expect(traced([at('192.0.2.14')], 'cart', '192.0.2.14:3306').end).toMatchObject({ kind: 'REACHES', endpoints: ['192.0.2.14:3306'] });
  });
});

describe('visibility', () => {
  test('an entry for another namespace is not known, and that is said', () => {
    const found = traced([at('192.0.2.14', { exportTo: ['other'] })], 'cart', `${DB}:3306`);

    expect(found.end.kind).toBe('NOWHERE');
    expect(causesAt(found, 'sidecar')).toEqual(['ServiceEntry shop/db-example-com spec.exportTo']);
    expect(traced([at('192.0.2.14', { exportTo: ['other'] })], 'other/cart', `${DB}:3306`).end.kind).toBe('REACHES');
  });

  test('a Sidecar that does not name the entry hides it', () => {
    const sidecar = (hosts: string[]) => object('Sidecar', 'other/default', { egress: [{ hosts }] });

    expect(traced([at('192.0.2.14'), sidecar(['./*'])], 'other/cart', `${DB}:3306`).end.kind).toBe('NOWHERE');
    expect(traced([at('192.0.2.14'), sidecar(['./*', 'shop/*'])], 'other/cart', `${DB}:3306`).end.kind).toBe('REACHES');
    expect(traced([at('192.0.2.14'), sidecar(['*/*.example.com'])], 'other/cart', `${DB}:3306`).end.kind).toBe('REACHES');
    expect(traced([at('192.0.2.14'), sidecar(['*/*', '~shop/db.example.com'])], 'other/cart', `${DB}:3306`).end.kind).toBe('NOWHERE');
  });

  describe('a Sidecar that names hosts alone imports an entry at one of its addresses, and nobody knows which', () => {
    const both = entry(DB, 3306, 'TCP', { addresses: ['192.0.2.14', '192.0.2.16/30'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }] });
    const found = (hosts: string[], more: Parameters<typeof traced>[3] = {}, objects = [both]) => (
      traced([...objects, object('Sidecar', 'default', { egress: [{ hosts }] })], 'cart', `${DB}:3306`, more));

    test.each([undefined, '192.0.2.14', '192.0.2.17'])('at %s', address => {
      const { end, hops } = found([`./${DB}`, '~other/*'], { address });

      expect(end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('add a host with a wildcard to Sidecar shop/default, such as "./*" (MX0610)') });
      expect(hops[0].facts.address).toBe(address ?? '192.0.2.14');
      expect(causesAt(found([`./${DB}`], { address }), 'sidecar')).toEqual(['Sidecar shop/default spec.egress', 'ServiceEntry shop/db-example-com spec.addresses']);
    });

    test('which is known where a host has a wildcard, where the entry has one address, and at another one', () => {
      expect(found([`*/${DB}`], { address: '192.0.2.17' }).end.kind).toBe('REACHES');
      expect(found([`shop/${DB}`, 'other/*'], { address: '192.0.2.17' }).end.kind).toBe('REACHES');
      expect(found([`shop/${DB}`], { address: '192.0.2.15' }).end.kind).toBe('NOWHERE');
      expect(found([`shop/${DB}`], {}, [at('192.0.2.14')]).end.kind).toBe('REACHES');
    });

    test('which requests do not depend on, if they name the host', () => {
      const http = entry(DB, 3306, 'HTTP', { addresses: ['192.0.2.14', '192.0.2.15'], resolution: 'DNS' });
      const sidecar = object('Sidecar', 'default', { egress: [{ hosts: [`./${DB}`] }] });

      expect(traced([http, sidecar], 'cart', `${DB}:3306`).end.kind).toBe('REACHES');
      expect(traced([http, sidecar], 'cart', '192.0.2.15:3306', { protocol: 'HTTP' }).end.kind).toBe('UNKNOWN');
    });
  });

  test('a Sidecar with a selector comes before that of the namespace, and that of the root namespace after it', () => {
    const all = object('Sidecar', 'istio-system/default', { egress: [{ hosts: ['istio-system/*'] }] });
    const some = object('Sidecar', 'cart', { workloadSelector: { labels: { app: 'cart' } }, egress: [{ hosts: ['*/*'] }] });

    expect(traced([at('192.0.2.14'), all, some], 'cart', `${DB}:3306`, { labels: { app: 'cart' } }).end.kind).toBe('REACHES');
    expect(traced([at('192.0.2.14'), all, some], 'cart', `${DB}:3306`, { labels: { app: 'other' } }).end.kind).toBe('NOWHERE');
  });

  describe('of several Sidecars', () => {
    const sidecar = (name: string, hosts: string[], labels: object | undefined, creationTimestamp?: string) => (
      object('Sidecar', name, { ...labels && { workloadSelector: { labels } }, egress: [{ hosts }] }, { creationTimestamp }));
    const end = (...sidecars: string[]) => traced([at('192.0.2.14'), ...sidecars], 'cart', `${DB}:3306`, { labels: { app: 'cart' } }).end.kind;

    test('one with an empty selector is for every pod, and comes before the one of the namespace', () => {
      expect(end(sidecar('aaa', ['other/*'], undefined), sidecar('open', ['*/*'], {}))).toBe('REACHES');
    });

    test('one with an empty selector in the root namespace is for that namespace alone', () => {
      expect(end(sidecar('istio-system/closed', ['istio-system/*'], {}))).toBe('REACHES');
    });

    test('the oldest holds, and of one age the first by name', () => {
      const [closed, open] = [['other/*'], ['*/*']];

      expect(end(sidecar('aaa', closed, { app: 'cart' }, '2027-01-02T00:00:00Z'), sidecar('zzz', open, { app: 'cart' }, '2027-01-01T00:00:00Z'))).toBe('REACHES');
      expect(end(sidecar('zzz', closed, { app: 'cart' }), sidecar('aaa', open, { app: 'cart' }))).toBe('REACHES');
      expect(end(sidecar('aaa', closed, {}), sidecar('bbb', open, { app: 'cart' }))).toBe('NOWHERE');
    });
  });

  test('a Sidecar that does not import it is named, with what it imports', () => {
    const sidecar = (more: object = {}) => object('Sidecar', 'other/default', { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: ['./*'], ...more }] });
    const found = traced([at('192.0.2.14'), sidecar()], 'other/cart', `${DB}:3306`);

    expect(hopAt(found, 'sidecar').text).toContain(`${DB} is declared, and Sidecar other/default does not import it: its hosts are ./*`);
    expect(causesAt(found, 'sidecar')).toEqual(['Sidecar other/default spec.egress[0]', 'ServiceEntry shop/db-example-com ']);
    expect(hopAt(traced([at('192.0.2.14'), sidecar({ port: { number: 443, protocol: 'TLS', name: 'tls' } })], 'other/cart', `${DB}:3306`), 'sidecar').text)
      .toContain('Sidecar other/default has no egress listener for port 3306');
  });

  test('an egress listener of the port comes before the one for all ports', () => {
    const sidecar = object('Sidecar', 'default', { egress: [{ port: { number: 3306, protocol: 'TCP', name: 'tcp' }, hosts: ['other/*'] }, { hosts: ['*/*'] }] });

    expect(traced([at('192.0.2.14'), sidecar], 'cart', `${DB}:3306`).end.kind).toBe('NOWHERE');
  });

  describe('an egress listener that is an HTTP proxy', () => {
    const api = 'api.example.com';
    const objects = (hosts: string) => [entry(api, 80, 'HTTP'), entry('proxy.example.com', 3128, 'HTTP'), object('Sidecar', 'default', {
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      egress: [{ port: { number: 3128, protocol: 'HTTP_PROXY', name: 'proxy' }, bind: '127.0.0.1', hosts: [hosts] }, { hosts: ['istio-system/*'] }],
    })];

    test('may be the way to a host that no other listener knows', () => {
      const found = traced(objects('./*'), 'cart', `${api}:80`);

      expect(found.end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('what an application asks of it is not followed') as string });
      expect(causesAt(found, 'sidecar', 1)).toEqual(['Sidecar shop/default spec.egress[0]']);
    });

    test('is none to a host that it does not name, nor for TLS', () => {
      expect(traced(objects('other/*'), 'cart', `${api}:80`).end.kind).toBe('NOWHERE');
      expect(traced(objects('./*'), 'cart', `${api}:80`, { protocol: 'TLS' }).end.kind).toBe('NOWHERE');
    });

    test('does not show where a connection to its own port goes', () => {
      expect(traced(objects('./*'), 'cart', 'proxy.example.com:3128').end.kind).toBe('UNKNOWN');
    });
  });
});

describe('what has no place in the configuration of a proxy', () => {
  test('a port of UDP, which a VirtualService sends to', () => {
    const udp = entry('udp.example.com', 3306, 'UDP', {}, 'udp');
    const route = object('VirtualService', 'db', { hosts: [DB], tcp: [{ route: [{ destination: { host: 'udp.example.com', port: { number: 3306 } } }] }] });

    expect(traced([at('192.0.2.14'), udp, route], 'cart', `${DB}:3306`).end).toMatchObject({
      kind: 'NOWHERE', text: expect.stringContaining('udp.example.com has no port 3306 for TCP') as string,
    });
  });

  test('all but the first of the workloads that DNS_ROUND_ROBIN is given', () => {
    const chosen = (resolution: string) => {
      const machines = ['a', 'b'].map((name, i) => object('WorkloadEntry', name, { address: `198.51.100.${i + 1}`, labels: { app: 'db' } }));
      return traced([entry(DB, 3306, 'TCP', { resolution, workloadSelector: { labels: { app: 'db' } } }), ...machines], 'cart', `${DB}:3306`).end.endpoints;
    };

    expect(chosen('DNS_ROUND_ROBIN')).toEqual(['198.51.100.1:3306']);
    expect(chosen('DNS')).toEqual(['198.51.100.1:3306', '198.51.100.2:3306']);
  });

  test('an address of a Service that is another name', () => {
    const alias = object('Service', 'db', { type: 'ExternalName', externalName: DB, ports: [{ port: 3306, name: 'tcp' }] });
    const found = traced([alias], 'cart', 'db:3306');

    expect(hopAt(found, 'application').facts.address).toBe('');
  });
});

describe('the listener of another', () => {
  test('takes every address of its port, and the one without a place is named', () => {
    const objects = [entry('aaa.example.com', 3306, 'TCP'), entry(DB, 3306, 'TCP')];
    const found = traced(objects, 'cart', `${DB}:3306`);

    expect(found.end).toMatchObject({
      kind: 'REACHES', endpoints: ['aaa.example.com:3306'], text: expect.stringContaining(`by the way of aaa.example.com: not where ${DB} was asked for`) as string,
    });
    expect(hopAt(found, 'sidecar').notes.join()).toContain(`istiod leaves ${DB}`);
    expect(causesAt(found, 'sidecar')).toEqual(['ServiceEntry shop/aaa-example-com spec.ports[0]']);
  });

  test('with DNS capture each has an address of its own', () => {
    const objects = [entry('aaa.example.com', 3306, 'TCP'), entry(DB, 3306, 'TCP')];

    expect(traced(objects, 'cart', `${DB}:3306`, { facts: { dnsCapture: true } }).end.endpoints).toEqual([`${DB}:3306`]);
  });

  test('the smaller range has the connection', () => {
    const range = (host: string, address: string) => entry(host, 3306, 'TCP', { addresses: [address], resolution: 'NONE' });
    const found = traced([range('wide.example.com', '192.0.2.0/24'), range(DB, '192.0.2.0/28')], 'cart', '192.0.2.3:3306');

    expect(hopAt(found, 'sidecar').facts.service).toBe(DB);
    expect(found.end.endpoints).toEqual(['192.0.2.3:3306']);
  });

  test('who takes it is said where DNS decides', () => {
    const wide = entry('wide.example.com', 443, 'TCP', { addresses: ['192.0.2.0/24'], resolution: 'NONE' });
    const found = traced([wide, entry(DB, 443, 'TLS')], 'cart', `${DB}:443`);

    expect(found.end.endpoints).toEqual([`${DB}:443`]);
    expect(hopAt(found, 'sidecar').notes).toEqual(['if DNS says an address in 192.0.2.0/24, it is taken by wide.example.com']);
  });

  test('a server-first protocol waits where HTTP is on the port', () => {
    const found = traced([entry('api.example.com', 3306, 'HTTP'), entry(DB, 3306, 'TCP')], 'cart', `${DB}:3306`);

    expect(hopAt(found, 'sidecar').notes.join()).toContain('the connection hangs');
  });

  test('MONGO and MYSQL share their port with no other protocol', () => {
    const found = traced([entry('aaa.example.com', 3306, 'TCP'), entry(DB, 3306, 'MYSQL')], 'cart', `${DB}:3306`);

    expect(hopAt(found, 'sidecar')).toMatchObject({ facts: { service: 'aaa.example.com' }, notes: [expect.stringContaining('has its place') as string, expect.anything()] });
  });
});

describe('the way of a pod', () => {
  const facts = { outboundTrafficPolicy: 'REGISTRY_ONLY' as const };

  test.each([
    ['opts out', { labels: { 'sidecar.istio.io/inject': 'false' } }],
    ['has the network of its node', { spec: { hostNetwork: true } }],
    ['excludes the port', { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '80,3306' } }],
    ['excludes the address', { annotations: { 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '192.0.2.0/24' } }],
    ['redirects nothing', { annotations: { 'sidecar.istio.io/interceptionMode': 'NONE' } }],
    ['runs as the user of the proxy', { spec: { containers: [{ name: 'cart', securityContext: { runAsUser: 1337 } }] } }],
    ['includes other addresses', { annotations: { 'traffic.sidecar.istio.io/includeOutboundIPRanges': '10.0.0.0/8' } }],
    ['redirects nothing, by the settings of its proxy', { annotations: { 'proxy.istio.io/config': 'concurrency: 2\ninterceptionMode: NONE\n' } }],
    ['excludes its interface', { annotations: { 'traffic.sidecar.istio.io/excludeInterfaces': 'eth0' } }],
    ['as a whole runs as the user of the proxy', { spec: { securityContext: { runAsUser: 1337 }, containers: [{ name: 'cart' }] } }],
    ['as a whole runs as the group of the proxy', { spec: { securityContext: { runAsGroup: 1337 }, containers: [{ name: 'cart' }] } }],
    ['gets Istio\'s agent for gRPC in place of a sidecar', { annotations: { 'inject.istio.io/templates': 'grpc-agent' } }],
    ['runs as the group of the proxy', { spec: { containers: [{ name: 'cart', securityContext: { runAsGroup: 1337 } }] } }],
  ])('that %s passes its sidecar by', (_, more) => {
    const found = traced([deployment('cart', 'cart', more)], 'cart', '192.0.2.14:3306', { facts });

    expect(found.end).toMatchObject({ kind: 'DIRECT', endpoints: ['192.0.2.14:3306'] });
    expect(causesAt(found, 'sidecar')[0]).toMatch(/^Deployment shop\/cart spec\.template/);
  });

  test('that gets a sidecar beside the agent for gRPC passes it', () => {
    const pod = { annotations: { 'inject.istio.io/templates': 'grpc-agent, sidecar' } };

    expect(traced([deployment('cart', 'cart', pod)], 'cart', '192.0.2.14:3306', { facts }).end.kind).toBe('NOWHERE');
  });

  test('takes what its containers say of their user before what it says itself', () => {
    const pod = { spec: { securityContext: { runAsUser: 1337 }, containers: [{ name: 'cart', securityContext: { runAsUser: 1000 } }] } };

    expect(traced([deployment('cart', 'cart', pod)], 'cart', '192.0.2.14:3306', { facts }).end.kind).toBe('NOWHERE');
  });

  describe('to a name whose address nobody knows', () => {
    const named = (annotations: object) => traced([deployment('cart', 'cart', { annotations })], 'cart', `${DB}:3306`, { facts });

    test.each([
      ['includes no address', { 'traffic.sidecar.istio.io/includeOutboundIPRanges': '' }],
      ['excludes every address', { 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '0.0.0.0/0' }],
    ])('passes its sidecar by when it %s', (_, annotations) => {
      expect(named(annotations).end).toMatchObject({ kind: 'DIRECT', conditions: [] });
    });

    test.each([
      ['includes some', { 'traffic.sidecar.istio.io/includeOutboundIPRanges': '10.0.0.0/8' }, 'if the address is not in 10.0.0.0/8'],
      ['excludes some', { 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '192.0.2.0/24' }, 'if the address is in 192.0.2.0/24'],
      ['excludes another interface', { 'traffic.sidecar.istio.io/excludeInterfaces': 'net1' }, 'if it leaves by net1'],
    ])('may pass its sidecar by when it %s', (_, annotations, condition) => {
      const found = named(annotations);

      expect(found.end.kind).toBe('NOWHERE');
      expect(found.others.map(({ end }) => end)).toMatchObject([{ kind: 'DIRECT', conditions: [condition] }]);
    });

    test('passes its sidecar by on no port that it includes', () => {
      expect(named({
        'traffic.sidecar.istio.io/includeOutboundIPRanges': '', 'traffic.sidecar.istio.io/includeOutboundPorts': '3306',
      }).end.kind).toBe('NOWHERE');
    });
  });

  test('labels are those of the workload that runs as the account', () => {
    const route = object('VirtualService', 'some', {
      hosts: [DB], tcp: [{ match: [{ sourceLabels: { app: 'cart' } }], route: [{ destination: { host: 'other.example.com', port: { number: 3306 } } }] }],
    });
    const objects = [at('192.0.2.14'), entry('other.example.com', 3306, 'TCP', { addresses: ['192.0.2.20'] }), route, deployment('cart', 'cart')];

    expect(traced(objects, 'cart', `${DB}:3306`).end.endpoints).toEqual(['other.example.com:3306']);
    expect(traced(objects, 'nobody', `${DB}:3306`).end.endpoints).toEqual(['192.0.2.14:3306']);
    expect(hopAt(traced(objects, 'nobody', `${DB}:3306`), 'sidecar').notes.join()).toContain('sourceLabels');
  });
});

describe('endpoints', () => {
  test('a STATIC entry without any has none', () => {
    expect(traced([entry(DB, 3306, 'TCP', { addresses: ['192.0.2.14'], resolution: 'STATIC' })], 'cart', `${DB}:3306`).end)
      .toMatchObject({ kind: 'NOWHERE', seen: 'the connection is closed (UH)' });
  });

  test('ports of endpoints come before the target port', () => {
    const found = traced([entry(DB, 3306, 'TCP', {
      addresses: ['192.0.2.1'],
      resolution: 'STATIC',
      ports: [{ number: 3306, name: 'tcp', protocol: 'TCP', targetPort: 3307 }],
      endpoints: [{ address: '192.0.2.14' }, { address: '2001:db8::1', ports: { tcp: 3308 } }],
    })], 'cart', `${DB}:3306`);

    expect(found.end.endpoints).toEqual(['192.0.2.14:3307', '[2001:db8::1]:3308']);
  });

  test('WorkloadEntries are those that the entry selects', () => {
    const objects = [
      entry(DB, 3306, 'TCP', { addresses: ['192.0.2.1'], resolution: 'STATIC', workloadSelector: { labels: { app: 'db' } } }),
      object('WorkloadEntry', 'one', { address: '192.0.2.14', labels: { app: 'db' } }), object('WorkloadEntry', 'two', { address: '192.0.2.15', labels: { app: 'no' } }),
    ];

    expect(traced(objects, 'cart', `${DB}:3306`).end.endpoints).toEqual(['192.0.2.14:3306']);
  });

  test('WorkloadEntries have the labels of their metadata, too', () => {
    const selecting = entry(DB, 3306, 'TCP', { addresses: ['192.0.2.1'], resolution: 'STATIC', workloadSelector: { labels: { app: 'db' } } });
    const end = (spec: object, labels: object) => (
      traced([selecting, object('WorkloadEntry', 'one', { address: '192.0.2.14', ...spec }, { labels })], 'cart', `${DB}:3306`).end.kind);

    expect(end({}, { app: 'db' })).toBe('REACHES');
    expect(end({ labels: { app: 'other' } }, { app: 'db' })).toBe('REACHES');
    expect(end({ labels: { app: 'db' } }, { app: 'other' })).toBe('NOWHERE');
  });

  test.each(['STATIC', 'DNS'])('pods are those that a %s entry selects in its namespace', resolution => {
    const selecting = entry(DB, 3306, 'TCP', { addresses: ['192.0.2.1'], resolution, workloadSelector: { labels: { app: 'db' } } });
    const end = (...objects: string[]) => traced([selecting, ...objects], 'cart', `${DB}:3306`).end;

    expect(end(deployment('db', 'db'))).toMatchObject({ kind: 'REACHES', endpoints: [`${DB}:3306`] });
    expect(end(deployment('other/db', 'db')).kind).toBe('NOWHERE');
    expect(end(deployment('db', 'db'), object('NetworkPolicy', 'db', { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress'] })).kind).toBe('REFUSED');
  });

  describe('of a Service with a selector', () => {
    const service = (more: object = {}) => object('Service', 'db', { selector: { app: 'db' }, ports: [{ name: 'tcp', port: 3306, ...more }] });
    const slice = (more: object) => JSON.stringify({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'db-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'db' } },
      ports: [{ name: 'tcp', port: 3307 }],
      endpoints: [{ addresses: ['192.0.2.14'], ...more }],
    });
    const ends = (...objects: string[]) => traced(objects, 'cart', 'db:3306').end.endpoints;

    test('are those of slices that somebody wrote, beside its pods, whatever they say of pods', () => {
      const keptByKubernetes = slice({}).replace('"labels":{', '"labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io",');

      expect(ends(service(), slice({}))).toEqual(['db.shop.svc.cluster.local:3306', '192.0.2.14:3307']);
      expect(ends(service(), slice({ targetRef: { kind: 'Pod', name: 'db-0' } }))).toEqual(['db.shop.svc.cluster.local:3306', '192.0.2.14:3307']);
      expect(ends(service(), keptByKubernetes)).toEqual(['db.shop.svc.cluster.local:3306']);
      expect(ends(service(), slice({}).replace('"ports"', '"addressType":"FQDN","ports"'))).toEqual(['db.shop.svc.cluster.local:3306']);
    });

    test('are WorkloadEntries that it selects, beside its pods', () => {
      const machine = object('WorkloadEntry', 'one', { address: '192.0.2.14', labels: { app: 'db' }, ports: { mysql: 3308 } });
      const others = [object('WorkloadEntry', 'two', { address: '192.0.2.15' }), object('WorkloadEntry', 'other/one', { address: '192.0.2.16', labels: { app: 'db' } })];

      expect(ends(service(), machine, ...others)).toEqual(['db.shop.svc.cluster.local:3306', '192.0.2.14:3306']);
      expect(ends(service({ name: 'mysql', targetPort: 7777 }), machine)).toEqual(['db.shop.svc.cluster.local:3306', '192.0.2.14:3308']);
      expect(ends(service({ targetPort: 'mysql' }), machine)).toEqual(['db.shop.svc.cluster.local:3306', '192.0.2.14:3308']);
      expect(ends(service({ targetPort: 'other' }), machine)).toEqual(['db.shop.svc.cluster.local:3306']);
    });
  });

  describe('of a headless Service', () => {
    const headless = (more: object = {}, ports: object = {}) => (
      object('Service', 'platform/db', { clusterIP: 'None', ports: [{ name: 'tcp', port: 3306, ...ports }], ...more }));
    const written = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'db', namespace: 'platform' },
      subsets: [{ addresses: [{ ip: '192.0.2.14' }, { ip: '192.0.2.15' }], ports: [{ name: 'tcp', port: 3306 }] }],
    });
    const name = 'db.platform.svc.cluster.local';

    test('are the addresses that somebody wrote, by its name and by each of them', () => {
      const objects = [headless(), written];

      expect(traced(objects, 'cart', `${name}:3306`).end).toMatchObject({ kind: 'REACHES', endpoints: ['192.0.2.14:3306', '192.0.2.15:3306'] });
      expect(traced(objects, 'cart', '192.0.2.15:3306').end.kind).toBe('REACHES');
      expect(hopAt(traced(objects, 'cart', '192.0.2.15:3306'), 'sidecar').facts.listener).toBe('192.0.2.15_3306');
      expect(traced(objects, 'cart', '192.0.2.16:3306').end.kind).toBe('NOWHERE');
      expect(traced([headless()], 'cart', `${name}:3306`).end.kind).toBe('NOWHERE');
    });

    test('are those of its pods, which nobody knows', () => {
      const objects = [headless({ selector: { app: 'db' } })];

      for (const asked of [name, `db-0.${name}`]) {
        expect(traced(objects, 'cart', `${asked}:3306`).end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining(`the pods of ${name}`) as string });
      }
      expect(traced(objects, 'cart', `${name}:3307`).end.kind).toBe('NOWHERE');
      expect(traced([headless()], 'cart', `db-0.${name}:3306`).end.kind).toBe('NOWHERE');
    });
  });

  test('a Service of the cluster may have policies of its own, which are named', () => {
    const service = object('Service', 'db', { selector: { app: 'db' }, ports: [{ name: 'tcp', port: 3306 }] });
    const policy = (name: string, app: string, more: object = {}) => object('AuthorizationPolicy', name, { selector: { matchLabels: { app } }, ...more });
    const conditions = (...objects: string[]) => traced([service, ...objects], 'cart', 'db:3306').end.conditions;

    expect(conditions(policy('one', 'db'), policy('istio-system/two', 'db'))).toEqual([
      'unless AuthorizationPolicy shop/one or one of 1 more denies it at the pods of db.shop.svc.cluster.local: policies of servers are not followed',
    ]);
    expect(conditions(deployment('db', 'db', { labels: { app: 'db', v: 'a' } }), object('AuthorizationPolicy', 'one', { selector: { matchLabels: { v: 'a' } } }))).toHaveLength(1);
    expect(conditions(policy('one', 'other'), policy('other/two', 'db'), policy('audit', 'db', { action: 'AUDIT' }), policy('waypoint', 'db', { targetRefs: [{}] }))).toEqual([]);
  });

  test('a Service of the cluster is reached by its short names', () => {
    const service = object('Service', 'redis', { selector: { app: 'redis' }, ports: [{ name: 'tcp', port: 6379 }] });

    for (const [from, name] of [['shop/cart', 'redis'], ['other/cart', 'redis.shop'], ['other/cart', 'redis.shop.svc.cluster.local']]) {
      expect(traced([service], from, `${name}:6379`).end).toMatchObject({ kind: 'REACHES', endpoints: ['redis.shop.svc.cluster.local:6379'] });
    }
    expect(traced([service], 'other/cart', 'redis:6379').end.kind).toBe('NOWHERE');
  });
});

describe('a range of addresses', () => {
  const range = (addresses: string[]) => traced([entry(DB, 3306, 'TCP', { addresses, resolution: 'NONE' })], 'cart', `${DB}:3306`);

  test('is not one of its addresses', () => {
    expect(range(['10.30.0.0/16']).end).toMatchObject({ text: 'it ends at an address in 10.30.0.0/16, port 3306', endpoints: ['10.30.0.0/16:3306'] });
    expect(range(['2001:db8::/32']).end.text).toBe('it ends at an address in 2001:db8::/32, port 3306');
    expect(range(['10.30.0.7']).end.text).toBe('it ends at 10.30.0.7:3306');
  });

  test('is none past the sidecar either, until an address of it is dialled', () => {
    const past = deployment('cart', 'cart', { labels: { 'sidecar.istio.io/inject': 'false' } });
    const objects = [entry(DB, 3306, 'TCP', { addresses: ['10.30.0.0/16'], resolution: 'NONE' }), past];

    expect(traced(objects, 'cart', `${DB}:3306`).end.endpoints).toEqual(['10.30.0.0/16:3306']);
    expect(traced(objects, 'cart', `${DB}:3306`, { address: '10.30.0.7' }).end.endpoints).toEqual(['10.30.0.7:3306']);
  });
});

describe('a Service of the cluster', () => {
  const reviews = object('Service', 'reviews', { selector: { app: 'reviews' }, ports: [{ name: 'tcp', port: 9080 }] });
  const subsets = (labels: object) => [
    object('DestinationRule', 'reviews', { host: 'reviews', subsets: [{ name: 'one', labels }] }),
    object('VirtualService', 'reviews', { hosts: ['reviews'], tcp: [{ route: [{ destination: { host: 'reviews', subset: 'one', port: { number: 9080 } } }] }] }),
  ];
  const pods = (version: string) => deployment(`reviews-${version}`, 'reviews', { labels: { app: 'reviews', version } });
  const end = (...objects: string[]) => traced([reviews, ...objects], 'cart', 'reviews:9080').end;

  test('has no endpoint in a subset whose labels none of its pods has', () => {
    expect(end(pods('v1'), pods('v2'), ...subsets({ version: 'v3' }))).toMatchObject({
      kind: 'NOWHERE', seen: 'the connection is closed (UH)', text: expect.stringContaining('none of its pods in the input has the labels version=v3') as string,
    });
    expect(end(pods('v1'), pods('v2'), ...subsets({ version: 'v2' })).kind).toBe('REACHES');
    expect(end(pods('v1'), object('WorkloadEntry', 'vm', { address: '192.0.2.1', labels: { app: 'reviews', version: 'v3' } }), ...subsets({ version: 'v3' })).kind).toBe('REACHES');
  });

  test.each([[[pods('v1')], { 'topology.kubernetes.io/zone': 'a' }], [[pods('v1')], { 'pod-template-hash': '5c7f' }], [[], { version: 'v3' }]])(
    'may have some where the input does not show it (%#)', (objects, labels) => {
      expect(end(...objects, ...subsets(labels)).kind).toBe('REACHES');
    });

  const bare = object('Service', 'legacy', { ports: [{ name: 'tcp', port: 5432 }] });
  const written = (name: string) => JSON.stringify({
    apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'legacy', namespace: 'shop' }, subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ name, port: 5432 }] }],
  });

  test('without a selector is where its endpoints say, which may not be in the input', () => {
    const found = traced([bare], 'cart', 'legacy:5432');

    expect(found.end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('its endpoints are not in the input') as string });
    expect(hopAt(found, 'upstream').text).not.toContain('pods');
    expect(traced([bare, written('tcp')], 'cart', 'legacy:5432').end.endpoints).toEqual(['192.0.2.7:5432']);
    expect(traced([bare, written('other')], 'cart', 'legacy:5432').end).toMatchObject({ kind: 'NOWHERE', text: expect.stringContaining('no address with port 5432') as string });
  });

  test('without a selector is cut off by a policy that lets nothing out', () => {
    expect(traced([bare, object('NetworkPolicy', 'none', { podSelector: {}, policyTypes: ['Egress'] })], 'cart', 'legacy:5432').end.kind).toBe('REFUSED');
  });
});

describe('NetworkPolicies', () => {
  const policy = (egress: object[], podSelector: object = {}) => object('NetworkPolicy', 'limits', { podSelector, policyTypes: ['Egress'], egress });

  test('cut what the sidecar would connect', () => {
    const found = traced([at('192.0.2.14'), policy([{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }])], 'cart', `${DB}:3306`);

    expect(found.end).toMatchObject({ kind: 'REFUSED', seen: 'a timeout (UF)' });
    expect(found.hops.at(-1)).toMatchObject({ stage: 'network', facts: { cut: 'yes' } });
    expect(causesAt(found, 'network')).toEqual(['NetworkPolicy shop/limits spec.egress']);
  });

  test('let through what they open, by address and port', () => {
    const open = policy([{ to: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] } }], ports: [{ port: 3300, endPort: 3310 }] }]);

    expect(traced([at('192.0.2.14'), open], 'cart', `${DB}:3306`).end.kind).toBe('REACHES');
    expect(traced([at('192.0.2.200'), open], 'cart', `${DB}:3306`).end.kind).toBe('REFUSED');
  });

  test('that select pods whose labels nobody knows are told', () => {
    const found = traced([at('192.0.2.14'), policy([], { matchLabels: { app: 'cart' } })], 'cart', `${DB}:3306`);

    expect(found.end.kind).toBe('REACHES');
    expect(hopAt(found, 'network').notes.join()).toContain('may limit it too');
    expect(traced([at('192.0.2.14'), policy([], { matchLabels: { app: 'cart' } })], 'cart', `${DB}:3306`, { labels: { app: 'cart' } }).end.kind).toBe('REFUSED');
  });
});

describe('an account of several workloads', () => {
  const checkout = deployment('checkout', 'checkout', { labels: { app: 'checkout', version: 'v1' } });
  const batch = deployment('checkout-batch', 'checkout', { labels: { 'app': 'batch', 'sidecar.istio.io/inject': 'false' } });
  const follow = (objects: string[], labels?: { [label: string]: string }) => traced([at('192.0.2.14'), ...objects], 'checkout', `${DB}:3306`, { labels });

  test('is told what becomes of the others, where that differs', () => {
    expect(hopAt(follow([checkout, batch]), 'application').notes.join()).toContain(
      'Deployment shop/checkout-batch runs as the account too, and its connections end otherwise: DIRECT, it goes straight to the address');
    expect(hopAt(follow([batch, checkout]), 'application').notes.join()).toContain(
      'Deployment shop/checkout runs as the account too, and its connections end otherwise: REACHES, it ends at 192.0.2.14:3306 (its labels: app=checkout,version=v1)');
    expect(hopAt(follow([checkout, deployment('web', 'checkout')]), 'application').notes).toEqual([
      'as the account run too, with other labels or settings and the same end: Deployment shop/web',
    ]);
    expect(hopAt(follow([checkout, checkout]), 'application').notes).toEqual([]);
  });

  test('is the one with the given labels, or some of its labels', () => {
    expect(follow([checkout, batch], { app: 'batch' }).end.kind).toBe('DIRECT');
    expect(hopAt(follow([checkout, batch], { app: 'batch' }), 'application').notes).toEqual([]);
    expect(follow([batch, checkout], { version: 'v1', app: 'checkout' }).end.kind).toBe('REACHES');
    expect(follow([checkout, batch], { app: 'other' }).end.kind).toBe('REACHES');
  });

  test('is told by settings alone as well', () => {
    const onNode = deployment('agent', 'checkout', { labels: { app: 'checkout', version: 'v1' }, spec: { hostNetwork: true } });

    expect(hopAt(follow([checkout, onNode], { app: 'checkout' }), 'application').notes.join()).toContain('Deployment shop/agent runs as the account too');
  });
});

describe('an account that no workload runs as', () => {
  const notesOf = (from: string, ...objects: string[]) => hopAt(traced([at('192.0.2.14'), ...objects], from, `${DB}:3306`), 'sidecar').notes.join();

  test('is told, with those that there are', () => {
    expect(notesOf('chekout', deployment('checkout', 'checkout'), deployment('web', 'default'))).toBe(
      'no workload of the input runs as shop/chekout: those of "shop" run as checkout, default');
    expect(notesOf('chekout', ...'abcdefg'.split('').map(name => deployment(name, name)))).toContain('a, b, c, d, e and 2 more');
  });

  test('is told past the sidecar, too', () => {
    const plain = object('Namespace', '/shop', {});

    expect(notesOf('chekout', plain, deployment('checkout', 'checkout'))).toContain('no workload of the input runs as shop/chekout');
  });

  test('may be one of a namespace that nothing is in', () => {
    const misspelt = (...objects: string[]) => notesOf('shopp/checkout', ...objects);

    expect(misspelt(deployment('checkout', 'checkout'))).toBe('nothing of the input is in namespace "shopp": its workloads are in shop');
    expect(misspelt()).toBe('');
    expect(misspelt(deployment('checkout', 'checkout'), object('Service', 'shopp/web', { selector: {}, ports: [] }))).toBe('');
  });

  test('is not, where the input has no workloads of the namespace, or one of the account', () => {
    expect(notesOf('checkout', deployment('checkout', 'checkout'))).toBe('');
    expect(notesOf('chekout', deployment('other/checkout', 'checkout'))).toBe('');
  });
});

describe('ages', () => {
  const [EARLY, LATE] = ['2020-05-01T00:00:00Z', '2026-05-01T00:00:00Z'];
  const database = (name: string, created?: string) => object('ServiceEntry', name, {
    hosts: [`${name}.example.com`], ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], resolution: 'DNS',
  }, { creationTimestamp: created });
  const noteOf = (...objects: string[]) => hopAt(traced(objects, 'cart', 'orders.example.com:3306'), 'sidecar').notes.join();

  test('decide who has a listener, and are told', () => {
    const aged = [database('orders', LATE), database('stock', EARLY)];

    expect(traced(aged, 'cart', 'orders.example.com:3306').end.endpoints).toEqual(['stock.example.com:3306']);
    expect(noteOf(...aged)).toContain(`it is older, made ${EARLY} and not ${LATE}`);
    expect(traced([database('orders', EARLY), database('stock', LATE)], 'cart', 'orders.example.com:3306').end.endpoints).toEqual(['orders.example.com:3306']);
  });

  test('that are not in the input are not made up', () => {
    expect(traced([database('orders'), database('stock', LATE)], 'cart', 'orders.example.com:3306').end.endpoints).toEqual(['stock.example.com:3306']);
    expect(noteOf(database('orders'), database('stock', LATE))).toContain('which are not in the input');
  });

  test('decide between VirtualServices of one host', () => {
    const route = (name: string, host: string, creationTimestamp: string) => (
      object('VirtualService', name, { hosts: [DB], tcp: [{ route: [{ destination: { host } }] }] }, { creationTimestamp }));
    const found = traced([at('192.0.2.14'), entry('b.example.com', 3306, 'TCP', { addresses: ['192.0.2.15'] }), route('a', DB, LATE), route('z', 'b.example.com', EARLY)],
      'cart', `${DB}:3306`);

    expect(causesAt(found, 'route')[0]).toContain('VirtualService shop/z');
  });
});

describe('what the input does not show', () => {
  test('is a Service that a rule sends to', () => {
    const route = object('VirtualService', 'away', { hosts: [DB], tcp: [{ route: [{ destination: { host: 'proxy.infra.svc.cluster.local', port: { number: 1 } } }] }] });

    expect(traced([at('192.0.2.14'), route], 'cart', `${DB}:3306`).end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('is not in the input') as string });
  });

  test('is the VirtualService that a rule delegates to', () => {
    const route = object('VirtualService', 'away', { hosts: ['api.example.com'], http: [{ delegate: { name: 'other' } }] });

    const found = traced([entry('api.example.com', 80, 'HTTP'), route], 'cart', 'api.example.com:80');

    expect(found.end).toMatchObject({ kind: 'UNKNOWN', text: 'the rule delegates, and VirtualService shop/other is not in the input' });
    expect(hopAt(found, 'route').text).toBe('VirtualService shop/away delegates it to VirtualService shop/other');
  });

  test('is an ambient mesh', () => {
    expect(traced([at('192.0.2.14')], 'cart', `${DB}:3306`, { facts: { dataPlane: 'ambient' } }).end.kind).toBe('UNKNOWN');
  });
});

test('odd objects never throw', () => {
  const odd = ['ServiceEntry', 'VirtualService', 'DestinationRule', 'Gateway', 'Sidecar', 'AuthorizationPolicy', 'NetworkPolicy', 'Service', 'Deployment', 'Namespace']
    .flatMap(kind => [{}, { hosts: 5, ports: 'x', servers: [7, {}], egress: 'x', rules: [null, { from: 1, to: [{}], when: [1] }], http: [3], tcp: {}, selector: 1, template: 5, subsets: 1 }]
      .map((spec, i) => object(kind, `odd-${i}`, spec)));

  expect(trace(viewOfOdd([...odd, at('192.0.2.14')]), { namespace: 'shop', account: 'cart' }, { host: DB, port: 3306 }).end.kind).toBeDefined();
});

test('the answer is plain data', () => {
  const found = traced([at('192.0.2.14')], 'cart', `${DB}:3306`);

  expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(JSON.stringify({ ...found })));
  expect(found).toMatchObject({ from: { namespace: 'shop', account: 'cart' }, to: { host: DB, port: 3306 } });
});

describe('the end says what the steps before it do', () => {
  test('of an entry for every host of a domain, which is what was asked for', () => {
    const found = traced([entry('*.com', 443, 'TLS', { resolution: 'NONE' })], 'cart', 'en.example.com:443');

    expect(found.end).toMatchObject({ kind: 'REACHES', text: 'it ends at en.example.com:443', instead: undefined });
    expect(hopAt(found, 'sidecar')).toMatchObject({ text: 'the listener 0.0.0.0_443 takes the server name *.com', notes: [] });
  });

  test('of a wildcard that DNS is asked for', () => {
    expect(traced([entry('*.example.com', 443, 'TLS')], 'cart', 'en.example.com:443').end.kind).toBe('UNKNOWN');
    expect(traced([entry('*.example.com', 443, 'TLS', { endpoints: [{ address: 'www.example.com' }] })], 'cart', 'en.example.com:443').end.kind).toBe('REACHES');
  });
});
