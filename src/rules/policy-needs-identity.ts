import { allowedBy } from './allowing';
import { Finding, Rule } from './rule';
import { identityCondition, identityOf, knowsClients } from '../view/access-match';
import { AccessPolicy, AccessRule } from '../view/access-policy';
import { GatewayServer } from '../view/gateway';
import { MeshView } from '../view/mesh-view';

export const policyNeedsIdentity: Rule = {
  id: 'MX0801',
  name: 'policy-needs-identity',
  severity: 'ERROR',
  title: 'A policy names identities at a gateway server that does not know its clients.',
  why: 'A server that passes TLS through, or does not ask for a certificate, does not know who connects. `principals` never match there and `notPrincipals` always do: ALLOW allows nobody or everybody, DENY denies nobody or everybody.',
  fix: 'Give the server `tls: {mode: ISTIO_MUTUAL}`, and the sidecars a DestinationRule for the gateway with the same mode. TLS of the application goes inside it.',
  related: [],
  check: view => view.accessPolicies.flatMap(policy => unmatched(view, policy)),
};

function unmatched(view: MeshView, policy: AccessPolicy): Finding[] {
  const asking = policy.rules.flatMap(rule => askingAt(rule).map(at => ({ rule, ...at })));
  // Without a selector it is for the other pods of the namespace as well.
  if (asking.length === 0 || Object.keys(policy.selector).length === 0) {
    return [];
  }
  const workloads = view.gatewayWorkloads.policedBy(policy);
  return asking.flatMap(({ rule, property, field }): Finding[] => {
    const asked = workloads.map(workload => workload.serversOf(rule)).filter(({ all }) => all.length > 0);
    const closed = policy.action === 'DENY' && deniesUnknown(rule) ? workloads.flatMap(workload => (
      allowedBy(rule, workload, view.gatewayPlaces.servicesOf(workload)).filter(server => !knowsClients(server)))) : [];
    const server = closed[0] ?? (asked.some(({ knowClients }) => knowClients) ? undefined : asked[0]?.all[0]);
    return server !== undefined ? [{
      object: policy.object,
      message: `'${property}' needs to know the client, and ${whyNot(server)}: ${consequence(policy.action, property)}`,
      fix: 'give the server \'tls\' with \'mode: ISTIO_MUTUAL\', and the sidecars a DestinationRule for the gateway with the same mode and its server name',
      field,
    }] : [];
  });
}

/** Whether a rule asks for nothing but not to be somebody, so that it is for every client that has no identity: beside one that has it is no less a mistake. */
function deniesUnknown({ sources, conditions }: AccessRule): boolean {
  const isOfPlace = conditions.every(({ key, notValues }) => notValues.length === 0 && ['connection.sni', 'destination.port'].includes(key));
  return isOfPlace && sources.some(source => Object.keys(source).length > 0 && Object.keys(source).every(property => NEGATED.includes(property)));
}

const NEGATED = ['notPrincipals', 'notNamespaces', 'notServiceAccounts'];

/** The first place where a rule asks for an identity. */
function askingAt(rule: AccessRule): { readonly property: string; readonly field: readonly (string | number)[] }[] {
  for (const [i, source] of rule.sources.entries()) {
    const property = identityOf(source);
    if (property !== undefined) {
      return [{ property, field: [...rule.field, 'from', i, 'source', property] }];
    }
  }
  const key = identityCondition(rule);
  return key === undefined ? [] : [{ property: key, field: [...rule.field, 'when', rule.conditions.findIndex(condition => condition.key === key)] }];
}

function whyNot({ object, port, tls }: GatewayServer): string {
  const does = tls === undefined ? 'has no TLS' : tls.mode === 'SIMPLE' ? 'asks its clients for no certificate' : 'passes TLS through';
  return `the server on port ${port} of '${object.origin.path}' ${does}`;
}

function consequence(action: string, property: string): string {
  const isNegative = property.startsWith('not');
  if (action === 'ALLOW') {
    return isNegative ? 'it allows everybody' : 'it allows nobody';
  }
  return isNegative ? 'it denies everybody' : 'it denies nobody';
}
