import { ANY_OTHER } from './client';
import { Cause, cause } from '../trace/hop';
import { sidecarOf } from '../trace/proxy-scope';
import { selects } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { NamespaceSidecar } from '../view/namespace-sidecar';

type Labels = { readonly [label: string]: string };

/** Pods that have a policy of their own for what their sidecars do not know. */
export interface OutboundPlace {
  readonly namespace: string;
  /** What selects them; without any, they are all of the namespace. */
  readonly labels: Labels;
  /** The one workload that they are of, such as `Deployment cart`. */
  readonly workload?: string;
}

/** What decides where pods connect to beside what is declared. */
export interface OutboundDecisions {
  /** Whether pods connect to any address. */
  isOpen(place: OutboundPlace): boolean;
  /** The objects that decide it. */
  because(place: OutboundPlace): Cause[];
  /** The pods of a namespace that have a decision of their own: first the namespace as a whole. */
  placesIn(namespace: string): OutboundPlace[];
}

/** What sidecars do with what they do not know: the Sidecar of the workload decides, then that of its namespace, that of the root namespace, the mesh. */
export class OutboundPolicies implements OutboundDecisions {
  private readonly known = new Map<string, NamespaceSidecar | undefined>();
  private readonly byNamespace = new Map<string, NamespaceSidecar[]>();

  public constructor(private readonly view: MeshView) {
    view.allSidecars.forEach(sidecar => addTo(this.byNamespace, sidecar.object.namespace, sidecar));
  }

  public isOpen(place: OutboundPlace): boolean {
    return this.sidecarOf(place)?.letsPass ?? this.view.facts.outboundTrafficPolicy === 'ALLOW_ANY';
  }

  /** The object that decides it, if one does. */
  public because(place: OutboundPlace): Cause[] {
    const sidecar = this.sidecarOf(place);
    return sidecar?.isClosed === undefined ? [] : [cause(sidecar.object, ['spec', 'outboundTrafficPolicy'])];
  }

  /** The namespace as a whole, then the pods that a Sidecar selects. */
  public placesIn(namespace: string): OutboundPlace[] {
    const some = (this.byNamespace.get(namespace) ?? []).filter(({ isForAll }) => !isForAll);
    return [{ namespace, labels: {} }, ...some.map(({ workloadSelector }) => ({ namespace, labels: workloadSelector! }))];
  }

  private sidecarOf({ namespace, labels }: OutboundPlace): NamespaceSidecar | undefined {
    const key = JSON.stringify([namespace, labels]);
    const known = this.known.has(key) ? this.known.get(key) : sidecarOf(this.view, { namespace, labels });
    this.known.set(key, known);
    return known;
  }
}

/** Some pods for a person. */
export function outboundName({ namespace, labels, workload }: OutboundPlace): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}=${value}`).sort().join(',');
  const where = namespace === ANY_OTHER ? 'every other namespace' : namespace === '' ? '(no namespace)' : namespace;
  return workload !== undefined ? `${where} (${workload})` : written === '' ? where : `${where} (pods with ${written})`;
}

/** Pods that connect to any address now and did not before, or no longer do. */
export interface OutboundChange {
  readonly kind: 'OPENED' | 'CLOSED';
  readonly place: OutboundPlace;
  /** Why they pass their sidecar by, or did; without it they have one that lets pass what it does not know. */
  readonly past?: string;
  readonly because: readonly Cause[];
}

/** Whose sidecars let pass now what they do not know, or no longer do. */
export function outboundChanges(old: MeshView, now: MeshView, namespaces: readonly string[]): OutboundChange[] {
  const [was, is] = [new OutboundPolicies(old), new OutboundPolicies(now)];
  return now.facts.dataPlane === 'ambient' ? [] : placeChanges(was, is, namespaces, [...old.pods, ...now.pods]);
}

/** Of pods that a namespace or a selector stands for, that alone is named. */
export function placeChanges(
  was: OutboundDecisions, is: OutboundDecisions, namespaces: readonly string[], all: readonly OutboundPlace[],
): OutboundChange[] {
  const pods = new Map<string, OutboundPlace[]>();
  all.forEach(({ namespace, labels }) => addTo(pods, namespace, { namespace, labels }));
  return [...new Set(namespaces)].sort().flatMap(namespace => {
    const found: OutboundChange[] = [];
    for (const place of [...was.placesIn(namespace), ...is.placesIn(namespace), ...pods.get(namespace) ?? []]) {
      const isOpen = is.isOpen(place);
      const kind = isOpen ? 'OPENED' : 'CLOSED';
      if (was.isOpen(place) !== isOpen && !found.some(other => other.kind === kind && selects(other.place.labels, place.labels))) {
        found.push({ kind, place, because: is.because(place) });
      }
    }
    return found;
  });
}
