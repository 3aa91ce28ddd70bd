import { ExternalEntry } from '../view/external-entry';
import { wildcardsAround } from '../view/host-match';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

/** A host of a ServiceEntry. */
export interface CoveredHost {
  readonly host: string;
  readonly entry: ExternalEntry;
}

/** The hosts without a rule of their own, by the narrowest wildcard around them that has one. */
export function coveredHosts(view: MeshView): ReadonlyMap<string, readonly CoveredHost[]> {
  return view.once('covered hosts', () => {
    const found = new Map<string, CoveredHost[]>();
    for (const entry of view.entries) {
      for (const host of new Set(entry.hosts.filter(name => view.names.trafficRulesOf(name).length === 0))) {
        const wildcard = wildcardsAround(host).find(name => view.names.trafficRulesOf(name).length > 0);
        if (wildcard !== undefined) {
          addTo(found, wildcard, { host, entry });
        }
      }
    }
    return found;
  });
}

/** The hosts that a rule for a wildcard is for, as far as proxies look it up for them. */
export function hostsUnder(view: MeshView, { host: wildcard, object: { namespace } }: TrafficRule): readonly CoveredHost[] {
  return (coveredHosts(view).get(wildcard) ?? []).filter(({ entry }) => (
    namespace === view.facts.rootNamespace || namespace === entry.object.namespace || reaches(entry.visibleTo, namespace)));
}
