import { Arguments, argumentsOf, Options, valueIn, valuesIn } from './arguments';
import { asJson } from './as-json';
import { asJunit } from './as-junit';
import { asSarif } from './as-sarif';
import { asText, howToAccept } from './as-text';
import { byPlace } from './by-place';
import { Command, EXIT } from './command';
import { INPUT_OPTIONS, Input, inputOf, tell } from './input';
import { lintGapsOf } from './lint-gaps';
import { countOf, LintFinding, LintResult, summaryOf } from './lint-result';
import { rulesIn } from './organisation-rules';
import { checkOutput, writeResult } from './output';
import { styleOf } from './style';
import { Terminal } from './terminal';
import { versionOf } from './version';
import { WrongUse } from './wrong-use';
import { writeAcknowledgement } from '../findings/acknowledgement';
import { fixFor, Found, isForeign, lookAt } from '../findings/findings-in';
import { acceptedGaps } from '../gaps/accepted-gaps';
import { GapKind, gapId } from '../gaps/gap';
import { GAP_KINDS, gapsIn } from '../gaps/gaps-in';
import { nearest } from '../private/nearest';
import { compareTexts } from '../private/order';
import { visible } from '../private/visible';
import { lineOf } from '../reading/file-object';
import { acknowledgementUnused } from '../rules/acknowledgement-unused';
import { CATALOGUE } from '../rules/catalogue';
import { Rule } from '../rules/rule';
import { fieldText } from '../view/fields';

const OPTIONS: Options = {
  format: { value: 'FORMAT', oneOf: ['text', 'json', 'sarif', 'junit'], help: 'how findings are written (default: text)' },
  json: { help: 'the same as --format json' },
  output: { value: 'FILE', help: 'write them to a file' },
  severity: { value: 'LEAST', oneOf: ['ERROR', 'WARNING'], help: 'the least severity that makes the exit code 1 (default: ERROR)' },
  strict: { help: 'the same as --severity WARNING' },
  only: { value: 'RULES', isList: true, help: 'look with these rules alone, by id or name: --only MX0203,route-bypassed' },
  skip: { value: 'RULES', isList: true, help: 'look without these rules, by id or name' },
  rules: { value: 'FILE.js', isList: true, help: 'look with rules of your organisation too' },
  ...INPUT_OPTIONS,
  explain: { value: 'ID', help: 'say what a rule (MX0203), or something not judged (NJ-GATEWAY), is about, and look at nothing' },
  list: { help: 'list the rules, and look at nothing' },
};

const USAGE = `cdk8s-istio-egress lint FILES... [options]

Looks for mistakes in the Istio objects of YAML or JSON files that show only when all of them are read together.
FILES are files, folders (all .yaml, .yml and .json below them), or - for the standard input:

  cdk8s-istio-egress lint manifests/
  kustomize build overlays/prod | cdk8s-istio-egress lint -
  helm template my-chart | cdk8s-istio-egress lint --namespace shop -

Exit code: 0 no errors (with --strict no warnings either), 1 errors (with --strict errors or warnings), 2 wrong use, or a part of the
input could not be read.`;

/** Objects that are written twice, from which on it is no mistake of one name. */
const MANY = 5;

export const lint: Command = {
  name: 'lint',
  summary: 'finds mistakes in manifests',
  usage: USAGE,
  options: OPTIONS,
  run: async (given, terminal) => {
    const args = argumentsOf(given, OPTIONS);
    const all = [...CATALOGUE, ...rulesIn(valuesIn(args, 'rules'))];
    const explained = valueIn(args, 'explain');
    if (explained !== undefined) {
      const kind = GAP_KINDS.find(candidate => gapId(candidate) === explained.toUpperCase());
      terminal.out(kind === undefined ? explanationOf(ruleCalled(explained, all, '--explain', GAP_KINDS.map(gapId))) : explanationOfGap(kind));
      return EXIT.CLEAN;
    }
    if (args.all.has('list')) {
      terminal.out(all.map(({ id, severity, name, title }) => `${id}  ${severity.padEnd(7)}  ${name}: ${title}\n`).join(''));
      return EXIT.CLEAN;
    }
    const rules = chosen(args, all);
    checkAgreement(args);
    const input = await inputOf(args, terminal);
    checkOutput(args, input.view);
    const result = look(input, rules);
    tell(result, terminal);
    result.faults.forEach(fault => terminal.err(`${visible(fault)}\n`));
    terminal.err(hintOf(result));
    write(result, args, terminal);
    return exitCodeOf(result, args);
  },
};

function look({ view, problems, notes, files }: Input, rules: readonly Rule[]): LintResult {
  const { found, faults } = lookAt(view, rules);
  const { gaps, unused } = acceptedGaps(view, gapsIn(view, rules, found), rules);
  const ofGaps = rules.includes(acknowledgementUnused) ? unused.map(finding => ({ ...finding, rule: acknowledgementUnused })) : [];
  // By objects first: the places in one file are asked for one after the other.
  const sorted = [...found, ...ofGaps].map(located).sort(byPlace).map(({ path, ...finding }) => ({ ...finding, line: lineOf(finding.object, path) }))
    .sort(byPlaceAndRule);
  return {
    findings: sorted,
    gaps: lintGapsOf(gaps),
    problems,
    notes,
    faults: faults.map(({ error }) => error.message),
    objects: view.objects.length,
    files,
    facts: view.facts,
    rules,
    version: versionOf(),
  };
}

