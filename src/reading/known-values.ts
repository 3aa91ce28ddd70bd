import { refusedInDestinationRule } from './destination-rule-values';
import { refusedInGateway } from './gateway-values';
import { RefusedValue, refusalOf } from './refused-value';
import { refusedInServiceEntry } from './service-entry-values';
import { refusedInTargets } from './target-values';
import {
  ADDRESS, ATTRIBUTE, EXPORT_TO, HOST, HOST_OR_ADDRESS, IMPORT, LABEL_NAME, PORT, PORT_OR_NONE, RANGE, SERVER_HOST, SERVICE_EXPORT_TO, SUBNET,
  ValueForm,
} from './value-forms';
import { refusedInVirtualService } from './virtual-service-values';
import { PREFIX } from '../private/annotations';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { KUBERNETES_NETWORKING } from '../view/egress-policy';
import { Fields, fieldText, record, text } from '../view/fields';
import { NETWORKING, SECURITY } from '../view/mesh-object';

/** What the API server has a schema for, or Istio's webhook a check. */
type Known = readonly string[] | 'number' | 'list' | 'object' | Protocol | ValueForm;

/** Names of protocols, in any case. */
interface Protocol {
  readonly protocols: readonly string[];
}

const PROTOCOL: Protocol = { protocols: ['TCP', 'TLS', 'HTTP', 'HTTPS', 'HTTP2', 'GRPC', 'GRPC-WEB', 'MONGO', 'REDIS', 'MYSQL', 'UDP', 'HTTP_PROXY', 'HBONE'] };
const CLIENT_TLS = ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'];

const MTLS = ['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'];

const TRANSPORTS = ['TCP', 'UDP', 'SCTP'];

/** What the CRDs of Istio and the API of Kubernetes allow in the fields that decide where a connection goes; `[]` is each of a list, `{}` each of an object. */
const KNOWN: { readonly [object: string]: { readonly [path: string]: Known } } = {
  [`${NETWORKING}/ServiceEntry`]: {
    'spec.location': ['MESH_EXTERNAL', 'MESH_INTERNAL'],
    'spec.resolution': ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'],
    'spec.hosts': 'list',
    'spec.hosts.[]': HOST,
    'spec.addresses': 'list',
    'spec.addresses.[]': ADDRESS,
    'spec.ports': 'list',
    'spec.ports.[].number': PORT,
    'spec.ports.[].name': LABEL_NAME,
    'spec.ports.[].targetPort': PORT_OR_NONE,
    'spec.ports.[].protocol': PROTOCOL,
    'spec.endpoints': 'list',
    'spec.endpoints.[].ports.{}': PORT,
    'spec.exportTo': 'list',
    'spec.exportTo.[]': SERVICE_EXPORT_TO,
  },
  [`${NETWORKING}/VirtualService`]: {
    'spec.hosts': 'list',
    'spec.hosts.[]': HOST_OR_ADDRESS,
    'spec.gateways': 'list',
    'spec.exportTo': 'list',
    'spec.exportTo.[]': EXPORT_TO,
    ...Object.fromEntries(['http', 'tls', 'tcp'].flatMap((kind): [string, Known][] => [
      [`spec.${kind}`, 'list'],
      [`spec.${kind}.[].match`, 'list'],
      [`spec.${kind}.[].match.[].port`, PORT_OR_NONE],
      [`spec.${kind}.[].match.[].destinationSubnets.[]`, SUBNET],
      [`spec.${kind}.[].match.[].gateways`, 'list'],
      [`spec.${kind}.[].route`, 'list'],
      [`spec.${kind}.[].route.[].weight`, 'number'],
      [`spec.${kind}.[].route.[].destination`, 'object'],
      [`spec.${kind}.[].route.[].destination.host`, HOST],
      [`spec.${kind}.[].route.[].destination.port`, 'object'],
      [`spec.${kind}.[].route.[].destination.port.number`, PORT],
    ])),
    'spec.tls.[].match.[].sniHosts': 'list',
  },
  [`${NETWORKING}/DestinationRule`]: {
    'spec.host': HOST,
    'spec.exportTo': 'list',
    'spec.exportTo.[]': EXPORT_TO,
    'spec.subsets': 'list',
    'spec.subsets.[].name': LABEL_NAME,
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
    'spec.servers.[].hosts.[]': SERVER_HOST,
    'spec.servers.[].port': 'object',
    'spec.servers.[].port.protocol': PROTOCOL,
    'spec.servers.[].tls.mode': ['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'],
    'spec.servers.[].port.number': PORT_OR_NONE,
  },
  [`${NETWORKING}/Sidecar`]: {
    'spec.outboundTrafficPolicy.mode': ['REGISTRY_ONLY', 'ALLOW_ANY'],
    'spec.egress': 'list',
    'spec.egress.[].hosts': 'list',
    'spec.egress.[].hosts.[]': IMPORT,
    'spec.egress.[].port': 'object',
    'spec.egress.[].port.protocol': PROTOCOL,
    'spec.egress.[].captureMode': ['DEFAULT', 'IPTABLES', 'NONE'],
  },
  [`${SECURITY}/AuthorizationPolicy`]: {
    'spec.rules': 'list',
    'spec.action': ['ALLOW', 'DENY', 'AUDIT', 'CUSTOM'],
    'spec.rules.[].when.[].key': ATTRIBUTE,
    ...Object.fromEntries(['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'].map(field => [`spec.rules.[].from.[].source.${field}.[]`, SUBNET])),
  },
  [`${SECURITY}/PeerAuthentication`]: {
    'spec.mtls.mode': MTLS,
    'spec.portLevelMtls.{}.mode': MTLS,
  },
  [`${KUBERNETES_NETWORKING}/NetworkPolicy`]: {
    'spec.ingress.[].from.[].ipBlock.cidr': RANGE,
    'spec.egress.[].to.[].ipBlock.cidr': RANGE,
    'spec.ingress.[].ports.[].protocol': TRANSPORTS,
    'spec.egress.[].ports.[].protocol': TRANSPORTS,
  },
  '/Service': { 'spec.ports.[].protocol': TRANSPORTS },
};

