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
no table breaks a name, nothing is complained of, every link leads to a place that is there, and axe finds no serious barrier in any document and some pages of constructs. Then without JavaScript, the search, and the page that looks at YAML: its answers
have to be those of the program, for every file of the corpus; it and its worker can send nothing; a question can be cancelled, and what is long is cut.

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
  goto(url: string, options?: object): Promise<unknown>;
  evaluate<T>(what: string): Promise<T>;
  addInitScript(script: string): Promise<void>;
  setInputFiles(selector: string, files: string | readonly string[]): Promise<void>;
  waitForTimeout(milliseconds: number): Promise<void>;
  on(event: 'console' | 'pageerror', listener: (message: { readonly message?: string; type?(): string; text?(): string }) => void): void;
  screenshot(options: object): Promise<unknown>;
  fill(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  selectOption(selector: string, value: string): Promise<unknown>;
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
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '/');
    serve(site, request.url ?? '/', response);
  }).on('upgrade', ({ url }, socket) => {
    asked.push(url ?? '/');
    socket.destroy();
  }).listen(0, '127.0.0.1');
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
      await withoutNamespace(browser, base),
      await longInput(browser, base, work),
      await sendsNothing(browser, base, asked),
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
      const broken = await page.evaluate<string[]>(BROKEN);
      problems.push(...broken.length === 0 ? [] : [`words in tables are broken: ${broken.slice(0, 5).join(', ')}`]);
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

/** Names in code that a table breaks in the middle; one that is longer than a phone is wide may break. */
const BROKEN = '[...document.querySelectorAll(".vp-doc td code")].filter(code => /^\\w{1,40}$/.test(code.textContent) && code.getClientRects().length > 1).map(code => code.textContent)';

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

/** What somebody types, and where the first answer leads. */
const SEARCHES: { readonly [words: string]: string } = {
  'mysql': '/constructs/ExternalMysql.html',
  'redis tls': '/constructs/ExternalRedis.html',
  'https api': '/recipes/https-api.html',
  'egress gateway': '/guide.html#egress-gateway',
  'own gateway': '/recipes/own-gateway.html',
  'allow list': '/guide.html#access-control',
  'two databases same port': '/recipes/by-name.html',
  'TLS origination': '/recipes/http-to-https.html',
  'BlackHoleCluster': '/troubleshooting.html#blackholecluster',
  'connection reset': '/troubleshooting.html#blackholecluster',
  'connection refused': '/troubleshooting.html#connection-refused',
  'pg_hba': '/troubleshooting.html#the-server-refuses-the-address',
  'no such host': '/troubleshooting.html#no-such-host',
  'wrong version number': '/troubleshooting.html#wrong-version-number',
  'no healthy upstream': '/troubleshooting.html#uh',
  'sidecar injection': '/troubleshooting.html#errimagepull',
  'MX0403': '/rules.html#mx0403',
  'argo cd': '/pipelines.html#argo-cd',
  'kustomize': '/pipelines.html#kustomize',
  'python': '/languages.html#python',
  'migrate': '/migration.html',
};

async function searched(browser: Browser, base: string): Promise<Result> {
  const context = await browser.newContext({});
  const problems: string[] = [];
  const page = await opened(context, problems);
  await page.goto(`${base}/guide.html`, { waitUntil: 'load' });
  await page.click('#local-search button');
  await page.waitForSelector('.search-input');
  for (const [words, place] of Object.entries(SEARCHES)) {
    await page.fill('.search-input', words);
    await page.waitForSelector(`.results > li:first-child a[href^="${place}"]`, { timeout: 5000 }).catch(async () => {
      const first = await page.evaluate<string | undefined>('document.querySelector(".results > li a")?.getAttribute("href")');
      problems.push(`the first answer for "${words}" is ${first ?? 'none'}, and not ${place}`);
    });
  }
  await context.close();
  return { what: 'search', problems };
}

/** A call of the program. */
interface Call {
  readonly args: readonly string[];
  readonly text: string;
}

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What the page asks of its worker. */
const CALLS = [
  ['lint', '-', '--json'], ['lint', '-', '--json', '--outbound-traffic-policy=REGISTRY_ONLY', '--namespace=shop'],
  ['explain', '-', '--from=shop/cart', '--to=mysql.example.com:3306', '--outbound-traffic-policy=REGISTRY_ONLY'], ['report', '-', '--format=html', '--namespace=shop'],
];

