import { Finding, Rule, where } from './rule';
import { secretReadsIn } from './secret-reads';
import { quote } from '../private/fail';
import { absenceOf } from '../view/secrets';

export const secretElsewhere: Rule = {
  id: 'MX0701',
  name: 'secret-elsewhere',
  severity: 'ERROR',
  title: 'A proxy reads a Secret that exists only in another namespace.',
  why: 'A proxy reads Secrets of the namespace that it runs in; a gateway, of the namespace of its pods. Without the Secret it makes no connection, or one without TLS.',
  fix: 'Put the Secret into the namespace of the gateway, or of the workload when there is no gateway.',
  related: ['IST0161'],
  check: view => secretReadsIn(view).flatMap((read): Finding[] => {
    const { object, namespace, name, field } = read;
    const elsewhere = absenceOf(view, read)?.elsewhere;
    return elsewhere ? [{
      object,
      message: `'credentialName' ${quote(name)} is read in ${where(namespace)}, and the Secret is in ${where(elsewhere.namespace)} ('${elsewhere.origin.path}')`,
      fix: `put the Secret into ${where(namespace)}`,
      field,
    }] : [];
  }),
};
