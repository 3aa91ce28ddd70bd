import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { strings, valueAt } from '../view/fields';
import { MeshView } from '../view/mesh-view';
import { MESH, Route, RouteMatch } from '../view/route';

export const matchOfOtherGateway: Rule = {
  id: 'MX0411',
  name: 'match-of-other-gateway',
  severity: 'ERROR',
  title: 'A match names a gateway that its VirtualService is not for.',
  why: 'istiod gives a VirtualService to the gateways of `spec.gateways` only, and to the sidecars where `mesh` is among them or the list is left out. The `gateways` of a match choose '
    + 'among these. Without `mesh` connections go past the gateway; without the Gateway it has no route for them.',
  fix: 'Add it to `spec.gateways`.',
  related: [],
  // What a VirtualService without hosts says holds for the gateways of the one that delegates to it.
  check: view => view.routes.filter(({ hosts }) => hosts.length > 0).flatMap(route => (
    route.rules.flatMap(({ matches }) => matches.flatMap(match => othersIn(view, route, match))))),
};

/** The gateway of the VirtualService that a match was meant for: of the same name in another namespace, the sidecars, or one that is near to what is not there. */
function meantBy(view: MeshView, written: string, gateways: readonly string[]): string | undefined {
  if (written === MESH) {
    return undefined;
  }
  const others = gateways.filter(gateway => gateway !== MESH);
  const [, name] = written.split('/');
  const same = others.find(other => other.split('/')[1] === name) ?? (name.toLowerCase() === MESH && gateways.includes(MESH) ? MESH : undefined);
  return same ?? (view.names.gatewayOf(written) === undefined ? nearest(written, others) : undefined);
}

function othersIn(view: MeshView, route: Route, { object, field, gateways }: RouteMatch): Finding[] {
  // A route may have thousands of matches, and reading what one has goes through the list.
  const written = gateways.every(name => route.gateways.includes(name)) ? [] : strings(valueAt(object, [...field, 'gateways']));
  return written.flatMap((name, i): Finding[] => {
    const full = gateways[i];
    if (route.gateways.includes(full)) {
      return [];
    }
    const isDefault = strings(object.spec.gateways).length === 0;
    const meant = meantBy(view, full, route.gateways);
    return [{
      object,
      field: [...field, 'gateways', i],
      message: `'gateways' of the match names ${quote(name)}, and 'spec.gateways' ${isDefault ? 'is left out, which means "mesh"' : `has ${route.gateways.map(quote).join(', ')}`}: `
        + (name === MESH ? 'sidecars never use this rule, and connect as if it were not there' : 'the Gateway never has this rule, and its connections end there'),
      fix: meant ? `write ${quote(meant)}` : `add ${quote(name)} to 'spec.gateways'${isDefault ? ', and "mesh" as well, which is the default only while the list is left out' : ''}`,
    }];
  });
}
