import { database, run, runWith } from './helpers';

const TWO = { 'old/db.yaml': database('orders'), 'new/db.yaml': `${database('orders')}---\n${database('stock', 3307)}` };

describe('report', () => {
  test('is Markdown when nothing else is said', async () => {
    const { code, out, err } = await runWith({ 'db.yaml': database('orders') }, ['report', 'db.yaml']);

    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^# Who reaches what outside the mesh\n/);
    expect(out).toContain('ServiceEntry shop/orders (db.yaml:1), shown to: shop');
  });

  test.each([['json', /^\{/], ['csv', /^dependency,port,/], ['html', /^<!DOCTYPE html>/]])('is %s when it is asked for', async (format, begin) => {
    expect((await run(['report', '-', '--format', format], { stdin: database('orders') })).out).toMatch(begin);
  });

  test('--json is JSON', async () => {
    expect(JSON.parse((await run(['report', '-', '--json'], { stdin: database('orders') })).out)).toMatchObject({ version: 1, dependencies: [{ hosts: ['orders.example.com'] }] });
  });

  test('knows the facts of the mesh', async () => {
    const { out } = await run(['report', '-', '--outbound-traffic-policy', 'REGISTRY_ONLY'], { stdin: database('orders') });

    expect(out).toContain('do not know: REGISTRY_ONLY');
    expect(out).not.toContain('ALLOW');
  });

  test('is written to a file', async () => {
    const { code, out, err } = await runWith({ 'db.yaml': database('orders') }, ['report', 'db.yaml', '--format', 'html', '--output', 'report.html']);

    expect([code, out, err]).toEqual([0, '', 'written: report.html\n']);
  });

  test.each([
    ['report', 'db.yaml', '--output', './db.yaml'], ['report', '.', '--output', 'db.yaml'], ['lint', '.', '--output', 'db.yaml'],
    ['report', '--diff', 'db.yaml', 'other.yaml', '--output', 'db.yaml'],
  ])('%s %s %s %s ... writes over no file of its input', async (...args) => {
    const { code, out, err } = await runWith({ 'db.yaml': database('orders'), 'other.yaml': database('stock', 3307) }, args);

    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('db.yaml is a part of the input, and would be lost: give another file\n');
  });

  test.each([
    ['--mesh', 'mesh.yaml', 'outboundTrafficPolicy: REGISTRY_ONLY\n'], ['--rules', './rules.js', 'module.exports = [];\n'],
  ])('writes over no file of %s', async (option, file, text) => {
    const { code, err } = await runWith({ 'db.yaml': database('orders'), [file]: text }, ['lint', 'db.yaml', option, file, '--output', file]);

    expect([code, err]).toEqual([2, expect.stringContaining(`${file} is a part of the input, and would be lost: give another file\n`)]);
  });

  test('an earlier report among the files is written over', async () => {
    const { code, err } = await runWith({ 'db.yaml': database('orders'), 'report.json': '{"dependencies": []}' }, ['report', '.', '--json', '--output', 'report.json']);

    expect([code, err]).toEqual([0, 'written: report.json\n']);
  });

  test('a file that cannot be written is said', async () => {
    expect((await runWith({ 'db.yaml': database('orders') }, ['report', 'db.yaml', '--output', 'no/such/report.md'])).err).toContain('cannot be written');
  });

  test('what cannot be read is said, and the rest reported', async () => {
    const { code, out, err } = await runWith({ 'db.yaml': `${database('orders')}---\na: [\n` }, ['report', 'db.yaml']);

    expect(code).toBe(2);
    expect(err).toMatch(/^db\.yaml:\d+ {2}/);
    expect(out).toContain('orders.example.com');
  });
});

test('nothing is known of an ambient mesh', async () => {
  const given = ['--data-plane', 'ambient'];
  const { code, out } = await runWith(TWO, ['report', 'new', ...given]);

  expect(code).toBe(0);
  expect(out).toContain('| everybody | **not known** |');
  expect(out).not.toContain('reaches it');
  expect(out).not.toContain('nobody in the input');
  const diff = await runWith(TWO, ['report', '--diff', 'old', 'new', '--fail-on-opened', ...given]);
  expect([diff.code, diff.out.includes('**Whether it opens access is not known.**')]).toEqual([1, true]);
  for (const format of ['html', 'csv', 'json']) {
    expect((await runWith(TWO, ['report', 'new', ...given, '--format', format])).code).toBe(0);
  }
});

describe('a part that cannot be read', () => {
  const files = { 'db.yaml': `${database('orders')}---\na: [\n` };

  test.each([['markdown', /^# [^\n]*\n\n[^\n]*\n\n\*\*1 part of the input could not be read, and this report is without it\.\*\*\n\n- db\.yaml:\d+: /],
    ['html', /<h2 id="unread">1 part of the input could not be read, and this report is without it<\/h2><ul><li>db\.yaml:\d+: [\s\S]*Look at first/],
    ['csv', /^dependency[^\n]*\n\(could not be read\),.*,UNKNOWN,not known,/],
    ['json', /"problems": \[\n\s*\{\n\s*"file": "db\.yaml"/]])('is at the top of %s', async (format, text) => {
    expect((await runWith(files, ['report', 'db.yaml', '--format', format])).out).toMatch(text);
  });

  test('is at the top of a comparison, which does not say that all is alike', async () => {
    const { code, out } = await runWith({ 'old.yaml': database('orders'), 'new.yaml': files['db.yaml'] }, ['report', '--diff', 'old.yaml', 'new.yaml']);

    expect(code).toBe(2);
    expect(out).toContain('**1 part of the input could not be read, and the state now is without it.**');
    expect(out).not.toContain('Nobody reaches more or less');
  });
});

describe('report --diff', () => {
  test('says what opens', async () => {
    const { code, out } = await runWith(TWO, ['report', '--diff', 'old', 'new', '--outbound-traffic-policy', 'REGISTRY_ONLY']);

    expect(code).toBe(0);
    expect(out).toContain('## Warning: Opened');
    expect(out).toContain('stock.example.com:3307');
  });

  test('--fail-on-opened fails when something opens, and not when something closes', async () => {
    const args = ['report', '--fail-on-opened', '--outbound-traffic-policy', 'REGISTRY_ONLY', '--diff'];

    expect((await runWith(TWO, [...args, 'old', 'new'])).code).toBe(1);
    expect((await runWith(TWO, [...args, 'new', 'old'])).code).toBe(0);
    expect((await runWith(TWO, [...args, 'old', 'old'])).code).toBe(0);
  });

  test('is JSON when it is asked for', async () => {
    expect(JSON.parse((await runWith(TWO, ['report', '--diff', 'old', 'new', '--json'])).out)).toMatchObject({ version: 1, dependencies: [{ kind: 'ADDED', host: 'stock.example.com' }] });
  });

  test.each([
    [['--diff', '-', '-'], 'report --diff - NEW'],
    [['--diff', 'old'], 'compares two files or folders'],
    [['--diff', 'old', 'new', '--format', 'csv'], 'not as csv'],
    [['--diff', 'old', 'nwe'], 'NEW is not there: "nwe"'],
    [['old', '--fail-on-opened'], 'give it with --diff'],
  ])('%j is wrong use', async (args, message) => {
    const { code, err } = await runWith(TWO, ['report', ...args]);

    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('objects that name no namespace', () => {
  const homeless = database('orders').replace('  namespace: shop\n', '');
  const refused = { code: 2, out: '', err: expect.stringContaining('1 object names no namespace, such as ServiceEntry orders (') as string };

  test('are in no report', async () => {
    expect(await runWith({ 'db.yaml': homeless }, ['report', 'db.yaml'])).toMatchObject(refused);
    expect(await runWith({ 'old.yaml': database('orders'), 'new.yaml': homeless }, ['report', '--diff', 'old.yaml', 'new.yaml'])).toMatchObject(refused);
  });

  test('are where --namespace says', async () => {
    expect((await runWith({ 'db.yaml': homeless }, ['report', 'db.yaml', '--namespace', 'reports'])).out).toContain('ServiceEntry reports/orders');
  });
});

test('the help says in which formats a comparison is written', async () => {
  expect((await run(['report', '--help'])).out).toMatch(/--diff .*markdown or json/);
});
