import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MESH } from '../view/route';

export const gatewayMissing: Rule = {
  id: 'MX0305',
  name: 'gateway-missing',
  severity: 'ERROR',
  title: 'A VirtualService names a Gateway that is not there.',
  why: 'Its rules hold at no proxy. A name without a namespace is a Gateway of the VirtualService\'s own namespace.',
  fix: 'Write `<namespace>/<name>` of the Gateway.',
  related: ['IST0101', 'KIA1102'],
  check: view => {
    const namespaces = new Set(view.gateways.map(({ object }) => object.namespace));
    const byName = new Map<string, MeshObject>(view.gateways.map(({ object }) => [object.name, object]));
    return view.routes.flatMap(route => strings(route.object.spec.gateways).flatMap((written, i): Finding[] => {
      const name = written.includes('/') ? written : `${route.object.namespace}/${written}`;
      const [namespace, base] = name.split('/');
      const elsewhere = byName.get(base);
      // Of another namespace nothing may be among the objects.
      if (written === MESH || view.names.gatewayOf(name) || !elsewhere && !namespaces.has(namespace)) {
        return [];
      }
      return [{
        object: route.object,
        field: ['spec', 'gateways', i],
        message: `'gateways' ${quote(written)} is no Gateway in ${where(namespace)}${elsewhere ? `, but '${elsewhere.origin.path}' is one in ${where(elsewhere.namespace)}` : ''}: its rules `
          + 'hold nowhere',
        fix: elsewhere ? `write ${quote(`${elsewhere.namespace}/${base}`)}` : 'write the name of the Gateway as <namespace>/<name>',
      }];
    }));
  },
};
