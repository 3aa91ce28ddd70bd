import { identitiesIn } from './identities';
import { Rule } from './rule';
import { quote } from '../private/fail';

export const principalOfOtherTrustDomain: Rule = {
  id: 'MX0809',
  name: 'principal-of-other-trust-domain',
  severity: 'WARNING',
  title: 'An identity has another trust domain than the mesh.',
  why: 'No workload of the mesh has it. In a policy, `cluster.local` stands for the trust domain of the mesh; in `subjectAltNames` it does not.',
  fix: 'Write the trust domain of the mesh. If the rules do not know it, tell them: `lint --trust-domain`, or `Mesh.declare()` in this library.',
  related: ['KIA0108'],
  check: view => {
    const own = new Set([view.facts.trustDomain, ...view.facts.trustDomainAliases]);
    const all = identitiesIn(view).flatMap(({ trustDomain, ...rest }) => (trustDomain === undefined ? [] : [{ ...rest, trustDomain }]));
    // In a policy istiod takes `cluster.local` for the trust domain of the mesh.
    const foreign = all.filter(({ trustDomain, policy }) => !own.has(trustDomain) && !(policy && trustDomain === 'cluster.local'));
    // When nothing is of the mesh that the rules were told of, they were told of another one.
    const isKnown = view.facts.trustDomain !== 'cluster.local' || all.length > foreign.length;
    return (isKnown ? foreign : []).map(({ object, field, property, trustDomain }) => ({
      object,
      field,
      message: `'${property}' names the trust domain ${quote(trustDomain)}, and that of the mesh is ${quote(view.facts.trustDomain)}: no workload of it has that identity`,
      fix: {
        code: `write ${quote(view.facts.trustDomain)}, or give Mesh.declare() 'trustDomain' and 'trustDomainAliases'`,
        yaml: `write ${quote(view.facts.trustDomain)}, or tell lint the trust domain of the mesh (--trust-domain)`,
      },
    }));
  },
};
