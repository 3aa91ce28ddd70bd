import { MeshObject } from './mesh-object';
import { nearest } from '../private/nearest';
import { SlipTable } from '../private/slip-table';

/** The namespaces of which the input shows something: themselves, an object in them, or the mesh's root namespace. */
export class ShownNamespaces {
  private readonly names: ReadonlySet<string>;
  private slips?: SlipTable;
  /** Those that are near to names of which nothing is shown: each is compared with all of them once. */
  private readonly near = new Map<string, string | undefined>();

  public constructor(objects: readonly MeshObject[], rootNamespace: string) {
    const names = objects.map(({ group, kind, name, namespace }) => (group === '' && kind === 'Namespace' ? name : namespace));
    this.names = new Set([rootNamespace, ...names].filter(name => name !== ''));
  }

  /** The one that somebody meant who wrote a name of which nothing is shown; `others` are names that the reader sees as well. */
  public nearTo(written: string, others: readonly string[] = []): string | undefined {
    if (this.names.has(written)) {
      return undefined;
    }
    if (!this.near.has(written)) {
      this.near.set(written, nearest(written, [...this.names]));
    }
    const shown = this.near.get(written);
    return nearest(written, [...shown === undefined ? [] : [shown], ...others.filter(name => name !== written && name !== '*')]);
  }

  /** The same where a slip of the fingers explains it, and two namespaces do not. */
  public slipOf(written: string): string | undefined {
    if (this.names.has(written)) {
      return undefined;
    }
    this.slips ??= new SlipTable(this.names);
    return this.slips.meantBy(written);
  }
}
