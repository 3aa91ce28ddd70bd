import { selects } from './fields';
import { addTo } from './lists';

type Labels = { readonly [label: string]: string };

/** What selectors look for, by its labels. */
export class LabelledThings<T extends { readonly labels: Labels }> {
  private readonly byLabel = new Map<string, T[]>();

  public constructor(private readonly all: readonly T[]) {
    all.forEach(thing => Object.entries(thing.labels).forEach(label => addTo(this.byLabel, label.join('='), thing)));
  }

  /** Those that a selector matches, in their order. */
  public selectedBy(selector: Labels): readonly T[] {
    const lists = Object.entries(selector).map(label => this.byLabel.get(label.join('=')) ?? []);
    const [fewest = this.all] = lists.sort((a, b) => a.length - b.length);
    return fewest.filter(({ labels }) => selects(selector, labels));
  }
}
