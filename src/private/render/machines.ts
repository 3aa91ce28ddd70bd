import { toJson_DestinationRuleSpec, toJson_WorkloadEntrySpec, toJson_WorkloadGroupSpec } from '../../../imports/istio/networking.istio.io';
import { AuthorizationPolicySpecAction as Action, toJson_AuthorizationPolicySpec } from '../../../imports/istio/security.istio.io';
import { AccessModel, MachinesModel, ProbeModel } from '../model';
import { isHttp } from '../wire';
import { failoverOf } from './traffic-policy';
import { exportTo } from './visibility';

/** The name of the service inside the cluster. Istio takes its endpoints from the WorkloadEntries that it selects, as it does from pods. */
export function renderMachinesService({ labels, ports }: MachinesModel): unknown {
  return {
    selector: { ...labels },
    ports: ports.map(({ number, name, protocol, targetPort }) => ({
      name,
      port: number,
      targetPort,
      // Otherwise Istio takes the protocol from the first word of the name, and "mysql" would be a protocol of its own.
      appProtocol: protocol.toLowerCase(),
    })),
  };
}

/** What a Service has in place of `exportTo`. */
export function visibilityOf({ visibleTo, namespace }: MachinesModel): string {
  return exportTo(visibleTo, namespace).join(',');
}

export function renderWorkloadEntry({ labels, account }: MachinesModel, address: string): unknown {
  // The account says that the machine has a sidecar of this identity, so clients use mutual TLS.
  return toJson_WorkloadEntrySpec({ address, labels: { ...labels }, serviceAccount: account });
}

export function renderWorkloadGroup({ labels, account, membership: { readinessProbe } }: MachinesModel): unknown {
  return toJson_WorkloadGroupSpec({
    metadata: { labels: { ...labels } },
    template: { serviceAccount: account },
    probe: readinessProbe && renderProbe(readinessProbe),
  });
}

/**
 * The agent asks at 127.0.0.1. Without a host it asks at the machine's own address, where its own sidecar answers: a TCP connection would always be accepted,
 * and an HTTP request would be denied by the policy.
 */
const HOST = '127.0.0.1';

function renderProbe({ httpGet, tcpSocket, exec, ...timing }: ProbeModel) {
  return {
    ...timing,
    httpGet: httpGet && { ...httpGet, host: HOST },
    tcpSocket: tcpSocket && { ...tcpSocket, host: HOST },
    exec: exec && { command: [...exec.command] },
  };
}

/** Who may connect to the machines, checked by the sidecar of each. ALLOW: the machines are the service's own, and everybody else is denied. */
export function renderMachinesPolicy({ labels, ports }: MachinesModel, { identities, namespaces }: AccessModel, trustDomain: string): unknown {
  const principals = [
    ...identities.map(identity => identity.replace('spiffe://', '')),
    ...namespaces.map(namespace => `${trustDomain}/ns/${namespace}/sa/*`),
  ];
  return toJson_AuthorizationPolicySpec({
    selector: { matchLabels: { ...labels } },
    action: Action.ALLOW,
    rules: principals.length > 0 ? [{
      from: [{ source: { principals } }],
      to: [{ operation: { ports: [...new Set(ports.map(({ number, targetPort }) => String(targetPort ?? number)))] } }],
    }] : [],
  });
}

/** How the clients' sidecars leave out a machine that does not answer, where there may be several. Its TLS is left to Istio: mutual, by the machine's account. */
export function renderMachinesRule({ host, ports, namespace, visibleTo }: MachinesModel): unknown {
  const equal = ports.every(({ protocol }) => isHttp(protocol) === isHttp(ports[0].protocol));
  return toJson_DestinationRuleSpec({
    host,
    trafficPolicy: equal
      ? failoverOf(ports[0].protocol)
      : { portLevelSettings: ports.map(({ number, protocol }) => ({ port: { number }, ...failoverOf(protocol) })) },
    exportTo: exportTo(visibleTo, namespace),
  });
}
