import { Call, CodeFields } from './code';
import { given } from './connection-code';
import { DEFAULT_FACTS } from '../private/default-facts';
import { MeshModel } from '../private/model';

/** What `Mesh.declare` is told of a mesh: what differs from its defaults. */
export function factsCode(facts: MeshModel): CodeFields {
  const own = <K extends keyof MeshModel>(name: K) => (JSON.stringify(facts[name]) === JSON.stringify(DEFAULT_FACTS[name]) ? undefined : facts[name]);
  return given({
    istioVersion: own('istioVersion'),
    trustDomain: own('trustDomain'),
    trustDomainAliases: own('trustDomainAliases'),
    clusterDomain: own('clusterDomain'),
    rootNamespace: own('rootNamespace'),
    outboundTrafficPolicy: own('outboundTrafficPolicy') && new Call(`OutboundTrafficPolicy.${facts.outboundTrafficPolicy}`),
    dataPlane: own('dataPlane') && new Call(`DataPlane.${facts.dataPlane.toUpperCase()}`),
    dnsCapture: own('dnsCapture'),
    ipAutoAllocate: own('ipAutoAllocate'),
  }) ?? {};
}
