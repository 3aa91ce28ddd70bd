import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { Protocol } from '../values/protocol';

/** A Redis outside the mesh. */
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

/**
 * A Redis outside the mesh, one server or one endpoint of a managed service. The proxies treat it as opaque TCP: Istio's own Redis protocol would end
 * AUTH, TLS and cluster commands.
 *
 * It gives:
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
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props what is known of the Redis
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalRedisProps) {
    super(scope, id, { ...props, hosts: [props.host], ports: [{ number: props.port ?? 6379, protocol: Protocol.REDIS }] });
  }
}
