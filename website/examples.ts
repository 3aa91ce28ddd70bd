/** The examples of README and docstrings, in each language of the package. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { asGo, GoTypes, goTypesOf } from './go';
import { cached } from '../bench/peers/tool';
import { translatedExamples } from '../languages/examples';
import { packed } from '../languages/package';

const ROOT = path.join(__dirname, '..');
/** What the translations are made of; the assembly has README and docstrings. */
const SOURCES = ['.jsii', 'rosetta/default.ts-fixture'];

const LANGUAGES = { python: 'Python', java: 'Java', go: 'Go', csharp: 'C#' };

type Language = keyof typeof LANGUAGES;

/** What jsii-rosetta writes: each example in each language, `$` for TypeScript. */
interface Tablet {
  readonly snippets: { readonly [key: string]: { readonly translations: { readonly [language in Language | '$']: { readonly source: string } } } };
}

/** Shows examples. */
export class Examples {
  private shown = 0;

  public constructor(private readonly translations: ReadonlyMap<string, Tablet['snippets'][string]['translations']>, private readonly goTypes: GoTypes) {}

  /** Whether an example has translations. */
  public has(example: string): boolean {
    return this.translations.has(example.trim());
  }

  /** An example as Markdown: TypeScript, and the others to unfold, for which a browser needs no JavaScript. One is open at a time. */
  public markdown(example: string): string {
    const found = this.translations.get(example.trim());
    if (found === undefined) {
      throw new Error(`an example has no translation:\n${example}`);
    }
    const name = `example-${++this.shown}`;
    const others = (Object.keys(LANGUAGES) as Language[]).map(language => (
      `<details name="${name}">\n<summary>${LANGUAGES[language]}</summary>\n\n${block(language, language === 'go' ? asGo(found.go.source, this.goTypes) : found[language].source)}\n\n</details>`));
    return `${block('ts', example)}\n\n<div class="languages">\n\n${others.join('\n\n')}\n\n<small>Translated, and not compiled: [programs that are run](/languages)</small>\n\n</div>`;
  }
}

const block = (language: string, code: string) => `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;

/** The examples of the compiled package; they are translated once, and then taken from the cache. */
export async function examplesOf(say: (text: string) => void): Promise<Examples> {
  const hash = createHash('sha256');
  SOURCES.forEach(file => hash.update(fs.readFileSync(path.join(ROOT, file))));
  const folder = await cached(`examples-${hash.digest('hex').slice(0, 16)}`, async unfinished => {
    say('translating the examples (once for each change of them, half a minute)');
    const work = fs.mkdtempSync(path.join(os.tmpdir(), 'examples-'));
    try {
      fs.copyFileSync(await translatedExamples(await packed(work), work), path.join(unfinished, 'tablet.json'));
    } finally {
      fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
    }
  });
  const { snippets } = JSON.parse(fs.readFileSync(path.join(folder, 'tablet.json'), 'utf8')) as Tablet;
  const types = goTypesOf(JSON.parse(fs.readFileSync(path.join(ROOT, '.jsii'), 'utf8')) as Parameters<typeof goTypesOf>[0]);
  return new Examples(new Map(Object.values(snippets).map(({ translations }) => [translations.$.source.trim(), translations])), types);
}
