/**
 * Writes API.md from the compiled assembly, docs/rules.md from the catalogue and what the program prints into docs/lint.md, docs/explain.md and docs/report.md: `npm run docgen`; `--check` only says whether the committed ones are right.
 *
 * jsii-docgen leaves out what a member throws, and what is said of a constructor. Errors are part of the API, so both are put into the text first.
 * It repeats for every class what all constructs have, and for every kind of service what all kinds have; that is taken out again.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { withOutput } from './console-blocks';
import { CATALOGUE } from '../src/rules/catalogue';

interface Docs {
  custom?: { throws?: string };
  remarks?: string;
}

interface Type {
  readonly name: string;
  readonly kind: string;
  readonly base?: string;
  readonly abstract?: boolean;
  readonly docs?: Docs;
  readonly initializer?: { readonly docs?: Docs };
  readonly methods?: { readonly name: string; readonly docs?: Docs }[];
  readonly properties?: { readonly name: string }[];
}

interface Assembly {
  name: string;
  types: { [name: string]: Type };
}

const root = path.join(__dirname, '..');

function withErrors(assembly: Assembly): Assembly {
  const add = (docs: Docs | undefined, introduction: string, throws: string | undefined) => {
    if (docs && throws) {
      docs.remarks = [docs.remarks, `${introduction} ${throws}.`].filter(text => text).join('\n\n');
    }
  };
  for (const type of Object.values(assembly.types)) {
    add(type.docs, '*The constructor throws*', type.initializer?.docs?.custom?.throws);
    type.methods?.forEach(method => add(method.docs, '*Throws*', method.docs?.custom?.throws));
  }
  return assembly;
}

/** What every construct has, and nobody looks up here. */
const OF_EVERY_CONSTRUCT = ['toString', 'with', 'isConstruct', 'node'];

/** The page without the members that a class only inherits. */
function withoutInherited(page: string, assembly: Assembly): string {
  const namesOf = (type: Type | undefined) => [...type?.methods ?? [], ...type?.properties ?? []].map(({ name }) => name);
  const above = (type: Type): string[] => {
    const base = type.base === undefined ? undefined : assembly.types[type.base];
    return base ? [...namesOf(base), ...above(base)] : [];
  };
  const inherited = new Map(Object.values(assembly.types).filter(({ kind }) => kind === 'class').map(type => {
    const own = namesOf(type);
    const base = type.base === undefined ? undefined : assembly.types[type.base]?.name;
    return [type.name, { base, members: [...OF_EVERY_CONSTRUCT, ...above(type).filter(name => !own.includes(name))] }];
  }));
  const kept: string[] = [];
  let section: { readonly base?: string; readonly members: readonly string[] } | undefined;
  let skipping = false;
  for (const line of page.split('\n')) {
    const [, type] = /^### (\w+) /.exec(line) ?? [];
    if (/^#{1,3} /.test(line)) {
      section = inherited.get(type);
    }
    const [, member] = /^##### `(\w+)`/.exec(line) ?? [];
    if (/^#{1,5} /.test(line)) {
      skipping = member !== undefined && section !== undefined && section.members.includes(member) && !/Initializer/.test(line);
    }
    const [, row] = /^\| <code><a href="[^"]*">(\w+)<\/a><\/code> \|/.exec(line) ?? [];
    const rowIsInherited = row !== undefined && section !== undefined && section.members.includes(row) && !/Initializer/.test(line);
    if (!skipping && !rowIsInherited) {
      kept.push(line);
    }
    if (/^#### Methods/.test(line) && section?.base) {
      kept.push('', `Inherited from [${section.base}](#${assembly.name}.${section.base}).`);
    }
  }
  // A list of which nothing is left.
  return kept.join('\n')
    .replace(/#### (Methods|Static Functions|Properties) <a[^\n]*\n\n\| \*\*Name[^\n]*\n\| ---[^\n]*\n\n(---\n\n)?/g, '')
    .replace(/(Inherited from [^\n]*\n)\n\| \*\*Name[^\n]*\n\| ---[^\n]*\n\n(---\n)?/g, '$1')
    .replace(/\n{3,}/g, '\n\n');
}

