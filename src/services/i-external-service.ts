import { IConstruct } from 'constructs';
import { ConnectOptions } from '../access/connection';

/** A service outside the mesh, declared by this app or by another one. */
export interface IExternalService extends IConstruct {
  /** The DNS names of the service. */
  readonly hosts: string[];

  /**
   * The namespace that declares the service.
   *
   * @default - undefined, when neither the chart nor `metadata` says
   */
  readonly namespaceName?: string;

  /**
   * Gives a container of a workload host, port, user and password as environment variables, the last two from a Secret.
   *
   * For a service that this app declares, the workload's account becomes a client. For one that another app declares, that app names the clients.
   *
   * @param workload anything with a pod template: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod of any library
   * @param options the variables' names, the credentials, the container, the port
   * @throws for something without a pod template, a variable that the container has already, an unknown container or port, a wildcard host
   */
  connectFrom(workload: IConstruct, options?: ConnectOptions): void;
}
