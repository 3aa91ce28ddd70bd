import { Finding, Rule, where } from './rule';
import { knowsClients } from '../view/access-match';
import { GatewayServer } from '../view/gateway';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

export const promiseNeedsRegistryOnly: Rule = {
  id: 'MX0901',
  name: 'promise-needs-registry-only',
  severity: 'WARNING',
  title: 'A gateway checks who its clients are, and a namespace may connect past it.',
  why: 'On ALLOW_ANY a sidecar passes on what it does not know: a pod that is no client connects straight to the address of the service, and the gateway sees nothing of it.',
  fix: 'Close the namespaces: an `EgressLockdown`, or a Sidecar with `outboundTrafficPolicy: {mode: REGISTRY_ONLY}`, for each; or REGISTRY_ONLY for the mesh.',
  related: [],
  check: view => {
    const checking = view.facts.outboundTrafficPolicy === 'ALLOW_ANY' ? checkingServer(view) : undefined;
    if (!checking) {
      return [];
    }
    const closed = new Set(view.sidecars.filter(({ isClosed }) => isClosed).map(({ object }) => object.namespace));
    const gateways = new Set(view.gatewayWorkloads.all.flatMap(({ namespaces }) => [...namespaces]));
    const open = [...namespacesOf(view)].filter(([namespace]) => !closed.has(namespace) && !gateways.has(namespace));
    return open.map(([namespace, object]): Finding => ({
      object,
      message: `the sidecars of ${where(namespace)} pass on what they do not know, and '${checking.object.origin.path}' lets only named clients through its gateway: pods there may `
        + 'connect past it',
      fix: {
        code: 'add an EgressLockdown for the namespace, or declare REGISTRY_ONLY when the mesh has it',
        yaml: 'add a Sidecar with \'outboundTrafficPolicy: {mode: REGISTRY_ONLY}\' to the namespace, or tell that the mesh is on REGISTRY_ONLY',
      },
    }));
  },
};

/** A server that takes some clients only: by the names in the handshake, or by a policy. */
function checkingServer(view: MeshView): GatewayServer | undefined {
  const byNames = view.gatewayServers.find(({ tls }) => tls?.mode === 'ISTIO_MUTUAL' && tls.subjectAltNames.length > 0);
  return byNames ?? view.accessPolicies.filter(({ rules }) => rules.some(({ sources }) => sources.length > 0))
    .flatMap(policy => view.gatewayWorkloads.policedBy(policy).map(({ servers }) => servers.find(knowsClients))).find(server => server !== undefined);
}

/** The namespaces with sidecars, as far as objects show them, each with one that stands for it. */
function namespacesOf(view: MeshView): Map<string, MeshObject> {
  const found = new Map<string, MeshObject>();
  const add = (namespace: string, object: MeshObject) => found.set(namespace, found.get(namespace) ?? object);
  view.of('', 'Namespace').filter(({ name }) => view.namespaces.hasSidecars(name)).forEach(object => add(object.name, object));
  view.pods.filter(({ namespace, labels }) => namespace !== '' && labels['sidecar.istio.io/inject'] !== 'false' && !view.namespaces.isAmbient(namespace))
    .forEach(({ namespace, object }) => add(namespace, object));
  view.entries.filter(entry => !view.isUpstream(entry)).forEach(({ object }) => add(object.namespace, object));
  return found;
}
