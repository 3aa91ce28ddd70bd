import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { namespaceOfService } from '../view/host-name';
import { MeshView } from '../view/mesh-view';
import { MESH, Route, RouteRule } from '../view/route';
import { reaches } from '../view/visibility';

export const subsetMissing: Rule = {
  id: 'MX0404',
  name: 'subset-missing',
  severity: 'ERROR',
  title: 'A route sends to a subset that no DestinationRule has.',
  why: 'Each subset of a DestinationRule is a cluster of the proxies. Without it connections end at once, and requests with 503.',
  fix: 'Add the subset to the DestinationRule of the host, or correct its name.',
  related: ['IST0101', 'KIA1107'],
  check: view => view.routes.flatMap(route => route.rules.flatMap(rule => missingIn(view, route, rule))),
};

function missingIn(view: MeshView, { object, visibleTo, gateways: names }: Route, { destinations, matches }: RouteRule): Finding[] {
  if (destinations.every(({ subset }) => subset === undefined)) {
    return [];
  }
  // The rules of clients elsewhere may be in another repository.
  const isForOwn = reaches(visibleTo, object.namespace) || !matches.some(({ gateways }) => gateways.includes(MESH));
  return destinations.flatMap(({ host, subset, field }): Finding[] => {
    const subsets = subset === undefined || !isForOwn ? undefined : subsetsFor(view, host, object.namespace);
    if (subset === undefined || !subsets || subsets.has(subset)) {
      return [];
    }
    const unused = [...subsets].filter(name => !usedSubsets(view).has(`${object.namespace} ${host} ${name}`));
    // A service that is routed and has no clients yet has a route without subsets: it is closed. Where a subset is left over, the two belong together.
    const isClosed = view.gatewayPlaces.workloadsAt(host).size > 0 && names.every(name => name === MESH);
    return isClosed && unused.length === 0 ? [] : [{
      object,
      field: [...field, 'subset'],
      message: `'subset' ${quote(subset)} of ${quote(host)} is in no DestinationRule that proxies of ${where(object.namespace)} use: `
        + `they know ${[...subsets].slice(0, 5).map(quote).join(', ') || 'none'}`,
      fix: unused.length === 1 ? `did you mean ${quote(unused[0])}, to which nothing is sent?` : 'add it to the DestinationRule of the host, or write a subset that is there',
    }];
  });
}

/** The subsets that the routes of each namespace send to, each with its host. */
function usedSubsets(view: MeshView): ReadonlySet<string> {
  return view.once('used subsets', () => new Set(view.routes.flatMap(({ object: { namespace }, rules }) => rules.flatMap(({ destinations, mirrors }) => (
    [...destinations, ...mirrors].map(({ host, subset }) => `${namespace} ${host} ${subset}`))))));
}

/** The subsets that proxies of a namespace know: by its own rules, or else by those of the service's namespace, or else by the root namespace's. */
function subsetsFor(view: MeshView, host: string, namespace: string): ReadonlySet<string> | undefined {
  const own = view.names.subsetsOf(host, namespace);
  if (own !== undefined) {
    return own;
  }
  const service = namespaceOfService(host, view.facts.clusterDomain);
  const homes = service === undefined ? view.names.entriesOf(host).map(({ object }) => object.namespace) : [service];
  return [...homes, view.facts.rootNamespace].map(place => view.names.subsetsOf(host, place)).find(found => found !== undefined);
}
