import { Chart } from 'cdk8s';
import {
  ClientTls, EgressGateway, EgressViaGateway, ExternalHttp, ExternalMongo, ExternalPort, ExternalRedis, ExternalService, MeshClient,
  Protocol, Resolution,
} from '../../src';
import { all, messageOf, only, synth } from '../helpers';

const RESOLUTION = Resolution.dnsRoundRobin();

const direct = (port: ExternalPort) => synth(chart => new ExternalService(chart, 'Api', { hosts: ['api.example.com'], ports: [port], resolution: RESOLUTION }));

const routed = (make: (chart: Chart) => ExternalService) => synth(chart => {
  const service = make(chart);
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(service);
  service.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
});

const throughGateway = (port: ExternalPort) => routed(chart => (
  new ExternalService(chart, 'Api', { hosts: ['api.example.com'], ports: [port], resolution: RESOLUTION })));

describe('TLS that the application speaks', () => {
  test('is told apart by its server name', () => {
    expect(only(direct({ number: 6380, protocol: Protocol.REDIS, tls: ClientTls.passthrough() }), 'ServiceEntry').spec.ports)
      .toEqual([{ number: 6380, name: 'tls', protocol: 'TLS' }]);
  });

  test('is nothing that a proxy adds', () => {
    expect(all(direct({ number: 6380, protocol: Protocol.REDIS, tls: ClientTls.passthrough() }), 'DestinationRule')).toEqual([]);
  });
});

test('without TLS a protocol is what it is in plaintext', () => {
  expect(only(direct({ number: 80, protocol: Protocol.HTTP, tls: ClientTls.disable() }), 'ServiceEntry').spec.ports[0].protocol).toBe('HTTP');
});

