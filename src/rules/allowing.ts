import { OWN_PORTS } from './policy-ports';
import { httpPropertiesOf, readsRequests } from '../view/access-match';
import { AccessPolicy, AccessRule } from '../view/access-policy';
import { strings } from '../view/fields';
import { GatewayServer } from '../view/gateway';
import { GatewayWorkload } from '../view/gateway-workload';
import { KubeService } from '../view/kube-service';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

/** The ALLOW policies that hold at each gateway; one of them makes everything else denied. */
export function allowingAt(view: MeshView): Map<GatewayWorkload, AccessPolicy[]> {
  const allowing = new Map<GatewayWorkload, AccessPolicy[]>();
  // A policy of a trial run decides nothing.
  const policies = view.accessPolicies.filter(({ action, isDryRun }) => action === 'ALLOW' && !isDryRun);
  policies.forEach(policy => view.gatewayWorkloads.policedBy(policy).forEach(workload => addTo(allowing, workload, policy)));
  return allowing;
}

/** The servers of which a rule of an ALLOW policy can match something, whoever the clients are. */
export function allowedBy(rule: AccessRule, workload: GatewayWorkload, services: ReadonlySet<KubeService>): readonly GatewayServer[] {
  const { all } = workload.serversOf(rule);
  const hosts = rule.operations.map(operation => strings(operation.hosts));
  const named = hosts.length === 0 || hosts.some(names => names.length === 0) ? all : both(all, workload.serving(hosts.flat()), workload);
  const ports = portsOf(rule);
  const isReached = (own?: number) => (own === undefined ? ports!.some(port => !OWN_PORTS.includes(port)) : ports!.includes(own));
  const reached = ports === undefined ? named : named.filter(({ port }) => listensOn(port, services).some(isReached));
  return httpPropertiesOf(rule).length > 0 ? reached.filter(readsRequests) : reached;
}

/** The ports of the pods that a rule is for; undefined when it is for any. */
function portsOf({ operations, conditions }: AccessRule): number[] | undefined {
  const byOperation = operations.map(({ ports }) => strings(ports));
  const named = [
    ...operations.length === 0 || byOperation.some(ports => ports.length === 0) ? [] : [byOperation.flat()],
    ...conditions.filter(({ key, values }) => key === 'destination.port' && values.length > 0).map(({ values }) => values),
  ];
  return named.length === 0 ? undefined : named[0].filter(port => named.every(values => values.includes(port))).map(Number);
}

/** Where pods listen for a port of a Gateway, which is that of their Services; undefined where nothing shows it. */
function listensOn(port: number, services: ReadonlySet<KubeService>): (number | undefined)[] {
  const targets = [...services].flatMap(service => service.ports.filter(({ number }) => number === port)).map(({ targetPort }) => targetPort);
  return targets.length === 0 ? [services.size === 0 ? undefined : port] : targets.map(target => (typeof target === 'number' ? target : undefined));
}

function both(some: readonly GatewayServer[], others: readonly GatewayServer[], { servers }: GatewayWorkload): readonly GatewayServer[] {
  if (some === servers) {
    return others;
  }
  const known = new Set(some);
  return others.filter(server => known.has(server));
}
