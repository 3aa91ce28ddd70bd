import { closedTo } from './mesh-doors';
import { Finding, Rule, where } from './rule';
import { dnsOf } from '../view/egress-door';

export const networkPolicyCutsLongAnswers: Rule = {
  id: 'MX0609',
  name: 'network-policy-cuts-long-answers',
  severity: 'WARNING',
  title: 'NetworkPolicies open DNS over UDP and not over TCP.',
  why: 'An answer that is too long for UDP is asked for again over TCP, which times out: names with many addresses do not resolve, or only sometimes.',
  fix: 'Open TCP 53 beside UDP 53.',
  related: [],
  check: view => {
    const without = new Set(closedTo(view, dnsOf(view.facts, 'UDP')).map(({ by }) => by.object));
    return closedTo(view, dnsOf(view.facts, 'TCP')).filter(({ by }) => !without.has(by.object)).map(({ by, namespace, pod }): Finding => ({
      object: by.object,
      message: `blocks DNS over TCP for ${pod ? `the pods of '${pod.object.origin.path}'` : `the pods of ${where(namespace)}`}: long answers are lost`,
      fix: 'open TCP 53 beside UDP 53',
      field: ['spec', 'egress'],
    }));
  },
};
