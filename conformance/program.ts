/** Programs as somebody would write them in a file. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as cdk8s from 'cdk8s';
import * as library from 'cdk8s-istio-egress';
import * as ts from 'typescript';
import { EXPECTATIONS_FILE, expectationsOf } from './expectations';

/** Runs a program in TypeScript, which writes its app into a folder; what the library expects of it stands beside the manifests. */
export function runProgram(code: string, folder: string): void {
  const apps: cdk8s.App[] = [];
  const recording = (base: typeof cdk8s.App) => class extends base {
    public constructor(props: cdk8s.AppProps = {}) {
      super({ ...props, outdir: folder });
      apps.push(this);
    }
  };
  const modules: { readonly [name: string]: unknown } = {
    'cdk8s': { ...cdk8s, App: recording(cdk8s.App) },
    'cdk8s-istio-egress': { ...library, FastApp: recording(library.FastApp) },
  };
  const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  new Function('require', 'exports', outputText)((module: string) => modules[module] ?? require(module), {});
  fs.writeFileSync(path.join(folder, EXPECTATIONS_FILE), JSON.stringify(expectationsOf(apps[0]), undefined, 2));
}
