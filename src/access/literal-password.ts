import { listOf, PodSpec } from './pod';
import { quote } from '../private/fail';

/**
 * What a variable with a password is called: its last word says so. `PASSWORD_FILE` is a path and `MAX_PASSWORD_LENGTH` a number. The short words count as
 * words of their own only: `PWD` and `OLDPWD` are directories, and `BYPASS` is something else.
 */
const NAME = /(PASSWORD|PASSWD|PASSPHRASE)$|[_.-](PWD|PASS)$/i;

/** Switches, as in `ALLOW_EMPTY_PASSWORD=yes`. */
const SWITCHES = ['', 'true', 'false', 'yes', 'no', 'on', 'off', '1', '0'];

/** The password in a URL, and that among the settings of one or of a connection string. */
const INSIDE = [/:\/\/[^\s:/?#@]*:([^\s/?#@]+)@/g, /(?:^|[?&;\s])(?:password|passwd|pwd)=([^&;\s]+)/gi];

/** A value that is made of other variables alone, such as `$(MYSQL_PASSWORD)`. */
const REFERENCES = /^(\$\([-._A-Za-z0-9]+\))+$/;

/**
 * Passwords that stand in a pod template, which whoever may read the workload or the repository reads. What they are is never quoted. Variables alone are looked
 * at: not ConfigMaps, arguments of commands or annotations.
 */
export function literalPasswords(workload: string, pod: PodSpec): string[] {
  const containers = [...listOf(pod.containers), ...listOf(pod.initContainers)];
  return containers.flatMap(container => listOf(container.env).filter(({ name, value }) => isPassword(String(name), value)).map(({ name }) => (
    `workload '${workload}' has a password as a value, in the variable ${quote(name)} of container ${quote(container.name)}: put it into a Secret, and give that with `
      + 'Credentials.fromSecret(), or with \'valueFrom.secretKeyRef\' in place of \'value\'')));
}

function isPassword(name: string, value: unknown): boolean {
  if (value === undefined) {
    return false;
  }
  const text = String(value);
  const literal = (part: string) => !REFERENCES.test(part);
  const byName = NAME.test(name) && !SWITCHES.includes(text.toLowerCase()) && literal(text);
  return byName || INSIDE.some(pattern => [...text.matchAll(pattern)].some(([, password]) => literal(password)));
}
