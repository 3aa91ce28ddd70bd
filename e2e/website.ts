/** `npm run e2e:website`: every page of the documentation site in a real browser. */
import * as fs from 'node:fs';
import * as http from 'node:http';
import { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { npmTool } from '../bench/peers/npm-tool';
import { main as program } from '../src/cli/main';
import { buildSite } from '../website/build';

const HELP = `usage: npm run e2e:website -- [--sample] [--keep FOLDER] [--help]

Builds the documentation site and opens each of its pages in Chromium, on a phone (390 px) in the dark and on a desk (1280 px) in the light: nothing has to be scrolled sideways,
nothing is complained of, every link leads to a place that is there, and axe finds no serious barrier in any document and some pages of constructs. Then without JavaScript, the search, and the page that looks at YAML: its answers
have to be those of the program, for every file of the corpus.

  --sample        open some of the pages only, which takes a minute in place of four
  --keep FOLDER   keep the site and pictures of some pages there
  --help          this text

It needs the Debian packages that e2e/install installs.
`;

const ROOT = path.join(__dirname, '..');
const CORPUS = path.join(ROOT, 'conformance/corpus');
const TOOLS = npmTool('Playwright', 'playwright-core', '1.65.1', { 'axe-core': '4.14.1' });
const VIEWS = [{ width: 390, colorScheme: 'dark' }, { width: 1280, colorScheme: 'light' }] as const;
const PICTURES = ['index.html', 'guide.html', 'playground.html', 'rules.html', 'constructs/EgressViaGateway.html'];

/** Pages behind others are not slowed down. */
const BROWSER = [
  '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** What is used of playwright-core, which is no dependency. */
interface Page {
  readonly keyboard: { readonly type: (text: string) => Promise<void> };
  goto(url: string, options?: object): Promise<unknown>;
  evaluate<T>(what: string): Promise<T>;
  on(event: 'console' | 'pageerror', listener: (message: { readonly message?: string; type?(): string; text?(): string }) => void): void;
  screenshot(options: object): Promise<unknown>;
  fill(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  selectOption(selector: string, value: string): Promise<unknown>;
  waitForFunction(what: string, argument?: unknown, options?: object): Promise<unknown>;
  waitForSelector(selector: string, options?: object): Promise<unknown>;
  close(): Promise<void>;
}

interface Context {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

interface Browser {
  newContext(options: object): Promise<Context>;
  close(): Promise<void>;
}

interface Result {
  readonly what: string;
  readonly problems: readonly string[];
}

async function main(argv: readonly string[]): Promise<number> {
  const options = { sample: { type: 'boolean' }, keep: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  const { sample, keep, help } = parseArgs({ args: [...argv], options }).values;
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (!fs.existsSync('/usr/bin/chromium')) {
    process.stderr.write('chromium is missing: run e2e/install\n');
    return 2;
  }
  const work = keep === undefined ? fs.mkdtempSync(path.join(os.tmpdir(), 'site-')) : path.resolve(keep);
  const site = path.join(work, 'site');
  await buildSite(site);
  const tools = await TOOLS.install(text => process.stderr.write(`${text}\n`), new AbortController().signal);
  const server = http.createServer((request, response) => serve(site, request.url ?? '/', response)).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { chromium } = require(path.join(tools, 'node_modules/playwright-core')) as { chromium: { launch(options: object): Promise<Browser> } };
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: BROWSER });
  try {
    const axe = fs.readFileSync(path.join(tools, 'node_modules/axe-core/axe.min.js'), 'utf8');
    const pages = (fs.readdirSync(site, { recursive: true }) as string[]).filter(file => file.endsWith('.html') && file !== '404.html').sort();
    const wanted = sample ? pages.filter((file, i) => PICTURES.includes(file) || i % 10 === 0) : pages;
    const results = [
      ...await everyPage(browser, base, wanted, axe, keep === undefined ? undefined : work),
      await links(site, pages),
      await withoutScripts(browser, base),
      await searched(browser, base),
      await sameAsProgram(browser, base),
    ];
    results.filter(({ problems }) => problems.length > 0).forEach(({ what, problems }) => process.stdout.write(`FAILED: ${what}\n${problems.map(problem => `  ${problem}\n`).join('')}`));
    const failed = results.filter(({ problems }) => problems.length > 0).length;
    process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    await browser.close();
    server.close();
    if (keep === undefined) {
      fs.rmSync(work, { recursive: true, force: true });
    }
  }
}

const TYPES: { readonly [end: string]: string } = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

function serve(site: string, url: string, response: http.ServerResponse): void {
  const place = decodeURIComponent(url.split(/[?#]/)[0]);
  const file = path.join(site, place.endsWith('/') ? `${place}index.html` : place);
  if (!file.startsWith(site) || !fs.existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(fs.readFileSync(file));
}

/** A page that tells of what the browser complains of. */
async function opened(context: Context, complaints: string[]): Promise<Page> {
  const page = await context.newPage();
  page.on('console', message => message.type!() === 'error' && complaints.push(`console: ${message.text!()}`));
  page.on('pageerror', error => complaints.push(`error: ${error.message}`));
  return page;
}

async function everyPage(browser: Browser, base: string, pages: readonly string[], axe: string, pictures: string | undefined): Promise<Result[]> {
  const results: Result[] = [];
  for (const { width, colorScheme } of VIEWS) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    // Several at a time: most of it is waiting.
    await inTurns(pages, 6, async file => {
      const problems: string[] = [];
      const page = await opened(context, problems);
      await page.goto(`${base}/${file}`, { waitUntil: 'load' });
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      problems.push(...wide <= width ? [] : [`it has to be scrolled sideways: ${wide} px`]);
      if (isJudged(file, pages, colorScheme)) {
        await page.evaluate(axe);
        const barriers = await page.evaluate<{ id: string; impact: string; nodes: string }[]>(AXE);
        problems.push(...barriers.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => `axe: ${id}: ${nodes}`));
      }
      if (pictures !== undefined && PICTURES.includes(file)) {
        await page.screenshot({ path: path.join(pictures, `${file.replace(/\W/g, '-')}-${width}.png`) });
      }
      await page.close();
      results.push({ what: `${file} at ${width} px`, problems });
    });
    await context.close();
  }
  return results;
}

/** axe takes seconds for a page. What is written by one template is alike, and what is dark has the same text. */
function isJudged(file: string, pages: readonly string[], colorScheme: string): boolean {
  return PICTURES.includes(file) || colorScheme === 'light' && (!file.startsWith('constructs/') || pages.indexOf(file) % 10 === 0);
}

const AXE = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa'] }).then(found => found.violations.map(({ id, impact, nodes }) => (
  { id, impact, nodes: nodes.slice(0, 2).map(({ html }) => html.slice(0, 120)).join(' ') })))`;

async function inTurns<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Every link within the site leads to a page, and to a heading of it. */
async function links(site: string, pages: readonly string[]): Promise<Result> {
  const read = new Map(pages.map(file => [`/${file}`, fs.readFileSync(path.join(site, file), 'utf8')]));
  const problems: string[] = [];
  for (const [from, html] of read) {
    for (const [, link] of html.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      if (/^[a-z]+:/.test(link)) {
        continue;
      }
      const [target, anchor] = link.split('#');
      const place = target === '' ? from : target.endsWith('/') ? `${target}index.html` : target;
      const page = read.get(place);
      if (page === undefined && !fs.existsSync(path.join(site, place))) {
        problems.push(`${from} leads to ${link}, which is not there`);
      } else if (anchor && page !== undefined && !page.includes(`id="${decodeURIComponent(anchor)}"`)) {
        problems.push(`${from} leads to ${link}, which has no such heading`);
      }
    }
  }
  return { what: 'links', problems: [...new Set(problems)] };
}

async function withoutScripts(browser: Browser, base: string): Promise<Result> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const problems: string[] = [];
  const page = await context.newPage();
  for (const file of ['guide.html', 'rules.html', 'constructs/ExternalMysql.html']) {
    await page.goto(`${base}/${file}`);
    await page.waitForSelector('main h1', { timeout: 5000 }).catch(() => problems.push(`${file} has no heading without JavaScript`));
  }
  for (const [language, code] of [['Python', 'ExternalMysql(chart,'], ['Java', 'ExternalMysql.Builder'], ['Go', 'NewExternalMysql'], ['C#', 'new ExternalMysqlProps']]) {
    await page.click(`.languages summary:text-is("${language}")`);
    await page.waitForSelector(`.languages details[open] code:has-text("${code}")`, { timeout: 5000 })
      .catch(() => problems.push(`the example of ExternalMysql is not to be seen in ${language} without JavaScript`));
  }
  await context.close();
  return { what: 'without JavaScript', problems };
}

async function searched(browser: Browser, base: string): Promise<Result> {
  const context = await browser.newContext({});
  const problems: string[] = [];
  const page = await opened(context, problems);
  await page.goto(`${base}/guide.html`, { waitUntil: 'load' });
  await page.click('#local-search button');
  await page.waitForSelector('.search-input');
  await page.keyboard.type('BlackHoleCluster');
  await page.waitForSelector('.result', { timeout: 10_000 }).catch(() => problems.push('the search finds nothing for "BlackHoleCluster"'));
  await context.close();
  return { what: 'search', problems };
}

/** The answers of the page are those of the program: some by hand, the others by the worker that it has. */
async function sameAsProgram(browser: Browser, base: string): Promise<Result> {
  const context = await browser.newContext({});
  const problems: string[] = [];
  const page = await opened(context, problems);
  await page.goto(`${base}/playground.html`, { waitUntil: 'load' });
  await page.waitForSelector('[data-answered]');
  await page.selectOption('.playground select', 'ALLOW_ANY');
  const files = (fs.readdirSync(CORPUS, { recursive: true }) as string[]).filter(file => file.endsWith('.yaml')).sort();
  const texts = files.map(file => fs.readFileSync(path.join(CORPUS, file), 'utf8'));
  const shown = await page.evaluate<string[][]>(ASK.replace('TEXTS', JSON.stringify(texts)));
  for (let i = 0; i < files.length; i += 40) {
    const by = JSON.stringify(await byHand(page, texts[i]));
    problems.push(...by === JSON.stringify(shown[i]) ? [] : [`${files[i]}: the page shows ${by}, and its worker says ${JSON.stringify(shown[i])}`]);
  }
  let found = 0;
  for (const [i, file] of files.entries()) {
    const said = await findingsOf(path.join(CORPUS, file));
    found += said.length;
    if (JSON.stringify([...shown[i]].sort()) !== JSON.stringify([...said].sort())) {
      problems.push(`${file}: the page shows ${shown[i].join(', ') || 'nothing'}, and the program says ${said.join(', ') || 'nothing'}`);
    }
  }
  // What is pasted stays in the page, also where somebody came from another one.
  const visitor = await context.newPage();
  await visitor.goto(`${base}/guide.html`, { waitUntil: 'load' });
  for (const way of ['by its address', 'by a link']) {
    await (way === 'by a link' ? visitor.evaluate('document.querySelector(\'a[href$="/playground.html"]\').click()') : visitor.goto(`${base}/playground.html`, { waitUntil: 'load' }));
    await visitor.waitForSelector('[data-test=input]');
    const sent = await visitor.evaluate<string[]>(LEAKS);
    problems.push(...sent.map(how => `${how} leaves the page when it is reached ${way}`));
    await visitor.goto(`${base}/guide.html`, { waitUntil: 'load' });
  }
  await context.close();
  return { what: `${files.length} files of the corpus, ${found} findings`, problems: found > 50 ? problems : [...problems, `only ${found} findings`] };
}

/** Runs in the page. */
const ASK = `new Promise((resolve, reject) => {
  const [worker, texts, answers] = [new Worker(URL.createObjectURL(new Blob([istioEgressWorker]))), TEXTS, []];
  worker.onerror = event => reject(new Error(event.message));
  worker.onmessage = ({ data }) => {
    answers[data.id] = data.fault ?? data.findings.map(({ id, line }) => id + ' ' + line);
    if (answers.filter(Boolean).length === texts.length) resolve(answers);
  };
  texts.forEach((text, id) => worker.postMessage({ id, text, policy: 'ALLOW_ANY' }));
})`;

/** Runs in the page: ways by which something could leave it, and the worker; gives those that nothing stops. */
const LEAKS = `(async () => {
  const target = location.origin + '/guide.html?leak';
  const stopped = start => new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), 3000);
    document.addEventListener('securitypolicyviolation', () => { clearTimeout(timer); resolve(true); }, { once: true });
    start();
  });
  const form = document.createElement('form');
  Object.assign(form, { action: target, method: 'post', target: '_blank' });
  document.body.append(form);
  const ways = {
    'a request': () => fetch(target).catch(() => undefined),
    'a socket': () => { try { new WebSocket(target.replace('http', 'ws')); } catch {} },
    'a picture': () => { new Image().src = target; },
    'a form': () => form.submit(),
    'a beacon': () => navigator.sendBeacon(target, 'x'),
  };
  const open = [];
  for (const [how, start] of Object.entries(ways)) {
    if (!await stopped(start)) open.push(how);
  }
  form.remove();
  const worker = new Worker(URL.createObjectURL(new Blob(['fetch("' + target + '").then(() => postMessage(true), () => postMessage(false))'])));
  if (await new Promise(resolve => { worker.onmessage = ({ data }) => resolve(data); })) open.push('a request of the worker');
  return open;
})()`;

async function byHand(page: Page, text: string): Promise<string[]> {
  const before = await page.evaluate<string>('document.querySelector("[data-answered]")?.dataset.answered ?? ""');
  await page.fill('[data-test=input]', text);
  await page.click('[data-test=run]');
  await page.waitForFunction(`document.querySelector("[data-answered]")?.dataset.answered !== ${JSON.stringify(before)} && document.querySelector("[aria-busy=false]")`,
    undefined, { timeout: 20_000 });
  return page.evaluate<string[]>('[...document.querySelectorAll(".findings li")].map(({ dataset }) => `${dataset.rule} ${dataset.line}`)');
}

async function findingsOf(file: string): Promise<string[]> {
  let out = '';
  await program(['lint', file, '--json'], { hasColours: false, out: text => { out += text; }, err: () => undefined, progress: () => undefined, stdin: () => Promise.resolve(Buffer.alloc(0)) });
  return (JSON.parse(out) as { findings: { id: string; line?: number }[] }).findings.map(({ id, line }) => `${id} ${line}`);
}

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
}, error => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
