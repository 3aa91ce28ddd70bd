import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { GatewayServer } from '../view/gateway';
import { overlaps } from '../view/host-name';
import { addTo, MeshView } from '../view/mesh-view';
import { Leg, routesServer } from '../view/name-index';
import { MESH, RouteDestination } from '../view/route';

export const legMissing: Rule = {
  id: 'MX0311',
  name: 'leg-missing',
  severity: 'ERROR',
  title: 'A route through a gateway has one of its two legs only.',
  why: 'Without the leg of the gateway, connections arrive there and end. Without the leg of the sidecars, they never arrive, and go to the service directly.',
  fix: 'Write both: from the sidecars (`mesh`) to the gateway\'s Service, and from the Gateway to the host.',
  related: [],
  check: view => {
    const servers = new Map<string, GatewayServer[]>();
    const ports = new Map<string, GatewayServer[]>();
    view.gatewayServers.forEach(server => {
      addTo(servers, `${server.workload} ${server.port}`, server);
      addTo(ports, server.workload, server);
    });
    return [
      ...view.names.detours.flatMap(leg => leg.rule.destinations.flatMap(destination => endsAtGateway(view, leg, destination, servers, ports))),
      ...neverLeft(view),
    ];
  },
};

type Servers = ReadonlyMap<string, readonly GatewayServer[]>;

/** What sidecars send to a gateway that does not send it on. */
function endsAtGateway(view: MeshView, leg: Leg, destination: RouteDestination, servers: Servers, ports: Servers): Finding[] {
  const { host, field } = destination;
  if (isBroken(view, leg)) {
    return [];
  }
  const workloads = [...view.gatewayPlaces.workloadsAt(host)];
  const service = view.names.serviceOf(host);
  const port = destination.port ?? (service?.ports.length === 1 ? service.ports[0].number : undefined);
  if (workloads.length === 0 || port === undefined) {
    return [];
  }
  // A Gateway may name the port of the Service or that of the pods.
  const target = service?.ports.find(({ number }) => number === port)?.targetPort;
  const there = workloads.flatMap(workload => [port, ...typeof target === 'number' && target !== port ? [target] : []].flatMap(at => servers.get(`${workload} ${at}`) ?? []));
  const names = namesOf(view, leg, destination, port);
  const taking = there.filter(server => server.tls?.mode === 'AUTO_PASSTHROUGH'
    || names === undefined || server.hosts.some(served => names.some(name => overlaps(served, name))));
  const found = (message: string, fix: string): Finding[] => [{ object: leg.route.object, field: [...field, 'host'], message, fix: { code: 'route the service with EgressViaGateway', yaml: fix } }];
  if (there.length === 0) {
    // Without its Service, which of its ports leads to which port of the pods is not known.
    return service === undefined ? [] : found(`'destination.host' ${quote(host)} leads to a gateway on port ${port}, and no Gateway has a server there: `
      + `${workloads.flatMap(workload => ports.get(workload) ?? []).map(server => server.port).filter((at, i, all) => all.indexOf(at) === i).join(', ') || 'none'} are served`,
    'write a server for this port, or send to one that is served');
  }
  if (taking.length === 0) {
    return found(`'destination.host' ${quote(host)} leads to port ${port} of a gateway with the server name ${names!.map(quote).join(', ')}, which no Gateway serves there`,
      'write a server with that host');
  }
  if (taking.some(server => server.tls?.mode === 'AUTO_PASSTHROUGH' || view.names.legsAt(`${server.object.namespace}/${server.object.name}`).some(other => routesServer(server, other)))) {
    return [];
  }
  return found(`'destination.host' ${quote(host)} leads to port ${port} of the gateway ('${taking[0].object.origin.path}'), and no VirtualService leads on from there`,
    `write the second rule: 'match' with 'gateways' ${quote(taking[0].object.name)} and 'port' ${taking[0].port}, 'route' to the host`);
}

/** Whether the second leg is there and holds nowhere, for a reason that another rule says: no such Gateway, host, port or protocol. */
function isBroken(view: MeshView, { route }: Leg): boolean {
  const own = route.gateways.filter(gateway => gateway !== MESH).flatMap(gateway => view.names.legsAt(gateway).filter(leg => leg.route === route).map(leg => ({ gateway, leg })));
  return own.length > 0 && !own.some(({ gateway, leg }) => view.names.gatewayOf(gateway)?.servers.some(server => routesServer(server, leg)));
}

/** By which names a gateway tells these connections apart; undefined when that is not known. */
function namesOf(view: MeshView, { route, rule, match }: Leg, { host, subset }: RouteDestination, port: number): readonly string[] | undefined {
  const originated = view.names.trafficRulesOf(host).map(other => other.tlsOf(port, subset)).filter(tls => tls !== undefined && tls.mode !== 'DISABLE');
  if (originated.length > 0) {
    return originated.every(tls => tls!.sni !== undefined) ? originated.map(tls => tls!.sni!) : undefined;
  }
  return rule.kind === 'tls' ? match.sniHosts : rule.kind === 'http' ? [...rule.authority === undefined ? route.hosts : [rule.authority]] : undefined;
}

/** What a gateway would send on, and sidecars do not send to it. */
function neverLeft(view: MeshView): Finding[] {
  return view.gateways.flatMap(gateway => view.names.legsAt(gateway.name).flatMap(({ route, rule }) => rule.destinations.flatMap(({ host, field }): Finding[] => {
    const places = view.gatewayPlaces.namespacesOf(gateway);
    // What only the gateway sees has another name for the clients; a namespace that is named may be the gateway's.
    const entry = view.names.entriesOf(host).find(({ visibleTo, object }) => visibleTo.some(namespace => (
      places.size > 0 ? !places.has(namespace) : ['*', object.namespace].includes(namespace))));
    return entry && route.hosts.includes(host) && view.names.detoursOf(host).length === 0 ? [{
      object: route.object,
      field: [...field, 'host'],
      message: `'destination.host' ${quote(host)} is where the gateway sends, and no rule of the sidecars sends ${quote(host)} to the gateway: they connect to `
        + `'${entry.object.origin.path}' directly`,
      fix: { code: 'route the service with EgressViaGateway', yaml: 'add "mesh" to \'gateways\', and a rule that sends to the Service of the gateway' },
    }] : [];
  })));
}
