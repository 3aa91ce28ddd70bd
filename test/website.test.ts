import * as fs from 'node:fs';
import * as path from 'node:path';
import { filesBelow } from './helpers';
import { Examples } from '../website/examples';
import { GROUPS, titleOf } from '../website/pages';

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

describe('an example', () => {
  const source = (text: string) => ({ source: text });
  const translations = { $: source('new Db();\n'), python: source('Db()'), java: source('new Db();'), go: source('NewDb()'), csharp: source('new Db();') };
  const examples = new Examples(new Map([['new Db();', translations]]));

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

test('the program for the browser has all that the sources take of Node', () => {
  const folders = ['view', 'rules', 'trace', 'report', 'findings', 'private', 'values'];
  const files = folders.flatMap(folder => filesBelow(path.join(ROOT, 'src', folder)).map(file => path.join(ROOT, 'src', folder, file))).filter(file => file.endsWith('.ts'));
  const taken = new Set(files.flatMap(file => [...fs.readFileSync(file, 'utf8').matchAll(/(?:from |require\()'node:(\w+)'/g)].map(([, name]) => name)));
  const given = fs.readdirSync(path.join(ROOT, 'website/browser')).flatMap(file => /^node-(\w+)\.ts$/.exec(file)?.[1] ?? []);

  // Files of rules are for the command line, statuses of HTTP for constructs: neither is in the browser.
  expect([...taken].filter(name => !given.includes(name)).sort()).toEqual(['http', 'path']);
});
