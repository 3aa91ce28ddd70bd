import { mostSpecific } from '../view/host-match';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { TrafficRule } from '../view/traffic-rule';

/** The DestinationRules of the most specific wildcard that holds for a host in a namespace; none where the host has one of its own there, which a construct may be about to write. */
export function wildcardRules(view: MeshView, host: string, namespace: string): readonly TrafficRule[] {
  const isSeen = ({ visibleTo }: TrafficRule) => visibleTo.includes('*') || visibleTo.includes(namespace);
  const byHost = view.once('wildcard rules', () => {
    const found = new Map<string, TrafficRule[]>();
    view.trafficRules.filter(rule => rule.host.startsWith('*')).forEach(rule => addTo(found, rule.host, rule));
    return found;
  });
  const wildcard = byHost.size === 0 || view.names.trafficRulesOf(host).some(isSeen) ? undefined : mostSpecific(host, byHost);
  return wildcard === undefined ? [] : byHost.get(wildcard)!.filter(isSeen);
}
