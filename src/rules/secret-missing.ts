import { Finding, Rule, where } from './rule';
import { secretReadsIn } from './secret-reads';
import { quote } from '../private/fail';
import { absenceOf } from '../view/secrets';

export const secretMissing: Rule = {
  id: 'MX0707',
  name: 'secret-missing',
  severity: 'WARNING',
  title: 'A proxy reads a Secret that does not exist.',
  why: 'A server of a gateway without its certificate accepts no connection; a proxy without its client certificate makes none.',
  fix: 'Create the Secret in the namespace of the proxy: that of the gateway\'s pods, or of the workload. The rule looks only at namespaces of which other Secrets are in the input.',
  related: ['IST0101', 'IST0161'],
  check: view => secretReadsIn(view).flatMap((read): Finding[] => {
    const { object, namespace, name, field } = read;
    const absent = absenceOf(view, read);
    return absent === undefined || absent.elsewhere ? [] : [{
      object,
      message: `'credentialName' ${quote(name)} is read in ${where(namespace)}, which has no Secret of that name`,
      fix: `create the Secret ${quote(name)} in ${where(namespace)}`,
      field,
    }];
  }),
};
