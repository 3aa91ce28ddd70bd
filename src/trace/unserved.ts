import { attaches, isHttpProtocol, LeftOut } from './gateway-chain';
import { GatewayPods, labelsText } from './gateway-pods';
import { Cause, cause, nameOf } from './hop';
import { firstOf } from './hop-text';
import { routesOf } from './proxy-scope';
import { Chooser, isFor } from './route-choice';
import { SlipTable } from '../private/slip-table';
import { selects } from '../view/fields';
import { GatewayConfig, GatewayServer } from '../view/gateway';
import { isWithin } from '../view/host-match';
import { INSTALLED_GATEWAYS } from '../view/installed-gateways';
import { MeshView } from '../view/mesh-view';
import { Route, RouteKind } from '../view/route';

/** What arrives at a port of a gateway, and finds no place there. */
export interface Arriving {
  /** The port of the Service. */
  readonly port: number;
  readonly isTls: boolean;
  /** The server name, or the host of the requests. */
  readonly name?: string;
}

/** Why a gateway does not serve something. */
export interface Unserved {
  readonly text: string;
  readonly causes: readonly Cause[];
}

interface ServerOf {
  readonly gateway: GatewayConfig;
  readonly server: GatewayServer;
}

/** A reason, and how many conditions were met before it. */
interface Reason extends Unserved {
  readonly met: number;
}

/** Why a gateway does not serve what arrives: of several servers, the reason of the one that comes closest. */
export function unserved(view: MeshView, pods: GatewayPods, leftOut: readonly LeftOut[], arriving: Arriving): Unserved {
  const all = pods.gateways.flatMap(gateway => gateway.servers.map((server): ServerOf => ({ gateway, server })));
  const onPort = all.filter(({ server }) => pods.portOf(server.port) === pods.port);
  if (onPort.length === 0) {
    return { text: `no server is on port ${arriving.port}: ${portsText(pods.gateways)}`, causes: all.map(at('port', 'number')) };
  }
  const { name } = arriving;
  const forName = name === undefined ? onPort : onPort.filter(({ server }) => server.hosts.some(host => isWithin(name, host)));
  if (forName.length === 0) {
    const hosts = [...new Set(onPort.flatMap(({ server }) => server.hosts))];
    const meant = new SlipTable(hosts).meantBy(name!);
    return {
      text: `the servers on the port are for ${firstOf(hosts)}, and not for ${name}${meant === undefined ? '' : ` (is ${meant} a slip?)`}${
        isMadeByIstio(name!) ? ': that is the server name that Istio makes where the DestinationRule has no \'sni\'' : ''}`,
      causes: onPort.map(at('hosts')),
    };
  }
  const reasons = forName.map((of): Reason => {
    const left = leftOut.find(({ server }) => server === of.server);
    return left === undefined ? reasonAt(view, pods, of, arriving)
      : { met: 1, text: `istiod leaves out a server of '${of.gateway.object.origin.path}': ${left.why}`, causes: [at()(of)] };
  });
  return reasons.reduce((closest, reason) => (reason.met > closest.met ? reason : closest));
}

/** Why no Gateway is known for a Service that is not in the input. */
export function unselected({ gateways }: MeshView, { host, port }: { readonly host: string; readonly port: number }): Unserved {
  const installed = INSTALLED_GATEWAYS.get(host.split('.')[0]);
  const ofPort = installed && gateways.filter(({ servers }) => servers.some(server => server.port === port));
  if (installed && ofPort && ofPort.length > 0) {
    const selectors = ofPort.map(({ object, selector }) => `${nameOf(object)} selects ${labelsText(selector)}`);
    return {
      text: `its pods have ${labelsText(installed)} where Istio's chart installs it, and ${firstOf(selectors)}`,
      causes: ofPort.map(({ object }) => cause(object, ['spec', 'selector'])),
    };
  }
  const selecting = installed ? gateways.filter(({ selector }) => selects(selector, installed)) : [];
  return {
    text: `no Gateway in it has a server on port ${port}${selecting.length === 0 ? '' : `: ${portsText(selecting)}`}`,
    causes: selecting.map(({ object }) => cause(object, ['spec', 'servers'])),
  };
}

/** Gateways with the ports that they have. */
function portsText(gateways: readonly GatewayConfig[]): string {
  return firstOf(gateways.map(({ object, servers }) => `${nameOf(object)} has ${[...new Set(servers.map(({ port }) => port))].join(', ') || 'none'}`));
}

