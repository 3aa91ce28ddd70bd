import { IConstruct } from 'constructs';
import { Workload } from './workload';
import { checkDnsLabel, checkDnsName, checkInstance, checkList } from '../private/check';
import { checkConstruct, Fail, quote, refuseAbstract } from '../private/fail';
import { ClientModel, LimitModel } from '../private/model';
import { limitModel, RequestLimits } from '../values/request-limits';

/**
 * A client of a service: a service account, the account of a workload, or every account of a namespace. Creates: nothing.
 *
 * @see https://istio.io/latest/docs/concepts/security/#principals
 */
export abstract class MeshClient {
  /**
   * A service account, whatever runs as it.
   *
   * @param namespaceName the account's namespace
   * @param accountName the account's name
   */
  public static serviceAccount(namespaceName: string, accountName: string): MeshClient {
    return new Account(namespaceName, accountName);
  }

  /**
   * The service account of a workload. A workload without one of its own runs as `default`, which every such pod of the namespace shares.
   *
   * @param workload anything with a pod template: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod of any library
   */
  public static workload(workload: IConstruct): MeshClient {
    return new WorkloadAccount(workload);
  }

  /**
   * Every service account of a namespace.
   *
   * @param namespaceName the namespace
   */
  public static allIn(namespaceName: string): MeshClient {
    return new Namespace(namespaceName);
  }

  protected constructor() {
    refuseAbstract(new.target === MeshClient, 'MeshClient', 'serviceAccount(), workload() or allIn()');
  }

  /**
   * This client, with some requests only. The gateway answers 403 to the others. It requires a service of HTTP that is routed through a gateway with mutual TLS.
   *
   * The gateway compares the path that it is sent, and a server may see another one: `%2F` for `/` (set `meshConfig.pathNormalization` to `DECODE_AND_MERGE_SLASHES`),
   * `%5C` (Windows), `..;` (Tomcat and what is built on it). Prefer `PathMatch.exact()` in front of such a server. Headers that override method or path are removed.
   * Limits cost: each service with limited clients has a policy that is copied into every filter chain of the gateway.
   * A client that is named without limits as well has the limits.
   *
   * @param limits the requests
   *
   * @example
   * const cart = MeshClient.serviceAccount('shop', 'cart').limitedTo({ methods: ['GET'], paths: [PathMatch.prefix('/prices/')] });
   */
  public limitedTo(limits: RequestLimits): MeshClient {
    return new Limited(this, limits);
  }

  /** Checks the client for the one who uses it; only then is there a path to name in an error. @internal */
  public abstract _bind(fail: Fail): BoundClient;
}

const FACTORIES = 'MeshClient.serviceAccount("shop", "cart"), MeshClient.workload(deployment) or MeshClient.allIn("shop")';

export const checkClients = checkList(checkInstance(MeshClient, FACTORIES), FACTORIES);

/** A client that was checked. */
export interface BoundClient {
  /** Known at once, because objects are made for each namespace. */
  readonly namespace?: string;
  /** Whether it is every account of the namespace. */
  readonly wholeNamespace: boolean;
  /** The workload that the client is, when it was named by it. */
  readonly workload?: Workload;
  /** The requests that it may send; undefined for all. */
  readonly limits?: LimitModel;
  /** To be asked when everything else is known. */
  model(): ClientModel;
}

class Account extends MeshClient {
  public constructor(private readonly namespaceName: string, private readonly accountName: string) {
    super();
  }

  public _bind(fail: Fail): BoundClient {
    const [, domain, owner, name] = /^(?:spiffe:\/\/)?([^/]+)\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(String(this.namespaceName)) ?? [];
    if (domain !== undefined) {
      fail(`MeshClient.serviceAccount() takes namespace and account, got the identity ${quote(this.namespaceName)}: write MeshClient.serviceAccount(${quote(owner)}, ${quote(name)}), `
        + `and if ${quote(domain)} is another trust domain, call Mesh.declare() with 'trustDomainAliases'`);
    }
    if (typeof this.namespaceName === 'string' && this.namespaceName.includes('/') && this.accountName === undefined) {
      const [namespace, account] = this.namespaceName.split('/').map(quote);
      fail(`MeshClient.serviceAccount() takes namespace and account, got ${quote(this.namespaceName)}: write MeshClient.serviceAccount(${namespace}, ${account})`);
    }
    checkDnsLabel(fail, 'namespaceName', this.namespaceName);
    checkDnsName(fail, 'accountName', this.accountName);
    const model = { namespace: this.namespaceName, account: this.accountName };
    return { namespace: model.namespace, wholeNamespace: false, model: () => model };
  }
}

class WorkloadAccount extends MeshClient {
  public constructor(private readonly construct: IConstruct) {
    super();
  }

  public _bind(fail: Fail): BoundClient {
    checkConstruct(fail, 'MeshClient.workload()', this.construct, 'a workload, such as a Deployment');
    const workload = Workload.of(this.construct, fail);
    if (workload.namespace !== undefined) {
      checkDnsLabel(fail, `namespace of '${workload.path}'`, workload.namespace);
    }
    return {
      namespace: workload.namespace,
      wholeNamespace: false,
      workload,
      model: () => ({ namespace: workload.namespace, account: workload.serviceAccountName }),
    };
  }
}

class Limited extends MeshClient {
  public constructor(private readonly client: MeshClient, private readonly limits: RequestLimits) {
    super();
  }

  public _bind(fail: Fail): BoundClient {
    if (this.client instanceof Limited) {
      fail('limitedTo() was called on a client that has limits already: give all \'methods\' and \'paths\' in one call');
    }
    const limits = limitModel(fail, this.limits);
    const bound = this.client._bind(fail);
    return { ...bound, limits, model: () => ({ ...bound.model(), limits }) };
  }
}

class Namespace extends MeshClient {
  public constructor(private readonly namespaceName: string) {
    super();
  }

  public _bind(fail: Fail): BoundClient {
    checkDnsLabel(fail, 'namespaceName', this.namespaceName);
    return { namespace: this.namespaceName, wholeNamespace: true, model: () => ({ namespace: this.namespaceName }) };
  }
}
