import { Container, listOf, PodSpec, sortKeys } from './pod';
import { quote } from '../private/fail';
import { FilesModel } from '../private/model';
import { volumeName } from '../private/names';
import { overlaps } from '../values/credentials-delivery';

/** Keys of a Secret that a container finds as files. */
export interface SecretFiles extends FilesModel {
  /** The path of the service that they belong to. */
  readonly path: string;
  readonly secretName: string;
  readonly keys: readonly string[];
}

/** The files of one directory of a container. */
interface Directory extends FilesModel {
  readonly secretName: string;
  readonly keys: readonly string[];
  readonly volume: string;
}

/** Two services that have one Secret share a directory, which then has the keys of both. */
function directoriesOf(files: readonly SecretFiles[]): Directory[] {
  const mountPaths = [...new Set(files.map(({ mountPath }) => mountPath))].sort();
  return mountPaths.map(mountPath => {
    const here = files.filter(file => file.mountPath === mountPath);
    const [{ secretName, defaultMode }] = here;
    const keys = [...new Set(here.flatMap(file => file.keys))].sort();
    return { mountPath, secretName, defaultMode, keys, volume: volumeName(secretName, defaultMode, keys) };
  });
}

/** Mounts the files of each container, each volume once. */
export function mountFiles(pod: PodSpec, filesOf: ReadonlyMap<Container, readonly SecretFiles[]>): void {
  const volumes = new Map<string, NonNullable<PodSpec['volumes']>[number]>();
  for (const [container, files] of filesOf) {
    const directories = directoriesOf(files);
    for (const { volume, secretName, defaultMode, keys } of directories) {
      volumes.set(volume, { name: volume, secret: { defaultMode, items: keys.map(key => ({ key, path: key })), secretName } });
    }
    const mounts = directories.map(({ mountPath, volume }) => ({ mountPath, name: volume, readOnly: true }));
    sortKeys(Object.assign(container, { volumeMounts: [...listOf(container.volumeMounts), ...mounts] }));
  }
  sortKeys(Object.assign(pod, { volumes: [...listOf(pod.volumes), ...volumes.values()] }));
}

/** What keeps the files of a connection from being mounted, or from being read. */
export function problemsOfFiles(workload: string, pod: PodSpec, container: Container, files: SecretFiles, others: readonly SecretFiles[]): string[] {
  const { mountPath, secretName, defaultMode } = files;
  const what = `workload '${workload}'`;
  const mount = listOf(container.volumeMounts).find(candidate => typeof candidate.mountPath === 'string' && overlaps(normal(candidate.mountPath), mountPath));
  const other = others.find(candidate => overlaps(candidate.mountPath, mountPath)
    && (candidate.mountPath !== mountPath || candidate.secretName !== secretName || candidate.defaultMode !== defaultMode));
  const ours = directoriesOf([files, ...others]).map(({ volume }) => volume);
  const volume = listOf(pod.volumes).find(({ name }) => ours.includes(String(name)));
  return [
    ...mount ? [`${what} mounts the volume ${quote(mount.name)} at ${quote(mount.mountPath)}, and CredentialsDelivery.files() would mount at ${quote(mountPath)}: choose a `
      + 'directory of its own'] : [],
    ...other ? [`${what} gets files of the Secret ${quote(other.secretName)} at ${quote(other.mountPath)} from '${other.path}', and others at ${quote(mountPath)}: give each `
      + 'Secret and each mode a directory of its own with CredentialsDelivery.files()'] : [],
    ...volume ? [`${what} has a volume ${quote(volume.name)}, which is the name of the one for the Secret ${quote(secretName)}: rename it there`] : [],
    ...isReadable(pod, container, defaultMode) ? [] : [`${what} does not run as root and could not read the files of the Secret ${quote(secretName)}, which belong to root and `
      + 'to the group of the pod: set \'securityContext.fsGroup\' of the pod; where the cluster sets it, give CredentialsDelivery.files() a \'defaultMode\' of 0o444'],
  ];
}

/** A trailing slash is the same directory. */
function normal(path: string): string {
  return path.replace(/\/+$/, '');
}

/** As far as the pod template says: the user of an image is not known. With `fsGroup` the kubelet gives the files to that group and lets it read. */
function isReadable({ securityContext: ofPod = {} }: PodSpec, { securityContext: ofContainer = {} }: Container, mode: number): boolean {
  const user = ofContainer.runAsUser ?? ofPod.runAsUser;
  const nonRoot = user === undefined ? (ofContainer.runAsNonRoot ?? ofPod.runAsNonRoot) === true : user !== 0;
  const group = ofContainer.runAsGroup ?? ofPod.runAsGroup;
  return !nonRoot || ofPod.fsGroup !== undefined || mode === 0o444 || (group === 0 && mode === 0o440);
}
