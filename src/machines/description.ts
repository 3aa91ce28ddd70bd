import { ClientModel, MachinesModel } from '../private/model';
import { ClientDescription, describeClients, describePorts, PortDescription } from '../services/description';
import { DependencyPurpose } from '../values/dependency-purpose';

/** What an app declares of one service on virtual machines, as plain data. */
export interface VirtualMachineServiceDescription extends DependencyPurpose {
  /** The path of the construct. */
  readonly path: string;
  /** The name of the Service, and of the WorkloadGroup if there is one. */
  readonly serviceName: string;
  /** The namespace of the Service and of the machines' identity. */
  readonly namespaceName: string;
  /** The name that clients connect to. */
  readonly host: string;
  /** The ports. */
  readonly ports: PortDescription[];
  /** The labels of the machines. */
  readonly labels: { [label: string]: string };
  /** The service account that the machines run as. */
  readonly serviceAccountName: string;
  /**
   * The addresses of the machines.
   *
   * @default - the machines register themselves
   */
  readonly addresses?: string[];
  /** The namespaces whose sidecars know the service, sorted. */
  readonly visibleTo: string[];
  /** The clients that the machines admit. */
  readonly clients: ClientDescription[];
}

export function describeMachines(
  machines: MachinesModel, clients: readonly ClientModel[], purpose: DependencyPurpose,
): VirtualMachineServiceDescription {
  return {
    path: machines.path,
    serviceName: machines.serviceName,
    namespaceName: machines.namespace,
    host: machines.host,
    ports: describePorts(machines.ports),
    labels: { ...machines.labels },
    serviceAccountName: machines.account,
    addresses: machines.membership.addresses && [...machines.membership.addresses],
    visibleTo: [...machines.visibleTo],
    clients: describeClients(clients),
    ...purpose,
  };
}
