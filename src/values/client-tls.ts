import { Protocol, TlsStart } from './protocol';
import { Check, checkDnsName, checkInstance, checkList, checkNotEmpty, checkProps, checkString } from '../private/check';
import { Fail, quote, refuseAbstract, within } from '../private/fail';
import { TlsModel, WireProtocol } from '../private/model';

/** How a proxy verifies the server that it speaks TLS with. */
export interface OriginateOptions {
  /**
   * The server name in the handshake.
   *
   * @default - the host of the service
   */
  readonly sni?: string;

  /**
   * The names of which the server's certificate must have one.
   *
   * @default - the server name
   */
  readonly subjectAltNames?: string[];

  /**
   * The file of the certificate authorities in the proxy's container, or `system` for those of its image. Not together with `credentialName`.
   *
   * @default 'system'
   */
  readonly caCertificates?: string;

  /**
   * The Secret with the certificate of the authority, under the key `ca.crt` or `cacert`. For a service that is routed, in the namespace of the gateway; for a
   * direct one, in the namespace of each workload that is a client.
   *
   * @default - `caCertificates`
   */
  readonly credentialName?: string;
}

/** How a proxy shows a client certificate, and verifies the server. */
export interface MutualOptions {
  /**
   * The Secret with the client certificate: keys `tls.crt`, `tls.key` and `ca.crt`, the last one for the authority of the server's certificate. For a service
   * that is routed, in the namespace of the gateway; for a direct one, in the namespace of each workload that is a client.
   */
  readonly credentialName: string;

  /**
   * The server name in the handshake.
   *
   * @default - the host of the service
   */
  readonly sni?: string;

  /**
   * The names of which the server's certificate must have one.
   *
   * @default - the server name
   */
  readonly subjectAltNames?: string[];
}

/**
 * Who speaks TLS with a service outside the mesh.
 *
 * One of four:
 *
 * - `disable`: nobody.
 * - `passthrough`: the application. The proxies read the server name and nothing else.
 * - `originate`: the last proxy, which is the gateway for a routed service and else the client's sidecar. The application speaks plaintext.
 * - `mutual`: the last proxy, with a client certificate. The application speaks plaintext.
 *
 * A client's sidecar reads a Secret only for workloads that are named as such (`connectFrom`, `MeshClient.workload`), and its private key only when the
 * account of the workload may list all Secrets of its namespace. The library writes that Role: whoever has the account's token reads every Secret there. A
 * gateway needs no such right for the applications; prefer it.
 *
 * A proxy that originates TLS always sends a server name and verifies the certificate's names and authority.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings
 */
export abstract class ClientTls {
  /** Nobody speaks TLS. */
  public static disable(): ClientTls {
    return new Disable();
  }

  /** The application speaks TLS from the first byte. */
  public static passthrough(): ClientTls {
    return new Passthrough();
  }

  /**
   * The last proxy speaks TLS, the application plaintext.
   *
   * @param options how it verifies the server
   */
  public static originate(options: OriginateOptions = {}): ClientTls {
    return new Originate(options);
  }

  /**
   * The last proxy speaks TLS with a client certificate, the application plaintext.
   *
   * @param options the certificate, and how it verifies the server
   */
  public static mutual(options: MutualOptions): ClientTls {
    return new Mutual(options);
  }

  protected constructor() {
    refuseAbstract(new.target === ClientTls, 'ClientTls', FACTORIES);
  }

  /** What the last proxy adds; undefined when it adds nothing. @internal */
  public get _originates(): TlsModel | undefined {
    return undefined;
  }

  /** Refuses what a protocol cannot do. @internal */
  public abstract _check(fail: Fail, protocol: Protocol): void;

  /** What the proxies read of a connection: what the application speaks. @internal */
  public _wire(protocol: Protocol): WireProtocol {
    return protocol._wire;
  }
}

const FACTORIES = 'disable(), passthrough(), originate() or mutual()';

export const checkTls = checkInstance(ClientTls, `ClientTls.${FACTORIES}`);

