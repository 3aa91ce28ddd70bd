import { ProxyScope } from './proxy-scope';
import { MeshView } from '../view/mesh-view';
import { reaches } from '../view/visibility';

/** Why the sidecars of a namespace follow none of the VirtualServices that are for a host: somebody wrote one to be followed. */
export function unfollowedNotes(view: MeshView, { namespace, routes }: ProxyScope, host: string): string[] {
  return (view.routesByHost.get(host) ?? []).map(route => `VirtualService ${route.object.namespace}/${route.object.name} is for this host, and the sidecar does not follow it: ${
    !route.isForSidecars ? '\'gateways\' leaves out "mesh"'
      : !reaches(route.visibleTo, namespace) ? `'exportTo' does not name namespace "${namespace}"`
        : !routes.some(({ object }) => object === route.object) ? 'the Sidecar does not import it, or an older one for the host stands before it'
          : 'none of its rules is for this port, for what is spoken on it, or for this client'}`);
}
