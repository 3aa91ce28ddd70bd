import { ApiObject, ApiObjectMetadata, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { AppMesh } from './app-mesh';
import { checkDnsLabel, checkDnsName } from '../private/check';
import { failAt } from '../private/fail';

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
  const app = AppMesh.of(scope);
  const apiVersion = KINDS[kind][app.mesh.apiVersion];
  const object = new ApiObject(scope, id, { apiVersion, kind, metadata, spec: Lazy.any({ produce: produceSpec }) });
  const { namespace } = object.metadata;
  if (namespace !== undefined) {
    checkDnsLabel(fail, metadata.namespace === undefined ? 'namespace' : 'metadata.namespace', namespace);
  }
  const taken = app.claimObject(identityOf(object), object);
  if (taken) {
    failAt(object)(`'metadata.name' would make this ${kind} "${object.name}" in ${object.metadata.namespace ?? 'the chart\'s namespace'}, `
      + `which '${taken.node.path}' is already: give one of them another 'metadata.name' or construct id`);
  }
  return object;
}

/** Takes an object out of the tree again. */
export function removeIstioObject(object: ApiObject): void {
  AppMesh.of(object).releaseObject(identityOf(object));
  object.node.scope?.node.tryRemoveChild(object.node.id);
}

function identityOf(object: ApiObject): string {
  return `${object.kind} ${object.metadata.namespace ?? ''}/${object.name}`;
}
