import { isDeepStrictEqual } from 'node:util';
import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { addTo, mapAt } from '../view/lists';
import { MESH, Route, RouteKind, RouteMatch, RouteRule } from '../view/route';

export const virtualServiceIgnored: Rule = {
  id: 'MX0402',
  name: 'virtual-service-ignored',
  severity: 'ERROR',
  title: 'Two VirtualServices for the sidecars take the same connections to one host, and a namespace sees both.',
  why: 'Requests to a host follow its oldest VirtualService that has rules for the port, and connections the oldest that has a rule for them. The others have no effect on these: clients may not take the route to a gateway, and nothing says so.',
  fix: 'Write the routes of a host in one VirtualService.',
  related: ['IST0109', 'KIA1106'],
  check: view => {
    const seen = new Map<string, Map<string, Route[]>>();
    const routes = view.routes.filter(route => route.isForSidecars);
    return routes.flatMap(route => route.hosts.flatMap((name, i): Finding[] => {
      const holders = mapAt(seen, name);
      const before = route.visibleTo.flatMap(namespace => (
        namespace === '*' ? [...holders] : [namespace, '*'].map(of => [namespace, holders.get(of) ?? []] as const)));
      const found = firstOf(before, other => other !== route && takesFrom(other, route));
      route.visibleTo.forEach(namespace => addTo(holders, namespace, route));
      return found ? [{
        object: route.object,
        field: ['spec', 'hosts', i],
        message: `'hosts' ${quote(name)} also has the VirtualService '${found.other.object.origin.path}', and both are visible in ${where(found.namespace)}: `
          + 'for what both take, sidecars use the older one only',
        fix: 'write the routes of the host in one VirtualService',
      }] : [];
    }));
  },
};

/** The first that takes something, with the namespace that sees it. */
function firstOf(
  before: readonly (readonly [string, readonly Route[]])[], takes: (other: Route) => boolean,
): { readonly namespace: string; readonly other: Route } | undefined {
  for (const [namespace, others] of before) {
    const other = others.find(takes);
    if (other) {
      return { namespace, other };
    }
  }
  return undefined;
}

/** Whether the older VirtualService of a host leaves something of the younger one without effect. */
function takesFrom(older: Route, younger: Route): boolean {
  return older.rules.some(rule => younger.rules.some(other => rule.kind === other.kind
    && matchesOf(rule).some(match => matchesOf(other).some(lost => isAtOnePlace(match, lost) && hides(rule.kind, match, lost)))));
}

/** The matches that istiod makes something of for sidecars: none of a `tls` rule that has no match, or of a rule for connections that leads nowhere. */
function matchesOf({ kind, matches, destinations }: RouteRule): readonly RouteMatch[] {
  return kind !== 'http' && destinations.length === 0 ? []
    : matches.filter(({ gateways, field }) => gateways.includes(MESH) && (kind !== 'tls' || field.includes('match')));
}

/** Whether there may be a sidecar and a port that both are for. */
function isAtOnePlace(one: RouteMatch, other: RouteMatch): boolean {
  const meet = <T>(a: T | undefined, b: T | undefined) => a === undefined || b === undefined || a === b;
  return meet(one.port, other.port) && meet(one.sourceNamespace, other.sourceNamespace)
    && Object.entries(one.sourceLabels).every(([label, value]) => meet(value, other.sourceLabels[label]));
}

/** Of requests the first VirtualService takes all; of connections those whose addresses and server names it names, and istiod goes on to the next one for the others. */
function hides(kind: RouteKind, { destinationSubnets, sniHosts }: RouteMatch, lost: RouteMatch): boolean {
  switch (kind) {
    case 'http': return true;
    case 'tcp': return destinationSubnets.length === 0 || isDeepStrictEqual(destinationSubnets, lost.destinationSubnets);
    case 'tls': return isDeepStrictEqual(destinationSubnets, lost.destinationSubnets) && sniHosts.some(name => lost.sniHosts.includes(name));
  }
}
