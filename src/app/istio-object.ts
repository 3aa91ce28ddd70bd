import { ApiObject, ApiObjectMetadata, Chart, JsonPatch, Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AppMesh } from './app-mesh';
import { rendersAlike } from './rendering';
import { Check, checkDnsLabel, checkDnsName, checkLabels, propsOf, unchecked } from '../private/check';
import { baseNameOf } from '../private/construct-names';
import { failAt, quote } from '../private/fail';
import { objectName, ROLES } from '../private/names';

/** The API versions of the groups, by Istio's version of them. The security kinds never had v1alpha3. */
const NETWORKING = { v1: 'networking.istio.io/v1', v1beta1: 'networking.istio.io/v1beta1', v1alpha3: 'networking.istio.io/v1alpha3' };
const SECURITY = { v1: 'security.istio.io/v1', v1beta1: 'security.istio.io/v1beta1', v1alpha3: 'security.istio.io/v1beta1' };

const TELEMETRY = { v1: 'telemetry.istio.io/v1', v1beta1: 'telemetry.istio.io/v1alpha1', v1alpha3: 'telemetry.istio.io/v1alpha1' };

/** Kubernetes has its own versions. */
const always = (version: string) => ({ v1: version, v1beta1: version, v1alpha3: version });
const CORE = always('v1');
const RBAC = always('rbac.authorization.k8s.io/v1');
/** The operator serves v1 since its version 0.16, and v1beta1 no more since 0.17. */
const EXTERNAL_SECRETS = always('external-secrets.io/v1');

/** The kinds that are written. */
const KINDS = {
  ServiceEntry: NETWORKING,
  DestinationRule: NETWORKING,
  Gateway: NETWORKING,
  VirtualService: NETWORKING,
  WorkloadEntry: NETWORKING,
  WorkloadGroup: NETWORKING,
  Sidecar: NETWORKING,
  AuthorizationPolicy: SECURITY,
  Telemetry: TELEMETRY,
  ConfigMap: CORE,
  Service: CORE,
  ServiceAccount: CORE,
  Role: RBAC,
  RoleBinding: RBAC,
  Deployment: always('apps/v1'),
  Job: always('batch/v1'),
  HorizontalPodAutoscaler: always('autoscaling/v2'),
  PodDisruptionBudget: always('policy/v1'),
  NetworkPolicy: always('networking.k8s.io/v1'),
  ExternalSecret: EXTERNAL_SECRETS,
  ValidatingAdmissionPolicy: always('admissionregistration.k8s.io/v1'),
  ValidatingAdmissionPolicyBinding: always('admissionregistration.k8s.io/v1'),
  PrometheusRule: always('monitoring.coreos.com/v1'),
};

/** The kinds that are in no namespace. */
const CLUSTER_WIDE: readonly WrittenKind[] = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];

export type WrittenKind = keyof typeof KINDS;

/** Metadata with the name chosen. */
export interface NamedMetadata extends ApiObjectMetadata {
  readonly name: string;
}

const METADATA_FIELDS = {
  name: unchecked, namespace: unchecked, labels: checkLabels, annotations: checkLabels, finalizers: unchecked, ownerReferences: unchecked,
};

/** Metadata that a user gives; its name and namespace are checked where the object is made. */
export const checkMetadata: Check = (fail, property, value) => {
  propsOf(METADATA_FIELDS)(fail, property, value);
  const { name } = value as ApiObjectMetadata;
  const role = ROLES.find(candidate => typeof name === 'string' && name.split('.').includes(candidate));
  if (role) {
    fail(`'${property}.name' must not have the part "${role}", got ${quote(name)}: names of other objects of this library have it`);
  }
};

function withoutEnd(name: string, end: string): string {
  return typeof name === 'string' && name.endsWith(end) ? name.slice(0, -end.length) : name;
}

/** What the names of a construct's objects are made of. */
export interface ObjectIdentity {
  readonly base: string;
  readonly namespace?: string;
  /** The name of the main object: the given one, or base and namespace. */
  readonly name: string;
}

/** @throws for a name or namespace that Kubernetes does not take */
export function identityOf(construct: Construct, metadata: ApiObjectMetadata | undefined): ObjectIdentity {
  const fail = failAt(construct);
  if (!construct.node.scopes.some(scope => Chart.isChart(scope))) {
    fail('must be in a chart: create it with the chart, or a construct in it, as scope');
  }
  const namespace = metadata?.namespace ?? Chart.of(construct).namespace;
  // A given name in the form of the library's own keeps the names of a running service when its construct moves.
  const base = metadata?.name === undefined ? baseNameOf(construct) : withoutEnd(metadata.name, `.${namespace}`);
  checkDnsName(fail, 'metadata.name', base);
  if (namespace !== undefined) {
    checkDnsLabel(fail, metadata?.namespace === undefined ? 'namespace' : 'metadata.namespace', namespace);
  }
  return { base, namespace, name: metadata?.name ?? objectName(base, namespace) };
}

/**
 * An object whose spec is produced when the app is synthesised. A raw ApiObject and not the generated class of its kind: that class maps its
 * fields again after the patches, and what a user added with addJsonPatch() would be lost without a word.
 *
 * @param owner the construct that messages name
 * @throws for a name that Kubernetes does not take
 */
export function istioObject(
  scope: Construct, id: string, kind: WrittenKind, metadata: NamedMetadata, produceSpec: () => unknown, owner: IConstruct = scope,
): ApiObject {
  return ownObject(scope, id, kind, metadata, { spec: Lazy.any({ produce: produceSpec }) }, owner);
}

/** An object that may have other fields than a spec; the same otherwise. */
export function ownObject(
  scope: Construct, id: string, kind: WrittenKind, metadata: NamedMetadata, fields: { readonly [field: string]: unknown }, owner: IConstruct = scope,
): ApiObject {
  checkDnsName(failAt(owner), 'metadata.name', metadata.name);
  const app = AppMesh.of(scope);
  const type = CLUSTER_WIDE.includes(kind) ? ClusterWideObject : OwnObject;
  const object = new type(scope, id, { apiVersion: KINDS[kind][app.mesh.apiVersion], kind, metadata, ...fields });
  app.own(object, owner);
  return object;
}

class OwnObject extends ApiObject {
  public addJsonPatch(...ops: JsonPatch[]): void {
    super.addJsonPatch(...ops);
    AppMesh.of(this).changed();
  }

  public toJson(): unknown {
    return AppMesh.of(this).takeRendered(this) ?? super.toJson();
  }
}

rendersAlike(OwnObject);

/** cdk8s gives every object the namespace of its chart. */
class ClusterWideObject extends OwnObject {
  public constructor(...args: ConstructorParameters<typeof ApiObject>) {
    super(...args);
    (this.metadata as { namespace?: string }).namespace = undefined;
  }
}
