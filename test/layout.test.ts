import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { filesBelow } from './helpers';

const ROOT = path.join(__dirname, '..');

const PACKAGE = 'cdk8s-istio-egress';

/** What stands beside the library and uses it as anybody does. */
const USERS = ['conformance', 'e2e', 'bench', 'languages'];

/** What is asked without being public: the trace, by the comparison of its answers with istiod's; the rules, by that with other tools and by the bench; the program, by the bench and by the page that runs it in a browser. */
const INSIDERS = [
  'conformance/versions',
  'conformance/traced', 'conformance/imported', 'e2e/website', 'conformance/reported', 'conformance/comparison', 'bench/programs/answers', 'bench/programs/cli',
  'bench/programs/grown', 'bench/programs/rules', 'bench/programs/without-rules',
];

interface File {
  /** From the root, without its ending: `src/services/external-mysql`. */
  readonly file: string;
  /** The files that it imports, in the same form. */
  readonly targets: string[];
  readonly packages: string[];
}

/** The sources below a folder of the repository. */
function sourcesBelow(folder: string): File[] {
  const files = filesBelow(path.join(ROOT, folder)).filter(file => file.endsWith('.ts') && !file.split(path.sep).includes('node_modules'));
  return files.map(file => {
    const from = path.join(ROOT, folder, file);
    const names = importsOf(fs.readFileSync(from, 'utf8'));
    return {
      file: placeOf(from).replace(/\.ts$/, ''),
      targets: names.filter(name => name.startsWith('.')).map(name => placeOf(path.resolve(path.dirname(from), name))),
      packages: names.filter(name => !name.startsWith('.')),
    };
  });
}

const placeOf = (absolute: string) => path.relative(ROOT, absolute).split(path.sep).join('/');

/** Whether a file of this repository is there; `folder` stands for `folder/index`. */
const isThere = (file: string) => ['.ts', '/index.ts', ''].map(end => path.join(ROOT, `${file}${end}`)).some(there => fs.existsSync(there) && fs.statSync(there).isFile());

/** What is imported in a circle. */
function cyclesIn(files: readonly Pick<File, 'file' | 'targets'>[]): string[] {
  const targetsOf = new Map(files.map(({ file, targets }) => [file, targets]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
    } else if (!done.has(file)) {
      const found = targetsOf.get(file) ?? targetsOf.get(`${file}/index`) ?? [];
      found.forEach(target => visit(target, [...trail, file]));
      done.add(file);
    }
  };
  [...targetsOf.keys()].forEach(file => visit(file, []));
  return cycles;
}

/** The files of src/ without their ending, as `services/external-mysql`, and what each imports, in the same form; the L1 classes as `imports/...`. */
const imported = new Map(sourcesBelow('src').map(({ file, targets }) => {
  const short = (name: string) => name.replace(/^src\//, '');
  return [short(file), targets.map(short)] as const;
}));

/** Every module that a file names in an import, an export, an `import()`, an `import x = require()` or a type; types count as much as values. */
function importsOf(text: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      names.push(node.moduleSpecifier.text);
    } else if (ts.isExternalModuleReference(node) && ts.isStringLiteral(node.expression)) {
      names.push(node.expression.text);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      names.push(node.argument.literal.text);
    } else if (ts.isCallExpression(node) && ['import', 'require'].includes(node.expression.getText()) && ts.isStringLiteral(node.arguments[0])) {
      names.push(node.arguments[0].text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true));
  return names;
}

/** Who may import whom: a file may import those of its own folder and of folders that stand further down. */
const LAYERS = [
  ['cli'],
  ['adoption', 'starter'],
  ['index'],
  ['lockdown', 'bootstrap', 'mesh-validation'],
  ['ways', 'traffic', 'machines', 'secrets', 'telemetry'],
  ['services'],
  ['access'],
  ['mesh', 'mesh-findings', 'synth'],
  ['values'],
  ['app'],
  ['report', 'gaps'],
  ['trace', 'reading'],
  ['findings'],
  ['rules'],
  ['view'],
  ['private/render'],
  ['private'],
  ['imports'],
];

const folderOf = (file: string) => file.startsWith('imports/') ? 'imports' : file.includes('/') ? path.posix.dirname(file) : file;

function layerOf(file: string): number {
  const layer = LAYERS.findIndex(folders => folders.includes(folderOf(file)));
  if (layer < 0) {
    throw new Error(`src/${file} is in no layer: give '${folderOf(file)}' a place in LAYERS`);
  }
  return layer;
}

const edges = [...imported].flatMap(([file, targets]) => targets.map(target => ({ file, target })));
const show = (wrong: { file: string; target: string }[]) => wrong.map(({ file, target }) => `${file} imports ${target}`);

