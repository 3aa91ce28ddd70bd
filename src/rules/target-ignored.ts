import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { AccessPolicy } from '../view/access-policy';
import { records, text } from '../view/fields';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { GATEWAY_API, USE_WAYPOINT, usesNoWaypoint } from '../view/waypoint';

const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

export const targetIgnored: Rule = {
  id: 'MX0811',
  name: 'target-ignored',
  severity: 'ERROR',
  title: 'A policy has `targetRefs` for what enforces none: a Gateway whose pods Istio did not deploy, or a ServiceEntry or Service that uses no waypoint.',
  why: 'Istio finds the Gateway of a policy by a label of the pods, `gateway.networking.k8s.io/gateway-name`. Only pods that Istio deploys for a Gateway have it. Where `addresses` of the Gateway '
    + 'name the Service of an installed gateway, the policy is ignored, and what it denies gets in. A policy for a ServiceEntry or a Service is enforced by its waypoint alone: sidecars and '
    + 'ztunnel ignore a policy with `targetRefs`.',
  fix: 'Write a `selector` with the labels of the gateway\'s pods in place of `targetRefs`. Let the ServiceEntry or Service use a waypoint, with the label `istio.io/use-waypoint` of its own or of '
    + 'its Namespace.',
  related: [],
  check: view => view.accessPolicies.filter(({ hasTargetRefs }) => hasTargetRefs).flatMap(policy => ignored(view, policy)),
};

function ignored(view: MeshView, { object, targets }: AccessPolicy): Finding[] {
  return targets.flatMap(({ kind, group, name, field }): Finding[] => {
    const named = view.inNamespace(group, kind, object.namespace).get(name);
    const problem = named === undefined ? undefined : kind === 'Gateway' ? servedByOthers(view, named) : passesByWaypoints(view, named);
    return problem === undefined ? [] : [{
      object, field, message: `'targetRefs' names the ${kind} ${quote(name)} ('${named!.origin.path}'), which ${problem.message}`, fix: problem.fix,
    }];
  });
}

type Problem = Pick<Finding, 'message' | 'fix'>;

function servedByOthers(view: MeshView, gateway: MeshObject): Problem | undefined {
  const address = gateway.group === GATEWAY_API ? serviceOf(gateway) : undefined;
  return address === undefined || isLabelled(view, gateway) ? undefined : {
    message: `is served by pods that Istio did not deploy (${quote(address)}): the policy is ignored there`,
    fix: 'write a \'selector\' with the labels of those pods in place of \'targetRefs\'',
  };
}

/** What a waypoint alone checks, and none does. */
function passesByWaypoints(view: MeshView, target: MeshObject): Problem | undefined {
  const isService = target.group === '' && target.kind === 'Service';
  const isEntry = target.group === NETWORKING && target.kind === 'ServiceEntry';
  return !isService && !isEntry || !usesNoWaypoint(target, view.namespaces) ? undefined : {
    message: 'uses no waypoint: nothing enforces the policy',
    fix: `write the label ${quote(USE_WAYPOINT)} with the name of a waypoint at the ${target.kind} or at its Namespace${isService ? ', or a \'selector\' for pods with sidecars' : ''}`,
  };
}

/** The Service of an installed gateway that a Gateway is for; as istiod, one address of type IPAddress asks for a gateway of its own. */
function serviceOf({ spec }: MeshObject): string | undefined {
  const host = records(spec.addresses).find(({ type }) => text(type) === 'Hostname');
  return host && text(host.value);
}

function isLabelled(view: MeshView, { name, namespace }: MeshObject): boolean {
  return view.pods.some(pod => pod.namespace === namespace && pod.labels[GATEWAY_NAME] === name);
}
