import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { GatewayServer } from '../view/gateway';
import { MeshView } from '../view/mesh-view';

export const gatewayWithoutRoute: Rule = {
  id: 'MX0304',
  name: 'gateway-without-route',
  severity: 'ERROR',
  title: 'A Gateway serves the host of an external service, and no VirtualService leads there.',
  why: 'A Gateway opens a port and routes nothing. Without a VirtualService, sidecars go on connecting to the service directly, and nobody notices that the gateway is not used.',
  fix: 'Write a VirtualService for both legs: from the sidecars (`mesh`) to the gateway, and from the gateway to the host.',
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
    message: `'hosts' ${quote(server.hosts[at])} is declared by '${entry.object.origin.path}', and no VirtualService names this Gateway: connections go past it`,
    fix: { code: 'route the service with EgressViaGateway', yaml: 'write a VirtualService with \'gateways\' this one and "mesh", and a rule for each' },
  };
}
