import * as fs from 'node:fs';
import * as path from 'node:path';
import { Failure } from './failure';
import type { Kube, KubeObject } from './kube';
import type { Lab } from './lab';
import type { Pod } from './pod';
import { must, type Outcome } from './processes';

interface Item {
  readonly key: string;
  readonly path: string;
}

interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string; readonly defaultMode?: number };
  readonly secret?: { readonly secretName: string; readonly defaultMode?: number; readonly items?: readonly Item[] };
  readonly projected?: {
    readonly defaultMode?: number;
    readonly sources: readonly { readonly secret: { readonly name: string; readonly items?: readonly Item[] } }[];
  };
  readonly emptyDir?: unknown;
}

/** What runs in the pods of a Job. */
interface JobPod {
  readonly serviceAccountName: string;
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number; readonly fsGroup: number };
  readonly containers: readonly {
    readonly command: readonly string[];
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  }[];
  readonly volumes: readonly Volume[];
}

/** A run of a Job: its pod, and how its command ended. */
export interface JobRun {
  readonly pod: Pod;
  readonly outcome: Outcome;
}

/** Everything by its name in the API. */
type Secrets = Readonly<Record<string, Readonly<Record<string, string | Buffer>>>>;

export async function putSecrets(kube: Kube, namespace: string, secrets: Secrets): Promise<void> {
  for (const [name, values] of Object.entries(secrets)) {
    const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
    await kube.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data });
  }
}

let runs = 0;

/**
 * Runs the command of a Job that was applied, as the kubelet does: in a pod of its account, with its mounts, as its user, with a root that cannot be
 * written. Its programs are those of this machine, not those of its image.
 */
export async function runJob(lab: Lab, job: KubeObject): Promise<JobRun> {
  const namespace = job.metadata.namespace ?? 'default';
  const { metadata, spec } = job.spec.template as { metadata: { labels: Record<string, string> }; spec: JobPod };
  const pod = await lab.pod({
    name: `${job.metadata.name}-${++runs}`, namespace, account: spec.serviceAccountName, labels: metadata.labels, workload: job.metadata.name,
  });
  const root = await rootOf(lab, pod, namespace, spec);
  const [{ command, env }] = spec.containers;
  const { runAsUser, runAsGroup, fsGroup } = spec.securityContext;
  const outcome = await pod.exec([
    '/usr/sbin/chroot', root, 'setpriv', `--reuid=${runAsUser}`, `--regid=${runAsGroup}`, `--groups=${fsGroup}`, '--no-new-privs', '--bounding-set=-all', '--', ...command,
  ], { timeout: 150, env: { PATH: '/usr/bin:/bin', ...Object.fromEntries(env.map(({ name, value }) => [name, value])) } });
  return { pod, outcome };
}

/** The file system of a container, inside the pod. */
async function rootOf(lab: Lab, pod: Pod, namespace: string, { containers: [{ volumeMounts }], volumes, securityContext }: JobPod): Promise<string> {
  const at = '/run/container';
  const here = path.join(pod.machine.run, 'container');
  for (const folder of ['upper', 'work', 'root', 'volumes']) { fs.mkdirSync(path.join(here, folder), { recursive: true }); }
  const mounts: string[] = [];
  for (const { name, mountPath } of volumeMounts) {
    const volume = volumes.find((candidate) => candidate.name === name);
    if (!volume) { throw new Failure(`${pod.name}: no volume ${name}`); }
    fs.mkdirSync(path.join(here, 'upper', mountPath), { recursive: true });
    if (volume.emptyDir) {
      mounts.push(`mount -t tmpfs -o size=16m,mode=0770,gid=${securityContext.fsGroup} tmpfs ${at}/root${mountPath}`);
      continue;
    }
    const folder = path.join(here, 'volumes', name);
    for (const [file, content, mode] of await filesOf(lab.kube, namespace, volume)) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), content);
      fs.chmodSync(path.join(folder, file), mode);
      fs.chownSync(path.join(folder, file), 0, securityContext.fsGroup);
    }
    mounts.push(`mount --bind ${at}/volumes/${name} ${at}/root${mountPath}`, `mount -o remount,ro,bind ${at}/root${mountPath}`);
  }
  await pod.machine.must(['sh', '-ec', [
    `mount -t overlay overlay -o lowerdir=/,upperdir=${at}/upper,workdir=${at}/work ${at}/root`,
    ...['/etc', '/proc', '/dev'].map((folder) => `mount --rbind ${folder} ${at}/root${folder}`),
    `mount -o remount,ro ${at}/root`,
    ...mounts,
  ].join('\n')]);
  return `${at}/root`;
}

/** The files of a volume, with their modes. */
async function filesOf(kube: Kube, namespace: string, volume: Volume): Promise<[file: string, content: Buffer, mode: number][]> {
  const read = async (kind: 'Secret' | 'ConfigMap', name: string): Promise<Record<string, Buffer>> => {
    const object = await kube.get({ apiVersion: 'v1', kind, metadata: { name, namespace } });
    if (!object) { throw new Failure(`${kind} ${namespace}/${name} is not there`); }
    return Object.fromEntries(Object.entries((object.data ?? {}) as Record<string, string>)
      .map(([key, value]) => [key, kind === 'Secret' ? Buffer.from(value, 'base64') : Buffer.from(value)]));
  };
  const pick = async (name: string, items: readonly Item[] | undefined, mode: number): Promise<[string, Buffer, number][]> => {
    const data = await read('Secret', name);
    return (items ?? Object.keys(data).map((key) => ({ key, path: key }))).map((item) => {
      if (!data[item.key]) { throw new Failure(`Secret ${namespace}/${name} has no ${item.key}`); }
      return [item.path, data[item.key], mode];
    });
  };
  if (volume.configMap) {
    const mode = volume.configMap.defaultMode ?? 0o644;
    return Object.entries(await read('ConfigMap', volume.configMap.name)).map(([file, content]) => [file, content, mode]);
  }
  if (volume.secret) { return pick(volume.secret.secretName, volume.secret.items, volume.secret.defaultMode ?? 0o644); }
  const { sources = [], defaultMode = 0o644 } = volume.projected ?? {};
  return (await Promise.all(sources.map(({ secret }) => pick(secret.name, secret.items, defaultMode)))).flat();
}

/** Runs the script of a Job where its files are, without a mesh in between: for hundreds of runs. */
export interface BareScript {
  run(secrets: Readonly<Record<string, Buffer>>): Promise<Outcome>;
}

export async function bareScript(
  manifest: readonly KubeObject[], folder: string,
  exec: (argv: readonly string[], options: { env: Record<string, string> }) => Promise<Outcome>, host: string,
): Promise<BareScript> {
  const one = (kind: string): KubeObject => manifest.find((object) => object.kind === kind)!;
  await must(['mkdir', '-p', folder]);
  Object.entries(one('ConfigMap').data as Record<string, string>).forEach(([file, content]) => fs.writeFileSync(path.join(folder, file), content));
  const { env } = (one('Job').spec.template.spec as JobPod).containers[0];
  return {
    run: (secrets) => {
      for (const [file, content] of Object.entries(secrets)) {
        fs.mkdirSync(path.dirname(path.join(folder, 'secrets', file)), { recursive: true });
        fs.writeFileSync(path.join(folder, 'secrets', file), content);
      }
      return exec(['bash', path.join(folder, 'bootstrap.sh')], {
        env: { PATH: process.env.PATH ?? '', ...Object.fromEntries(env.map(({ name, value }) => [name, value])), DB_HOST: host, DB_SECRETS: path.join(folder, 'secrets') },
      });
    },
  };
}
