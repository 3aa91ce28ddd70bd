import { Duration } from 'cdk8s';
import { ConnectionSettings } from './connection-settings';

/**
 * Connection settings for usual situations; `docs/reliability.md` has the reason for each value. Creates: nothing.
 *
 * @example
 * new ExternalPostgres(chart, 'Orders', {
 *   host: 'orders.example.com',
 *   resolution: Resolution.dnsRoundRobin(),
 *   connection: ConnectionPresets.failoverByDns(),
 * });
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings-TCPSettings
 */
export class ConnectionPresets {
  /**
   * For drivers that keep connections in a pool, as those of databases do: probes after two minutes of silence, so that a load balancer or NAT on the way
   * does not forget the connection, and a dead peer is noticed within four minutes.
   */
  public static driverPool(): ConnectionSettings {
    return { tcpKeepalive: { time: Duration.minutes(2), interval: Duration.seconds(30), probes: 4 } };
  }

  /**
   * For a database that moves with its name (`Resolution.dnsRoundRobin()`): as `driverPool`, and no connection lives longer than half an hour, after which it
   * is made to the address that the name has then. The driver has to open another one when a connection ends.
   */
  public static failoverByDns(): ConnectionSettings {
    return { ...ConnectionPresets.driverPool(), maxConnectionDuration: Duration.minutes(30) };
  }

  private constructor() {}
}
