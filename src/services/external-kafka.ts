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

/** The declaration of a Kafka outside the mesh. */
export interface ExternalKafkaProps extends ExternalClusterOptions {
  /** The brokers, at least one: each with the name that it advertises to clients. All of them, because a client goes on to the broker that leads a partition. */
  readonly brokers: ClusterMember[];

  /**
   * The port that each of them listens on, 1 to 65535.
   *
   * @default 9092
   */
  readonly port?: number;

  /**
   * Who speaks TLS with them.
   *
   * @default ClientTls.disable()
   */
  readonly tls?: ClientTls;
}

/** A Kafka that another app declares. */
export interface ExternalKafkaAttributes extends ImportedOptions {
  /** The DNS names of its brokers. */
  readonly hosts: string[];

  /**
   * The port that each of them listens on, 1 to 65535.
   *
   * @default 9092
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
 * A Kafka outside the mesh. A client asks any broker first, and goes on to the names and ports that the brokers advertise: these are what is to be declared.
 * The listener that clients use must advertise names with the port that is declared here.
 *
 * Creates:
 *
 * - the objects of `ExternalCluster`
 *
 * @example
 * const kafka = new ExternalKafka(chart, 'Events', {
 *   brokers: [
 *     { host: 'kafka-1.example.com', resolution: Resolution.ipAddresses('192.0.2.51') },
 *     { host: 'kafka-2.example.com', resolution: Resolution.ipAddresses('192.0.2.52') },
 *     { host: 'kafka-3.example.com', resolution: Resolution.ipAddresses('192.0.2.53') },
 *   ],
 * });
 * kafka.connectFrom(ratings); // KAFKA_BOOTSTRAP_SERVERS
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalKafka extends ExternalCluster {
  /**
   * A Kafka that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes hosts, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalKafkaAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes), PLACES);
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalCluster` does
   */
  public constructor(scope: Construct, id: string, props: ExternalKafkaProps) {
    super(scope, id, KIND.props(scope, id, props));
  }

  /** @internal */
  public get _places(): PlacesFor {
    return PLACES;
  }
}

const PLACES = clusterPlaces({ suffix: 'BOOTSTRAP_SERVERS' });

const KIND = new ClusterKind<Pick<ExternalKafkaProps, 'port' | 'tls'>>('ExternalKafka', 'brokers', { port: checkPort, tls: checkTls }, ({ port, tls }) => (
  onePort(Protocol.KAFKA, port, tls)));
