import { Finding, Rule, selectorText, where } from './rule';
import { quote } from '../private/fail';
import { AccessPolicy } from '../view/access-policy';
import { labelsOf } from '../view/fields';
import { labelledIn, LabelsByPlace } from '../view/labels-by-place';
import { NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

export const policySelectsNothing: Rule = {
  id: 'MX0803',
  name: 'policy-selects-nothing',
  severity: 'WARNING',
  title: 'A policy is for pods or objects that do not exist.',
  why: 'Istio accepts the policy, and it has no effect: what it denies stays open.',
  fix: 'Select labels of the pods, in their namespace. `targetRefs` name objects of the policy\'s namespace; a ServiceEntry by the name of the object, not by its host.',
  related: ['IST0127', 'IST0166', 'KIA0004'],
  check: view => {
    const policies = view.accessPolicies.filter(({ selector }) => Object.keys(selector).length > 0);
    return [...policies.length > 0 ? withoutPods(view, policies) : [], ...view.accessPolicies.flatMap(policy => withoutTarget(view, policy))];
  },
};

/** The policies with a selector that matches none of the pods of their namespace, as far as pods of it are there. */
function withoutPods(view: MeshView, policies: readonly AccessPolicy[]): Finding[] {
  const places = new LabelsByPlace();
  /** A policy of the root namespace may be meant for pods of that namespace itself, such as Istio's gateways. */
  const withPods = new Set<string>();
  const add = (namespace: string, labels: { readonly [label: string]: string }) => (
    [namespace, view.facts.rootNamespace].forEach(place => places.add(place, labels)));
  labelledIn(view, ({ spec }) => labelsOf(spec.labels)).forEach(({ namespace, labels }) => {
    withPods.add(namespace);
    add(namespace, labels);
  });
  // What is behind a Service is somewhere, though its pods are not among the objects.
  view.services.filter(({ object, selector }) => places.has(object.namespace) && Object.keys(selector).length > 0)
    .forEach(({ object, selector }) => add(object.namespace, selector));
  return policies.flatMap((policy): Finding[] => {
    const { object, selector, hasTargetRefs } = policy;
    const isThere = places.isSelected(object.namespace, selector);
    // The pods of a gateway are often installed by somebody else.
    const isElsewhere = () => view.gatewayWorkloads.policedBy(policy).length > 0;
    return !hasTargetRefs && withPods.has(object.namespace) && !isThere && !isElsewhere() ? [{
      object,
      message: `'selector' ${selectorText(selector)} matches none of the pods of ${where(object.namespace)}: `
        + 'the policy has no effect',
      fix: 'select labels of the pods, in the namespace that they are in',
      field: ['spec', 'selector'],
    }] : [];
  });
}

/** The kinds that a policy may be for, as far as a mistake shows. */
const TARGETS: { readonly [kind: string]: string } = { ServiceEntry: NETWORKING, Service: '', Gateway: 'gateway.networking.k8s.io' };

function withoutTarget(view: MeshView, { object, targets }: AccessPolicy): Finding[] {
  return targets.flatMap(({ kind, group, name, field }): Finding[] => {
    const { namespace } = object;
    const others = Object.hasOwn(TARGETS, kind) && TARGETS[kind] === group ? view.inNamespace(group, kind, namespace) : undefined;
    if (others === undefined || others.has(name)) {
      return [];
    }
    // What names no namespace may be applied to any.
    const elsewhere = namespace === '' ? undefined : view.named(group, kind, name).find(candidate => candidate.namespace !== '');
    // Without others of its kind the target may be in another repository. Waypoints and Services have the same names in many namespaces, a ServiceEntry seldom has.
    return others.size === 0 && !(elsewhere && kind === 'ServiceEntry') ? [] : [{
      object,
      message: `'targetRefs' names the ${kind} ${quote(name)}, which ${elsewhere ? `is in ${where(elsewhere.namespace)} and not in ${quote(namespace)}` : `${where(namespace)} does not have`}: `
        + 'the policy has no effect',
      fix: elsewhere ? `write the policy in ${where(elsewhere.namespace)}: 'targetRefs' name objects of the policy's own namespace`
        : 'name an object of the same namespace, a ServiceEntry by its own name and not by its host',
      field,
    }];
  });
}
