import { MeshModel } from '../../src/private/model';
import { MeshObject } from '../../src/view/mesh-object';
import { MeshView } from '../../src/view/mesh-view';
import { Route } from '../../src/view/route';
import { reaches } from '../../src/view/visibility';

const facts = { dnsCapture: false, ipAutoAllocate: true } as MeshModel;

function object(kind: string, spec: object, namespace = 'shop'): MeshObject {
  return { group: 'networking.istio.io', kind, name: kind.toLowerCase(), namespace, labels: {}, annotations: {}, origin: { path: `${namespace}/${kind}` }, spec: { ...spec } };
}

const viewOf = (...objects: MeshObject[]) => new MeshView(facts, objects);
const entry = (exportTo: string[]) => object('ServiceEntry', { hosts: ['db.example.com'], ports: [{ number: 3306, protocol: 'TCP' }], exportTo });
const to = (...hosts: string[]) => ({ match: [{ port: 3306 }], route: hosts.map(host => ({ destination: { host } })) });
const detour = (more: object = {}, namespace?: string) => object('VirtualService', { hosts: ['db.example.com'], tcp: [to('gateway')], exportTo: ['*'], ...more }, namespace);

describe('a service is routed', () => {
  const isRouted = (exportTo: string[], ...objects: MeshObject[]) => {
    const view = viewOf(entry(exportTo), ...objects);
    return view.isRouted(view.entries[0], 'db.example.com', 3306);
  };

  test.each<[string, boolean, string[], MeshObject[]]>([
    ['by a VirtualService of the sidecars', true, ['.'], [detour()]],
    ['by one that names the sidecars among its gateways', true, ['.'], [detour({ gateways: ['edge', 'mesh'] })]],
    ['not by one for a gateway', false, ['.'], [detour({ gateways: ['edge'] })]],
    ['not by one of another port', false, ['.'], [detour({ tcp: [{ ...to('gateway'), match: [{ port: 1 }] }] })]],
    ['not by one of another host', false, ['.'], [detour({ hosts: ['other.example.com'] })]],
    ['not by one that sends it to itself', false, ['.'], [detour({ tcp: [to('db.example.com')] })]],
    ['not by one that sends a part of it to itself', false, ['.'], [detour({ tcp: [to('db.example.com', 'gateway')] })]],
    ['in TLS and HTTP as well', true, ['.'], [detour({ tcp: [], tls: [to('gateway')] }), detour({ tcp: [], http: [to('gateway')] })]],
    ['where one of its namespaces sees the route', true, ['.', 'data'], [detour({ exportTo: ['.'] })]],
    ['not where none of its namespaces sees the route', false, ['data'], [detour({ exportTo: ['.'] })]],
    ['where everybody sees the service, and somebody the route', true, ['*'], [detour({ exportTo: ['.'] })]],
    ['not where nobody sees the route', false, ['*'], [detour({ exportTo: ['~'] })]],
    ['not without a VirtualService', false, ['.'], []],
  ])('%s', (_, expected, exportTo, objects) => {
    expect(isRouted(exportTo, ...objects)).toBe(expected);
  });
});

describe('servers of gateways', () => {
  const server = { port: { number: 443, protocol: 'tls' }, hosts: ['./a.example.com', '*/b.example.com', 'data/c.example.com', 'd.example.com', '*'] };
  const gateway = (selector: object) => object('Gateway', { selector, servers: [server] });

  test('are known by port, protocol and hosts without the namespaces of their routes', () => {
    expect(viewOf(gateway({ istio: 'egress' })).gatewayServers).toMatchObject([{
      port: 443, protocol: 'TLS', hosts: ['a.example.com', 'b.example.com', 'c.example.com', 'd.example.com', '*'],
    }]);
  });

  test('are on the same pods when the labels are, in whatever order', () => {
    const [one, two, other] = viewOf(gateway({ app: 'egress', istio: 'out' }), gateway({ istio: 'out', app: 'egress' }), gateway({ app: 'egress' })).gatewayServers;

    expect(two.workload).toBe(one.workload);
    expect(other.workload).not.toBe(one.workload);
  });

  test('a host with a path-like name keeps it', () => {
    const odd = object('Gateway', { selector: {}, servers: [{ port: { number: 1, protocol: 'TCP' }, hosts: ['shop/a/b'] }] });

    expect(viewOf(odd).gatewayServers[0].hosts).toEqual(['a/b']);
  });
});

test('hosts that gateways send to are those of routes for a gateway', () => {
  const view = viewOf(
    detour({ gateways: ['edge'], tcp: [to('upstream.test')] }), detour({ gateways: ['mesh', 'edge'], tcp: [to('both.test')] }), detour({ gateways: ['mesh'], tcp: [to('inside')] }),
    detour({ tcp: [to('also-inside')] }));

  expect([...view.gatewayHosts].sort()).toEqual(['both.test', 'upstream.test']);
});

test.each([
  [['mesh'], true], [[], true], [undefined, true], [['edge'], false], [['edge', 'mesh'], true],
])('a VirtualService with gateways %j is for the sidecars: %s', (gateways, expected) => {
  expect(new Route(object('VirtualService', { gateways }), { clusterDomain: 'cluster.local' }).isForSidecars).toBe(expected);
});

test.each([
  [['*'], 'shop', true], [['shop'], 'shop', true], [['data'], 'shop', false], [[], 'shop', false], [['data'], '*', true], [['*'], '*', true], [[], '*', false],
])('what is exported to %j reaches %s: %s', (exported, namespace, expected) => {
  expect(reaches(exported, namespace)).toBe(expected);
});
