import { isOpen, verdictText, wayText } from './answer';
import { ANY_OTHER, Client, clientKey, clientName, isEveryOther, isPattern } from './client';
import { dependencyName } from './dependency';
import { escaped } from './html-text';
import { allAccessOf, DependencyReport, Report } from './report';
import { portsText } from './summary';
import { labelsText } from '../trace/gateway-pods';
import { addTo } from '../view/lists';

/** The sizes of the picture. */
const WIDTH = 1000;
const LEFT = { x: 8, width: 250 };
const MIDDLE = { x: 400, width: 190 };
const RIGHT = { x: 710, width: 282 };
const ROW = 24;
const GAP = 14;
/** The least and the most room of a line in a box. */
const LANE = { least: 5, most: 14 };
const LABEL = 26;
/** The label of a way has two lines. */
const WAY_LABEL = 44;
const CARD = 44;

/** Colours of namespaces; there are as many classes in the page's style. */
export const HUES = 8;

/** One way of a client to a dependency. */
interface Line {
  readonly client: string;
  readonly way: string;
  readonly to: number;
  readonly title: string;
  readonly isUnchecked: boolean;
}

interface Place {
  readonly y: number;
  readonly height: number;
}

/** Who reaches what as a picture: namespaces and accounts, gateways, dependencies, and a line for each way. */
export function picture({ dependencies }: Report): string {
  const { clients, lines } = linesOf(dependencies);
  const order = [...clients.values()].sort((a, b) => (clientKey(a) < clientKey(b) ? -1 : 1));
  const rank = new Map(order.map((client, i) => [clientKey(client), i]));
  const means = meansOf(lines, rank);
  const mean = (i: number) => means.get(i) ?? Infinity;
  const sorted = dependencies.map((_, i) => i).sort((a, b) => (mean(a) === mean(b) ? a - b : mean(a) - mean(b)));
  const right = stack(sorted, () => CARD, 10);
  const ways = [...new Set(lines.map(({ way }) => way))].sort((a, b) => (isGateway(a) === isGateway(b) ? a < b ? -1 : 1 : isGateway(a) ? -1 : 1));
  const room = (Math.max(heightOfClients(order), right.height) - ways.length * (WAY_LABEL + 40)) / Math.max(1, lines.length);
  const laneHeight = Math.min(LANE.most, Math.max(LANE.least, Math.floor(room)));
  const sizeOf = (way: string) => WAY_LABEL + 8 + Math.max(16, laneHeight * lines.filter(line => line.way === way).length);
  const height = Math.max(heightOfClients(order), right.height, ways.reduce((sum, way) => sum + sizeOf(way) + 30, 0)) + 34;
  const middle = spread(ways, sizeOf, height);
  const left = columnOfClients(order, height - 34);
  const fromTop = 34;
  const toTop = 34 + (height - 34 - right.height) / 2;
  const at = (place: Place, index: number, count: number) => place.y + place.height * (index + 1) / (count + 1);
  const positions = new Map(sorted.map((to, i) => [to, i]));
  const byTarget = [...lines].sort((a, b) => positions.get(a.to)! - positions.get(b.to)! || rank.get(a.client)! - rank.get(b.client)!);
  const [slots, ends] = [slotsIn(byTarget, ({ way }) => way), slotsIn(byTarget, ({ to }) => to)];
  const curves = byTarget.map(line => {
    const row = left.rows.get(line.client)!;
    const box = middle.get(line.way)!;
    const slot = slots.get(line)!;
    const card = right.places.get(line.to)!;
    const end = ends.get(line)!;
    const y0 = row.y + fromTop + row.height / 2;
    const y1 = at({ y: box.y + WAY_LABEL, height: box.height - WAY_LABEL }, slot.index, slot.count);
    const y2 = at({ ...card, y: card.y + toTop }, end.index, end.count);
    const [x0, x1, x2, x3] = [LEFT.x + LEFT.width, MIDDLE.x, MIDDLE.x + MIDDLE.width, RIGHT.x];
    return `<path class="line h${left.hues.get(line.client)!}${line.isUnchecked ? ' unchecked' : ''}" d="M${x0} ${r(y0)}${bend(x0, y0, x1, y1)}L${x2} ${r(y1)}${bend(x2, y1, x3, y2)}"><title>${
      escaped(line.title)}</title></path>`;
  });
  return [
    `<svg viewBox="0 0 ${WIDTH} ${Math.ceil(height + 12)}" role="img" aria-labelledby="picture-title picture-text" xmlns="http://www.w3.org/2000/svg">`,
    '<title id="picture-title">Who reaches what, and by which way</title>',
    `<desc id="picture-text">${escaped(`On the left ${order.length} clients by namespace, in the middle the ways (${ways.join(', ') || 'none'}), on the right ${
      dependencies.length} dependencies. The tables below say the same in words.`)}</desc>`,
    heading(LEFT.x, 'Namespaces and accounts'), heading(MIDDLE.x, 'Ways'), heading(RIGHT.x, 'Outside the mesh'),
    ...ways.map(way => {
      const box = middle.get(way)!;
      return `<rect class="${isGateway(way) ? 'gateway' : 'direct'}" x="${MIDDLE.x}" y="${r(box.y)}" width="${MIDDLE.width}" height="${r(box.height)}" rx="8"/>`
        + wayLines(way).map((text, i) => label(MIDDLE.x + MIDDLE.width / 2, box.y + 18 + 17 * i, text, i === 0 ? 25 : 29, i === 0 ? 'way' : 'small', 'middle')).join('');
    }),
    ...curves,
    ...left.boxes.map(({ name, y, height: tall, hue, names }) => `<rect class="box h${hue}" x="${LEFT.x}" y="${r(y + fromTop)}" width="${LEFT.width}" height="${tall}" rx="8"/>`
      + label(LEFT.x + 12, y + fromTop + 18, name, 34, 'strong')
      + names.map((text, i) => label(LEFT.x + 24, y + fromTop + LABEL + ROW * i + 16, text, 34)).join('')),
    ...sorted.map(i => {
      const { y } = right.places.get(i)!;
      const dependency = dependencies[i];
      return `<rect class="card${means.has(i) ? '' : ' unused'}" x="${RIGHT.x}" y="${r(y + toTop)}" width="${RIGHT.width}" height="${CARD}" rx="8"/>`
        + label(RIGHT.x + 12, y + toTop + 19, dependencyName(dependency), 31, 'strong')
        + label(RIGHT.x + 12, y + toTop + 36, [portsText(dependency), dependency.purpose.owner].filter(text => text !== undefined).join(' · '), 42, 'small');
    }),
    '</svg>',
  ].join('\n');
}

