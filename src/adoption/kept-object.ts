import { CodeFields, literal } from './code';
import { Fields, record } from '../view/fields';

/** What the API server writes into an object, and kubectl beside it: no part of a manifest. */
const OF_SERVER = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid', 'ownerReferences', 'deletionTimestamp'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A manifest as what `ApiObject` takes; the chart has its namespace. */
export function keptCode(manifest: Fields): CodeFields {
  const { status: _, metadata, ...more } = manifest;
  const annotations = writtenAnnotations(record(record(metadata).annotations));
  const kept = Object.entries(record(metadata)).filter(([key]) => key !== 'namespace' && key !== 'annotations' && !OF_SERVER.includes(key));
  return literal({
    ...more,
    metadata: { ...Object.fromEntries(kept), ...annotations === undefined ? {} : { annotations } },
  }) as CodeFields;
}

/** Whether cdk8s can write a manifest: it takes an object with a field of this name for none. */
export function isWritable(value: unknown): boolean {
  return typeof value !== 'object' || value === null || !Object.hasOwn(value, 'constructor') && Object.values(value).every(isWritable);
}

/** The annotations that somebody wrote, without what kubectl adds when it applies them. */
export function writtenAnnotations<T>(annotations: { readonly [key: string]: T }): { readonly [key: string]: T } | undefined {
  const written = Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED);
  return written.length === 0 ? undefined : Object.fromEntries(written);
}
