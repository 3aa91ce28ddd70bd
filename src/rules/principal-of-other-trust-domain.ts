import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { MeshView } from '../view/mesh-view';

/** Where somebody is named. */
interface Named extends Pick<Finding, 'object' | 'field'> {
  readonly property: string;
  readonly trustDomain: string;
  /** Whether istiod takes `cluster.local` for the trust domain of the mesh there. */
  readonly isAliased: boolean;
}

export const principalOfOtherTrustDomain: Rule = {
  id: 'MX0809',
  name: 'principal-of-other-trust-domain',
  severity: 'WARNING',
  title: 'An identity is of another trust domain than the mesh.',
  why: 'No workload of the mesh has it. In a policy `cluster.local` stands for the trust domain of the mesh, in `subjectAltNames` it does not.',
  fix: 'Write the trust domain of the mesh; or tell the rules which one it is, with its aliases.',
  related: ['KIA0108'],
  check: view => {
    const own = new Set([view.facts.trustDomain, ...view.facts.trustDomainAliases]);
    const all = namesIn(view);
    const foreign = all.filter(({ trustDomain, isAliased }) => !own.has(trustDomain) && !(isAliased && trustDomain === 'cluster.local'));
    // When nothing is of the mesh that the rules were told of, they were told of another one.
    const isKnown = view.facts.trustDomain !== 'cluster.local' || all.length > foreign.length;
    return (isKnown ? foreign : []).map(({ object, field, property, trustDomain }) => ({
      object,
      field,
      message: `'${property}' names the trust domain ${quote(trustDomain)}, and the mesh is ${quote(view.facts.trustDomain)}: no workload of it has that identity`,
      fix: {
        code: `write ${quote(view.facts.trustDomain)}, or give Mesh.declare() 'trustDomain' and 'trustDomainAliases'`,
        yaml: `write ${quote(view.facts.trustDomain)}, or tell which trust domain the mesh has`,
      },
    }));
  },
};

function namesIn(view: MeshView): Named[] {
  const inPolicies = view.accessPolicies.flatMap(({ object, rules }) => rules.flatMap(rule => rule.sources.flatMap((source, i) => (
    ['principals', 'notPrincipals'].flatMap(property => strings(source[property]).flatMap((value, n): Named[] => {
      const [, trustDomain] = /^([^*/]+)\/ns\/[^/]+\/sa\/[^/]+$/.exec(value) ?? [];
      return trustDomain ? [{ object, property, trustDomain, isAliased: true, field: [...rule.field, 'from', i, 'source', property, n] }] : [];
    }))))));
  const inServers = view.gatewayServers.flatMap(({ object, tls, field }) => (tls?.mode === 'ISTIO_MUTUAL' ? tls.subjectAltNames : []).flatMap((name, n): Named[] => {
    const [, trustDomain] = /^spiffe:\/\/([^/]+)\/ns\//.exec(name) ?? [];
    return trustDomain ? [{ object, property: 'subjectAltNames', trustDomain, isAliased: false, field: [...field, 'tls', 'subjectAltNames', n] }] : [];
  }));
  return [...inPolicies, ...inServers];
}