describe('TLS that a proxy originates', () => {
  test('is the sidecar\'s for a direct service, which sends the host and verifies it', () => {
    const { spec } = only(direct({ number: 6380, protocol: Protocol.REDIS, tls: ClientTls.originate() }), 'DestinationRule', 'api.bookinfo.endpoints');

    expect(spec.host).toBe('api.example.com');
    expect(spec.trafficPolicy.portLevelSettings).toEqual([{
      port: { number: 6380 }, tls: { mode: 'SIMPLE', sni: 'api.example.com', subjectAltNames: ['api.example.com'], caCertificates: 'system' },
    }]);
  });

  test('is the gateway\'s for a routed service, with the real host as server name', () => {
    const { spec } = only(throughGateway({ number: 6380, protocol: Protocol.REDIS, tls: ClientTls.originate() }), 'DestinationRule', 'api.bookinfo.upstream.6380');

    expect(spec.host).toBe('p6380.bookinfo.api.example.com');
    expect(spec.trafficPolicy).toEqual({ tls: { mode: 'SIMPLE', sni: 'api.example.com', subjectAltNames: ['api.example.com'], caCertificates: 'system' } });
  });

  test('verifies other names when they are given', () => {
    const port = { number: 6380, protocol: Protocol.REDIS, tls: ClientTls.originate({ sni: 'one.example.com' }) };
    const named = { ...port, tls: ClientTls.originate({ subjectAltNames: ['a.example.com', 'b.example.com'], caCertificates: '/etc/ca.pem' }) };

    expect(only(throughGateway(port), 'DestinationRule', 'api.bookinfo.upstream.6380').spec.trafficPolicy.tls)
      .toMatchObject({ sni: 'one.example.com', subjectAltNames: ['one.example.com'] });
    expect(only(throughGateway(named), 'DestinationRule', 'api.bookinfo.upstream.6380').spec.trafficPolicy.tls)
      .toEqual({ mode: 'SIMPLE', sni: 'api.example.com', subjectAltNames: ['a.example.com', 'b.example.com'], caCertificates: '/etc/ca.pem' });
  });

  test('takes the authority from a Secret of the gateway\'s namespace, and then names no other', () => {
    const tls = ClientTls.originate({ credentialName: 'partner-ca' });

    expect(only(throughGateway({ number: 6380, protocol: Protocol.REDIS, tls }), 'DestinationRule', 'api.bookinfo.upstream.6380').spec.trafficPolicy.tls)
      .toEqual({ mode: 'SIMPLE', sni: 'api.example.com', subjectAltNames: ['api.example.com'], credentialName: 'partner-ca' });
  });

  test('has a client certificate from a Secret of the gateway\'s namespace', () => {
    const tls = ClientTls.mutual({ credentialName: 'partner' });

    expect(only(throughGateway({ number: 443, protocol: Protocol.TCP, tls }), 'DestinationRule', 'api.bookinfo.upstream.443').spec.trafficPolicy.tls)
      .toEqual({ mode: 'MUTUAL', sni: 'api.example.com', subjectAltNames: ['api.example.com'], credentialName: 'partner' });
  });

  test('joins the failover of endpoints', () => {
    const manifests = synth(chart => new ExternalRedis(chart, 'Redis', { host: 'redis.example.com', resolution: Resolution.dns(), tls: ClientTls.originate() }));

    expect(only(manifests, 'DestinationRule').spec.trafficPolicy.portLevelSettings).toMatchObject([
      { port: { number: 6379 }, tls: { mode: 'SIMPLE' }, connectionPool: { tcp: { connectTimeout: '2s' } }, outlierDetection: { consecutive5xxErrors: 1 } },
    ]);
  });

  test('of one port leaves the others as they are', () => {
    const manifests = synth(chart => new ExternalService(chart, 'Api', {
      hosts: ['api.example.com'],
      ports: [{ number: 80, protocol: Protocol.HTTP, tls: ClientTls.originate() }, { number: 443, protocol: Protocol.HTTPS }],
      resolution: RESOLUTION,
    }));

    expect(only(manifests, 'DestinationRule').spec.trafficPolicy.portLevelSettings.map(({ port }: { port: object }) => port)).toEqual([{ number: 80 }]);
  });

  test('of one port of a routed service writes no empty rule for the others, which Istio would refuse', () => {
    const manifests = routed(chart => new ExternalService(chart, 'Api', {
      hosts: ['api.example.com'],
      ports: [{ number: 6379, protocol: Protocol.REDIS, tls: ClientTls.originate() }, { number: 22, protocol: Protocol.SSH }],
      resolution: RESOLUTION,
      addresses: ['240.0.0.10'],
    }));

    expect(all(manifests, 'DestinationRule').map(({ metadata }) => metadata.name)).toEqual(['api.bookinfo.upstream.6379', 'api.bookinfo.to-gateway.shop']);
  });

  test.each([
    ['HTTP', Protocol.HTTP, 80, 443],
    ['AMQP', Protocol.AMQP, 5672, 5671],
    ['MongoDB, whose port is the same', Protocol.MONGO, 27017, undefined],
    ['another port than the protocol\'s', Protocol.HTTP, 8080, undefined],
  ])('ends at the usual port for TLS: %s', (_, protocol, number, targetPort) => {
    expect(only(direct({ number, protocol, tls: ClientTls.originate() }), 'ServiceEntry').spec.ports[0].targetPort).toBe(targetPort);
  });

  test('ends at the port that is given', () => {
    const port = { number: 80, targetPort: 8443, protocol: Protocol.HTTP, tls: ClientTls.originate() };

    expect(only(direct(port), 'ServiceEntry').spec.ports[0].targetPort).toBe(8443);
  });
});

test('a kind passes its TLS on', () => {
  const mongo = routed(chart => new ExternalMongo(chart, 'Db', { host: 'db.example.com', resolution: RESOLUTION, tls: ClientTls.originate() }));
  const http = routed(chart => new ExternalHttp(chart, 'Db', { host: 'db.example.com', resolution: RESOLUTION, tls: ClientTls.originate() }));

  expect(only(mongo, 'DestinationRule', 'db.bookinfo.upstream.27017').spec.trafficPolicy.tls.mode).toBe('SIMPLE');
  expect(only(http, 'DestinationRule', 'db.bookinfo.upstream.80').spec.trafficPolicy.tls.mode).toBe('SIMPLE');
});

