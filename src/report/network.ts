import { OutboundChange, OutboundDecisions, OutboundPlace, placeChanges } from './outbound';
import { askedBy, KnownPods } from './selected';
import { Cause, cause } from '../trace/hop';
import { EgressPolicy } from '../view/egress-policy';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { selectorOf } from '../view/pod-selector';

/** What NetworkPolicies let pods connect to, sidecar or not: everything, unless one selects them and those that do open together less than almost every address. */
class NetworkLimits implements OutboundDecisions {
  private readonly byNamespace = new Map<string, EgressPolicy[]>();

  private readonly pods: KnownPods;

  public constructor(view: MeshView) {
    this.pods = new KnownPods(view);
    view.egressPolicies.filter(({ limits }) => limits).forEach(policy => addTo(this.byNamespace, policy.object.namespace, policy));
  }

  public get namespaces(): string[] {
    return [...this.byNamespace.keys()];
  }

  public isOpen(place: OutboundPlace): boolean {
    const policies = this.of(place);
    return policies.length === 0 || EgressPolicy.openAlmostAll(policies) !== undefined;
  }

  public because(place: OutboundPlace): Cause[] {
    return this.of(place).map(({ object }) => cause(object, ['spec', 'egress']));
  }

  /** The namespace as a whole, and the pods that a policy selects and no workload of the input makes. */
  public placesIn(namespace: string): OutboundPlace[] {
    const asked = (this.byNamespace.get(namespace) ?? []).map(({ object }) => askedBy(object.spec.podSelector));
    const unseen = asked.filter(labels => labels !== undefined).filter(labels => !this.pods.have(namespace, labels));
    return [{ namespace, labels: {} }, ...unseen.map(labels => ({ namespace, labels }))];
  }

  private of({ namespace, labels }: OutboundPlace): EgressPolicy[] {
    return (this.byNamespace.get(namespace) ?? []).filter(({ object }) => selectorOf(object.spec.podSelector).selects(labels));
  }
}

/** Whom NetworkPolicies no longer keep from almost every address, or keep from them now. */
export function networkChanges(old: MeshView, now: MeshView): OutboundChange[] {
  const [was, is] = [new NetworkLimits(old), new NetworkLimits(now)];
  return placeChanges(was, is, [...was.namespaces, ...is.namespaces], [...old.pods, ...now.pods]);
}
