import { checkOrder, Manifest, manifestsIn } from './objects';
import { Pipeline } from './pipeline';
import * as tools from './tools';
import { apply, checkGuarded, goneFrom, remove, transitionsOf } from './transition';
import { App } from './workspace';
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
    keepPolicies(app);
    await plain.shell('npm run synth');
    await app.shell('npm run synth');
    await succeed(program, ['lint', '--strict', 'chart'], app.folder);
    const rendered = await succeed(program, ['template', 'shop-egress', 'chart'], app.folder);
    const wrong = difference(objectsOf([plain.read('dist/shop.k8s.yaml')]), objectsOf([rendered.replaceAll(/^ {2}annotations:\n {4}helm\.sh\/resource-policy: keep\n/gm, '')]));
    if (wrong !== undefined) {
      throw new Error(`helm template ${wrong}`);
    }
    checkOrder(manifestsIn(rendered), 'helm install');
    const transitions = await transitionsOf<Manifest[]>(app, [], async () => {
      await app.shell('npm run synth');
      return manifestsIn(await succeed(program, ['template', 'shop-egress', 'chart'], app.folder));
    });
    // Helm applies all that a chart has, then deletes what it has no longer, by kind and name, too.
    transitions.forEach(({ title, before, after }) => (
      checkGuarded(before, [...after.map(apply), ...goneFrom(before, after).filter(object => !isKept(object)).map(remove)], `Helm, ${title},`)));
    // What Prometheus is to fill in, Helm would.
    app.replace('main.ts', '{ EgressGateway', '{ EgressTelemetry, TelemetryTarget, EgressGateway');
    app.replace('main.ts', 'app.synth', 'new EgressTelemetry(chart, \'Telemetry\', { target: TelemetryTarget.gateway(EgressGateway.istioEgressGateway()) });\napp.synth');
    await app.shell('npm run synth');
    const { text, code } = await attempt(program, ['template', 'shop-egress', 'chart'], app.folder);
    if (code === 0) {
      throw new Error(`helm template renders alerts, which docs/pipelines.md says it does not:\n${text}`);
    }
    return `helm lint and template of ${manifestsIn(rendered).length} objects, which are those of dist/, in order, through ${transitions.length} changes`;
  },
};

const isKept = ({ metadata: { annotations } }: Manifest) => annotations?.['helm.sh/resource-policy'] === 'keep';

/** Calls what pipelines/helm/policies.ts has. */
export function keepPolicies(app: App): void {
  app.replace('main.ts', /^/, 'import { keepPolicies } from \'./policies\';\n');
  app.replace('main.ts', 'app.synth();', 'keepPolicies(app);\napp.synth();');
}