/** The page without the constructors of abstract classes, which throw: their factories stay. */
function withoutAbstract(page: string, assembly: Assembly): string {
  const abstract = Object.values(assembly.types).filter(type => type.abstract).map(({ name }) => name);
  return abstract.reduce((text, name) => (
    text.replace(new RegExp(`#### Initializers <a name="Initializers" id="[^"]*\\.${name}\\.Initializer"></a>[\\s\\S]*?\\n(?=####? )`), '')), page);
}

/** The page with its classes, structs and enums at the top. */
function withContents(page: string): string {
  const groups: string[] = [];
  for (const line of page.split('\n')) {
    const [, group] = /^## (\w+) /.exec(line) ?? [];
    const [, type, id] = /^### (\w+) <a name="[^"]*" id="([^"]*)">/.exec(line) ?? [];
    if (group !== undefined) {
      groups.push(`**${group}:**`);
    } else if (type !== undefined) {
      groups[groups.length - 1] += ` [${type}](#${id})`;
    }
  }
  return page.replace('\n\n', `\n\n${groups.join('\n\n')}\n\n`);
}

/** API.md as the assembly of the last compilation gives it. */
export function apiDocs(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'api-docs-'));
  try {
    const assembly = withErrors(JSON.parse(fs.readFileSync(path.join(root, '.jsii'), 'utf8')) as Assembly);
    fs.writeFileSync(path.join(folder, '.jsii'), JSON.stringify(assembly));
    fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    execFileSync(path.join(root, 'node_modules/.bin/jsii-docgen'), ['-o', 'API.md'], { cwd: folder, stdio: 'pipe' });
    return withContents(withoutInherited(withoutAbstract(fs.readFileSync(path.join(folder, 'API.md'), 'utf8'), assembly), assembly));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** docs/rules.md as the catalogue gives it. */
export function rulesPage(): string {
  const section = ({ id, name, severity, title, why, fix, related }: typeof CATALOGUE[number]) => [
    `## ${id} ${name}`,
    `${title}`,
    `**What happens.** ${why}`,
    `**What to write instead.** ${fix}`,
    `Severity: ${severity}. ${related.length > 0 ? `Related: ${related.map(other => `\`${other}\``).join(', ')}.` : 'No other tool reports it.'}`,
  ].join('\n\n');
  return `# Rules

[\`lint\`](lint.md) looks for these mistakes in any manifests, and synth in all objects of an app, those of other libraries included. An ERROR fails both; a WARNING is
for you to decide. A message says what is wrong, what happens in the mesh and what to write instead. "This library" is cdk8s-istio-egress, for those who use it. The page
is generated from the catalogue of the rules; ids are never reused.

| rule | mistake |
|---|---|
${CATALOGUE.map(({ id, name, title }) => `| [${id}](#${`${id} ${name}`.toLowerCase().replace(/ /g, '-')}) \`${name}\` | ${title} |`).join('\n')}

${CATALOGUE.map(section).join('\n\n')}
`;
}

/** The pages that show what the program prints. */
const PAGES_WITH_OUTPUT = ['docs/lint.md', 'docs/explain.md', 'docs/report.md', 'docs/import.md'];

async function write(): Promise<void> {
  const pages: { [name: string]: string } = { 'API.md': apiDocs(), 'docs/rules.md': rulesPage() };
  for (const name of PAGES_WITH_OUTPUT) {
    pages[name] = await withOutput(fs.readFileSync(path.join(root, name), 'utf8'));
  }
  for (const [name, made] of Object.entries(pages)) {
    const file = path.join(root, name);
    if (!process.argv.includes('--check')) {
      fs.writeFileSync(file, made);
    } else if (made !== fs.readFileSync(file, 'utf8')) {
      console.error(`docgen: ${name} is not what the sources give: run \`npm run build\` and commit the result`);
      process.exitCode = 1;
    }
  }
}

if (require.main === module) {
  void write();
}
