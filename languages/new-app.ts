import * as fs from 'node:fs';
import * as path from 'node:path';
import { Workbench } from './language';
import { attempt, elsewhere, Environment, succeed } from './shell';

/** An app that `init` of the packed package has written, with its npm packages; those of its language are still to come. */
export async function newApp(language: string, { folder, tarball }: Workbench): Promise<string> {
  const program = path.join(folder, 'program');
  fs.mkdirSync(program);
  await succeed('npm', ['install', ...QUIET, '--prefix', program, tarball], program, elsewhere());
  const app = path.join(folder, 'app');
  await succeed(path.join(program, 'node_modules/.bin/cdk8s-istio-egress'), ['init', app, '--language', language, '--no-install'], folder);
  rewrite(path.join(app, 'package.json'), /("cdk8s-istio-egress": )"[^"]*"/, `$1"file:${tarball}"`);
  await succeed('npm', ['install', ...QUIET], app, elsewhere());
  return app;
}

const QUIET = ['--no-audit', '--no-fund', '--loglevel', 'error'];

/** Does what the pipeline of an app does, and lets somebody else in, which its test has to notice; gives the manifest. */
export async function manifestOfApp(app: string, main: string, env: Environment = {}): Promise<string> {
  const npm = (...args: string[]) => succeed('npm', args, app, { ...elsewhere(), ...env });
  await npm('run', 'synth');
  await npm('test');
  await npm('run', 'lint');
  const report = await npm('run', '--silent', 'report', '--', 'dist');
  if (!report.includes('| shop/cart | **reaches it** |')) {
    throw new Error(`the report does not say that shop/cart reaches the database:\n${report}`);
  }
  rewrite(path.join(app, main), '"cart"', '"thief"');
  const { text, code } = await attempt('npm', ['test'], app, { ...elsewhere(), ...env });
  if (code === 0 || !text.includes('sa/thief')) {
    throw new Error(`the test of the app does not say that somebody else is let in:\n${text}`);
  }
  return fs.readFileSync(path.join(app, 'dist/shop.k8s.yaml'), 'utf8');
}

/** Replaces a text that a file has to have. */
export function rewrite(file: string, old: string | RegExp, text: string): void {
  const before = fs.readFileSync(file, 'utf8');
  const after = before.replace(old, text);
  if (after === before) {
    throw new Error(`${file} has no ${String(old)}`);
  }
  fs.writeFileSync(file, after);
}