/** The answers of the worker are those of the program, to the letter; some are looked at by hand. */
async function sameAsProgram(browser: Browser, base: string): Promise<Result> {
  const context = await browser.newContext({});
  const problems: string[] = [];
  const page = await opened(context, problems);
  await page.addInitScript(KEEP_PROGRAM);
  await page.goto(`${base}/playground.html`, { waitUntil: 'load' });
  await page.waitForSelector('[aria-busy=false]');
  const files = (fs.readdirSync(CORPUS, { recursive: true }) as string[]).filter(file => file.endsWith('.yaml')).sort();
  const calls = files.flatMap(file => CALLS.map((args): Call => ({ args, text: fs.readFileSync(path.join(CORPUS, file), 'utf8') })));
  const shown = await page.evaluate<Said[]>(ASK.replace('CALLS', () => JSON.stringify(calls)));
  let found = 0;
  for (const [i, { args, text }] of calls.entries()) {
    const said = await saidBy(args, text);
    const findings = args.includes('--json') ? (JSON.parse(said.out) as { findings: { id: string; line?: number }[] }).findings : [];
    found += findings.length;
    (['code', 'err', 'out'] as const).filter(part => shown[i][part] !== said[part]).slice(0, 1).forEach(part => problems.push(
      `${files[Math.floor(i / CALLS.length)]}: ${args.join(' ')}: ${part} of the page is ${excerpt(shown[i][part], said[part])}, and the program's ${excerpt(said[part], shown[i][part])}`));
    if (i % (40 * CALLS.length) === 1) {
      await page.fill('[data-test=namespace]', 'shop');
      const by = await byHand(page, text);
      const wanted = findings.slice(0, 100).map(({ id, line }) => `${id} ${line}`);
      problems.push(...JSON.stringify(by) === JSON.stringify(wanted) ? [] : [`${files[Math.floor(i / CALLS.length)]}: the page shows ${by.join(', ')} for ${wanted.join(', ')}`]);
    }
  }
  await context.close();
  return { what: `${files.length} files of the corpus, ${found} findings`, problems: found > 50 ? problems : [...problems, `only ${found} findings`] };
}

/** Where two answers begin to differ. */
function excerpt(one: string | number, other: string | number): string {
  const [a, b] = [String(one), String(other)];
  const at = [...a].findIndex((char, i) => char !== b[i]);
  return JSON.stringify(a.slice(Math.max(at - 40, 0), Math.max(at, 0) + 80));
}

const KEEP_PROGRAM = 'const made = URL.createObjectURL; URL.createObjectURL = blob => (globalThis.programOfPage = made.call(URL, blob));';

/** Runs in the page. */
const ASK = `new Promise((resolve, reject) => {
  const [worker, calls, answers] = [new Worker(programOfPage), CALLS, []];
  let left = calls.length;
  worker.onerror = event => reject(new Error(event.message));
  worker.onmessage = ({ data }) => {
    if (data.progress !== undefined) return;
    answers[data.id] = data;
    left -= 1;
    if (left === 0) resolve(answers);
  };
  calls.forEach((call, id) => worker.postMessage({ id, ...call }));
})`;

async function byHand(page: Page, text: string): Promise<string[]> {
  const before = await page.evaluate<string>('document.querySelector("[data-answered]").dataset.answered');
  await page.fill('[data-test=input]', text);
  await page.click('[data-test=run]');
  await page.waitForSelector(`[aria-busy=false]:not([data-answered="${before}"])`, { timeout: 20_000 });
  return page.evaluate<string[]>('[...document.querySelectorAll(".findings li")].map(({ dataset }) => `${dataset.rule} ${dataset.line}`)');
}

async function saidBy(args: readonly string[], text: string): Promise<Said> {
  let [out, err] = ['', ''];
  const terminal = {
    hasColours: false,
    out: (part: string) => { out += part; },
    err: (part: string) => { err += part; },
    progress: () => undefined,
    stdin: () => Promise.resolve(Buffer.from(text)),
  };
  return { code: await program(args, terminal), out, err };
}

const HOMELESS = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a}
spec:
  hosts: [a.example.com]
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: DNS
  exportTo: ["."]
