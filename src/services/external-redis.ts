import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { Kind, onePort } from './kind';
import { checkPort } from '../private/check';
import { checkTls, ClientTls } from '../values/client-tls';
import { Protocol } from '../values/protocol';

/** The declaration of a Redis outside the mesh. */
export interface ExternalRedisProps extends ExternalServiceOptions {
  /** The DNS name of the Redis. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * Who speaks TLS with it.
   *
   * @default ClientTls.disable()
   */
  readonly tls?: ClientTls;
}

/** A Redis that another app declares. */
export interface ExternalRedisAttributes extends ImportedOptions {
  /** The DNS name of the Redis. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * Who speaks TLS with it.
   *
   * @default ClientTls.disable()
   */
  readonly tls?: ClientTls;
}

/**
 * A Redis outside the mesh: one server, or one endpoint of a managed service. The proxies treat it as opaque TCP: Istio's own Redis protocol would
 * terminate AUTH, TLS and cluster commands.
 *
 * Creates:
 *
 * - the objects of `ExternalService`
 *
 * @example
 * const redis = new ExternalRedis(chart, 'Redis', {
 *   host: 'redis.example.com',
 *   resolution: Resolution.ipAddresses('192.0.2.15'),
 *   credentials: Credentials.passwordFromSecret('cart-redis'),
 * });
 * redis.allowFrom(MeshClient.allIn('shop'));
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalRedis extends ExternalService {
  /**
   * A Redis that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes host, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalRedisAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes));
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalRedisProps) {
    super(scope, id, KIND.props(scope, id, props));
  }
}

const KIND = new Kind<Pick<ExternalRedisProps, 'host' | 'port' | 'tls'>>('ExternalRedis', { port: checkPort, tls: checkTls }, ({ port, tls }) => (
  onePort(Protocol.REDIS, port, tls)));
