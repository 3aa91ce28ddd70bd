import * as fs from 'node:fs';
import * as path from 'node:path';
import { filesBelow } from './helpers';
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

test('the program for the browser has all that the sources take of Node', () => {
  const folders = ['view', 'rules', 'trace', 'report', 'findings', 'private', 'values'];
  const files = folders.flatMap(folder => filesBelow(path.join(ROOT, 'src', folder)).map(file => path.join(ROOT, 'src', folder, file))).filter(file => file.endsWith('.ts'));
  const taken = new Set(files.flatMap(file => [...fs.readFileSync(file, 'utf8').matchAll(/(?:from |require\()'node:(\w+)'/g)].map(([, name]) => name)));
  const given = fs.readdirSync(path.join(ROOT, 'website/browser')).flatMap(file => /^node-(\w+)\.ts$/.exec(file)?.[1] ?? []);

  // Files of rules are for the command line, statuses of HTTP for constructs: neither is in the browser.
  expect([...taken].filter(name => !given.includes(name)).sort()).toEqual(['http', 'path']);
});
