import { Construct } from 'constructs';
import { checkBoolean, checkDnsLabel, checkLabels, checkPort, checkProps } from '../private/check';
import { Fail, quote } from '../private/fail';

/** An egress gateway: pods of Istio's proxy that run on their own, and the Service in front of them. */
export interface IEgressGateway {
  /** The name of the gateway's Service. */
  readonly serviceName: string;
  /** The namespace of the Service and the pods. */
  readonly namespaceName: string;
  /** Labels that all pods of the gateway have, and no others. */
  readonly selector: { [label: string]: string };
  /** The port of the Service that all mutual TLS legs share. */
  readonly port: number;
  /**
   * The port of the pods behind it; undefined when it is not known.
   *
   * @default - not known
   */
  readonly targetPort?: number;
  /**
   * Whether the gateway denies server names and leaves closed networks that no app declares, as one of `new EgressGateway()` does.
   *
   * @default false
   */
  readonly deniesByDefault?: boolean;
}

/** An egress gateway that is installed already. */
export interface EgressGatewayAttributes {
  /** The name of the gateway's Service. */
  readonly serviceName: string;

  /** The namespace of the Service and the pods. */
  readonly namespaceName: string;

  /** Labels that all pods of the gateway have, and no others. */
  readonly selector: { [label: string]: string };

  /**
   * The port of the Service that all mutual TLS legs share, 1 to 65535.
   *
   * @default 443
   */
  readonly port?: number;

  /**
   * The port of the pods behind it, 1 to 65535: the only one that an `EgressLockdown` opens to the gateway.
   *
   * @default - not known: a namespace that uses the gateway cannot be locked down
   */
  readonly targetPort?: number;

  /**
   * Whether another app deploys the gateway with `new EgressGateway()`. It denies every server name and network that no app declares, so an `EgressViaGateway` of
   * this app declares its own there. Do not give it for another gateway: with the first ALLOW policy that selects it, Istio denies what other teams have there.
   *
   * @default false
   */
  readonly deniesByDefault?: boolean;
}

/** Checks a gateway where it is used: only there is a construct to name. */
export function checkGateway(fail: Fail, gateway: unknown): asserts gateway is IEgressGateway {
  const isOther = Construct.isConstruct(gateway) && !('serviceName' in gateway || 'gateway' in gateway);
  if (typeof gateway !== 'object' || gateway === null || isOther) {
    fail(`'gateway' must be EgressGateway.istioEgressGateway(), EgressGateway.fromAttributes() or a new EgressGateway(), got ${quote(gateway)}`);
  }
  const { gateway: inner } = gateway as { readonly gateway?: unknown };
  if (inner !== undefined && (gateway as Partial<IEgressGateway>).serviceName === undefined) {
    fail(`'gateway' must be a gateway, got ${quote(gateway)}: give its 'gateway'`);
  }
  const { serviceName, namespaceName, selector, port, targetPort } = gateway as IEgressGateway;
  checkDnsLabel(fail, 'gateway.serviceName', serviceName);
  checkDnsLabel(fail, 'gateway.namespaceName', namespaceName);
  if (port === undefined) {
    fail('\'gateway.port\' is missing: describe the gateway with EgressGateway.fromAttributes()');
  }
  checkPort(fail, 'gateway.port', port);
  if (targetPort !== undefined) {
    checkPort(fail, 'gateway.targetPort', targetPort);
  }
  checkLabels(fail, 'gateway.selector', selector);
  if (Object.keys(selector).length === 0) {
    fail(`'gateway.selector' must have a label, got ${quote(selector)}: without one every workload of the mesh would be the gateway`);
  }
}

/** Checks which attributes a gateway has; their values are checked where it is used. */
export function checkAttributes(fail: Fail, attributes: unknown): void {
  const any = () => undefined;
  checkProps(fail, 'EgressGateway.fromAttributes()', attributes, {
    serviceName: any, namespaceName: any, selector: any, port: any, targetPort: any, deniesByDefault: checkBoolean,
  });
}
