import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { overlaps } from '../view/host-name';
import { MeshView } from '../view/mesh-view';
import { NamespaceSidecar } from '../view/namespace-sidecar';
import { Route } from '../view/route';
import { reaches } from '../view/visibility';

export const sidecarHidesRoute: Rule = {
  id: 'MX0607',
  name: 'sidecar-hides-route',
  severity: 'ERROR',
  title: 'A Sidecar imports a host and not the VirtualService that routes it to the gateway.',
  why: 'A Sidecar imports VirtualServices by their own namespace and hosts. Without the route, sidecars connect to the host directly, past every policy of the gateway. The Service of the gateway need not be named: istiod adds the destinations of imported routes.',
  fix: 'Add `<namespace of the VirtualService>/<host>` to `egress.hosts`.',
  related: [],
  check: view => {
    const routes = [...new Set(view.names.detours.map(({ route }) => route))];
    return view.allSidecars.filter(({ hosts }) => hosts !== undefined).flatMap(sidecar => (
      routes.filter(({ visibleTo }) => reaches(visibleTo, sidecar.object.namespace)).flatMap(route => hidden(view, sidecar, route))));
  },
};

function hidden(view: MeshView, sidecar: NamespaceSidecar, route: Route): Finding[] {
  const { object } = sidecar;
  if (route.hosts.some(host => importsRoute(sidecar, route.object.namespace, host))) {
    return [];
  }
  const host = route.hosts.find(name => view.names.entriesOf(name).some(({ visibleTo, object: by }) => (
    reaches(visibleTo, object.namespace) && sidecar.imports(by.namespace, name))));
  return host === undefined ? [] : [{
    object,
    field: ['spec', 'egress'],
    message: `names the host ${quote(host)} and not its VirtualService '${route.object.origin.path}' in ${where(route.object.namespace)}: connections go past the gateway`,
    fix: `add ${quote(`${route.object.namespace}/${host}`)} to 'egress.hosts'`,
  }];
}

/**
 * Whether sidecars know a VirtualService by one of its hosts. A wildcard on either side is enough, unlike for services.
 *
 * @param own the namespace of the sidecars, which `.` stands for: another than that of a Sidecar of the whole mesh
 */
export function importsRoute({ hosts, object }: NamespaceSidecar, namespace: string, host: string, own = object.namespace): boolean {
  return hosts === undefined || hosts.some(pattern => {
    const [scope, name = '*'] = pattern.split('/');
    return (scope === '*' || (scope === '.' ? own : scope) === namespace) && overlaps(name, host);
  });
}
