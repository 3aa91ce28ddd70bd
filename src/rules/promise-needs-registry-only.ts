import { Finding, Rule, where } from './rule';
import { knowsClients } from '../view/access-match';
import { GatewayServer } from '../view/gateway';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { NamespaceSidecar } from '../view/namespace-sidecar';
import { WITHOUT_SIDECARS } from '../view/namespaces';
import { PodTemplate } from '../view/pod-template';
import { passesSidecarTo } from '../view/redirection';

export const promiseNeedsRegistryOnly: Rule = {
  id: 'MX0901',
  name: 'promise-needs-registry-only',
  severity: 'WARNING',
  title: 'A gateway checks its clients, and pods of a namespace can connect past it.',
  why: 'On ALLOW_ANY, of the mesh or of a Sidecar, sidecars pass on connections to unknown destinations: a pod that is no client connects straight to the server, and the gateway sees nothing of it. A pod without a sidecar does so whatever the mesh and a Sidecar say.',
  fix: 'Write a Sidecar with `outboundTrafficPolicy: {mode: REGISTRY_ONLY}` in each namespace; or set REGISTRY_ONLY for the mesh, and let no Sidecar open it again. Close a namespace without sidecars with a NetworkPolicy. In this library, an `EgressLockdown` closes a namespace.',
  related: [],
  check: view => {
    const isMeshOpen = view.facts.outboundTrafficPolicy === 'ALLOW_ANY';
    const opening = view.allSidecars.filter(({ letsPass, isForAll }) => (
      letsPass ?? (isMeshOpen && !isForAll)));
    const checking = checkingServer(view);
    if (!checking) {
      return [];
    }
    const gateways = view.gatewayPlaces.namespaces;
    const sidecars = new Map([...view.sidecars].reverse().map(sidecar => [sidecar.object.namespace, sidecar]));
    const ofMesh = sidecars.get(view.facts.rootNamespace);
    const past = `and '${checking.object.origin.path}' lets only named clients through its gateway: pods there can connect past it`;
    const open = [...namespacesOf(view)].filter(([namespace]) => !gateways.has(namespace)
      // What a Sidecar opens is said of the Sidecar.
      && isMeshOpen && (sidecars.get(namespace) ?? ofMesh)?.letsPass === undefined);
    const isOpen = new Set(open.map(([namespace]) => namespace));
    const beside = [...withoutSidecars(view)]
      .filter(([namespace]) => !gateways.has(namespace) && namespace !== view.facts.rootNamespace);
    return [
      ...beside.map(([namespace, [object, ...or]]): Finding => ({
        object,
        or,
        message: `${view.namespaces.hasSidecars(namespace) ? `some pods of ${where(namespace)} have no sidecar or pass it by` : `pods of ${where(namespace)} have no sidecar`}, and '${checking.object.origin.path}' lets only named clients through its gateway: `
          + 'they connect past it, whatever a Sidecar says',
        fix: view.namespaces.hasSidecars(namespace) ? 'let all of their connections go through a sidecar, or write a NetworkPolicy that selects them and opens no addresses outside; for pods with \'hostNetwork\' it does nothing' : {
          code: 'let the namespace have sidecars and an EgressLockdown, or write a NetworkPolicy that opens no addresses outside to its pods',
          yaml: 'write a NetworkPolicy that selects every pod of the namespace and opens no addresses outside, or label the namespace with \'istio-injection: enabled\' and add a Sidecar with REGISTRY_ONLY',
        },
      })),
      ...open.map(([namespace, [object, ...or]]): Finding => ({
        object,
        // It is about the namespace: another object that comes to be the first takes no acknowledgement away.
        or,
        message: `the sidecars of ${where(namespace)} pass on connections to unknown destinations, ${past}`,
        fix: {
          code: 'add an EgressLockdown for the namespace, or declare REGISTRY_ONLY when the mesh has it',
          yaml: 'add a Sidecar with \'outboundTrafficPolicy: {mode: REGISTRY_ONLY}\' to the namespace, or tell lint that the mesh has it (--outbound-traffic-policy REGISTRY_ONLY)',
        },
      })),
      ...opening.filter(({ object: { namespace } }) => (
        namespace === view.facts.rootNamespace || !gateways.has(namespace) && !isOpen.has(namespace))).map((sidecar): Finding => ({
        object: sidecar.object,
        field: ['spec', 'outboundTrafficPolicy'],
        message: `lets the sidecars of ${whose(view, sidecar)} pass on connections to unknown destinations, ${past}`,
        fix: 'write \'outboundTrafficPolicy: {mode: REGISTRY_ONLY}\'',
      })),
    ];
  },
};