/** The same with the steps of the ways, which each object would have to find again. */
const STEPS = new Map(Object.entries(KNOWN).map(([object, fields]) => [object, Object.entries(fields).map(([field, known]) => ({ steps: field.split('.'), known }))]));

/** What is refused because of several fields together. */
const OF_SEVERAL: { readonly [object: string]: ((manifest: Fields, namespace: string) => RefusedValue[]) | undefined } = {
  [`${NETWORKING}/ServiceEntry`]: refusedInServiceEntry,
  [`${NETWORKING}/Gateway`]: refusedInGateway,
  [`${NETWORKING}/VirtualService`]: refusedInVirtualService,
  [`${NETWORKING}/DestinationRule`]: refusedInDestinationRule,
  [`${SECURITY}/AuthorizationPolicy`]: refusedInTargets,
};

/** What an object of Istio has in the place of a value that Istio knows, and any object in the annotations of this library. An object without a namespace is in the given one. */
export function refusedValuesIn(group: string, kind: string, manifest: Fields, namespace: string): RefusedValue[] {
  const ofSeveral = OF_SEVERAL[`${group}/${kind}`]?.(manifest, text(record(manifest.metadata).namespace) ?? namespace) ?? [];
  return [...refusedAnnotations(manifest), ...ofSeveral, ...(STEPS.get(`${group}/${kind}`) ?? []).flatMap(({ steps, known }) => (
    at(manifest, steps).flatMap(({ value, path }) => refused(value, known, path))))];
}

/** An annotation without a value has an empty one. */
function refusedAnnotations(manifest: Fields): RefusedValue[] {
  const annotations = record(record(manifest.metadata).annotations);
  return Object.entries(annotations).filter(([name, value]) => name.startsWith(`${PREFIX}/`) && typeof value !== 'string' && value !== null).map(([name, value]) => (
    { path: ['metadata', 'annotations', name], message: `the annotation '${name}' is no text, got ${quote(value)}: the API server refuses the object` }));
}

function refused(value: unknown, known: Known, path: RefusedValue['path']): RefusedValue[] {
  const field = `'${fieldText(path)}'`;
  const tell = (what: string, who = 'the API server'): RefusedValue[] => [{ path, message: refusalOf(field, `is ${what}`, value, who) }];
  if (typeof known === 'object' && 'isRight' in known) {
    const type = known === PORT || known === PORT_OR_NONE ? 'number' : 'string';
    return typeof value !== type ? tell(type === 'number' ? 'no number' : 'no text') : known.isRight(value) ? [] : [ofForm(value, known, path)];
  }
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

function ofForm(value: unknown, { noun, instead, meant, checkedBy }: ValueForm, path: RefusedValue['path']): RefusedValue {
  const one = typeof value === 'string' ? meant?.(value) : undefined;
  const message = refusalOf(`'${fieldText(path)}'`, `is ${noun}`, value, checkedBy);
  return { path, message: `${message}, ${one === undefined ? instead : `did you mean ${one}?`}`, meant: one === undefined ? undefined : [one] };
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
  if (step === '{}') {
    return Object.entries(record(value)).flatMap(([name, item]) => at(item, steps, [...path, name]));
  }
  return typeof value === 'object' && Object.hasOwn(value, step) ? at((value as Fields)[step], steps, [...path, step]) : [];
}
