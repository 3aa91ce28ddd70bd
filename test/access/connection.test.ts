import { ApiObject } from 'cdk8s';
import {
  ClientTls, ConnectOptions, Credentials, ExternalPort, ExternalRedis, ExternalService, ExternalTcp, Protocol, Resolution, Speaker, TlsStart,
} from '../../src';
import { messageOf, only, synth } from '../helpers';

/** The names and plain values of the variables that a workload gets, by name. */
function variables(options: ConnectOptions, service: 'redis' | 'tcp' | 'tls' = 'redis'): { [name: string]: string | undefined } {
  const manifests = synth(chart => {
    const resolution = Resolution.dns();
    const credentials = Credentials.fromSecret('account');
    const connected = {
      redis: () => new ExternalRedis(chart, 'Service', { host: 'redis.example.com', resolution, credentials }),
      tcp: () => new ExternalTcp(chart, 'Service', { host: 'ldap.example.com', ports: [389, 3268], resolution }),
      tls: () => new ExternalService(chart, 'Service', { hosts: ['api.example.com'], ports: [{ number: 443, protocol: Protocol.TLS }], resolution }),
    }[service]();
    connected.connectFrom(new ApiObject(chart, 'Cart', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'cart' },
      spec: { template: { spec: { containers: [{ name: 'cart', image: 'cart' }] } } },
    }), options);
  });
  const { env } = only(manifests, 'Deployment').spec.template.spec.containers[0];
  return Object.fromEntries(env.map(({ name, value }: { name: string; value?: string }) => [name, value]));
}

describe('the variables of a connection', () => {
  test('begin with the protocol', () => {
    expect(variables({})).toStrictEqual({ REDIS_HOST: 'redis.example.com', REDIS_PORT: '6379', REDIS_USER: undefined, REDIS_PASSWORD: undefined });
    expect(variables({}, 'tcp')).toStrictEqual({ TCP_HOST: 'ldap.example.com', TCP_PORT: '389' });
    expect(variables({}, 'tls')).toStrictEqual({ TLS_HOST: 'api.example.com', TLS_PORT: '443' });
  });

  test('begin as somebody wants them to', () => {
    expect(Object.keys(variables({ envPrefix: 'CART_DB' }))).toEqual(['CART_DB_HOST', 'CART_DB_PORT', 'CART_DB_USER', 'CART_DB_PASSWORD']);
  });

  test('have each the name that is wanted', () => {
    const names = { hostVariable: 'ADDR', portVariable: 'addr_port', usernameVariable: '_LOGIN', passwordVariable: 'AUTH2' };

    expect(Object.keys(variables(names))).toEqual(['ADDR', 'addr_port', '_LOGIN', 'AUTH2']);
    expect(Object.keys(variables({ envPrefix: 'DB', hostVariable: 'ADDR' }))).toEqual(['ADDR', 'DB_PORT', 'DB_USER', 'DB_PASSWORD']);
  });

  test('name the port that is used', () => {
    expect(variables({ portNumber: 3268 }, 'tcp').TCP_PORT).toBe('3268');
  });

  test('take everything at once', () => {
    expect(variables({
      envPrefix: 'UNUSED',
      hostVariable: 'H',
      portVariable: 'P',
      usernameVariable: 'U',
      passwordVariable: 'W',
      credentials: Credentials.fromSecret('other'),
      containerName: 'cart',
      portNumber: 6379,
    })).toStrictEqual({ H: 'redis.example.com', P: '6379', U: undefined, W: undefined });
  });

  test('are not changed by options that are undefined', () => {
    expect(variables({ envPrefix: undefined, credentials: undefined, containerName: undefined, portNumber: undefined })).toStrictEqual(variables({}));
  });
});

