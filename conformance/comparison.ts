/** What others find in the files of `corpus/`, each with one mistake: docs/comparison.md. */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { Complaint } from './judge';
import { CATALOGUE } from '../src/rules/catalogue';
import { Rule } from '../src/rules/rule';

export const CORPUS = path.join(__dirname, 'corpus');
export const PAGE = path.join(__dirname, '../docs/comparison.md');

/** What a tool says about an object of a file. */
export interface Said {
  /** As `IST0101`; only "istioctl analyze" has codes. */
  readonly code?: string;
  readonly level?: string;
  readonly object: string;
  readonly text: string;
}

/** What all say about one file of the corpus, by its path in there. */
export interface Answers {
  readonly file: string;
  readonly apiServer: readonly Said[];
  readonly webhook: readonly Said[];
  readonly analyze: readonly Said[];
}

/** What the page says of a rule. */
export type Compared = Pick<Rule, 'id' | 'name' | 'severity' | 'title' | 'related'>;

/** What others find of one mistake. */
export interface Row {
  readonly rule: Compared;
  readonly folder: string;
  readonly apiServer: boolean;
  readonly webhook: boolean;
  /** Codes of analysers that are about the mistake. */
  readonly analyze: readonly string[];
  /** Codes that only the wrong file has and that are about something else. */
  readonly besides: readonly string[];
  /** Codes that the rule has as related, and that say nothing about this file. */
  readonly silent: readonly string[];
  /** Checks of Kiali, by its documentation. */
  readonly kiali: readonly string[];
}

/** The page is in the package, and the corpus is not. */
const SOURCE = 'https://github.com/cdk8s-istio-egress/cdk8s-istio-egress/blob/main';

/** Rules about annotations that are this library's own: no other tool could know them. */
const OWN = ['MX0902', 'MX0903', 'MX0904'];

/** Asks the judge about every file. */
export function askAbout(program: string, corpus: string): Answers[] {
  const asked = spawnSync(program, ['--corpus', corpus], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] });
  if (asked.error) {
    throw new Complaint(`the judge cannot be run (${asked.error.message}): run the command again`);
  }
  if (asked.status !== 0) {
    throw new Complaint(`the judge cannot read the corpus: ${asked.stderr.trim()}`);
  }
  return JSON.parse(asked.stdout) as Answers[];
}

/** What Istio refuses although the corpus has it as right. */
export function refusedIn(answers: readonly Answers[]): string[] {
  const right = answers.filter(({ file }) => path.basename(file) !== 'fault.yaml');
  return right.flatMap(({ file, apiServer, webhook }) => [...apiServer, ...webhook].map(({ object, text }) => `corpus/${file}: ${object}: ${text}`));
}

/** One row for each mistake that a file can have, in the order of the rules. */
export function rowsOf(answers: readonly Answers[], rules: readonly Compared[] = CATALOGUE): Row[] {
  const byFile = new Map(answers.map(answer => [answer.file, answer]));
  return rules.flatMap(rule => {
    const folder = `${rule.id}-${rule.name}`;
    const [fault, clean] = ['fault.yaml', 'clean.yaml'].map(file => byFile.get(`${folder}/${file}`));
    if (!fault || !clean) {
      return [];
    }
    const codes = [...new Set(onlyIn(fault.analyze, clean.analyze).flatMap(({ code }) => (code === undefined ? [] : [code])))].sort();
    return [{
      rule,
      folder,
      apiServer: onlyIn(fault.apiServer, clean.apiServer).length > 0,
      webhook: onlyIn(fault.webhook, clean.webhook).length > 0,
      analyze: codes.filter(code => rule.related.includes(code)),
      besides: codes.filter(code => !rule.related.includes(code)),
      silent: rule.related.filter(code => code.startsWith('IST') && !codes.includes(code)),
      kiali: rule.related.filter(code => code.startsWith('KIA')),
    }];
  });
}

/** What is said about the right file as well comes from what neither has: it is not about the mistake. */
function onlyIn(fault: readonly Said[], clean: readonly Said[]): Said[] {
  const key = ({ code, object, text }: Said) => JSON.stringify([code, object, text]);
  const usual = new Set(clean.map(key));
  return fault.filter(said => !usual.has(key(said)));
}

