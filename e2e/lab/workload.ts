import { parseAllDocuments } from 'yaml';
import { Failure } from './failure';
import type { Kube, KubeObject } from './kube';

/** The objects of a multi-document manifest. */
export function objectsOf(manifest: string): KubeObject[] {
  return parseAllDocuments(manifest).map((document) => {
    if (document.errors.length > 0) { throw new Failure(`manifest: ${document.errors[0].message.split('\n')[0]}`); }
    return document.toJS() as KubeObject | null;
  }).filter((object) => object !== null);
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
    readonly configMapKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean; readonly subPath?: string }[];
}

/** A Secret that a container has as files. */
export interface MountedSecret {
  readonly secretName: string;
  readonly items: readonly { readonly key: string; readonly path: string }[];
  readonly defaultMode: number;
  readonly mountPath: string;
  /** The group that the kubelet gives the files to. */
  readonly fsGroup?: number;
}

/** What a Deployment says about its pods. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly account: string;
  readonly labels: Record<string, string>;
  readonly container: Container;
  readonly replicas: number;
  readonly secretVolumes: readonly MountedSecret[];
}

export function workloadOf(deployment: KubeObject): Workload {
  const template = deployment.spec.template;
  const container = template.spec.containers[0] as Container;
  return {
    name: deployment.metadata.name,
    namespace: deployment.metadata.namespace ?? 'default',
    account: (template.spec.serviceAccountName as string | undefined) ?? 'default',
    labels: (template.metadata?.labels as Record<string, string> | undefined) ?? {},
    container,
    replicas: (deployment.spec.replicas as number | undefined) ?? 1,
    secretVolumes: (container.volumeMounts ?? []).flatMap((mount) => mountedSecret(template.spec as PodSpec, mount, deployment.metadata.name)),
  };
}

interface PodSpec {
  readonly securityContext?: { readonly fsGroup?: number };
  readonly volumes?: readonly {
    readonly name: string;
    readonly secret?: { readonly secretName: string; readonly items?: MountedSecret['items']; readonly defaultMode?: number };
  }[];
}

/** Of Secrets the lab knows what the library writes: some keys, in a directory, to read only. It makes no other volumes. */
function mountedSecret(pod: PodSpec, mount: NonNullable<Container['volumeMounts']>[number], workload: string): MountedSecret[] {
  const secret = (pod.volumes ?? []).find(({ name }) => name === mount.name)?.secret;
  if (!secret) { return []; }
  if (!secret.items || mount.readOnly !== true || mount.subPath !== undefined) {
    throw new Failure(`${workload}: the lab does not know the volume ${mount.name} as it is mounted at ${mount.mountPath}`);
  }
  const { secretName, items, defaultMode = 0o644 } = secret;
  return [{ secretName, items, defaultMode, mountPath: mount.mountPath, fsGroup: pod.securityContext?.fsGroup }];
}

/** The Secrets a workload asks for, with the keys that it reads. */
export function secretsOf(workload: Workload): Map<string, Set<string>> {
  const secrets = new Map<string, Set<string>>();
  const references = [
    ...(workload.container.env ?? []).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []),
    ...workload.secretVolumes.flatMap(({ secretName, items }) => items.map(({ key }) => ({ name: secretName, key }))),
  ];
  for (const { name, key } of references) {
    secrets.set(name, (secrets.get(name) ?? new Set<string>()).add(key));
  }
  return secrets;
}

/** The environment of a container as the kubelet makes it: a Secret that is not there keeps the container from starting. */
export async function environmentOf(kube: Kube, workload: Workload): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const variable of workload.container.env ?? []) {
    const { secretKeyRef, configMapKeyRef, fieldRef } = variable.valueFrom ?? {};
    if (secretKeyRef) {
      const value = await dataOf(kube, 'Secret', workload.namespace, secretKeyRef);
      if (value !== undefined) { environment[variable.name] = Buffer.from(value, 'base64').toString(); }
    } else if (configMapKeyRef) {
      const value = await dataOf(kube, 'ConfigMap', workload.namespace, configMapKeyRef);
      if (value !== undefined) { environment[variable.name] = value; }
    } else if (fieldRef) {
      throw new Failure(`${workload.name}: the lab does not know fieldRef ${fieldRef.fieldPath}`);
    } else {
      environment[variable.name] = (variable.value ?? '').replace(/\$\(([A-Z_][A-Z0-9_]*)\)/gi, (whole, name: string) => environment[name] ?? whole);
    }
  }
  return environment;
}

export async function dataOf(
  kube: Kube, kind: 'Secret' | 'ConfigMap', namespace: string, reference: { readonly name: string; readonly key: string; readonly optional?: boolean },
): Promise<string | undefined> {
  const object = await kube.get({ apiVersion: 'v1', kind, metadata: { name: reference.name, namespace } });
  const value = object?.data?.[reference.key] as string | undefined;
  if (value === undefined && !reference.optional) {
    throw new Failure(`${kind} ${namespace}/${reference.name} has no ${reference.key}: create it before the workload`);
  }
  return value;
}
