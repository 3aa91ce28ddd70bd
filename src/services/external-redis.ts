import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { attributesOfOneHost, propsOfOneHost } from './one-host';
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
}

/**
 * A Redis outside the mesh: one server, or one endpoint of a managed service. The proxies treat it as opaque TCP: Istio's own Redis protocol would
 * terminate AUTH, TLS and cluster commands.
 *
 * Creates:
 *
 * - ServiceEntry `Resource`
 *
 * @example
 * const redis = new ExternalRedis(chart, 'Redis', {
 *   host: 'redis.example.com',
 *   resolution: Resolution.ipAddresses('192.0.2.15'),
 *   credentials: Credentials.passwordFromSecret('cart-redis'),
 * });
 * redis.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
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
    return new ImportedService(scope, id, attributesOfOneHost(scope, id, 'ExternalRedis.fromAttributes()', attributes, KIND));
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalRedisProps) {
    super(scope, id, propsOfOneHost(scope, id, 'ExternalRedis', props, KIND));
  }
}

const KIND = { protocol: Protocol.REDIS, port: 6379 };
