import { Check, checkDnsName, checkInstance, checkProps } from '../private/check';
import { Fail, quote, refuseAbstract } from '../private/fail';
import { ServerTlsModel } from '../private/model';

/** The certificate that a gateway shows. */
export interface ServerTlsOptions {
  /**
   * The Secret with the certificate, in the namespace of the gateway's pods, which is not that of the service: keys `tls.crt` and `tls.key`, and for
   * `ServerTls.mutual()` `ca.crt`, the authority of the clients' certificates. The library refers to it and never writes it.
   *
   * Each `IngressRoute` needs a certificate of its own: browsers use an HTTP/2 connection again for every host of its certificate, and the gateway answers 404
   * for hosts of another `IngressRoute`.
   */
  readonly credentialName: string;
}

/**
 * How an ingress gateway speaks TLS with clients outside the mesh.
 *
 * One of two:
 *
 * - `simple`: the gateway shows a certificate.
 * - `mutual`: the clients show one as well.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings
 */
export class ServerTls {
  /**
   * The gateway shows a certificate.
   *
   * @param options the Secret that holds it
   */
  public static simple(options: ServerTlsOptions): ServerTls {
    return new ServerTls('SIMPLE', options);
  }

  /**
   * The gateway shows a certificate, and refuses clients without one of the authority in the Secret (requires that there is no other way in: pods of the mesh
   * reach the service without the gateway, as do clients of another `IngressRoute` to it). The service reads who called in the header
   * `x-forwarded-client-cert`.
   *
   * @param options the Secret that holds certificate and authority
   */
  public static mutual(options: ServerTlsOptions): ServerTls {
    return new ServerTls('MUTUAL', options);
  }

  private constructor(private readonly mode: ServerTlsModel['mode'], private readonly options: ServerTlsOptions) {
    refuseAbstract(mode === undefined, 'ServerTls', 'simple() or mutual()');
  }

  /** @internal */
  public _bind(fail: Fail): ServerTlsModel {
    checkProps(fail, `ServerTls.${this.mode.toLowerCase()}()`, this.options, { credentialName: checkDnsName }, ['credentialName']);
    const { credentialName } = this.options;
    if (credentialName.endsWith('-cacert')) {
      fail(`'credentialName' must not end in "-cacert", got ${quote(credentialName)}: Istio reads such a Secret as the authority of another one`);
    }
    return { mode: this.mode, credentialName };
  }
}

export const checkServerTls: Check = checkInstance(ServerTls, 'ServerTls.simple() or ServerTls.mutual()');
