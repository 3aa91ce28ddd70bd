import { InsideSpec, requestsOf } from '../inside';

const INSIDE: InsideSpec = {
  host: 'reviews',
  versions: 2,
  verb: 'routeTo',
  matches: [
    { header: { how: 'prefix', name: 'end-user', value: 'jas' }, version: 2, abort: 418 },
    { header: { how: 'present', name: 'end-user', value: '' }, version: 1 },
  ],
  mirror: { version: 2 },
  seconds: 3,
  balancer: 'address',
  backwards: false,
};

const requests = (more: Partial<InsideSpec> = {}) => requestsOf({ charts: [{ namespace: 'data' }, { namespace: 'shop', inside: { ...INSIDE, ...more } }] });

describe('requests to a service inside the mesh', () => {
  test('take the first match that fits', () => {
    const [plain, jason, , alice] = requests();

    expect(jason).toMatchObject({ headers: { 'end-user': 'jason' }, shares: { v2: 100 }, abort: 418, seconds: 3, hash: 'address' });
    expect(alice).toMatchObject({ headers: { 'end-user': 'alice' }, shares: { v1: 100 }, seconds: 3 });
    expect(plain).toMatchObject({ headers: {}, shares: { v1: 100 }, mirror: { subset: 'v2', percentage: 100 }, seconds: 3 });
    expect([jason.mirror, alice.abort, plain.abort]).toEqual([undefined, undefined, undefined]);
  });

  test('are made by sidecars alone when nothing is exposed', () => {
    expect(requests().filter(({ ingress }) => ingress)).toEqual([]);
  });

  test('are answered alike from outside, and sent to HTTPS where it is said', () => {
    const [inside, outside, plaintext] = requests({ exposed: 'mutual', redirects: true });

    expect(outside).toEqual({ ...inside, ingress: { host: 'app-1.example.com', port: 443, certificate: 'certificate-1', mutual: true } });
    expect(plaintext).toMatchObject({ ingress: { host: 'app-1.example.com', port: 80 }, redirected: true });
    expect(plaintext).not.toHaveProperty('shares');
  });
});
