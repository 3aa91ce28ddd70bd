import { database, run, runWith } from './helpers';

const ENTRY = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: stock
  namespace: shop
spec:
  hosts:
    - stock.example.com
  addresses:
    - 192.0.2.14
  exportTo:
    - "."
  ports:
    - number: 3306
      name: tcp
      protocol: TCP
  resolution: STATIC
  endpoints:
    - address: 192.0.2.14
`;
const FILES = { 'a.yaml': ENTRY };
const explain = (args: string[], files: { readonly [file: string]: string } = FILES) => runWith(files, ['explain', ...args]);

test('prints each decision with the file and line that makes it', async () => {
  const { code, out, err } = await explain(['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.']);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`shop/cart to stock.example.com:3306

1. Application: shop/cart connects to stock.example.com:3306: the name has 192.0.2.14, as the entry says; DNS has to agree; it speaks plain TCP
     a.yaml:9  ServiceEntry shop/stock  spec.addresses
2. Sidecar: the listener 192.0.2.14_3306 takes every connection that arrives there
     a.yaml:14  ServiceEntry shop/stock  spec.ports[0]
3. Destination: stock.example.com port 3306, no TLS is added
4. Last proxy: the sidecar connects to its endpoints (192.0.2.14:3306); it adds no TLS
     a.yaml:18  ServiceEntry shop/stock  spec.endpoints

REACHES: it ends at 192.0.2.14:3306
`);
});

test('ends with 1 and says what the client sees when nothing is reached', async () => {
  const { code, out } = await explain(['--from', 'other/cart', '--to', 'stock.example.com:3306', '.', '--outbound-traffic-policy', 'REGISTRY_ONLY']);

  expect(code).toBe(1);
  expect(out).toContain('     a.yaml:11  ServiceEntry shop/stock  spec.exportTo\n');
  expect(out).toContain('\nNOWHERE: the sidecar sends it to BlackHoleCluster: the mesh has REGISTRY_ONLY\n  the client sees: the connection is reset at once\n');
});

test('ends with 0 when the connection passes straight out', async () => {
  const { code, out } = await explain(['--from', 'other/cart', '--to', '203.0.113.7:22', '.']);

  expect(code).toBe(0);
  expect(out).toContain('DIRECT: ALLOW_ANY');
});

test('ends with 1 when another service takes the connection, and with 0 when that one has the same endpoints', async () => {
  const declared = (name: string, address: string) => database(name).replace('resolution: DNS', `resolution: STATIC\n  endpoints:\n    - address: ${address}`);
  const to = ['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.'];
  const files = { 'db.yaml': `${declared('orders', '192.0.2.1')}---\n${declared('stock', '192.0.2.2')}` };

  const { code, out } = await explain(to, files);
  expect(code).toBe(1);
  expect(out).toContain('\nELSEWHERE: it ends at 192.0.2.1:3306, by the way of orders.example.com: not where stock.example.com was asked for');
  expect(JSON.parse((await explain([...to, '--json'], files)).out)).toMatchObject({ verdict: 'ELSEWHERE', end: { instead: 'orders.example.com' } });
  expect((await explain(to, { 'db.yaml': `${declared('orders', '192.0.2.1')}---\n${declared('stock', '192.0.2.1')}` })).code).toBe(0);
});

describe('what the server does not understand', () => {
  const originated = `${ENTRY.replace('protocol: TCP', 'protocol: TLS')}---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: stock, namespace: shop}
spec: {host: stock.example.com, subsets: [{name: plain, trafficPolicy: {tls: {mode: DISABLE}}}], trafficPolicy: {tls: {mode: SIMPLE}}}
`;
  const args = ['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.'];

  test('is no success, although it arrives', async () => {
    const { code, out } = await explain(args, { 'a.yaml': originated });

    expect(code).toBe(1);
    expect(out).toContain('\nMISMATCH: it ends at 192.0.2.14:3306\n  what arrives is TLS in TLS, because the application speaks TLS and the sidecar adds its own');
    expect(JSON.parse((await explain([...args, '--json'], { 'a.yaml': originated })).out)).toMatchObject({ verdict: 'MISMATCH', end: { kind: 'REACHES' } });
    expect((await explain([...args, '--protocol', 'TCP'], { 'a.yaml': originated })).code).toBe(0);
  });

  test('is one, where another way is understood', async () => {
    const shares = `${originated}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: stock, namespace: shop}
