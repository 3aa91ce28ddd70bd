/** Where the kinds of Kubernetes keep the spec of their pods; another kind that has it at the usual place is found by looking. */
const POD_SPEC: { readonly [kind: string]: readonly string[] } = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
const USUAL_POD_SPEC = ['spec', 'template', 'spec'];
const USUAL_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'ReplicationController'];

/** Whether every object of a kind has pods. */
export function isKindOfWorkload(kind: string): boolean {
  return Object.hasOwn(POD_SPEC, kind) || USUAL_KINDS.includes(kind);
}

/** The spec of the pods of an object, when it has any. */
export function podSpecIn(kind: string, manifest: unknown): unknown {
  return at(manifest, podSpecPath(kind));
}

/** Their metadata. */
export function podMetadataIn(kind: string, manifest: unknown): unknown {
  return at(manifest, [...podSpecPath(kind).slice(0, -1), 'metadata']);
}

function podSpecPath(kind: string): readonly string[] {
  return Object.hasOwn(POD_SPEC, kind) ? POD_SPEC[kind] : USUAL_POD_SPEC;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((part, key) => (part as { [key: string]: unknown } | undefined)?.[key], value);
}
