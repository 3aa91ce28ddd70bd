import { Cause, cause } from './hop';
import { selects } from '../view/fields';
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
  const [main] = choices.slice(Math.max(last, 0));
  if (main === undefined) {
    return [];
  }
  const mainPlace = placeOf(main);
  const before = (last < 0 ? choices : choices.slice(0, last)).map(choice => ({ choice, place: placeOf(choice) }));
  const places = new Map([[mainPlace, { first: main, condition: [...main.condition] }]]);
  for (const { choice, place } of before) {
    const known = places.get(place);
    if (!known) {
      places.set(place, { first: choice, condition: [...choice.condition] });
    } else if (known.first !== choice && known.condition.length > 0) {
      known.condition.push(...choice.condition);
    }
  }
  const conditional = last < 0 ? [] : before.filter(({ place }) => place !== mainPlace).flatMap(({ choice }) => choice.condition);
  return [...places.values()].map(({ first, condition }) => (first === main && last >= 0 ? { ...first, conditional } : { ...first, condition }));
}

/** Where a choice sends, as text that can be compared. */
function placeOf({ destinations, mirrors, authority, rule }: Choice): string {
  const places = (all: readonly RouteDestination[]) => all.map(({ host, port, subset, weight, authority: own }) => [host, port, subset, weight, own]);
  return JSON.stringify([places(destinations), places(mirrors), authority, destinations.length > 0 ? '' : rule?.field]);
}
