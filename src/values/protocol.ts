import { WireProtocol } from '../private/model';

/** The side that sends the first bytes of a connection. */
export enum Speaker {
  /** The client: a proxy can look at what it sends before it chooses a destination. */
  CLIENT = 'client',
  /** The server: a proxy that waits for the client's first bytes waits for ever. */
  SERVER = 'server',
  /** Not known: treated like a server that speaks first. */
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
  /** Not known. */
  UNKNOWN = 'unknown',
}

/**
 * The properties of an application protocol that decide how a mesh captures and routes its connections.
 *
 * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export class Protocol {
  /** Any other protocol over TCP. */
  public static readonly TCP = new Protocol('tcp', Speaker.UNKNOWN, TlsStart.UNKNOWN);
  /** TLS that the application speaks itself. The server name (SNI) tells connections apart, so any number of hosts share a port. */
  public static readonly TLS = new Protocol('tls', Speaker.CLIENT, TlsStart.ALWAYS);
  /** MySQL and MariaDB: the server greets first, TLS is an upgrade after the greeting. */
  public static readonly MYSQL = new Protocol('mysql', Speaker.SERVER, TlsStart.UPGRADE);
  /** Redis: the client speaks first, TLS (if any) from the first byte. */
  public static readonly REDIS = new Protocol('redis', Speaker.CLIENT, TlsStart.DIRECT);

  /** The protocol's name, lower case. */
  public readonly name: string;
  /** The side that sends the first bytes. */
  public readonly speaksFirst: Speaker;
  /** How TLS starts. */
  public readonly tlsStart: TlsStart;

  private constructor(name: string, speaksFirst: Speaker, tlsStart: TlsStart) {
    this.name = name;
    this.speaksFirst = speaksFirst;
    this.tlsStart = tlsStart;
  }

  /**
   * Only a connection that always begins with TLS can be told by its server name. Everything else is opaque TCP for the proxy: Istio's own MySQL
   * and Redis protocols switch on filters that end TLS, AUTH and cluster commands.
   *
   * @internal
   */
  public get _wire(): WireProtocol {
    return this.tlsStart === TlsStart.ALWAYS ? 'TLS' : 'TCP';
  }
}
