import { Duration } from 'cdk8s';
import { Check, checkCount, checkDuration, propsOf, checkSeconds, checkWhole, secondsOf } from '../private/check';
import { ConnectionModel, OutlierModel } from '../private/model';

/** Probes on idle connections, so that a dead peer or a forgetful firewall is noticed. */
export interface TcpKeepalive {
  /**
   * Unanswered probes after which the connection is dead, 1 or more.
   *
   * @default - the operating system's, 9 on Linux
   */
  readonly probes?: number;

  /**
   * How long a connection is idle before the first probe, whole seconds.
   *
   * @default - the operating system's, two hours on Linux
   */
  readonly time?: Duration;

  /**
   * The time between two probes, whole seconds.
   *
   * @default - the operating system's, 75 seconds on Linux
   */
  readonly interval?: Duration;
}

/**
 * When a proxy with several endpoints leaves out one of them. What counts are connections that fail; of HTTP answers none of a service outside the mesh,
 * and 502, 503 and 504 of one inside.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
 */
export interface OutlierDetection {
  /**
   * Failures in a row after which an endpoint is ejected, 1 or more.
   *
   * @default 1
   */
  readonly consecutiveErrors?: number;

  /**
   * The time between two looks at the endpoints.
   *
   * @default Duration.seconds(1)
   */
  readonly interval?: Duration;

  /**
   * How long an endpoint is left out at first.
   *
   * @default Duration.seconds(10)
   */
  readonly baseEjectionTime?: Duration;

  /**
   * The most endpoints that are left out at once, percent, 0 to 100.
   *
   * @default 50
   */
  readonly maxEjectionPercent?: number;
}

/**
 * How the last proxy, which is the gateway for a routed service and else the client's sidecar, connects to the endpoints of a service. The defaults of a
 * service inside the mesh are Istio's.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ConnectionPoolSettings-TCPSettings
 */
export interface ConnectionSettings {
  /**
   * How long a connection may take to be made, its TLS handshake included.
   *
   * @default - two seconds where the proxy chooses between endpoints, so that it goes on to the next; else `meshConfig.connectTimeout`, ten seconds
   */
  readonly connectTimeout?: Duration;

  /**
   * The most connections that each proxy has to the service, 1 or more. Further ones of TCP and TLS fail at once; requests of HTTP wait for a connection.
   *
   * @default - no limit
   */
  readonly maxConnections?: number;

  /**
   * Probes on idle connections.
   *
   * @default - none
   */
  readonly tcpKeepalive?: TcpKeepalive;

  /**
   * How long a connection may be idle before the proxy closes it. Longer than the pools of the drivers keep theirs. For a routed TCP service at most an
   * hour, after which the client's sidecar closes its connection to the gateway. Istio before 1.21 ignores it for TCP.
   *
   * @default - one hour
   */
  readonly idleTimeout?: Duration;

  /**
   * How long a connection may live at all. With `Resolution.dnsRoundRobin()` it makes clients follow a changed name within that time.
   *
   * @default - no limit
   */
  readonly maxConnectionDuration?: Duration;

  /**
   * When an endpoint is left out, where the proxy chooses between several.
   *
   * @default - outside the mesh after one failure, for ten seconds; inside never
   */
  readonly outlierDetection?: OutlierDetection;
}

const KEEPALIVE = { probes: checkCount, time: checkSeconds, interval: checkSeconds };

const OUTLIERS = { consecutiveErrors: checkCount, interval: checkDuration, baseEjectionTime: checkDuration, maxEjectionPercent: checkWhole(0, 100, 'a whole number of percent') };

const CONNECTION = {
  connectTimeout: checkDuration,
  maxConnections: checkCount,
  tcpKeepalive: propsOf(KEEPALIVE),
  idleTimeout: checkDuration,
  maxConnectionDuration: checkDuration,
  outlierDetection: propsOf(OUTLIERS),
};

export const checkConnection: Check = propsOf(CONNECTION);

export function connectionModel(settings: ConnectionSettings = {}): ConnectionModel {
  const { connectTimeout, maxConnections, tcpKeepalive, idleTimeout, maxConnectionDuration, outlierDetection } = settings;
  return {
    connectTimeout: secondsOf(connectTimeout),
    maxConnections,
    tcpKeepalive: tcpKeepalive && { probes: tcpKeepalive.probes, time: secondsOf(tcpKeepalive.time), interval: secondsOf(tcpKeepalive.interval) },
    idleTimeout: secondsOf(idleTimeout),
    maxConnectionDuration: secondsOf(maxConnectionDuration),
    outlierDetection: outlierDetection && outlierModel(outlierDetection),
  };
}

function outlierModel({ consecutiveErrors, interval, baseEjectionTime, maxEjectionPercent }: OutlierDetection): OutlierModel {
  return { consecutiveErrors, interval: secondsOf(interval), baseEjectionTime: secondsOf(baseEjectionTime), maxEjectionPercent };
}