describe('options of a connection that cannot be are refused', () => {
  const password = Credentials.passwordFromSecret('account');

  test.each<[string, ConnectOptions, string]>([
    ['a name that is no text', { hostVariable: true as never }, '\'hostVariable\' must give the name of an environment variable (letters, digits and "_"), got true'],
    ['a prefix that is no text', { envPrefix: 5 as never }, '\'envPrefix\' must give the name of an environment variable (letters, digits and "_"), got 5'],
    ['an empty prefix', { envPrefix: '' }, '\'envPrefix\' must be the part before the "_", like "DB" for DB_HOST, got ""'],
    ['a bad name for the user', { usernameVariable: '1', credentials: Credentials.fromSecret('account') }, '\'usernameVariable\' must give the name'],
    ['a bad name for the password', { passwordVariable: '1', credentials: password }, '\'passwordVariable\' must give the name'],
    ['a variable for the user of a password alone', { usernameVariable: 'U', credentials: password }, '\'usernameVariable\' names a variable, and there are no credentials'],
    ['another host', { hostName: 'other.example.com' }, '\'hostName\' must be a host of the service ("a.example.com", "b.example.com"), got "other.example.com"'],
    ['another port', { portNumber: 1 }, '\'portNumber\' must be a port of the service (443, 8443), got 1'],
  ])('%s', (_, options, message) => {
    const connect = () => synth(chart => new ExternalService(chart, 'Api', {
      hosts: ['a.example.com', 'b.example.com'],
      ports: [{ number: 443, protocol: Protocol.TLS }, { number: 8443, protocol: Protocol.TLS }],
      resolution: Resolution.dns(),
    }).connectFrom(new ApiObject(chart, 'Pod', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'app' }] } }), options));

    expect(messageOf(connect)).toContain(`[test/Api] ${message}`);
  });

  test('a variable for a password, where there is none', () => {
    expect(messageOf(() => variables({ passwordVariable: 'W' }, 'tcp'))).toContain('\'passwordVariable\' names a variable, and there are no credentials to put into it');
  });

  test('not a variable for a password alone', () => {
    expect(variables({ passwordVariable: 'W', credentials: password }, 'tcp')).toStrictEqual({ TCP_HOST: 'ldap.example.com', TCP_PORT: '389', W: undefined });
  });
});

