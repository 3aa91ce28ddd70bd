import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vm from 'node:vm';
import { filesBelow } from './helpers';
import { main } from '../src/cli/main';
import { bundleWorker } from '../website/bundle';
import { Examples } from '../website/examples';
import { asGo, goTypesOf } from '../website/go';
import { GROUPS, titleOf } from '../website/pages';
import { withPolicy } from '../website/policy';
import { withWords } from '../website/search';
import { Markdown, proseForVue, withoutInterpolation } from '../website/vue';

const ROOT = path.join(__dirname, '..');

/** For those who work on the library. */
const OF_DEVELOPERS = ['docs/cdk8s-patch.md', 'docs/releasing.md'];

const shown = GROUPS.flatMap(({ pages }) => pages);

test('every document for users is a page of the site', () => {
  const documents = filesBelow(path.join(ROOT, 'docs')).filter(file => file.endsWith('.md')).map(file => path.posix.join('docs', file.split(path.sep).join('/')));

  expect([...shown.map(({ document }) => document), ...OF_DEVELOPERS].sort()).toEqual([...documents, 'README.md'].sort());
});

test('every page has a place of its own, and a title', () => {
  expect(new Set(shown.map(({ place }) => place)).size).toBe(shown.length);
  expect(shown.filter(page => titleOf(page).trim() === '')).toEqual([]);
});

describe('the search', () => {
  test('finds a class by each word of its name', () => {
    const title = (name: string) => withWords(`<h1 id="x" tabindex="-1">${name} <a class="header-anchor" href="#x">&#8203;</a></h1>`).replace(/<.*?>/g, '').replace('&#8203;', '').trim();

    expect(['ExternalMysql', 'EgressViaGateway', 'Mesh', 'Performance'].map(title)).toEqual(['ExternalMysql (Mysql)', 'EgressViaGateway (Via Gateway)', 'Mesh', 'Performance']);
  });

  test('does not join the words at a line break', () => {
    expect(withWords('<td><code>host</code><br><code>string</code></td>')).toContain('</code> <code>');
  });
});

describe('an example', () => {
  const source = (text: string) => ({ source: text });
  const translations = { $: source('new Db();\n'), python: source('Db()'), java: source('new Db();'), go: source('NewDb()'), csharp: source('new Db();') };
  const examples = new Examples(new Map([['new Db();', translations]]), { packages: {}, optional: new Map() });

  test('is shown in TypeScript, and unfolds in each other language without JavaScript', () => {
    const text = examples.markdown('new Db();');

    expect(text.startsWith('```ts\nnew Db();\n```\n')).toBe(true);
    expect([...text.matchAll(/<details name="example-\d+">\n<summary>(.*)<\/summary>\n\n```(\w+)\n(.*)\n```\n\n<\/details>/g)].map(([, ...parts]) => parts)).toEqual([
      ['Python', 'python', 'Db()'], ['Java', 'java', 'new Db();'], ['Go', 'go', 'NewDb()'], ['C#', 'csharp', 'new Db();'],
    ]);
  });

  test('opens without closing that of another one', () => {
    const names = [1, 2].map(() => /<details name="(.*?)"/.exec(examples.markdown('new Db();'))![1]);

    expect(names[0]).not.toBe(names[1]);
  });

  test('that nobody translated is not left out in silence', () => {
    expect(examples.has('new Cache();')).toBe(false);
    expect(() => examples.markdown('new Cache();')).toThrow('an example has no translation:\nnew Cache();');
  });
});

describe('Go', () => {
  const types = goTypesOf({
    types: {
      'p.ExternalTcpProps': { name: 'ExternalTcpProps' },
      'p.ExternalPort': { name: 'ExternalPort' },
      'p.Egress': {
        name: 'Egress',
        methods: [
          { name: 'route', parameters: [{}, { optional: true }] }, { name: 'allowFrom', parameters: [{ optional: true, variadic: true }] }, { name: 'list', parameters: [{ optional: true }] },
        ],
      },
    },
  });

  test.each([
    ['types with their packages', 'x := New(chart, &ChartProps{})\ny := New(&ExternalTcpProps{})\nz := New(&Other{})', 'x := New(chart, &cdk8s.ChartProps{})\ny := New(&istioegress.ExternalTcpProps{})\nz := New(&Other{})'],
    ['lists of pointers', 'Ports: []ExternalPort{\n\t&ExternalPort{},\n},', 'Ports: []*istioegress.ExternalPort{\n\t&istioegress.ExternalPort{},\n},'],
    ['nil for what is left out', 'e.Route(New(a, b))\ne.List()\ne.AllowFrom(a)\ne.Route(a, "(", b)', 'e.Route(New(a, b), nil)\ne.List(nil)\ne.AllowFrom(a)\ne.Route(a, "(", b)'],
    ['brackets that close something', 'a := New(&Props{\n})\n}', 'a := New(&Props{\n})'],
    ['the variable', 'New(&Props{\n\tGateway: Gateway,\n})', 'New(&Props{\n\tGateway: gateway,\n})'],
    ['names that Go has', 'Resolution_*Dns() []*f64{', 'Resolution_Dns() []*float64{'],
  ])('has %s', (_, source, expected) => {
    expect(asGo(source, types)).toBe(expected);
  });
});