`;

/** What the program refuses the page refuses, with the words of the program. */
async function withoutNamespace(browser: Browser, base: string): Promise<Result> {
  const context = await browser.newContext({});
  const problems: string[] = [];
  const page = await opened(context, problems);
  await page.goto(`${base}/playground.html`, { waitUntil: 'load' });
  await page.fill('[data-test=from]', 'shop/cart');
  await page.fill('[data-test=to]', 'a.example.com:443');
  await byHand(page, HOMELESS);
  const shown = await page.evaluate<string>('document.querySelector("[data-answered]").innerText');
  problems.push(...shown.includes('1 object names no namespace') && shown.includes('give --namespace') ? [] : [`nobody asks for a namespace: ${shown}`]);
  problems.push(...await page.evaluate<boolean>('document.querySelector("[data-test=explain]") !== null') ? ['a connection is followed without one'] : []);
  await page.fill('[data-test=namespace]', 'shop');
  await byHand(page, HOMELESS);
  const explained = await page.evaluate<string>('document.querySelector("[data-test=explain]")?.innerText ?? ""');
  const { out } = await saidBy(['explain', '-', '--from=shop/cart', '--to=a.example.com:443', '--outbound-traffic-policy=REGISTRY_ONLY', '--namespace=shop'], HOMELESS);
  problems.push(...explained.trim() === out.trim() ? [] : [`explain is shown as ${explained}`]);
  await page.waitForSelector('.playground iframe >> internal:control=enter-frame >> h1', { timeout: 5000 }).catch(() => problems.push('the report is not to be seen'));
  await byHand(page, 'kind: "');
  const unread = await page.evaluate<string>('document.querySelector("[data-answered]").innerText');
  problems.push(...unread.includes('this is no YAML') && unread.includes('Nothing was looked at') && !unread.includes('0 errors') ? [] : [`what cannot be read looks like ${unread}`]);
  problems.push(...await page.evaluate<boolean>('document.querySelector("[data-test=explain], .playground iframe") !== null') ? ['what cannot be read is explained'] : []);
  await page.goto(`${base}/playground.html`, { waitUntil: 'load' });
  await page.waitForSelector('[data-test=explain]');
  await byHand(page, HOMELESS.replace('{name: a}', '{name: a, namespace: shop}'));
  const connection = await page.evaluate<string>('[...document.querySelectorAll("[data-test=from], [data-test=to]")].map(({ value }) => value).join()');
  problems.push(...connection === ',' ? [] : [`the connection of the example, ${connection}, stays beside other manifests`]);
  await context.close();
  return { what: 'objects without a namespace, and what cannot be read', problems };
}

/** A long question can be cancelled, the next one waits for nothing, and long answers are cut. */
async function longInput(browser: Browser, base: string, work: string): Promise<Result> {
  const context = await browser.newContext({});
  const problems: string[] = [];
  const page = await opened(context, problems);
  await page.goto(`${base}/playground.html`, { waitUntil: 'load' });
  const file = path.join(work, 'long.yaml');
  fs.writeFileSync(file, Array.from({ length: 4000 }, (_, i) => HOMELESS.replace('{name: a}', `{name: a${i}, namespace: shop}`).replace('TLS}', 'TCP}')).join('---\n'));
  await page.waitForSelector('[aria-busy=false]');
  await page.setInputFiles('.playground input[type=file]', file);
  await page.waitForSelector('[data-test=cancel]');
  await page.click('[data-test=cancel]');
  problems.push(...await page.evaluate<string>('document.querySelector("[data-answered]").ariaBusy') === 'false' ? [] : ['Cancel does not end it']);
  await page.click('[data-test=run]');
  await page.waitForSelector('[data-test=cancel]');
  const began = Date.now();
  await byHand(page, HOMELESS);
  problems.push(...Date.now() - began < 5000 ? [] : [`the next question waits ${Date.now() - began} ms`]);
  await page.setInputFiles('.playground input[type=file]', []);
  await page.setInputFiles('.playground input[type=file]', file);
  await page.waitForSelector('[data-test=more]', { timeout: 120_000 });
  const items = await page.evaluate<number>('document.querySelectorAll(".findings li").length');
  problems.push(...items === 100 ? [] : [`${items} findings are shown`]);
  await context.close();
  fs.rmSync(file);
  return { what: 'a long input', problems };
}

/** Ways to send something, each with its own path. */
const SEND = `(who => {
  const ways = {
    fetch: () => fetch('/leak-fetch-' + who).catch(() => {}),
    socket: () => new WebSocket(location.origin.replace(/^blob:/, '').replace(/^http/, 'ws') + '/leak-socket-' + who),
    events: () => new EventSource(location.origin + '/leak-events-' + who),
    request: () => { const request = new XMLHttpRequest(); request.open('GET', location.origin + '/leak-request-' + who); request.onerror = () => {}; request.send(); },
    script: () => import(location.origin + '/leak-script-' + who).catch(() => {}),
    ...typeof importScripts === 'function' ? {
      scripts: () => importScripts(location.origin + '/leak-scripts-' + who),
      worker: () => new Worker(location.origin + '/leak-worker-' + who),
    } : {
      image: () => { new Image().src = '/leak-image-' + who; },
      beacon: () => navigator.sendBeacon('/leak-beacon-' + who),
      form: () => { const frame = document.createElement('iframe'); frame.name = 'leak'; const form = document.createElement('form'); form.method = 'post'; form.action = '/leak-form-' + who; form.target = 'leak';
        document.body.append(frame, form); form.submit(); },
      frame: () => { const frame = document.createElement('iframe'); frame.src = '/leak-frame-' + who; document.body.append(frame); },
      style: () => { const link = document.createElement('link'); link.rel = 'stylesheet'; link.href = '/leak-style-' + who; document.head.append(link); },
      prefetch: () => { const link = document.createElement('link'); link.rel = 'prefetch'; link.href = '/leak-prefetch-' + who; document.head.append(link); },
      tag: () => { const script = document.createElement('script'); script.src = '/leak-tag-' + who; document.head.append(script); },
      font: () => { const font = new FontFace('leak', 'url(/leak-font-' + who + ')'); document.fonts.add(font); font.load().catch(() => {}); },
      worker: () => new Worker('/leak-worker-' + who),
    },
  };
  for (const way of Object.values(ways)) {
    try { way(); } catch {}
  }
  return Object.keys(ways);
})`;

/** What somebody would add to the program of the page. */
const INFECT = `const Clean = Blob;
globalThis.violations = [];
document.addEventListener('securitypolicyviolation', ({ blockedURI }) => globalThis.violations.push(blockedURI));
globalThis.Blob = class extends Clean {
  constructor(parts, options) {
    super(options?.type === 'text/javascript' ? [\`${SEND.replace(/[\\`$]/g, '\\$&')}('worker');\`, ...parts] : parts, options);
  }
};`;

/** Neither the page nor its worker can send anything, however somebody came there. */
async function sendsNothing(browser: Browser, base: string, asked: readonly string[]): Promise<Result> {
  const problems: string[] = [];
  const leaks = (who: string) => asked.filter(url => url.startsWith('/leak-') && url.endsWith(`-${who}`));
  for (const way of ['address', 'link']) {
    const context = await browser.newContext({});
    const page = await context.newPage();
    await page.addInitScript(INFECT);
    const from = way === 'link' ? 'guide.html' : 'playground.html';
    await page.goto(`${base}/${from}`, { waitUntil: 'load' });
    if (way === 'link') {
      // The server sees what is sent from a page without the policy: the test can see it.
      const ways = await page.evaluate<string[]>(`${SEND}('control')`);
      await page.waitForTimeout(1000);
      const unseen = ways.filter(name => !leaks('control').includes(`/leak-${name}-control`));
      problems.push(...unseen.length === 0 ? [] : [`the test does not see ${unseen.join(', ')} from a page without a policy`]);
      await page.evaluate('document.querySelector(\'a[href$="/playground.html"]\').click()');
    }
    await page.waitForSelector('[data-test=explain]', { timeout: 20_000 });
    const ways = await page.evaluate<string[]>(`${SEND}('${way}')`);
    await page.waitForTimeout(1000);
    problems.push(...[...leaks(way), ...leaks('worker')].map(url => `the server sees ${url}, when the page is reached by its ${way}`));
    const blocked = await page.evaluate<string[]>('globalThis.violations');
    const silent = ways.filter(name => !blocked.some(uri => uri.endsWith(`/leak-${name}-${way}`)));
    problems.push(...silent.length === 0 ? [] : [`the browser tells of no violation of ${silent.join(', ')}`]);
    await context.close();
  }
  return { what: 'nothing is sent', problems };
}

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
}, error => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
