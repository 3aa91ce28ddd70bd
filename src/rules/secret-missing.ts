import { Finding, Rule, where } from './rule';
import { placesOfSecrets, secretReadsIn, secretsOf } from './secret-reads';
import { quote } from '../private/fail';

export const secretMissing: Rule = {
  id: 'MX0707',
  name: 'secret-missing',
  severity: 'WARNING',
  title: 'A proxy reads a Secret that does not exist.',
  why: 'A server of a gateway without its certificate accepts no connection; a proxy without its client certificate makes none.',
  fix: 'Create the Secret in the namespace of the proxy: that of the gateway\'s pods, or of the workload. The rule looks only at namespaces of which other Secrets are in the input.',
  related: ['IST0101', 'IST0161'],
  check: view => {
    const reads = secretReadsIn(view);
    const shown = new Set(reads.length === 0 ? [] : [...placesOfSecrets(view).values()].flat().map(({ namespace }) => namespace));
    return reads.filter(read => shown.has(read.namespace) && secretsOf(view, read).length === 0)
      .map(({ object, namespace, name, field }): Finding => ({
        object,
        message: `'credentialName' ${quote(name)} is read in ${where(namespace)}, which has no Secret of that name`,
        fix: `create the Secret ${quote(name)} in ${where(namespace)}`,
        field,
      }));
  },
};
