/**
 * Writes API.md from the compiled assembly and docs/rules.md from the catalogue: `npm run docgen`; `--check` only says whether the committed ones are right.
 *
 * jsii-docgen leaves out what a member throws, and what is said of a constructor. Errors are part of the API, so both are put into the text first.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CATALOGUE } from '../src/rules/catalogue';

interface Docs {
  custom?: { throws?: string };
  remarks?: string;
}

interface Assembly {
  types: { [name: string]: { docs?: Docs; initializer?: { docs?: Docs }; methods?: { docs?: Docs }[] } };
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

/** API.md as the assembly of the last compilation gives it. */
export function apiDocs(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'api-docs-'));
  try {
    const assembly = withErrors(JSON.parse(fs.readFileSync(path.join(root, '.jsii'), 'utf8')) as Assembly);
    fs.writeFileSync(path.join(folder, '.jsii'), JSON.stringify(assembly));
    fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    execFileSync(path.join(root, 'node_modules/.bin/jsii-docgen'), ['-o', 'API.md'], { cwd: folder, stdio: 'pipe' });
    return fs.readFileSync(path.join(folder, 'API.md'), 'utf8');
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

Synth reads all objects of an app together, those of other libraries included, and stops on each of these mistakes. A message names the construct, the
rule and what to write instead. This page is generated from the catalogue of the rules; ids are never reused.

| rule | mistake |
|---|---|
${CATALOGUE.map(({ id, name, title }) => `| [${id}](#${`${id} ${name}`.toLowerCase().replace(/ /g, '-')}) \`${name}\` | ${title} |`).join('\n')}

${CATALOGUE.map(section).join('\n\n')}
`;
}

if (require.main === module) {
  const pages = { 'API.md': apiDocs(), 'docs/rules.md': rulesPage() };
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
