import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { isWildcard } from '../private/wire';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { hostsMeet, isWithin } from '../view/host-match';
import { MESH, Route, RouteMatch } from '../view/route';
import { reaches } from '../view/visibility';

export const routeHidesWildcard: Rule = {
  id: 'MX0410',
  name: 'route-hides-wildcard',
  severity: 'WARNING',
  title: 'A VirtualService for one host takes the place of the wildcard that covers it.',
  why: 'On a port of TLS or HTTPS, istiod writes the `tls` rules of a VirtualService in place of every ServiceEntry whose host they share, a wildcard included. The sidecars still '
    + 'route the host of the rule; all other hosts of the wildcard are unknown to them: reset on REGISTRY_ONLY, passed on as they are on ALLOW_ANY.',
  fix: 'Declare the hosts that are used by their names, instead of by a wildcard.',
  related: [],
  check: view => {
    const wildcards = view.entries.filter(({ hosts }) => hosts.some(isWildcard));
    const routes = wildcards.length === 0 ? [] : view.routes.filter(({ isForSidecars, rules }) => isForSidecars && rules.some(({ kind }) => kind === 'tls'));
    return routes.length === 0 ? [] : wildcards.flatMap(entry => entry.ports.filter(port => port.class === 'TLS').flatMap(port => (
      entry.hosts.filter(isWildcard).flatMap(host => hidden(entry, port, host, routes)))));
  },
};

function hidden(entry: ExternalEntry, port: EntryPort, host: string, routes: readonly Route[]): Finding[] {
  for (const namespace of entry.visibleTo) {
    const here = routes.filter(({ hosts, visibleTo }) => reaches(visibleTo, namespace) && hosts.some(other => hostsMeet(other, host)));
    const matches = here.flatMap(route => matchesOn(route, port.number).map(match => ({ route, match })));
    const [first] = matches;
    if (first && !matches.some(({ match }) => match.sniHosts.some(name => isWithin(host, name)))) {
      return [{
        object: entry.object,
        field: port.field,
        message: `in ${where(namespace)}, port ${port.number} of ${quote(host)} has no effect: istiod writes the 'tls' rules of '${first.route.object.origin.path}' for `
          + `${quote(first.match.sniHosts[0])} in its place, and sidecars know no other host of ${quote(host)}`,
        fix: 'declare the other hosts by their names, instead of by the wildcard',
      }];
    }
  }
  return [];
}

/** Those that hold for every sidecar: of the others it is not known whom they hold for. */
function matchesOn({ rules }: Route, port: number): readonly RouteMatch[] {
  return rules.filter(({ kind, destinations }) => kind === 'tls' && destinations.length > 0).flatMap(({ matches }) => matches.filter(match => (
    match.gateways.includes(MESH) && (match.port ?? port) === port && match.sniHosts.length > 0
    && match.sourceNamespace === undefined && Object.keys(match.sourceLabels).length === 0)));
}