/** The lines, and who is at their beginnings: whom a whole namespace or everybody includes has no line beside theirs. */
function linesOf(dependencies: readonly DependencyReport[]): { readonly clients: ReadonlyMap<string, Client>; readonly lines: readonly Line[] } {
  const clients = new Map<string, Client>();
  const lines = new Map<string, Line>();
  dependencies.forEach((dependency, to) => {
    const open = allAccessOf(dependency).filter(isOpen).map(one => ({ ...one, way: wayText(one) }));
    const others = open.filter(({ client }) => isEveryOther(client));
    const whole = new Set(others.map(({ client, way }) => JSON.stringify([client.namespace, way])));
    const isIncluded = (client: Client, way: string) => client.namespace !== ANY_OTHER && whole.has(JSON.stringify([ANY_OTHER, way]))
      || !isEveryOther(client) && whole.has(JSON.stringify([client.namespace, way]));
    open.filter(({ client, way }) => !isIncluded(client, way)).forEach(one => {
      const { client, way, verdict } = one;
      clients.set(clientKey(client), client);
      lines.set(JSON.stringify([client, way, to]), {
        client: clientKey(client), way, to, isUnchecked: verdict === 'DIRECT', title: `${clientName(client)} ${verdictText(one)}: ${dependencyName(dependency)}, ${way}`,
      });
    });
  });
  return { clients, lines: [...lines.values()] };
}

/** What a way is called, in two lines. */
function wayLines(way: string): string[] {
  const [namespace, name] = way.replace('gateway ', '').split('/');
  return isGateway(way) ? [name, `gateway in ${namespace}`] : way === 'directly' ? ['directly', 'the sidecar of each client'] : ['past the rules', way.includes('past') ? 'no service opens this way' : ''];
}