/** A finding with the line of its object, and the way from there. */
interface Located extends LintFinding {
  readonly path: readonly (string | number)[];
}

function located({ rule, object, message, fix, field = [], acknowledged }: Found): Located {
  return {
    rule,
    object,
    message,
    fix: fixFor('yaml', fix),
    acknowledge: rule.isFinal ? undefined
      : writeAcknowledgement({ id: rule.id, field: field.length > 0 ? fieldText(field) : undefined, reason: '<reason>' }),
    acknowledged,
    file: object.origin.file ?? object.origin.path,
    line: object.origin.line,
    field: fieldText(field),
    path: field,
  };
}

function byPlaceAndRule(a: LintFinding, b: LintFinding): number {
  return byPlace(a, b) || compareTexts(a.rule.id, b.rule.id) || compareTexts(a.field, b.field) || compareTexts(a.message, b.message);
}

function chosen(args: Arguments, all: readonly Rule[]): Rule[] {
  const rulesOf = (option: string) => new Set(valuesIn(args, option).map(id => ruleCalled(id, all, `--${option}`)));
  const [only, skip] = [rulesOf('only'), rulesOf('skip')];
  const found = all.filter(rule => (only.size === 0 || only.has(rule)) && !skip.has(rule));
  if (found.length === 0) {
    // A run that looks at nothing is green.
    throw new WrongUse('--skip leaves no rule of --only: name a rule that is to look');
  }
  return found;
}

/** Two options that say different things are a slip in a script, whichever is meant. */
function checkAgreement(args: Arguments): void {
  if (args.all.has('strict') && valueIn(args, 'severity') === 'ERROR') {
    throw new WrongUse('--strict is --severity WARNING, and --severity ERROR is given too: write one of them');
  }
  const format = valueIn(args, 'format');
  if (args.all.has('json') && format !== undefined && format !== 'json') {
    throw new WrongUse(`--json is --format json, and --format ${format} is given too: write one of them`);
  }
}

/** A rule by its id or its name; `others` are further ids that somebody may have meant. */
function ruleCalled(given: string, rules: readonly Rule[], option: string, others: readonly string[] = []): Rule {
  const found = rules.find(({ id, name }) => id.toLowerCase() === given.toLowerCase() || name === given);
  if (found === undefined) {
    const meant = nearest(given, [...rules.flatMap(({ id, name }) => [id, name]), ...others]);
    throw new WrongUse(`${option}: there is no rule "${given}"${meant === undefined ? '' : `: did you mean ${meant}?`} (see lint --list)`);
  }
  return found;
}

function explanationOf({ id, name, severity, title, why, fix, related }: Rule): string {
  const others = related.length > 0 ? [`Related: ${related.join(', ')}`] : isForeign(id) ? [] : ['No other tool reports it.'];
  return `${[`${id} ${name}  ${severity}`, title, `What happens: ${why}`, `What to write instead: ${fix}`, ...others].join('\n\n')}\n`;
}

/** Of what the rules could not judge. */
function explanationOfGap(kind: GapKind): string {
  const silent = kind.rules.length > 0 ? `Rules that stay silent about it: ${kind.rules.join(', ')}.` : 'No rule follows it.';
  return `${[`${gapId(kind)}  not judged`, `The line in the output names an object, and behind it something that the object names or needs and that ${kind.state}. It is no finding, and changes no exit code.`, `What lint does not know of that: ${kind.open}.`,
    `What to do: ${kind.fix}. Where it stays out of the input, say so at the object: ${howToAccept(`${gapId(kind)}: <reason>`)}.`, silent].join('\n\n')}\n`;
}

/** A folder often has what is applied to several clusters. */
function hintOf({ findings }: LintResult): string {
  const twice = findings.filter(({ rule }) => rule.id === 'MX0101').length;
  return twice < MANY ? '' : `${twice} objects are in the input more than once: look at what is applied together, one environment at a time, `
    + 'such as with "kustomize build overlays/prod | cdk8s-istio-egress lint -"\n';
}

function write(result: LintResult, args: Arguments, terminal: Terminal): void {
  const isForTerminal = valueIn(args, 'output') === undefined;
  const text = formatted(result, args.all.has('json') ? 'json' : valueIn(args, 'format') ?? 'text', terminal.hasColours && isForTerminal);
  writeResult(text, args, terminal, file => `${summaryOf(result)}: see ${file}`);
}

function formatted(result: LintResult, format: string, hasColours: boolean): string {
  switch (format) {
    case 'json': return asJson(result);
    case 'sarif': return asSarif(result);
    case 'junit': return asJunit(result);
    default: return asText(result, styleOf(hasColours));
  }
}

function exitCodeOf({ findings, problems, faults }: LintResult, args: Arguments): number {
  if (problems.length + faults.length > 0) {
    return EXIT.WRONG;
  }
  const counts = args.all.has('strict') || valueIn(args, 'severity') === 'WARNING' ? countOf(findings, 'ERROR', 'WARNING') : countOf(findings, 'ERROR');
  return counts > 0 ? EXIT.FOUND : EXIT.CLEAN;
}
