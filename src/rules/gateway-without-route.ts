import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
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
  check: view => view.gateways.filter(({ name }) => view.names.legsAt(name).length === 0)
    .flatMap(gateway => gateway.servers.flatMap((server): Finding[] => {
      const at = server.hosts.findIndex(host => view.names.entriesOf(host).length > 0 && view.names.detoursOf(host).length === 0);
      return server.tls?.mode === 'AUTO_PASSTHROUGH' || at < 0 ? [] : [finding(view, server, at)];
    })),
};

function finding(view: MeshView, server: GatewayServer, at: number): Finding {
  const [entry] = view.names.entriesOf(server.hosts[at]);
  return {
    object: server.object,
    field: [...server.field, 'hosts', at],
    message: `'hosts' ${quote(server.hosts[at])} is declared by '${entry.object.origin.path}', and no VirtualService names this Gateway: sidecars connect to the host directly`,
    fix: { code: 'route the service with EgressViaGateway', yaml: 'write a VirtualService with "mesh" and this Gateway in \'gateways\', and a rule for each' },
  };
}
