import { checkOneOf, checkPort, checkProps } from '../private/check';
import { failWith, quote, refuseAbstract } from '../private/fail';
import { WireProtocol } from '../private/model';

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
}

/** A row of the table: what is known of a protocol. */
interface Nature extends ProtocolProps {
  /**
   * What a proxy reads of a connection that begins without TLS.
   *
   * @default 'TCP': nothing
   */
  readonly reads?: WireProtocol;
}

const HTTP = { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 80, defaultTlsPort: 443 };

/**
 * What is known of an application protocol: what a proxy reads of its connections, how its TLS starts, its usual ports.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export class Protocol {
  /** Any other protocol over TCP. */
  public static readonly TCP = new Protocol('tcp', { speaksFirst: Speaker.UNKNOWN, tlsStart: TlsStart.UNKNOWN });
  /** TLS that the application speaks itself. The server name (SNI) tells connections apart, so any number of hosts share a port. */
  public static readonly TLS = new Protocol('tls', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.ALWAYS, defaultPort: 443 });
  /** HTTP/1.1 in plaintext. The host in each request tells requests apart, so any number of hosts share a port. */
  public static readonly HTTP = new Protocol('http', { ...HTTP, reads: 'HTTP' });
  /** HTTP/2 in plaintext (h2c, prior knowledge). */
  public static readonly HTTP2 = new Protocol('http2', { ...HTTP, reads: 'HTTP2' });
  /** gRPC in plaintext. */
  public static readonly GRPC = new Protocol('grpc', { ...HTTP, reads: 'GRPC' });
  /** HTTPS that the application speaks itself; to the proxies it is TLS. */
  public static readonly HTTPS = new Protocol('https', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.ALWAYS, defaultPort: 443 });

  /** MySQL and MariaDB: the server greets first, TLS is an upgrade after the greeting. */
  public static readonly MYSQL = new Protocol('mysql', { speaksFirst: Speaker.SERVER, tlsStart: TlsStart.UPGRADE, defaultPort: 3306 });
  /** PostgreSQL: the client asks for TLS in its first message and waits for the server's consent. */
  public static readonly POSTGRES = new Protocol('postgres', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.UPGRADE, defaultPort: 5432 });
  /** PostgreSQL 17 and newer with `sslnegotiation=direct`: TLS from the first byte, with the server name. */
  public static readonly POSTGRES_DIRECT_TLS = new Protocol('postgres', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.ALWAYS, defaultPort: 5432 });
  /** MongoDB: the client speaks first, TLS (if any) from the first byte. */
  public static readonly MONGO = new Protocol('mongo', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 27017 });
  /** Redis and Valkey: the client speaks first, TLS (if any) from the first byte. */
  public static readonly REDIS = new Protocol('redis', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 6379 });
  /** SQL Server (TDS 7): TLS is wrapped in the protocol's own prelogin. */
  public static readonly SQL_SERVER = new Protocol('mssql', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.UPGRADE, defaultPort: 1433 });
  /** SQL Server with `Encrypt=strict` (TDS 8): TLS from the first byte, with the server name. */
  public static readonly SQL_SERVER_STRICT = new Protocol('mssql', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.ALWAYS, defaultPort: 1433 });
  /** Oracle Database (TNS). The listener must not redirect to other hosts or ports. */
  public static readonly ORACLE = new Protocol('oracle', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 1521, defaultTlsPort: 2484 });
  /** Kafka: the client speaks first, TLS (if any) from the first byte. */
  public static readonly KAFKA = new Protocol('kafka', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 9092 });
  /** AMQP 0-9-1 and 1.0: the client speaks first, TLS (if any) from the first byte. */
  public static readonly AMQP = new Protocol('amqp', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 5672, defaultTlsPort: 5671 });
  /** AMQP over TLS that the application speaks itself. */
  public static readonly AMQPS = new Protocol('amqps', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.ALWAYS, defaultPort: 5671 });
  /** NATS: the server speaks first, TLS is an upgrade after its greeting. */
  public static readonly NATS = new Protocol('nats', { speaksFirst: Speaker.SERVER, tlsStart: TlsStart.UPGRADE, defaultPort: 4222 });
  /** SMTP submission: the server greets first, TLS is an upgrade (STARTTLS). */
  public static readonly SMTP = new Protocol('smtp', { speaksFirst: Speaker.SERVER, tlsStart: TlsStart.UPGRADE, defaultPort: 587 });
  /** SMTP over TLS that the application speaks itself. */
  public static readonly SMTPS = new Protocol('smtps', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.ALWAYS, defaultPort: 465 });
  /** LDAP: TLS is an upgrade (StartTLS). */
  public static readonly LDAP = new Protocol('ldap', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.UPGRADE, defaultPort: 389 });
  /** LDAP over TLS that the application speaks itself. */
  public static readonly LDAPS = new Protocol('ldaps', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.ALWAYS, defaultPort: 636 });
  /** SSH and SFTP: both sides greet, the encryption is the protocol's own. */
  public static readonly SSH = new Protocol('ssh', { speaksFirst: Speaker.SERVER, tlsStart: TlsStart.NEVER, defaultPort: 22 });
  /** Memcached: the client speaks first, TLS (if any) from the first byte. */
  public static readonly MEMCACHED = new Protocol('memcached', { speaksFirst: Speaker.CLIENT, tlsStart: TlsStart.DIRECT, defaultPort: 11211 });

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

  private readonly reads: WireProtocol;

  private constructor(name: string, nature: Nature) {
    refuseAbstract(nature === undefined, 'Protocol', 'Protocol.custom(), or take one of its constants');
    const { speaksFirst, tlsStart, defaultPort, defaultTlsPort, reads = 'TCP' } = nature;
    this.name = name;
    this.speaksFirst = speaksFirst;
    this.tlsStart = tlsStart;
    this.defaultPort = defaultPort;
    this.defaultTlsPort = defaultTlsPort;
    this.reads = reads;
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
}

const PROPS = { speaksFirst: checkOneOf(Speaker), tlsStart: checkOneOf(TlsStart), defaultPort: checkPort, defaultTlsPort: checkPort };
