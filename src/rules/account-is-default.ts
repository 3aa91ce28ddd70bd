import { identitiesIn } from './identities';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const accountIsDefault: Rule = {
  id: 'MX0315',
  name: 'account-is-default',
  severity: 'WARNING',
  title: 'Access is given to the service account "default" of a namespace.',
  why: 'Every pod of the namespace without an account of its own runs as it: all of them have access, and so does what is deployed there later.',
  fix: 'Give the client a ServiceAccount of its own, and name that one.',
  related: [],
  check: view => identitiesIn(view).filter(({ account, property, policy }) => (
    account === 'default' && !property.startsWith('not') && (policy === undefined || policy.action === 'ALLOW'))).map(({ object, field, property, value, namespace }): Finding => ({
    object,
    field,
    message: `'${property}' ${quote(value)} stands for every pod of namespace ${quote(namespace)} without a service account of its own`,
    fix: 'give the client a ServiceAccount of its own, and name that one',
  })),
};