spec:
  hosts: [stock.example.com]
  tls:
    - match: [{sniHosts: [stock.example.com]}]
      route: [{destination: {host: stock.example.com}, weight: 90}, {destination: {host: stock.example.com, subset: plain}, weight: 10}]
`;
    const { code, out } = await explain(args, { 'a.yaml': shares });

    expect(code).toBe(0);
    expect(out).toMatch(/\nMISMATCH: [^]*\nREACHES: /);
  });
});

describe('what is for outside of the mesh, and a rule sends into the cluster', () => {
  const PROXY = `apiVersion: v1
kind: Service
metadata: {name: proxy, namespace: shop}
spec: {selector: {app: proxy}, ports: [{name: tcp, port: 3306}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: away, namespace: shop}
spec:
  hosts: [stock.example.com]
  tcp: [{route: [{destination: {host: proxy.shop.svc.cluster.local, port: {number: 3306}}}]}]
`;
  const written = (address: string) => `${PROXY.replace('selector: {app: proxy}, ', '')}---
apiVersion: v1
kind: Endpoints
metadata: {name: proxy, namespace: shop}
subsets: [{addresses: [{ip: ${address}}], ports: [{name: tcp, port: 3306}]}]
`;
  const args = ['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.'];

  test('ends elsewhere, at pods that may do anything with it', async () => {
    const { code, out } = await explain(args, { ...FILES, 'proxy.yaml': PROXY });

    expect(code).toBe(1);
    expect(out).toContain('\nELSEWHERE: it ends at proxy.shop.svc.cluster.local:3306, inside the cluster: what becomes there of what was for stock.example.com is not in the input\n');
    expect((await explain([...args.slice(0, 3), '192.0.2.14:3306', '.'], { ...FILES, 'proxy.yaml': PROXY })).code).toBe(1);
  });

  test('reaches it, where somebody wrote its own address there', async () => {
    expect((await explain(args, { ...FILES, 'proxy.yaml': written('192.0.2.14') })).out).toContain('\nREACHES: ');
    expect((await explain(args, { ...FILES, 'proxy.yaml': written('192.0.2.99') })).out).toContain('\nELSEWHERE: ');
  });

  test('reaches a service that is declared for inside of the mesh', async () => {
    const inside = ENTRY.replace('  resolution:', '  location: MESH_INTERNAL\n  resolution:');

    expect((await explain(args, { 'a.yaml': inside, 'proxy.yaml': PROXY })).code).toBe(0);
  });
});

test('is data on demand', async () => {
  const { code, out } = await explain(['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.', '--json']);
  const found = JSON.parse(out) as { hops: { stage: string; causes: object[] }[]; end: { kind: string; endpoints: string[] } };

  expect(code).toBe(0);
  expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: ['192.0.2.14:3306'] });
  expect(found.hops[1]).toMatchObject({ stage: 'sidecar', causes: [{ object: 'ServiceEntry shop/stock', field: 'spec.ports[0]', file: 'a.yaml', line: 14 }] });
});

test('takes HTTPS for TLS, which it is to proxies', async () => {
  expect((await explain(['--from', 'shop/cart', '--to', 'a.example.com:443', '--protocol', 'https'])).err).toContain('did you mean TLS?');
});

test('takes labels, an address and a protocol', async () => {
  const { out } = await explain(['--from', 'shop/cart', '--to', 'stock.example.com:3306', '--labels', 'app=cart,version=v1', '--address', '192.0.2.99', '--protocol', 'TLS', '.']);

  expect(out).toContain('at 192.0.2.99; it speaks TLS');
});

test('tells each way of a route, and reaches something when one of them does', async () => {
  const shares = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shares, namespace: shop}
spec:
  hosts: [stock.example.com]
  tcp:
    - route:
        - {destination: {host: stock.example.com}, weight: 30}
        - {destination: {host: gone.example.com}, weight: 70}
`;
  const args = ['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.'];
  const { code, out } = await explain(args, { ...FILES, 'shares.yaml': shares });
  const data = JSON.parse((await explain([...args, '--json'], { ...FILES, 'shares.yaml': shares })).out);

  expect(out).toMatch(/NOWHERE: the sidecar has no cluster outbound\|3306\|\|gone\.example\.com.*Another way, for 30 % of the connections, after step 3:\n\n4\. Destination: .*REACHES: it ends at 192\.0\.2\.14:3306\n$/s);
  expect(code).toBe(0);
  expect(data.others).toEqual([expect.objectContaining({ taken: 'for 30 % of the connections', shared: 3, end: expect.objectContaining({ kind: 'REACHES' }) })]);
  expect(data.others[0].hops[2].causes[0]).toEqual({ object: 'VirtualService shop/shares', field: 'spec.tcp[0]', file: 'shares.yaml', line: 7 });
});

