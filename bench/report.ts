import { CrowdResult, Result } from './measure';

/** What is aimed at; a bench reports, it does not judge. */
const AIM = { ratio: 1.10, growth: 11, loadingMs: 20 };

export function table(results: readonly Result[], loadingMs: number): string {
  const rows = results.map(result => [
    result.route,
    whole(result.services),
    whole(result.charts),
    whole(result.ms),
    whole(result.rawMs),
    result.ratio.toFixed(2),
    whole(1000 * result.ms / result.services),
    growth(result, results)?.toFixed(1) ?? '',
    whole(result.rssMb),
    whole(result.rawRssMb),
    result.rssRatio.toFixed(2),
    String(result.runs),
  ]);
  const heads = ['route', 'services', 'charts', 'ms', 'raw ms', 'ratio', 'us/service', 'growth', 'MB', 'raw MB', 'ratio', 'runs'];
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

/** How much longer than a tenth of the services took; 10 is linear. */
function growth(result: Result, results: readonly Result[]): number | undefined {
  const smaller = results.find(other => other.route === result.route && other.charts === result.charts && other.services * 10 === result.services);
  return smaller && result.ms / smaller.ms;
}

function aims(results: readonly Result[], loadingMs: number): string[] {
  const growths = results.filter(result => result.services === 10_000).map(result => growth(result, results));
  const lines = [
    aim('time, of raw objects', AIM.ratio.toFixed(2), results.map(result => result.ratio), AIM.ratio, 2),
    aim('memory, of raw objects', AIM.ratio.toFixed(2), results.map(result => result.rssRatio), AIM.ratio, 2),
    aim('growth, 1,000 to 10,000', String(AIM.growth), growths.filter(value => value !== undefined), AIM.growth, 1),
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

function aligned(rows: readonly (readonly string[])[], left: readonly number[] = [0]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  return rows.map(row => row.map((cell, column) => left.includes(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join('  ').trimEnd());
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** One object for one case. */
export function json(result: Result, loadingMs: number): string {
  const { services, route, charts, ms, rawMs, ratio, rssMb, rawRssMb, rssRatio, runs } = result;
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
    usPerService: rounded(1000 * ms / services, 1),
    loadingMs: rounded(loadingMs, 1),
    runs,
  });
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
