import { ApiObject, ApiObjectMetadataDefinition, App, Chart, ImplicitTokenResolver, IResolver, JsonPatch, Lazy, LazyResolver, NumberStringUnionResolver } from 'cdk8s';
import { IConstruct } from 'constructs';

type Fields = { readonly [field: string]: unknown };

/** What `toJson` of an object reads and cdk8s keeps to itself. */
interface Hidden {
  readonly props: Fields;
  readonly patches: JsonPatch[];
  readonly metadata: { readonly _additionalAttributes: Fields };
}

const STOCK_RESOLVERS: readonly (new () => IResolver)[] = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];

/** What an object is rendered as. */
export interface Rendered {
  readonly json: unknown;
  /** Whether no code of anybody was asked for a value: then the object is the same whenever it is rendered, and rendering it changes nothing. */
  readonly isPlain: boolean;
  /** The same of its metadata alone. */
  readonly hasPlainMetadata: boolean;
}

/** What is known of an object that is left to its own `toJson`. */
const UNKNOWN = { isPlain: false, hasPlainMetadata: false };

/**
 * Renders objects as their `toJson` does. cdk8s asks each resolver about each value, looks for the app each time, and goes through metadata twice; with its own
 * resolvers alone, and a class that renders as every ApiObject does, values are resolved, cleaned and sorted here at once, each asked as often as there.
 */
export class Rendering {
  private static isAlike?: boolean;

  private readonly isStock: boolean;
  private readonly isSorted = !process.env.CDK8S_DISABLE_SORT;

  public constructor(root: IConstruct) {
    const resolvers = (root as Partial<App>).resolvers ?? [];
    this.isStock = resolvers.length === STOCK_RESOLVERS.length && resolvers.every((resolver, i) => isOf(STOCK_RESOLVERS[i], resolver));
  }

  /** @throws what `toJson` of the object does */
  public of(object: ApiObject): Rendered {
    if (!this.canRender(object)) {
      return { json: object.toJson(), ...UNKNOWN };
    }
    try {
      return manifestOf(object, this.isSorted);
    } catch (error) {
      // It knows the message. Code that failed is not asked again: it may have asked for this object, and would do so endlessly.
      return error instanceof OddValue ? { json: object.toJson(), ...UNKNOWN } : failing(object, error);
    }
  }

  /** @throws what `toJson` of the metadata does */
  public metadataOf(object: ApiObject): Pick<Rendered, 'json' | 'isPlain'> {
    try {
      if (hasStockMetadata(object) && this.isUsable()) {
        return metadataOf(object);
      }
    } catch (error) {
      if (!(error instanceof OddValue)) {
        throw error;
      }
    }
    return { json: object.metadata.toJson(), isPlain: false };
  }

  private canRender(object: ApiObject): boolean {
    return isStock(object) && hasStockMetadata(object) && this.isUsable();
  }

  private isUsable(): boolean {
    return this.isStock && (Rendering.isAlike ??= isAlike(specimen()));
  }
}

/** Whether a resolver is one of cdk8s's own, and nobody replaced what it does. */
function isOf(type: new () => IResolver, resolver: IResolver): boolean {
  return resolver.constructor === type && resolver.resolve === (type.prototype as IResolver).resolve;
}

/* eslint-disable @typescript-eslint/unbound-method */
const STOCK = { objects: new Set([ApiObject.prototype.toJson]), metadata: ApiObjectMetadataDefinition.prototype.toJson };

/** Says of a class that its `toJson` gives what that of every ApiObject does. */
export function rendersAlike(type: { readonly prototype: ApiObject }): void {
  STOCK.objects.add(type.prototype.toJson);
}

/** Whether neither the class of an object nor somebody who has it renders it in a way of its own. */
function isStock(object: ApiObject): boolean {
  return STOCK.objects.has(object.toJson);
}

function hasStockMetadata(object: ApiObject): boolean {
  return object.metadata.toJson === STOCK.metadata;
}
/* eslint-enable @typescript-eslint/unbound-method */

const toJsonOfEvery = ApiObject.prototype.toJson;

/** Fails as `toJson` does when something throws while it works. */
function failing(object: ApiObject, error: unknown): never {
  const toJson = () => {
    throw error;
  };
  toJsonOfEvery.call(Object.create(object, { metadata: { value: { toJson } } }));
  throw error;
}

