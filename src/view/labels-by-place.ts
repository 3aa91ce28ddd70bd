import { labelsOf, record } from './fields';
import { LabelledThings } from './labelled-things';
import { MeshObject, NETWORKING } from './mesh-object';
import { MeshView } from './mesh-view';

type Labels = { readonly [label: string]: string };

/** What a selector may mean: pods, a WorkloadEntry, or what a WorkloadGroup makes. */
export interface Labelled {
  readonly namespace: string;
  readonly labels: Labels;
}

/** @param ofEntry which labels of a WorkloadEntry count */
export function labelledIn(view: MeshView, ofEntry: (entry: MeshObject) => Labels): Labelled[] {
  return [
    ...view.pods,
    ...view.of(NETWORKING, 'WorkloadEntry').map(entry => ({ namespace: entry.namespace, labels: ofEntry(entry) })),
    ...view.of(NETWORKING, 'WorkloadGroup').map(({ namespace, spec }) => ({ namespace, labels: labelsOf(record(spec.metadata).labels) })),
  ];
}

/** The labels that are in each place, to be selected by. Of a thousand pods with the same ones, the first counts. */
export class LabelsByPlace {
  private readonly known = new Map<string, Map<string, { readonly labels: Labels }>>();
  private readonly tables = new Map<string, LabelledThings<{ readonly labels: Labels }>>();

  public add(place: string, labels: Labels): void {
    const there = this.known.get(place) ?? new Map<string, { readonly labels: Labels }>();
    this.known.set(place, there.set(JSON.stringify(labels), { labels }));
  }

  public has(place: string): boolean {
    return this.known.has(place);
  }

  /** Whether a selector matches anything there, now that all was added. */
  public isSelected(place: string, selector: Labels): boolean {
    const table = this.tables.get(place) ?? new LabelledThings([...this.known.get(place)?.values() ?? []]);
    this.tables.set(place, table);
    return table.selectedBy(selector).length > 0;
  }
}
