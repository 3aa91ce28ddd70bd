import { causesAt, deployment, entry, GATEWAY, hopAt, object, traced } from './helpers';

const CNN = 'edition.cnn.com';

const LABELS = { app: 'istio-egressgateway', istio: 'egressgateway' };

const service = (spec: object = {}) => object('Service', 'istio-system/istio-egressgateway', { selector: LABELS, ports: [{ name: 'https', port: 443, targetPort: 8443 }], ...spec });

const pods = (more: { readonly annotations?: object; readonly spec?: object } = { annotations: { 'inject.istio.io/templates': 'gateway' } }) => (
  deployment('istio-system/istio-egressgateway', 'istio-egressgateway', { labels: LABELS, ...more }));

/** TLS of the application, passed on by an egress gateway. */
function passedOn(selector: object, port = 443): string[] {
  return [
    entry(CNN, 443, 'TLS'),
    object('Gateway', 'cnn', { selector, servers: [{ port: { number: port, name: 'tls', protocol: 'TLS' }, hosts: [CNN], tls: { mode: 'PASSTHROUGH' } }] }),
    object('VirtualService', 'cnn', {
      hosts: [CNN],
      gateways: ['mesh', 'cnn'],
      tls: [
        { match: [{ gateways: ['mesh'], port: 443, sniHosts: [CNN] }], route: [{ destination: { host: GATEWAY, port: { number: port } } }] },
        { match: [{ gateways: ['cnn'], port, sniHosts: [CNN] }], route: [{ destination: { host: CNN, port: { number: 443 } } }] },
      ],
    }),
  ];
}

describe('a gateway that no Gateway selects', () => {
  const wrong = passedOn({ istio: 'egress-gateway' });

  test('listens for nothing', () => {
    const found = traced([...wrong, service(), pods()], 'curl', `${CNN}:443`);

    expect(found.end).toMatchObject({ kind: 'NOWHERE', seen: 'the handshake is cut (UF)', text: expect.stringContaining('no Gateway selects the pods') as string });
    expect(found.hops.at(-1)!.stage).toBe('gateway');
    expect(causesAt(found, 'gateway')).toContain('Gateway shop/cnn spec.selector');
    expect(traced([...passedOn({ istio: 'egressgateway' }), service(), pods()], 'curl', `${CNN}:443`).end.kind).toBe('REACHES');
  });

  test('is told by its argument as well as by its template', () => {
    const router = pods({ spec: { containers: [{ name: 'istio-proxy', args: ['proxy', 'router'] }] } });

    expect(traced([...wrong, service(), router], 'curl', `${CNN}:443`).end.kind).toBe('NOWHERE');
  });

  test('has no endpoints where its Service misses the pods by a slip', () => {
    const found = traced([...passedOn({ istio: 'egressgateway' }), service({ selector: { istio: 'egresgateway' } }), pods()], 'curl', `${CNN}:443`);

    expect(found.end).toMatchObject({ kind: 'NOWHERE', seen: 'the handshake is cut (UH)', text: expect.stringContaining('it selects no pod, and those of the gateway') as string });
    expect(traced([...passedOn({ istio: 'egressgateway' }), service({ selector: { istio: 'egressgateway', zone: 'b' } }), pods()], 'curl', `${CNN}:443`).end.kind).toBe('REACHES');
  });

  test('may be selected when its pods are not in the input', () => {
    expect(traced([...wrong, service()], 'curl', `${CNN}:443`).end.kind).toBe('NOWHERE');
    expect(traced([...passedOn({ zone: 'a' }), service()], 'curl', `${CNN}:443`).end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('Gateway shop/cnn') as string });
  });

  test('answers on the ports of the proxy itself', () => {
    const health = service({ ports: [{ name: 'tcp-status', port: 15021, targetPort: 15021 }] });

    expect(traced([health, pods()], 'curl', `${GATEWAY}:15021`).end.kind).toBe('REACHES');
  });

  test('is told by the name of its Service, whatever its pods look like', () => {
    const anyPods = pods({ spec: { containers: [{ name: 'istio-proxy', image: 'registry.example.com/proxy:1' }] } });
    const [declared, , route] = passedOn({});

    expect(traced([...wrong, service(), anyPods], 'curl', `${CNN}:443`).end).toMatchObject({ kind: 'NOWHERE', text: expect.stringContaining('no Gateway selects') as string });
    expect(traced([declared, route, service(), anyPods], 'curl', `${CNN}:443`).end.kind).toBe('NOWHERE');
  });

  test('may be another Service, whose pods answer themselves', () => {
    const proxy = [
      object('Service', 'istio-system/proxy', { selector: { app: 'proxy' }, ports: [{ name: 'https', port: 443 }] }), deployment('istio-system/proxy', 'proxy'),
      object('VirtualService', 'cnn', {
        hosts: [CNN], tls: [{ match: [{ sniHosts: [CNN] }], route: [{ destination: { host: 'proxy.istio-system.svc.cluster.local', port: { number: 443 } } }] }],
      }),
    ];

    expect(traced([entry(CNN, 443, 'TLS'), ...proxy], 'curl', `${CNN}:443`).end).toMatchObject({ kind: 'REACHES', instead: 'proxy.istio-system.svc.cluster.local' });
  });
});

