import { ReadinessProbe } from './readiness-probe';
import { canonicalAddress, checkAddress, checkDistinct, checkInstance, checkNotEmpty, checkProps, singleAddress } from '../private/check';
import { Fail, quote, refuseAbstract } from '../private/fail';
import { MembershipModel } from '../private/model';

/** How machines register themselves. */
export interface WorkloadGroupOptions {
  /**
   * How the agent on each machine asks the application whether it is ready. `istioctl x workload entry configure` hands it to the machine.
   *
   * @default - a machine is ready as long as its agent is connected
   */
  readonly readinessProbe?: ReadinessProbe;
}

/**
 * How virtual machines become members of a service of the mesh. The agent on a machine has to run in both cases: it holds the machine's identity and the
 * sidecar.
 *
 * One of two:
 *
 * - `workloadEntries`: machines of fixed addresses. A machine stays a member when its agent stops; clients then get no connection to it.
 * - `workloadGroup`: whichever machines the agents register with istiod (`ISTIO_META_AUTO_REGISTER_GROUP`). istiod removes a machine 10 seconds after its agent
 *   disconnects.
 *
 * @see https://istio.io/latest/docs/ops/deployment/vm-architecture/
 */
export abstract class Membership {
  /**
   * Machines of fixed addresses: a WorkloadEntry for each.
   *
   * @param addresses the IP addresses at which pods reach the machines, at least one
   */
  public static workloadEntries(...addresses: string[]): Membership {
    return new WorkloadEntries(addresses);
  }

  /**
   * Machines that register themselves: a WorkloadGroup, from which istiod makes a WorkloadEntry for each agent that connects.
   *
   * @param options the readiness of the machines
   */
  public static workloadGroup(options: WorkloadGroupOptions = {}): Membership {
    return new WorkloadGroup(options);
  }

  protected constructor() {
    refuseAbstract(new.target === Membership, 'Membership', 'workloadEntries() or workloadGroup()');
  }

  /** @internal */
  public abstract _bind(fail: Fail): MembershipModel;
}

const ENTRIES = 'Membership.workloadEntries()';

class WorkloadEntries extends Membership {
  public constructor(private readonly addresses: readonly string[]) {
    super();
  }

  public _bind(fail: Fail): MembershipModel {
    checkNotEmpty(fail, ENTRIES, this.addresses, '"192.0.2.30"');
    const addresses = this.addresses.map(given => {
      checkAddress(fail, ENTRIES, given);
      const address = singleAddress(given);
      if (address === undefined) {
        fail(`'${ENTRIES}' has the range ${quote(given)}, and a machine has one address: give the address of each machine`);
      }
      return canonicalAddress(given);
    });
    checkDistinct(fail, ENTRIES, addresses);
    return { addresses };
  }
}

class WorkloadGroup extends Membership {
  public constructor(private readonly options: WorkloadGroupOptions) {
    super();
  }

  public _bind(fail: Fail): MembershipModel {
    checkProps(fail, 'Membership.workloadGroup()', this.options, OPTIONS);
    return { readinessProbe: this.options.readinessProbe?._bind(fail) };
  }
}

const OPTIONS = { readinessProbe: checkInstance(ReadinessProbe, 'ReadinessProbe.httpGet(), tcpSocket() or exec()') };
