import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { Protocol } from '../values/protocol';

/** A MySQL or MariaDB outside the mesh. */
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

/**
 * A MySQL or MariaDB outside the mesh. Its server speaks first and TLS begins in the middle of the protocol, so the proxies treat it as opaque TCP and
 * cannot begin TLS for the application.
 *
 * A client that a gateway refuses has made the gateway connect to the database by then, which counts a broken handshake: let the server run with
 * `skip_name_resolve=ON`, or a hundred of them make it block the gateway.
 *
 * It gives:
 *
 * - ServiceEntry `Resource`
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
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props what is known of the database
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalMysqlProps) {
    super(scope, id, { ...props, hosts: [props.host], ports: [{ number: props.port ?? 3306, protocol: Protocol.MYSQL }] });
  }
}
