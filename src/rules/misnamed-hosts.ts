import { meantHosts } from '../view/meant-hosts';
import { MeshView } from '../view/mesh-view';

/** The hosts that a rule or a DestinationRule was meant for, which names another one by a slip: MX0405 tells it, and what lacks that rule is no mistake of its own. */
export function misnamedHosts(view: MeshView): ReadonlySet<string> {
  return view.once('misnamed hosts', () => {
    const meant = meantHosts(view);
    const destinations = view.routes.flatMap(({ rules }) => rules.flatMap(rule => rule.destinations));
    const named = [...destinations, ...view.trafficRules].map(({ host }) => host);
    return new Set([...new Set(named)].flatMap(host => meant.by(host) ?? []));
  });
}
