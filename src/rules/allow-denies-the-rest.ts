import { allowedBy, allowingAt } from './allowing';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { GatewayServer } from '../view/gateway';

export const allowDeniesTheRest: Rule = {
  id: 'MX0804',
  name: 'allow-denies-the-rest',
  severity: 'WARNING',
  title: 'A gateway serves hosts that none of its ALLOW policies allows.',
  why: 'One ALLOW policy makes everything else on the pods denied: what other teams route through the gateway ends with 403 or a reset, about a minute later, when open connections have drained.',
  fix: 'On a shared gateway, write `action: DENY` with `notPrincipals` for your server names. On your own, allow each of its hosts.',
  related: [],
  check: view => [...allowingAt(view)].flatMap(([workload, policies]): Finding[] => {
    const rules = policies.flatMap(policy => policy.rules.map(rule => ({ policy, rule })));
    const services = view.gatewayPlaces.servicesOf(workload);
    const allowed = new Set<GatewayServer>();
    for (const { rule } of rules) {
      if (allowed.size < workload.servers.length) {
        allowedBy(rule, workload, services).forEach(server => allowed.add(server));
      }
    }
    // What allows nothing at all is another mistake, unless it names hosts of requests, of which no other rule asks.
    const namesHosts = rules.some(({ rule }) => rule.operations.some(({ hosts }) => strings(hosts).length > 0));
    const denied = allowed.size === 0 && !namesHosts ? [] : workload.servers.filter(server => !allowed.has(server));
    const more = denied.length > 1 ? ` and ${denied.length - 1} more` : '';
    return denied.length > 0 ? [{
      object: rules[0].policy.object,
      message: `allows ${allowed.size === 0 ? 'nothing' : 'some'} of what the gateway serves, and no policy allows ${quote(denied[0].hosts[0] ?? '*')} of '${denied[0].object.origin.path}'${more}: it is denied`,
      fix: 'deny what is yours with \'action: DENY\' and \'notPrincipals\' for its server names, or allow every host of the gateway',
      field: ['spec', 'action'],
    }] : [];
  }),
};
