import { Chart } from 'cdk8s';
import {
  ClientTls, EgressGateway, ExternalHttp, ExternalHttpProps, ExternalMongo, ExternalPostgres, ExternalRedis, ExternalTls, IExternalService,
  ImportedOptions,
  Protocol, Resolution, SslNegotiation,
} from '../../src';
import { messageOf, only, synth } from '../helpers';

const resolution = Resolution.dns();
const portsOf = (make: (chart: Chart) => unknown) => only(synth(chart => void make(chart)), 'ServiceEntry').spec.ports;

const KINDS = { ExternalHttp, ExternalMongo, ExternalPostgres, ExternalRedis, ExternalTls };
type Kind = keyof typeof KINDS;

describe('a kind brings what is known of it', () => {
  test.each<[Kind, object, object]>([
    ['ExternalPostgres', {}, { number: 5432, name: 'tcp', protocol: 'TCP' }],
    ['ExternalPostgres', { port: 6432 }, { number: 6432, name: 'tcp', protocol: 'TCP' }],
    ['ExternalPostgres', { sslNegotiation: SslNegotiation.POSTGRES }, { number: 5432, name: 'tcp', protocol: 'TCP' }],
    ['ExternalPostgres', { sslNegotiation: SslNegotiation.DIRECT }, { number: 5432, name: 'tls', protocol: 'TLS' }],
    ['ExternalMongo', {}, { number: 27017, name: 'tcp', protocol: 'TCP' }],
    ['ExternalMongo', { port: 27018, tls: ClientTls.passthrough() }, { number: 27018, name: 'tls', protocol: 'TLS' }],
    ['ExternalRedis', { port: 6380, tls: ClientTls.passthrough() }, { number: 6380, name: 'tls', protocol: 'TLS' }],
    ['ExternalTls', {}, { number: 443, name: 'tls', protocol: 'TLS' }],
    ['ExternalTls', { port: 8443 }, { number: 8443, name: 'tls', protocol: 'TLS' }],
    ['ExternalHttp', {}, { number: 443, name: 'tls', protocol: 'TLS' }],
    ['ExternalHttp', { tls: ClientTls.passthrough(), port: 8443 }, { number: 8443, name: 'tls', protocol: 'TLS' }],
    ['ExternalHttp', { tls: ClientTls.originate() }, { number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }],
    ['ExternalHttp', { tls: ClientTls.disable() }, { number: 80, name: 'http', protocol: 'HTTP' }],
  ])('%s %j', (kind, more, port) => {
    expect(portsOf(chart => new KINDS[kind](chart, 'It', { host: 'it.example.com', resolution, ...more }))).toEqual([port]);
  });

  test('a wildcard of TLS needs no resolution', () => {
    expect(only(synth(chart => new ExternalTls(chart, 'It', { host: '*.example.com', resolution: Resolution.none() })), 'ServiceEntry').spec.hosts).toEqual(['*.example.com']);
  });
});

describe('a kind that another app declares is reached as that app says', () => {
  const options: ImportedOptions = { namespaceName: 'platform', gateway: EgressGateway.istioEgressGateway() };

  test.each<[Kind, number]>([['ExternalHttp', 443], ['ExternalMongo', 27017], ['ExternalPostgres', 5432], ['ExternalRedis', 6379], ['ExternalTls', 443]])('%s', (kind, port) => {
    let imported: IExternalService | undefined;
    synth(chart => {
      imported = KINDS[kind].fromAttributes(chart, 'It', { host: 'it.example.com', ...options });
    });

    expect(imported!.hosts).toEqual(['it.example.com']);
    expect(() => imported!.connectFrom(imported!, { portNumber: port })).toThrow('has no pod template');
    expect(messageOf(() => imported!.connectFrom(imported!, { portNumber: 1 }))).toContain(`'portNumber' must be a port of the service (${port}), got 1`);
  });
});

describe('a kind refuses', () => {
  test.each<[string, Kind, object, string]>([
    ['a property of another kind', 'ExternalPostgres', { tls: ClientTls.originate() }, '\'tls\' is not a property of ExternalPostgres: it has \'host\', \'port\', \'sslNegotiation\''],
    ['an unknown negotiation', 'ExternalPostgres', { sslNegotiation: 'tls' }, '\'sslNegotiation\' must be one of "postgres", "direct", got "tls"'],
    ['TLS as text', 'ExternalMongo', { tls: 'SIMPLE' }, '\'tls\' must be one of ClientTls.disable(), passthrough(), originate() or mutual(), got "SIMPLE"'],
    ['a constant that Protocol does not have', 'ExternalHttp', { protocol: undefined }, '\'protocol\' must be one of Protocol.HTTP, Protocol.HTTP2 or Protocol.GRPC, got undefined'],
    ['a protocol that is not HTTP', 'ExternalHttp', { protocol: Protocol.HTTPS }, '\'protocol\' must be one of Protocol.HTTP, Protocol.HTTP2 or Protocol.GRPC, got the protocol '
      + '"https": for HTTPS that the application speaks leave it out'],
    ['a constant that SslNegotiation does not have', 'ExternalPostgres', { sslNegotiation: undefined }, '\'sslNegotiation\' must be one of "postgres", "direct", got undefined'],
    ['HTTPS on the port of plaintext', 'ExternalHttp', { port: 80 }, '\'port\' 80 with an application that speaks HTTPS: leave \'port\' out for 443, or say with \'tls\' that the '
      + 'application speaks plaintext, ClientTls.disable() or ClientTls.originate()'],
    ['plaintext on the port of the server', 'ExternalHttp', { port: 443, tls: ClientTls.originate() }, '\'port\' 443 is what the application calls, in plaintext, and not the port '
      + 'of the server: leave \'port\' out for 80; the last proxy connects to 443'],
    ['a port that is none', 'ExternalTls', { port: 0 }, '\'port\' must be a whole number from 1 to 65535, got 0'],
  ])('%s', (_, kind, more, message) => {
    expect(messageOf(() => synth(chart => new KINDS[kind](chart, 'It', { host: 'it.example.com', resolution, ...more } as ExternalHttpProps))))
      .toContain(`[test/It] ${message}`);
  });

  test('attributes without a namespace', () => {
    expect(messageOf(() => synth(chart => ExternalTls.fromAttributes(chart, 'It', { host: 'it.example.com' } as never))))
      .toBe('[test/It] \'namespaceName\' is missing, which ExternalTls.fromAttributes() needs');
  });
});