describe('a URL', () => {
  const urlOf = (port: ExternalPort, options: ConnectOptions = { urlVariable: 'URL' }) => {
    const manifests = synth(chart => new ExternalService(chart, 'Service', { hosts: ['db.example.com'], ports: [port], resolution: Resolution.dns() })
      .connectFrom(new ApiObject(chart, 'Pod', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'app' }] } }), options));
    const { env } = only(manifests, 'Pod').spec.containers[0];
    return env.find(({ name }: { name: string }) => name === 'URL').value;
  };

  // The schemes that drivers document, or that IANA registers.
  test.each<[keyof typeof Protocol, string]>([
    ['HTTP', 'http'], ['HTTP2', 'http'], ['GRPC', 'http'], ['HTTPS', 'https'], ['HTTP_PROXY', 'http'], ['MYSQL', 'mysql'], ['POSTGRES', 'postgresql'],
    ['POSTGRES_DIRECT_TLS', 'postgresql'], ['MONGO', 'mongodb'], ['REDIS', 'redis'], ['SQL_SERVER', 'sqlserver'], ['SQL_SERVER_STRICT', 'sqlserver'],
    ['AMQP', 'amqp'], ['AMQPS', 'amqps'], ['NATS', 'nats'], ['SMTP', 'smtp'], ['SMTPS', 'smtps'], ['LDAP', 'ldap'], ['LDAPS', 'ldaps'], ['SSH', 'ssh'],
  ])('of %s begins with %s', (protocol, scheme) => {
    expect(urlOf({ number: 4711, protocol: Protocol[protocol] as Protocol })).toBe(`${scheme}://db.example.com:4711`);
  });

  test('ends in the path that is given', () => {
    expect(urlOf({ number: 27017, protocol: Protocol.MONGO }, { urlVariable: 'URL', urlPath: 'test' })).toBe('mongodb://db.example.com:27017/test');
  });

  test('says that the application speaks TLS', () => {
    const tls = ClientTls.passthrough();

    expect(urlOf({ number: 6380, protocol: Protocol.REDIS, tls })).toBe('rediss://db.example.com:6380');
    expect(urlOf({ number: 5671, protocol: Protocol.AMQP, tls })).toBe('amqps://db.example.com:5671');
    expect(urlOf({ number: 27017, protocol: Protocol.MONGO, tls })).toBe('mongodb://db.example.com:27017/?tls=true');
    expect(urlOf({ number: 443, protocol: Protocol.HTTP, tls })).toBe('https://db.example.com:443');
  });

  test('says what the application speaks, not what the last proxy does', () => {
    expect(urlOf({ number: 6379, protocol: Protocol.REDIS, tls: ClientTls.originate() })).toBe('redis://db.example.com:6379');
  });

  test('of a protocol of one\'s own begins as that says', () => {
    const nature = { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, urlScheme: 'mqtt' };

    expect(urlOf({ number: 1883, protocol: Protocol.custom('mqtt', nature) })).toBe('mqtt://db.example.com:1883');
    expect(urlOf({ number: 8883, protocol: Protocol.custom('mqtt', { ...nature, urlSchemeTls: 'mqtts' }), tls: ClientTls.passthrough() }))
      .toBe('mqtts://db.example.com:8883');
  });

  test.each<[string, ExternalPort, ConnectOptions, string]>([
    ['of a protocol without one', { number: 9092, protocol: Protocol.KAFKA }, { urlVariable: 'URL' },
      '\'urlVariable\' "URL" needs a URL, and the protocol "kafka" has none: use the variables for host and port, or give the protocol a \'urlScheme\' with '
        + 'Protocol.custom()'],
    ['of which there is only the path', { number: 3306, protocol: Protocol.MYSQL }, { urlPath: 'test' },
      '\'urlPath\' "test" belongs to a URL, and no variable gets one: give \'urlVariable\''],
    ['with a path from the root', { number: 3306, protocol: Protocol.MYSQL }, { urlVariable: 'URL', urlPath: '/test' },
      '\'urlPath\' must be what follows host and port in a URL, like "test", without "/" at its beginning, got "/test"'],
    ['with a query as path', { number: 3306, protocol: Protocol.MYSQL }, { urlVariable: 'URL', urlPath: 'test?x=1' },
      '\'urlPath\' must be what follows host and port in a URL, like "test", without "/" at its beginning, got "test?x=1"'],
    ['in a variable that is none', { number: 3306, protocol: Protocol.MYSQL }, { urlVariable: '1' }, '\'urlVariable\' must give the name of an environment variable'],
    ['in the variable of the host', { number: 3306, protocol: Protocol.MYSQL }, { urlVariable: 'MYSQL_HOST' },
      'variable "MYSQL_HOST" is assigned twice: give \'hostVariable\', \'portVariable\', \'urlVariable\', \'usernameVariable\' and \'passwordVariable\' different names'],
    ['of the members of one host', { number: 3306, protocol: Protocol.MYSQL }, { membersVariable: 'M' },
      '\'membersVariable\' "M" is for a cluster, and the service has one host for a workload: use \'hostVariable\' and \'portVariable\''],
  ])('%s is refused', (_, port, options, message) => {
    expect(messageOf(() => urlOf(port, options))).toContain(`[test/Service] ${message}`);
  });

  test.each(['mqtt://', 'MQTT', '', 5])('of a protocol of one\'s own cannot begin with %j', scheme => {
    expect(messageOf(() => Protocol.custom('mqtt', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, urlScheme: scheme as never })))
      .toBe(`[Protocol.custom()] 'urlScheme' must be the scheme of a URL like "mqtt", without "://", got ${JSON.stringify(scheme)}`);
  });
});
