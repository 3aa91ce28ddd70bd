import { App } from 'cdk8s';
import { AppMesh } from '../../src/app/app-mesh';
import { MeshModel } from '../../src/private/model';
import { ANY, ExternalEntry } from '../../src/view/external-entry';
import { record, records, strings } from '../../src/view/fields';
import { MeshObject } from '../../src/view/mesh-object';
import { visibleTo } from '../../src/view/visibility';

/** The facts of a mesh of which nothing is declared. */
const FACTS = AppMesh.of(new App()).mesh;

/** A ServiceEntry as anybody may have written it. */
function objectWith(spec: object): MeshObject {
  return { group: 'networking.istio.io', kind: 'ServiceEntry', name: 'db', namespace: 'shop', labels: {}, annotations: {}, origin: { path: 'shop/Db' }, spec: { ...spec } };
}

const entryOf = (spec: object, facts: Partial<MeshModel> = {}) => new ExternalEntry(objectWith(spec), { ...FACTS, ...facts });
const portOf = (protocol?: string) => entryOf({ ports: [{ number: 443, protocol }] }).ports[0];

describe('a ServiceEntry is read as istiod reads it', () => {
  test.each([
    ['TCP', 'TCP'], ['MYSQL', 'TCP'], ['MONGO', 'TCP'], [undefined, 'TCP'], ['TLS', 'TLS'], ['HTTPS', 'TLS'], ['tls', 'TLS'],
    ['HTTP', 'HTTP'], ['HTTP2', 'HTTP'], ['GRPC', 'HTTP'], ['GRPC-Web', 'HTTP'], ['http', 'HTTP'],
  ])('protocol %s is told apart like %s', (protocol, portClass) => {
    expect(portOf(protocol).class).toBe(portClass);
  });

  test('a port leads to itself unless it says otherwise', () => {
    expect(entryOf({ ports: [{ number: 80, protocol: 'HTTP' }, { number: 80, targetPort: 8080, protocol: 'HTTP' }] }).ports)
      .toMatchObject([{ number: 80, target: 80, class: 'HTTP' }, { number: 80, target: 8080, class: 'HTTP' }]);
  });

  test('two spellings of one address are one, and what is no address stays as it is', () => {
    expect(entryOf({ addresses: ['2001:DB8:0::1', '192.0.2.0/24', '192.0.2.1/32', 'not:an:address', 'db'] }).addresses)
      .toEqual(['2001:db8::1', '192.0.2.0/24', '192.0.2.1', 'not:an:address', 'db']);
  });

  test('an endpoint is an address; names, and endpoints without one, are none', () => {
    expect(entryOf({ endpoints: [{ address: '2001:DB8::1' }, { address: 'db.example.com' }, { network: 'vm' }, { address: 1 }] }).endpoints).toEqual(['2001:db8::1']);
  });

  test.each([['DNS', true], ['DNS_ROUND_ROBIN', true], ['DYNAMIC_DNS', true], ['STATIC', false], ['NONE', false], [undefined, false]])(
    'resolution %s is by name: %s', (resolution, byName) => {
      expect(entryOf({ resolution }).isResolvedByName).toBe(byName);
    });

  test('what is missing is empty', () => {
    expect(entryOf({})).toMatchObject({ hosts: [], ports: [], addresses: [], endpoints: [], visibleTo: ['*'] });
  });
});

describe('a sidecar listens', () => {
  const listeners = (protocol: string, spec: object, facts: Partial<MeshModel> = {}) => {
    const entry = entryOf({ ports: [{ number: 443, protocol }], ...spec }, facts);
    return entry.listenersOf(entry.ports[0]);
  };
  const capture = { dnsCapture: true };

  test.each<[string, string, object, Partial<MeshModel>, string[]]>([
    ['on the addresses of TCP', 'TCP', { addresses: ['192.0.2.1'] }, {}, ['192.0.2.1']],
    ['on the addresses of TLS', 'TLS', { addresses: ['192.0.2.1'] }, {}, ['192.0.2.1']],
    ['everywhere for HTTP, whatever its addresses', 'HTTP', { addresses: ['192.0.2.1'] }, {}, [ANY]],
    ['everywhere without addresses', 'TCP', { resolution: 'DNS' }, {}, [ANY]],
    ['on the allocated address with DNS capture, which nobody knows', 'TCP', { resolution: 'DNS' }, capture, []],
    ['everywhere with DNS capture in a mesh that does not allocate', 'TCP', { resolution: 'DNS' }, { ...capture, ipAutoAllocate: false }, [ANY]],
    ['everywhere with DNS capture and no resolution, which gets no address', 'TLS', { resolution: 'NONE' }, capture, [ANY]],
    ['everywhere with DNS capture and no resolution given, which is NONE', 'TLS', {}, capture, [ANY]],
  ])('%s', (_, protocol, spec, facts, expected) => {
    expect(listeners(protocol, spec, facts)).toEqual(expected);
  });
});

describe('an object is visible', () => {
  test.each([
    [['.'], ['shop']], [['*'], ['*']], [[], ['*']], [undefined, ['*']], [['data', '.'], ['data', 'shop']], [['data', 'data'], ['data']], [['~'], []],
    [['~', 'data'], ['data']], [[1, 'data'], ['data']],
  ])('exportTo %j: in %j', (exported, expected) => {
    expect(visibleTo(objectWith({ exportTo: exported }), {})).toEqual(expected);
  });
});

describe('an object without exportTo is visible by the default of the mesh for its kind', () => {
  const defaults = { defaultServiceExportTo: ['.'], defaultVirtualServiceExportTo: ['~'], defaultDestinationRuleExportTo: ['data'] };

  test.each([['ServiceEntry', ['shop']], ['VirtualService', []], ['DestinationRule', ['*']], ['Gateway', ['*']]])('%s', (kind, expected) => {
    expect(visibleTo({ ...objectWith({}), kind }, defaults)).toEqual(expected);
  });

  test('and by its own, when it has one', () => {
    expect(visibleTo({ ...objectWith({ exportTo: ['*'] }), kind: 'ServiceEntry' }, defaults)).toEqual(['*']);
  });
});

describe('what an object of another tool holds is taken for what it is', () => {
  test('text', () => {
    expect(strings(['a', 1, null, 'b'])).toEqual(['a', 'b']);
    expect(strings('a')).toEqual([]);
  });

  test('objects', () => {
    expect(records([{ a: 1 }, null, 'b', 2])).toEqual([{ a: 1 }]);
    expect(records('a')).toEqual([]);
    expect(record(undefined)).toEqual({});
    expect(record({ a: 1 })).toEqual({ a: 1 });
  });
});
