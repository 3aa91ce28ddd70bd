import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { AccessPolicy } from '../view/access-policy';
import { ExternalEntry } from '../view/external-entry';
import { strings } from '../view/fields';
import { MeshView } from '../view/mesh-view';
import { namesNamespace } from '../view/visibility';

export const policyOnClient: Rule = {
  id: 'MX0807',
  name: 'policy-on-client',
  severity: 'WARNING',
  title: 'A policy in the namespace of the clients names a host outside the mesh.',
  why: 'A proxy checks AuthorizationPolicies for incoming traffic, never for outgoing: the clients connect as before, and an ALLOW policy denies what others ask of them.',
  fix: 'Route the host through an egress gateway, and name the clients there: in `subjectAltNames` of its server, or in a policy for its pods.',
  related: [],
  check: view => {
    const outside = new Map<string, ExternalEntry>();
    view.entries.filter(entry => entry.object.spec.location !== 'MESH_INTERNAL' && !view.isUpstream(entry)).forEach(entry => (
      entry.hosts.forEach(host => outside.set(host, entry))));
    return outside.size === 0 ? [] : view.accessPolicies.flatMap(policy => naming(view, policy, outside));
  },
};

function naming(view: MeshView, policy: AccessPolicy, outside: ReadonlyMap<string, ExternalEntry>): Finding[] {
  const { object, hasTargetRefs, rules } = policy;
  const named = rules.flatMap(rule => [
    ...rule.operations.flatMap((operation, i) => ['hosts', 'notHosts'].flatMap(property => (
      strings(operation[property]).map(value => ({ property, value, field: [...rule.field, 'to', i, 'operation', property] }))))),
    ...rule.conditions.flatMap(({ key, values, notValues }, i) => (key === 'connection.sni' ? [...values, ...notValues] : [])
      .map(value => ({ property: key, value, field: [...rule.field, 'when', i] }))),
  ]);
  const found = named.map(({ value, ...at }) => ({ ...at, value, entry: outside.get(value.replace(/:(\d+|\*)$/, '')) }))
    .find(({ entry }) => entry !== undefined && namesNamespace(entry, object.namespace));
  // A policy for a gateway or a waypoint is asked of what goes out through it.
  const isOfClients = object.namespace !== view.facts.rootNamespace && !isOfGateway(policy) && view.gatewayWorkloads.policedBy(policy).length === 0;
  const isMisplaced = found !== undefined && !hasTargetRefs && isOfClients;
  return isMisplaced ? [{
    object,
    message: `'${found.property}' ${quote(found.value)} is outside the mesh ('${found.entry!.object.origin.path}'), and the proxies of ${where(object.namespace)} check policies for `
      + 'incoming traffic only: nobody is kept from it',
    fix: 'route the host through an egress gateway, and name its clients there',
    field: found.field,
  }] : [];
}

/** Whether a selector is of a gateway of which no Gateway is there. */
function isOfGateway({ selector }: AccessPolicy): boolean {
  return Object.entries(selector).some(([label, value]) => label === 'istio' || /gateway|egress/.test(value));
}
