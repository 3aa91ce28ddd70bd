import { checkGateway, IEgressGateway } from './egress-gateway-attributes';
import { checkDnsLabel, checkProps } from '../private/check';
import { Fail, refuseAbstract } from '../private/fail';
import { TelemetryTargetModel } from '../private/model';

/** More about the gateway that is watched. */
export interface TelemetryGatewayOptions {
  /**
   * The name of the gateway's Deployment, which the names of its pods begin with.
   *
   * @default - the name of its Service, as Istio's installation and `new EgressGateway()` have it
   */
  readonly workloadName?: string;
}

/**
 * Whose proxies are watched.
 *
 * One of two:
 *
 * - `gateway`: the pods of an egress gateway, where clients are refused and connections leave the mesh
 * - `allIn`: the sidecars of a namespace, where connections to undeclared hosts are blocked
 *
 * @see https://istio.io/latest/docs/reference/config/telemetry/
 */
export abstract class TelemetryTarget {
  /**
   * The pods of an egress gateway.
   *
   * @param gateway the gateway
   * @param options its Deployment
   */
  public static gateway(gateway: IEgressGateway, options: TelemetryGatewayOptions = {}): TelemetryTarget {
    return new GatewayTarget(gateway, options);
  }

  /**
   * Every sidecar of a namespace.
   *
   * @param namespaceName the namespace
   */
  public static allIn(namespaceName: string): TelemetryTarget {
    return new NamespaceTarget(namespaceName);
  }

  protected constructor() {
    refuseAbstract(new.target === TelemetryTarget, 'TelemetryTarget', 'gateway() or allIn()');
  }

  /** @internal */
  public abstract _bind(fail: Fail): TelemetryTargetModel;
}

class GatewayTarget extends TelemetryTarget {
  public constructor(private readonly gateway: IEgressGateway, private readonly options: TelemetryGatewayOptions) {
    super();
  }

  public _bind(fail: Fail): TelemetryTargetModel {
    checkGateway(fail, this.gateway);
    checkProps(fail, 'TelemetryTarget.gateway()', this.options, { workloadName: checkDnsLabel });
    const { serviceName, namespaceName, selector } = this.gateway;
    return { kind: 'gateway', namespace: namespaceName, name: serviceName, workload: this.options.workloadName ?? serviceName, selector: { ...selector } };
  }
}

class NamespaceTarget extends TelemetryTarget {
  public constructor(private readonly namespaceName: string) {
    super();
  }

  public _bind(fail: Fail): TelemetryTargetModel {
    checkDnsLabel(fail, 'namespaceName', this.namespaceName);
    return { kind: 'namespace', namespace: this.namespaceName };
  }
}
