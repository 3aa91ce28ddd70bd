import { causesAt, entry, object, traced, viewOf } from './helpers';
import { GatewayApi } from '../../src/trace/gateway-api';

const CNN = 'edition.cnn.com';

const ofApi = (kind: string, name: string, spec: object, more: object = {}) => (
  JSON.stringify({ apiVersion: 'gateway.networking.k8s.io/v1', kind, metadata: { namespace: 'shop', name, ...more }, spec }));

const route = (parent: object, spec: object = {}) => ofApi('TLSRoute', 'direct', { parentRefs: [parent], rules: [{ backendRefs: [{ name: 'egress-istio', port: 443 }] }], ...spec });

const parent = { group: 'networking.istio.io', kind: 'ServiceEntry', name: 'cnn' };

const cnn = entry(CNN, 443, 'TLS', {}, 'cnn');

describe('a route of the Gateway API', () => {
  test('for the service that is asked for is told, and not followed', () => {
    const found = traced([cnn, route(parent)], 'curl', `${CNN}:443`);

    expect(found.end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('TLSRoute shop/direct') as string });
    expect(causesAt(found, 'api route')).toEqual(['TLSRoute shop/direct spec.parentRefs']);
    expect(traced([cnn, route({ ...parent, name: 'other' })], 'curl', `${CNN}:443`).end.kind).toBe('REACHES');
  });

  test('for a Service of the cluster is one, too', () => {
    const service = object('Service', 'redis', { selector: { app: 'redis' }, ports: [{ name: 'tcp', port: 6379 }] });

    expect(traced([service, route({ kind: 'Service', name: 'redis' })], 'curl', 'redis:6379').end.kind).toBe('UNKNOWN');
  });

  test('is for its port, if it names one', () => {
    expect(traced([cnn, route({ ...parent, port: 443 })], 'curl', `${CNN}:443`).end.kind).toBe('UNKNOWN');
    expect(traced([cnn, route({ ...parent, port: 80 })], 'curl', `${CNN}:443`).end.kind).toBe('REACHES');
  });

  test('for the sidecars counts by its host names, too', () => {
    expect(traced([cnn, route({ ...parent, name: 'elsewhere' }, { hostnames: ['*.cnn.com'] })], 'curl', `${CNN}:443`).end.kind).toBe('UNKNOWN');
  });

  test('of a gateway is none of the sidecars', () => {
    expect(traced([cnn, route({ name: 'egress' }, { hostnames: [CNN] })], 'curl', `${CNN}:443`).end.kind).toBe('REACHES');
  });
});

describe('a gateway of the Gateway API', () => {
  const away = (host: string) => object('VirtualService', 'cnn', { hosts: [CNN], tls: [{ match: [{ sniHosts: [CNN] }], route: [{ destination: { host, port: { number: 443 } } }] }] });
  const gateway = (spec: object = {}, more: object = {}) => ofApi('Gateway', 'egress', { gatewayClassName: 'istio', listeners: [{ port: 443, protocol: 'TLS' }], ...spec }, more);

  test('is not followed, and named', () => {
    const found = traced([cnn, away('egress-istio.shop.svc.cluster.local'), gateway()], 'curl', `${CNN}:443`);

    expect(found.end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('Gateway shop/egress') as string });
    expect(causesAt(found, 'gateway')).toEqual(['Gateway shop/egress spec.listeners']);
  });

  test.each([
    ['by the addresses that it names', gateway({ addresses: [{ type: 'Hostname', value: 'out.infra.svc.cluster.local' }] }), 'out.infra.svc.cluster.local'],
    ['by a short name', gateway({ addresses: [{ value: 'out' }] }), 'out.shop.svc.cluster.local'],
    ['by the name that it asks for', gateway({}, { annotations: { 'gateway.istio.io/name-override': 'out' } }), 'out.shop.svc.cluster.local'],
  ])('has its Service %s', (_, yaml, host) => {
    expect(new GatewayApi(viewOf([yaml])).gatewayAt(host)?.name).toBe('egress');
  });

  test('is no waypoint', () => {
    expect(new GatewayApi(viewOf([gateway({ gatewayClassName: 'istio-waypoint' })])).gatewayAt('egress-istio-waypoint.shop.svc.cluster.local')).toBeUndefined();
  });
});
