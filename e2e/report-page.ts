/** `npm run e2e:report-page`: the page of a report in a real browser. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';

const HELP = `usage: npm run e2e:report-page -- [--keep FOLDER] [--help]

Writes the report of the platform example, and of every example together, as a page, opens both in Chromium without a window, on a
phone (390 px) and on a desk (1280 px), and looks whether all is there, nothing has to be scrolled sideways and nothing is complained of.

  --keep FOLDER   keep the pages and pictures of them there
  --help          this text

It needs the Debian packages that e2e/install installs.`;

const ROOT = path.join(__dirname, '..');
const WIDTHS = [390, 1280];
const SECONDS = 90;

interface Page {
  readonly name: string;
  readonly folders: readonly string[];
}

const PAGES: readonly Page[] = [
  { name: 'platform', folders: ['examples/platform/manifests/production'] },
  { name: 'examples', folders: ['examples'] },
];

/** What a page is like at a width, as the browser measures it. */
interface Measured {
  readonly width: number;
  readonly scrollWidth: number;
  readonly title: string;
  readonly dependencies: readonly string[];
  readonly rows: number;
  readonly lines: number;
  /** Boxes of texts of the picture that stick out of it. */
  readonly outside: readonly string[];
}

/** Runs in the browser; a page without scripts cannot measure itself. */
const PROBE = `
  const frame = document.createElement('iframe');
  frame.style.cssText = 'border:0;height:2000px;width:' + WIDTH + 'px';
  frame.srcdoc = PAGE;
  frame.onload = () => {
    const inside = frame.contentDocument;
    const all = selector => [...inside.querySelectorAll(selector)];
    const svg = inside.querySelector('svg');
    const box = svg && svg.getBoundingClientRect();
    document.body.textContent = JSON.stringify({
      width: inside.documentElement.clientWidth,
      scrollWidth: inside.documentElement.scrollWidth,
      title: inside.querySelector('h1').textContent,
      dependencies: all('section.dependency h2').map(one => one.textContent),
      rows: all('tbody tr').length,
      lines: all('svg .line').length,
      outside: svg ? all('svg text').filter(one => one.getBoundingClientRect().right > box.right + 1).map(one => one.textContent) : [],
    });
  };
  document.body.append(frame);`;

function main(argv: readonly string[]): number {
  const { keep, help } = parseArgs({ args: [...argv], options: { keep: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values;
  if (help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  if (spawnSync('chromium', ['--version']).status !== 0) {
    process.stderr.write('chromium is missing: run e2e/install\n');
    return 2;
  }
  const work = keep === undefined ? fs.mkdtempSync(path.join(os.tmpdir(), 'report-page-')) : path.resolve(keep);
  fs.mkdirSync(work, { recursive: true });
  const results = PAGES.flatMap(page => {
    const file = reportOf(page, work);
    return WIDTHS.map(width => ({ what: `${page.name} at ${width} px`, problems: look(page, file, width, work) }));
  });
  for (const { what, problems } of results) {
    process.stdout.write(`${problems.length === 0 ? 'passed' : 'FAILED'}: ${what}\n${problems.map(problem => `  ${problem}\n`).join('')}`);
  }
  if (keep === undefined) {
    fs.rmSync(work, { recursive: true, force: true });
  }
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** Writes the page with the program, as anybody does. */
function reportOf({ name, folders }: Page, work: string): string {
  const file = path.join(work, `${name}.html`);
  const { status, stderr } = spawnSync(path.join(ROOT, 'node_modules/.bin/tsx'), [
    'src/cli/bin.ts', 'report', ...folders, '--format', 'html', '--output', file, '--outbound-traffic-policy', 'REGISTRY_ONLY',
  ], { cwd: ROOT, encoding: 'utf8' });
  if (!fs.existsSync(file)) {
    throw new Error(`the report is not written (${status}): ${stderr}`);
  }
  return file;
}

function look({ name }: Page, file: string, width: number, work: string): string[] {
  const page = fs.readFileSync(file, 'utf8');
  const probe = path.join(work, `${name}-${width}.probe.html`);
  // Inside of a script, `<` could end it.
  const text = JSON.stringify(page).replaceAll('<', '\\u003c');
  fs.writeFileSync(probe, `<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,"><body><script>const WIDTH = ${width}; const PAGE = ${text};${PROBE}</script>`);
  const dump = browse(['--window-size=1400,2000', '--virtual-time-budget=10000', '--dump-dom', `file://${probe}`], work);
  fs.rmSync(probe);
  const picture = path.join(work, `${name}-${width}.png`);
  const shot = browse([`--window-size=${width},2400`, `--screenshot=${picture}`, `file://${file}`], work);
  const [, json] = /<body>(\{.*\})<\/body>/s.exec(dump.stdout) ?? [];
  if (json === undefined) {
    return [`the page cannot be measured: ${dump.stdout.slice(-300)}${dump.stderr.slice(-300)}`];
  }
  // The browser gives text of the body as HTML.
  const found = JSON.parse(json.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')) as Measured;
  const hosts = [...page.matchAll(/<h2 id="d\d+">/g)].length;
  const complaints = [...`${dump.stderr}${shot.stderr}`.matchAll(/^.*CONSOLE.*$/gm)].map(([line]) => line);
  const [shotWidth] = sizeOf(picture);
  return [
    ...found.width === width ? [] : [`it is ${found.width} px wide`],
    ...found.scrollWidth <= width ? [] : [`it has to be scrolled sideways: ${found.scrollWidth} px`],
    ...found.title === 'Who reaches what outside the mesh' ? [] : [`its heading is "${found.title}"`],
    ...found.dependencies.length === hosts && hosts > 0 ? [] : [`it shows ${found.dependencies.length} of ${hosts} dependencies`],
    ...found.rows > hosts ? [] : [`its tables have ${found.rows} rows`],
    ...found.lines > 0 ? [] : ['its picture has no lines'],
    ...found.outside.map(label => `"${label}" sticks out of the picture`),
    ...shotWidth >= width ? [] : [`the picture of it is ${shotWidth} px wide`],
    ...complaints,
  ];
}

function browse(args: readonly string[], work: string) {
  const profile = fs.mkdtempSync(path.join(work, 'profile-'));
  try {
    return spawnSync('chromium', [
      '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage', '--hide-scrollbars',
      '--enable-logging=stderr', '--log-level=0', `--user-data-dir=${profile}`, ...args,
    ], { encoding: 'utf8', timeout: SECONDS * 1000, maxBuffer: 64 * 1024 * 1024 });
  } finally {
    fs.rmSync(profile, { recursive: true, force: true });
  }
}

/** The width and height of a PNG. */
function sizeOf(file: string): [width: number, height: number] {
  const bytes = fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(24);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

process.exitCode = main(process.argv.slice(2));
