/** A chart of dots: a row for each program, a dot for each size on a scale of powers of ten. */
export interface Chart {
  readonly title: string;
  /** What the dots say, for who does not see them. */
  readonly description: string;
  readonly panels: readonly Panel[];
  /** The sizes, of which each has a mark of its own. */
  readonly sizes: readonly number[];
  /** A power of ten, as the scale has it. */
  readonly label: (value: number) => string;
}

export interface Panel {
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  /** One for each size; nothing where it was not measured. */
  readonly values: readonly (number | undefined)[];
}

const WIDTH = 840;
/** Where the scale begins and ends. */
const [LEFT, RIGHT] = [170, WIDTH - 40];
const ROW = 26;
const HEAD = 92;
const PANEL_HEAD = 30;
const PANEL_FOOT = 40;

/** Of each size in its turn; they are told apart without colour as well. */
const MARKS: readonly ((x: number, y: number) => string)[] = [
  (x, y) => `<circle class="a" cx="${x}" cy="${y}" r="6"/>`,
  (x, y) => `<rect class="b" x="${round(x - 5.5)}" y="${round(y - 5.5)}" width="11" height="11"/>`,
  (x, y) => `<path class="c" d="M${x} ${round(y - 7)} l7 12.5 h-14 z"/>`,
];

/** Each with its colours on its own ground, so that it does not matter what the page around it looks like. */
const STYLE = `
    .ground { fill: #ffffff; stroke: #d0d7de; }
    text { fill: #1f2328; }
    .quiet { fill: #57606a; }
    .line { stroke: #d8dee4; }
    .span { stroke: #8c959f; stroke-width: 2; }
    .a { fill: #0969da; } .b { fill: #bc4c00; } .c { fill: #8250df; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; stroke: #30363d; }
      text { fill: #e6edf3; }
      .quiet { fill: #9198a1; }
      .line { stroke: #30363d; }
      .span { stroke: #6e7681; }
      .a { fill: #58a6ff; } .b { fill: #f0883e; } .c { fill: #bc8cff; }
    }`;

export function svgOf(chart: Chart): string {
  const scale = scaleOf(chart.panels.flatMap(({ rows }) => rows).flatMap(({ values }) => values).filter(value => value !== undefined));
  const tops = chart.panels.map((_, i) => HEAD + chart.panels.slice(0, i).reduce((sum, panel) => sum + heightOf(panel), 0));
  const height = HEAD + chart.panels.reduce((sum, panel) => sum + heightOf(panel), 0);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description"
  font-family="-apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif" font-size="14">
  <title id="title">${escaped(chart.title)}</title>
  <desc id="description">${escaped(chart.description)}</desc>
  <style>${STYLE}
  </style>
  <rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
  <text x="24" y="34" font-size="17" font-weight="600">${escaped(chart.title)}</text>
${legend(chart.sizes)}
${chart.panels.map((panel, i) => panelOf(panel, tops[i], scale, chart.label)).join('\n')}
</svg>
`;
}

/** The powers of ten around the values, and where a value stands between them. */
interface Scale {
  readonly powers: readonly number[];
  at(value: number): number;
}

export function scaleOf(values: readonly number[]): Scale {
  const [first, last] = values.length === 0 ? [0, 1] : [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const end = Math.max(last, first + 1);
  return {
    powers: Array.from({ length: end - first + 1 }, (_, i) => 10 ** (first + i)),
    at: value => round(LEFT + (RIGHT - LEFT) * (Math.log10(value) - first) / (end - first)),
  };
}

function heightOf({ rows }: Panel): number {
  return PANEL_HEAD + rows.length * ROW + PANEL_FOOT;
}

function legend(sizes: readonly number[]): string {
  return sizes.map((size, i) => {
    const x = 30 + i * 150;
    return `  ${MARKS[i](x, 60)}<text x="${x + 14}" y="65">${size.toLocaleString('en-US')} services</text>`;
  }).join('\n');
}

function panelOf(panel: Panel, top: number, scale: Scale, label: Chart['label']): string {
  const [first, end] = [top + PANEL_HEAD, top + PANEL_HEAD + panel.rows.length * ROW];
  const lines = scale.powers.map(power => {
    const x = scale.at(power);
    return `  <path class="line" d="M${x} ${first} V${end}"/><text class="quiet" x="${x}" y="${end + 18}" font-size="12" text-anchor="middle">${label(power)}</text>`;
  });
  return [
    `  <text x="24" y="${top + 16}" font-weight="600">${escaped(panel.title)}</text>`,
    ...lines,
    ...panel.rows.map((row, i) => rowOf(row, first + i * ROW + ROW / 2, scale)),
  ].join('\n');
}

function rowOf({ title, values }: Row, y: number, scale: Scale): string {
  const places = values.map(value => value === undefined ? undefined : scale.at(value));
  const there = places.filter(place => place !== undefined);
  const span = there.length > 1 ? `<path class="span" d="M${Math.min(...there)} ${y} H${Math.max(...there)}"/>` : '';
  const marks = places.map((x, i) => x === undefined ? '' : MARKS[i](x, y)).join('');
  return `  <text x="${LEFT - 14}" y="${y + 5}" text-anchor="end">${escaped(title)}</text>${span}${marks}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
