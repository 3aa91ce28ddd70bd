import { allowingAt } from './allowing';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { knowsClients } from '../view/access-match';

export const allowNothingDeniesClients: Rule = {
  id: 'MX0805',
  name: 'allow-nothing-denies-clients',
  severity: 'WARNING',
  title: 'A policy that allows nothing applies to a gateway, and no other policy allows its clients.',
  why: 'Such a policy denies everything that no ALLOW policy allows. Neither `subjectAltNames` of the Gateway nor DENY policies allow anybody: the gateway refuses all clients, the named ones included.',
  fix: 'Add an ALLOW policy for the server names of the gateway, beside the one that allows nothing.',
  related: [],
  check: view => [...allowingAt(view)].flatMap(([workload, policies]): Finding[] => {
    const server = workload.servers.find(knowsClients) ?? workload.servers[0];
    return policies.every(({ rules }) => rules.length === 0) ? [{
      object: policies[0].object,
      message: `allows nothing at the pods of '${server.object.origin.path}', and no other policy allows ${quote(server.hosts[0] ?? '*')}: the gateway refuses all of its clients`,
      fix: 'add an ALLOW policy for the pods of the gateway, with its server names in \'connection.sni\'',
      field: ['spec'],
    }] : [];
  }),
};
