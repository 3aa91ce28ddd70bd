import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { seesServerName } from '../view/access-match';
import { AccessPolicy } from '../view/access-policy';
import { MeshView } from '../view/mesh-view';

export const serverNameNeverSent: Rule = {
  id: 'MX0808',
  name: 'server-name-never-sent',
  severity: 'WARNING',
  title: 'A policy names a server name that the gateway does not serve.',
  why: 'No connection with that name reaches the policy: an ALLOW policy allows nothing, a DENY policy leaves open what it should close.',
  fix: 'Write the host of the server in the Gateway. It is what the DestinationRule of the clients sends as `sni`, and not always the host that they dial.',
  related: [],
  check: view => view.accessPolicies.flatMap(policy => unserved(view, policy)),
};

function unserved(view: MeshView, policy: AccessPolicy): Finding[] {
  const named = policy.rules.flatMap(rule => rule.conditions.flatMap(({ key, values }, i) => (key === 'connection.sni' ? values : [])
    .map((value, n) => ({ value, field: [...rule.field, 'when', i, 'values', n] }))));
  // A policy for every pod of a namespace may be for others.
  if (named.length === 0 || Object.keys(policy.selector).length === 0) {
    return [];
  }
  const workloads = view.gatewayWorkloads.policedBy(policy);
  const isServed = (value: string) => workloads.some(workload => workload.serving([value]).some(seesServerName));
  return workloads.length === 0 ? [] : named.filter(({ value }) => !isServed(value)).map(({ value, field }): Finding => ({
    object: policy.object,
    message: `'connection.sni' ${quote(value)} is no host that '${workloads[0].servers[0].object.origin.path}' serves: the value never matches`,
    fix: 'write the host of the server in the Gateway, which the clients\' DestinationRule sends as \'sni\'',
    field,
  }));
}