function whose(view: MeshView, { object: { namespace }, isForAll }: NamespaceSidecar): string {
  return !isForAll ? `some workloads in ${where(namespace)}`
    : namespace === view.facts.rootNamespace ? 'every namespace without a Sidecar of its own' : where(namespace);
}

/** A server that takes some clients only: by the names in the handshake, or by a policy. */
function checkingServer(view: MeshView): GatewayServer | undefined {
  const byNames = view.gatewayServers.find(({ tls }) => tls?.mode === 'ISTIO_MUTUAL' && tls.subjectAltNames.length > 0);
  return byNames ?? view.accessPolicies.filter(({ rules }) => rules.some(({ sources }) => sources.length > 0))
    .flatMap(policy => view.gatewayWorkloads.policedBy(policy).map(({ servers }) => servers.find(knowsClients))).find(server => server !== undefined);
}

/** The namespaces with sidecars, as far as objects show them, each with those, its Namespace first. */
function namespacesOf(view: MeshView): Map<string, MeshObject[]> {
  const found = new Map<string, MeshObject[]>();
  const add = (namespace: string, object: MeshObject) => addTo(found, namespace, object);
  view.of('', 'Namespace').filter(({ name }) => view.namespaces.hasSidecars(name)).forEach(object => add(object.name, object));
  view.pods.filter(pod => pod.namespace !== '' && pod.injects !== 'false' && !view.namespaces.isAmbient(pod.namespace))
    .filter(pod => view.namespaces.planeOf(pod.namespace, pod) !== 'NONE')
    .forEach(({ namespace, object }) => add(namespace, object));
  view.entries.filter(entry => !view.isUpstream(entry) && view.namespaces.planeOf(entry.object.namespace) !== 'NONE')
    .forEach(({ object }) => add(object.namespace, object));
  return found;
}

/** The pods whose connections go through no sidecar, and of which no NetworkPolicy limits where they connect, by namespace: its Namespace or they themselves say so. */
function withoutSidecars(view: MeshView): Map<string, MeshObject[]> {
  const found = new Map<string, MeshObject[]>();
  // Nobody but the cluster's own people writes into the namespaces of Kubernetes.
  view.pods.filter(pod => pod.namespace !== '' && !WITHOUT_SIDECARS.has(pod.namespace) && hasNoSidecar(view, pod) && !view.gatewayPlaces.isOfGateway(pod) && !isLimited(view, pod))
    .forEach(({ namespace, object }) => addTo(found, namespace, object));
  return found;
}

function hasNoSidecar(view: MeshView, pod: PodTemplate): boolean {
  const { namespace, hostNetwork } = pod;
  return view.namespaces.planeOf(namespace, pod) === 'NONE' || view.namespaces.hasSidecars(namespace) && (hostNetwork || passesSidecarTo(pod, routedPorts(view)));
}

/** The ports of what is routed through gateways, at which clients and gateways connect. */
function routedPorts(view: MeshView): ReadonlySet<number> {
  return view.once('ports of routed services', () => new Set(view.routedPlaces.ports.flatMap(({ port }) => [port.number, port.target])));
}

/** No NetworkPolicy is for a pod that has the network of its node. */
function isLimited(view: MeshView, { namespace, labels, hostNetwork }: PodTemplate): boolean {
  return !hostNetwork && view.networkPoliciesIn(namespace).selecting(labels, true).some(policy => policy.isAbout('egress'));
}
