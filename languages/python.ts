import * as fs from 'node:fs';
import * as path from 'node:path';
import { Language, Missing } from './language';
import { manifestOfApp, newApp } from './new-app';
import { attempt, isThere, succeed } from './shell';
import { manifestIn, sourceOf } from './sources';
import { Manifest, manifestsIn } from '../pipelines/objects';

/** The wheel, installed by pip into a virtual environment. */
export const python: Language = {
  id: 'python',
  title: 'Python',
  run: async bench => {
    const { folder, build } = bench;
    if (!await isThere('python3')) {
      throw new Missing('there is no python3');
    }
    const built = await build('python');
    const wheel = fs.readdirSync(built).find(file => file.endsWith('.whl'));
    checkExamples(await succeed('unzip', ['-p', path.join(built, wheel!), '*/METADATA'], folder));
    await succeed('python3', ['-m', 'venv', 'venv'], folder);
    const own = path.join(folder, 'venv/bin/python');
    await succeed(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', path.join(built, wheel!)], folder);
    await succeed(own, [sourceOf('python/gateway.py')], folder);
    const complaint = await attempt(own, [sourceOf('python/mistake.py')], folder);
    await succeed(own, [sourceOf('python/order.py'), ...['argo-cd', 'flux', 'helm'].map(tool => path.join(PIPELINES, tool))], folder);
    checkOrder(manifestsIn(fs.readFileSync(path.join(folder, 'dist/shop.k8s.yaml'), 'utf8')));
    const by = (await succeed(own, ['--version'], folder)).trim();
    const app = await newApp('python', bench);
    await succeed('python3', ['-m', 'venv', '.venv'], app);
    await succeed(path.join(app, '.venv/bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--find-links', built, '-r', 'requirements.txt'], app);
    const text = await manifestOfApp(app, 'main.py', { PATH: `${app}/.venv/bin${path.delimiter}${process.env.PATH}` });
    return { manifests: [{ by, text: manifestIn(folder) }], apps: [{ by, text }], complaints: [{ by, text: complaint.text }] };
  },
};

const PIPELINES = path.join(__dirname, '../pipelines');

/** What docs/pipelines.md has in Python gives each object what that in TypeScript does: a policy is first, and a route to the gateway last. */
function checkOrder(manifests: readonly Manifest[]): void {
  const given = manifests.map(({ kind, metadata: { name, labels, annotations } }) => {
    const [wave, stage] = kind === 'AuthorizationPolicy' ? ['-1', 'policies'] : name.endsWith('.outbound') ? ['1', 'routes'] : ['0', 'services'];
    const kept = kind === 'AuthorizationPolicy' ? ['PruneLast=true', 'keep'] : [undefined, undefined];
    const [hasWave, ...hasKept] = ['argocd.argoproj.io/sync-wave', 'argocd.argoproj.io/sync-options', 'helm.sh/resource-policy'].map(key => annotations?.[key]);
    return { name: `${kind} ${name}`, stage, expected: [wave, stage, ...kept].join(), has: [hasWave, labels?.['egress/stage'], ...hasKept].join() };
  });
  const wrong = given.find(({ expected, has }) => expected !== has);
  if (wrong !== undefined || new Set(given.map(({ stage }) => stage)).size !== 3) {
    throw new Error(`pipelines/ in Python: ${JSON.stringify(wrong ?? given)}`);
  }
}

/** The page of the package on PyPI shows Python. */
function checkExamples(page: string): void {
  const blocks = [...page.matchAll(/^```python[^\n]*\n(.*?)^```$/gms)].map(([, code]) => code);
  const foreign = blocks.find(code => /^import \{|\bconst\b|\bnew [A-Z]/m.test(code));
  if (blocks.length < 10 || foreign !== undefined) {
    throw new Error(`the page of the package has ${blocks.length} examples of Python${foreign === undefined ? '' : `, and one that is none:\n${foreign}`}`);
  }
}
