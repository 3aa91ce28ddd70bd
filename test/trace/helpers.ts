import { DEFAULT_FACTS } from '../../src/private/default-facts';
import { MeshModel } from '../../src/private/model';
import { readManifests } from '../../src/reading/manifests';
import { TraceTarget } from '../../src/trace/application';
import { TraceClient } from '../../src/trace/capture';
import { Hop } from '../../src/trace/hop';
import { Trace, trace } from '../../src/trace/trace';
import { MeshView } from '../../src/view/mesh-view';

/** An object of Istio as YAML; fields of `spec` are given as JSON, which is YAML as well. */
export function object(kind: string, name: string, spec: object, more: object = {}): string {
  const [namespace, own] = name.includes('/') ? name.split('/') : ['shop', name];
  const groups: { readonly [kind: string]: string } = {
    Service: 'v1', Pod: 'v1', Namespace: 'v1', Deployment: 'apps/v1', NetworkPolicy: 'networking.k8s.io/v1', AuthorizationPolicy: 'security.istio.io/v1',
  };
  return JSON.stringify({ apiVersion: groups[kind] ?? 'networking.istio.io/v1', kind, metadata: { name: own, namespace, ...more }, spec });
}

export function viewOf(objects: readonly string[], facts: Partial<MeshModel> = {}): MeshView {
  const { objects: read, problems } = manifestsIn(objects);
  expect(problems).toEqual([]);
  return new MeshView({ ...DEFAULT_FACTS, ...facts }, read);
}

/** The same of objects that the API server would refuse: they are read all the same. */
export function viewOfOdd(objects: readonly string[]): MeshView {
  const { objects: read, problems } = manifestsIn(objects);
  expect(problems).not.toEqual([]);
  return new MeshView(DEFAULT_FACTS, read);
}

function manifestsIn(objects: readonly string[]) {
  return readManifests([{ file: 'app.yaml', text: objects.join('\n---\n'), isNamed: false }], 'shop');
}

/** Follows a connection from `<account>` or `<namespace>/<account>` to `<host>:<port>`. */
export function traced(
  objects: readonly string[], from: string, to: string, more: Partial<TraceTarget & TraceClient> & { readonly facts?: Partial<MeshModel> } = {},
): Trace {
  const [account, namespace = 'shop'] = from.split('/').reverse();
  const [, host, port] = /^(.*):(\d+)$/.exec(to)!;
  const { facts, labels, ...target } = more;
  return trace(viewOf(objects, facts), { namespace, account, labels }, { host, port: Number(port), ...target });
}

export function hopAt({ hops }: Trace, stage: Hop['stage'], index = 0): Hop {
  const found = hops.filter(hop => hop.stage === stage)[index];
  expect(hops.map(hop => hop.stage)).toContain(stage);
  return found;
}

/** What decides, as `Kind namespace/name field`. */
export function causesAt(found: Trace, stage: Hop['stage'], index = 0): string[] {
  return hopAt(found, stage, index).causes.map(({ object: of, field }) => `${of} ${field}`);
}

export function deployment(
  name: string, account: string, more: { readonly labels?: object; readonly annotations?: object; readonly spec?: object } = {},
): string {
  return object('Deployment', name, {
    template: { metadata: { labels: more.labels ?? { app: name.split('/').pop() }, annotations: more.annotations }, spec: { serviceAccountName: account, ...more.spec } },
  });
}

/** A ServiceEntry of one port. */
export function entry(host: string, port: number, protocol: string, more: object = {}, name = host.replaceAll('.', '-').replace('*', 'any')): string {
  return object('ServiceEntry', name, { hosts: [host.split('/').at(-1)], ports: [{ number: port, name: protocol.toLowerCase(), protocol }], resolution: 'DNS', ...more });
}

export const GATEWAY = 'istio-egressgateway.istio-system.svc.cluster.local';
