import { CredentialsDelivery, CredentialsFilesOptions } from '../../src';
import { failWith } from '../../src/private/fail';
import { messageOf } from '../helpers';

const bind = (delivery: CredentialsDelivery) => delivery._files(failWith('it'));
const files = (mountPath: string, options?: CredentialsFilesOptions) => bind(CredentialsDelivery.files(mountPath, options));

test('environment variables have no files', () => {
  expect(bind(CredentialsDelivery.environment())).toBeUndefined();
});

test('files are for root and the group of the pod by default, and for nobody else', () => {
  expect(files('/etc/credentials/mysql')).toEqual({ mountPath: '/etc/credentials/mysql', defaultMode: 0o440 });
});

test.each([0o400, 0o440, 0o444])('files may have mode %i', defaultMode => {
  expect(files('/x', { defaultMode })?.defaultMode).toBe(defaultMode);
});

test.each([
  ['0o644', 0o644], ['0o777', 0o777], ['0o4', 0o004], ['440: write 0o440', 440], ['444: write 0o444', 444], ['0o1', 1], ['0', 0], ['-1', -1], ['"0440"', '0440'], ['null', null],
])('files cannot have mode %s', (quoted, defaultMode) => {
  expect(messageOf(() => files('/x', { defaultMode: defaultMode as never }))).toBe(`[it] 'defaultMode' must be 0o400, 0o440 or 0o444, got ${quoted}`);
});

test('files have no other option', () => {
  expect(messageOf(() => files('/x', { mode: 1 } as never))).toBe('[it] \'mode\' is not a property of CredentialsDelivery.files(): it has \'defaultMode\'');
});

test.each(['/run/credentials', '/etc/app.d/db_1', '/var/run/credentials', '/var/run/secrets/mysql', '/.hidden', '/a..b'])('files may be in %s', path => {
  expect(files(path)?.mountPath).toBe(path);
});

test.each([
  'etc/mysql', './mysql', '', '/', '/etc/mysql/', '/etc//mysql', '/etc/../mysql', '/..', '/etc/./mysql', '/etc/my sql', '/etc/a:b', '/etc/$(HOME)', '/etc\n', 'C:\\mysql', 5, undefined,
])('files cannot be in %j', path => {
  expect(messageOf(() => files(path as never))).toMatch(/^\[it\] 'CredentialsDelivery.files\(\)' needs an absolute path [^]*, like "\/etc\/credentials\/mysql", got /);
});

test.each(['/var', '/var/run', '/var/run/secrets', '/var/run/secrets/kubernetes.io', '/var/run/secrets/kubernetes.io/serviceaccount', '/run', '/run/secrets',
  '/run/secrets/kubernetes.io/serviceaccount/mysql'])('files cannot be where the token of the service account is mounted: %s', path => {
  expect(messageOf(() => files(path))).toContain(`cannot mount at "${path}", because Kubernetes mounts the token of the service account at "`);
});

test.each(['/etc', '/usr', '/bin', '/tmp', '/proc', '/proc/db', '/dev', '/dev/shm/db', '/sys', '/etc/ssl', '/var/lib'])('files cannot be where the image has its own: %s', path => {
  expect(messageOf(() => files(path))).toContain(`[it] 'CredentialsDelivery.files()' cannot mount at "${path}", because it would hide what the image or the kernel has in "`);
});

test.each(['/etc/ssl-of-db', '/usr/share/db', '/home/app', '/devices', '/secrets'])('files may be beside or below those: %s', path => {
  expect(files(path)?.mountPath).toBe(path);
});

test('there is no third', () => {
  expect(messageOf(() => new (CredentialsDelivery as never as new () => unknown)())).toContain('use one of its factories environment() or files()');
});
