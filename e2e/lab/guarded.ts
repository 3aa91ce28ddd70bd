import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressGuard, ExternalService, IEgressGateway, OwnedHost } from 'cdk8s-istio-egress';
import { Failure, inOneLine } from './failure';
import type { KubeObject } from './kube';
import type { Lab } from './lab';
import { Manifest } from './manifest';
import { isUpstream } from './upstream';
import { sleep } from './wait';
import { build, Repository, repositories } from '../../conformance/apps';
import { generate } from '../../conformance/generated';

const SEED = 20260901;
/** A namespace that nobody lists. */
const STRANGER = 'stranger';

export interface Guarded {
  readonly name: string;
  readonly objects: number;
  readonly failure?: string;
}

/** What a platform's app makes of a set of manifests that it did not write. */
export async function guardExample(lab: Lab, name: string, manifest: Manifest): Promise<Guarded> {
  const gateway = EgressGateway.istioEgressGateway();
  const routed = manifest.all('Gateway').filter(({ spec }) => spec.selector?.istio === gateway.selector.istio);
  const hosts = new Map<string, Set<string>>();
  for (const { metadata: { namespace = '' }, spec } of manifest.all('ServiceEntry').filter((object) => !isUpstream(object))) {
    for (const host of spec.hosts as string[]) { hosts.set(host, (hosts.get(host) ?? new Set()).add(namespace)); }
  }
  const namespaces = routed.length > 0 ? [...new Set(routed.map(({ metadata }) => metadata.namespace ?? ''))] : ['nobody'];
  const guard = guardOf({ gateway, namespaces, hosts: [...hosts].map(([host, owners]) => ({ host, namespaces: [...owners] })) });
  return admitted(lab, name, guard, [gateway], manifest.objects);
}

function guardOf(props: { readonly gateway: IEgressGateway; readonly namespaces?: string[]; readonly hosts?: OwnedHost[] }): Manifest {
  return Manifest.synth((app) => new EgressGuard(new Chart(app, 'platform'), 'Guard', props));
}

/** Generated apps that the library accepts and that route something, each with a guard for each of its gateways. */
export async function guardGenerated(lab: Lab, count: number, add: (result: Guarded) => void): Promise<Guarded[]> {
  const results: Guarded[] = [];
  for (const [i, spec] of generate(count * 8, SEED).entries()) {
    const all = repositories(spec);
    // some apps are wrong on purpose
    for (const repository of all.every(isAccepted) ? all : []) {
      const gateways = gatewaysOf(repository);
      if (gateways.size > 0 && results.length < count) {
        const name = `generated app ${i}`;
        const manifest = Manifest.synth((app) => guardEach(app, repository, all));
        const result = await admitted(lab, name, manifest, [...gateways.values()], manifest.objects);
        results.push(result);
        add(result);
        await lab.withdraw();
      }
    }
  }
  return results;
}

function isAccepted(repository: Repository): boolean {
  try {
    Manifest.synth((app) => build(app, repository));
    return true;
  } catch {
    return false;
  }
}

/** The repository with a guard for each of its gateways, which knows what the others route through it. */
function guardEach(app: App, repository: Repository, all: readonly Repository[]): void {
  build(app, repository);
  const others = all.filter((other) => other !== repository).flatMap((other) => {
    const beside = new App();
    build(beside, other);
    return ExternalService.allIn(beside);
  });
  const chart = new Chart(app, 'guards');
  for (const [name, gateway] of gatewaysOf(repository)) {
    const namespaces = others.filter((other) => other.gateway && nameOf(other.gateway) === name).flatMap(({ namespaceName }) => namespaceName ?? []);
    new EgressGuard(chart, name, { gateway, namespaces: [...new Set(namespaces)] });
  }
}

function gatewaysOf(repository: Repository): Map<string, IEgressGateway> {
  const app = new App();
  build(app, repository);
  return new Map(ExternalService.allIn(app).flatMap(({ gateway }) => (gateway ? [[nameOf(gateway), gateway] as const] : [])));
}

const nameOf = ({ serviceName, namespaceName }: IEgressGateway): string => `${serviceName}.${namespaceName}`;

