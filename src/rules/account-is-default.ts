import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';

export const accountIsDefault: Rule = {
  id: 'MX0315',
  name: 'account-is-default',
  severity: 'WARNING',
  title: 'Access is given to the account "default" of a namespace.',
  why: 'Every pod of the namespace without an account of its own runs as it: access is given to all of them, and to what is deployed there later.',
  fix: 'Give the client a ServiceAccount of its own, and name that one.',
  related: [],
  check: view => [
    ...view.gatewayServers.flatMap(({ object, tls, field }) => (tls?.subjectAltNames ?? []).flatMap((name, i) => (
      of(name, { object, field: [...field, 'tls', 'subjectAltNames', i] }, 'subjectAltNames')))),
    ...view.accessPolicies.filter(({ action }) => action === 'ALLOW').flatMap(({ object, rules }) => rules.flatMap(rule => rule.sources.flatMap((source, n) => (
      strings(source.principals).flatMap((name, i) => of(name, { object, field: [...rule.field, 'from', n, 'source', 'principals', i] }, 'principals')))))),
  ],
};

function of(name: string, at: Pick<Finding, 'object' | 'field'>, property: string): Finding[] {
  const [, namespace] = /\/ns\/([^/]+)\/sa\/default$/.exec(name) ?? [];
  return namespace === undefined ? [] : [{
    ...at,
    message: `'${property}' ${quote(name)} is every pod of namespace ${quote(namespace)} that has no account of its own`,
    fix: 'give the client a ServiceAccount of its own, and name that one',
  }];
}
