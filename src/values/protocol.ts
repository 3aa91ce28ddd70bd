import { Check, checkOneOf, checkPort, checkProps } from '../private/check';
import { failWith, quote, refuseAbstract } from '../private/fail';
import { UrlModel, WireProtocol } from '../private/model';

/** The side that sends the first bytes of a connection. */
export enum Speaker {
  /** The client: a proxy can look at what it sends before it chooses a destination. */
  CLIENT = 'client',
  /** The server: a proxy that waits for the client's first bytes waits for ever. */
  SERVER = 'server',
  /** Not known. */
  UNKNOWN = 'unknown',
}

/** How TLS starts on a connection. */
export enum TlsStart {
  /** With the first bytes, always: the proxy can read the server name (SNI). */
  ALWAYS = 'always',
  /** With the first bytes, when client and server are set up for it. */
  DIRECT = 'direct',
  /** In the middle of the protocol (STARTTLS and its like): no proxy can begin it, and no server name is visible. */
  UPGRADE = 'upgrade',
  /** Never: the protocol has no TLS. */
  NEVER = 'never',
  /** Not known. */
  UNKNOWN = 'unknown',
}

/** The properties of a protocol that the library does not know. */
export interface ProtocolProps {
  /** The side that sends the first bytes. A fact for readers and reports: the library treats opaque TCP alike, whoever speaks first. */
  readonly speaksFirst: Speaker;

  /** How TLS starts. */
  readonly tlsStart: TlsStart;

  /**
   * The port that its servers usually listen on, 1 to 65535.
   *
   * @default - none
   */
  readonly defaultPort?: number;

  /**
   * The port that its servers usually listen on for TLS, 1 to 65535. A proxy that originates TLS for a client on `defaultPort` connects to it.
   *
   * @default - the one that the client connects to
   */
  readonly defaultTlsPort?: number;

  /**
   * The scheme of its URLs, such as `mqtt`: what `connectFrom` begins a URL with.
   *
   * @default - none: the protocol has no URL
   */
  readonly urlScheme?: string;

  /**
   * The scheme of its URLs when the application speaks TLS, such as `mqtts`.
   *
   * @default - `urlScheme`
   */
  readonly urlSchemeTls?: string;
}

/** A row of the table: what is known of a protocol. */
interface Nature extends ProtocolProps {
  /**
   * What a proxy reads of a connection that begins without TLS.
   *
   * @default 'TCP': nothing
   */
  readonly reads?: WireProtocol;
  /** What a URL says besides its scheme when the application speaks TLS. */
  readonly urlQueryTls?: string;
}

const CLIENT = { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT };
const TLS = { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.ALWAYS };
const CLIENT_UPGRADE = { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.UPGRADE };
const SERVER_UPGRADE = { speaksFirst: Speaker.SERVER, tlsStart: TlsStart.UPGRADE };
const HTTP = { ...CLIENT, defaultPort: 80, defaultTlsPort: 443, urlScheme: 'http', urlSchemeTls: 'https' };

