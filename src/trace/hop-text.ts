import { Destination, Share } from './destination';
import { GatewayChain } from './gateway-chain';
import { GatewayPods } from './gateway-pods';
import { causeText } from './hop';
import { Listener } from './listener';
import { Choice, Condition } from './route-choice';
import { byAge } from '../view/age';
import { record, text, valueAt } from '../view/fields';
import { KnownService } from '../view/known-service';
import { MeshObject } from '../view/mesh-object';
import { RouteRule } from '../view/route';

/** Some names of many. */
export function firstOf(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

export function destinationText({ host, port, subset, spoken }: Destination): string {
  const tls = spoken.mode === 'PLAINTEXT' ? 'no TLS is added' : `with TLS (${spoken.mode})${spoken.sni === undefined ? '' : `, server name ${spoken.sni}`}`;
  return `${host} port ${port}${subset === undefined ? '' : `, subset ${subset}`}, ${tls}`;
}

export function serverText({ termination, server, sni }: GatewayChain): string {
  const names = sni.length > 0 && !sni.includes('*') ? ` for ${sni.join(', ')}` : '';
  switch (termination) {
    case 'NONE': return `plaintext ${server.protocol}${names}`;
    case 'PASSTHROUGH': return `it passes the TLS on${names}`;
    default: return `it ends the TLS (${termination})${names}`;
  }
}

export function droppedNotes(listener: Listener, host: string): string[] {
  return listener.droppedOf(host).map(({ service, by }) => (
    `istiod leaves ${service.host} ('${service.object.origin.path}') out of this listener, because ${by.host} ('${by.object.origin.path}') has its place`
    + agesText(service.object, by.object)));
}

function agesText({ created: own }: MeshObject, { created: other }: MeshObject): string {
  return own === undefined || other === undefined ? '; which of the two has it depends on their ages, which are not in the input'
    : byAge({ created: other }, { created: own }) < 0 ? `: it is older, made ${other} and not ${own}` : '';
}

export function portText({ port, isAssumed }: GatewayPods): string {
  return isAssumed ? 'a port' : `port ${port}`;
}

export function portField(service: KnownService, port: number): readonly (string | number)[] {
  return service.ports.find(({ number }) => number === port)?.field ?? ['spec', 'ports'];
}

/** Which part of what a rule takes goes one of several ways. */
export function shareText({ percent, isCopy }: Share, { rule }: Choice): string {
  const what = rule?.kind === 'http' ? 'requests' : 'connections';
  return isCopy ? percent === undefined ? 'as a copy of each request, whose answer nobody gets' : `as a copy of ${percent} % of the requests, whose answer nobody gets`
    : `for ${percent} % of the ${what}`;
}

export function percentText(percent: number | undefined): string {
  return percent === undefined ? '' : ` (${percent} %)`;
}

/** The VirtualService that a rule delegates to, as the rule names it. */
export function delegateText({ object, field }: RouteRule): string | undefined {
  const { delegate } = record(valueAt(object, field));
  const { name, namespace } = record(delegate);
  return delegate === undefined ? undefined : `VirtualService ${text(namespace) ?? object.namespace}/${text(name) ?? '(no name)'}`;
}

/** A match of requests, with what it looks at. */
export function conditionText({ asks, ...where }: Condition): string {
  const named = causeText(where);
  return asks === '' ? named : `${named.slice(0, -1)}: ${asks})`;
}

/** Matches of which one has to be met. */
export function oneOf(conditions: readonly Condition[]): string {
  const named = conditions.slice(0, 3).map(conditionText).join(' or ');
  return conditions.length > 3 ? `${named} or ${conditions.length - 3} more` : named;
}

/** Where connections end; of a range nobody knows the address. */
export function endpointsText(endpoints: readonly string[]): string {
  return endpoints.map(endpoint => {
    const [, range, port] = /^\[?([^\]]+\/\d+)\]?:(\d+)$/.exec(endpoint) ?? [];
    return range === undefined ? endpoint : `an address in ${range}, port ${port}`;
  }).join(', ');
}
