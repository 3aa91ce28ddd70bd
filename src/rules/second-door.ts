import { checkedServers } from './checked-servers';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { GatewayServer } from '../view/gateway';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { Route, RouteDestination } from '../view/route';

export const secondDoor: Rule = {
  id: 'MX0321',
  name: 'second-door',
  severity: 'WARNING',
  title: 'A server of a Gateway takes every client and leads to a host that another server lets only named clients connect to.',
  why: 'A gateway asks each server who may pass, and not each destination. Whoever may write a Gateway for its pods, and a VirtualService, gives every client of the new server what the other one keeps for some.',
  fix: 'Name the same clients at both, with `subjectAltNames` or an AuthorizationPolicy, or remove the server. In this library, an `EgressGuard` keeps others from writing such a server.',
  related: [],
  check: view => {
    const checked = new Set(checkedServers(view).map(({ server }) => server));
    const others = view.gatewayServers.filter(server => !checked.has(server));
    const kept = new Map<string, Kept[]>();
    // Where every server names its clients there is nothing to compare.
    for (const server of others.length === 0 ? [] : checked) {
      destinationsOf(view, server).forEach(({ to, host }) => addTo(kept, host, { server, port: to.port }));
    }
    return kept.size === 0 ? [] : others.flatMap(server => openedBy(view, server, kept));
  },
};

/** Where a server leads that takes named clients only. */
interface Kept {
  readonly server: GatewayServer;
  readonly port?: number;
}

interface Led {
  readonly route: Route;
  readonly to: RouteDestination;
  readonly host: string;
}

/** istiod sends what is for a Service that is another name to the cluster of that name. */
function destinationsOf(view: MeshView, server: GatewayServer): Led[] {
  return view.names.legsOf(server).flatMap(({ route, rule }) => (
    [...rule.destinations, ...rule.mirrors].map(to => ({ route, to, host: view.serviceByHost.get(to.host)?.alias ?? to.host }))));
}

function openedBy(view: MeshView, server: GatewayServer, kept: ReadonlyMap<string, readonly Kept[]>): Finding[] {
  for (const { route, to, host } of destinationsOf(view, server)) {
    const other = kept.get(host)?.find(({ port }) => port === undefined || to.port === undefined || port === to.port);
    if (other) {
      return [{
        object: server.object,
        or: [route.object],
        field: server.field,
        message: `the server on port ${server.port} takes every client and leads to ${quote(host)} ('${route.object.origin.path}'), to which '${other.server.object.origin.path}' lets only named clients connect`,
        fix: 'name the clients of this server as well, or remove it',
      }];
    }
  }
  return [];
}
