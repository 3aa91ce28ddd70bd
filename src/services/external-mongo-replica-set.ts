import { Construct } from 'constructs';
import { ClusterKind } from './cluster-kind';
import { ClusterMember, ExternalCluster, ExternalClusterOptions } from './external-cluster';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { onePort } from './kind';
import { clusterPlaces, PlacesFor } from '../access/place';
import { checkPort, checkString } from '../private/check';
import { checkTls, ClientTls } from '../values/client-tls';
import { Protocol } from '../values/protocol';

/** The declaration of a replica set of MongoDB outside the mesh. */
export interface ExternalMongoReplicaSetProps extends ExternalClusterOptions {
  /** The name of the replica set, such as `rs0`. */
  readonly replicaSet: string;

  /** The members, at least one: each with the host that the replica set itself has for it (`rs.conf()`), because drivers go on to these hosts. */
  readonly members: ClusterMember[];

  /**
   * The port that each of them listens on, 1 to 65535.
   *
   * @default 27017
   */
  readonly port?: number;

  /**
   * Who speaks TLS with them.
   *
   * @default ClientTls.disable()
   */
  readonly tls?: ClientTls;
}

/** A replica set of MongoDB that another app declares. */
export interface ExternalMongoReplicaSetAttributes extends ImportedOptions {
  /** The name of the replica set, such as `rs0`. */
  readonly replicaSet: string;

  /** The DNS names of its members. */
  readonly hosts: string[];

  /**
   * The port that each of them listens on, 1 to 65535.
   *
   * @default 27017
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
 * A replica set of MongoDB outside the mesh. A driver asks any member for the others, and goes on to the hosts and ports of the replica set's own
 * configuration: these are what is to be declared.
 *
 * Creates:
 *
 * - the objects of `ExternalCluster`
 *
 * @example
 * const mongo = new ExternalMongoReplicaSet(chart, 'Orders', {
 *   replicaSet: 'rs0',
 *   members: [
 *     { host: 'mongo-1.example.com', resolution: Resolution.ipAddresses('192.0.2.61') },
 *     { host: 'mongo-2.example.com', resolution: Resolution.ipAddresses('192.0.2.62') },
 *     { host: 'mongo-3.example.com', resolution: Resolution.ipAddresses('192.0.2.63') },
 *   ],
 * });
 * mongo.connectFrom(ratings, { urlPath: 'test' }); // MONGO_URL, MONGO_MEMBERS
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalMongoReplicaSet extends ExternalCluster {
  /**
   * A replica set of MongoDB that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes hosts, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalMongoReplicaSetAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes), placesOf(attributes?.replicaSet));
  }

  private readonly replicaSet: string;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalCluster` does
   */
  public constructor(scope: Construct, id: string, props: ExternalMongoReplicaSetProps) {
    super(scope, id, KIND.props(scope, id, props));
    this.replicaSet = props.replicaSet;
  }

  /** @internal */
  public get _places(): PlacesFor {
    return placesOf(this.replicaSet);
  }
}

function placesOf(replicaSet: string): PlacesFor {
  return clusterPlaces({
    suffix: 'MEMBERS',
    byUrl: true,
    url: url => ({ scheme: url!.scheme, query: [`replicaSet=${encodeURIComponent(replicaSet)}`, ...url!.query] }),
  });
}

const KIND = new ClusterKind<Pick<ExternalMongoReplicaSetProps, 'replicaSet' | 'port' | 'tls'>>(
  'ExternalMongoReplicaSet', 'members', { replicaSet: checkString, port: checkPort, tls: checkTls }, ({ port, tls }) => (
    onePort(Protocol.MONGO, port, tls)), ['replicaSet']);
