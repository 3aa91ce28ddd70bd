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
}

/** What sidecars do with what they do not know: the Sidecar of the workload decides, then that of its namespace, that of the root namespace, the mesh. */
export class OutboundPolicies {
  private readonly known = new Map<string, NamespaceSidecar | undefined>();
  private readonly byNamespace = new Map<string, NamespaceSidecar[]>();

  public constructor(private readonly view: MeshView) {
    view.allSidecars.forEach(sidecar => addTo(this.byNamespace, sidecar.object.namespace, sidecar));
  }

  public isOpen(place: OutboundPlace): boolean {
    return !(this.sidecarOf(place)?.isClosed ?? this.view.facts.outboundTrafficPolicy === 'REGISTRY_ONLY');
  }

  /** The object that decides it, if one does. */
  public because(place: OutboundPlace): Cause[] {
    const sidecar = this.sidecarOf(place);
    return sidecar?.isClosed === undefined ? [] : [cause(sidecar.object, ['spec', 'outboundTrafficPolicy'])];
  }

  /** The namespace as a whole, then the pods that a Sidecar selects. */
  public placesIn(namespace: string): OutboundPlace[] {
    const selectors = (this.byNamespace.get(namespace) ?? []).flatMap(({ workloadSelector }) => (workloadSelector ? [workloadSelector] : []));
    return [{ namespace, labels: {} }, ...selectors.map(labels => ({ namespace, labels }))];
  }

  private sidecarOf({ namespace, labels }: OutboundPlace): NamespaceSidecar | undefined {
    const key = JSON.stringify([namespace, labels]);
    const known = this.known.has(key) ? this.known.get(key) : sidecarOf(this.view, { namespace, labels });
    this.known.set(key, known);
    return known;
  }
}

/** Some pods for a person. */
export function outboundName({ namespace, labels }: OutboundPlace): string {
  const written = Object.entries(labels).map(([label, value]) => `${label}=${value}`).sort().join(',');
  const where = namespace === ANY_OTHER ? 'every other namespace' : namespace === '' ? '(no namespace)' : namespace;
  return written === '' ? where : `${where} (pods with ${written})`;
}

/** Pods whose sidecars let pass now what they did not know before, or no longer do. */
export interface OutboundChange {
  readonly kind: 'OPENED' | 'CLOSED';
  readonly place: OutboundPlace;
  readonly because: readonly Cause[];
}

/** Of pods that a namespace or a selector stands for, that alone is named. */
export function outboundChanges(old: MeshView, now: MeshView, namespaces: readonly string[]): OutboundChange[] {
  if (now.facts.dataPlane === 'ambient') {
    return [];
  }
  const [was, is] = [new OutboundPolicies(old), new OutboundPolicies(now)];
  const pods = new Map<string, OutboundPlace[]>();
  [...old.pods, ...now.pods].forEach(({ namespace, labels }) => addTo(pods, namespace, { namespace, labels }));
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
