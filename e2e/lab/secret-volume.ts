import * as fs from 'node:fs';
import * as path from 'node:path';
import { Failure } from './failure';
import type { Kube } from './kube';
import type { Pod } from './pod';
import { dataOf, type MountedSecret } from './workload';

/**
 * A volume of a Secret as the kubelet keeps it: the files of one state in a folder of its own, `..data` leads to it, and each name leads through `..data`. A new
 * state is a new folder, and `..data` is replaced at once.
 */
export class SecretVolume {
  static async mount(kube: Kube, pod: Pod, secret: MountedSecret): Promise<SecretVolume> {
    const { mountPath } = secret;
    if (!/^\/(etc|run)\//.test(mountPath)) {
      throw new Failure(`${pod.name}: a pod of the lab has /etc and /run for itself and nothing else, and a volume is to be mounted at ${mountPath}`);
    }
    const name = mountPath.slice(1).replaceAll('/', '-');
    const volume = new SecretVolume(kube, pod, secret, path.join(pod.machine.run, 'volumes', name));
    fs.mkdirSync(volume.folder, { recursive: true });
    await volume.sync();
    const inside = `/run/volumes/${name}`;
    await pod.machine.must(['sh', '-c', 'mkdir -p "$1" && mount --bind "$0" "$1" && mount -o remount,bind,ro "$1"', inside, mountPath]);
    return volume;
  }

  private state = 0;

  private constructor(
    private readonly kube: Kube, private readonly pod: Pod, private readonly secret: MountedSecret, private readonly folder: string,
  ) {}

  /** Makes the files those that the Secret has now. */
  async sync(): Promise<void> {
    const { secretName, items, defaultMode, fsGroup } = this.secret;
    const old = path.join(this.folder, `..${this.state}`);
    this.state += 1;
    const now = path.join(this.folder, `..${this.state}`);
    fs.mkdirSync(now, { recursive: true });
    for (const item of items) {
      const value = await dataOf(this.kube, 'Secret', this.pod.namespace, { name: secretName, key: item.key });
      const file = path.join(now, item.path);
      fs.writeFileSync(file, Buffer.from(value ?? '', 'base64'));
      fs.chownSync(file, 0, fsGroup ?? 0);
      // with a group, the kubelet lets it read, whatever the mode
      fs.chmodSync(file, fsGroup === undefined ? defaultMode : Math.max(defaultMode, 0o440));
      const link = path.join(this.folder, item.path);
      if (!fs.existsSync(link)) { fs.symlinkSync(path.join('..data', item.path), link); }
    }
    const data = path.join(this.folder, '..data');
    fs.symlinkSync(path.basename(now), `${data}_tmp`);
    fs.renameSync(`${data}_tmp`, data);
    fs.rmSync(old, { recursive: true, force: true });
  }
}
