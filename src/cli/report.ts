import * as fs from 'node:fs';
import { Arguments, argumentsOf, Options, valueIn } from './arguments';
import { Command, EXIT } from './command';
import { INPUT_OPTIONS, placedInputOf, tell } from './input';
import { checkOutput, writeResult } from './output';
import { Terminal } from './terminal';
import { WrongUse } from './wrong-use';
import { quote } from '../private/fail';
import { STDIN } from '../reading/files';
import { asCsv } from '../report/as-csv';
import { asHtml } from '../report/as-html';
import { asJson } from '../report/as-json';
import { asMarkdown } from '../report/as-markdown';
import { Difference, differenceOf, opens } from '../report/difference';
import { differenceAsJson } from '../report/difference-as-json';
import { differenceAsMarkdown } from '../report/difference-as-markdown';
import { Report, reportOf } from '../report/report';

const OPTIONS: Options = {
  'format': { value: 'FORMAT', oneOf: ['markdown', 'json', 'csv', 'html'], help: 'how it is written (default: markdown)' },
  'json': { help: 'the same as --format json' },
  'output': { value: 'FILE', help: 'write it to a file' },
  'diff': { help: 'compare two files or folders, as markdown or json: report --diff OLD NEW' },
  'fail-on-opened': { help: 'with --diff: exit code 1 when the change opens something' },
  ...INPUT_OPTIONS,
};

const USAGE = `cdk8s-istio-egress report FILES... [options]
cdk8s-istio-egress report --diff OLD NEW [options]

Says who reaches what outside the mesh, by which way, and who else could, from the Istio objects and NetworkPolicies of YAML or JSON
files. FILES are files, folders, or - for the standard input: all that is applied together.

  cdk8s-istio-egress report manifests/ --format html --output report.html
  kustomize build overlays/prod | cdk8s-istio-egress report -
  cdk8s-istio-egress report --diff before/ after/

Exit code: 0 the report is written, 1 with --fail-on-opened the change opens something, 2 wrong use, or a part of the input could not
be read: the report is then of the rest.`;

export const report: Command = {
  name: 'report',
  summary: 'who reaches what, and what a change opens',
  usage: USAGE,
  options: OPTIONS,
  run: async (given, terminal) => {
    const args = argumentsOf(given, OPTIONS);
    const format = args.all.has('json') ? 'json' : valueIn(args, 'format') ?? 'markdown';
    return args.all.has('diff') ? compare(args, format, terminal) : single(args, format, terminal);
  },
};

async function single(args: Arguments, format: string, terminal: Terminal): Promise<number> {
  if (args.all.has('fail-on-opened')) {
    throw new WrongUse('--fail-on-opened compares: give it with --diff OLD NEW');
  }
  const input = await placedInputOf(args, terminal, 'report');
  const { view, problems } = input;
  checkOutput(args, view);
  tell(input, terminal);
  write(formatted(reportOf(view, { unread: problems }), format), args, terminal);
  return problems.length > 0 ? EXIT.WRONG : EXIT.CLEAN;
}

function formatted(found: Report, format: string): string | Iterable<string> {
  switch (format) {
    case 'json': return asJson(found);
    case 'csv': return asCsv(found);
    case 'html': return asHtml(found);
    default: return asMarkdown(found);
  }
}

async function compare(args: Arguments, format: string, terminal: Terminal): Promise<number> {
  if (args.paths.length !== 2) {
    throw new WrongUse(`--diff compares two files or folders: report --diff OLD NEW, got ${args.paths.length}`);
  }
  if (format === 'csv' || format === 'html') {
    throw new WrongUse(`--diff is written as markdown or json, not as ${format}`);
  }
  if (args.paths.every(side => side === STDIN)) {
    throw new WrongUse(`--diff reads one side from the standard input, and the other from a file or folder: report --diff ${STDIN} NEW`);
  }
  args.paths.forEach((side, i) => {
    // Nothing at all would be compared with everything.
    if (side !== STDIN && !fs.existsSync(side)) {
      throw new WrongUse(`--diff compares two files or folders, and ${i === 0 ? 'OLD' : 'NEW'} is not there: ${quote(side)}`);
    }
  });
  const old = await placedInputOf({ ...args, paths: [args.paths[0]] }, terminal, 'report');
  const now = await placedInputOf({ ...args, paths: [args.paths[1]] }, terminal, 'report');
  [old, now].forEach(({ view }) => checkOutput(args, view));
  tell(old, terminal);
  // What is said of the facts holds for both.
  tell({ ...now, notes: now.notes.filter(note => !old.notes.includes(note)) }, terminal);
  const found: Difference = differenceOf(old.view, now.view, { before: old.problems, after: now.problems });
  write(format === 'json' ? differenceAsJson(found) : differenceAsMarkdown(found), args, terminal);
  return old.problems.length + now.problems.length > 0 ? EXIT.WRONG : args.all.has('fail-on-opened') && opens(found) ? EXIT.FOUND : EXIT.CLEAN;
}

function write(text: string | Iterable<string>, args: Arguments, terminal: Terminal): void {
  writeResult(text, args, terminal, file => `written: ${file}`);
}
