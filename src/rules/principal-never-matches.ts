import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { AccessPolicy } from '../view/access-policy';
import { strings } from '../view/fields';
import { MeshView } from '../view/mesh-view';

export const principalNeverMatches: Rule = {
  id: 'MX0806',
  name: 'principal-never-matches',
  severity: 'ERROR',
  title: 'An identity is written in a form that never matches.',
  why: 'istiod puts `spiffe://` in front of a principal of a policy, and takes `*` only at one of its ends. It compares `subjectAltNames` as they are written, `spiffe://` included. The other way round neither matches, and nothing says so.',
  fix: 'Write `principals: [cluster.local/ns/shop/sa/cart]` in an AuthorizationPolicy, and `subjectAltNames: ["spiffe://cluster.local/ns/shop/sa/cart"]` beside `mode: ISTIO_MUTUAL`.',
  related: ['KIA0106'],
  check: view => [...inServers(view), ...inRules(view), ...inPolicies(view)],
};

function inPolicies(view: MeshView): Finding[] {
  // In a policy istiod takes `cluster.local` for the trust domain of the mesh.
  const domains = new Set([view.facts.trustDomain, ...view.facts.trustDomainAliases, 'cluster.local']);
  return view.accessPolicies.flatMap(policy => inPolicy(policy, domains));
}

function inPolicy(policy: AccessPolicy, domains: ReadonlySet<string>): Finding[] {
  const { object } = policy;
  const named = policy.rules.flatMap(rule => [
    ...rule.sources.flatMap((source, i) => ['principals', 'notPrincipals'].map(property => (
      { property, values: strings(source[property]), isExcluded: property === 'notPrincipals', field: [...rule.field, 'from', i, 'source', property] }))),
    ...rule.conditions.flatMap(({ key, values, notValues }, i) => (key === 'source.principal' ? [
      { property: key, values, isExcluded: false, field: [...rule.field, 'when', i, 'values'] },
      { property: key, values: notValues, isExcluded: true, field: [...rule.field, 'when', i, 'notValues'] },
    ] : [])),
  ]);
  return named.flatMap(({ property, values, isExcluded, field }) => values.flatMap((value, i): Finding[] => {
    const fault = faultOf(value, domains);
    return fault ? [{ object, message: `'${property}' ${quote(value)} ${fault.what}, and ${isExcluded ? 'leaves nobody out' : 'matches nobody'}`, fix: fault.fix, field: [...field, i] }] : [];
  }));
}

/** What is wrong with a principal of a policy; identities of other issuers than Istio may have any path. */
function faultOf(value: string, domains: ReadonlySet<string>): { readonly what: string; readonly fix: string } | undefined {
  if (/\s/.test(value)) {
    return { what: 'has a blank, which no identity has', fix: `write ${quote(value.replace(/\s+/g, ''))}` };
  }
  if (value.startsWith('spiffe://')) {
    return { what: 'begins with "spiffe://", which istiod puts in front itself', fix: `write ${quote(value.slice('spiffe://'.length))}` };
  }
  const inner = value.startsWith('*') ? value.slice(1) : value.endsWith('*') ? value.slice(0, -1) : value;
  if (inner.includes('*')) {
    return { what: 'has a "*" that is not at one of its ends and stands for itself', fix: 'write "*" at the beginning or at the end, or name the accounts' };
  }
  const form = 'write <trust domain>/ns/<namespace>/sa/<service account>, like "cluster.local/ns/shop/sa/cart"';
  if (/^\/|^(ns|sa)\//.test(value)) {
    return { what: 'has no trust domain in front', fix: form };
  }
  if (value.includes('*')) {
    return undefined;
  }
  if (!value.includes('/')) {
    return { what: 'is no identity', fix: form };
  }
  // Trust domains of other issuers have a dot, as names of DNS do.
  if (/^[^/.]+\/[^/]+$/.test(value) && !domains.has(value.split('/')[0])) {
    return { what: 'is <namespace>/<service account>, which is the form of \'serviceAccounts\'', fix: form };
  }
  const isOfMesh = domains.has(value.split('/')[0]) || /^[^/]+\/ns\//i.test(value) || /\/sa\//i.test(value);
  return isOfMesh && !/^[^/]+\/ns\/[^/]+\/sa\/[^/]+$/.test(value) ? { what: 'is not <trust domain>/ns/<namespace>/sa/<service account>', fix: form } : undefined;
}

function inServers(view: MeshView): Finding[] {
  return view.gatewayServers.flatMap(({ object, tls, field }) => (tls?.mode === 'ISTIO_MUTUAL' ? tls.subjectAltNames : [])
    .flatMap((name, i) => alternativeName(name, 'a client', { object, field: [...field, 'tls', 'subjectAltNames', i] })));
}

function inRules(view: MeshView): Finding[] {
  return view.trafficRules.flatMap(({ object, allTls }) => allTls.filter(({ mode }) => mode === 'ISTIO_MUTUAL').flatMap(({ subjectAltNames, field }) => (
    subjectAltNames.flatMap((name, i) => alternativeName(name, 'a server of the mesh', { object, field: [...field, 'subjectAltNames', i] })))));
}

function alternativeName(name: string, of: string, at: Pick<Finding, 'object' | 'field'>): Finding[] {
  const isMissing = !name.startsWith('spiffe://');
  if (!isMissing && !name.includes('*')) {
    return [];
  }
  const fixed = /^[^/]+\/ns\/[^/]+\/sa\/[^/]+$/.test(name) ? `write ${quote(`spiffe://${name}`)}` : 'write "spiffe://<trust domain>/ns/<namespace>/sa/<service account>"';
  return [{
    ...at,
    message: `'subjectAltNames' ${quote(name)} ${isMissing ? 'does not begin with "spiffe://"' : 'has a "*" that stands for itself'}, and the certificate of ${of} never says it`,
    fix: isMissing ? fixed : 'name each account: Istio compares these names exactly',
  }];
}
