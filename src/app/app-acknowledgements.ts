import { ApiObject, Lazy } from 'cdk8s';
import { IConstruct } from 'constructs';
import { apiObjectOf, constructOf } from './collect';
import { accepts, Acknowledgement, GivenAcknowledgements, WrittenAcknowledgement, writeAcknowledgement } from '../findings/acknowledgement';
import { Found } from '../findings/findings-in';
import { ACKNOWLEDGE } from '../private/annotations';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';

/** What the code of an app acknowledges, for constructs and all below them. */
export class AppAcknowledgements implements GivenAcknowledgements {
  private readonly byConstruct = new Map<IConstruct, Acknowledgement[]>();
  private readonly annotated = new WeakSet<ApiObject>();
  private lines = new Map<ApiObject, string[]>();
  private isHidden = false;

  public add(construct: IConstruct, written: WrittenAcknowledgement): void {
    const { id, field, reason } = written;
    const said = [id, reason].map(text => JSON.stringify(text)).join(', ');
    const text = `acknowledge(${said}${field === undefined ? '' : `, { field: ${JSON.stringify(field)} }`})`;
    addTo(this.byConstruct, construct, { ...written, at: new Place(construct), text });
  }

  public get all(): readonly Acknowledgement[] {
    return [...this.byConstruct.values()].flat();
  }

  public of(object: MeshObject): readonly Acknowledgement[] {
    if (this.byConstruct.size === 0 || object instanceof Place) {
      return [];
    }
    // The construct that stands for an object need not be above it.
    const scopes = new Set([...apiObjectOf(object).node.scopes.reverse(), ...constructOf(object).node.scopes.reverse()]);
    return [...scopes].flatMap(scope => this.byConstruct.get(scope) ?? []);
  }

  /** Whether `write` adds to the object. */
  public changes(object: ApiObject): boolean {
    return this.annotated.has(object);
  }

  /** Looks without what `write` adds to the objects, which is what was found the last time. */
  public hidden<T>(look: () => T): T {
    this.isHidden = true;
    try {
      return look();
    } finally {
      this.isHidden = false;
    }
  }

  /** Writes what was acknowledged in code to the objects, as somebody who writes YAML does: so the manifests say it to whoever looks at them later. */
  public write(found: readonly Found[]): void {
    this.lines = new Map();
    for (const { object, field, rule, acknowledged } of found) {
      const given = acknowledged === undefined ? undefined
        : this.of(object).find(acknowledgement => acknowledgement.reason === acknowledged && accepts(acknowledgement, rule.id, field));
      if (given) {
        this.annotate(apiObjectOf(object), writeAcknowledgement(given));
      }
    }
  }

  private annotate(object: ApiObject, line: string): void {
    // The objects in a list have metadata of their own.
    if (object.kind === 'List' || this.lines.get(object)?.includes(line)) {
      return;
    }
    addTo(this.lines, object, line);
    if (!this.annotated.has(object)) {
      this.annotated.add(object);
      const given = (object.metadata.toJson() as { annotations?: { [name: string]: string } }).annotations?.[ACKNOWLEDGE];
      const produce = () => [...given === undefined ? [] : [given], ...this.isHidden ? [] : this.lines.get(object) ?? []].join('\n') || undefined;
      object.metadata.addAnnotation(ACKNOWLEDGE, Lazy.any({ produce }) as string);
    }
  }
}

/** Where an acknowledgement of code stands: not an object, and told of as one. */
class Place implements MeshObject {
  public readonly group = '';
  public readonly kind = 'Construct';
  public readonly name: string;
  public readonly namespace = '';
  public readonly labels = {};
  public readonly annotations = {};
  public readonly spec = {};
  public readonly origin: { readonly path: string };

  public constructor(public readonly owner: IConstruct) {
    this.name = owner.node.id;
    this.origin = { path: owner.node.path || 'app' };
  }
}
