import * as fs from 'node:fs';
import * as path from 'node:path';
import * as cdk8s from 'cdk8s';
import * as ts from 'typescript';
import { adopt, Adoption, sourceOf } from '../../src/adoption/adoption';
import * as library from '../../src/index';
import { DEFAULT_FACTS } from '../../src/private/default-facts';
import { readManifests } from '../../src/reading/manifests';
import { MeshView } from '../../src/view/mesh-view';

export const RECIPES = path.join(__dirname, '../../conformance/corpus/recipes');

/** What import makes of a text. */
export function adopted(text: string, facts: Partial<MeshView['facts']> = {}): Adoption & { readonly source: string; readonly before: MeshView } {
  const before = new MeshView({ ...DEFAULT_FACTS, ...facts }, readManifests([{ file: 'input.yaml', text, isNamed: true }]).objects);
  const adoption = adopt(before);
  const { program, adopted: all, kept, left, unwritten, after, problems } = adoption;
  return { program, adopted: all, kept, left, unwritten, after, problems, source: sourceOf(adoption.program, []), before };
}

export function recipe(name: string): string {
  return fs.readFileSync(path.join(RECIPES, `${name}.yaml`), 'utf8');
}

/** The statements of a program, without imports, app and charts. */
export function statementsOf(source: string): string {
  return source.replace(/^import .*\n/gm, '').replace(/^const app = .*\n/m, '').replace(/^const \w+ = new Chart.*\n/gm, '').replace(/^app\.synth\(\);\n/m, '').replace(/\n{2,}/g, '\n\n').trim();
}

/** The objects that a program has when somebody runs it; nothing is written in a test. */
export function ranBy(source: string): unknown[] {
  const apps: cdk8s.App[] = [];
  class FastApp extends cdk8s.App {
    public constructor() {
      super();
      apps.push(this);
    }
  }
  const { outputText } = ts.transpileModule(source.replace(/^app\.synth\(\);$/m, ''), { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const modules: { readonly [name: string]: unknown } = { 'cdk8s': cdk8s, 'cdk8s-istio-egress': { ...library, FastApp } };
  new Function('require', 'exports', outputText)((name: string) => modules[name], {});
  return apps[0].node.findAll().filter(cdk8s.ApiObject.isApiObject).map(object => (object as cdk8s.ApiObject).toJson() as unknown);
}