/**
 * What is known of an application protocol: what a proxy reads of its connections, how its TLS starts, its usual ports.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export class Protocol {
  /** Any other protocol over TCP. */
  public static readonly TCP = new Protocol('tcp', { speaksFirst: Speaker.UNKNOWN, tlsStart: TlsStart.UNKNOWN });
  /** TLS that the application speaks itself. The server name (SNI) tells connections apart, so any number of hosts share a port. */
  public static readonly TLS = new Protocol('tls', { ...TLS, defaultPort: 443 });
  /** HTTP/1.1 in plaintext. The host in each request tells requests apart, so any number of hosts share a port. */
  public static readonly HTTP = new Protocol('http', { ...HTTP, reads: 'HTTP' });
  /** HTTP/2 in plaintext (h2c, prior knowledge). */
  public static readonly HTTP2 = new Protocol('http2', { ...HTTP, reads: 'HTTP2' });
  /** gRPC in plaintext. */
  public static readonly GRPC = new Protocol('grpc', { ...HTTP, reads: 'GRPC' });
  /** HTTPS that the application speaks itself; to the proxies it is TLS. */
  public static readonly HTTPS = new Protocol('https', { ...TLS, defaultPort: 443, urlScheme: 'https' });
  /** An HTTP proxy that forwards connections (CONNECT): what it is asked for is not read, and so not known to the mesh. */
  public static readonly HTTP_PROXY = new Protocol('httpproxy', { ...CLIENT, defaultPort: 3128, urlScheme: 'http' });

  /** MySQL and MariaDB: the server greets first, TLS is an upgrade after the greeting. */
  public static readonly MYSQL = new Protocol('mysql', { ...SERVER_UPGRADE, defaultPort: 3306, urlScheme: 'mysql' });
  /** PostgreSQL: the client asks for TLS in its first message and waits for the server's consent. */
  public static readonly POSTGRES = new Protocol('postgres', { ...CLIENT_UPGRADE, defaultPort: 5432, urlScheme: 'postgresql' });
  /** PostgreSQL 17 and newer with `sslnegotiation=direct`: TLS from the first byte, with the server name. */
  public static readonly POSTGRES_DIRECT_TLS = new Protocol('postgres', { ...TLS, defaultPort: 5432, urlScheme: 'postgresql' });
  /** MongoDB: the client speaks first, TLS (if any) from the first byte. */
  public static readonly MONGO = new Protocol('mongo', { ...CLIENT, defaultPort: 27017, urlScheme: 'mongodb', urlQueryTls: 'tls=true' });
  /** Redis and Valkey: the client speaks first, TLS (if any) from the first byte. */
  public static readonly REDIS = new Protocol('redis', { ...CLIENT, defaultPort: 6379, urlScheme: 'redis', urlSchemeTls: 'rediss' });
  /** SQL Server (TDS 7): TLS is wrapped in the protocol's own prelogin. */
  public static readonly SQL_SERVER = new Protocol('mssql', { ...CLIENT_UPGRADE, defaultPort: 1433, urlScheme: 'sqlserver' });
  /** SQL Server with `Encrypt=strict` (TDS 8): TLS from the first byte, with the server name. */
  public static readonly SQL_SERVER_STRICT = new Protocol('mssql', { ...TLS, defaultPort: 1433, urlScheme: 'sqlserver' });
  /** Oracle Database (TNS). The listener must not redirect to other hosts or ports. */
  public static readonly ORACLE = new Protocol('oracle', { ...CLIENT, defaultPort: 1521, defaultTlsPort: 2484 });
  /** Kafka: the client speaks first, TLS (if any) from the first byte. */
  public static readonly KAFKA = new Protocol('kafka', { ...CLIENT, defaultPort: 9092 });
  /** AMQP 0-9-1 and 1.0: the client speaks first, TLS (if any) from the first byte. */
  public static readonly AMQP = new Protocol('amqp', { ...CLIENT, defaultPort: 5672, defaultTlsPort: 5671, urlScheme: 'amqp', urlSchemeTls: 'amqps' });
  /** AMQP over TLS that the application speaks itself. */
  public static readonly AMQPS = new Protocol('amqps', { ...TLS, defaultPort: 5671, urlScheme: 'amqps' });
  /** NATS: the server speaks first, TLS is an upgrade after its greeting. */
  public static readonly NATS = new Protocol('nats', { ...SERVER_UPGRADE, defaultPort: 4222, urlScheme: 'nats' });
  /** SMTP submission: the server greets first, TLS is an upgrade (STARTTLS). */
  public static readonly SMTP = new Protocol('smtp', { ...SERVER_UPGRADE, defaultPort: 587, urlScheme: 'smtp' });
  /** SMTP over TLS that the application speaks itself. */
  public static readonly SMTPS = new Protocol('smtps', { ...TLS, defaultPort: 465, urlScheme: 'smtps' });
  /** LDAP: TLS is an upgrade (StartTLS). */
  public static readonly LDAP = new Protocol('ldap', { ...CLIENT_UPGRADE, defaultPort: 389, urlScheme: 'ldap' });
  /** LDAP over TLS that the application speaks itself. */
  public static readonly LDAPS = new Protocol('ldaps', { ...TLS, defaultPort: 636, urlScheme: 'ldaps' });
  /** SSH and SFTP: both sides greet, the encryption is the protocol's own. */
  public static readonly SSH = new Protocol('ssh', { speaksFirst: Speaker.SERVER, tlsStart: TlsStart.NEVER, defaultPort: 22, urlScheme: 'ssh' });
  /** Memcached: the client speaks first, TLS (if any) from the first byte. */
  public static readonly MEMCACHED = new Protocol('memcached', { ...CLIENT, defaultPort: 11211 });

  /**
   * A protocol that the library does not know.
   *
   * @param name its name, lower case; in capitals it is the default prefix of the variables that `connectFrom` writes
   * @param props its properties
   * @throws for a name that is no word of lower-case letters and digits, for an unknown property or value
   *
   * @example
   * const mqtt = Protocol.custom('mqtt', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 1883 });
   */
  public static custom(name: string, props: ProtocolProps): Protocol {
    const fail = failWith('Protocol.custom()');
    if (typeof name !== 'string' || !/^[a-z][a-z0-9]*$/.test(name)) {
      fail(`'name' must be a word of lower-case letters and digits like "mqtt", got ${quote(name)}`);
    }
    checkProps(fail, 'Protocol.custom()', props, PROPS, ['speaksFirst', 'tlsStart']);
    return new Protocol(name, { ...props });
  }

  /** The protocol's name, lower case. */
  public readonly name: string;
  /** The side that sends the first bytes. */
  public readonly speaksFirst: Speaker;
  /** How TLS starts. */
  public readonly tlsStart: TlsStart;
  /** The port that its servers usually listen on. */
  public readonly defaultPort?: number;
  /** The port that its servers usually listen on for TLS, when it is another one. */
  public readonly defaultTlsPort?: number;

  /** The scheme of its URLs. */
  public readonly urlScheme?: string;
  /** The scheme of its URLs when the application speaks TLS, when it is another one. */
  public readonly urlSchemeTls?: string;

  private readonly reads: WireProtocol;
  private readonly urlQueryTls?: string;

  private constructor(name: string, nature: Nature) {
    refuseAbstract(nature === undefined, 'Protocol', 'Protocol.custom(), or take one of its constants');
    const { speaksFirst, tlsStart, defaultPort, defaultTlsPort, urlScheme, urlSchemeTls, urlQueryTls, reads = 'TCP' } = nature;
    this.name = name;
    this.speaksFirst = speaksFirst;
    this.tlsStart = tlsStart;
    this.defaultPort = defaultPort;
    this.defaultTlsPort = defaultTlsPort;
    this.urlScheme = urlScheme;
    this.urlSchemeTls = urlSchemeTls;
    this.reads = reads;
    this.urlQueryTls = urlQueryTls;
  }

  /**
   * What a proxy tells connections apart by. Only HTTP, and a connection that always begins with TLS, shows a host. Everything else is opaque TCP for
   * the proxy: Istio's own MySQL, MongoDB and Redis protocols switch on filters that end TLS, AUTH and cluster commands.
   *
   * @internal
   */
  public get _wire(): WireProtocol {
    return this.tlsStart === TlsStart.ALWAYS ? 'TLS' : this.reads;
  }

  /**
   * How URLs of the protocol begin and end; undefined when it has none.
   *
   * @param secure whether the application speaks TLS
   * @internal
   */
  public _url(secure: boolean): UrlModel | undefined {
    const scheme = secure ? this.urlSchemeTls ?? this.urlScheme : this.urlScheme;
    return scheme === undefined ? undefined : { scheme, query: secure && this.urlQueryTls !== undefined ? [this.urlQueryTls] : [] };
  }
}

const checkScheme: Check = (fail, property, value) => {
  if (typeof value !== 'string' || !/^[a-z][a-z0-9+.-]*$/.test(value)) {
    fail(`'${property}' must be the scheme of a URL like "mqtt", without "://", got ${quote(value)}`);
  }
};

const PROPS = {
  speaksFirst: checkOneOf(Speaker),
  tlsStart: checkOneOf(TlsStart),
  defaultPort: checkPort,
  defaultTlsPort: checkPort,
  urlScheme: checkScheme,
  urlSchemeTls: checkScheme,
};