/** How many mistakes each finds, in the order of the columns. */
export function figuresOf(rows: readonly Row[]): { readonly [who: string]: number } {
  const count = (finds: (row: Row) => boolean) => rows.filter(finds).length;
  return {
    'API server': count(row => row.apiServer),
    'webhook': count(row => row.webhook),
    '`istioctl analyze`': count(row => row.analyze.length > 0),
    'any of the three': count(isFoundByIstio),
    'Kiali': count(row => row.kiali.length > 0),
    'this library': rows.length,
  };
}

function isFoundByIstio({ apiServer, webhook, analyze }: Row): boolean {
  return apiServer || webhook || analyze.length > 0;
}

/** One line for the end of a run. */
export function summaryOf(answers: readonly Answers[]): string {
  const rows = rowsOf(answers);
  const figures = Object.entries(figuresOf(rows)).map(([who, finds]) => `${who.replace(/`/g, '')} ${finds}`);
  return `corpus: ${answers.length} files, ${rows.length} mistakes; found by ${figures.join(', ')}`;
}

/** docs/comparison.md. */
export function comparisonPage(answers: readonly Answers[]): string {
  const rows = rowsOf(answers);
  const figures = figuresOf(rows);
  const nobody = rows.filter(row => !isFoundByIstio(row) && row.kiali.length === 0).length;
  const own = rows.filter(({ rule }) => OWN.includes(rule.id)).map(({ rule }) => rule.id);
  return `# Who finds which mistake

Each rule of [rules.md](rules.md) that YAML can break has a folder in \`conformance/corpus\`: a file with the mistake, and the same file written right. This page is
what four others say of the file with the mistake. \`npm run conformance\` asks Istio's and Kubernetes' own code and fails when an answer is no longer what
stands here; \`npm run conformance -- --write-comparison\` writes the page again.

| of ${rows.length} mistakes | found |
|---|---|
${Object.entries(figures).map(([who, finds]) => `| ${who}${who === 'Kiali' ? ' (read, not run)' : ''} | ${finds} |`).join('\n')}

${nobody} of them nobody but this library finds.${own.length > 0 ? ` ${own.slice(0, -1).join(', ')} and ${own.at(-1)} are about annotations that are this library's own.` : ''}

| column | what is asked |
|---|---|
| API server | the schemas and CEL rules of the CRDs of Istio and the Gateway API, and the validation of Kubernetes' own kinds |
| webhook | istiod's validating webhook: errors and warnings |
| \`istioctl analyze\` | every analyser and every level, in a cluster with the stock gateways, the namespaces and pods of the file, and Istio's default settings |
| Kiali | **read, not run**: its documented checks that are about the mistake |
| this library | the severity of the finding; \`test/corpus.test.ts\` compares it with the line that the file marks |

A message counts when the file written right does not have it too. "Besides" are messages that only the file with the mistake has, and that are about something
else: they lead nobody to it. The corpus was written for the rules of this library, so the last column is no measure of what it misses.

| rule | mistake | API server | webhook | \`istioctl analyze\` | Kiali (read, not run) | this library |
|---|---|---|---|---|---|---|
${rows.map(lineOf).join('\n')}

Codes that rules.md has as related because they are about such mistakes, and that say nothing of this very file that they do not say of it written right:

${rows.filter(({ silent }) => silent.length > 0).map(({ rule, silent }) => `- ${rule.id}: ${listed(silent)}`).join('\n')}
`;
}

function listed(codes: readonly string[]): string {
  return codes.map(code => `\`${code}\``).join(', ');
}

function lineOf({ rule, folder, apiServer, webhook, analyze, besides, kiali }: Row): string {
  const analyzed = [...analyze.length > 0 ? [listed(analyze)] : [], ...besides.length > 0 ? [`besides: ${listed(besides)}`] : []].join('; ');
  const rejects = (is: boolean) => (is ? 'rejects' : '-');
  const link = `[${rule.id}](${SOURCE}/conformance/corpus/${folder}/fault.yaml)`;
  return `| ${[link, rule.title, rejects(apiServer), rejects(webhook), analyzed || '-', listed(kiali) || '-', rule.severity].join(' | ')} |`;
}
