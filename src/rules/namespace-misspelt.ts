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
  check: view => exported(view).flatMap((object): Finding[] => {
    const [slip] = strings(object.spec.exportTo).flatMap(written => {
      const meant = view.shownNamespaces.slipOf(written);
      // What a gateway does not see is another mistake (MX0309).
      return meant === undefined || view.gatewayPlaces.namespaces.has(meant) ? [] : [{ written, meant }];
    });
    return slip === undefined || strings(object.spec.exportTo).includes(slip.meant) ? [] : [{
      object,
      field: ['spec', 'exportTo'],
      message: `'exportTo' names ${where(slip.written)}, of which the input shows nothing: ${where(slip.meant)} does not see this ${object.kind}`,
      fix: `did you mean ${quote(slip.meant)}? If not, add the Namespace ${quote(slip.written)} to the input`,
    }];
  }),
};

/** What may be exported. A DestinationRule that is not beside its service is looked up nowhere else, whatever it is exported to (MX0403). */
function exported(view: MeshView): MeshObject[] {
  const isHome = ({ object, host }: TrafficRule) => homesOf(view, host).has(object.namespace) || object.namespace === view.facts.rootNamespace;
  return [...view.entries, ...view.routes, ...view.trafficRules.filter(isHome)].map(({ object }) => object);
}
