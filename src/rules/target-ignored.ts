import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { AccessPolicy } from '../view/access-policy';
import { record, records, text } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { GATEWAY_API } from '../view/waypoint';

const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

export const targetIgnored: Rule = {
  id: 'MX0811',
  name: 'target-ignored',
  severity: 'ERROR',
  title: 'A policy has `targetRefs` for a Gateway whose pods Istio did not deploy.',
  why: 'Istio finds the Gateway of a policy by a label of the pods, `gateway.networking.k8s.io/gateway-name`. Only pods that Istio deploys for a Gateway have it. Where `addresses` of the Gateway '
    + 'name the Service of an installed gateway, the policy is ignored, and what it denies gets in.',
  fix: 'Write a `selector` with the labels of the gateway\'s pods in place of `targetRefs`.',
  related: [],
  check: view => view.accessPolicies.filter(({ hasTargetRefs }) => hasTargetRefs).flatMap(policy => ignored(view, policy)),
};

function ignored(view: MeshView, { object }: AccessPolicy): Finding[] {
  const refs = records(object.spec.targetRefs).length > 0 ? records(object.spec.targetRefs).map((target, i) => ({ target, field: ['spec', 'targetRefs', i] }))
    : [{ target: record(object.spec.targetRef), field: ['spec', 'targetRef'] }];
  return refs.flatMap(({ target, field }): Finding[] => {
    const named = text(target.kind) === 'Gateway' ? view.inNamespace(GATEWAY_API, 'Gateway', object.namespace).get(text(target.name) ?? '') : undefined;
    const address = named && serviceOf(named);
    return address === undefined || isLabelled(view, named!) ? [] : [{
      object,
      field,
      message: `'targetRefs' names the Gateway ${quote(named!.name)} ('${named!.origin.path}'), which is served by pods that Istio did not deploy (${quote(address)}): `
        + 'the policy is ignored there',
      fix: 'write a \'selector\' with the labels of those pods in place of \'targetRefs\'',
    }];
  });
}

/** The Service of an installed gateway that a Gateway is for; as istiod, one address of type IPAddress asks for a gateway of its own. */
function serviceOf({ spec }: MeshObject): string | undefined {
  const host = records(spec.addresses).find(({ type }) => text(type) === 'Hostname');
  return host && text(host.value);
}

function isLabelled(view: MeshView, { name, namespace }: MeshObject): boolean {
  return view.pods.some(pod => pod.namespace === namespace && pod.labels[GATEWAY_NAME] === name);
}
