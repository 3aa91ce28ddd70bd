/** Runs inside the namespaces that api-server.ts has made; not called by hand. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Plan } from './api-server';
import { OF_ACCOUNT, OF_NAMESPACE } from './transition';
import { ApiServer } from '../e2e/lab/api-server';
import { Kube } from '../e2e/lab/kube';
import { must, run } from '../e2e/lab/processes';
import { elsewhere } from '../languages/shell';

const KINDS = 'serviceentries,gateways.networking.istio.io,virtualservices,destinationrules,authorizationpolicies';

const CLUSTER = { namespaces: ['shop', 'reporting', 'istio-system', 'argocd', 'flux-system'], innocent: 'another-team' };

/** A team's shell, with access to the cluster. */
class Shell {
  private readonly env: Record<string, string>;

  constructor(private readonly kube: Kube, home: string) {
    const env = { ...process.env, ...elsewhere(), KUBECONFIG: kube.config, HOME: home };
    this.env = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  run(line: string, cwd: string): Promise<string> {
    return must(['bash', '-ec', line], { cwd, env: this.env, timeout: 120 });
  }

  /** What a team is told of a line that has to fail. */
  async refused(line: string, cwd: string): Promise<string> {
    const { code, stderr } = await run(['bash', '-ec', line], { cwd, env: this.env, timeout: 120 });
    if (code === 0) {
      throw new Error(`"${line}" is not refused`);
    }
    return stderr;
  }

  /** Every object of the mesh in the cluster. */
  async objects(): Promise<string[]> {
    const outcome = await this.kube.kubectl(['get', KINDS, '--all-namespaces', '--output', 'jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{"\\n"}{end}']);
    return outcome.stdout.trim().split('\n').filter(line => line !== '').sort();
  }
}

async function main(plan: Plan): Promise<string> {
  await must(['sh', '-ec', 'ip link set lo up']);
  const { kube } = await ApiServer.start({ folder: plan.folder, address: '127.0.0.1', binary: plan.kubeApiserver });
  const crds = [
    path.join(plan.istio, 'manifests/charts/base/files/crd-all.gen.yaml'),
    path.join(plan.argoCd, 'manifests/crds/application-crd.yaml'),
    path.join(plan.kustomizeController, 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml'),
    path.join(plan.sourceController, 'config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml'),
  ];
  const shell = new Shell(kube, plan.folder);
  await shell.run(`kubectl apply --server-side ${crds.map(file => `-f ${file}`).join(' ')}; kubectl wait --for=condition=Established crd --all`, plan.folder);
  for (const name of CLUSTER.namespaces) {
    await kube.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  await kube.put({ apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: { name: CLUSTER.innocent, namespace: 'shop' }, spec: { servers: [{ hosts: ['a.example.com'], port: { number: 80, name: 'http', protocol: 'HTTP' } }] } });
  return [await applySet(shell, plan.kubectl), await charts(shell, plan), await objectsOfTools(shell, plan)].join('; ');
}

/** Apply, apply again, remove a service and apply again. */
async function applySet(shell: Shell, app: string): Promise<string> {
  const refusal = await shell.refused('KUBECTL_APPLYSET=true kubectl apply --server-side --dry-run=server --namespace shop --applyset=shop-egress --prune -f dist', app);
  if (!refusal.includes('does not match the namespace')) {
    throw new Error(`kubectl refuses a Secret as the parent for another reason: ${refusal}`);
  }
  await shell.run('kubectl apply -f apply-set-kind.yaml; kubectl wait --for=condition=Established crd/applysets.egress.example.com; ./apply.sh create', app);
  await shell.run('./apply.sh', app);
  const first = await shell.objects();
  await shell.run('./apply.sh', app);
  same(first, await shell.objects(), 'a second ./apply.sh');
  const without = await withoutSessions(shell, app);
  await shell.run('./apply.sh', app);
  const left = await shell.objects();
  same(without(first), left, './apply.sh without a service');
  await leaveGateway(shell, app);
  await narrow(shell, app);
  await shell.run('./apply.sh', app);
  same(left.filter(name => name !== POLICY), await shell.objects(), './apply.sh with an account for a whole namespace');
  await shell.run('sed s/app=shop-egress/app=cart-egress/ apply.sh > copied.sh', app);
  const copied = await shell.refused('sh copied.sh', app);
  if (!copied.includes('"apply.sh create"')) {
    throw new Error(`a copy of apply.sh for another app stops for another reason: ${copied}`);
  }
  const said = await shell.run('./apply.sh delete', app);
  const order = [/"orders\.shop\.outbound" deleted/, /"orders--shop" deleted/, /"orders\.shop" deleted/, /applyset\S* "shop-egress" deleted/];
  inOrder(said, order, './apply.sh delete');
  same([`Gateway shop/${CLUSTER.innocent}`], await shell.objects(), './apply.sh delete');
  return `an ApplySet of ${first.length - 1} objects, ${first.length - left.length} of them pruned and nothing else`;
}

async function charts(shell: Shell, { helm, helmProgram }: Plan): Promise<string> {
  const install = `"${helmProgram}" upgrade --install shop-egress chart --namespace shop`;
  await shell.run(install, helm);
  const first = await shell.objects();
  const without = await withoutSessions(shell, helm);
  await shell.run(install, helm);
  const left = await shell.objects();
  same(without(first), left, 'helm upgrade without a service');
  await narrow(shell, helm);
  await shell.run(install, helm);
  same(left, await shell.objects(), 'helm upgrade with an account for a whole namespace');
  await shell.run(`"${helmProgram}" uninstall shop-egress --namespace shop`, helm);
  same([POLICY, `Gateway shop/${CLUSTER.innocent}`], await shell.objects(), 'helm uninstall');
  return `helm install of ${first.length - 1}, upgrade that deletes ${first.length - left.length}, uninstall without the policy`;
}

/** Takes one service out of an app; gives what that leaves of its objects. */
async function withoutSessions(shell: Shell, app: string): Promise<(objects: readonly string[]) => string[]> {
  const file = path.join(app, 'main.ts');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').split('\n').filter(line => !/^(const )?sessions|route\(sessions/.test(line)).join('\n'));
  await shell.run('npm run synth', app);
  return objects => objects.filter(name => !name.includes('/sessions'));
}

/** What guards the whole namespace of an app. */
const POLICY = 'AuthorizationPolicy istio-system/reporting.shop.istio-egressgateway.istio-system.shop';

/** Takes a service away from the gateway, and brings it back: its route has to go first, its policy last. */
async function leaveGateway(shell: Shell, app: string): Promise<void> {
  const file = path.join(app, 'main.ts');
  const text = fs.readFileSync(file, 'utf8');
  const before = await shell.objects();
  fs.writeFileSync(file, text.replace('egress.route(orders);\n', '').replace(OF_ACCOUNT, OF_NAMESPACE));
  await shell.run('npm run synth', app);
  const said = await shell.run('./apply.sh', app);
  inOrder(said, [/"orders\.shop\.outbound" deleted/, /"orders--shop" deleted/, /authorizationpolicy\S* pruned/], './apply.sh');
  fs.writeFileSync(file, text);
  await shell.run('npm run synth; ./apply.sh', app);
  same(before, await shell.objects(), './apply.sh with the service at the gateway again');
}

/** Names an account in the place of the whole namespace. */
async function narrow(shell: Shell, app: string): Promise<void> {
  const file = path.join(app, 'main.ts');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('MeshClient.allIn(\'reporting\')', 'MeshClient.serviceAccount(\'reporting\', \'reports\')'));
  await shell.run('npm run synth', app);
}

/** What Argo CD and Flux read, and the sidecar of Argo CD's own Deployment. */
async function objectsOfTools(shell: Shell, { argoCd, folder }: Plan): Promise<string> {
  const files = ['argo-cd/application.yaml', 'argo-cd/plugin/application.yaml', 'flux/egress.yaml'].map(file => path.join(__dirname, file));
  for (const file of files) {
    await shell.run(`kubectl apply --server-side --dry-run=server --validate=strict -f ${file}`, folder);
  }
  const plugin = path.join(__dirname, 'argo-cd/plugin');
  await shell.run(`kubectl --namespace argocd apply -f ${path.join(argoCd, 'manifests/base/repo-server/argocd-repo-server-deployment.yaml')}
    kubectl --namespace argocd create configmap cdk8s-plugin --from-file=plugin.yaml
    kubectl --namespace argocd patch deployment argocd-repo-server --patch-file repo-server.yaml`, plugin);
  const names = await shell.run('kubectl --namespace argocd get deployment argocd-repo-server --output jsonpath="{.spec.template.spec.containers[*].name}"', plugin);
  if (names !== 'cdk8s argocd-repo-server') {
    throw new Error(`the repo server has the containers ${names}`);
  }
  return `${files.length} files of Argo CD and Flux against their CRDs, the sidecar in Argo CD's Deployment`;
}

function inOrder(said: string, steps: readonly RegExp[], what: string): void {
  const places = steps.map(step => said.search(step));
  if (places.includes(-1) || places.some((place, i) => place < (places[i - 1] ?? 0))) {
    throw new Error(`${what} does not say ${steps.map(String).join(', ')} in this order:\n${said}`);
  }
}

function same(expected: readonly string[], actual: readonly string[], what: string): void {
  const missing = expected.filter(name => !actual.includes(name));
  const besides = actual.filter(name => !expected.includes(name));
  if (missing.length + besides.length > 0) {
    throw new Error(`${what}: missing ${missing.join(', ') || 'nothing'}, besides ${besides.join(', ') || 'nothing'}`);
  }
}

main(JSON.parse(fs.readFileSync(0, 'utf8')) as Plan).then(
  said => {
    process.stdout.write(said);
    process.exit(0);
  },
  (error: unknown) => {
    process.stdout.write((error as Error).message);
    process.exit(1);
  },
);
