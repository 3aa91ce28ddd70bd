import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { checkOrder, Manifest, manifestsIn } from './objects';
import { Pipeline } from './pipeline';
import { apply, checkGuarded, goneFrom, remove, Step, Transition, transitionsOf } from './transition';
import { App } from './workspace';
import { difference, objectsOf } from '../bench/peers/objects';

interface PluginConfig {
  readonly spec: {
    readonly discover: { readonly fileName: string };
    readonly generate: { readonly command: readonly string[]; readonly args: readonly string[] };
  };
}

/** A folder of manifests with waves, and a plugin that synthesises. */
export const argoCd: Pipeline = {
  id: 'argo-cd',
  title: 'Argo CD',
  run: async workspace => {
    const app = await workspace.app('argo-cd', { from: ['app', 'argo-cd'] });
    app.replace('main.ts', /^/, 'import { addWaves } from \'./waves\';\n');
    app.replace('main.ts', 'app.synth();', 'addWaves(app);\napp.synth();');
    const transitions = await transitionsOf<Manifest[]>(app, [], async () => {
      await app.shell('npm run synth');
      return manifestsIn(app.read('dist/shop.k8s.yaml'));
    });
    checkOrder(sync(transitions[0]).map(({ object }) => object), 'Argo CD');
    transitions.forEach(transition => checkGuarded(transition.before, sync(transition), `Argo CD, ${transition.title},`));
    app.replace('main.ts', 'app.synth();', 'new Chart(app, \'stock\', { namespace: \'stock\' }).addDependency(chart);\n'
      + 'new ExternalMysql(app.charts[1], \'Stock\', { host: \'stock.example.com\', resolution: Resolution.ipAddresses(\'192.0.2.16\') });\napp.synth();');
    const generated = await generate(app);
    const files = fs.readdirSync(path.join(app.folder, 'dist'));
    const wrong = difference(objectsOf(files.map(file => app.read(path.join('dist', file)))), objectsOf([generated]));
    if (wrong !== undefined) {
      throw new Error(`the plugin ${wrong}`);
    }
    return `waves in order, through ${transitions.length} changes; the plugin's command gives the objects of the ${files.length} files of dist/`;
  },
};

const waveOf = ({ metadata: { annotations } }: Manifest) => Number(annotations?.['argocd.argoproj.io/sync-wave'] ?? '0');

const isPrunedLast = ({ metadata: { annotations } }: Manifest) => annotations?.['argocd.argoproj.io/sync-options'] === 'PruneLast=true';

/**
 * What a sync does, by the rule of Argo CD (getSyncTasks of its sync context): the waves that it prunes swap places, the first with the last; objects of PruneLast have a
 * wave of their own behind all others. A wave is pruned, then applied by kind and name; the kinds of Istio are all the same to it.
 */
function sync({ before, after }: Transition<readonly Manifest[]>): Step[] {
  const gone = goneFrom(before, after);
  const waves = [...new Set(gone.map(waveOf))].sort((a, b) => a - b);
  const swapped = (object: Manifest) => waves[waves.length - 1 - waves.indexOf(waveOf(object))];
  const last = Math.max(0, ...after.map(waveOf), ...gone.map(swapped)) + 1;
  const tasks = [
    ...gone.map(object => ({ wave: isPrunedLast(object) ? last : swapped(object), step: remove(object) })),
    ...[...after].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).map(object => ({ wave: waveOf(object), step: apply(object) })),
  ];
  return tasks.sort((a, b) => a.wave - b.wave).map(({ step }) => step);
}

/** What the plugin prints on its standard output. */
async function generate(app: App): Promise<string> {
  const { spec: { discover, generate: { command, args } } } = parse(app.read('plugin/plugin.yaml')) as PluginConfig;
  if (!fs.existsSync(path.join(app.folder, discover.fileName))) {
    throw new Error(`the plugin is for folders with ${discover.fileName}, which the app does not have`);
  }
  const words = [...command, ...args].map(word => `'${word.replaceAll('\'', '\'\\\'\'')}'`).join(' ');
  return app.shell(`${words} 2> plugin.log`);
}
