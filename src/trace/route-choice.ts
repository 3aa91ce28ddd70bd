import { Cause, cause } from './hop';
import { ProxyScope } from './proxy-scope';
import { selects } from '../view/fields';
import { hostsMeet, mostSpecific } from '../view/host-match';
import { KnownService } from '../view/known-service';
import { Route, RouteDestination, RouteMatch, RouteRule } from '../view/route';

/** A match of requests. */
export interface Condition extends Cause {
  /** What it looks at, in short. */
  readonly asks: string;
}

/** Where a proxy sends, and what decided it. */
export interface Choice {
  /** None when the proxy answers itself. */
  readonly destinations: readonly RouteDestination[];
  /** Where copies of requests go. */
  readonly mirrors: readonly RouteDestination[];
  /** The host that requests get. */
  readonly authority?: string;
  readonly causes: readonly Cause[];
  readonly route?: Route;
  readonly rule?: RouteRule;
  /** Rules that come before it, for some requests only. */
  readonly conditional: readonly Condition[];
  /** What it takes of requests; nothing when it is for every one of them. */
  readonly condition: readonly Condition[];
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

export function choiceOf(route: Route, rule: RouteRule, match: RouteMatch): Choice {
  const [first] = rule.destinations;
  return {
    destinations: rule.destinations,
    mirrors: rule.mirrors,
    authority: rule.authority,
    causes: [cause(match.object, match.field), ...first ? [cause(first.object, first.field)] : []],
    route,
    rule,
    conditional: [],
    condition: [],
  };
}

/** What becomes of requests, rule by rule, up to the one that takes all that are left; nothing when no rule is for the proxy. */
export function httpChoices(route: Route, chooser: Chooser): Choice[] {
  const found: Choice[] = [];
  for (const rule of route.rules.filter(({ kind }) => kind === 'http')) {
    const matches = rule.matches.filter(match => isFor(route, match, 'http', chooser));
    const every = matches.find(({ isPartial }) => !isPartial);
    if (every) {
      return [...found, choiceOf(route, rule, every)];
    }
    if (matches.length > 0) {
      found.push({ ...choiceOf(route, rule, matches[0]), condition: matches.map(({ object, field, asks }) => ({ ...cause(object, field), asks })) });
    }
  }
  return found;
}

/**
 * The choices as ways: first the rule for all requests that no earlier one took, or else the first for some of them. Then those before it that send
 * somewhere else, each place once.
 */
export function waysOf(choices: readonly Choice[]): Choice[] {
  const last = choices.findIndex(({ condition }) => condition.length === 0);
  const before = last < 0 ? choices : choices.slice(0, last);
  const elsewhere = last < 0 ? [] : before.filter(choice => placeOf(choice) !== placeOf(choices[last]));
  const main = last < 0 ? choices.slice(0, 1) : [{ ...choices[last], conditional: elsewhere.flatMap(({ condition }) => condition) }];
  const byPlace = new Map(main.map(choice => [placeOf(choice), choice]));
  for (const choice of before) {
    const known = byPlace.get(placeOf(choice));
    if (!known) {
      byPlace.set(placeOf(choice), choice);
    } else if (known !== choice && known.condition.length > 0) {
      byPlace.set(placeOf(choice), { ...known, condition: [...known.condition, ...choice.condition] });
    }
  }
  return [...byPlace.values()];
}

/** Where a choice sends, as text that can be compared. */
function placeOf({ destinations, mirrors, authority, rule }: Choice): string {
  const places = (all: readonly RouteDestination[]) => all.map(({ host, port, subset, weight, authority: own }) => [host, port, subset, weight, own]);
  return JSON.stringify([places(destinations), places(mirrors), authority, destinations.length > 0 ? '' : rule?.field]);
}

/** What the sidecar does with requests to a host on a port: a VirtualService of the host, of the longest wildcard around it, or the service itself. */
export interface HostChoice {
  readonly service?: KnownService;
  /** The main way first; none when nothing routes the service. */
  readonly choices: readonly Choice[];
}

export function sidecarHttpChoice(scope: ProxyScope, host: string, chooser: Chooser): HostChoice | undefined {
  const services = scope.onPort(chooser.port).filter(({ resolution }) => resolution !== 'ALIAS');
  const isHttp = (service: KnownService) => service.ports.some(port => port.number === chooser.port && (port.class === 'HTTP' || port.class === 'AUTO'));
  // Of one host the last service holds the place.
  const byHost = new Map(services.map(service => [service.host.toLowerCase(), service]));
  const routes = scope.routes.map(route => ({ route, choices: httpChoices(route, chooser) })).filter(({ choices }) => choices.length > 0);
  const serves = (route: Route) => [...byHost.values()].some(service => isHttp(service)
    && (service.host.startsWith('*') || !route.hosts.includes(service.host) ? aroundOf(scope, service) === route : true));
  const of = (name: string): HostChoice | undefined => {
    const service = byHost.get(name);
    // A wildcard of a VirtualService stands for the services within it, and for other names only when there are none.
    const isTaken = name.startsWith('*') && (service !== undefined || [...byHost.keys()].some(known => hostsMeet(known, name)));
    const exact = isTaken ? undefined : routes.find(({ route }) => route.hosts.some(other => other.toLowerCase() === name)
      && (service ? isHttp(service) : chooser.port === 80 || serves(route)));
    if (exact) {
      return { service, choices: waysOf(exact.choices) };
    }
    if (!service || !isHttp(service)) {
      return undefined;
    }
    const around = aroundOf(scope, service);
    return { service, choices: waysOf(routes.find(({ route }) => route === around)?.choices ?? []) };
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
