import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { passwordsIn } from '../private/literal-password';
import { records, record, valueAt } from '../view/fields';
import { PodTemplate } from '../view/pod-template';

export const literalPassword: Rule = {
  id: 'MX0706',
  name: 'literal-password',
  severity: 'WARNING',
  title: 'A pod template has a password in plain text.',
  why: 'Everybody who may read the workload or the repository has it, and any pod that reaches the server can use it.',
  fix: 'Put it into a Secret, and write `valueFrom.secretKeyRef`. In this library: `Credentials.fromSecret()`.',
  related: [],
  check: view => view.pods.flatMap(passwordsOf),
};

function passwordsOf(pod: PodTemplate): Finding[] {
  const { object, field } = pod;
  const spec = valueAt(object, field);
  return ['initContainers', 'containers'].flatMap(list => records(record(spec)[list]).flatMap((container, i) => passwordsIn(container).map((place): Finding => ({
    object,
    message: 'variable' in place
      ? `'env' ${quote(place.variable)} of container ${quote(container.name)} has a password in plain text: everybody who may read the workload or the repository has it`
      : `'${place.property}' of container ${quote(container.name)} has a password in plain text: everybody who may read the workload or the repository has it`,
    fix: {
      code: 'put it into a Secret, and give that with Credentials.fromSecret() or \'valueFrom.secretKeyRef\'',
      yaml: 'variable' in place ? 'put it into a Secret, and write \'valueFrom.secretKeyRef\' in place of \'value\''
        : 'put it into a Secret, and write the variable that has it, like $(DB_PASSWORD)',
    },
    field: [...field, list, i, ...'variable' in place ? ['env', place.index] : [place.property]],
  }))));
}
