import { deployment, entry, hopAt, object, traced } from './helpers';

describe('a host', () => {
  test('is the same in capitals, to whoever asks and to whoever declares it', () => {
    for (const [declared, asked] of [['API.example.com', 'api.example.com'], ['api.example.com', 'API.example.com'], ['*.EXAMPLE.com', 'api.example.com']]) {
      const found = traced([entry(declared, 443, 'TLS', { resolution: 'NONE' })], 'cart', `${asked}:443`, { facts: { outboundTrafficPolicy: 'REGISTRY_ONLY' } });

      expect([declared, found.end.kind]).toEqual([declared, 'REACHES']);
    }
  });

  test('with the dot of the root is another one where somebody declares it, and the same elsewhere', () => {
    const [own, dotted] = ['db.example.com', 'db.example.com.'].map((host, i) => entry(host, 3306, 'TCP', { addresses: [`240.0.0.${i}`], endpoints: [{ address: `192.0.2.${i}` }], resolution: 'STATIC' }, `db-${i}`));
    const endsAt = (objects: readonly string[]) => traced(objects, 'cart', 'db.example.com.:3306').end.endpoints;

    expect(endsAt([own, dotted])).toEqual(['192.0.2.1:3306']);
    expect(endsAt([own])).toEqual(['192.0.2.0:3306']);
  });
});

describe('what istiod adds to a pod', () => {
  const target = () => entry('api.example.com', 443, 'TLS');
  const taken = (pod: string) => hopAt(traced([target(), pod], 'cart', 'api.example.com:443', { labels: { app: 'cart' } }), 'sidecar').text;
  const PASSED = /may put something else in the place of what takes its connections to the sidecar/;

  test.each<[string, Parameters<typeof deployment>[2]]>([
    ['by an init container of the same name', { spec: { initContainers: [{ name: 'istio-init', command: ['true'] }] } }],
    ['by a proxy of its own', { spec: { containers: [{ name: 'istio-proxy', image: 'example.com/mine' }] } }],
    ['by the annotation for it', { annotations: { 'proxy.istio.io/overrides': '{}' } }],
    ['by one that says that it was added already', { annotations: { 'sidecar.istio.io/status': '{}' }, spec: { initContainers: [{ name: 'istio-init', image: 'example.com/mine' }] } }],
  ])('may be replaced %s', (_, more) => {
    expect(taken(deployment('cart', 'cart', more))).toMatch(PASSED);
  });

  test.each<[string, string]>([
    ['is there with other resources', deployment('cart', 'cart', { spec: { containers: [{ name: 'app', image: 'a' }, { name: 'istio-proxy', image: 'auto', resources: {} }] } })],
    ['is there in a pod of the cluster', object('Pod', 'cart', { serviceAccountName: 'cart', initContainers: [{ name: 'istio-init', image: 'proxyv2', args: ['istio-iptables'] }] },
      { labels: { app: 'cart' }, annotations: { 'sidecar.istio.io/status': '{}' } })],
  ])('%s', (_, pod) => {
    expect(taken(pod)).not.toMatch(PASSED);
  });
});
