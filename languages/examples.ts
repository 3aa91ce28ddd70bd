import * as fs from 'node:fs';
import * as path from 'node:path';
import { attempt, succeed } from './shell';

const ROOT = path.join(__dirname, '..');

/** What the examples of the package are compiled with. */
const DEPENDENCIES = ['cdk8s', 'constructs', 'cdk8s-plus-33', '@types'];

/** The examples of README and docstrings in every language; an example that does not compile, or that some language cannot show, fails. */
export async function translatedExamples(tarball: string, work: string): Promise<string> {
  const modules = path.join(work, 'examples/node_modules');
  const own = path.join(modules, 'cdk8s-istio-egress');
  fs.mkdirSync(path.join(own, 'rosetta'), { recursive: true });
  await succeed('tar', ['-xzf', tarball, '-C', own, '--strip-components', '1'], work);
  DEPENDENCIES.forEach(name => fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name)));
  const { types } = JSON.parse(fs.readFileSync(path.join(ROOT, '.jsii'), 'utf8')) as { readonly types: { readonly [fqn: string]: { readonly name: string } } };
  const fixture = fs.readFileSync(path.join(ROOT, 'rosetta/default.ts-fixture'), 'utf8');
  const names = Object.values(types).map(({ name }) => name).join(', ');
  fs.writeFileSync(path.join(own, 'rosetta/default.ts-fixture'), fixture.replace('{ IMPORTS }', `{ ${names} }`));
  const tablet = path.join(work, 'examples/tablet.json');
  const { text, code } = await attempt(path.join(ROOT, 'node_modules/.bin/jsii-rosetta'), ['extract', own, '--directory', path.dirname(modules), '--compile', '--output', tablet], work);
  const errors = text.split('\n').filter(line => / - error /.test(line));
  if (code !== 0 || errors.length > 0) {
    throw new Error(`examples that cannot be shown in every language:\n${(errors.length > 0 ? errors : [text]).join('\n')}`);
  }
  return tablet;
}
