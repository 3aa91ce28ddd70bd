import { CodeFields, literal } from './code';
import { Fields, record } from '../view/fields';

/** What the API server writes into an object, and kubectl beside it: no part of a manifest. */
const OF_SERVER = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid', 'ownerReferences', 'deletionTimestamp'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A manifest as what `ApiObject` takes; the chart has its namespace. */
export function keptCode(manifest: Fields): CodeFields {
  const { status: _, metadata, ...more } = manifest;
  const annotations = Object.entries(record(record(metadata).annotations)).filter(([key]) => key !== LAST_APPLIED);
  const kept = Object.entries(record(metadata)).filter(([key]) => key !== 'namespace' && key !== 'annotations' && !OF_SERVER.includes(key));
  return literal({
    ...more,
    metadata: { ...Object.fromEntries(kept), ...annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) } },
  }) as CodeFields;
}
