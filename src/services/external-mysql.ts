import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { Kind, onePort } from './kind';
import { checkPort } from '../private/check';
import { Protocol } from '../values/protocol';

/** The declaration of a MySQL or MariaDB outside the mesh. */
export interface ExternalMysqlProps extends ExternalServiceOptions {
  /** The DNS name of the database. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 3306
   */
  readonly port?: number;
}

/** A MySQL or MariaDB that another app declares. */
export interface ExternalMysqlAttributes extends ImportedOptions {
  /** The DNS name of the database. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 3306
   */
  readonly port?: number;
}

/**
 * A MySQL or MariaDB outside the mesh. Its server speaks first and TLS starts in the middle of the protocol, so the proxies treat it as opaque TCP and
 * cannot originate TLS.
 *
 * Behind a gateway, run the server with `skip_name_resolve=ON`: the gateway connects to it before a handshake decides, and a server that looks up names
 * blocks the gateway after 100 denied connections.
 *
 * Creates:
 *
 * - the objects of `ExternalService`
 *
 * @example
 * const mysql = new ExternalMysql(chart, 'Mysql', {
 *   host: 'mysqldb.example.com',
 *   resolution: Resolution.ipAddresses('192.0.2.14'),
 *   credentials: Credentials.fromSecret('ratings-mysql'),
 * });
 * mysql.connectFrom(ratings, { envPrefix: 'MYSQL_DB' });
 *
 * @see https://istio.io/latest/blog/2018/egress-tcp/
 */
export class ExternalMysql extends ExternalService {
  /**
   * A MySQL or MariaDB that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes host, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalMysqlAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes));
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalMysqlProps) {
    super(scope, id, KIND.props(scope, id, props));
  }
}

const KIND = new Kind<Pick<ExternalMysqlProps, 'host' | 'port'>>('ExternalMysql', { port: checkPort }, ({ port }) => onePort(Protocol.MYSQL, port));
