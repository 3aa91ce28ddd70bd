import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MESH } from '../view/route';

export const gatewayMissing: Rule = {
  id: 'MX0305',
  name: 'gateway-missing',
  severity: 'ERROR',
  title: 'A VirtualService names a Gateway that does not exist.',
  why: 'No proxy uses its rules. A name without a namespace means a Gateway in the namespace of the VirtualService.',
  fix: 'Write `<namespace>/<name>` of the Gateway.',
  related: ['IST0101', 'IST0132', 'KIA1102'],
  check: view => {
    const served = new Map<string, MeshObject>(view.gatewayServers.flatMap(({ object, hosts }) => hosts.map(host => [host, object] as const)));
    const byName = new Map<string, MeshObject>(view.gateways.map(({ object }) => [object.name, object]));
    return view.routes.flatMap(route => strings(route.object.spec.gateways).flatMap((written, i): Finding[] => {
      const name = written.includes('/') ? written : `${route.object.namespace}/${written}`;
      const [namespace, base] = name.split('/');
      // A Gateway may be in another repository. That it is not shows when one of this name is elsewhere, or another one serves the host.
      const [host] = route.hosts.filter(candidate => candidate !== '*' && served.has(candidate));
      const elsewhere = byName.get(base) ?? served.get(host);
      if (written === MESH || view.names.gatewayOf(name) || !elsewhere || route.gateways.some(other => view.names.gatewayOf(other))) {
        return [];
      }
      return [{
        object: route.object,
        field: ['spec', 'gateways', i],
        message: `'gateways' ${quote(written)} is no Gateway in ${where(namespace)}; '${elsewhere.origin.path}' is ${quote(elsewhere.name)} in ${where(elsewhere.namespace)}: no proxy `
          + 'uses these rules',
        fix: `write ${quote(`${elsewhere.namespace}/${elsewhere.name}`)}`,
      }];
    }));
  },
};
