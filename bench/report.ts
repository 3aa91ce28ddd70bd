import { aligned, whole } from './columns';
import { growsTooFast, growthOf, RuleGrowth } from './growth';
import { CrowdResult, Result } from './measure';
import { ReadingResult } from './reading';
import { RulesResult } from './rules';

/** What is aimed at; a bench reports, it does not judge. */
const AIM = { ratio: 1.10, growth: 11, fast: 0.6, fastOfMany: 0.2, loadingMs: 20, lintMs: 3_000, lintMb: 500, lintGrowth: 11, rules: 1.25 };

export function table(results: readonly Result[], loadingMs: number): string {
  const rows = results.map(result => [
    result.route,
    whole(result.services),
    whole(result.charts),
    whole(result.ms),
    whole(result.rawMs),
    result.ratio.toFixed(2),
    whole(result.fastMs),
    result.fastRatio.toFixed(2),
    (result.fastMs / result.ms).toFixed(2),
    whole(1000 * result.ms / result.services),
    growth(result, results, of => of.ms)?.toFixed(1) ?? '',
    growth(result, results, of => of.fastMs)?.toFixed(1) ?? '',
    whole(result.rssMb),
    whole(result.rawRssMb),
    result.rssRatio.toFixed(2),
    whole(result.fastRssMb),
    String(result.runs),
  ]);
  const heads = [
    'route', 'services', 'charts', 'ms', 'raw ms', 'ratio', 'fast ms', 'of raw', 'of ms', 'us/service', 'growth', 'fast growth', 'MB', 'raw MB', 'ratio', 'fast MB', 'runs',
  ];
  return [...aligned([heads, ...rows]), '', ...aims(results, loadingMs)].join('\n');
}

/** How much longer twice as many of a construct take; 2 is linear. cdk8s itself validates the whole app once for each chart. */
export function crowdTable(results: readonly CrowdResult[]): string {
  const rows = results.map(({ crowd, count, ms, rssMb, runs }) => {
    const half = results.find(other => other.crowd === crowd && other.count * 2 === count);
    return [crowd, whole(count), whole(ms), (ms / count).toFixed(1), half ? (ms / half.ms).toFixed(1) : '', whole(rssMb), String(runs)];
  });
  return aligned([['many', 'count', 'ms', 'ms each', 'growth', 'MB', 'runs'], ...rows]).join('\n');
}

/** Whole processes of the program. Node's start is in each of them, so what is small grows less. */
export function readingTable(results: readonly ReadingResult[]): string {
  const rows = results.map((result, i) => {
    const before = results[i - 1];
    const smaller = before && before.count < result.count ? before : undefined;
    const growths = smaller ? [result.ms / smaller.ms, result.count / smaller.count] : undefined;
    return [
      result.command, result.what, `${whole(result.count)} ${result.of}`, whole(result.ms), (result.ms / result.count).toFixed(2),
      growths ? `${growths[0].toFixed(1)} of ${growths[1].toFixed(1)}` : '', whole(result.rssMb), String(result.runs),
    ];
  });
  const large = results.filter(({ command, count }) => command === 'lint' && count === 10_000);
  const growths = large.flatMap(result => results
    .filter(({ what, command, count }) => what === result.what && command === result.command && count === 1_000).map(({ ms }) => result.ms / ms));
  const lines = [
    aim('lint of 10,000 objects, time', `${whole(AIM.lintMs)} ms`, large.map(({ ms }) => ms), AIM.lintMs, 0),
    aim('lint of 10,000 objects, memory', `${AIM.lintMb} MB`, large.map(({ rssMb }) => rssMb), AIM.lintMb, 0),
    aim('growth of lint, 1,000 to 10,000', String(AIM.lintGrowth), growths, AIM.lintGrowth, 1),
  ];
  return [
    ...aligned([['command', 'input', 'size', 'ms', 'ms each', 'growth', 'MB', 'runs'], ...rows], [0, 1]), '',
    ...aligned([['aim', 'at most', 'measured', 'reached'], ...lines], [0, 2, 3]),
  ].join('\n');
}

