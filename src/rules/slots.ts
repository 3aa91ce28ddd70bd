import { ExternalEntry } from '../view/external-entry';

/** Who has what an entry wants, and in which namespace both are seen. */
export interface Taken {
  readonly other: ExternalEntry;
  readonly namespace: string;
}

/** What Istio has once in each namespace (a host, a listener): the entries that want it, first come first served as in istiod. */
export class Slots {
  private readonly slots = new Map<string, Map<string, ExternalEntry>>();

  /** Takes a slot in every namespace that sees the entry, or returns the entry that has it in one of them. */
  public take(slot: string, entry: ExternalEntry): Taken | undefined {
    const holders = this.slots.get(slot) ?? new Map<string, ExternalEntry>();
    this.slots.set(slot, holders);
    const taken = find(holders, entry);
    for (const namespace of entry.visibleTo) {
      if (!holders.has(namespace)) {
        holders.set(namespace, entry);
      }
    }
    return taken;
  }

  /** Whether nothing was taken. */
  public get isEmpty(): boolean {
    return this.slots.size === 0;
  }

  /** Returns the entry that has a slot in a namespace that sees this one too. */
  public holder(slot: string, entry: ExternalEntry): Taken | undefined {
    return find(this.slots.get(slot) ?? new Map(), entry);
  }
}

function find(holders: ReadonlyMap<string, ExternalEntry>, entry: ExternalEntry): Taken | undefined {
  for (const namespace of entry.visibleTo) {
    const [everywhere] = namespace === '*' ? [...holders] : [];
    const [where, other] = everywhere ?? [namespace, holders.get(namespace) ?? holders.get('*')];
    if (other && other !== entry) {
      return { other, namespace: where };
    }
  }
  return undefined;
}
