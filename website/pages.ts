/** The documents of the repository as pages of the site. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Examples } from './examples';
import { proseForVue } from './vue';

const ROOT = path.join(__dirname, '..');
const SOURCE = 'https://github.com/cdk8s-istio-egress/cdk8s-istio-egress/blob/main';

/** A page: its document, and its place in the site, without the ending. */
export interface Page {
  readonly document: string;
  readonly place: string;
}

/** A group of the sidebar. */
export interface Group {
  readonly title: string;
  readonly pages: readonly Page[];
}

const doc = (name: string): Page => ({ document: `docs/${name}.md`, place: name });

/** Every document for users; test/website.test.ts knows the rest. */
export const GROUPS: readonly Group[] = [
  { title: 'Start', pages: [{ document: 'README.md', place: 'guide' }, doc('concepts'), doc('languages'), doc('migration'), doc('gitops'), doc('pipelines')] },
  { title: 'Any YAML', pages: [doc('lint'), doc('explain'), doc('report'), doc('import'), doc('rules'), doc('comparison')] },
  { title: 'In production', pages: [doc('troubleshooting'), doc('security'), doc('reliability'), doc('performance'), doc('compatibility')] },
  {
    title: 'Recipes',
    pages: [
      { document: 'docs/recipes/README.md', place: 'recipes/' },
      ...fs.readdirSync(path.join(ROOT, 'docs/recipes')).filter(file => file.endsWith('.md') && file !== 'README.md').sort()
        .map(file => doc(`recipes/${path.basename(file, '.md')}`)),
    ],
  },
];

/** The heading of a document. */
export function titleOf({ document }: Page): string {
  const [, title] = /^# (.*)$/m.exec(fs.readFileSync(path.join(ROOT, document), 'utf8')) ?? [];
  return document === 'README.md' ? 'Guide' : title ?? path.basename(document, '.md');
}

const PLACES = new Map(GROUPS.flatMap(({ pages }) => pages).map(({ document, place }) => [document, place]));

/** Writes every page, and the pictures that they show. */
export function writePages(folder: string, examples: Examples): void {
  for (const { document, place } of GROUPS.flatMap(({ pages }) => pages)) {
    const file = path.join(folder, `${place.endsWith('/') ? `${place}index` : place}.md`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, adapted(fs.readFileSync(path.join(ROOT, document), 'utf8'), document, examples));
  }
  fs.mkdirSync(path.join(folder, 'public/performance'), { recursive: true });
  ['route.svg', 'performance/time.svg', 'performance/memory.svg'].forEach(picture => (
    fs.copyFileSync(path.join(ROOT, 'docs', picture), path.join(folder, 'public', picture))));
}

/** A document with links between pages, and to the sources of everything else. */
function adapted(text: string, document: string, examples: Examples): string {
  return text.split(/(^```[^]*?^```$)/m).map(part => (part.startsWith('```') ? code(part, examples) : linked(part, document))).join('');
}

/** Code stays as it is; an app of the README is there in each language. */
function code(block: string, examples: Examples): string {
  const [, example] = /^```ts nofixture\n([^]*)\n```$/.exec(block) ?? [];
  return example !== undefined && examples.has(example) ? examples.markdown(example) : block.replace(/^```ts nofixture/, '```ts');
}

function linked(prose: string, document: string): string {
  const links = prose.replace(/\]\((?!https?:|mailto:|#)([^)#\s]*)(#[^)\s]*)?\)/g, (_match, target: string, anchor = '') => {
    const place = path.posix.normalize(path.posix.join(path.posix.dirname(document), target));
    return `](${placeOf(place)}${anchor as string})`;
  });
  return proseForVue(links);
}

function placeOf(file: string): string {
  if (file === 'API.md') {
    return '/constructs/';
  }
  if (file.endsWith('.svg')) {
    return `/${file.replace(/^docs\//, '')}`;
  }
  const place = PLACES.get(file);
  return place === undefined ? `${SOURCE}/${file}` : `/${place}`;
}
