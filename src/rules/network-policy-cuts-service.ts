import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { EgressDoor } from '../view/egress-door';
import { EgressPolicy } from '../view/egress-policy';
import { ExternalEntry } from '../view/external-entry';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { namesNamespace, reaches } from '../view/visibility';

export const networkPolicyCutsService: Rule = {
  id: 'MX0603',
  name: 'network-policy-cuts-service',
  severity: 'ERROR',
  title: 'NetworkPolicies of a namespace block a host that is declared for it, or the gateway on the way there.',
  why: 'The sidecars know the host and connect to it, but the network drops the connection: it ends with a timeout that no log explains.',
  fix: 'Open the addresses and ports of the host, or the port of the gateway\'s pods. In this library, an `EgressLockdown` opens what `ExternalService` and its kinds declare.',
  related: [],
  check: view => {
    const policies = new Map<string, EgressPolicy[]>();
    for (const policy of view.egressPolicies) {
      addTo(policies, policy.object.namespace, policy);
    }
    return [...policies].filter(([namespace]) => !hasOtherPolicies(view, namespace)).flatMap(([namespace, all]) => {
      const closing = all.find(({ limits, isForAll }) => limits && isForAll);
      const doors = closing ? all.filter(({ limits }) => limits).map(({ object }) => new EgressDoor(object)) : [];
      return closing ? view.entries.flatMap(entry => [
        ...cut(view, namespace, closing, all, entry), ...cutFromGateway(view, namespace, closing.object, doors, entry),
      ]) : [];
    });
  },
};

/** Kinds of policies that open things for pods as well: what they open is added to what NetworkPolicies do. */
const OTHER_POLICIES = [
  ['cilium.io', 'CiliumNetworkPolicy'], ['cilium.io', 'CiliumClusterwideNetworkPolicy'], ['policy.networking.k8s.io', 'AdminNetworkPolicy'],
  ['projectcalico.org', 'NetworkPolicy'], ['projectcalico.org', 'GlobalNetworkPolicy'], ['crd.projectcalico.org', 'NetworkPolicy'], ['crd.projectcalico.org', 'GlobalNetworkPolicy'],
] as const;

/** Whether such a policy may hold in a namespace: one without a namespace is for every one. */
function hasOtherPolicies(view: MeshView, namespace: string): boolean {
  return OTHER_POLICIES.some(([group, kind]) => view.of(group, kind).some(object => object.namespace === '' || object.namespace === namespace));
}

function cut(view: MeshView, namespace: string, closing: EgressPolicy, policies: readonly EgressPolicy[], entry: ExternalEntry): Finding[] {
  if (!namesNamespace(entry, namespace) || view.isUpstream(entry)) {
    return [];
  }
  const known = entry.endpoints.length > 0 ? entry.endpoints : entry.isResolvedByName ? [] : entry.addresses;
  const addresses = known.length > 0 ? known : [undefined];
  const port = entry.ports.find(({ number, target }) => !view.isRouted(entry, entry.hosts[0], number)
    && addresses.some(address => !policies.some(policy => policy.admits(address, target))));
  const server = port && view.gatewayServers.find(({ hosts }) => entry.hosts.some(host => hosts.includes(host)));
  return port ? [{
    object: closing.object,
    message: `blocks port ${port.target} of ${quote(entry.hosts[0])} for the pods of ${where(namespace)}, for which '${entry.object.origin.path}' declares it`,
    fix: {
      code: 'declare it with ExternalService or one of its kinds, or open its addresses',
      yaml: server ? `send it to the gateway: '${server.object.origin.path}' serves the host, and no VirtualService of the sidecars sends it there` : 'open the addresses of the host on this port',
    },
  }] : [];
}

/** What pods cannot connect to the gateway for, whose Service shows the port of its pods. In doubt it is open. */
function cutFromGateway(
  view: MeshView, namespace: string, closing: MeshObject, doors: readonly EgressDoor[], entry: ExternalEntry,
): Finding[] {
  if (!namesNamespace(entry, namespace) || view.isUpstream(entry) || view.gatewayPlaces.namespaces.has(namespace)) {
    return [];
  }
  for (const { number } of entry.ports) {
    const [gateway, ...others] = gatewaysOn(view, namespace, entry.hosts[0], number);
    // With several destinations some connections arrive.
    if (gateway && others.length === 0 && !doors.some(door => door.mayOpen({ ports: [gateway.port], protocol: 'TCP', isIn: name => name === gateway.namespace }))) {
      return [{
        object: closing,
        message: `blocks the gateway in ${where(gateway.namespace)} for the pods of ${where(namespace)}; '${gateway.path}' sends port ${number} of ${quote(entry.hosts[0])} through it`,
        fix: {
          code: 'declare it with ExternalService or one of its kinds, which an EgressLockdown knows',
          yaml: `open TCP ${gateway.port} to the pods of the gateway`,
        },
      }];
    }
  }
  return [];
}

/** The gateways that a namespace's connections to a host are sent to; none when one of the destinations is something else. */
function gatewaysOn(
  view: MeshView, namespace: string, host: string, number: number,
): readonly { readonly namespace: string; readonly port: number; readonly path: string }[] {
  const legs = view.names.detoursOf(host).filter(({ route, match }) => (
    reaches(route.visibleTo, namespace) && (match.port === undefined || match.port === number)));
  const found = legs.flatMap(({ route, rule }) => rule.destinations.map(destination => {
    const service = view.serviceByHost.get(destination.host);
    const target = service?.ports.find(port => port.number === destination.port)?.targetPort;
    return service && typeof target === 'number' && view.gatewayPlaces.workloadsAt(destination.host).size > 0
      ? { namespace: service.object.namespace, port: target, path: route.object.origin.path } : undefined;
  }));
  return found.every(gateway => gateway !== undefined) ? found : [];
}
