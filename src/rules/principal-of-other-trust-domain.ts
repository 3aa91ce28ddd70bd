import { identitiesIn, Identity } from './identities';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';

export const principalOfOtherTrustDomain: Rule = {
  id: 'MX0809',
  name: 'principal-of-other-trust-domain',
  severity: 'WARNING',
  title: 'An identity has another trust domain than the mesh.',
  why: 'No workload of the mesh has it. In a policy, `cluster.local` stands for the trust domain of the mesh; in `subjectAltNames` it does not. '
    + 'Clusters of one mesh may have several trust domains: until the rules are told which it has, they report what is almost `cluster.local`, and others only beside it.',
  fix: 'Write the trust domain of the mesh. If the rules do not know it, tell them: `lint --trust-domain`, or `Mesh.declare()` in this library.',
  related: ['KIA0108'],
  check: view => {
    const own = new Set([view.facts.trustDomain, ...view.facts.trustDomainAliases]);
    const all = identitiesIn(view).filter((identity): identity is Identity & { readonly trustDomain: string } => identity.trustDomain !== undefined);
    // In a policy istiod takes `cluster.local` for the trust domain of the mesh.
    const foreign = all.filter(({ trustDomain, policy }) => !own.has(trustDomain) && !(policy && trustDomain === 'cluster.local'));
    // When nothing is of the mesh that the rules were told of, they were told of another one.
    const isKnown = view.facts.isTrustDomainTold === true || view.facts.trustDomain !== 'cluster.local' || all.length > foreign.length;
    return foreign.flatMap(({ object, field, property, trustDomain }) => {
      const meant = meantBy(trustDomain, [...own]);
      return isKnown || meant !== undefined ? [{ object, field, property, trustDomain, meant }] : [];
    }).map(({ object, field, property, trustDomain, meant }): Finding => ({
      object,
      field,
      message: `'${property}' names the trust domain ${quote(trustDomain)}, and that of the mesh is ${quote(view.facts.trustDomain)}: no workload of it has that identity`,
      fix: meant !== undefined ? `did you mean ${quote(meant)}?` : {
        code: `write ${quote(view.facts.trustDomain)}, or give Mesh.declare() 'trustDomain' and 'trustDomainAliases'`,
        yaml: `write ${quote(view.facts.trustDomain)}, or tell lint the trust domain of the mesh (--trust-domain)`,
      },
    }));
  },
};

/** The trust domain that somebody mistyped. `cluster2.local` and `cluster-a.local` are those of other clusters. */
function meantBy(written: string, own: readonly string[]): string | undefined {
  const meant = nearest(written, own, () => 2);
  const labels = meant?.split('.') ?? [];
  return written.split('.').some((label, i) => labels[i] && label.startsWith(labels[i]) && /^[-\d]/.test(label.slice(labels[i].length))) ? undefined : meant;
}
