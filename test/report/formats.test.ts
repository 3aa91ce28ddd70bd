import { DOMParser } from '@xmldom/xmldom';
import { deployment, entry, reportOf, routed, viewOf } from './helpers';
import { asCsv } from '../../src/report/as-csv';
import { asHtml } from '../../src/report/as-html';
import { asJson } from '../../src/report/as-json';
import { asMarkdown, safe } from '../../src/report/as-markdown';
import { MeshView } from '../../src/view/mesh-view';

const HOSTILE = '=HYPERLINK("http://evil.example","x")<script>alert(1)</script>|`@team` [a](b)\n# head';

const hostile = reportOf(viewOf([
  ...routed(['shop/cart'], { annotations: { 'cdk8s-istio-egress/owner': HOSTILE, 'cdk8s-istio-egress/reason': '+1+1', 'cdk8s-istio-egress/contact': '-2', 'cdk8s-istio-egress/expires': '@soon' } }),
  deployment('cart', 'cart'),
]));

describe.each(['soon', '31 Jan 2020', '2020-02-30'])('an end that is no date, such as %s,', expires => {
  const { facts, objects } = viewOf(routed(['shop/cart'], { annotations: { 'cdk8s-istio-egress/expires': expires } }));
  const found = (today?: string) => reportOf(new MeshView(facts, objects, today));

  test.each([undefined, '2027-01-31'])('never comes, and every format says so (today: %s)', today => {
    expect(asMarkdown(found(today))).toContain('- The dependency has an end that is no date, and never expires');
    expect(asMarkdown(found(today))).toContain(`Expires: ${expires} (no date, so it never expires)`);
    expect(asHtml(found(today))).toContain(`${expires} <span class="tag expired">no date, so it never expires</span>`);
    expect(asHtml(found(today))).toContain(`<dd>${expires} (no date, so it never expires)</dd>`);
    expect([...asCsv(found(today))].join('')).toContain(`,${expires},"no date, so it never expires",`);
    expect(JSON.parse([...asJson(found(today))].join(''))).toMatchObject({ dependencies: [{ expires, isExpired: false, expiryProblem: 'no date, so it never expires' }] });
  });
});

test('an end that is a date is no problem', () => {
  const report = reportOf(viewOf(routed(['shop/cart'], { annotations: { 'cdk8s-istio-egress/expires': '2027-01-31' } })));

  expect([asMarkdown(report), asHtml(report), ...asCsv(report), ...asJson(report)].join()).not.toMatch(/no date|expiryProblem/);
});

test.each([['Markdown', asMarkdown], ['HTML', asHtml], ['CSV', asCsv], ['JSON', asJson]] as const)('what a terminal obeys, or what turns a text around, is seen in %s', (_, format) => {
  const annotations = { 'cdk8s-istio-egress/owner': 'team\u001b[2J\u009b2J\u202etxt.exe\u2066' };
  const text = [...format(reportOf(viewOf([...routed(['shop/cart'], { annotations }), deployment('cart', 'cart')])))].join('');

  expect(text).not.toMatch(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(text).toContain('u202etxt.exe');
});

/** The cells of a CSV, read as RFC 4180 has it. */
function cellsOf(csv: string): string[][] {
  return csv.split('\r\n').slice(0, -1).map(line => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, -1).map(([, cell]) => cell.replace(/^"([\s\S]*)"$/, '$1').replaceAll('""', '"')));
}

