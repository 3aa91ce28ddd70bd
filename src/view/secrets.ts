import { record, records, strings } from './fields';
import { addTo } from './lists';
import { MeshObject } from './mesh-object';
import { MeshView } from './mesh-view';
import { ClientTlsSettings } from './traffic-rule';

/** A Secret that a proxy looks for. */
export interface WantedSecret {
  /** That of the proxy. */
  readonly namespace: string;
  readonly name: string;
  /** Another Secret that would do. */
  readonly or?: string;
}

/** A Secret that is not where a proxy looks for it. */
export interface AbsentSecret {
  /** One of its name in another namespace. */
  readonly elsewhere?: MeshObject;
}

/** Objects from which operators make Secrets, and by which names; the namespace is that of the object. */
const MAKERS: readonly { readonly group: string; readonly kind: string; nameIn(object: MeshObject): unknown[] }[] = [
  { group: 'cert-manager.io', kind: 'Certificate', nameIn: ({ spec }) => [spec.secretName] },
  { group: 'external-secrets.io', kind: 'ExternalSecret', nameIn: ({ name, spec }) => [record(spec.target).name ?? name] },
  { group: 'external-secrets.io', kind: 'ClusterExternalSecret', nameIn: ({ spec }) => [record(record(spec.externalSecretSpec).target).name ?? spec.externalSecretName] },
  { group: 'kyverno.io', kind: 'ClusterPolicy', nameIn: ({ spec }) => records(spec.rules).map(({ generate }) => (record(generate).kind === 'Secret' ? record(generate).name : undefined)) },
  { group: 'bitnami.com', kind: 'SealedSecret', nameIn: ({ name }) => [name] },
  ...['VaultStaticSecret', 'VaultDynamicSecret', 'VaultPKISecret', 'HCPVaultSecretsApp'].map(kind => (
    { group: 'secrets.hashicorp.com', kind, nameIn: ({ spec }: MeshObject) => [record(spec.destination).name] })),
  { group: 'onepassword.com', kind: 'OnePasswordItem', nameIn: ({ name }) => [name] },
  { group: 'isindir.github.com', kind: 'SopsSecret', nameIn: ({ spec }) => records(spec.secretTemplates).map(({ name }) => name) },
  { group: 'secrets-store.csi.x-k8s.io', kind: 'SecretProviderClass', nameIn: ({ spec }) => records(spec.secretObjects).map(({ secretName }) => secretName) },
];

/** The prefixes of annotations by which controllers copy a Secret to other namespaces. */
const COPIED = ['reflector.v1.k8s.emberstack.com/', 'replicator.v1.mittwald.de/', 'kubed.appscode.com/', 'kubernetes-replicator'];

/** Whether a Secret may be in other namespaces than its own: a controller copies it, or whoever makes it does so in each. */
function isCopied({ kind, annotations, spec }: MeshObject): boolean {
  const names = [...Object.keys(annotations), ...Object.keys(record(record(spec.secretTemplate).annotations))];
  return kind.startsWith('Cluster') || names.some(name => COPIED.some(prefix => name.startsWith(prefix)));
}

/** The objects of the app that are a Secret, or from which an operator makes one, by its name. */
function placesOfSecrets(view: MeshView): ReadonlyMap<string, readonly MeshObject[]> {
  return view.once('placesOfSecrets', () => {
    const secrets = new Map<string, MeshObject[]>();
    view.of('', 'Secret').forEach(object => addTo(secrets, object.name, object));
    for (const { group, kind, nameIn } of MAKERS) {
      view.of(group, kind).forEach(object => strings(nameIn(object)).forEach(name => addTo(secrets, name, object)));
    }
    return secrets;
  });
}

/** What is known of a Secret that is not there; undefined where it is, or may be: of its namespace the input has to show others. */
export function absenceOf(view: MeshView, { namespace, name, or }: WantedSecret): AbsentSecret | undefined {
  const places = placesOfSecrets(view);
  const found = [name, ...or === undefined ? [] : [or]].flatMap(one => places.get(one) ?? []);
  // Istio's other forms, such as `configmap://` and `builtin://`, are none of a Secret.
  if (name.includes('://') || found.some(secret => secret.namespace === namespace || isCopied(secret))) {
    return undefined;
  }
  return found.length > 0 ? { elsewhere: found[0] } : shownWithSecrets(view).has(namespace) ? {} : undefined;
}

/** Whether a Secret is named that the input does not show, so that nobody knows whether it is there. */
export function isUnseen(view: MeshView, wanted: WantedSecret): boolean {
  const { namespace, name, or } = wanted;
  return !name.includes('://') && absenceOf(view, wanted) === undefined
    && ![name, or].some(one => one !== undefined && placesOfSecrets(view).get(one)?.some(secret => secret.namespace === namespace));
}

/** The namespaces of which the input has Secrets. */
function shownWithSecrets(view: MeshView): ReadonlySet<string> {
  return view.once('namespaces with Secrets', () => new Set([...placesOfSecrets(view).values()].flat().map(({ namespace }) => namespace)));
}

/** The Secret that a proxy of a namespace reads to begin TLS; undefined where it reads none. */
export function secretOfClient(namespace: string, { credentialName: name, mode, insecureSkipVerify }: ClientTlsSettings): WantedSecret | undefined {
  const isRead = mode === 'MUTUAL' || mode === 'SIMPLE' && !insecureSkipVerify;
  // Without a certificate of its own istiod looks for the authority alone, first in a Secret of its own.
  return name !== undefined && isRead ? { namespace, name, or: mode === 'SIMPLE' ? `${name}-cacert` : undefined } : undefined;
}