function at(...steps: readonly string[]) {
  return ({ gateway, server }: ServerOf): Cause => cause(gateway.object, [...server.field, ...steps]);
}

/** The first condition that fails of those that istiod has for a route at a server. */
function reasonAt(view: MeshView, pods: GatewayPods, of: ServerOf, { isTls, name }: Arriving): Reason {
  const { gateway, server } = of;
  if (server.tls && !isTls) {
    return { met: 0, text: `the server of ${nameOf(gateway.object)} expects TLS, and plaintext arrives`, causes: [at('tls')(of)] };
  }
  const named = view.routesByGateway.get(gateway.name) ?? [];
  if (named.length === 0) {
    return { met: 1, text: `no VirtualService has ${nameOf(gateway.object)} among its 'gateways'`, causes: [at()(of)] };
  }
  const seen = routesOf(view, pods.namespace, gateway.name);
  if (seen.length === 0) {
    return { met: 2, text: `${naming(named)} not exported to "${pods.namespace}", where the gateway is`, causes: named.map(({ object }) => cause(object, ['spec', 'exportTo'])) };
  }
  const fitting = seen.filter(route => attaches(server, route));
  if (fitting.length === 0) {
    return { met: 3, text: `${naming(seen)} for other hosts or namespaces than the server of ${nameOf(gateway.object)}`, causes: [at('hosts')(of), ...seen.map(hostsOf)] };
  }
  const forName = name === undefined ? fitting : fitting.filter(({ hosts }) => hosts.some(host => isWithin(name, host)));
  if (forName.length === 0) {
    return { met: 4, text: `no VirtualService of ${nameOf(gateway.object)} is for the host ${name}`, causes: fitting.map(hostsOf) };
  }
  const kind = kindAt(server);
  const rules = forName.flatMap(route => route.rules.filter(rule => rule.kind === kind).map(rule => ({ route, rule })));
  if (rules.length === 0) {
    return { met: 5, text: `${naming(forName)} without a rule under '${kind}', which is what this server takes`, causes: forName.map(({ object }) => cause(object, ['spec'])) };
  }
  const chooser: Chooser = { namespace: pods.namespace, labels: pods.labels, gateway: gateway.name, port: server.port };
  const matches = rules.flatMap(({ route, rule }) => rule.matches.map(match => ({ route, match })));
  const chosen = matches.filter(({ route, match }) => isFor(route, match, kind, chooser));
  if (chosen.length === 0) {
    const own = matches.filter(({ match }) => match.gateways.includes(gateway.name));
    const ports = [...new Set(own.flatMap(({ match }) => match.port ?? []))];
    return {
      met: 6,
      text: ports.length > 0
        ? `the rules under '${kind}' are for port ${firstOf(ports.map(String))}, and the server of ${nameOf(gateway.object)} has port ${server.port}`
        : `no rule under '${kind}' is for ${nameOf(gateway.object)}`,
      causes: [at('port', 'number')(of), ...(own.length > 0 ? own : matches).map(({ match }) => cause(match.object, match.field))],
    };
  }
  const names = [...new Set(chosen.flatMap(({ match }) => match.sniHosts))];
  return {
    met: 7,
    text: names.length > 0 ? `the rules under '${kind}' are for the server names ${firstOf(names)}, and not for ${name ?? 'one that is left out'}`
      : `no rule under '${kind}' takes it`,
    causes: chosen.map(({ match }) => cause(match.object, match.field)),
  };
}

/** Whether a server name is the one of a cluster. */
function isMadeByIstio(name: string): boolean {
  return name.startsWith('outbound_.');
}

function hostsOf({ object }: Route): Cause {
  return cause(object, ['spec', 'hosts']);
}

function naming(routes: readonly Route[]): string {
  return `${firstOf(routes.map(({ object }) => nameOf(object)))} ${routes.length === 1 ? 'is' : 'are'}`;
}

/** The rules of VirtualServices that a server takes. */
function kindAt(server: GatewayServer): RouteKind {
  const { tls, protocol } = server;
  return isHttpProtocol(server) || protocol === 'HTTPS' && tls?.mode !== 'PASSTHROUGH' ? 'http' : tls?.mode === 'PASSTHROUGH' ? 'tls' : 'tcp';
}
