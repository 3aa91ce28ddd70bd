import { Finding, Rule } from './rule';
import { canonicalAddress, isCidr, isIp } from '../private/check';
import { quote } from '../private/fail';
import { records } from '../view/fields';
import { MeshObject, NETWORKING } from '../view/mesh-object';

export const ambientEndpointIsAddress: Rule = {
  id: 'MX0501',
  name: 'ambient-endpoint-is-address',
  severity: 'ERROR',
  title: 'In an ambient mesh, an endpoint has an address of a ServiceEntry.',
  why: 'ztunnel looks for a workload with the dialled address before it looks for a service: connections go straight there, past every waypoint and its policies, from every namespace.',
  fix: 'Write `resolution: DNS` without endpoints, or leave the endpoints out.',
  related: [],
  check: view => {
    if (!view.namespaces.areSomeAmbient) {
      return [];
    }
    const services = new Map<string, MeshObject>();
    view.entries.forEach(entry => entry.addresses.forEach(address => services.set(address, entry.object)));
    const lengths = [...new Set([...services.keys()].filter(isCidr).map(range => range.split('/')[1]))];
    const around = (address: string) => lengths.map(length => `${address}/${length}`).filter(isCidr).map(range => services.get(canonicalAddress(range)))
      .find(object => object !== undefined);
    const endpoints = [
      ...view.of(NETWORKING, 'ServiceEntry').flatMap(object => records(object.spec.endpoints).map(({ address }) => ({ object, address }))),
      ...view.of(NETWORKING, 'WorkloadEntry').map(object => ({ object, address: object.spec.address })),
    ];
    return endpoints.flatMap(({ object, address }): Finding[] => {
      const service = typeof address === 'string' && isIp(address) ? services.get(canonicalAddress(address)) ?? around(address) : undefined;
      return service ? [{
        object,
        message: `'endpoints' has ${quote(address)}, which is an address of '${service.origin.path}': ztunnel connects straight to it, past every waypoint`,
        fix: 'write \'resolution: DNS\' without endpoints',
      }] : [];
    });
  },
};
