import { nameOf } from './lint-result';
import { findingsIn, fixFor } from '../findings/findings-in';
import { lineOf } from '../reading/file-object';
import { Problem } from '../reading/problem';
import { kindUnknown } from '../rules/kind-unknown';
import { MeshObject, NETWORKING, SECURITY } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { isOtherWorkload } from '../view/pod-template';

/** A view without what the API server refuses. `lint` reads such an object as it was meant, and has a finding; for who follows connections it would count as protection. */
export function withoutRefused(view: MeshView): { readonly view: MeshView; readonly problems: readonly Problem[] } {
  const { facts, objects, today } = view;
  const refused = findingsIn(view, [kindUnknown]).filter(({ acknowledged }) => acknowledged === undefined);
  if (refused.length === 0) {
    return { view, problems: [] };
  }
  const left = new Set(refused.map(({ object }) => object));
  const problems = refused.map(({ object, field, message, fix }) => ({
    file: object.origin.file ?? object.origin.path,
    line: lineOf(object, field),
    message: `${nameOf(object)} is left out: ${message}; ${fixFor('yaml', fix)}`,
  }));
  return { view: new MeshView(facts, objects.filter(object => !left.has(object)), today), problems };
}

/** What `kubectl apply -n` has not placed yet; undefined when everything has its place. */
export function homelessText({ objects }: MeshView): string | undefined {
  const homeless = objects.filter(object => object.namespace === '' && isPlaced(object));
  if (homeless.length === 0) {
    return undefined;
  }
  const [{ kind, name, origin }] = homeless;
  const who = homeless.length === 1 ? '1 object names no namespace' : `${homeless.length} objects name no namespace`;
  return `${who}, such as ${kind} ${name} (${origin.path}): give --namespace, as kubectl apply -n does`;
}

/** Whether the mesh decides something by the namespace of an object. */
function isPlaced(object: MeshObject): boolean {
  return ISTIOS.includes(object.group) || DECISIVE.includes(`${object.group}/${object.kind}`) || isOtherWorkload(object);
}

const ISTIOS = [NETWORKING, SECURITY, 'telemetry.istio.io', 'extensions.istio.io'];

const DECISIVE = [
  '/Service', '/Pod', 'apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', '/ReplicationController', 'batch/Job', 'batch/CronJob', 'networking.k8s.io/NetworkPolicy',
];
