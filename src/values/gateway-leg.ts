import { checkPort } from '../private/check';
import { Fail, refuseAbstract } from '../private/fail';

/**
 * How a connection travels from the client's sidecar to the egress gateway.
 *
 * One of two:
 *
 * - `istioMutual`, the default: mutual TLS with the workload's identity and a server name for each (namespace, host, port). One port of the gateway carries
 *   any number of services, and the gateway admits clients by their identity.
 * - `plaintext`: a TCP port of the gateway for this one service, for compatibility with older recipes. It has no encryption and no identity: every pod
 *   that reaches the port is served.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings
 */
export abstract class GatewayLeg {
  /** Mutual TLS on the gateway's shared port. */
  public static istioMutual(): GatewayLeg {
    return new IstioMutual();
  }

  /**
   * Plain TCP on a port of the gateway that no other service uses. The gateway's Service must expose that port.
   *
   * @param gatewayPort the port of the gateway's Service, 1 to 65535
   */
  public static plaintext(gatewayPort: number): GatewayLeg {
    return new Plaintext(gatewayPort);
  }

  /** @internal */
  public abstract readonly _mutual: boolean;

  protected constructor() {
    refuseAbstract(new.target === GatewayLeg, 'GatewayLeg', 'istioMutual() or plaintext()');
  }

  /** @internal */
  public abstract _check(fail: Fail): void;
  /** The port of the gateway that the leg uses, given the one that all mutual legs share. @internal */
  public abstract _port(sharedPort: number): number;
}

class IstioMutual extends GatewayLeg {
  public readonly _mutual = true;

  public constructor() {
    super();
  }

  public _check(): void {
    // Nothing to be wrong.
  }

  public _port(sharedPort: number): number {
    return sharedPort;
  }
}

class Plaintext extends GatewayLeg {
  public readonly _mutual = false;

  public constructor(private readonly gatewayPort: number) {
    super();
  }

  public _check(fail: Fail): void {
    checkPort(fail, 'GatewayLeg.plaintext()', this.gatewayPort);
  }

  public _port(): number {
    return this.gatewayPort;
  }
}
