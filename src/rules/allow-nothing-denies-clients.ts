import { allowingAt } from './allowing';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { knowsClients } from '../view/access-match';

export const allowNothingDeniesClients: Rule = {
  id: 'MX0805',
  name: 'allow-nothing-denies-clients',
  severity: 'WARNING',
  title: 'A policy that allows nothing holds at a gateway, and no other one allows its clients.',
  why: 'Identities in the handshake and DENY policies let nobody past it: every client of the gateway is refused, the named ones as well.',
  fix: 'Add an ALLOW policy for the server names of the gateway, beside the one that allows nothing.',
  related: [],
  check: view => [...allowingAt(view)].flatMap(([workload, policies]): Finding[] => {
    const server = workload.servers.find(knowsClients) ?? workload.servers[0];
    return policies.every(({ rules }) => rules.length === 0) ? [{
      object: policies[0].object,
      message: `allows nothing at the pods of '${server.object.origin.path}', and no other policy allows ${quote(server.hosts[0] ?? '*')}: all of its clients are refused`,
      fix: 'add an ALLOW policy for the pods of the gateway, with its server names in \'connection.sni\'',
      field: ['spec'],
    }] : [];
  }),
};
