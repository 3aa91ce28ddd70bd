import { ApiObject, ApiObjectMetadata, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { checkDnsLabel, checkDnsName } from './check';
import { failAt } from './fail';
import { Registry } from './registry';

/** The kinds that are written, with the API group of each. */
const GROUPS = {
  ServiceEntry: 'networking.istio.io',
  DestinationRule: 'networking.istio.io',
  Gateway: 'networking.istio.io',
  VirtualService: 'networking.istio.io',
  AuthorizationPolicy: 'security.istio.io',
} as const;

export type IstioKind = keyof typeof GROUPS;

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
  const object = new ApiObject(scope, id, {
    apiVersion: `${GROUPS[kind]}/${versionOf(scope, kind)}`,
    kind,
    metadata,
    spec: Lazy.any({ produce: produceSpec }),
  });
  const { namespace } = object.metadata;
  if (namespace !== undefined) {
    checkDnsLabel(fail, metadata.namespace === undefined ? 'namespace' : 'metadata.namespace', namespace);
  }
  const taken = Registry.of(scope).claim(claimOf(object), object);
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

function versionOf(scope: Construct, kind: IstioKind): string {
  const version = Registry.of(scope).mesh.apiVersion;
  // The security kinds never had v1alpha3.
  return version === 'v1alpha3' && GROUPS[kind] === 'security.istio.io' ? 'v1beta1' : version;
}
