import { ExternalService, Protocol, Resolution, Speaker, TlsStart } from '../../src';
import { messageOf, only, synth } from '../helpers';

const { CLIENT, SERVER, UNKNOWN } = Speaker;

// Written down from the protocols' own specifications, not from the library's table.
test.each([
  ['TCP', 'tcp', UNKNOWN, TlsStart.UNKNOWN, undefined, undefined],
  ['TLS', 'tls', CLIENT, TlsStart.ALWAYS, 443, undefined],
  ['HTTP', 'http', CLIENT, TlsStart.DIRECT, 80, 443],
  ['HTTP2', 'http2', CLIENT, TlsStart.DIRECT, 80, 443],
  ['GRPC', 'grpc', CLIENT, TlsStart.DIRECT, 80, 443],
  ['HTTPS', 'https', CLIENT, TlsStart.ALWAYS, 443, undefined],
  ['HTTP_PROXY', 'httpproxy', CLIENT, TlsStart.DIRECT, 3128, undefined],
  ['MYSQL', 'mysql', SERVER, TlsStart.UPGRADE, 3306, undefined],
  ['POSTGRES', 'postgres', CLIENT, TlsStart.UPGRADE, 5432, undefined],
  ['POSTGRES_DIRECT_TLS', 'postgres', CLIENT, TlsStart.ALWAYS, 5432, undefined],
  ['MONGO', 'mongo', CLIENT, TlsStart.DIRECT, 27017, undefined],
  ['REDIS', 'redis', CLIENT, TlsStart.DIRECT, 6379, undefined],
  ['SQL_SERVER', 'mssql', CLIENT, TlsStart.UPGRADE, 1433, undefined],
  ['SQL_SERVER_STRICT', 'mssql', CLIENT, TlsStart.ALWAYS, 1433, undefined],
  ['ORACLE', 'oracle', CLIENT, TlsStart.DIRECT, 1521, 2484],
  ['KAFKA', 'kafka', CLIENT, TlsStart.DIRECT, 9092, undefined],
  ['AMQP', 'amqp', CLIENT, TlsStart.DIRECT, 5672, 5671],
  ['AMQPS', 'amqps', CLIENT, TlsStart.ALWAYS, 5671, undefined],
  ['NATS', 'nats', SERVER, TlsStart.UPGRADE, 4222, undefined],
  ['SMTP', 'smtp', SERVER, TlsStart.UPGRADE, 587, undefined],
  ['SMTPS', 'smtps', CLIENT, TlsStart.ALWAYS, 465, undefined],
  ['LDAP', 'ldap', CLIENT, TlsStart.UPGRADE, 389, undefined],
  ['LDAPS', 'ldaps', CLIENT, TlsStart.ALWAYS, 636, undefined],
  ['SSH', 'ssh', SERVER, TlsStart.NEVER, 22, undefined],
  ['MEMCACHED', 'memcached', CLIENT, TlsStart.DIRECT, 11211, undefined],
] as const)('%s: it is known who speaks first, how TLS begins, and on which ports', (property, name, speaksFirst, tlsStart, defaultPort, defaultTlsPort) => {
  expect(Protocol[property]).toMatchObject({ name, speaksFirst, tlsStart, defaultPort, defaultTlsPort });
});

test('every protocol of the table is in the test above', () => {
  const named = Object.getOwnPropertyNames(Protocol).filter(name => /^[A-Z]/.test(name));

  expect(named).toHaveLength(25);
});

const portWith = (protocol: Protocol) => only(synth(chart => new ExternalService(chart, 'Db', {
  hosts: ['db.example.com'],
  ports: [{ number: 5432, protocol }],
  resolution: Resolution.dns(),
})), 'ServiceEntry').spec.ports[0];

test.each([
  ['TCP', 'TCP'], ['TLS', 'TLS'], ['HTTPS', 'TLS'], ['HTTP', 'HTTP'], ['HTTP2', 'HTTP2'], ['GRPC', 'GRPC'], ['MYSQL', 'TCP'], ['REDIS', 'TCP'], ['MONGO', 'TCP'],
  ['POSTGRES_DIRECT_TLS', 'TLS'], ['SSH', 'TCP'], ['HTTP_PROXY', 'TCP'],
] as const)('%s is told apart by server name or host only where the first bytes show one', (property, written) => {
  expect(portWith(Protocol[property])).toEqual({ number: 5432, name: written.toLowerCase(), protocol: written });
});

test('the class is not made by its constructor, from JavaScript', () => {
  expect(messageOf(() => new (Protocol as never as new () => Protocol)())).toContain('[Protocol] cannot be constructed');
});

describe('a protocol that is not in the table', () => {
  test('is told apart as its properties say', () => {
    expect(portWith(Protocol.custom('mqtt', { speaksFirst: CLIENT, tlsStart: TlsStart.DIRECT })).protocol).toBe('TCP');
    expect(portWith(Protocol.custom('mqtts', { speaksFirst: CLIENT, tlsStart: TlsStart.ALWAYS })).protocol).toBe('TLS');
  });

  test('may have usual ports', () => {
    const mqtt = Protocol.custom('mqtt', { speaksFirst: CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 1883, defaultTlsPort: 8883 });

    expect(mqtt).toMatchObject({ name: 'mqtt', defaultPort: 1883, defaultTlsPort: 8883 });
  });

  test.each([
    ['MQTT', { speaksFirst: CLIENT, tlsStart: TlsStart.DIRECT }, '\'name\' must be a word of lower-case letters and digits like "mqtt", got "MQTT"'],
    ['my-protocol', { speaksFirst: CLIENT, tlsStart: TlsStart.DIRECT }, '\'name\' must be a word'],
    [1, { speaksFirst: CLIENT, tlsStart: TlsStart.DIRECT }, '\'name\' must be a word'],
    ['mqtt', { speaksFirst: CLIENT }, '\'tlsStart\' is missing, which Protocol.custom() needs'],
    ['mqtt', { tlsStart: TlsStart.DIRECT }, '\'speaksFirst\' is missing, which Protocol.custom() needs'],
    ['mqtt', { speaksFirst: 'me', tlsStart: TlsStart.DIRECT }, '\'speaksFirst\' must be one of "client", "server", "unknown", got "me"'],
    ['mqtt', { speaksFirst: CLIENT, tlsStart: 'soon' }, '\'tlsStart\' must be one of'],
    ['mqtt', { speaksFirst: CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 0 }, '\'defaultPort\' must be a whole number from 1 to 65535, got 0'],
    ['mqtt', { speaksFirst: CLIENT, tlsStart: TlsStart.DIRECT, defaultTlsPort: 0 }, '\'defaultTlsPort\' must be a whole number from 1 to 65535, got 0'],
    ['mqtt', { speaksFirst: CLIENT, tlsStart: TlsStart.DIRECT, http: true }, '\'http\' is not a property of Protocol.custom()'],
  ])('is refused: %s %j', (name, props, message) => {
    expect(messageOf(() => Protocol.custom(name as never, props as never))).toContain(`[Protocol.custom()] ${message}`);
  });
});
