import { PREFIX } from '../private/annotations';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { KUBERNETES_NETWORKING } from '../view/egress-policy';
import { Fields, record } from '../view/fields';
import { NETWORKING, SECURITY } from '../view/mesh-object';

/** A value that the API server refuses, where whoever reads on would take it for another one. */
export interface RefusedValue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What somebody may have meant: one value where it is near, every one that is allowed where none is; undefined for what is no slip. */
  readonly meant?: readonly string[];
}

/** What the API server has a schema for, or Istio's webhook a check. */
type Known = readonly string[] | 'number' | 'list' | 'object' | Protocol;

/** Names of protocols, in any case. */
interface Protocol {
  readonly protocols: readonly string[];
}

const PROTOCOL: Protocol = { protocols: ['TCP', 'TLS', 'HTTP', 'HTTPS', 'HTTP2', 'GRPC', 'GRPC-WEB', 'MONGO', 'REDIS', 'MYSQL', 'UDP', 'HTTP_PROXY', 'HBONE'] };
const CLIENT_TLS = ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'];

const TRANSPORTS = ['TCP', 'UDP', 'SCTP'];

/** What the CRDs of Istio and the API of Kubernetes allow in the fields that decide where a connection goes; `[]` is each of a list. */
const KNOWN: { readonly [object: string]: { readonly [path: string]: Known } } = {
  [`${NETWORKING}/ServiceEntry`]: {
    'spec.location': ['MESH_EXTERNAL', 'MESH_INTERNAL'],
    'spec.resolution': ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'],
    'spec.hosts': 'list',
    'spec.addresses': 'list',
    'spec.ports': 'list',
    'spec.ports.[].number': 'number',
    'spec.ports.[].protocol': PROTOCOL,
    'spec.endpoints': 'list',
    'spec.exportTo': 'list',
  },
  [`${NETWORKING}/VirtualService`]: {
    'spec.hosts': 'list',
    'spec.gateways': 'list',
    'spec.exportTo': 'list',
    ...Object.fromEntries(['http', 'tls', 'tcp'].flatMap((kind): [string, Known][] => [
      [`spec.${kind}`, 'list'],
      [`spec.${kind}.[].match`, 'list'],
      [`spec.${kind}.[].match.[].port`, 'number'],
      [`spec.${kind}.[].match.[].gateways`, 'list'],
      [`spec.${kind}.[].route`, 'list'],
      [`spec.${kind}.[].route.[].destination`, 'object'],
      [`spec.${kind}.[].route.[].destination.port`, 'object'],
      [`spec.${kind}.[].route.[].destination.port.number`, 'number'],
    ])),
    'spec.tls.[].match.[].sniHosts': 'list',
  },
  [`${NETWORKING}/DestinationRule`]: {
    'spec.exportTo': 'list',
    'spec.subsets': 'list',
    'spec.trafficPolicy.portLevelSettings': 'list',
    'spec.trafficPolicy.portLevelSettings.[].port': 'object',
    'spec.trafficPolicy.tls.mode': CLIENT_TLS,
    'spec.trafficPolicy.portLevelSettings.[].tls.mode': CLIENT_TLS,
    'spec.subsets.[].trafficPolicy.tls.mode': CLIENT_TLS,
    'spec.subsets.[].trafficPolicy.portLevelSettings.[].tls.mode': CLIENT_TLS,
  },
  [`${NETWORKING}/Gateway`]: {
    'spec.selector': 'object',
    'spec.servers': 'list',
    'spec.servers.[].hosts': 'list',
    'spec.servers.[].port': 'object',
    'spec.servers.[].port.protocol': PROTOCOL,
    'spec.servers.[].tls.mode': ['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'],
    'spec.servers.[].port.number': 'number',
  },
  [`${NETWORKING}/Sidecar`]: {
    'spec.outboundTrafficPolicy.mode': ['REGISTRY_ONLY', 'ALLOW_ANY'],
    'spec.egress': 'list',
    'spec.egress.[].hosts': 'list',
    'spec.egress.[].port': 'object',
    'spec.egress.[].port.protocol': PROTOCOL,
    'spec.egress.[].captureMode': ['DEFAULT', 'IPTABLES', 'NONE'],
  },
  [`${SECURITY}/AuthorizationPolicy`]: {
    'spec.rules': 'list',
    'spec.action': ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'],
  },
  [`${KUBERNETES_NETWORKING}/NetworkPolicy`]: {
    'spec.ingress.[].ports.[].protocol': TRANSPORTS,
    'spec.egress.[].ports.[].protocol': TRANSPORTS,
  },
  '/Service': { 'spec.ports.[].protocol': TRANSPORTS },
};

/** The same with the steps of the ways, which each object would have to find again. */
const STEPS = new Map(Object.entries(KNOWN).map(([object, fields]) => [object, Object.entries(fields).map(([field, known]) => ({ steps: field.split('.'), known }))]));

/** What an object of Istio has in the place of a value that Istio knows, and any object in the annotations of this library. */
export function refusedValuesIn(group: string, kind: string, manifest: Fields): RefusedValue[] {
  return [...refusedAnnotations(manifest), ...(STEPS.get(`${group}/${kind}`) ?? []).flatMap(({ steps, known }) => (
    at(manifest, steps).flatMap(({ value, path }) => refused(value, known, path))))];
}

/** An annotation without a value has an empty one. */
function refusedAnnotations(manifest: Fields): RefusedValue[] {
  const annotations = record(record(manifest.metadata).annotations);
  return Object.entries(annotations).filter(([name, value]) => name.startsWith(`${PREFIX}/`) && typeof value !== 'string' && value !== null).map(([name, value]) => (
    { path: ['metadata', 'annotations', name], message: `the annotation '${name}' is no text, got ${quote(value)}: the API server refuses the object` }));
}

function refused(value: unknown, known: Known, path: RefusedValue['path']): RefusedValue[] {
  const field = `'${path.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('').slice(1)}'`;
  const tell = (what: string, who = 'the API server'): RefusedValue[] => [{ path, message: `${field} is ${what}, got ${quote(value)}: ${who} refuses the object` }];
  if (known === 'number') {
    return typeof value === 'number' ? [] : tell('no number');
  }
  if (known === 'list') {
    return Array.isArray(value) ? [] : tell('no list');
  }
  if (known === 'object') {
    return typeof value === 'object' && !Array.isArray(value) ? [] : tell('no object');
  }
  const names = 'protocols' in known ? known.protocols : known;
  // Istio reads protocols in any case, and an empty one as one that proxies find out.
  const wanted = 'protocols' in known && typeof value === 'string' ? value.toUpperCase() : value;
  if (typeof wanted === 'string' && (names.includes(wanted) || wanted === '' && names !== known)) {
    return [];
  }
  const meant = nearest(String(wanted), names);
  const [told] = tell(`one of ${names.join(', ')}`, names === known ? 'the API server' : 'Istio\'s webhook');
  return [{ ...told, message: `${told.message}${meant ? `, did you mean ${meant}?` : ''}`, meant: meant === undefined ? names : [meant] }];
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