describe('Markdown', () => {
  const text = asMarkdown(hostile);

  test('has a row for clients with one answer', () => {
    expect(text).toMatch(/\| shop\/cart \| \*\*reaches it\*\* \| gateway istio-system\/istio-egressgateway \| the server of the Gateway names its account \| Gateway shop\/db \(app\.yaml:7\) \|/);
  });

  test('text of manifests is text', () => {
    expect(text).not.toContain('<script>');
    expect(text).not.toMatch(/[^#]@team/);
    expect(text.split('\n').filter(line => line.startsWith('# '))).toEqual(['# Who reaches what outside the mesh']);
    expect(safe('a|b `c` [d](e) <f> *g* _h_ @i')).toBe('a\\|b \\`c\\` \\[d\\](e) &lt;f&gt; \\*g\\* \\_h\\_ &#64;i');
  });

  test('every row of a table has as many cells as its header', () => {
    const rows = text.split('\n').filter(line => line.startsWith('|')).map(line => line.split(/(?<!\\)\|/).length);

    expect(new Set(rows).size).toBeLessThanOrEqual(2);
  });

  test('says that nothing is there', () => {
    expect(asMarkdown(reportOf(viewOf([deployment('cart', 'cart')])))).toContain('The input declares nothing outside the mesh.');
  });
});

test.each([['a report of services', hostile], ['a report of none', reportOf(viewOf([]))]])('JSON of %s comes in parts that are one text', (_, report) => {
  const text = [...asJson(report)].join('');

  expect(text).toBe(`${JSON.stringify(JSON.parse(text), undefined, 2)}\n`);
  expect(JSON.parse(text).dependencies).toHaveLength(report.dependencies.length);
});

describe('CSV', () => {
  const rows = cellsOf([...asCsv(hostile)].join('').replaceAll(/("(?:[^"]|"")*")/g, quoted => quoted.replaceAll('\n', ' ')));
  const [header, ...cells] = rows;

  test('has a row for each client and host and port', () => {
    expect(cells.length).toBe(hostile.clients.length);
    expect(cells.every(row => row.length === header.length)).toBe(true);
  });

  test('no cell is a formula', () => {
    const [row] = cells;

    expect(row[header.indexOf('owner')].slice(0, 2)).toBe('\'=');
    expect([row[header.indexOf('reason')], row[header.indexOf('contact')], row[header.indexOf('expires')]]).toEqual(['\'+1+1', '\'-2', '\'@soon']);
    expect(cells.flat().filter(cell => /^[=+\-@]/.test(cell))).toEqual([]);
  });
});

describe('JSON', () => {
  test('has each answer with what decides it, by file and line', () => {
    const { version, dependencies } = JSON.parse([...asJson(hostile)].join('')) as { version: number; dependencies: { access: { verdict: string }[] }[] };

    expect(version).toBe(1);
    expect(dependencies[0].access.find(({ verdict }) => verdict === 'REACHES')).toMatchObject({
      client: { namespace: 'shop', account: 'cart' },
      gateway: 'istio-system/istio-egressgateway',
      host: 'db.example.com',
      port: 3306,
      endpoints: ['192.0.2.14:3306'],
      because: [{ object: 'Gateway shop/db', file: 'app.yaml', line: 7, field: 'spec.servers[0]' }],
    });
  });
});

describe('the page', () => {
  const page = asHtml(hostile);
  const documentOf = (html: string) => new DOMParser({ onError: (_, message) => { throw new Error(message); } })
    .parseFromString(html.replace('<!DOCTYPE html>', '').replaceAll(/<(meta|link)([^>]*)>/g, '<$1$2/>').replaceAll('<br>', '<br/>').replace(/<style>[\s\S]*?<\/style>/, ''), 'text/xml');

  test('is well formed, and needs nothing else', () => {
    documentOf(page);
    expect(page).not.toMatch(/<script|src=|@import|url\(/);
    expect([...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target]) => target).filter(target => !/^(#|data:,)/.test(target))).toEqual([]);
  });

  test('text of manifests is text', () => {
    expect(page).toContain('=HYPERLINK(&quot;http://evil.example&quot;,&quot;x&quot;)&lt;script&gt;');
  });

  test('tables have headers, the picture a title and a text', () => {
    const found = documentOf(page);

    expect([...found.getElementsByTagName('table')].every(table => table.getElementsByTagName('th').length > 1 && table.getElementsByTagName('caption').length === 1)).toBe(true);
    expect([...found.getElementsByTagName('svg')].map(svg => [svg.getAttribute('role'), svg.getElementsByTagName('desc').length])).toEqual([['img', 1]]);
  });

  test('no id is there twice', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });

  test('the picture has a line for each way that is open', () => {
    expect([...page.matchAll(/<path class="line[^"]*"[^>]*><title>([^<]*)</g)].map(([, title]) => title)).toEqual(['shop/cart reaches it: db.example.com, gateway istio-system/istio-egressgateway']);
  });

  test('the picture draws a namespace once where all of its accounts get there', () => {
    const direct = asHtml(reportOf(viewOf([entry('db.example.com', 3306, 'TCP', { exportTo: ['.'] }), deployment('cart', 'cart'), deployment('search', 'search')])));

    expect([...direct.matchAll(/<path class="line[^"]*"[^>]*><title>([^<]*)</g)].map(([, title]) => title)).toEqual(['shop: every other account reaches it: db.example.com, directly']);
  });
});
