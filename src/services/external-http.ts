import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { Kind, onePort } from './kind';
import { Check, checkInstance, checkPort } from '../private/check';
import { Fail, quote } from '../private/fail';
import { isHttp } from '../private/wire';
import { checkTls, ClientTls } from '../values/client-tls';
import { checkHttp, HttpSettings } from '../values/http-settings';
import { Protocol } from '../values/protocol';

/** The declaration of an HTTP API outside the mesh. */
export interface ExternalHttpProps extends ExternalServiceOptions {
  /** The DNS name of the API. */
  readonly host: string;

  /**
   * The port that the clients call, 1 to 65535.
   *
   * @default - 443 when the application speaks TLS, else 80
   */
  readonly port?: number;

  /**
   * What the clients speak: `Protocol.HTTP`, `Protocol.HTTP2` or `Protocol.GRPC`, inside TLS or not.
   *
   * @default Protocol.HTTP
   */
  readonly protocol?: Protocol;

  /**
   * Who speaks TLS with it.
   *
   * @default ClientTls.passthrough(): the application, which calls `https://` URLs
   */
  readonly tls?: ClientTls;

  /**
   * How the clients' sidecars send requests. Not with `ClientTls.passthrough()`, whose requests no proxy reads.
   *
   * @default - Istio's defaults: no timeout, two retries
   */
  readonly http?: HttpSettings;
}

/** An HTTP API that another app declares. */
export interface ExternalHttpAttributes extends ImportedOptions {
  /** The DNS name of the API. */
  readonly host: string;

  /**
   * The port that the clients call, 1 to 65535.
   *
   * @default - 443 when the application speaks TLS, else 80
   */
  readonly port?: number;

  /**
   * What the clients speak: `Protocol.HTTP`, `Protocol.HTTP2` or `Protocol.GRPC`, inside TLS or not.
   *
   * @default Protocol.HTTP
   */
  readonly protocol?: Protocol;

  /**
   * Who speaks TLS with it.
   *
   * @default ClientTls.passthrough(): the application, which calls `https://` URLs
   */
  readonly tls?: ClientTls;
}

/**
 * An HTTP API outside the mesh.
 *
 * - By default the application calls `https://` URLs, and the proxies see the server name and nothing else.
 * - With `ClientTls.originate()` it calls `http://` URLs, and the last proxy speaks TLS with the API: on port 443, for a client that calls port 80.
 * - With `ClientTls.disable()` nobody speaks TLS.
 *
 * Creates:
 *
 * - the objects of `ExternalService`
 *
 * @example
 * const payments = new ExternalHttp(chart, 'Payments', { host: 'api.payments.example.com', resolution: Resolution.dns() });
 * payments.allowFrom(MeshClient.allIn('shop'));
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
export class ExternalHttp extends ExternalService {
  /**
   * An HTTP API that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes host, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalHttpAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes));
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalHttpProps) {
    super(scope, id, KIND.props(scope, id, props));
  }
}

const checkProtocol: Check = (fail, property, value) => {
  checkInstance(Protocol, 'Protocol.HTTP, Protocol.HTTP2 or Protocol.GRPC')(fail, property, value);
  const { name, _wire: wire } = value as Protocol;
  if (!isHttp(wire)) {
    fail(`'${property}' must be one of Protocol.HTTP, Protocol.HTTP2 or Protocol.GRPC, got the protocol ${quote(name)}: for HTTPS that the application speaks leave `
      + 'it out, for other protocols declare another kind');
  }
};

type Own = Pick<ExternalHttpProps, 'host' | 'port' | 'protocol' | 'tls'>;

const KIND = new Kind<Own>(
  'ExternalHttp', { port: checkPort, protocol: checkProtocol, tls: checkTls }, ({ port, protocol = Protocol.HTTP, tls = ClientTls.passthrough() }) => (
    onePort(protocol, port ?? (tls._wire(protocol) === 'TLS' ? protocol.defaultTlsPort : undefined), tls)), [], { http: checkHttp }, checkUsualPort);

/** Applications call http:// on 80 and https:// on 443. */
function checkUsualPort(fail: Fail, { port, protocol = Protocol.HTTP, tls = ClientTls.passthrough() }: Own): void {
  const secure = tls._wire(protocol) === 'TLS';
  if (port === protocol.defaultPort && secure) {
    fail(`'port' ${port} with an application that speaks HTTPS: leave 'port' out for ${protocol.defaultTlsPort}, or say with 'tls' that the application speaks plaintext, `
      + 'ClientTls.disable() or ClientTls.originate()');
  }
  if (port === protocol.defaultTlsPort && tls._originates) {
    fail(`'port' ${port} is what the application calls, in plaintext, and not the port of the server: leave 'port' out for ${protocol.defaultPort}; the last proxy `
      + `connects to ${protocol.defaultTlsPort}`);
  }
}