test('says of an ambient mesh only that it does not know', async () => {
  const { out } = await explain(['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.', '--data-plane', 'ambient']);

  expect(out).toMatch(/^[^\n]*\n\nUNKNOWN: the mesh is ambient/);
});

test('follows what can be read, and ends with 2 when a part cannot be', async () => {
  const { code, out, err } = await explain(['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.'], { ...FILES, 'b.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {' });

  expect(code).toBe(2);
  expect(out).toContain('REACHES');
  expect(err).toContain('b.yaml');
});

test.each([
  [['--to', 'a:1', '.'], '--from is the namespace and the service account'],
  [['--from', 'cart', '--to', 'a:1', '.'], '--from is the namespace and the service account of the client, such as shop/cart, got "cart"'],
  [['--from', 'cart', '--to', 'a:1', '.'], 'got "cart": write cart/default for pods without an account of their own'],
  [['--from', 'shop:cart', '--to', 'a:1', '.'], 'got "shop:cart": write shop/cart'],
  [['--from', 'system:serviceaccount:shop:cart', '--to', 'a:1', '.'], ': write shop/cart'],
  [['--from', 'spiffe://cluster.local/ns/shop/sa/cart', '--to', 'a:1', '.'], ': write shop/cart'],
  [['--from', 'Shop/cart', '--to', 'a:1', '.'], 'such as shop/cart, got "Shop/cart"'],
  [['--from', 'shop/cart', '--to', 'https://a.example.com/path', '.'], ': write a.example.com:443'],
  [['--from', 'shop/cart', '--to', 'http://a.example.com:8080', '.'], ': write a.example.com:8080'],
  [['--from', 'shop/cart', '--to', 'me@a.example.com:22', '.'], ': write a.example.com:22'],
  [['--from', 'shop/cart', '--to', ' a.example.com:443', '.'], ': write a.example.com:443'],
  [['--from', 'shop/cart', '--to', 'a.example.com', '.'], 'got "a.example.com": write its port too: a.example.com:443'],
  [['--from', 'shop/cart', '--to', '2001:db8::1:443', '.'], ': write [2001:db8::1]:443'],
  [['--from', 'shop/cart', '.'], '--to is a host and a port'],
  [['--from', 'shop/cart', '--to', 'a.example.com', '.'], '--to is a host and a port'],
  [['--from', 'shop/cart', '--to', '*.example.com:443', '.'], '--to is one host: write a name that "*.example.com" stands for, such as "www.example.com"'],
  [['--from', 'shop/cart', '--to', 'a.example.com:0', '.'], 'got "a.example.com:0": write a port from 1 to 65535: a.example.com:443'],
  [['--from', 'shop/cart', '--to', 'a.example.com:65536', '.'], 'got "a.example.com:65536": write a port from 1 to 65535: a.example.com:443'],
  [['--from', 'shop/cart', '--to', '2001:db8::1:5432', '.'], 'such as mysql.example.com:3306 or [2001:db8::1]:5432'],
  [['--from', 'shop/cart', '--to', 'a:1', '--address', 'b', '.'], '--address is an IP address, got "b"'],
  [['--from', 'shop/cart', '--to', 'a:1', '--labels', 'app', '.'], '--labels are pairs'],
  [['--from', 'shop/cart', '--to', 'a:1'], 'give at least one file or folder'],
])('refuses %j', async (args, message) => {
  const { code, out, err } = await explain(args);

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
});

test('is among the commands', async () => {
  expect((await run(['--help'])).out).toContain('explain  follows one connection hop by hop');
});

describe('objects that name no namespace', () => {
  const args = ['--from', 'shop/cart', '--to', 'stock.example.com:3306', '.', '--outbound-traffic-policy', 'REGISTRY_ONLY'];
  const homeless = { 'a.yaml': ENTRY.replace('  namespace: shop\n', '') };

  test('get no answer, as if they were nowhere', async () => {
    expect(await explain(args, homeless)).toMatchObject({
      code: 2,
      out: '',
      err: 'cdk8s-istio-egress: 1 object names no namespace, such as ServiceEntry stock (a.yaml:1): give --namespace, as kubectl apply -n does\n',
    });
  });

  test('get one when it is given', async () => {
    expect((await explain([...args, '--namespace', 'shop'], homeless)).out).toContain('REACHES: it ends at 192.0.2.14:3306');
  });
});