function isGateway(way: string): boolean {
  return way.startsWith('gateway ');
}

/** How far down the clients of each dependency are. */
function meansOf(lines: readonly Line[], rank: ReadonlyMap<string, number>): Map<number, number> {
  const ranks = new Map<number, number[]>();
  lines.forEach(({ to, client }) => addTo(ranks, to, rank.get(client)!));
  return new Map([...ranks].map(([to, all]) => [to, all.reduce((sum, one) => sum + one, 0) / all.length]));
}

/** The place of each line among those with one key. */
function slotsIn<K>(lines: readonly Line[], keyOf: (line: Line) => K): Map<Line, { readonly index: number; readonly count: number }> {
  const groups = new Map<K, Line[]>();
  lines.forEach(line => addTo(groups, keyOf(line), line));
  return new Map([...groups.values()].flatMap(group => group.map((line, index) => [line, { index, count: group.length }] as const)));
}

interface Box extends Place {
  readonly name: string;
  readonly hue: number;
  readonly names: readonly string[];
}

function heightOfClients(clients: readonly Client[]): number {
  const namespaces = new Set(clients.map(({ namespace }) => namespace)).size;
  return namespaces * (LABEL + 4 + GAP) + ROW * clients.length + GAP;
}

/** Spread over a height. */
function columnOfClients(clients: readonly Client[], height: number) {
  const rows = new Map<string, Place>();
  const hues = new Map<string, number>();
  const boxes: Box[] = [];
  const namespaces = [...new Set(clients.map(({ namespace }) => namespace))];
  const gap = GAP + Math.max(0, height - heightOfClients(clients)) / (namespaces.length + 1);
  let y = gap - GAP;
  namespaces.forEach((namespace, i) => {
    const of = clients.filter(client => client.namespace === namespace);
    const tall = LABEL + ROW * of.length + 4;
    of.forEach((client, j) => {
      rows.set(clientKey(client), { y: y + LABEL + ROW * j, height: ROW });
      hues.set(clientKey(client), i % HUES);
    });
    boxes.push({
      name: namespace === ANY_OTHER ? 'every namespace' : namespace === '' ? '(no namespace)' : isPattern(namespace) ? `namespaces ${namespace}` : namespace,
      y,
      height: tall,
      hue: i % HUES,
      names: of.map(({ account, labels }) => (labels !== undefined ? `pods with ${labelsText(labels)}` : account === ANY_OTHER ? 'every account' : account)),
    });
    y += tall + gap;
  });
  return { rows, hues, boxes };
}

function stack(items: readonly number[], sizeOf: () => number, gap: number) {
  const places = new Map<number, Place>();
  items.forEach((item, i) => places.set(item, { y: i * (sizeOf() + gap), height: sizeOf() }));
  return { places, height: items.length * (sizeOf() + gap) };
}

/** Boxes with equal spaces between them. */
function spread(ways: readonly string[], sizeOf: (way: string) => number, height: number): Map<string, Place> {
  const space = (height - 34 - ways.reduce((sum, way) => sum + sizeOf(way), 0)) / (ways.length + 1);
  let y = 34;
  return new Map(ways.map(way => {
    y += space;
    const place = { y, height: sizeOf(way) };
    y += place.height;
    return [way, place];
  }));
}

function bend(x0: number, y0: number, x1: number, y1: number): string {
  const middle = r((x0 + x1) / 2);
  return `C${middle} ${r(y0)} ${middle} ${r(y1)} ${x1} ${r(y1)}`;
}

function r(value: number): number {
  return Math.round(value * 10) / 10;
}

function heading(x: number, text: string): string {
  return `<text class="heading" x="${x}" y="16">${text}</text>`;
}

/** A text that fits; whole for those who point at it. */
function label(x: number, y: number, text: string, most: number, name = '', anchor = ''): string {
  const shown = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return `<text${name === '' ? '' : ` class="${name}"`} x="${r(x)}" y="${r(y)}"${anchor === '' ? '' : ` text-anchor="${anchor}"`}>${escaped(shown)}${
    shown === text ? '' : `<title>${escaped(text)}</title>`}</text>`;
}
