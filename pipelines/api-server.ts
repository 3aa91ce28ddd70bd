import * as path from 'node:path';
import { keepPolicies } from './helm';
import { Pipeline } from './pipeline';
import * as tools from './tools';
import { enter } from '../e2e/lab/namespaces';
import { prepareApiServer } from '../e2e/lab/parts';
import { Missing } from '../languages/language';
import { attempt } from '../languages/shell';

/** The newest that Go 1.26 reads. */
const ARGO_CD = 'github.com/argoproj/argo-cd/v3@v3.5.7';
const KUSTOMIZE_CONTROLLER = 'github.com/fluxcd/kustomize-controller@v1.9.0';
const SOURCE_CONTROLLER = 'github.com/fluxcd/source-controller@v1.9.0';

const PROGRAMS = ['etcd', 'kubectl', 'openssl', 'unshare', 'setpriv', 'go'];

/** What the program inside of the namespaces is told. */
export interface Plan {
  /** Where an app of each kind is. */
  readonly kubectl: string;
  readonly helm: string;
  /** An empty folder. */
  readonly folder: string;
  readonly kubeApiserver: string;
  readonly helmProgram: string;
  /** The sources of Istio, Argo CD and Flux. */
  readonly istio: string;
  readonly argoCd: string;
  readonly kustomizeController: string;
  readonly sourceController: string;
}

/** What is applied to a real API server: objects, charts, and those of Argo CD and Flux. */
export const apiServer: Pipeline = {
  id: 'api-server',
  title: 'kubectl and an API server',
  run: async workspace => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      throw new Missing('an API server is started as root on Linux');
    }
    const { text } = await attempt('bash', ['-c', `for program in ${PROGRAMS.join(' ')}; do command -v $program > /dev/null || echo $program; done`], workspace.folder);
    if (text !== '') {
      throw new Missing(`there is no ${text.trim().split('\n').join(', ')}: run e2e/install`);
    }
    const kubectl = await workspace.app('kubectl', { from: ['app', 'kubectl'] });
    const helm = await workspace.app('installed', { from: ['app', 'helm'] });
    keepPolicies(helm);
    await Promise.all([kubectl, helm].map(app => app.shell('npm run synth')));
    const plan: Plan = {
      ...await prepareApiServer(line => process.stderr.write(`pipelines: ${line}\n`)),
      kubectl: kubectl.folder,
      helm: helm.folder,
      folder: path.join(workspace.folder, 'api-server'),
      helmProgram: await tools.helm(),
      argoCd: await tools.sourcesOf(ARGO_CD),
      kustomizeController: await tools.sourcesOf(KUSTOMIZE_CONTROLLER),
      sourceController: await tools.sourcesOf(SOURCE_CONTROLLER),
    };
    const { code, output } = await enter(path.join(__dirname, 'inside-api-server.ts'), plan, 'kept');
    if (code !== 0) {
      throw new Error(output.trim());
    }
    return output.trim();
  },
};
