import { PREFIX } from '../private/annotations';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { Fields, record } from '../view/fields';
import { NETWORKING, SECURITY } from '../view/mesh-object';

/** A value that the API server refuses, where whoever reads on would take it for another one. */
export interface RefusedValue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const CLIENT_TLS = ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'];

/** What the CRDs of Istio allow in the fields that decide where a connection goes; `[]` is each of a list. */
const KNOWN: { readonly [object: string]: { readonly [path: string]: readonly string[] | 'number' } } = {
  [`${NETWORKING}/ServiceEntry`]: {
    'spec.location': ['MESH_EXTERNAL', 'MESH_INTERNAL'],
    'spec.resolution': ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'],
    'spec.ports.[].number': 'number',
  },
  [`${NETWORKING}/DestinationRule`]: {
    'spec.trafficPolicy.tls.mode': CLIENT_TLS,
    'spec.trafficPolicy.portLevelSettings.[].tls.mode': CLIENT_TLS,
    'spec.subsets.[].trafficPolicy.tls.mode': CLIENT_TLS,
    'spec.subsets.[].trafficPolicy.portLevelSettings.[].tls.mode': CLIENT_TLS,
  },
  [`${NETWORKING}/Gateway`]: {
    'spec.servers.[].tls.mode': ['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'],
    'spec.servers.[].port.number': 'number',
  },
  [`${NETWORKING}/Sidecar`]: {
    'spec.outboundTrafficPolicy.mode': ['REGISTRY_ONLY', 'ALLOW_ANY'],
    'spec.egress.[].captureMode': ['DEFAULT', 'IPTABLES', 'NONE'],
  },
  [`${SECURITY}/AuthorizationPolicy`]: {
    'spec.action': ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'],
  },
};

/** What an object of Istio has in the place of a value that Istio knows, and any object in the annotations of this library. */
export function refusedValuesIn(group: string, kind: string, manifest: Fields): RefusedValue[] {
  return [...refusedAnnotations(manifest), ...Object.entries(KNOWN[`${group}/${kind}`] ?? {}).flatMap(([field, known]) => (
    at(manifest, field.split('.')).flatMap(({ value, path }) => refused(value, known, path))))];
}

/** An annotation without a value has an empty one. */
function refusedAnnotations(manifest: Fields): RefusedValue[] {
  const annotations = record(record(manifest.metadata).annotations);
  return Object.entries(annotations).filter(([name, value]) => name.startsWith(`${PREFIX}/`) && typeof value !== 'string' && value !== null).map(([name, value]) => (
    { path: ['metadata', 'annotations', name], message: `the annotation '${name}' is no text, got ${quote(value)}: the API server refuses the object` }));
}

function refused(value: unknown, known: readonly string[] | 'number', path: RefusedValue['path']): RefusedValue[] {
  const field = `'${path.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('').slice(1)}'`;
  if (known === 'number') {
    return typeof value === 'number' ? [] : [{ path, message: `${field} is no number, got ${quote(value)}: the API server refuses the object` }];
  }
  if (typeof value === 'string' && known.includes(value)) {
    return [];
  }
  const meant = nearest(String(value), known);
  return [{ path, message: `${field} is one of ${known.join(', ')}, got ${quote(value)}: the API server refuses the object${meant ? `, did you mean ${meant}?` : ''}` }];
}

/** The values at a path, as far as there are some. */
function at(value: unknown, [step, ...steps]: readonly string[], path: RefusedValue['path'] = []): { readonly value: unknown; readonly path: RefusedValue['path'] }[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (step === undefined) {
    return [{ value, path }];
  }
  if (step === '[]') {
    return Array.isArray(value) ? value.flatMap((item, i) => at(item, steps, [...path, i])) : [];
  }
  return typeof value === 'object' && Object.hasOwn(value, step) ? at((value as Fields)[step], steps, [...path, step]) : [];
}
