import { Construct } from 'constructs';
import { ClusterKind } from './cluster-kind';
import { ClusterMember, ExternalCluster, ExternalClusterOptions } from './external-cluster';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { onePort } from './kind';
import { clusterPlaces, PlacesFor } from '../access/place';
import { checkPort, checkString } from '../private/check';
import { Protocol } from '../values/protocol';

/** The declaration of a Redis with Sentinel outside the mesh. */
export interface ExternalRedisSentinelProps extends ExternalClusterOptions {
  /** The name of the master that the sentinels watch, such as `mymaster`. */
  readonly masterName: string;

  /** The servers, master and replicas, each with a sentinel beside it. */
  readonly servers: ClusterMember[];

  /**
   * The port that each of them listens on, 1 to 65535.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * The port of the sentinels, 1 to 65535.
   *
   * @default 26379
   */
  readonly sentinelPort?: number;
}

/** A Redis with Sentinel that another app declares. */
export interface ExternalRedisSentinelAttributes extends ImportedOptions {
  /** The name of the master that the sentinels watch, such as `mymaster`. */
  readonly masterName: string;

  /** The DNS names of its servers. */
  readonly hosts: string[];

  /**
   * The port that each of them listens on, 1 to 65535.
   *
   * @default 6379
   */
  readonly port?: number;

  /**
   * The port of the sentinels, 1 to 65535.
   *
   * @default 26379
   */
  readonly sentinelPort?: number;
}

/**
 * A Redis with Sentinel outside the mesh: one master, its replicas, and a sentinel beside each of them. A driver asks a sentinel for the master, and
 * connects to the address that it is told: an IP address, unless the sentinels announce names (`sentinel resolve-hostnames` and `announce-hostnames`).
 *
 * Creates:
 *
 * - the objects of `ExternalCluster`
 *
 * @example
 * const sessions = new ExternalRedisSentinel(chart, 'Sessions', {
 *   masterName: 'mymaster',
 *   servers: [
 *     { host: 'redis-1.example.com', resolution: Resolution.ipAddresses('192.0.2.31') },
 *     { host: 'redis-2.example.com', resolution: Resolution.ipAddresses('192.0.2.32') },
 *     { host: 'redis-3.example.com', resolution: Resolution.ipAddresses('192.0.2.33') },
 *   ],
 * });
 * sessions.connectFrom(ratings); // REDIS_SENTINELS, REDIS_MASTER_NAME
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalRedisSentinel extends ExternalCluster {
  /**
   * A Redis with Sentinel that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes hosts, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalRedisSentinelAttributes): IExternalService {
    const { masterName, sentinelPort = SENTINEL_PORT } = attributes ?? {};
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes), placesOf(masterName, sentinelPort));
  }

  private readonly masterName: string;
  private readonly sentinelPort: number;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalCluster` does
   */
  public constructor(scope: Construct, id: string, props: ExternalRedisSentinelProps) {
    super(scope, id, KIND.props(scope, id, props));
    this.masterName = props.masterName;
    this.sentinelPort = props.sentinelPort ?? SENTINEL_PORT;
  }

  /** @internal */
  public get _places(): PlacesFor {
    return placesOf(this.masterName, this.sentinelPort);
  }
}

const SENTINEL_PORT = 26379;

function placesOf(masterName: string, sentinelPort: number): PlacesFor {
  return clusterPlaces({
    suffix: 'SENTINELS',
    port: sentinelPort,
    // In the words of Lettuce, the driver that has a URL for it.
    url: () => ({ scheme: 'redis-sentinel', query: [`sentinelMasterId=${encodeURIComponent(masterName)}`] }),
    more: [{ property: 'envPrefix', suffix: 'MASTER_NAME', value: masterName }],
  });
}

type Own = Pick<ExternalRedisSentinelProps, 'masterName' | 'port' | 'sentinelPort'>;

const KIND = new ClusterKind<Own>(
  'ExternalRedisSentinel', 'servers', { masterName: checkString, port: checkPort, sentinelPort: checkPort }, ({ port, sentinelPort }) => [
    ...onePort(Protocol.REDIS, port), { number: sentinelPort ?? SENTINEL_PORT, protocol: Protocol.REDIS },
  ], ['masterName']);
