import { checkOrder, Manifest, manifestsIn, nameOf } from './objects';
import { Pipeline } from './pipeline';
import * as tools from './tools';
import { difference, objectsOf } from '../bench/peers/objects';
import { succeed } from '../languages/shell';

/** Overlays over what is synthesised. */
export const kustomize: Pipeline = {
  id: 'kustomize',
  title: 'Kustomize',
  run: async workspace => {
    const program = await tools.kustomize();
    const app = await workspace.app('kustomize', { from: ['app', 'kustomize'] });
    await app.shell('npm run synth');
    const build = (overlay: string) => succeed(program, ['build', `overlays/${overlay}`], app.folder);
    const [staging, production] = [await build('staging'), await build('production')];
    [staging, production].forEach(text => checkOrder(manifestsIn(text), 'kubectl apply -k'));
    const wrong = difference(objectsOf([app.read('base/dist/shop.k8s.yaml')]), objectsOf([production.replaceAll(/^ {2}labels:\n {4}environment: production\n/gm, '')]));
    if (wrong !== undefined) {
      throw new Error(`the overlay of production ${wrong}`);
    }
    const other = changed(manifestsIn(production), manifestsIn(staging.replaceAll('environment: staging', 'environment: production')));
    if (other.join() !== 'ServiceEntry shop/orders.shop,ServiceEntry shop/orders.shop.upstream.3306') {
      throw new Error(`the overlay of staging changes ${other.join(', ')}`);
    }
    await app.shell(`"${program}" build overlays/staging | npx cdk8s-istio-egress lint --strict --outbound-traffic-policy REGISTRY_ONLY -`);
    app.replace('overlays/production/kustomization.yaml', 'labels:', 'namePrefix: production-\nlabels:');
    const found = await app.shell(`"${program}" build overlays/production | npx cdk8s-istio-egress lint --outbound-traffic-policy REGISTRY_ONLY - || true`);
    if (!found.includes('MX0305 gateway-missing')) {
      throw new Error(`lint does not notice what namePrefix breaks:\n${found}`);
    }
    return 'kustomize build of two overlays, in order and clean; lint notices what namePrefix breaks';
  },
};

function changed(before: readonly Manifest[], after: readonly Manifest[]): string[] {
  return after.filter((manifest, i) => JSON.stringify(manifest) !== JSON.stringify(before[i])).map(nameOf);
}
