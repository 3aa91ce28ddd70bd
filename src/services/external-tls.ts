import { Construct } from 'constructs';
import { ExternalService, ExternalServiceOptions } from './external-service';
import { IExternalService } from './i-external-service';
import { ImportedOptions, ImportedService } from './imported-service';
import { Kind, onePort } from './kind';
import { checkPort } from '../private/check';
import { Protocol } from '../values/protocol';

/** The declaration of a service over TLS outside the mesh. */
export interface ExternalTlsProps extends ExternalServiceOptions {
  /** The DNS name of the service. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 443
   */
  readonly port?: number;
}

/** A service over TLS that another app declares. */
export interface ExternalTlsAttributes extends ImportedOptions {
  /** The DNS name of the service. */
  readonly host: string;

  /**
   * The port it listens on, 1 to 65535.
   *
   * @default 443
   */
  readonly port?: number;
}

/**
 * A service outside the mesh with which the application speaks TLS itself, in any protocol inside it. The server name (SNI) tells connections apart, so any
 * number of such services share a port, and a wildcard host can be declared.
 *
 * Creates:
 *
 * - the objects of `ExternalService`
 *
 * @example
 * new ExternalTls(chart, 'GoogleApis', { host: '*.googleapis.com', resolution: Resolution.none() });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-tls-origination/
 */
export class ExternalTls extends ExternalService {
  /**
   * A service over TLS that another app declares, for the workloads of this app. See `ExternalService.fromServiceAttributes`.
   *
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param attributes host, port and declaring namespace
   * @throws as `ExternalService.fromServiceAttributes` does
   */
  public static fromAttributes(scope: Construct, id: string, attributes: ExternalTlsAttributes): IExternalService {
    return new ImportedService(scope, id, KIND.attributes(scope, id, attributes));
  }

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the declaration
   * @throws as `ExternalService` does
   */
  public constructor(scope: Construct, id: string, props: ExternalTlsProps) {
    super(scope, id, KIND.props(scope, id, props));
  }
}

const KIND = new Kind<Pick<ExternalTlsProps, 'host' | 'port'>>('ExternalTls', { port: checkPort }, ({ port }) => onePort(Protocol.TLS, port));
