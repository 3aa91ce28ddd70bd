import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { Kind, onePort } from './kind';
import { checkPort } from '../private/check';
import { checkTls, ClientTls } from '../values/client-tls';
import { Protocol } from '../values/protocol';

/** The declaration of a MongoDB outside the mesh. */
export interface ExternalMongoProps extends ExternalServiceOptions {
  /** The DNS name of the server. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 27017
   */
  readonly port?: number;

  /**
   * Who speaks TLS with it.
   *
   * @default ClientTls.disable()
   */
  readonly tls?: ClientTls;
}

/** A MongoDB that another app declares. */
export interface ExternalMongoAttributes extends ImportedOptions {
  /** The DNS name of the server. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 27017
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
 * A single MongoDB outside the mesh. The proxies treat it as opaque TCP, or as TLS when the driver speaks it: Istio's own MongoDB protocol would switch on a
 * filter that cannot read TLS. The members of a replica set redirect the driver to each other, so each one needs a declaration of its own.
 *
 * Creates:
 *
 * - the objects of `ExternalService`
 *
 * @example
 * const mongo = new ExternalMongo(chart, 'Mongo', {
 *   host: 'mongodb.example.com',
 *   resolution: Resolution.ipAddresses('192.0.2.16'),
 *   credentials: Credentials.fromSecret('ratings-mongo'),
 * });
 * mongo.connectFrom(ratings, { envPrefix: 'MONGO_DB' });
 *
 * @see https://istio.io/latest/blog/2018/egress-mongo/
 */
export class ExternalMongo extends ExternalService {
  /**
   * A MongoDB that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes host, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalMongoAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes));
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalMongoProps) {
    super(scope, id, KIND.props(scope, id, props));
  }
}

const KIND = new Kind<Pick<ExternalMongoProps, 'host' | 'port' | 'tls'>>('ExternalMongo', { port: checkPort, tls: checkTls }, ({ port, tls }) => (
  onePort(Protocol.MONGO, port, tls)));