test('imports are found in every form', () => {
  expect(importsOf(`
    import { a } from './a';
    import type { b } from './b';
    export * from './c';
    export { d } from './d';
    import e = require('./e');
    import './f';
    type G = import('./g').G;
    const h = () => import('./h');
    const i = () => require('./i');
  `)).toEqual(['./a', './b', './c', './d', './e', './f', './g', './h', './i']);
});

test('every file of src/ is looked at, and every import leads to a file', () => {
  expect(imported.size).toBeGreaterThan(20);
  expect(edges.length).toBeGreaterThan(60);
  expect(show(edges.filter(({ target }) => !imported.has(target) && !fs.existsSync(path.join(ROOT, `${target}.ts`))))).toEqual([]);
});

test('there is no import cycle', () => {
  expect(cyclesIn(sourcesBelow('src'))).toEqual([]);
});

test('an import cycle would be found', () => {
  const files = [{ file: 'a', targets: ['b'] }, { file: 'b', targets: ['c', 'd'] }, { file: 'c', targets: [] }, { file: 'd', targets: ['a'] }];

  expect(cyclesIn(files)).toEqual(['a -> b -> d -> a']);
  expect(cyclesIn(files.slice(0, 3))).toEqual([]);
});

describe.each(USERS)('%s/', folder => {
  const files = sourcesBelow(folder);
  const uses = files.flatMap(({ file, targets }) => targets.map(target => ({ file, target })));

  test('is looked at, and every import leads to a file', () => {
    expect(files.length).toBeGreaterThan(5);
    expect(uses.length).toBeGreaterThan(5);
    expect(show(uses.filter(({ target }) => !isThere(target)))).toEqual([]);
  });

  test('imports the library by the name of its package alone', () => {
    const packages = new Set(files.flatMap(file => file.packages));

    expect(show(uses.filter(({ file, target }) => !INSIDERS.includes(file) && /^(src|imports|lib)(\/|$)/.test(target)))).toEqual([]);
    expect([...packages].filter(name => name.startsWith(`${PACKAGE}/`))).toEqual([]);
    expect(packages).toContain(PACKAGE);
  });

  test('has no import cycle', () => {
    expect(cyclesIn(files)).toEqual([]);
  });
});

test('imports point one way', () => {
  const wrong = edges.filter(({ file, target }) => (folderOf(file) === folderOf(target) ? false : layerOf(target) <= layerOf(file)));

  expect(show(wrong)).toEqual([]);
});

test('the L1 classes are imported by renderers only', () => {
  const users = edges.filter(({ target }) => target.startsWith('imports/') && target !== 'imports/istio/fields');

  expect(users.length).toBeGreaterThan(0);
  expect(show(users.filter(({ file }) => !file.startsWith('private/render/')))).toEqual([]);
});

test('renderers know models and no constructs', () => {
  const allowed = ['private/model', 'private/names', 'private/wire'];
  const wrong = edges.filter(({ file, target }) => file.startsWith('private/render/')
    && !target.startsWith('private/render/') && !target.startsWith('imports/') && !allowed.includes(target));

  expect(show(wrong)).toEqual([]);
  const packages = filesBelow(path.join(ROOT, 'src/private/render')).flatMap(file => importsOf(fs.readFileSync(path.join(ROOT, 'src/private/render', file), 'utf8')));
  expect(packages.filter(name => !name.startsWith('.'))).toEqual([]);
});

test('values import nothing but private', () => {
  expect(show(edges.filter(({ file, target }) => file.startsWith('values/') && !target.startsWith('private/') && !target.startsWith('values/')))).toEqual([]);
});

test('nothing outside of private/ knows how something is rendered but the constructs', () => {
  const wrong = edges.filter(({ file, target }) => target.startsWith('private/render/')
    && !['services', 'lockdown', 'ways', 'traffic', 'machines', 'secrets', 'bootstrap', 'telemetry', 'private/render'].includes(folderOf(file)));

  expect(show(wrong)).toEqual([]);
});

test('the package needs cdk8s, constructs and what it brings along, at run time', () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { [field: string]: { [name: string]: string } };
  const needed = [...imported.keys()].flatMap(file => importsOf(fs.readFileSync(path.join(ROOT, 'src', `${file}.ts`), 'utf8')))
    .filter(name => !name.startsWith('.') && !name.startsWith('node:'));
  const there = [...Object.keys(manifest.peerDependencies), ...Object.keys(manifest.dependencies)];

  expect([...new Set(needed)].sort()).toEqual(there.sort());
});

test('index exports, and does nothing else', () => {
  const index = ts.createSourceFile('index.ts', fs.readFileSync(path.join(ROOT, 'src/index.ts'), 'utf8'), ts.ScriptTarget.Latest, true);

  expect(index.statements.filter(statement => !ts.isExportDeclaration(statement)).map(statement => statement.getText())).toEqual([]);
});
