import { OutboundChange, OutboundPlace, OutboundPolicies } from './outbound';
import { workloadsIn } from './shown-clients';
import { Bypass, exclusionsOf, withoutSidecar } from '../trace/capture';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

/** Whose connections pass a sidecar, and whom it keeps from what it does not know. */
class Sidecars {
  private readonly policies: OutboundPolicies;
  private readonly byNamespace = new Map<string, Map<string, PodTemplate>>();

  public constructor(private readonly view: MeshView) {
    this.policies = new OutboundPolicies(view);
    workloadsIn(view).forEach(pod => {
      const known = this.byNamespace.get(pod.namespace) ?? new Map<string, PodTemplate>();
      this.byNamespace.set(pod.namespace, known.set(`${pod.object.kind} ${pod.object.name}`, pod));
    });
  }

  /** The namespace as a whole, then each of its workloads. */
  public placesIn(namespace: string): OutboundPlace[] {
    const pods = [...this.byNamespace.get(namespace) ?? []];
    return [{ namespace, labels: {} }, ...pods.map(([workload, { labels }]) => ({ namespace, labels, workload }))];
  }

  public isOpen(place: OutboundPlace): boolean {
    return this.policies.isOpen(place);
  }

  /** Why some of its connections, or all, do not pass one. A workload that is not there would be as its namespace has it. */
  public pastOf({ namespace, workload }: OutboundPlace): Past {
    const pod = workload === undefined ? undefined : this.byNamespace.get(namespace)?.get(workload);
    const whole = withoutSidecar(this.view, namespace, pod);
    return { isWhole: whole !== undefined, all: whole ? [whole] : pod ? exclusionsOf(pod) : [] };
  }
}

interface Past {
  /** Whether no connection passes a sidecar. */
  readonly isWhole: boolean;
  readonly all: readonly Bypass[];
}

/** Who connects to any address now, as no sidecar is asked, and was kept from it before; or the other way round. */
export function sidecarChanges(old: MeshView, now: MeshView, namespaces: readonly string[]): OutboundChange[] {
  if (now.facts.dataPlane === 'ambient') {
    return [];
  }
  const [was, is] = [new Sidecars(old), new Sidecars(now)];
  return [...new Set(namespaces)].sort().flatMap(namespace => {
    const found: OutboundChange[] = [];
    for (const place of is.placesIn(namespace)) {
      const [before, after] = [was, is].map(sidecars => sidecars.pastOf(place));
      found.push(...([['OPENED', was, before, after], ['CLOSED', is, after, before]] as const)
        .flatMap(([kind, closed, less, more]) => (closed.isOpen(place) ? [] : beyond(less, more))
          .map(({ text, causes }): OutboundChange => ({ kind, place, past: text, because: kind === 'OPENED' ? causes : [] })))
        // What is said of the namespace is not said of each workload.
        .filter(change => !found.some(other => other.kind === change.kind && other.past === change.past && other.place.workload === undefined)));
    }
    return found;
  });
}

function beyond(less: Past, more: Past): readonly Bypass[] {
  return less.isWhole ? [] : more.all.filter(({ text }) => !less.all.some(other => other.text === text));
}