function manifestOf(object: ApiObject, isSorted: boolean): Rendered {
  const { props, patches } = object as unknown as Hidden;
  const metadata = metadataOf(object);
  const cleaning = new Cleaning(isSorted, false);
  const json = cleaning.of({ ...props, metadata: metadata.json }) as Fields;
  return {
    json: inOrder(patches.length === 0 ? json : JsonPatch.apply(json, ...patches) as Fields),
    isPlain: cleaning.isPlain && metadata.isPlain,
    hasPlainMetadata: metadata.isPlain,
  };
}

function metadataOf(object: ApiObject): Pick<Rendered, 'json' | 'isPlain'> {
  const cleaning = new Cleaning(true, true);
  return { json: cleaning.of(metadataFieldsOf(object)), isPlain: cleaning.isPlain };
}

/** The fields of metadata that cdk8s keeps for itself, in its order; the others are those that somebody added. */
const METADATA = ['name', 'namespace', 'annotations', 'finalizers', 'ownerReferences', 'labels'] as const;

/** What the metadata of an object is rendered from, in cdk8s's order. */
export function metadataFieldsOf(object: ApiObject): Fields {
  const { metadata: { _additionalAttributes: additional } } = object as unknown as Hidden;
  const metadata = object.metadata as unknown as Fields;
  const fields = copyOf(additional);
  for (const key of METADATA) {
    fields[key] = metadata[key];
  }
  return fields;
}

/** As a spread does. cdk8s deleted a key of the options that it keeps, which makes a spread of them slow. */
function copyOf(fields: Fields): { [field: string]: unknown } {
  if (Object.hasOwn(fields, '__proto__')) {
    return { ...fields };
  }
  const copy: { [field: string]: unknown } = {};
  for (const key of Object.keys(fields)) {
    copy[key] = fields[key];
  }
  return copy;
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

const { __lookupGetter__: lookupGetter } = Object.prototype as unknown as { readonly __lookupGetter__: (key: string) => unknown };

/** Makes plain data of values: what is made late is made, nothing is null, and keys are sorted. */
class Cleaning {
  /** Whether nothing was made late, or by a getter. */
  public isPlain = true;

  public constructor(private readonly isSorted: boolean, private readonly isWithoutEmpty: boolean) {}

  /** @throws for a value that cdk8s refuses, or that is so odd that it had better look at it */
  public of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      return scalar(value);
    }
    if (Array.isArray(value)) {
      return isToken(value) ? this.of(this.late(value)) : value.length === 0 && this.isWithoutEmpty ? undefined : value.map(item => this.of(item));
    }
    return value.constructor === Object && typeof (value as Fields).resolve !== 'function' ? this.map(value as Fields) : this.of(this.late(value));
  }

  private late(value: object): unknown {
    this.isPlain = false;
    return late(value);
  }

  private map(fields: Fields): unknown {
    const values: { [field: string]: unknown } = {};
    let isEmpty = true;
    let isInOrder = true;
    let last = '';
    // In the order in which they were given, for some are made only now.
    for (const key of Object.keys(fields)) {
      // A property may be code, too.
      this.isPlain &&= lookupGetter.call(fields, key) === undefined;
      const value = this.of(fields[key]);
      if (key === '__proto__' && (['undefined', 'function'].includes(typeof value) || Array.isArray(value))) {
        throw new OddValue();
      }
      // JavaScript takes that key for something else, so cdk8s loses it.
      if (value !== undefined && key !== '__proto__') {
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

/** A value that cdk8s refuses, or treats in a way of its own. */
class OddValue extends Error {}

/** What cdk8s's resolvers replace, though it is a list or no object at all. */
function isToken(value: unknown): boolean {
  const { resolve, value: number } = value as Fields;
  return typeof resolve === 'function' || typeof number === 'string' || typeof number === 'number';
}

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
      if (isToken(value)) {
        throw new OddValue();
      }
      return value;
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
  throw new OddValue();
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
  return JSON.stringify(manifestOf(object, !process.env.CDK8S_DISABLE_SORT).json) === JSON.stringify(object.toJson());
}
