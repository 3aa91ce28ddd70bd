import { isIP } from 'node:net';
import { Capture } from './capture';
import { Cause, cause, Hop, hop } from './hop';
import { ProxyScope } from './proxy-scope';
import { networkOf } from '../private/network';
import { mostSpecific } from '../view/host-match';
import { ANY_ADDRESS, KnownService } from '../view/known-service';
import { MeshView } from '../view/mesh-view';
import { headlessAddresses } from '../view/service-endpoints';

/** What the application speaks, as far as the proxies see it. */
export type Spoken = 'TCP' | 'TLS' | 'HTTP';

/** What is connected to. */
export interface TraceTarget {
  /** A DNS name, the name of a Service as an application writes it, or an address. */
  readonly host: string;
  readonly port: number;
  /**
   * The address that the application connects to.
   *
   * @default - the one that the name has, as far as the input says it
   */
  readonly address?: string;
  /**
   * What the application speaks.
   *
   * @default - what the port of the service is for
   */
  readonly protocol?: Spoken;
}

/** What an application does before its sidecar sees anything. */
export interface Dialled {
  /** The full name, or an address. */
  readonly host: string;
  readonly port: number;
  readonly spoken: Spoken;
  /** Undefined when DNS alone knows it. */
  readonly address?: string;
  /** The range whose first address stands for the others. */
  readonly range?: string;
  /** Further addresses of the name. */
  readonly others: readonly string[];
  /** All of its addresses and ranges, as far as they are addresses of the network. */
  readonly places: readonly string[];
  readonly hop: Hop;
}

export function dialledBy(view: MeshView, scope: ProxyScope, client: Capture, target: TraceTarget): Dialled {
  const host = fullName(view, client.namespace, target.host);
  const named = servicesNamed(view, scope, host);
  const spoken = target.protocol ?? spokenOn(named, target.port);
  const { addresses, places, text, causes } = target.address === undefined ? addressesOf(view, named, host, target.port) : given(target.address);
  const [address, ...others] = addresses;
  const notes = isWildcardRange(named) ? ['the entry holds a range: any of its addresses may be dialled'] : [];
  return {
    host,
    port: target.port,
    spoken,
    address,
    range: places[0]?.includes('/') ? places[0] : undefined,
    others,
    places: places.filter(place => networkOf(place).length > 0),
    hop: hop('application', `${client.namespace}/${client.account} connects to ${target.host}:${target.port}: ${text}; it speaks ${WORDS[spoken]}`, causes, {
      notes, facts: { host, address: address ?? '', protocol: spoken },
    }),
  };
}

const WORDS: { readonly [spoken in Spoken]: string } = { TCP: 'plain TCP', TLS: 'TLS', HTTP: 'HTTP in plaintext' };

/** The name that DNS completes with the namespace of the pod and the domain of the cluster. */
function fullName(view: MeshView, namespace: string, asked: string): string {
  const { clusterDomain } = view.facts;
  const host = asked.toLowerCase();
  // One that is declared with the dot is another one to istiod.
  const bare = host.endsWith('.') && !view.knownServicesByHost.has(host) ? host.slice(0, -1) : host;
  return [`${bare}.${namespace}.svc.${clusterDomain}`, `${bare}.svc.${clusterDomain}`, `${bare}.${clusterDomain}`].find(name => view.serviceByHost.has(name)) ?? bare;
}

/** The services of a host that the sidecar knows, or else those that anybody declares. */
function servicesNamed(view: MeshView, scope: ProxyScope, host: string): readonly KnownService[] {
  const halved = scope.halved.filter(service => service.host === host);
  const known = halved.length > 0 ? halved : scope.servicesByHost.get(host) ?? view.knownServicesByHost.get(host);
  return known ?? scope.servicesByHost.get(mostSpecific(host, scope.servicesByHost) ?? '') ?? [];
}

function spokenOn(services: readonly KnownService[], number: number): Spoken {
  const port = services.flatMap(({ ports }) => ports).find(candidate => candidate.number === number);
  if (port === undefined || port.class === 'AUTO') {
    return number === 443 ? 'TLS' : number === 80 || number === 8080 ? 'HTTP' : 'TCP';
  }
  return port.isTls ? 'TLS' : port.class === 'HTTP' ? 'HTTP' : 'TCP';
}

interface Addresses {
  readonly addresses: readonly string[];
  readonly places: readonly string[];
  readonly text: string;
  readonly causes: readonly Cause[];
}

function given(address: string): Addresses {
  return { addresses: [address], places: [address], text: `at ${address}`, causes: [] };
}

function addressesOf(view: MeshView, services: readonly KnownService[], host: string, port: number): Addresses {
  if (isIP(host) !== 0) {
    return { addresses: [host], places: [host], text: 'an address', causes: [] };
  }
  const placed = services.filter(({ address }) => address !== ANY_ADDRESS);
  const [first] = placed;
  const headless = services.flatMap(service => headlessAddresses(view, service, port));
  if (headless.length > 0) {
    return { addresses: headless, places: headless, text: `the name has ${headless.join(', ')}`, causes: [cause(services[0].object, ['spec', 'clusterIP'])] };
  }
  if (!first) {
    return { addresses: [], places: [], text: 'the name has whatever address DNS says', causes: [] };
  }
  const places = [...new Set(placed.map(({ address }) => address))];
  const addresses = [...new Set(places.map(address => (address.includes('/') ? networkOf(address)[0].first.toString() : address)))];
  if (first.isKubernetes) {
    return { addresses, places, text: `the name has ${isIP(first.address) === 0 ? 'the address of the Service' : first.address}`, causes: [cause(first.object)] };
  }
  if (first.isAllocated) {
    return { addresses, places, text: 'the sidecar answers DNS with an address that istiod allocates', causes: [cause(first.object, ['spec', 'resolution'])] };
  }
  return {
    addresses,
    places,
    text: `the name has ${places.join(', ')}${view.facts.dnsCapture ? '' : ', as the entry says; DNS has to agree'}`,
    causes: [cause(first.object, ['spec', 'addresses'])],
  };
}

function isWildcardRange(services: readonly KnownService[]): boolean {
  return services.some(({ address }) => address.includes('/'));
}

export function isAddress(text: string): boolean {
  return /^[0-9.]+$|:/.test(text);
}
