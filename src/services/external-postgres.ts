import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { Kind, onePort } from './kind';
import { checkOneOf, checkPort } from '../private/check';
import { Protocol } from '../values/protocol';

/**
 * How a PostgreSQL driver starts TLS, in the words of its own setting `sslnegotiation`.
 *
 * @see https://www.postgresql.org/docs/current/libpq-connect.html
 */
export enum SslNegotiation {
  /** The driver asks for TLS in the protocol, or does without. Every version. */
  POSTGRES = 'postgres',
  /** TLS from the first byte, with the server name. Server and driver of version 17 or newer. */
  DIRECT = 'direct',
}

/** The declaration of a PostgreSQL outside the mesh. */
export interface ExternalPostgresProps extends ExternalServiceOptions {
  /** The DNS name of the database. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 5432
   */
  readonly port?: number;

  /**
   * How the drivers of the clients start TLS, their setting `sslnegotiation`.
   *
   * @default SslNegotiation.POSTGRES
   */
  readonly sslNegotiation?: SslNegotiation;
}

/** A PostgreSQL that another app declares. */
export interface ExternalPostgresAttributes extends ImportedOptions {
  /** The DNS name of the database. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 5432
   */
  readonly port?: number;

  /**
   * How the drivers of the clients start TLS, their setting `sslnegotiation`.
   *
   * @default SslNegotiation.POSTGRES
   */
  readonly sslNegotiation?: SslNegotiation;
}

/**
 * A PostgreSQL outside the mesh. Its TLS starts in the middle of the protocol, so the proxies treat it as opaque TCP and cannot originate TLS: let the driver
 * use it (`sslmode=verify-full`).
 *
 * Creates:
 *
 * - the objects of `ExternalService`
 *
 * @example
 * const orders = new ExternalPostgres(chart, 'Orders', {
 *   host: 'orders.abc123.eu-central-1.rds.amazonaws.com',
 *   resolution: Resolution.dnsRoundRobin(),
 *   addresses: ['240.0.0.10'],
 *   credentials: Credentials.fromSecret('orders-postgres'),
 * });
 * orders.allowFrom(MeshClient.allIn('shop'));
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalPostgres extends ExternalService {
  /**
   * A PostgreSQL that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes host, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalPostgresAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes));
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalPostgresProps) {
    super(scope, id, KIND.props(scope, id, props));
  }
}

const KIND = new Kind<Pick<ExternalPostgresProps, 'host' | 'port' | 'sslNegotiation'>>(
  'ExternalPostgres', { port: checkPort, sslNegotiation: checkOneOf(SslNegotiation) }, ({ port, sslNegotiation }) => (
    onePort(sslNegotiation === SslNegotiation.DIRECT ? Protocol.POSTGRES_DIRECT_TLS : Protocol.POSTGRES, port)));
