import * as path from 'node:path';
import { Chart, Panel, svgOf } from './chart';
import { Peer } from './peer';
import { CaseResult, Measure, medianOf, ratioOf } from './results';
import { CHARTS, Route, ROUTES, SERVICES } from '../cases';

const DOCS = path.join(__dirname, '..', '..', 'docs');
export const PAGE = path.join(DOCS, 'performance.md');

/** The part of the page that is written here. */
const [BEGIN, END] = ['<!-- written by "npm run bench:peers -- --page" -->', '<!-- as far as here -->'];

const CHARTED: Route = 'gateway';
const ROUTE_NAMES: { readonly [route in Route]: string } = { direct: 'direct services', gateway: 'services through an egress gateway' };

/** The files of the results: their paths, and what is in them. */
export function filesOf(results: readonly CaseResult[], peers: readonly Peer[], page: string): Map<string, string> {
  const charts = chartsOf(results, peers);
  return new Map([
    [PAGE, withSection(page, sectionOf(results, peers))],
    ...charts.map(({ file, chart }) => [path.join(DOCS, file), svgOf(chart)] as const),
  ]);
}

export function withSection(page: string, section: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`docs/performance.md has no place for the results, between "${BEGIN}" and "${END}"`);
  }
  return `${page.slice(0, begin)}${BEGIN}\n\n${section}\n${page.slice(end)}`;
}

/** What stands between the marks. */
export function sectionOf(results: readonly CaseResult[], peers: readonly Peer[]): string {
  const base = peers[0];
  const charts = chartsOf(results, peers).map(({ file, chart }) => `![${chart.description}](${file})`);
  const tables = ROUTES.flatMap(route => chartCountsOf(results).map(count => tableOf(results, peers, route, count))).filter(table => table !== '');
  return `${charts.join('\n\n')}

The first row of a table has what ${base.title} takes, the others how much of it each takes: wall time, processor time of all threads, and the highest
memory. 0.50 is half of it. Wall time moves with other work of the machine more than the processor time does.

${tables.join('\n')}
"Not run" would take too long. "Once" was measured in one round only, because it took more than a minute.

| program | version | what it is given |
|---|---|---|
${peers.map(peer => `| ${peer.title} | ${versionOf(results, peer)} | ${peer.shape} |`).join('\n')}

${machinesOf(results)}
`;
}

function chartsOf(results: readonly CaseResult[], peers: readonly Peer[]): { readonly file: string; readonly chart: Chart }[] {
  const chart = (title: string, measure: Measure, unit: number, label: Chart['label']): Chart => {
    const of = results.filter(({ route }) => route === CHARTED);
    const sizes = SERVICES.filter(services => of.some(result => result.services === services));
    const panels = chartCountsOf(of).map((count): Panel => ({
      title: chartsText(count),
      rows: peers.map(peer => ({
        title: peer.title,
        values: sizes.map(services => valueOf(find(of, CHARTED, count, services), peer, measure)).map(value => value && value / unit),
      })).filter(({ values }) => values.some(value => value !== undefined)),
    }));
    const text = `${title} of ${ROUTE_NAMES[CHARTED]}`;
    return { title: text, description: `${text}, in ${panels.map(panel => panel.title.toLowerCase()).join(' and ')}: the tables below have the figures.`, panels, sizes, label };
  };
  return [
    // Not the wall time: other work of the machine does not count.
    { file: 'performance/time.svg', chart: chart('Processor time', 'cpuMs', 1000, value => `${value} s`) },
    { file: 'performance/memory.svg', chart: chart('Memory', 'rssMb', 1, value => `${value.toLocaleString('en-US')} MB`) },
  ];
}

function tableOf(results: readonly CaseResult[], peers: readonly Peer[], route: Route, charts: number): string {
  const cases = results.filter(result => result.route === route && result.charts === charts);
  if (cases.length === 0) {
    return '';
  }
  const heads = cases.flatMap(({ services }) => [`${services.toLocaleString('en-US')}: time`, 'processor', 'memory']);
  const sizes = cases.map(result => {
    const rounds = roundsOf(result);
    return `${result.objects.toLocaleString('en-US')} objects in ${rounds} round${rounds === 1 ? '' : 's'}`;
  });
  return `#### ${capital(ROUTE_NAMES[route])}, ${chartsText(charts).toLowerCase()}

${sizes.join(', ')}.

| program | ${heads.join(' | ')} |
|---|${'---|'.repeat(heads.length)}
${peers.map((peer, i) => `| ${peer.title} | ${cases.flatMap(result => cellsOf(result, peer, i === 0 ? undefined : peers[0])).join(' | ')} |`).join('\n')}
`;
}

/** Time, processor and memory: as they are, or as ratios to a base. */
function cellsOf(result: CaseResult, peer: Peer, base: Peer | undefined): string[] {
  const [own, other] = [peer, base].map(wanted => result.peers.find(candidate => candidate.peer === wanted?.id));
  if (!own) {
    return ['not measured', '', ''];
  }
  if (own.samples.length === 0) {
    return ['not run', '', ''];
  }
  const once = own.samples.length < roundsOf(result) ? ', once' : '';
  if (!base || !other) {
    return [`${secondsText(medianOf(own, 'wallMs')!)}${once}`, secondsText(medianOf(own, 'cpuMs')!), `${medianOf(own, 'rssMb')!.toFixed(0)} MB`];
  }
  return (['wallMs', 'cpuMs', 'rssMb'] as const).map((measure, i) => `${ratioText(ratioOf(own, other, measure)!)}${i === 0 ? once : ''}`);
}

function valueOf(result: CaseResult | undefined, peer: Peer, measure: Measure): number | undefined {
  const own = result?.peers.find(candidate => candidate.peer === peer.id);
  return own && medianOf(own, measure);
}

function find(results: readonly CaseResult[], route: Route, charts: number, services: number): CaseResult | undefined {
  return results.find(result => result.route === route && result.charts === charts && result.services === services);
}

function chartCountsOf(results: readonly CaseResult[]): number[] {
  return [...new Set([...CHARTS, ...results.map(({ charts }) => charts)])].filter(count => results.some(({ charts }) => charts === count));
}

function versionOf(results: readonly CaseResult[], peer: Peer): string {
  const versions = new Set(results.flatMap(({ peers }) => peers).filter(({ peer: id }) => id === peer.id).map(({ version }) => version));
  return [...versions].join('; ') || '-';
}

function roundsOf({ peers }: CaseResult): number {
  return Math.max(...peers.map(({ samples }) => samples.length));
}

function machinesOf(results: readonly CaseResult[]): string {
  if (results.length === 0) {
    return 'Nothing was measured.';
  }
  const places = new Set(results.map(({ on: { month, cores, node } }) => `${month}, ${cores} cores, Node ${node}`));
  const loads = results.map(({ on }) => on.load);
  const range = (values: readonly number[]) => Math.min(...values) === Math.max(...values) ? String(values[0]) : `${Math.min(...values)} to ${Math.max(...values)}`;
  return `Measured in ${[...places].join('; ')}; medians.
The load of the machine when a case began, its other work included: ${range(loads)}.`;
}

function chartsText(count: number): string {
  return count === 1 ? 'One chart' : `${count.toLocaleString('en-US')} charts`;
}

function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 0)} s`;
}

function ratioText(ratio: number): string {
  return ratio < 9.95 ? ratio.toFixed(2) : Math.round(ratio).toLocaleString('en-US');
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
