import { Cause, cause } from './hop';
import { ProxyScope } from './proxy-scope';
import { record, selects, valueAt } from '../view/fields';
import { hostsMeet, mostSpecific } from '../view/host-match';
import { KnownService } from '../view/known-service';
import { Route, RouteDestination, RouteMatch, RouteRule } from '../view/route';

/** Where a proxy sends, and what decided it. */
export interface Choice {
  /** None when the proxy answers itself. */
  readonly destinations: readonly RouteDestination[];
  /** The host that requests get. */
  readonly authority?: string;
  readonly causes: readonly Cause[];
  readonly route?: Route;
  readonly rule?: RouteRule;
  /** Rules that come before it, for some requests only. */
  readonly conditional: readonly Cause[];
  /** What it takes of requests, when it is not for every one of them. */
  readonly condition?: Cause;
}

/** The proxy whose routes are chosen. */
export interface Chooser {
  readonly namespace: string;
  readonly labels: { readonly [label: string]: string };
  /** `mesh`, or `<namespace>/<name>`. */
  readonly gateway: string;
  readonly port: number;
}

/** Whether a match is for the connections of a proxy, as far as istiod decides that: all but address, server name and request. */
export function isFor(route: Route, match: RouteMatch, kind: RouteRule['kind'], { namespace, labels, gateway, port }: Chooser): boolean {
  const isNamed = match.gateways !== route.gateways;
  if (match.port !== undefined && match.port !== port || isNamed && !match.gateways.includes(gateway)) {
    return false;
  }
  // Gateways look at no source of connections, and no proxy at that of requests when the match names gateways.
  if (kind === 'http' ? isNamed : gateway !== 'mesh') {
    return true;
  }
  return selects(match.sourceLabels, labels) && (match.sourceNamespace === undefined || match.sourceNamespace === namespace);
}

export function choiceOf(route: Route, rule: RouteRule, match: RouteMatch | undefined, conditional: readonly Cause[] = []): Choice {
  const [first] = rule.destinations;
  return {
    destinations: rule.destinations,
    authority: rule.authority,
    causes: [cause(route.object, match?.field ?? rule.field), ...first ? [cause(route.object, first.field)] : []],
    route,
    rule,
    conditional,
  };
}

/** The rule that every request meets which no earlier one took, or else the first for some of them; undefined when no rule is for the proxy. */
export function httpChoice(route: Route, chooser: Chooser): Choice | undefined {
  const conditional: Cause[] = [];
  let partial: Choice | undefined;
  for (const rule of route.rules.filter(({ kind }) => kind === 'http')) {
    for (const match of rule.matches) {
      if (!isFor(route, match, 'http', chooser)) {
        continue;
      }
      if (takesAll(route, match)) {
        return choiceOf(route, rule, match, conditional);
      }
      partial = partial ?? { ...choiceOf(route, rule, match), condition: cause(route.object, match.field) };
      conditional.push(cause(route.object, match.field));
    }
  }
  return partial;
}

/** Whether a match takes every request; one with no more than the prefix `/` does. */
function takesAll({ object }: Route, { isPartial, field }: RouteMatch): boolean {
  if (!isPartial) {
    return true;
  }
  const match = valueAt(object, field);
  const { gateways: _g, port: _p, sourceNamespace: _n, sourceLabels: _l, name: _m, statPrefix: _s, ...more } = record(match);
  return Object.keys(more).every(key => key === 'uri') && record(more.uri).prefix === '/';
}

/** What the sidecar does with requests to a host on a port: a VirtualService of the host, of the longest wildcard around it, or the service itself. */
export interface HostChoice {
  readonly service?: KnownService;
  readonly choice?: Choice;
}

export function sidecarHttpChoice(scope: ProxyScope, host: string, chooser: Chooser): HostChoice | undefined {
  const services = scope.onPort(chooser.port).filter(({ resolution }) => resolution !== 'ALIAS');
  const isHttp = (service: KnownService) => service.ports.some(port => port.number === chooser.port && (port.class === 'HTTP' || port.class === 'AUTO'));
  // Of one host the last service holds the place.
  const byHost = new Map(services.map(service => [service.host.toLowerCase(), service]));
  const routes = scope.routes.map(route => ({ route, choice: httpChoice(route, chooser) })).filter(({ choice }) => choice !== undefined);
  const serves = (route: Route) => [...byHost.values()].some(service => isHttp(service)
    && (service.host.startsWith('*') || !route.hosts.includes(service.host) ? aroundOf(scope, service) === route : true));
  const of = (name: string): HostChoice | undefined => {
    const service = byHost.get(name);
    // A wildcard of a VirtualService stands for the services within it, and for other names only when there are none.
    const isTaken = name.startsWith('*') && (service !== undefined || [...byHost.keys()].some(known => hostsMeet(known, name)));
    const exact = isTaken ? undefined : routes.find(({ route }) => route.hosts.some(other => other.toLowerCase() === name)
      && (service ? isHttp(service) : chooser.port === 80 || serves(route)));
    if (exact) {
      return { service, choice: exact.choice };
    }
    if (!service || !isHttp(service)) {
      return undefined;
    }
    const around = aroundOf(scope, service);
    return { service, choice: around && routes.find(({ route }) => route === around)?.choice };
  };
  const names = new Set([...byHost.keys(), ...routes.flatMap(({ route }) => route.hosts.map(name => name.toLowerCase()))]);
  const byAddress = [...byHost.values()].find(({ address }) => address === host);
  if (byAddress && !names.has(host)) {
    return of(byAddress.host);
  }
  const candidates = [...names].filter(name => mostSpecific(host.toLowerCase(), [name]) !== undefined)
    .sort((a, b) => Number(b === host) - Number(a === host) || b.length - a.length);
  for (const name of candidates) {
    const found = of(name);
    if (found) {
      return found;
    }
  }
  return undefined;
}

/** The VirtualService of a wildcard around a service; none when one names the service itself. */
function aroundOf({ routes }: ProxyScope, service: KnownService): Route | undefined {
  const first = new Map<string, Route>();
  routes.forEach(route => route.hosts.filter(host => !first.has(host)).forEach(host => first.set(host, route)));
  const host = mostSpecific(service.host, [...first.keys()].filter(name => name === service.host || name.startsWith('*')));
  return host === undefined ? undefined : first.get(host);
}
