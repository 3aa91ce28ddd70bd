import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { manifestsIn, nameOf } from './objects';
import { Pipeline } from './pipeline';
import { fluxBuild } from './tools';
import { difference, objectsOf } from '../bench/peers/objects';

interface Kustomization {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly dependsOn?: readonly { readonly name: string }[] };
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
    await app.shell('npm run synth');
    // The artifact has what the GitRepository does not ignore.
    const artifact = path.join(app.folder, 'artifact');
    fs.cpSync(path.join(app.folder, 'dist'), path.join(artifact, 'dist'), { recursive: true });
    const built = JSON.parse(execFileSync(program, [artifact, path.join(app.folder, 'egress.yaml')], { encoding: 'utf8' })) as { readonly [name: string]: string };
    const [policies, services, routes] = ['policies', 'services', 'routes'].map(stage => built[`shop-egress-${stage}`]);
    const wrong = difference(objectsOf([app.read('dist/shop.k8s.yaml')]), objectsOf([policies, services, routes]));
    if (wrong !== undefined) {
      throw new Error(`the three Kustomizations together: ${wrong}`);
    }
    const order = inOrder(parseAllDocuments(app.read('egress.yaml')).map(document => document.toJS() as Kustomization).filter(({ kind }) => kind === 'Kustomization'));
    if (order.join() !== 'shop-egress-policies,shop-egress-services,shop-egress-routes') {
      throw new Error(`the Kustomizations are applied as ${order.join(', ')}`);
    }
    const kinds = [...new Set(manifestsIn(policies).map(({ kind }) => kind))].join();
    const outbound = manifestsIn(routes).map(nameOf).join();
    if (kinds !== 'AuthorizationPolicy' || outbound !== 'VirtualService shop/orders.shop.outbound,VirtualService shop/sessions.shop.outbound') {
      throw new Error(`the Kustomization of policies has ${kinds}, that of routes ${outbound}`);
    }
    return `built as kustomize-controller builds: ${[policies, services, routes].map(text => manifestsIn(text).length).join(', ')} objects`;
  },
};
