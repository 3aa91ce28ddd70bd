import {
  ApiObject, ApiObjectMetadata, ApiObjectProps, App, ImplicitTokenResolver, IResolver, JsonPatch, Lazy, LazyResolver, NumberStringUnionResolver,
} from 'cdk8s';
import { Construct } from 'constructs';
import { checkDnsLabel, checkDnsName } from './check';
import { failAt } from './fail';
import { Registry } from './registry';

/** The API versions of the groups, by Istio's version of them. The security kinds never had v1alpha3. */
const NETWORKING = { v1: 'networking.istio.io/v1', v1beta1: 'networking.istio.io/v1beta1', v1alpha3: 'networking.istio.io/v1alpha3' };
const SECURITY = { v1: 'security.istio.io/v1', v1beta1: 'security.istio.io/v1beta1', v1alpha3: 'security.istio.io/v1beta1' };

/** The kinds that are written. */
const KINDS = {
  ServiceEntry: NETWORKING,
  DestinationRule: NETWORKING,
  Gateway: NETWORKING,
  VirtualService: NETWORKING,
  AuthorizationPolicy: SECURITY,
};

export type IstioKind = keyof typeof KINDS;

/** Metadata with the name chosen. */
export interface NamedMetadata extends ApiObjectMetadata {
  readonly name: string;
}

/**
 * An Istio object whose spec is produced when the app is synthesised. A raw ApiObject and not the generated class of its kind: that class maps its
 * fields again after the patches, and what a user added with addJsonPatch() would be lost without a word.
 *
 * @throws for a name or namespace that Kubernetes does not take, and when another construct of the app makes an object of this kind, namespace and name
 */
export function istioObject(scope: Construct, id: string, kind: IstioKind, metadata: NamedMetadata, produceSpec: () => unknown): ApiObject {
  const fail = failAt(scope);
  checkDnsName(fail, 'metadata.name', metadata.name);
  const registry = Registry.of(scope);
  const apiVersion = KINDS[kind][registry.mesh.apiVersion];
  const object = new IstioObject(scope, id, { apiVersion, kind, metadata, spec: Lazy.any({ produce: produceSpec }) });
  const { namespace } = object.metadata;
  if (namespace !== undefined) {
    checkDnsLabel(fail, metadata.namespace === undefined ? 'namespace' : 'metadata.namespace', namespace);
  }
  const taken = registry.claim(claimOf(object), object);
  if (taken) {
    failAt(object)(`'metadata.name' would make this ${kind} "${object.name}" in ${object.metadata.namespace ?? 'the chart\'s namespace'}, `
      + `which '${taken.node.path}' is already: give one of them another 'metadata.name' or construct id`);
  }
  return object;
}

/** Takes an object out of the tree again. */
export function removeIstioObject(object: ApiObject): void {
  Registry.of(object).release(claimOf(object));
  object.node.scope?.node.tryRemoveChild(object.node.id);
}

function claimOf(object: ApiObject): string {
  return `${object.kind} ${object.metadata.namespace ?? ''}/${object.name}`;
}

/**
 * cdk8s asks every resolver of the app about every value of an object. A rendered spec has nothing to resolve, so the usual ones are not asked, which
 * saves more time than rendering takes. With anything that a user may add, this is an ApiObject like any other.
 */
class IstioObject extends ApiObject {
  private patched = false;

  public constructor(scope: Construct, id: string, private readonly content: ApiObjectProps & { readonly spec: Lazy }) {
    super(scope, id, content);
  }

  public addJsonPatch(...ops: JsonPatch[]): void {
    this.patched = true;
    super.addJsonPatch(...ops);
  }

  public toJson(): unknown {
    if (this.patched || process.env.CDK8S_DISABLE_SORT || !App.of(this).resolvers.every(isUsual)) {
      return super.toJson();
    }
    try {
      return { apiVersion: this.apiVersion, kind: this.kind, metadata: this.metadata.toJson(), spec: plain(this.content.spec.produce()) };
    } catch {
      // cdk8s meets the same error, and says where.
      return super.toJson();
    }
  }
}

/** The resolvers that every app has. */
const USUAL: readonly unknown[] = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver];

function isUsual(resolver: IResolver): boolean {
  return USUAL.includes(resolver.constructor);
}

/** As cdk8s writes it: keys sorted, none without a value. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const result: { [key: string]: unknown } = {};
  for (const key of Object.keys(value).sort()) {
    const member = (value as { [key: string]: unknown })[key];
    if (member !== undefined && member !== null) {
      result[key] = plain(member);
    }
  }
  return result;
}
