import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { filesBelow, inTempFolder, messageOf } from './helpers';
import { CLOSED_MESH } from './manifests';
import { withOutput } from '../projenrc/console-blocks';
import { asJson } from '../src/cli/as-json';
import { FACTS } from '../src/values/mesh-facts';
import { MeshView } from '../src/view/mesh-view';

const ROOT = path.join(__dirname, '..');
const INDEX = path.join(ROOT, 'src/index.ts');
const PACKAGE = 'cdk8s-istio-egress';

const documents = ['README.md', 'DESIGN.md', 'CONTRIBUTING.md', 'examples/README.md', ...markdownBelow('docs')]
  .filter(file => fs.existsSync(path.join(ROOT, file)));

function markdownBelow(folder: string): string[] {
  const there = fs.existsSync(path.join(ROOT, folder)) ? filesBelow(path.join(ROOT, folder)) : [];
  return there.filter(file => file.endsWith('.md')).map(file => path.posix.join(folder, file));
}

interface Block {
  /** Where it stands: `README.md:6`. */
  readonly place: string;
  readonly code: string;
}

/** The blocks of one language in a document. */
function blocksOf(file: string, language: string): Block[] {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(/^```(\w+)[^\n]*\n(.*?)^```$/gms)].filter(match => match[1] === language)
    .map(match => ({ place: `${file}:${text.slice(0, match.index).split('\n').length}`, code: match[2] }));
}

const options: ts.CompilerOptions = {
  ...ts.parseJsonConfigFileContent(ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, ROOT).options,
  noEmit: true,
  // An excerpt may leave what it makes to the reader.
  noUnusedLocals: false,
  paths: { [PACKAGE]: ['./src/index.ts'] },
};

const library = ts.createProgram([INDEX], options);
const checker = library.getTypeChecker();
const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(library.getSourceFile(INDEX)!)!)
  .map(symbol => (symbol.declarations?.some(ts.isExportSpecifier) ? checker.getAliasedSymbol(symbol) : symbol));

const tags = (symbol: ts.Symbol, name: string) => symbol.getJsDocTags(checker).filter(tag => tag.name === name);
const text = (tag: ts.JSDocTagInfo) => ts.displayPartsToString(tag.text);

/** The members of an exported class, interface or enum that a user can see. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  const all = [...symbol.members?.values() ?? [], ...symbol.exports?.values() ?? []];
  return all.filter(member => {
    const declaration = member.declarations?.[0];
    const modifiers = declaration && ts.canHaveModifiers(declaration) ? ts.getModifiers(declaration) ?? [] : [];
    const hidden = modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword);
    return declaration && !hidden && tags(member, 'internal').length === 0;
  });
}

const nameOf = (owner: ts.Symbol, member: ts.Symbol) => `${owner.name}.${member.name === '__constructor' ? 'constructor' : member.name}`;
const members = exported.flatMap(owner => membersOf(owner).map(member => ({
  member,
  name: nameOf(owner, member),
  declaration: member.declarations![0],
})));

const examplesInSource: Block[] = [
  ...exported.map(symbol => ({ name: symbol.name, symbol })),
  ...members.map(({ name, member }) => ({ name, symbol: member })),
].flatMap(({ name, symbol }) => tags(symbol, 'example').map(tag => ({ place: `@example of ${name}`, code: text(tag) })));

const blocks = [...documents.flatMap(file => blocksOf(file, 'ts')), ...examplesInSource];

/** What an excerpt may take as given, unless it makes it itself. */
const GIVEN: { readonly [name: string]: string } = {
  app: 'new App()',
  chart: 'new Chart(app, \'example\', { namespace: \'bookinfo\' })',
  mysql: 'new ExternalMysql(chart, \'GivenMysql\', { host: \'given-mysql.example.com\', resolution: Resolution.ipAddresses(\'203.0.113.1\') })',
  redis: 'new ExternalRedis(chart, \'GivenRedis\', { host: \'given-redis.example.com\', resolution: Resolution.ipAddresses(\'203.0.113.2\') })',
  egress: 'new EgressViaGateway(chart, \'GivenEgress\', { gateway: EgressGateway.istioEgressGateway() })',
  ratings: 'new ApiObject(chart, \'Ratings\', { apiVersion: \'apps/v1\', kind: \'Deployment\', metadata: { name: \'ratings\' }, '
    + 'spec: { template: { spec: { serviceAccountName: \'ratings\', containers: [{ name: \'ratings\', image: \'ratings\' }] } } } })',
};