describe('TLS that cannot be is refused', () => {
  const { HTTPS, LDAPS, MYSQL, POSTGRES, REDIS, SMTP, SSH } = Protocol;
  const mutual = ClientTls.mutual({ credentialName: 'partner' });

  test.each([
    ['around the protocol\'s own', MYSQL, ClientTls.originate(), '\'tls\' ClientTls.originate() with the protocol "mysql", whose TLS starts in the middle of the protocol'],
    ['as if the protocol began with it', POSTGRES, ClientTls.passthrough(), '\'tls\' ClientTls.passthrough() with the protocol "postgres", whose TLS starts in the middle'],
    ['with a client certificate, in the middle of a protocol', SMTP, mutual, '\'tls\' ClientTls.mutual() with the protocol "smtp", whose TLS starts in the middle'],
    ['around TLS', HTTPS, ClientTls.originate(), '\'tls\' ClientTls.originate() would put TLS around the TLS that "https" begins with'],
    ['around TLS, with a client certificate', LDAPS, mutual, '\'tls\' ClientTls.mutual() would put TLS around the TLS that "ldaps" begins with'],
    ['for a protocol without it', SSH, ClientTls.originate(), '\'tls\' ClientTls.originate() with the protocol "ssh", which has no TLS'],
    ['by the application, for a protocol without it', SSH, ClientTls.passthrough(), '\'tls\' ClientTls.passthrough() with the protocol "ssh", which has no TLS'],
    ['left out of a protocol that begins with it', HTTPS, ClientTls.disable(), '\'tls\' ClientTls.disable() with the protocol "https", which always begins with TLS'],
    ['by a name that is none', REDIS, ClientTls.originate({ sni: 'redis_1' }), '\'tls.sni\' must be a DNS name'],
    ['by no name', REDIS, ClientTls.originate({ subjectAltNames: [] }), '\'tls.subjectAltNames\' must not be empty'],
    ['by an empty name', REDIS, ClientTls.originate({ subjectAltNames: [''] }), '\'tls.subjectAltNames[0]\' must be a text that is not empty'],
    ['with two authorities', REDIS, ClientTls.originate({ caCertificates: '/ca.pem', credentialName: 'ca' }), '\'tls.caCertificates\' "/ca.pem" and \'credentialName\' "ca" both'],
    ['with an authority that is no file', REDIS, ClientTls.originate({ caCertificates: 'SYSTEM' }),
      '\'tls.caCertificates\' must be "system" or the path of a file in the proxy\'s container, like "/etc/ssl/partner.pem", got "SYSTEM"'],
    ['with a Secret that Istio reads as an authority', REDIS, ClientTls.mutual({ credentialName: 'partner-cacert' }), '\'tls.credentialName\' must not end in "-cacert"'],
    ['without a verification', REDIS, ClientTls.originate({ insecureSkipVerify: true } as never), '\'tls.insecureSkipVerify\' is not a property of ClientTls.originate()'],
    ['without its certificate', REDIS, ClientTls.mutual({} as never), '\'tls.credentialName\' is missing, which ClientTls.mutual() needs'],
    ['with nothing, from JavaScript', REDIS, ClientTls.mutual(undefined as never), '\'tls\': ClientTls.mutual() needs its properties'],
    ['as text, from JavaScript', REDIS, 'SIMPLE' as never, '\'ports[0].tls\' must be one of ClientTls.disable(), passthrough(), originate() or mutual(), got "SIMPLE"'],
  ])('%s', (_, protocol, tls, message) => {
    expect(messageOf(() => direct({ number: 1234, protocol, tls }))).toContain(`[test/Api] ${message}`);
  });

  test.each([
    ['a client certificate', mutual],
    ['an authority', ClientTls.originate({ credentialName: 'partner' })],
  ])('with %s from a Secret that no sidecar would get: it would silently send plaintext', (_, tls) => {
    expect(messageOf(() => direct({ number: 6380, protocol: REDIS, tls }))).toContain(
      '[test/Api] \'credentialName\' "partner" is read for the sidecars of named workloads, and a client is every account of "bookinfo"');
  });

  test('by the abstract class', () => {
    expect(messageOf(() => new (ClientTls as never as new () => ClientTls)())).toContain('[ClientTls] cannot be constructed');
  });
});
