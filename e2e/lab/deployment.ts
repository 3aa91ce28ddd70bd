import * as path from 'node:path';
import type { KubeObject } from './kube';
import type { Lab } from './lab';
import type { Parts } from './parts';
import type { Pod } from './pod';
import { SecretVolume } from './secret-volume';
import { waitFor } from './wait';
import { environmentOf, secretsOf, type Workload, workloadOf } from './workload';

interface Application {
  readonly command: readonly string[];
  /** What the image itself sets. */
  readonly environment: Record<string, string>;
  readonly port: number;
}

/** The program in an image, when the lab has it. The pods of other images only call. */
function applicationOf(image: string, parts: Parts): Application | undefined {
  const [, app, version] = /examples-bookinfo-(ratings|details)-(v\d+):/.exec(image) ?? [];
  switch (app) {
    case 'ratings':
      return {
        command: [process.execPath, path.join(parts.ratings, 'ratings.js'), '9080'],
        environment: { SERVICE_VERSION: version, NODE_PATH: path.join(parts.ratings, 'node_modules') },
        port: 9080,
      };
    case 'details':
      return {
        command: ['ruby', path.join(parts.istio, 'samples/bookinfo/src/details/details.rb'), '9080'],
        environment: { SERVICE_VERSION: version, ENABLE_EXTERNAL_BOOK_SERVICE: String(version === 'v2') },
        port: 9080,
      };
    default:
      return undefined;
  }
}

/** What an operator keeps in the Secrets that a manifest refers to, by key. */
export type SecretValues = Record<string, string>;

export interface DeployOptions {
  readonly secrets?: SecretValues;
  readonly dnsCapture?: boolean;
}

/** A Deployment as it runs: its pod, with the environment that the manifest gives it. */
export class Deployment {
  static async start(lab: Lab, manifest: KubeObject, options: DeployOptions = {}): Promise<Deployment> {
    const workload = workloadOf(manifest);
    for (const [name, keys] of secretsOf(workload)) {
      const stringData = Object.fromEntries([...keys].map((key) => [key, options.secrets?.[key] ?? '']));
      await lab.kube.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: workload.namespace }, stringData });
    }
    const pod = await lab.pod({
      name: `${workload.name}-0`,
      namespace: workload.namespace,
      account: workload.account,
      labels: workload.labels,
      workload: workload.name,
      ports: workload.container.ports,
      dnsCapture: options.dnsCapture,
    });
    const environment = await environmentOf(lab.kube, workload);
    const volumes = await Promise.all(workload.secretVolumes.map((secret) => SecretVolume.mount(lab.kube, pod, secret)));
    const application = applicationOf(workload.container.image, lab.parts);
    if (application) {
      const service = pod.service('application', application.command, { PATH: process.env.PATH ?? '', ...application.environment, ...environment });
      await waitFor(`${workload.name}: port ${application.port}`, async () => service.running
        && (await pod.exec(['curl', '-s', '-o', '/dev/null', '-m', '2', `http://127.0.0.1:${application.port}/health`])).code === 0);
    }
    return new Deployment(workload, pod, environment, volumes);
  }

  private constructor(
    readonly workload: Workload, readonly pod: Pod, readonly environment: Readonly<Record<string, string>>,
    private readonly volumes: readonly SecretVolume[],
  ) {}

  /** What the kubelet does once in a minute: the files become those that the Secrets have now. The environment stays as it is. */
  async syncVolumes(): Promise<void> {
    await Promise.all(this.volumes.map((volume) => volume.sync()));
  }
}
