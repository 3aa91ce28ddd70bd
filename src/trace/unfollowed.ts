import { ProxyScope } from './proxy-scope';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { Route } from '../view/route';
import { reaches } from '../view/visibility';

/** Why the sidecars of a namespace follow none of the VirtualServices that are for a host: somebody wrote one to be followed. */
export function unfollowedNotes(view: MeshView, { namespace, routes }: ProxyScope, host: string): string[] {
  const all = view.once('VirtualServices by host', () => {
    const found = new Map<string, Route[]>();
    view.routes.forEach(route => route.hosts.forEach(name => addTo(found, name, route)));
    return found;
  });
  return (all.get(host) ?? []).map(route => `VirtualService ${route.object.namespace}/${route.object.name} is for this host, and the sidecar does not follow it: ${
    !route.isForSidecars ? '\'gateways\' leaves out "mesh"'
      : !reaches(route.visibleTo, namespace) ? `'exportTo' does not name namespace "${namespace}"`
        : !routes.some(({ object }) => object === route.object) ? 'the Sidecar does not import it, or an older one for the host stands before it'
          : 'none of its rules is for this port, for what is spoken on it, or for this client'}`);
}
