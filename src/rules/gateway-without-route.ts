import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { GatewayServer } from '../view/gateway';
import { MeshView } from '../view/mesh-view';

export const gatewayWithoutRoute: Rule = {
  id: 'MX0304',
  name: 'gateway-without-route',
  severity: 'ERROR',
  title: 'A Gateway serves a host outside the mesh, and no VirtualService uses it.',
  why: 'A Gateway only opens a port. Without a VirtualService, sidecars connect to the host directly, and nothing says that the gateway is not used.',
  fix: 'Write a VirtualService with two rules: from the sidecars (`mesh`) to the gateway\'s Service, and from the Gateway to the host. In this library: `EgressViaGateway`.',
  related: [],
  check: view => unusedServers(view).filter(({ isToldOf }) => isToldOf).map(({ server, at, entry }): Finding => ({
    object: server.object,
    field: [...server.field, 'hosts', at],
    message: `'hosts' ${quote(server.hosts[at])} is declared by '${entry.object.origin.path}', and no VirtualService names this Gateway: sidecars connect to the host directly`,
    fix: { code: 'route the service with EgressViaGateway', yaml: 'write a VirtualService with "mesh" and this Gateway in \'gateways\', and a rule for each' },
  })),
};

/** A server of a Gateway that no VirtualService names, for a host that is declared. */
interface UnusedServer {
  readonly server: GatewayServer;
  /** Which of its hosts. */
  readonly at: number;
  readonly entry: ExternalEntry;
  /** Whether the VirtualServices of these hands are in the input: one of the host, or in the namespace of the Gateway or the entry. */
  readonly isToldOf: boolean;
}

export function unusedServers(view: MeshView): UnusedServer[] {
  const places = new Set(view.routes.map(({ object }) => object.namespace));
  const routed = new Set(view.routes.flatMap(({ hosts }) => hosts));
  const unused = view.gateways.filter(({ name }) => view.names.legsAt(name).length === 0);
  return unused.flatMap(({ object, servers }) => servers.flatMap((server): UnusedServer[] => {
    const at = server.hosts.findIndex(host => view.names.entriesOf(host).length > 0 && view.names.detoursOf(host).length === 0);
    if (server.tls?.mode === 'AUTO_PASSTHROUGH' || at < 0) {
      return [];
    }
    const [entry] = view.names.entriesOf(server.hosts[at]);
    return [{ server, at, entry, isToldOf: routed.has(server.hosts[at]) || [object, entry.object].some(({ namespace }) => places.has(namespace)) }];
  }));
}
