import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { Protocol } from '../values/protocol';

/** Something outside the mesh that is reached over TCP. */
export interface ExternalTcpProps extends ExternalServiceOptions {
  /** Its DNS name. */
  readonly host: string;

  /** The ports it listens on, each 1 to 65535, at least one. */
  readonly ports: number[];
}

/**
 * Something outside the mesh that is reached over TCP, in a protocol of which nothing needs to be known.
 *
 * It gives:
 *
 * - ServiceEntry `Resource`
 *
 * @example
 * new ExternalTcp(chart, 'Ldap', {
 *   host: 'ldap.example.com',
 *   ports: [389, 3268],
 *   resolution: Resolution.ipAddresses('192.0.2.0/28'),
 * });
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ExternalTcp extends ExternalService {
  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props what is known of the service
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalTcpProps) {
    super(scope, id, { ...props, hosts: [props.host], ports: (props.ports ?? []).map(number => ({ number, protocol: Protocol.TCP })) });
  }
}