class Disable extends ClientTls {
  public constructor() {
    super();
  }

  public _check(fail: Fail, protocol: Protocol): void {
    if (protocol.tlsStart === TlsStart.ALWAYS) {
      fail(`'tls' ClientTls.disable() with the protocol ${quote(protocol.name)}, which always begins with TLS: leave 'tls' out`);
    }
  }
}

class Passthrough extends ClientTls {
  public constructor() {
    super();
  }

  public _check(fail: Fail, protocol: Protocol): void {
    refuseUpgrade(fail, 'passthrough', protocol, 'leave \'tls\' out, and the TLS of the application passes as it is');
  }

  public _wire(): WireProtocol {
    return 'TLS';
  }
}

class Originate extends ClientTls {
  public constructor(private readonly options: OriginateOptions) {
    super();
  }

  public get _originates(): TlsModel {
    const { caCertificates = 'system', credentialName } = this.options;
    return { ...this.options, mode: 'SIMPLE', caCertificates: credentialName === undefined ? caCertificates : undefined };
  }

  public _check(fail: Fail, protocol: Protocol): void {
    const inTls = within(fail, 'tls');
    checkProps(inTls, 'ClientTls.originate()', this.options, { ...VERIFICATION, caCertificates: checkAuthority, credentialName: checkDnsName });
    if (this.options.caCertificates !== undefined && this.options.credentialName !== undefined) {
      inTls(`'caCertificates' ${quote(this.options.caCertificates)} and 'credentialName' ${quote(this.options.credentialName)} both give the authority: use one of them`);
    }
    checkOrigination(fail, 'originate', protocol, this.options);
  }
}

class Mutual extends ClientTls {
  public constructor(private readonly options: MutualOptions) {
    super();
  }

  public get _originates(): TlsModel {
    return { ...this.options, mode: 'MUTUAL' };
  }

  public _check(fail: Fail, protocol: Protocol): void {
    const inTls = within(fail, 'tls');
    checkProps(inTls, 'ClientTls.mutual()', this.options, { ...VERIFICATION, credentialName: checkDnsName }, ['credentialName']);
    if (this.options.credentialName.endsWith('-cacert')) {
      inTls(`'credentialName' must not end in "-cacert", got ${quote(this.options.credentialName)}: Istio reads such a Secret as the authority of another one`);
    }
    checkOrigination(fail, 'mutual', protocol, this.options);
  }
}

const checkAuthority: Check = (fail, property, value) => {
  if (value !== 'system' && !(typeof value === 'string' && value.startsWith('/'))) {
    fail(`'${property}' must be "system" or the path of a file in the proxy's container, like "/etc/ssl/partner.pem", got ${quote(value)}`);
  }
};

const VERIFICATION = { sni: checkDnsName, subjectAltNames: checkList(checkString, '"db.example.com"') };

function checkOrigination(fail: Fail, factory: string, protocol: Protocol, { subjectAltNames }: OriginateOptions): void {
  if (subjectAltNames) {
    checkNotEmpty(fail, 'tls.subjectAltNames', subjectAltNames, '"db.example.com"');
  }
  refuseUpgrade(fail, factory, protocol, 'let the application\'s driver use TLS and leave \'tls\' out');
  if (protocol.tlsStart === TlsStart.ALWAYS) {
    fail(`'tls' ClientTls.${factory}() would put TLS around the TLS that ${quote(protocol.name)} begins with: leave 'tls' out, or declare the protocol `
      + 'that the application speaks in plaintext');
  }
}

function refuseUpgrade(fail: Fail, factory: string, { name, tlsStart }: Protocol, instead: string): void {
  if (tlsStart === TlsStart.UPGRADE) {
    fail(`'tls' ClientTls.${factory}() with the protocol ${quote(name)}, whose TLS starts in the middle of the protocol, where no proxy sees it: ${instead}`);
  }
  if (tlsStart === TlsStart.NEVER) {
    fail(`'tls' ClientTls.${factory}() with the protocol ${quote(name)}, which has no TLS: leave 'tls' out`);
  }
}
