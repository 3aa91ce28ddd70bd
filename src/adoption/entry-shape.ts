import { TCP, TLS } from './protocols';
import { isCidr, isIp, singleAddress } from '../private/check';
import { Fields, number, record, records, strings, text } from '../view/fields';

/** What istiod makes of a ServiceEntry, as text that can be compared: without what is only written in another way. */
export function entryShape(spec: Fields, namespace: string): { readonly [part: string]: string } {
  const exported = strings(spec.exportTo).map(target => (target === namespace ? '.' : target));
  const endpoints = records(spec.endpoints);
  // A port is called by its name where endpoints have ports of their own.
  const isNamed = endpoints.some(({ ports }) => Object.keys(record(ports)).length > 0);
  return {
    hosts: list(strings(spec.hosts)),
    addresses: list(strings(spec.addresses).map(plainAddress)),
    ports: list(records(spec.ports).map(({ number: own, protocol, targetPort, name }) => (
      [own, readAs(protocol), number(targetPort) ?? own, isNamed ? name : ''].join(' ')))),
    location: text(spec.location) === 'MESH_INTERNAL' ? 'MESH_INTERNAL' : '',
    resolution: text(spec.resolution) ?? 'NONE',
    endpoints: JSON.stringify(endpoints.map(({ address, ports, labels, locality, weight, network, serviceAccount }) => (
      [String(address).replace(/\.$/, ''), ports, labels, locality, weight, network, serviceAccount]))),
    exportTo: list(exported.length === 0 || exported.includes('*') ? ['*'] : exported),
    subjectAltNames: list(strings(spec.subjectAltNames)),
    workloadSelector: JSON.stringify(spec.workloadSelector ?? ''),
  };
}

/** A range of one address as the address; what is no address as it is. */
export function plainAddress(address: string): string {
  return isIp(address) || isCidr(address) ? singleAddress(address) ?? address : address;
}

/** Protocols that mean the same to Istio compare as one. */
function readAs(protocol: unknown): string {
  const written = String(protocol).toUpperCase();
  return TCP.includes(written) ? 'TCP' : TLS.includes(written) ? 'TLS' : written;
}

function list(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join(', ');
}
