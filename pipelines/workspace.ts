import * as fs from 'node:fs';
import * as path from 'node:path';
import { Environment, elsewhere, succeed } from '../languages/shell';

const ROOT = path.join(__dirname, '..');

const TSX = path.join(ROOT, 'node_modules/.bin/tsx');

/** A folder with nothing of its own in it that a pipeline works in. */
export class Workspace {
  constructor(readonly folder: string) {}

  /** An app that `init` has written, without its packages. */
  async written(name: string, ci: string, language: string): Promise<App> {
    const folder = path.join(this.folder, name);
    await succeed(TSX, [path.join(ROOT, 'src/cli/bin.ts'), 'init', folder, '--no-install', '--ci', ci, '--language', language], ROOT);
    return new App(folder);
  }

  /** An app that `init` has written, with the files of folders of pipelines/ over it, as it is after `npm ci`. */
  async app(name: string, { ci = 'github', from = [] }: { readonly ci?: string; readonly from?: readonly string[] } = {}): Promise<App> {
    const { folder } = await this.written(name, ci, 'typescript');
    from.forEach(overlay => fs.cpSync(path.join(__dirname, overlay), folder, { recursive: true }));
    link(folder);
    return new App(folder);
  }
}

/** An app of a team. */
export class App {
  constructor(readonly folder: string) {}

  /** Runs lines of a shell in it; gives what they print on both outputs. */
  shell(lines: string, env: Environment = {}): Promise<string> {
    return succeed('bash', ['-eo', 'pipefail', '-c', lines], this.folder, { ...elsewhere(), ...env });
  }

  read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), 'utf8');
  }

  /** Changes a file, which has to have what is replaced. */
  replace(file: string, old: string | RegExp, text: string): void {
    const before = this.read(file);
    const after = before.replace(old, text);
    if (after === before) {
      throw new Error(`${file} has no ${String(old)}`);
    }
    fs.writeFileSync(path.join(this.folder, file), after);
  }
}

/** The packages of this repository in the place of those that npm would install; the library is that of the sources. */
function link(folder: string): void {
  const [theirs, ours] = ['node_modules', path.join(ROOT, 'node_modules')].map(place => path.resolve(folder, place));
  fs.mkdirSync(path.join(theirs, '.bin'), { recursive: true });
  for (const below of ['.', '.bin']) {
    fs.readdirSync(path.join(ours, below)).filter(name => name !== '.bin').forEach(name => fs.symlinkSync(path.join(ours, below, name), path.join(theirs, below, name)));
  }
  fs.writeFileSync(path.join(theirs, '.bin/cdk8s-istio-egress'), `#!/bin/sh\nexec "${TSX}" --tsconfig "${ROOT}/tsconfig.json" "${ROOT}/src/cli/bin.ts" "$@"\n`, { mode: 0o755 });
  // Types are checked together with those of all sources, and in an app that is installed by the rehearsal of a release.
  fs.rmSync(path.join(theirs, '.bin/tsc'));
  fs.symlinkSync('/bin/true', path.join(theirs, '.bin/tsc'));
  const file = path.join(folder, 'tsconfig.json');
  const config = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly compilerOptions: object };
  fs.writeFileSync(file, JSON.stringify({ ...config, compilerOptions: { ...config.compilerOptions, paths: { 'cdk8s-istio-egress': [path.join(ROOT, 'src/index.ts')] } } }));
}
