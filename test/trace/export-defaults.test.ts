import { entry, object, traced } from './helpers';

describe('objects without exportTo are exported by the default of the mesh', () => {
  const database = entry('db.example.com', 3306, 'TCP');

  test('a ServiceEntry', () => {
    expect(traced([database], 'catalog/api', 'db.example.com:3306').end.kind).toBe('REACHES');
    expect(traced([database], 'catalog/api', 'db.example.com:3306', { facts: { defaultServiceExportTo: ['.'] } }).end.kind).toBe('NOWHERE');
    expect(traced([database], 'cart', 'db.example.com:3306', { facts: { defaultServiceExportTo: ['.'] } }).end.kind).toBe('REACHES');
  });

  test('a VirtualService', () => {
    const away = object('VirtualService', 'away', { hosts: ['db.example.com'], tcp: [{ route: [{ destination: { host: 'other.example.com', port: { number: 3306 } } }] }] });
    const endpoints = (facts: object) => traced([database, entry('other.example.com', 3306, 'TCP', { addresses: ['192.0.2.9'] }), away], 'catalog/api', 'db.example.com:3306', { facts }).end.endpoints;

    expect(endpoints({})).toEqual(['other.example.com:3306']);
    expect(endpoints({ defaultVirtualServiceExportTo: ['.'] })).toEqual(['db.example.com:3306']);
  });

  test('a DestinationRule, of whose default istiod honors "." alone', () => {
    const tls = object('DestinationRule', 'db', { host: 'db.example.com', trafficPolicy: { tls: { mode: 'SIMPLE' } } });
    const modeOf = (facts: object) => traced([database, tls], 'catalog/api', 'db.example.com:3306', { facts }).hops.find(({ stage }) => stage === 'upstream')?.facts.tls;

    expect(modeOf({})).toBe('SIMPLE');
    expect(modeOf({ defaultDestinationRuleExportTo: ['.'] })).toBe('PLAINTEXT');
    expect(modeOf({ defaultDestinationRuleExportTo: ['other'] })).toBe('SIMPLE');
  });
});
