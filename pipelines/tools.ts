import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { HELM } from '../bench/peers/helm';
import { KUSTOMIZE } from '../bench/peers/kustomize';
import { cached } from '../bench/peers/tool';
import { Missing } from '../languages/language';
import { isThere, succeed } from '../languages/shell';

/** Programs of other projects; each is built or fetched once, into the cache. */
const say = (text: string) => process.stderr.write(`pipelines: ${text}\n`);
const signal = new AbortController().signal;

const GO = { GOTOOLCHAIN: 'local' };

export async function helm(): Promise<string> {
  await need('go');
  return HELM.tool.install(say, signal);
}

export async function kustomize(): Promise<string> {
  await need('go');
  return KUSTOMIZE.tool.install(say, signal);
}

const FLUX_BUILD = path.join(__dirname, 'flux-build');

/** Builds Kustomizations with the code of Flux's kustomize-controller. */
export async function fluxBuild(): Promise<string> {
  await need('go');
  const hash = createHash('sha256');
  ['go.mod', 'go.sum', 'main.go'].forEach(file => hash.update(fs.readFileSync(path.join(FLUX_BUILD, file))));
  const folder = await cached(`flux-build-${hash.digest('hex').slice(0, 16)}`, async unfinished => {
    say('building the builder of Flux (once, some minutes)');
    await succeed('go', ['build', '-o', unfinished, '.'], FLUX_BUILD, GO);
  });
  return path.join(folder, 'flux-build');
}

/** Where Go keeps the sources of a module. */
export async function sourcesOf(module: string): Promise<string> {
  await need('go');
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], { cwd: FLUX_BUILD, env: { ...process.env, ...GO } });
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}

const CHECK_JSONSCHEMA = '0.39.0';

/** Compares a file with a schema that the maintainers of check-jsonschema keep, such as that of GitLab's pipelines. */
export async function checkSchema(args: readonly string[], file: string): Promise<void> {
  await need('python3');
  const folder = await cached(`python-check-jsonschema-${CHECK_JSONSCHEMA}`, async unfinished => {
    say(`fetching check-jsonschema ${CHECK_JSONSCHEMA}`);
    await succeed('python3', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', unfinished, `check-jsonschema==${CHECK_JSONSCHEMA}`], FLUX_BUILD);
  });
  await succeed('python3', ['-m', 'check_jsonschema', ...args, file], FLUX_BUILD, { PYTHONPATH: folder });
}

/** Throws `Missing` unless a program is there. */
export async function need(program: string): Promise<void> {
  if (!await isThere(program)) {
    throw new Missing(`there is no ${program}`);
  }
}
