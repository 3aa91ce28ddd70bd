import { Construct, IConstruct } from 'constructs';
import { IExternalService } from './i-external-service';
import { Routable } from './way-out';
import { ConnectOptions } from '../access/connection';
import { MeshClient } from '../access/mesh-client';

/**
 * A service outside the mesh that this app declares: an `ExternalService`, or the members of an `ExternalCluster`.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export abstract class DeclaredService extends Construct implements IExternalService {
  /** The DNS names of the service; of a cluster, those of its members. */
  public abstract readonly hosts: string[];
  /** The namespace that declares the service. Undefined when neither the chart nor `metadata` says. */
  public abstract readonly namespaceName?: string;

  /**
   * Names clients of the service: see `ExternalService.allowFrom`.
   *
   * @param clients accounts, workloads or namespaces, in addition to those of earlier calls
   * @throws as `ExternalService.allowFrom` does
   */
  public abstract allowFrom(...clients: MeshClient[]): void;

  /**
   * Lets a workload use the service: see `ExternalService.connectFrom` and `ExternalCluster.connectFrom`.
   *
   * @param workload anything with a pod template: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod of any library
   * @param options the variables' names, the credentials, the container
   * @throws as these do
   */
  public abstract connectFrom(workload: IConstruct, options?: ConnectOptions): void;

  /** The services that take a way out one by one: itself, or its members. @internal */
  public abstract get _routables(): readonly Routable[];
}
