import { checkOrder, manifestsIn } from './objects';
import { Pipeline } from './pipeline';
import * as tools from './tools';
import { difference, objectsOf } from '../bench/peers/objects';
import { attempt, succeed } from '../languages/shell';

/** A chart that cdk8s writes. */
export const helm: Pipeline = {
  id: 'helm',
  title: 'Helm',
  run: async workspace => {
    const program = await tools.helm();
    const plain = await workspace.app('plain', { from: ['app'] });
    const app = await workspace.app('helm', { from: ['app', 'helm'] });
    await plain.shell('npm run synth');
    await app.shell('npm run synth');
    await succeed(program, ['lint', '--strict', 'chart'], app.folder);
    const rendered = await succeed(program, ['template', 'shop-egress', 'chart'], app.folder);
    const wrong = difference(objectsOf([plain.read('dist/shop.k8s.yaml')]), objectsOf([rendered]));
    if (wrong !== undefined) {
      throw new Error(`helm template ${wrong}`);
    }
    checkOrder(manifestsIn(rendered), 'helm install');
    // What Prometheus is to fill in, Helm would.
    app.replace('main.ts', '{ EgressGateway', '{ EgressTelemetry, TelemetryTarget, EgressGateway');
    app.replace('main.ts', 'app.synth', 'new EgressTelemetry(chart, \'Telemetry\', { target: TelemetryTarget.gateway(EgressGateway.istioEgressGateway()) });\napp.synth');
    await app.shell('npm run synth');
    const { text, code } = await attempt(program, ['template', 'shop-egress', 'chart'], app.folder);
    if (code === 0) {
      throw new Error(`helm template renders alerts, which docs/pipelines.md says it does not:\n${text}`);
    }
    return `helm lint and template of ${manifestsIn(rendered).length} objects, which are those of dist/, in order`;
  },
};
