import { causesAt, entry, GATEWAY, object, traced } from './helpers';

const API = entry('api.example.com', 80, 'HTTP');
const SERVICE = object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'http', port: 80 }] });
const TO_GATEWAY = object('VirtualService', 'out', { hosts: ['api.example.com'], http: [{ route: [{ destination: { host: GATEWAY, port: { number: 80 } } }] }] });
const FROM_GATEWAY = object('VirtualService', 'from', {
  hosts: ['api.example.com'], gateways: ['one', 'two'], http: [{ route: [{ destination: { host: 'api.example.com' } }] }],
});
const gateway = (name: string, hosts: readonly string[], tls?: object, protocol = 'HTTP') => object('Gateway', name, {
  selector: { istio: 'egressgateway' }, servers: [{ port: { number: 80, name, protocol }, hosts, tls }],
});
const api = (...objects: readonly string[]) => traced([API, SERVICE, TO_GATEWAY, ...objects], 'cart', 'api.example.com:80');
const REDIRECT = { httpsRedirect: true };

describe('a server that redirects to HTTPS', () => {
  test('answers requests in plaintext itself', () => {
    const found = api(gateway('one', ['api.example.com'], REDIRECT), FROM_GATEWAY);

    expect(found.end).toMatchObject({ kind: 'REFUSED', text: 'the gateway answers with a redirect to HTTPS', seen: '301 Moved Permanently, to HTTPS' });
    expect(causesAt(found, 'gateway route')).toEqual(['Gateway shop/one spec.servers[0]']);
  });

  test('needs no VirtualService', () => {
    expect(api(gateway('one', ['*.example.com'], REDIRECT)).end.kind).toBe('REFUSED');
    expect(api(gateway('one', ['other.example.com'], REDIRECT)).end.kind).toBe('NOWHERE');
  });

  test('whose host has a namespace in front redirects for its VirtualServices alone', () => {
    expect(api(gateway('one', ['./api.example.com'], REDIRECT)).end.kind).toBe('NOWHERE');
    expect(api(gateway('one', ['./api.example.com'], REDIRECT), FROM_GATEWAY).end.kind).toBe('REFUSED');
  });

  test('does so for a host that another server of the port has as well, and for no narrower one', () => {
    expect(api(gateway('one', ['api.example.com'], REDIRECT), gateway('two', ['api.example.com']), FROM_GATEWAY).end.kind).toBe('REFUSED');
    expect(api(gateway('one', ['*.example.net'], REDIRECT), gateway('two', ['api.example.com']), FROM_GATEWAY).end.kind).toBe('REACHES');
  });
});

test.each([['bind', { bind: '127.0.0.1' }], ['captureMode', { captureMode: 'NONE' }]])('an egress listener with %s is not followed', (_, more) => {
  const sidecar = object('Sidecar', 'default', { egress: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['./*'], ...more }, { hosts: ['./*'] }] });
  const found = traced([API, entry('db.example.com', 3306, 'TCP'), sidecar], 'cart', 'api.example.com:80');

  expect(found.end).toMatchObject({ kind: 'UNKNOWN', text: expect.stringContaining('listens on an address of its own for port 80') });
  expect(causesAt(found, 'sidecar')).toEqual(['Sidecar shop/default spec.egress[0]']);
  expect(traced([API, entry('db.example.com', 3306, 'TCP'), sidecar], 'cart', 'db.example.com:3306').end.kind).toBe('REACHES');
});