/** A whole program: a block that imports something is one, any other gets what it takes as given. */
function programOf({ code }: Block): string {
  if (/^import /m.test(code)) {
    return code;
  }
  const makes = (name: string) => new RegExp(`\\b(const|let) ${name}\\b`).test(code);
  const names = (name: string) => new RegExp(`\\b${name}\\b`).test(code);
  // Everything given stands in the chart, which stands in the app.
  const used = Object.entries(GIVEN).filter(([name]) => !makes(name) && (name === 'app' || (name === 'chart' && !makes('app')) || names(name)));
  return [
    'import { ApiObject, App, Chart, Duration, JsonPatch } from \'cdk8s\';',
    `import { ${exported.map(({ name }) => name).join(', ')} } from '${PACKAGE}';`,
    ...used.map(([name, make]) => `const ${name} = ${make};`),
    code,
    'app.synthYaml();',
  ].join('\n');
}

/** What is wrong with each of many programs, compiled at once and never written. */
function compile(programs: ReadonlyMap<string, string>): Map<string, string[]> {
  const host = ts.createCompilerHost(options);
  const files = new Map([...programs].map(([place, code], i) => [path.join(ROOT, `block-${i}.ts`), { place, code }]));
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = file => files.has(file) || fileExists(file);
  host.readFile = file => files.get(file)?.code ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const block = files.get(file);
    // Parsed already, and the most of the time that compiling takes.
    return block ? ts.createSourceFile(file, block.code, ts.ScriptTarget.ES2022) : library.getSourceFile(file) ?? getSourceFile(file, ...rest);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return new Map([...files].map(([file, { place }]) => {
    const source = program.getSourceFile(file)!;
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return [place, diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
  }));
}

/** Runs a program; gives what it wrote. */
function run(code: string): string {
  return inTempFolder(folder => {
    const before = process.env.CDK8S_OUTDIR;
    process.env.CDK8S_OUTDIR = folder;
    try {
      const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      new Function('require', 'exports', outputText)((name: string) => require(name), {});
      return filesBelow(folder).map(file => fs.readFileSync(path.join(folder, file), 'utf8')).join('');
    } finally {
      if (before === undefined) {
        delete process.env.CDK8S_OUTDIR;
      } else {
        process.env.CDK8S_OUTDIR = before;
      }
    }
  });
}

/** What synth warns of in a program. */
function warningsOf(block: Block): unknown[] {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  try {
    run(programOf(block));
    return warn.mock.calls.flat();
  } finally {
    warn.mockRestore();
  }
}

describe('the TypeScript in the documents', () => {
  const problems = compile(new Map(blocks.map(block => [block.place, programOf(block)])));

  test.each(blocks.map(block => [block.place, block] as const))('%s compiles and runs, and nothing is to be warned of', (place, block) => {
    expect(problems.get(place)).toEqual([]);
    expect(warningsOf(block)).toEqual([]);
  });

  test('is found', () => {
    expect(blocks.filter(({ place }) => place.startsWith('README.md')).length).toBeGreaterThan(5);
    expect(examplesInSource.length).toBeGreaterThan(5);
  });

  test('would not compile with a mistake, and not run with another', () => {
    const mistakes = compile(new Map([
      ['name', programOf({ place: '', code: 'mysql.alowFrom(MeshClient.allIn(\'shop\'));' })],
      ['type', programOf({ place: '', code: 'egress.route(ratings);' })],
      ['given', programOf({ place: '', code: 'nobodyMadeThis.route(mysql);' })],
      ['none', programOf({ place: '', code: 'mysql.allowFrom(MeshClient.allIn(\'shop\'));' })],
    ]));

    expect([...mistakes].map(([name, messages]) => [name, messages.length])).toEqual([['name', 1], ['type', 1], ['given', 1], ['none', 0]]);
    expect(messageOf(() => run(programOf({ place: '', code: 'mysql.allowFrom(MeshClient.allIn(\'Shop\'));' })))).toContain('\'allowFrom()[0].namespaceName\'');
  });

  test('would be warned of', () => {
    expect(warningsOf({ place: '', code: 'MeshFindings.of(mysql).acknowledge(\'MX0203\', \'on Monday\');' })).toEqual([expect.stringContaining('MX0902')]);
  });

  test('is all of it fenced as "ts"', () => {
    const others = documents.flatMap(file => ['typescript', 'js', 'javascript', 'tsx'].flatMap(language => blocksOf(file, language)));

    expect(others.map(({ place }) => place)).toEqual([]);
  });
});

describe('the README', () => {
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');

  test('begins with the simplest use, and shows what it gives', () => {
    const [first] = blocksOf('README.md', 'ts');
    const [shown] = blocksOf('README.md', 'yaml');

    expect(readme.indexOf('```ts')).toBeLessThan(readme.indexOf('\n## '));
    expect(run(first.code)).toBe(shown.code);
  });

  test('shows errors as they are', () => {
    const [shown] = blocksOf('README.md', 'text').map(({ code }) => code.trim().split('\n\n').map(message => message.replace(/\n/g, ' ')));
    const [address, hijack] = shown;

    expect(messageOf(() => run(programOf({
      place: '',
      code: `
        const bookinfo = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });
        new ExternalMysql(bookinfo, 'Mysql', { host: '192.0.2.14', resolution: Resolution.dns() });`,
    })))).toBe(address);
    expect(messageOf(() => run(programOf({
      place: '',
      code: `
        const shop = new Chart(app, 'shop', { namespace: 'shop' });
        for (const id of ['Stock', 'Orders']) {
          new ExternalMysql(shop, id, { host: \`\${id.toLowerCase()}.example.com\`, resolution: Resolution.dns() });
        }`,
    })))).toContain(hijack);
    expect(shown).toHaveLength(2);
  });
});

const SOURCE = 'https://github.com/cdk8s-istio-egress/cdk8s-istio-egress/blob/main';

/** What the links of a document lead to, without the place in it. */
function linksOf(document: string): string[] {
  // a regular expression in code may look like a link
  const prose = fs.readFileSync(path.join(ROOT, document), 'utf8').replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link.replace(/#.*$/, ''));
}

/** Whether a file is in the package; test/package.test.ts looks into one. */
function isPacked(file: string): boolean {
  return ['README.md', 'API.md', 'SECURITY.md', 'LICENSE', 'pipelines'].includes(file) || file.startsWith('docs/') || /^pipelines\/(?!app\/|flux-build\/)[\w-]+\//.test(file);
}

describe('the documents', () => {
  // Those of this repository, and those of an app that `init` writes.
  const scripts = ['package.json', 'templates/typescript/package.json']
    .flatMap(file => Object.keys((JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8')) as { scripts: object }).scripts));

  test.each(documents)('%s leads to files that are there', document => {
    const missing = linksOf(document).filter(link => link !== '' && !/^[a-z]+:/.test(link)).filter(link => !fs.existsSync(path.join(ROOT, path.dirname(document), link)));

    expect(missing).toEqual([]);
  });

  test('of the package lead to its own files alone, by a relative link', () => {
    const packed = documents.filter(isPacked);
    const outside = packed.flatMap(document => linksOf(document).filter(link => link !== '' && !/^[a-z]+:/.test(link))
      .filter(link => !isPacked(path.join(path.dirname(document), link))).map(link => `${document}: ${link}`));

    expect(packed).toContain('docs/lint.md');
    expect(outside).toEqual([]);
  });

  test('lead to files that are there, where they name this repository', () => {
    const named = documents.flatMap(linksOf).filter(link => link.startsWith(`${SOURCE}/`)).map(link => link.slice(SOURCE.length + 1));

    expect(named).toContain('DESIGN.md');
    expect(named.filter(link => !fs.existsSync(path.join(ROOT, link)))).toEqual([]);
  });

  test.each(documents)('%s names npm scripts that are there', document => {
    const named = [...fs.readFileSync(path.join(ROOT, document), 'utf8').matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);

    expect(named.filter(name => !scripts.includes(name))).toEqual([]);
  });

  test.each(documents.flatMap(file => blocksOf(file, 'yaml')).map(block => [block.place, block] as const))('%s is YAML', (_, block) => {
    expect(parseAllDocuments(block.code).flatMap(({ errors }) => errors)).toEqual([]);
  });
});

test.each([['docs/lint.md', 4], ['docs/explain.md', 2], ['docs/report.md', 2], ['docs/import.md', 1]])('%s shows what the program prints', async (file, count) => {
  const page = fs.readFileSync(path.join(ROOT, file), 'utf8');

  expect(await withOutput(page)).toBe(page);
  expect(blocksOf(file, 'console').length).toBeGreaterThanOrEqual(count);
});

test('the tables of lint have every fact of the mesh and every member of the JSON', () => {
  const page = fs.readFileSync(path.join(__dirname, '../docs/lint.md'), 'utf8');
  const rows = (before: string) => page.slice(page.indexOf(before)).split('\n## ')[0].split('\n').filter(line => line.startsWith('| `')).map(line => line.split(' | ')[0]).join();
  const missing = (names: readonly string[], told: string) => names.filter(name => !new RegExp(`\`${name}(\\[\\])?\``).test(told));
  const view = new MeshView(CLOSED_MESH, []);
  const json = asJson({ findings: [], gaps: [], problems: [], notes: [], faults: [], objects: 0, files: [], facts: view.facts, rules: [], version: '1' });

  expect(missing(FACTS, rows('The file has the words'))).toEqual([]);
  expect(missing(Object.keys(JSON.parse(json) as object), rows('Its members are added'))).toEqual([]);
});

test.each([
  ['ts', 'typescript/gateway.ts'], ['python', 'python/gateway.py'], ['java', 'java/Gateway.java'], ['go', 'go/gateway/main.go'], ['csharp', 'dotnet/Gateway.cs'],
])('docs/languages.md has the program of %s that is built and run', (language, file) => {
  const [block] = blocksOf('docs/languages.md', language);

  expect(block.code).toBe(fs.readFileSync(path.join(ROOT, 'languages', file), 'utf8'));
});

test('docs/pipelines.md shows files of pipelines/ as they are', () => {
  const page = fs.readFileSync(path.join(ROOT, 'docs/pipelines.md'), 'utf8');
  const shown = [...page.matchAll(/^`([\w./-]+)`:\n\n```\w+[^\n]*\n(.*?)^```$/gms)];

  expect(shown.length).toBeGreaterThan(8);
  expect(shown.filter(([, file, content]) => fs.readFileSync(path.join(ROOT, 'pipelines', file), 'utf8') !== content).map(([, file]) => file)).toEqual([]);
});

test('documents and files of pipelines name actions as the pipeline of an app does: by one digest, with its version', () => {
  const actionsOf = (file: string) => [...fs.readFileSync(path.join(ROOT, file), 'utf8').matchAll(/^[ -]*uses: (.*)$/gm)].map(([, action]) => action);
  const pinned = actionsOf('templates/github/.github/workflows/egress.yml');
  const files = [...documents, ...filesBelow(path.join(ROOT, 'pipelines')).filter(file => /\.ya?ml$/.test(file)).map(file => path.posix.join('pipelines', file))];
  const named = files.flatMap(file => actionsOf(file).map(action => ({ file, action })));

  expect(new Set(named.map(({ file }) => file))).toEqual(new Set(['docs/lint.md', 'docs/report.md', 'docs/pipelines.md', 'pipelines/github-actions/deploy.yml']));
  expect(named.filter(({ action }) => !pinned.includes(action))).toEqual([]);
});

test('what a page shows is run', async () => {
  const page = '`a.yaml`:\n\n```text\n# nothing\n```\n\n```console\n$ npx cdk8s-istio-egress lint a.yaml\nold\n$ echo $?\n```\n';

  expect(await withOutput(page)).toContain('```console\n$ npx cdk8s-istio-egress lint a.yaml\na.yaml  there is no object of Kubernetes in it');
  await expect(withOutput('```console\n$ rm -rf x\n```\n')).rejects.toThrow('"rm -rf x", which is no command of this program');
});

describe('every public', () => {
  const described = (symbol: ts.Symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== '';
  const isClass = (symbol: ts.Symbol) => symbol.declarations?.some(ts.isClassDeclaration);
  const names = (wrong: typeof members) => wrong.map(({ name }) => name);

  test('class, interface and enum says what it is', () => {
    expect(exported.length).toBeGreaterThan(20);
    expect(exported.filter(symbol => !described(symbol)).map(({ name }) => name)).toEqual([]);
  });

  test('member says what it is', () => {
    expect(members.length).toBeGreaterThan(100);
    expect(names(members.filter(({ member, name }) => !described(member) && !name.endsWith('.constructor')))).toEqual([]);
  });

  test('optional property says its default', () => {
    const optional = members.filter(({ declaration }) => ts.isPropertySignature(declaration) && declaration.questionToken);

    expect(optional.length).toBeGreaterThan(20);
    expect(names(optional.filter(({ member }) => tags(member, 'default').map(text).join('').trim() === ''))).toEqual([]);
  });

  test('required property says none', () => {
    const required = members.filter(({ declaration }) => ts.isPropertySignature(declaration) && !declaration.questionToken);

    expect(names(required.filter(({ member }) => tags(member, 'default').length > 0))).toEqual([]);
  });

  test('constructor and verb says its errors', () => {
    const verbs = members.filter(({ declaration }) => ts.isConstructorDeclaration(declaration)
      || (ts.isMethodDeclaration(declaration) && (declaration.type?.kind === ts.SyntaxKind.VoidKeyword || /\bfail/.test(declaration.body?.getText() ?? ''))));
    const throws = (declaration: ts.Declaration) => ts.getJSDocTags(declaration).filter(tag => tag.tagName.text === 'throws' && String(tag.comment ?? '').trim());

    expect(verbs.length).toBeGreaterThan(10);
    expect(names(verbs.filter(({ declaration }) => throws(declaration).length === 0))).toEqual([]);
  });

  test('parameter is explained, and no other', () => {
    const functions = members.filter(({ declaration }) => ts.isConstructorDeclaration(declaration) || ts.isMethodDeclaration(declaration));
    const wrong = functions.filter(({ declaration }) => {
      const parameters = (declaration as ts.MethodDeclaration).parameters.map(parameter => parameter.name.getText());
      const explained = ts.getJSDocTags(declaration).filter(ts.isJSDocParameterTag).filter(tag => tag.comment).map(tag => tag.name.getText());
      return parameters.join() !== explained.join();
    });

    expect(functions.length).toBeGreaterThan(20);
    expect(names(wrong)).toEqual([]);
  });

  test('class leads to the page of Istio, Kubernetes, cdk8s or the database that it comes from', () => {
    const classes = exported.filter(isClass);
    const page = /^https:\/\/(istio\.io|kubernetes\.io|cdk8s\.io|dev\.mysql\.com|www\.postgresql\.org)\//;

    expect(classes.filter(symbol => !tags(symbol, 'see').some(tag => page.test(text(tag)))).map(({ name }) => name)).toEqual([]);
  });

  test('construct shows how it is used', () => {
    const constructs = exported.filter(isClass).filter(symbol => members.some(({ name }) => name === `${symbol.name}.constructor`));

    expect(constructs.length).toBeGreaterThan(5);
    expect(constructs.filter(symbol => tags(symbol, 'example').length === 0).map(({ name }) => name)).toEqual([]);
  });
});
