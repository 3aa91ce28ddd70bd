/** Builds the documentation site: `npm run website`. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleModule, bundleWorker } from './bundle';
import { configText } from './config';
import { writeConstructs } from './constructs';
import { examplesOf } from './examples';
import { writePages } from './pages';
import { withPolicy } from './policy';
import { npmTool } from '../bench/peers/npm-tool';
import { succeed } from '../languages/shell';

const ROOT = path.join(__dirname, '..');

/** VitePress and what it is made of: fetched once, into the cache. */
const VITEPRESS = npmTool('VitePress', 'vitepress', '1.6.4', { vue: '^3.5.0' });

const HELP = `usage: npm run website -- [--output FOLDER] [--help]

Builds the documentation site from README.md, docs/ and the docstrings, with links that lead to pages.

  --output FOLDER  where it is written (dist/website)
  --help           this text
`;

const say = (text: string) => process.stderr.write(`website: ${text}\n`);

/** Builds the site into a folder. */
export async function buildSite(output: string): Promise<void> {
  const tool = await VITEPRESS.install(say, new AbortController().signal);
  if (!fs.existsSync(path.join(ROOT, '.jsii'))) {
    say('compiling the package');
    await succeed('npm', ['run', '--silent', 'compile'], ROOT);
  }
  const site = fs.mkdtempSync(path.join(os.tmpdir(), 'website-'));
  try {
    fs.symlinkSync(path.join(tool, 'node_modules'), path.join(site, 'node_modules'));
    const examples = await examplesOf(say);
    writePages(site, examples);
    writeConstructs(site, examples);
    fs.copyFileSync(path.join(__dirname, 'home.md'), path.join(site, 'index.md'));
    fs.copyFileSync(path.join(__dirname, 'playground.md'), path.join(site, 'playground.md'));
    fs.cpSync(path.join(__dirname, 'theme'), path.join(site, '.vitepress/theme'), { recursive: true });
    fs.writeFileSync(path.join(site, '.vitepress/config.mjs'), configText(output));
    for (const name of ['vue', 'search']) {
      await bundleModule(path.join(__dirname, `${name}.ts`), path.join(site, `.vitepress/${name}.mjs`));
    }
    fs.writeFileSync(path.join(site, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const size = await bundleWorker(path.join(site, '.vitepress/theme/program.js'));
    say(`the program for the browser has ${Math.round(size / 1024)} KiB`);
    await succeed(path.join(tool, 'node_modules/.bin/vitepress'), ['build', site], site);
    const playground = path.join(output, 'playground.html');
    fs.writeFileSync(playground, withPolicy(fs.readFileSync(playground, 'utf8')));
    say(`written: ${output}`);
  } finally {
    fs.rmSync(site, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function main(argv: readonly string[]): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options: { output: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    say(`${(error as Error).message.split('\n')[0]}: see --help`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  await buildSite(path.resolve(values.output ?? path.join(ROOT, 'dist/website')));
  return 0;
}

if (require.main === module) {
  void main(process.argv.slice(2)).then(code => {
    process.exitCode = code;
  }, error => {
    say((error as Error).message);
    process.exitCode = 1;
  });
}
