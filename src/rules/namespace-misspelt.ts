import { Finding, Rule, where } from './rule';
import { homesOf } from './rule-not-looked-up';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { TrafficRule } from '../view/traffic-rule';

export const namespaceMisspelt: Rule = {
  id: 'MX0103',
  name: 'namespace-misspelt',
  severity: 'WARNING',
  title: '`exportTo` names a namespace of which the input shows nothing, one letter away from another one.',
  why: 'Istio takes the name of any namespace, whether it exists or not. The proxies of the namespace that is meant do not see the object: they connect directly, or not at all.',
  fix: 'Correct the name, or add the Namespace to the input.',
  related: ['KIA0005'],
  check: view => [
    ...[...view.entries, ...view.routes].flatMap(({ object }) => slipOf(view, object)),
    // One that is not beside its service is looked up nowhere else, whatever it is exported to (MX0403).
    ...view.trafficRules.flatMap(rule => slipOf(view, rule.object).filter(() => isHome(view, rule))),
  ],
};

function slipOf(view: MeshView, object: MeshObject): Finding[] {
  const exported = strings(object.spec.exportTo);
  for (const written of exported) {
    const meant = view.shownNamespaces.slipOf(written);
    // What a gateway does not see is another mistake (MX0309).
    if (meant !== undefined && !view.gatewayPlaces.namespaces.has(meant)) {
      return exported.includes(meant) ? [] : [{
        object,
        field: ['spec', 'exportTo'],
        message: `'exportTo' names ${where(written)}, of which the input shows nothing: ${where(meant)} does not see this ${object.kind}`,
        fix: `did you mean ${quote(meant)}? If not, add the Namespace ${quote(written)} to the input`,
      }];
    }
  }
  return [];
}

function isHome(view: MeshView, { object, host }: TrafficRule): boolean {
  return homesOf(view, host).has(object.namespace) || object.namespace === view.facts.rootNamespace;
}