/** The largest objects that Istio takes, with long lists in the guard: Kubernetes limits what an expression may cost. */
export async function guardAtItsSize(lab: Lab): Promise<Guarded & { readonly milliseconds: number }> {
  const gateway = EgressGateway.istioEgressGateway();
  const namespaces = Array.from({ length: 50 }, (_, i) => `team-${i}`);
  const owned = Array.from({ length: 200 }, (_, i) => ({ host: `database-${i}.team-${i % 50}.internal.example.com`, namespaces: [namespaces[i % 50]] }));
  const wildcards = Array.from({ length: 10 }, (_, i) => ({ host: `*.cloud-${i}.example.net`, namespaces: [namespaces[i]] }));
  const guard = guardOf({ gateway, namespaces, hosts: [...owned, ...wildcards] });
  const many = (name: (i: number) => string): string[] => Array.from({ length: 256 }, (_, i) => name(i));
  const object = (kind: string, name: string, spec: Record<string, unknown>): KubeObject => (
    { apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: 'team-0' }, spec });
  const port = { number: 443, name: 'tls', protocol: 'TLS' };
  const objects = [
    object('ServiceEntry', 'hosts', { hosts: many((i) => `host-${i}.team-0.example.org`), ports: [port], resolution: 'NONE', exportTo: ['*'] }),
    object('ServiceEntry', 'wildcards', {
      hosts: many((i) => `*.host-${i}.team-0.example.org`), ports: [port], resolution: 'NONE', exportTo: ['*'],
    }),
    object('Gateway', 'servers', {
      selector: gateway.selector,
      servers: many((i) => `./p443.team-0.host-${i}.example.org`).map((host, i) => (
        { port: { ...port, name: `tls-${i}` }, hosts: [host], tls: { mode: 'ISTIO_MUTUAL' } })),
    }),
    object('VirtualService', 'hosts', {
      hosts: many((i) => `host-${i}.team-0.example.org`), http: [{ route: [{ destination: { host: 'host-0.team-0.example.org' } }] }],
    }),
  ];
  const started = Date.now();
  const result = await admitted(lab, '200 hosts, 10 wildcards and 50 namespaces', guard, [gateway], objects);
  return { ...result, milliseconds: Date.now() - started };
}

/** Applies a guard, waits until it is in force, and asks the API server for every object. */
async function admitted(
  lab: Lab, name: string, guard: Manifest, gateways: readonly IEgressGateway[], objects: readonly KubeObject[],
): Promise<Guarded> {
  const rest = objects.filter(({ kind }) => !kind.startsWith('ValidatingAdmission'));
  try {
    for (const namespace of new Set([STRANGER, ...rest.flatMap(({ metadata }) => metadata.namespace ?? [])])) { await lab.namespace(namespace); }
    for (const gateway of gateways) { await refuses(lab, gateway, false); }
    await lab.kube.apply(list(guard.objects.filter(({ kind }) => kind.startsWith('ValidatingAdmission'))));
    for (const gateway of gateways) { await refuses(lab, gateway, true); }
    const { code, stderr } = await dryRun(lab, rest);
    return { name, objects: rest.length, failure: code === 0 ? undefined : stderr.trim() };
  } catch (error) {
    return { name, objects: rest.length, failure: inOneLine(error) };
  }
}

/** Whether a stranger is refused: policies are in force, and out of it, a moment after the API server has answered. */
async function refuses(lab: Lab, { selector }: IEgressGateway, expected: boolean): Promise<void> {
  const probe = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'probe', namespace: STRANGER },
    spec: { selector, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['probe.example'], tls: { mode: 'ISTIO_MUTUAL' } }] },
  };
  for (let tries = 0; tries < 100; tries++) {
    const { code, stderr } = await dryRun(lab, [probe]);
    if (expected ? /may not write a Gateway that binds/.test(stderr) : code === 0) { return; }
    await sleep(100);
  }
  throw new Failure(`a stranger is ${expected ? 'accepted' : 'refused'} after 10 s`);
}

function dryRun(lab: Lab, objects: readonly KubeObject[]): ReturnType<Lab['kube']['kubectl']> {
  return lab.kube.kubectl(['apply', '--server-side', '--force-conflicts', '--field-manager=operator', '--dry-run=server', '-f', '-'], list(objects));
}

const list = (items: readonly KubeObject[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
