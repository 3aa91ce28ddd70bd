import { Gap, GapKind, NOT_THERE } from './gap';
import { EgressDoor } from '../view/egress-door';
import { KUBERNETES_NETWORKING } from '../view/egress-policy';
import { namespaceOfService } from '../view/host-name';
import { MeshView } from '../view/mesh-view';
import { reaches } from '../view/visibility';

/** The port of the pods behind port 443 of a gateway that Istio's charts install. */
const USUAL_PORT = 8443;

export const gatewayPortGap: GapKind = {
  name: 'gateway-port',
  rules: ['MX0603'],
  state: NOT_THERE,
  open: `whether the NetworkPolicy opens the port of its pods, which is not the port of the Service (Istio's charts have ${USUAL_PORT} behind 443)`,
  fix: 'add the Service',
  find: view => view.of(KUBERNETES_NETWORKING, 'NetworkPolicy').map(object => new EgressDoor(object)).filter(({ limits, selector }) => limits && selector.isForAll)
    .flatMap(door => gapsOf(view, door)),
};

/** Gateways that the pods of a policy are sent to, on a port that the input does not show, where the policy opens the usual one to none. */
function gapsOf(view: MeshView, door: EgressDoor): Gap[] {
  const { namespace } = door.object;
  const followed = view.names.detours.filter(({ route }) => reaches(route.visibleTo, namespace));
  const hosts = followed.flatMap(({ rule }) => rule.destinations.map(({ host }) => host));
  return [...new Set(hosts)].filter(host => !view.serviceByHost.has(host)).flatMap(host => {
    const place = namespaceOfService(host, view.facts.clusterDomain);
    const [name] = host.split('.');
    return place === undefined || place === namespace || door.mayOpen({ ports: [USUAL_PORT], protocol: 'TCP', isIn: other => other === place }) ? []
      : [{ object: door.object, field: ['spec', 'egress'], on: `Service ${place}/${name}` }];
  });
}