describe('the program for the browser', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'browser-'));
  let source: string;

  beforeAll(async () => {
    await bundleWorker(path.join(folder, 'program.js'));
    source = fs.readFileSync(path.join(folder, 'program.js'), 'utf8');
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  interface Said {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }

  /** In a scope with what workers have, and nothing of Node. */
  const inBrowser = (args: readonly string[], text: string) => new Promise<Said>(resolve => {
    const postMessage = ({ id: _, ...said }: Said & { id: number; progress?: string }) => said.progress === undefined && resolve(said);
    const scope = vm.createContext({ postMessage, TextDecoder, TextEncoder, URL }) as { onmessage?: (event: object) => void };
    vm.runInContext(source, scope);
    scope.onmessage!({ data: { id: 1, args, text } });
  });

  const inShell = async (args: readonly string[], text: string): Promise<Said> => {
    const [out, err]: string[][] = [[], []];
    const stdin = () => Promise.resolve(Buffer.from(text));
    const code = await main(args, { hasColours: false, out: part => out.push(part), err: part => err.push(part), progress: () => undefined, stdin });
    return { code, out: out.join(''), err: err.join('') };
  };

  const HOMELESS = JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'a' },
    spec: { hosts: ['a.example.com'], ports: [{ number: 443, name: 'tls', protocol: 'TLS' }], resolution: 'DNS', exportTo: ['.'] },
  });
  const connection = ['--from=shop/cart', '--to=a.example.com:443'];

  test('asks for a namespace where the program does', async () => {
    const said = await inBrowser(['explain', '-', ...connection], HOMELESS);

    expect(said).toEqual({ code: 2, out: '', err: expect.stringContaining('1 object names no namespace, such as ServiceEntry a (stdin:1): give --namespace') });
  });

  test.each([
    ['lint', '-', '--json'], ['lint', '-', '--namespace=shop'], ['lint', '-', '--json', '--namespace=NO'], ['lint', '-', '--no-option'],
    ['explain', '-', ...connection, '--namespace=shop'], ['explain', '-', ...connection], ['explain', '-', '--from=shop'],
    ['report', '-', '--format=html', '--namespace=shop'], ['report', '-', '--format=html'],
  ])('says what the program says: %s %s %s %s %s', async (...args) => {
    for (const text of [HOMELESS, '', 'kind: [', `${HOMELESS}\n---\nkind: Oops\n`]) {
      expect(await inBrowser(args, text)).toEqual(await inShell(args, text));
    }
  });
});

describe('the policy of the playground', () => {
  const html = withPolicy('<html><head><meta charset="utf-8"><script src="/a.js"></script><script id="b">go()</script></head></html>');
  const [, policy] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html)!;
  const directives = new Map(policy.split('; ').map(text => [text.split(' ')[0], text.split(' ').slice(1)]));

  test('comes before all that it is to hold for', () => {
    expect(html.indexOf('<meta http-equiv')).toBeLessThan(html.indexOf('<script'));
  });

  test.each([['default-src'], ['connect-src'], ['form-action'], ['frame-src'], ['base-uri']])('allows nothing by %s', directive => {
    expect(directives.get(directive)).toEqual(['\'none\'']);
  });

  test('knows each inline script by its hash', () => {
    expect(directives.get('script-src')).toEqual(['\'self\'', `'sha256-${createHash('sha256').update('go()').digest('base64')}'`]);
  });

  test('has the worker in the page, whose policy it then has', () => {
    expect(directives.get('worker-src')).toEqual(['blob:']);
  });
});

describe('what Vue would read itself', () => {
  const rules: Required<Markdown['renderer']['rules']> = {
    text: (tokens, i) => tokens[i].content,
    code_inline: (tokens, i) => `<code${(tokens[i] as unknown as { attributes: string }).attributes}>${tokens[i].content}</code>`,
  };
  withoutInterpolation({ renderer: { rules } });
  const token = (content: string) => ({ content, attributes: '', attrSet(name: string) { this.attributes += ` ${name}`; } });

  test('is no interpolation in prose', () => {
    expect(rules.text([token('a {{ b }}')], 0)).toBe('a &#123;&#123; b }}');
  });

  test('is no interpolation in inline code', () => {
    expect(rules.code_inline([token('{{ .password }}')], 0)).toBe('<code v-pre>{{ .password }}</code>');
  });

  test('is no tag, but for those that documents use', () => {
    expect(proseForVue('a <NAME> and `<NAME>`<br>')).toBe('a &lt;NAME> and `<NAME>`<br>');
  });
});