/** What rules add at synth, and the rules that take much more than four times as long for four times the input. */
export function rulesTable(results: readonly RulesResult[], growths: readonly RuleGrowth[]): string {
  const rows = results.map(({ route, services, ms, msWithout, ratio, runs }) => (
    [route, whole(services), whole(ms), whole(msWithout), ratio.toFixed(2), String(runs)]));
  const fast = growths.filter(growsTooFast);
  const shapes = new Set(growths.map(({ shape }) => shape)).size;
  return [
    ...aligned([['route', 'services', 'ms', 'without rules', 'ratio', 'runs'], ...rows]), '',
    ...fast.length === 0 ? [] : [
      ...aligned([
        ['input', 'rule', 'ms', 'ms of four times', 'growth'],
        ...fast.map(of => [of.shape, of.rule, of.ms.toFixed(1), of.msOfFour.toFixed(1), growthOf(of).toFixed(1)]),
      ], [0, 1]), '',
    ],
    ...aligned([
      ['aim', 'at most', 'measured', 'reached'],
      aim('synth with rules, of synth without', AIM.rules.toFixed(2), results.map(({ ratio }) => ratio), AIM.rules, 2),
      ['rules that are not linear', 'none', `${fast.length} of ${growths.length} in ${shapes} kinds of input`, fast.length === 0 ? 'yes' : 'no'],
    ], [0, 2, 3]),
  ].join('\n');
}

/** How much longer than a tenth of the services took; 10 is linear. */
function growth(result: Result, results: readonly Result[], ms: (of: Result) => number): number | undefined {
  const smaller = results.find(other => other.route === result.route && other.charts === result.charts && other.services * 10 === result.services);
  return smaller && ms(result) / ms(smaller);
}

function aims(results: readonly Result[], loadingMs: number): string[] {
  const growths = results.filter(result => result.services === 10_000).map(result => growth(result, results, of => of.ms));
  const fastGrowths = results.filter(result => result.services === 10_000).map(result => growth(result, results, of => of.fastMs));
  const routed = results.filter(({ services, route }) => services === 1_000 && route === 'gateway');
  const many = results.filter(({ services, charts }) => services === 10_000 && charts === 100);
  const lines = [
    aim('time, of raw objects', AIM.ratio.toFixed(2), results.map(result => result.ratio), AIM.ratio, 2),
    aim('memory, of raw objects', AIM.ratio.toFixed(2), results.map(result => result.rssRatio), AIM.ratio, 2),
    aim('growth, 1,000 to 10,000', String(AIM.growth), growths.filter(value => value !== undefined), AIM.growth, 1),
    aim('FastApp, 1,000 routed services, of raw', AIM.fast.toFixed(2), routed.map(result => result.fastRatio), AIM.fast, 2),
    aim('FastApp, 10,000 in 100 charts, of raw', AIM.fastOfMany.toFixed(2), many.map(result => result.fastRatio), AIM.fastOfMany, 2),
    aim('FastApp, growth, 1,000 to 10,000', String(AIM.growth), fastGrowths.filter(value => value !== undefined), AIM.growth, 1),
    aim('loading, added to cdk8s', `${AIM.loadingMs} ms`, [loadingMs], AIM.loadingMs, 0),
  ];
  return aligned([['aim', 'at most', 'measured', 'reached'], ...lines], [0, 2, 3]);
}

function aim(what: string, atMost: string, values: readonly number[], limit: number, digits: number): string[] {
  if (values.length === 0) {
    return [what, atMost, '-', 'not measured'];
  }
  const [least, most] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
  const reached = values.filter(value => value <= limit).length;
  return [what, atMost, least === most ? least : `${least} to ${most}`, `${reached} of ${values.length}`];
}

/** One object for one case. */
export function json(result: Result, loadingMs: number): string {
  const { services, route, charts, ms, rawMs, ratio, rssMb, rawRssMb, rssRatio, fastMs, fastRatio, fastRssMb, runs } = result;
  return JSON.stringify({
    services,
    route,
    charts,
    ms: rounded(ms, 1),
    rawMs: rounded(rawMs, 1),
    ratio: rounded(ratio, 3),
    rssMb: rounded(rssMb, 1),
    rawRssMb: rounded(rawRssMb, 1),
    rssRatio: rounded(rssRatio, 3),
    fastMs: rounded(fastMs, 1),
    fastRatio: rounded(fastRatio, 3),
    fastRssMb: rounded(fastRssMb, 1),
    usPerService: rounded(1000 * ms / services, 1),
    loadingMs: rounded(loadingMs, 1),
    runs,
  });
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
