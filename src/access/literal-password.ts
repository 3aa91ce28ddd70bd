import { listOf, PodSpec } from './pod';
import { quote } from '../private/fail';
import { passwordsIn } from '../private/literal-password';

/** What is said of the passwords that stand in the pod template of a connected workload. */
export function literalPasswords(workload: string, pod: PodSpec): string[] {
  return [...listOf(pod.containers), ...listOf(pod.initContainers)].flatMap(container => passwordsIn(container).map(place => {
    const has = `workload '${workload}' has a password as a value, in`;
    const of = `of container ${quote(container.name)}: put it into a Secret,`;
    return 'variable' in place
      ? `${has} the variable ${quote(place.variable)} ${of} and give that with Credentials.fromSecret(), or with 'valueFrom.secretKeyRef' in place of 'value'`
      : `${has} '${place.property}' ${of} give that with Credentials.fromSecret(), and write the variable, like $(DB_PASSWORD)`;
  }));
}