describe('a gateway that a NetworkPolicy keeps clients from', () => {
  test('is not entered', () => {
    const cut = object('NetworkPolicy', 'limits', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] });
    const found = traced([...passedOn({ istio: 'egressgateway' }), service(), pods(), cut], 'curl', `${CNN}:443`);

    expect(found.end).toMatchObject({ kind: 'REFUSED', seen: 'a timeout (UF)' });
    expect(found.hops.map(({ stage }) => stage)).toEqual(['application', 'sidecar', 'route', 'destination', 'network']);
    expect(hopAt(found, 'network').facts).toMatchObject({ cut: 'yes', port: '8443', sni: CNN, tls: 'PLAINTEXT' });
  });
});

test.each([['127.0.0.1', 'NOWHERE'], ['::1', 'NOWHERE'], ['0.0.0.0', 'REACHES']])('a server that listens on %s alone: %s', (bind, kind) => {
  const objects = passedOn({ istio: 'egressgateway' }).map(text => text.replace('"servers":[{', `"servers":[{"bind":"${bind}",`));

  expect(traced([...objects, service(), pods()], 'curl', `${CNN}:443`).end.kind).toBe(kind);
});

describe('pods of two Deployments behind the Service of a gateway', () => {
  const version = (name: string) => deployment(`istio-system/gateway-${name}`, 'gateway', { labels: { ...LABELS, version: name }, annotations: { 'inject.istio.io/templates': 'gateway' } });
  const objects = [...passedOn({ istio: 'egressgateway' }), service(), version('v1'), version('v2')];
  const policy = (selected: string) => object('AuthorizationPolicy', 'istio-system/none', { selector: { matchLabels: { version: selected } } });

  test.each(['v1', 'v2'])('are ways of their own where a policy is for %s alone', selected => {
    const { end, others } = traced([...objects, policy(selected)], 'curl', `${CNN}:443`);

    expect([end, ...others.map(way => way.end)].map(({ kind }) => kind).sort()).toEqual(['REACHES', 'REFUSED']);
    expect(others.map(way => way.end.conditions)).toEqual([['for connections that reach the pods with version=v2']]);
  });

  test('are one way where nothing tells them apart', () => {
    expect(traced(objects, 'curl', `${CNN}:443`)).toMatchObject({ end: { kind: 'REACHES', conditions: [] }, others: [] });
  });
});

test('a Service with the name of something that every object of JavaScript has is no gateway', () => {
  const objects = [...passedOn({ istio: 'egressgateway' }), object('Service', 'constructor', { selector: { app: 'db' }, ports: [{ name: 'constructor', port: 3306 }] })];

  expect(traced(objects, 'curl', 'constructor:3306').end).toMatchObject({ kind: 'REACHES', endpoints: ['constructor.shop.svc.cluster.local:3306'] });
});
