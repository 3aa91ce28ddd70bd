import { entry, GATEWAY, hopAt, object, traced } from './helpers';

const API = 'api.example.com';
const route = (spec: object, name = 'api') => object('VirtualService', name, { hosts: [API], ...spec });
const toGateway = (kind: string, match: object = { port: 443 }) => (
  { [kind]: [{ match: [match], route: [{ destination: { host: GATEWAY, port: { number: 443 } } }] }] });

describe('why a VirtualService for the host is not followed is said where the sidecar connects past it:', () => {
  test.each<[string, string[], string]>([
    ['it is for gateways alone', [route({ gateways: ['egress'], ...toGateway('tls', { sniHosts: [API] }) })], '\'gateways\' leaves out "mesh"'],
    ['it is not exported', [route({ exportTo: ['data'], ...toGateway('tls', { sniHosts: [API] }) })], '\'exportTo\' does not name namespace "shop"'],
    ['a Sidecar leaves it out', [object('VirtualService', 'data/api', { hosts: [API], ...toGateway('tls', { sniHosts: [API] }) }), object('Sidecar', 'default', { egress: [{ hosts: ['./*'] }] })],
      'the Sidecar does not import it, or an older one for the host stands before it'],
    ['its rules are of another protocol', [route(toGateway('http'))], 'none of its rules is for this port, for what is spoken on it, or for this client'],
  ])('%s', (_, objects, why) => {
    const { notes } = hopAt(traced([entry(API, 443, 'TLS', { exportTo: ['*'] }), ...objects], 'cart', `${API}:443`), 'upstream');

    expect(notes.filter(note => note.includes('does not follow it'))).toEqual([expect.stringContaining(why)]);
  });

  test('and nothing where it is followed, or there is none', () => {
    const notesOf = (objects: string[]) => traced([entry(API, 443, 'TLS'), ...objects], 'cart', `${API}:443`).hops.flatMap(({ notes }) => notes).filter(note => note.includes('follow it'));

    expect(notesOf([])).toEqual([]);
    expect(notesOf([route({ tls: [{ match: [{ port: 443, sniHosts: [API] }], route: [{ destination: { host: API } }] }] })])).toEqual([]);
  });
});
