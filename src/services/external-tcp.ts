import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { Kind } from './kind';
import { checkList, checkPort } from '../private/check';
import { Protocol } from '../values/protocol';

/** The declaration of a TCP service outside the mesh. */
export interface ExternalTcpProps extends ExternalServiceOptions {
  /** Its DNS name. */
  readonly host: string;

  /** The ports it listens on, each 1 to 65535, at least one. */
  readonly ports: number[];
}

/** A TCP service that another app declares. */
export interface ExternalTcpAttributes extends ImportedOptions {
  /** Its DNS name. */
  readonly host: string;

  /** The ports it listens on, each 1 to 65535, at least one. */
  readonly ports: number[];
}

/**
 * A TCP service outside the mesh, in any protocol.
 *
 * Creates:
 *
 * - the objects of `ExternalService`
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
   * A TCP service that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes host, ports and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalTcpAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes));
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalTcpProps) {
    super(scope, id, KIND.props(scope, id, props));
  }
}

const KIND = new Kind<Pick<ExternalTcpProps, 'host' | 'ports'>>('ExternalTcp', { ports: checkList(checkPort, '389') }, ({ ports }) => (
  ports.map(number => ({ number, protocol: Protocol.TCP }))), ['ports']);
