import { selects } from './fields';
import { addTo } from './lists';

type Labels = { readonly [label: string]: string };

interface Entry<T> {
  readonly selector: Labels;
  readonly item: T;
  readonly place: number;
}

/** What selects by labels: of a thousand selectors a workload is compared with those of its own labels alone. */
export class LabelTable<T> {
  private readonly byLabel = new Map<string, Entry<T>[]>();
  private readonly forAll: Entry<T>[] = [];

  public constructor(items: readonly (readonly [selector: Labels, item: T])[]) {
    items.forEach(([selector, item], place) => {
      const [first] = Object.entries(selector);
      const entry = { selector, item, place };
      first === undefined ? this.forAll.push(entry) : addTo(this.byLabel, first.join('='), entry);
    });
  }

  /** What selects something with these labels, in its order. */
  public selecting(labels: Labels): T[] {
    const found = Object.entries(labels).flatMap(label => this.byLabel.get(label.join('=')) ?? []).filter(({ selector }) => selects(selector, labels));
    return [...this.forAll, ...found].sort((a, b) => a.place - b.place).map(({ item }) => item);
  }
}
