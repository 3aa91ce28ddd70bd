import { entry, hopAt, object, traced } from './helpers';

const alias = (name: string, of: string) => object('Service', name, { type: 'ExternalName', externalName: of, ports: [{ port: 3306, name: 'tcp' }] });
const route = (host: string) => object('VirtualService', 'db', { hosts: ['db.example.com'], tcp: [{ match: [{ port: 3306 }], route: [{ destination: { host } }] }] });

describe('a route to a Service that is another name', () => {
  const db = entry('db.example.com', 3306, 'TCP');

  test('goes to the cluster of that name', () => {
    const found = traced([db, entry('real.example.com', 3306, 'TCP', { resolution: 'STATIC', endpoints: [{ address: '192.0.2.7' }] }), alias('other', 'real.example.com'), route('other')], 'cart', 'db.example.com:3306');

    expect(hopAt(found, 'destination').facts.cluster).toBe('outbound|3306||real.example.com');
    expect(found.end.endpoints).toEqual(['192.0.2.7:3306']);
  });

  test('stays with the Service where nothing declares the name', () => {
    const found = traced([db, alias('other', 'unknown.example.com'), route('other')], 'cart', 'db.example.com:3306');

    expect(hopAt(found, 'destination').facts.cluster).toBe('outbound|3306||other.shop.svc.cluster.local');
  });
});
