import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Manifest, manifestsIn, nameOf } from './objects';
import { Pipeline } from './pipeline';
import { fluxBuild } from './tools';
import { apply, checkGuarded, goneFrom, remove, Transition, transitionsOf } from './transition';
import { difference, objectsOf } from '../bench/peers/objects';

interface Kustomization {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly prune: boolean; readonly dependsOn?: readonly { readonly name: string }[] };
}

/** The names of Kustomizations of which each waits for those before it; the rest is left out. */
function inOrder(kustomizations: readonly Kustomization[], before: readonly string[] = []): string[] {
  const next = kustomizations.find(({ metadata: { name }, spec: { dependsOn = [] } }) => (
    !before.includes(name) && dependsOn.map(other => other.name).join() === before.slice(-1).join()));
  return next === undefined ? [...before] : inOrder(kustomizations, [...before, next.metadata.name]);
}

/** Three Kustomizations, one after the other. */
export const flux: Pipeline = {
  id: 'flux',
  title: 'Flux',
  run: async workspace => {
    const program = await fluxBuild();
    const app = await workspace.app('flux', { from: ['app', 'flux'] });
    app.replace('main.ts', /^/, 'import { addStages } from \'./stages\';\n');
    app.replace('main.ts', 'app.synth();', 'addStages(app);\napp.synth();');
    const stages = ['shop-egress-policies', 'shop-egress-services', 'shop-egress-routes'];
    const kustomizations = parseAllDocuments(app.read('egress.yaml')).map(document => document.toJS() as Kustomization).filter(({ kind }) => kind === 'Kustomization');
    const order = inOrder(kustomizations);
    if (order.join() !== stages.join()) {
      throw new Error(`the Kustomizations are applied as ${order.join(', ')}`);
    }
    const build = async () => {
      await app.shell('npm run synth');
      // The artifact has what the GitRepository does not ignore.
      const artifact = path.join(app.folder, 'artifact');
      fs.cpSync(path.join(app.folder, 'dist'), path.join(artifact, 'dist'), { recursive: true });
      const built = JSON.parse(execFileSync(program, [artifact, path.join(app.folder, 'egress.yaml')], { encoding: 'utf8' })) as { readonly [name: string]: string };
      const texts = stages.map(stage => built[stage]);
      const wrong = difference(objectsOf([app.read('dist/shop.k8s.yaml')]), objectsOf(texts));
      if (wrong !== undefined) {
        throw new Error(`the three Kustomizations together: ${wrong}`);
      }
      return texts.map(manifestsIn);
    };
    const transitions = await transitionsOf<Manifest[][]>(app, [[], [], []], build);
    const [policies, services, routes] = transitions[0].after;
    const kinds = [...new Set(policies.map(({ kind }) => kind))].join();
    const outbound = routes.map(nameOf).join();
    if (kinds !== 'AuthorizationPolicy' || outbound !== 'VirtualService shop/orders.shop.outbound,VirtualService shop/sessions.shop.outbound') {
      throw new Error(`the Kustomization of policies has ${kinds}, that of routes ${outbound}`);
    }
    const prunes = stages.map(stage => kustomizations.some(({ metadata: { name }, spec: { prune } }) => name === stage && prune));
    transitions.forEach(transition => checkGuarded(transition.before.flat(), reconcile(transition, prunes), `Flux, ${transition.title},`));
    // Whoever forgets the labels loses the order, and no object.
    app.replace('main.ts', 'addStages(app);\n', '');
    const forgotten = await build();
    if (forgotten.map(objects => objects.length > 0).join() !== 'false,true,false') {
      throw new Error(`without addStages(app) the Kustomizations have ${forgotten.map(objects => objects.length).join(', ')} objects`);
    }
    // Labels that come to an app which runs already: why docs/pipelines.md has the Kustomization of services prune nothing for a while.
    const labelled = { title: 'labels that come', before: forgotten, after: transitions[0].after };
    const removed = (way: readonly boolean[]) => reconcile(labelled, way).filter(({ does }) => does === 'remove').map(({ object }) => nameOf(object));
    const [lost, kept] = [removed(prunes), removed([false, false, true])];
    if (!lost.includes('VirtualService shop/orders.shop.outbound') || kept.length > 0) {
      throw new Error(`when labels come, the Kustomization of services deletes ${lost.join(', ')}, and with prune: false ${kept.join(', ') || 'nothing'}`);
    }
    return `built as kustomize-controller builds: ${[policies, services, routes].map(objects => objects.length).join(', ')} objects, through ${transitions.length} changes`;
  },
};

/** What Kustomizations do, of which each waits for the one before: each applies its objects, then prunes those of its own that are gone. */
function reconcile({ before, after }: Transition<readonly Manifest[][]>, prunes: readonly boolean[]) {
  return after.flatMap((objects, i) => [...objects.map(apply), ...prunes[i] ? goneFrom(before[i], objects).map(remove) : []]);
}
