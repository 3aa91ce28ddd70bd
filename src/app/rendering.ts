import { ApiObject, ApiObjectMetadataDefinition, App, Chart, ImplicitTokenResolver, JsonPatch, Lazy, LazyResolver, NumberStringUnionResolver } from 'cdk8s';
import { IConstruct } from 'constructs';

type Fields = { readonly [field: string]: unknown };

/** What `toJson` of an object reads and cdk8s keeps to itself. */
interface Hidden {
  readonly props: Fields;
  readonly patches: JsonPatch[];
  readonly metadata: { readonly _additionalAttributes: Fields };
}

const STOCK_RESOLVERS: readonly unknown[] = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];

/**
 * Renders objects as their `toJson` does. cdk8s asks each resolver about each value, looks for the app each time, and goes through metadata twice; with its own
 * resolvers alone, and a class that renders as every ApiObject does, values are resolved, cleaned and sorted here at once.
 */
export class Rendering {
  private static isAlike?: boolean;

  private readonly isStock: boolean;
  private readonly isSorted = !process.env.CDK8S_DISABLE_SORT;

  public constructor(root: IConstruct) {
    const { resolvers } = root as Partial<App>;
    const types = (resolvers ?? []).map(resolver => resolver.constructor);
    this.isStock = types.length === STOCK_RESOLVERS.length && types.every((type, i) => type === STOCK_RESOLVERS[i]);
  }

  /** @throws what `toJson` of the object does */
  public of(object: ApiObject): unknown {
    if (!this.isStock || !isStock(object)) {
      return object.toJson();
    }
    Rendering.isAlike ??= isAlike(specimen());
    try {
      return Rendering.isAlike ? manifestOf(object, this.isSorted) : object.toJson();
    } catch {
      // It knows the message.
      return object.toJson();
    }
  }
}

/* eslint-disable @typescript-eslint/unbound-method */
const STOCK = { objects: new Set([ApiObject.prototype.toJson]), metadata: ApiObjectMetadataDefinition.prototype.toJson };

/** Says of a class that its `toJson` gives what that of every ApiObject does. */
export function rendersAlike(type: { readonly prototype: ApiObject }): void {
  STOCK.objects.add(type.prototype.toJson);
}

/** Whether neither the class of an object nor somebody who has it renders it in a way of its own. */
function isStock(object: ApiObject): boolean {
  return STOCK.objects.has(object.toJson) && object.metadata.toJson === STOCK.metadata;
}
/* eslint-enable @typescript-eslint/unbound-method */

function manifestOf(object: ApiObject, isSorted: boolean): unknown {
  const { props, patches, metadata: { _additionalAttributes: additional } } = object as unknown as Hidden;
  const { annotations, finalizers, labels, name, namespace, ownerReferences } = object.metadata as unknown as Fields;
  const metadata = METADATA.of({ ...addedTo(additional), annotations, finalizers, labels, name, namespace, ownerReferences });
  const json = (isSorted ? SORTED : AS_GIVEN).of({ ...props, metadata }) as Fields;
  return inOrder(patches.length === 0 ? json : JsonPatch.apply(json, ...patches) as Fields);
}

const METADATA_FIELDS = ['annotations', 'finalizers', 'labels', 'name', 'namespace', 'ownerReferences'];

/** What somebody added to metadata. cdk8s keeps it with the fields that an object was made with, which may have changed since. */
function addedTo(additional: Fields): Fields | undefined {
  const added = Object.keys(additional).filter(field => !METADATA_FIELDS.includes(field));
  return added.length === 0 ? undefined : Object.fromEntries(added.map(field => [field, additional[field]]));
}

/** The fields that cdk8s writes first. */
const FIRST = ['apiVersion', 'kind', 'metadata'];

function inOrder(manifest: Fields): Fields {
  const fields = Object.keys(manifest);
  if (FIRST.every((field, i) => fields[i] === field)) {
    return manifest;
  }
  const result: { [field: string]: unknown } = {};
  for (const field of [...FIRST, ...fields]) {
    if (field in manifest) {
      result[field] = manifest[field];
    }
  }
  return result;
}

/** Makes plain data of values: what is made late is made, nothing is null, and keys are sorted. */
class Cleaning {
  public constructor(private readonly isSorted: boolean, private readonly isWithoutEmpty: boolean) {}

  /** @throws for a value that cdk8s refuses, or that is so odd that it had better look at it */
  public of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      return scalar(value);
    }
    if (Array.isArray(value)) {
      if (value.constructor !== Array || 'resolve' in value || 'value' in value) {
        throw new Error('this list is a token');
      }
      return value.length === 0 && this.isWithoutEmpty ? undefined : value.map(item => this.of(item));
    }
    return value.constructor === Object && typeof (value as Fields).resolve !== 'function' ? this.map(value as Fields) : this.of(late(value));
  }

  private map(fields: Fields): unknown {
    const values: { [field: string]: unknown } = {};
    let isEmpty = true;
    let isInOrder = true;
    let last = '';
    // In the order in which they were given, for some are made only now.
    for (const key of Object.keys(fields)) {
      if (key === '__proto__') {
        throw new Error('this key is none of JavaScript\'s own');
      }
      const value = this.of(fields[key]);
      if (value !== undefined) {
        values[key] = value;
        isInOrder &&= last <= key;
        isEmpty = false;
        last = key;
      }
    }
    if (isEmpty && this.isWithoutEmpty) {
      return undefined;
    }
    return isInOrder || !this.isSorted ? values : sorted(values);
  }
}

function sorted(fields: Fields): Fields {
  const result: { [field: string]: unknown } = {};
  for (const key of Object.keys(fields).sort()) {
    result[key] = fields[key];
  }
  return result;
}

const METADATA = new Cleaning(true, true);
const SORTED = new Cleaning(true, false);
const AS_GIVEN = new Cleaning(false, false);

function scalar(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'undefined':
    case 'object':
      return undefined;
    default:
      throw new Error(`${typeof value} is no plain data`);
  }
}

/** What cdk8s's resolvers put in the place of an object that is no map, in their order. */
function late(value: object): unknown {
  if (value instanceof Lazy) {
    return value.produce();
  }
  const { resolve, value: number } = value as Fields;
  if (typeof resolve === 'function') {
    return (value as { resolve: () => unknown }).resolve();
  }
  if (typeof number === 'string' || typeof number === 'number') {
    return { value: number };
  }
  throw new Error('this is no plain data');
}

/** An object with everything that is rendered in a way of its own. */
function specimen(): ApiObject {
  const data = {
    late: Lazy.any({ produce: () => ({ b: Lazy.any({ produce: () => [1, null, undefined, []] }), a: undefined }) }),
    token: { resolve: () => ({ z: null, y: '' }) },
    empty: [{}, []],
    numbers: { 10: 'ten', 9: false },
  };
  const labels = { z: 'z', a: Lazy.any({ produce: () => 'a' }) as unknown as string };
  const object = new ApiObject(new Chart(new App(), 'specimen', { namespace: 'specimen' }), 'it', { kind: 'It', metadata: { labels }, spec: data, apiVersion: 'v1', data });
  object.metadata.addAnnotation('none', undefined as unknown as string);
  object.metadata.add('generation', 1);
  object.addJsonPatch(JsonPatch.add('/added', { b: 1, a: null }), JsonPatch.remove('/spec/empty'));
  return object;
}

function isAlike(object: ApiObject): boolean {
  return JSON.stringify(manifestOf(object, !process.env.CDK8S_DISABLE_SORT)) === JSON.stringify(object.toJson());
}
