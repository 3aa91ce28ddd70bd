import * as fs from 'node:fs';
import * as path from 'node:path';
import * as cdk8s from 'cdk8s';
import * as ts from 'typescript';
import { expectSameForAll } from './helpers';
import { EXAMPLES } from '../../examples/write';

const RECIPES = path.join(__dirname, '../../docs/recipes');

/** Warnings are not what is compared. */
beforeEach(() => {
  jest.spyOn(console, 'warn').mockReturnValue();
});

describe('FastApp writes the bytes of cdk8s\'s App', () => {
  test.each(EXAMPLES.map(({ folder, build }) => [folder, build] as const))('for examples/%s', (_, build) => {
    const written = expectSameForAll(app => void build(app));

    expect(written[0].yaml).toContain('kind: ');
  });

  const recipes = fs.readdirSync(RECIPES).filter(file => file.endsWith('.md') && file !== 'README.md');

  test('for every recipe', () => expect(recipes.length).toBeGreaterThan(10));

  test.each(recipes)('for docs/recipes/%s', recipe => {
    const written = expectSameForAll(app => runRecipe(recipe, app));

    expect(written[0].yaml).toContain('kind: ');
  });
});

/** Runs the program of a recipe with an app that is there already, and leaves it to the caller to write it. */
function runRecipe(recipe: string, app: cdk8s.App): void {
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(fs.readFileSync(path.join(RECIPES, recipe), 'utf8'))!;
  const given = function App() {
    return app;
  };
  const program = code.replace(/^app\.synth\(\);$/m, '');
  const { outputText } = ts.transpileModule(program, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  new Function('require', 'exports', outputText)((module: string) => (module === 'cdk8s' ? { ...cdk8s, App: given } : require(module)), {});
}
