import { Construct } from 'constructs';
import { ClusterKind } from './cluster-kind';
import { ClusterMember, ExternalCluster, ExternalClusterOptions } from './external-cluster';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { onePort } from './kind';
import { clusterPlaces, PlacesFor } from '../access/place';
import { checkPort } from '../private/check';
import { checkTls, ClientTls } from '../values/client-tls';
import { Protocol } from '../values/protocol';

/** The declaration of a Redis Cluster outside the mesh. */
export interface ExternalRedisClusterProps extends ExternalClusterOptions {
  /** The nodes, at least one, replicas included: a client is redirected to the node that has a key. */
  readonly nodes: ClusterMember[];

  /**
   * The port that each of them listens on, 1 to 65535.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * Who speaks TLS with them.
   *
   * @default ClientTls.disable()
   */
  readonly tls?: ClientTls;
}

/** A Redis Cluster that another app declares. */
export interface ExternalRedisClusterAttributes extends ImportedOptions {
  /** The DNS names of its nodes. */
  readonly hosts: string[];

  /**
   * The port that each of them listens on, 1 to 65535.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * Who speaks TLS with them.
   *
   * @default ClientTls.disable()
   */
  readonly tls?: ClientTls;
}

/**
 * A Redis Cluster outside the mesh. Each node redirects clients to the node that has the key: to its IP address, unless the cluster announces names
 * (`cluster-announce-hostname` with `cluster-preferred-endpoint-type hostname`). So give the nodes' addresses, or let the cluster announce the hosts.
 * A managed service that answers at one endpoint and does not redirect is an `ExternalRedis`.
 *
 * Creates:
 *
 * - the objects of `ExternalCluster`
 *
 * @example
 * const cache = new ExternalRedisCluster(chart, 'Cache', {
 *   nodes: [
 *     { host: 'redis-1.example.com', resolution: Resolution.ipAddresses('192.0.2.31') },
 *     { host: 'redis-2.example.com', resolution: Resolution.ipAddresses('192.0.2.32') },
 *     { host: 'redis-3.example.com', resolution: Resolution.ipAddresses('192.0.2.33') },
 *   ],
 *   credentials: Credentials.passwordFromSecret('cart-redis'),
 * });
 * cache.connectFrom(ratings); // REDIS_NODES, REDIS_PASSWORD
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalRedisCluster extends ExternalCluster {
  /**
   * A Redis Cluster that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes hosts, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalRedisClusterAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes), PLACES);
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalCluster` does
   */
  public constructor(scope: Construct, id: string, props: ExternalRedisClusterProps) {
    super(scope, id, KIND.props(scope, id, props));
  }

  /** @internal */
  public get _places(): PlacesFor {
    return PLACES;
  }
}

const PLACES = clusterPlaces({ suffix: 'NODES' });

const KIND = new ClusterKind<Pick<ExternalRedisClusterProps, 'port' | 'tls'>>('ExternalRedisCluster', 'nodes', { port: checkPort, tls: checkTls }, ({ port, tls }) => (
  onePort(Protocol.REDIS, port, tls)));
