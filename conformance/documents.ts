/** The apps of docs/recipes/, run as a reader would, with what the library expects of them beside their manifests. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as cdk8s from 'cdk8s';
import * as ts from 'typescript';
import { EXPECTATIONS_FILE, expectationsOf } from './expectations';
import { Complaint } from './judge';

const FOLDER = path.join(__dirname, '../docs/recipes');

/** The pages that have an app. */
export function recipes(): string[] {
  return fs.readdirSync(FOLDER).filter(file => file.endsWith('.md') && file !== 'README.md').map(file => path.basename(file, '.md')).sort();
}

/** Writes the set of a recipe. */
export function writeRecipe(name: string, folder: string): void {
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(fs.readFileSync(path.join(FOLDER, `${name}.md`), 'utf8')) ?? [];
  if (code === undefined) {
    throw new Complaint(`docs/recipes/${name}.md has no app`);
  }
  const apps: cdk8s.App[] = [];
  class App extends cdk8s.App {
    public constructor(props: cdk8s.AppProps = {}) {
      super({ ...props, outdir: folder });
      apps.push(this);
    }
  }
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  new Function('require', 'exports', outputText)((module: string) => (module === 'cdk8s' ? { ...cdk8s, App } : require(module)), {});
  fs.writeFileSync(path.join(folder, EXPECTATIONS_FILE), JSON.stringify(expectationsOf(apps[0]), undefined, 2));
}
