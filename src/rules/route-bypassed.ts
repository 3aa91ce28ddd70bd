import { Reached, RoutedTargets, routedTargets } from './routed-targets';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { KubeService } from '../view/kube-service';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { handWrittenEndpoints } from '../view/service-endpoints';

export const routeBypassed: Rule = {
  id: 'MX0301',
  name: 'route-bypassed',
  severity: 'ERROR',
  title: 'A ServiceEntry, or a Service with endpoints that somebody wrote, leads past the gateway to a host or address that is routed through it.',
  why: 'A sidecar takes the more specific match: connections to the same host, address or range leave directly, and the gateway never sees who opened them.',
  fix: 'Route both through the gateway, or take the host, address or range out of the direct object.',
  related: [],
  check: view => {
    const routed = routedTargets(view);
    return [
      ...view.entries.filter(entry => !view.isUpstream(entry)).flatMap(entry => pastByEntry(view, routed, entry)),
      ...view.services.flatMap(service => pastByService(view, routed, service)),
    ];
  },
};

function pastByEntry(view: MeshView, routed: RoutedTargets, entry: ExternalEntry): Finding[] {
  // The API server refuses one without hosts.
  return entry.hosts.length === 0 ? [] : entry.ports.flatMap((port): Finding[] => {
    if (entry.hosts.some(host => view.isRouted(entry, host, port.number))) {
      return [];
    }
    const past = routed.reachedBy(entry, port);
    // The gateway itself needs a port of the entry that it routes.
    const isNeeded = past?.entry === entry && entry.hosts.some(host => view.isSentByGateways(host, port.number));
    return past && !isNeeded ? [finding(entry.object, entry.hosts[0], port, past)] : [];
  });
}

/** By a Service without pods of its own: proxies connect to the addresses that are written down for it. */
function pastByService(view: MeshView, routed: RoutedTargets, service: KubeService): Finding[] {
  return service.ports.flatMap((port, i): Finding[] => {
    const isRouted = view.names.detoursOf(service.host).some(({ match }) => (match.port ?? port.number) === port.number);
    const past = isRouted ? undefined : routed.reachedAt(handWrittenEndpoints(view, service, port.number), service.object, true);
    return past ? [finding(service.object, service.host, { number: port.number, field: ['spec', 'ports', i] }, past)] : [];
  });
}

function finding(object: MeshObject, host: string, { number, field }: Pick<EntryPort, 'number' | 'field'>, { entry, what }: Reached): Finding {
  return {
    object,
    field,
    message: `port ${number} of ${quote(host)} leads straight to ${what}, which is routed through a gateway ('${entry.object.origin.path}'): the gateway does not see these connections`,
    fix: 'route both through the gateway, or take it out of this one',
  };
}
