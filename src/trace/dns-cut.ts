import { Cause, cause } from './hop';
import { NetworkPeer } from './network-cut';
import { dnsOf, EgressDoor } from '../view/egress-door';
import { MeshView } from '../view/mesh-view';

/** The NetworkPolicies that keep pods from the cluster's DNS; undefined where it is open, or may be. */
export function dnsCutFor(view: MeshView, { namespace, labels, hasLabels, pod }: NetworkPeer): readonly Cause[] | undefined {
  if (pod?.hostNetwork) {
    return undefined;
  }
  const about = view.networkPoliciesIn(namespace).selecting(labels, hasLabels).filter(policy => policy.isAbout('egress'));
  const doors = about.map(({ object }) => new EgressDoor(object));
  const isCertain = about.some(({ selector }) => selector.fits(labels, hasLabels) === true);
  const mayAsk = doors.some(door => door.isOpen || (['UDP', 'TCP'] as const).some(protocol => door.mayOpen(dnsOf(view.facts, protocol))));
  return isCertain && !mayAsk ? doors.map(({ object }) => cause(object, ['spec', 'egress'])) : undefined;
}
