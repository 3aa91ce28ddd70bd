import { entry, object, traced } from './helpers';

const API = 'api.example.com';

const originated = (tls: object) => object('DestinationRule', 'tls', { host: API, trafficPolicy: { tls } });
const mismatchAt = (port: number, objects: readonly string[]) => {
  const { end } = traced(objects, 'cart', `${API}:${port}`);
  expect(end.kind).toBe('REACHES');
  return end.mismatch;
};

describe('what arrives, and the server does not understand', () => {
  test('TLS in TLS, unless the sidecar of the server ends one', () => {
    const api = (mode: string, location = 'MESH_EXTERNAL') => mismatchAt(443, [entry(API, 443, 'TLS', { location }), originated({ mode, sni: API })]);

    expect(api('SIMPLE')).toBe('what arrives is TLS in TLS, because the application speaks TLS and the sidecar adds its own: a server that expects one of them cuts the handshake');
    expect(api('ISTIO_MUTUAL')).toContain('TLS in TLS');
    expect(api('ISTIO_MUTUAL', 'MESH_INTERNAL')).toBeUndefined();
    expect(api('DISABLE')).toBeUndefined();
  });

  test('plaintext, where TLS is asked for and istiod makes none', () => {
    const http = entry(API, 80, 'HTTP', { ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 8443 }] });

    expect(mismatchAt(80, [http, originated({ mode: 'SIMPLE', credentialName: 'api' })])).toBe('what arrives is plaintext, and the DestinationRule asks for SIMPLE');
    expect(mismatchAt(80, [http, originated({ mode: 'SIMPLE' })])).toBeUndefined();
    expect(mismatchAt(443, [entry(API, 443, 'TLS'), originated({ mode: 'SIMPLE', credentialName: 'api' })])).toBeUndefined();
  });

  test('the mesh\'s own TLS at a server outside, unless the certificate that is asked for is one of the mesh', () => {
    const db = (tls: object) => mismatchAt(3306, [entry(API, 3306, 'TCP'), originated({ mode: 'ISTIO_MUTUAL', ...tls })]);

    expect(db({})).toBe('what arrives is the mesh\'s own TLS (ISTIO_MUTUAL), and api.example.com is outside of the mesh: it has no certificate of the mesh');
    expect(db({ subjectAltNames: ['spiffe://other/ns/a/sa/b'] })).toBeUndefined();
    expect(mismatchAt(3306, [entry(API, 3306, 'TCP', { workloadSelector: { labels: { app: 'vm' } }, resolution: 'STATIC' }),
      object('WorkloadEntry', 'vm', { address: '192.0.2.9', labels: { app: 'vm' } }), originated({ mode: 'ISTIO_MUTUAL' })])).toBeUndefined();
  });

  test.each<[string, number, object, object, string | undefined]>([
    ['plaintext at the port of HTTPS', 80, { number: 80, protocol: 'HTTP', targetPort: 443 }, { mode: 'DISABLE' }, 'what arrives is HTTP in plaintext, at port 443, where servers expect TLS'],
    ['TLS there', 80, { number: 80, protocol: 'HTTP', targetPort: 443 }, { mode: 'SIMPLE' }, undefined],
    ['TLS at the port of HTTP', 80, { number: 80, protocol: 'HTTP' }, { mode: 'SIMPLE' }, 'what arrives is TLS, at port 80, where servers expect HTTP in plaintext'],
    ['plaintext there', 80, { number: 80, protocol: 'HTTP' }, { mode: 'DISABLE' }, undefined],
    ['TLS at a port of its own', 8080, { number: 8080, protocol: 'HTTP' }, { mode: 'SIMPLE' }, undefined],
    ['plaintext at a port of its own', 8080, { number: 8080, protocol: 'HTTP' }, { mode: 'DISABLE' }, undefined],
  ])('%s', (_, port, declared, tls, mismatch) => {
    expect(mismatchAt(port, [entry(API, port, 'HTTP', { ports: [{ name: 'http', ...declared }] }), originated(tls)])).toBe(mismatch);
  });

  test('TLS of a proxy, where client and server agree on it later', () => {
    const db = (name: string) => mismatchAt(9306, [entry(API, 9306, 'TCP', { ports: [{ number: 9306, name, protocol: 'TCP' }] }), originated({ mode: 'SIMPLE', sni: API })]);

    expect(db('tcp-mysql')).toBe('what arrives begins with TLS, and in MySQL client and server agree on it after a first message: the server ends the connection');
    expect(db('tcp-redis')).toBeUndefined();
  });

  test('TLS of the application at the port of HTTP', () => {
    const https = (targetPort: number) => mismatchAt(443, [entry(API, 443, 'HTTPS', { ports: [{ number: 443, name: 'https', protocol: 'HTTPS', targetPort }] })]);

    expect(https(80)).toBe('what arrives is the TLS of the application, at port 80, where servers expect HTTP in plaintext');
    expect(https(8443)).toBeUndefined();
  });

  test('plaintext at a port that is declared for TLS, where a rule sends requests', () => {
    const ports = [{ number: 80, name: 'http', protocol: 'HTTP' }, { number: 8443, name: 'https', protocol: 'HTTPS' }];
    const route = object('VirtualService', 'api', { hosts: [API], http: [{ route: [{ destination: { host: API, port: { number: 8443 } } }] }] });

    expect(mismatchAt(80, [entry(API, 80, 'HTTP', { ports }), route])).toBe('what arrives is HTTP in plaintext, at a port that api.example.com is declared to speak HTTPS on');
    expect(mismatchAt(80, [entry(API, 80, 'HTTP', { ports }), route, originated({ mode: 'SIMPLE' })])).toBeUndefined();
  });
});

test('what the clients of a port do not speak is a condition, where nobody says what the application does', () => {
  const conditions = (port: number, protocol: string, more: object = {}) => traced([entry(API, port, protocol)], 'cart', `${API}:${port}`, more).end.conditions;

  expect(conditions(3306, 'TLS')).toEqual(['if the application begins with TLS, which clients of MySQL, whose port 3306 is, do not (MX0219)']);
  expect(conditions(3306, 'TLS', { protocol: 'TLS' })).toEqual([]);
  expect(conditions(443, 'TLS')).toEqual([]);
  expect(conditions(3306, 'TCP')).toEqual([]);
});
