import { Check, checkAddress, checkDnsLabel, checkInstance, checkLabels, checkList, checkNotEmpty, checkPort, checkProps, cidrOf } from '../private/check';
import { Fail, refuseAbstract, within } from '../private/fail';
import { OpeningModel } from '../private/model';

/** A Service that the pods of a locked-down namespace may use. */
export interface MeshPeerService {
  /** The namespace of the Service. */
  readonly namespaceName: string;

  /** The name of the Service. */
  readonly serviceName: string;

  /** The ports that its pods or addresses listen on, 1 to 65535, at least one. They are the Service's `targetPort`s. */
  readonly targetPorts: number[];
}

/** A Service with pods. */
export interface MeshPeerPods extends MeshPeerService {
  /** Labels of its pods, as its selector has them. */
  readonly selector: { [label: string]: string };
}

/** A Service without pods of its own, such as the Kubernetes API. */
export interface MeshPeerAddresses extends MeshPeerService {
  /** The IP addresses or CIDR ranges behind the Service. */
  readonly addresses: string[];
}

/**
 * Something inside the cluster that the pods of a locked-down namespace may connect to. Creates: nothing.
 *
 * One of three:
 *
 * - `allIn`: every Service and pod of another namespace of the mesh, and none of its ServiceEntries
 * - `pods`: one Service, by the labels of its pods
 * - `addresses`: one Service that leads to addresses, such as the Kubernetes API
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export abstract class MeshPeer {
  /**
   * Every Service and pod of a namespace, and none of its ServiceEntries.
   *
   * @param namespaceName the namespace
   */
  public static allIn(namespaceName: string): MeshPeer {
    return new PeerNamespace(namespaceName);
  }

  /**
   * One Service, by the labels of its pods.
   *
   * @param service the Service
   *
   * @example
   * MeshPeer.pods({
   *   namespaceName: 'observability', serviceName: 'otel-collector', selector: { app: 'otel-collector' }, targetPorts: [4317],
   * });
   */
  public static pods(service: MeshPeerPods): MeshPeer {
    return new PeerPods(service);
  }

  /**
   * One Service that leads to addresses.
   *
   * @param service the Service
   *
   * @example
   * MeshPeer.addresses({ namespaceName: 'default', serviceName: 'kubernetes', addresses: ['192.0.2.10'], targetPorts: [6443] });
   */
  public static addresses(service: MeshPeerAddresses): MeshPeer {
    return new PeerAddresses(service);
  }

  protected constructor() {
    refuseAbstract(new.target === MeshPeer, 'MeshPeer', 'allIn(), pods() or addresses()');
  }

  /** @internal */
  public abstract _check(fail: Fail): void;
  /** What a Sidecar names. @internal */
  public abstract _host(clusterDomain: string): string;
  /** What a NetworkPolicy opens. @internal */
  public abstract _opening(): OpeningModel;
}

class PeerNamespace extends MeshPeer {
  public constructor(private readonly namespaceName: string) {
    super();
  }

  public _check(fail: Fail): void {
    checkDnsLabel(fail, 'namespaceName', this.namespaceName);
  }

  public _host(clusterDomain: string): string {
    // Its Services alone: with `*` a ServiceEntry of that namespace could take the connections to an address here.
    return `${this.namespaceName}/*.${this.namespaceName}.svc.${clusterDomain}`;
  }

  public _opening(): OpeningModel {
    return { peers: [{ namespace: this.namespaceName }] };
  }
}

abstract class PeerService<Service extends MeshPeerService> extends MeshPeer {
  public constructor(protected readonly service: Service) {
    super();
  }

  public _host(clusterDomain: string): string {
    const { namespaceName, serviceName } = this.service;
    return `${namespaceName}/${serviceName}.${namespaceName}.svc.${clusterDomain}`;
  }

  protected get ports(): OpeningModel['ports'] {
    return this.service.targetPorts.map(number => ({ number, protocol: 'TCP' }));
  }
}

class PeerPods extends PeerService<MeshPeerPods> {
  public _check(fail: Fail): void {
    checkProps(fail, 'MeshPeer.pods()', this.service, { ...SERVICE, selector: checkLabels }, [...Object.keys(SERVICE), 'selector']);
    checkNotEmpty(fail, 'targetPorts', this.service.targetPorts, '8080');
    checkNotEmpty(fail, 'selector', Object.keys(this.service.selector), '{ app: "collector" }');
  }

  public _opening(): OpeningModel {
    const { namespaceName, selector } = this.service;
    return { peers: [{ namespace: namespaceName, labels: selector }], ports: this.ports };
  }
}

class PeerAddresses extends PeerService<MeshPeerAddresses> {
  public _check(fail: Fail): void {
    const addresses = checkList(checkAddress, '"192.0.2.10"');
    checkProps(fail, 'MeshPeer.addresses()', this.service, { ...SERVICE, addresses }, [...Object.keys(SERVICE), 'addresses']);
    checkNotEmpty(fail, 'targetPorts', this.service.targetPorts, '6443');
    checkNotEmpty(fail, 'addresses', this.service.addresses, '"192.0.2.10"');
  }

  public _opening(): OpeningModel {
    return { peers: this.service.addresses.map(address => ({ cidr: cidrOf(address) })), ports: this.ports };
  }
}

export const checkMeshPeer: Check = (fail, property, value) => {
  checkInstance(MeshPeer, 'MeshPeer.allIn(), pods() or addresses()')(fail, property, value);
  (value as MeshPeer)._check(within(fail, property));
};

const SERVICE = { namespaceName: checkDnsLabel, serviceName: checkDnsLabel, targetPorts: checkList(checkPort, '8080') };
