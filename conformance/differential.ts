/** Compares what cdk8s's App and FastApp write for generated apps: `npm run synth:differential -- --apps <n> --seed <n>`. */
import { randomInt } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { App, AppProps, YamlOutputType } from 'cdk8s';
import { FastApp } from 'cdk8s-istio-egress';
import { build, repositories, Repository } from './apps';
import { generate } from './generated';
import { Complaint } from './judge';
import { exitWith } from './run';

const DEFAULT_APPS = 100;
/** Apps that are told of when their output differs. */
const SHOWN = 3;

const HELP = `usage: npm run synth:differential -- [--apps <n>] [--seed <n>]

Builds generated apps with cdk8s's App and with FastApp, for each kind of output, and compares files byte by byte, and errors by their messages.

  --apps <n>   generated apps (default ${DEFAULT_APPS})
  --seed <n>   what they are generated from (default a new one each time)
  --help       this text

exit status: 0 the same, 1 differences, 2 bad input
`;

const OUTPUT_TYPES = [
  YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
];

type AppType = new (props: AppProps) => App;

/** What an app writes: paths and content of its files, or the message of its error. */
type Written = { readonly [file: string]: string } | string;

function written(type: AppType, repository: Repository, props: AppProps): Written {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'differential-'));
  try {
    const app = new type({ ...props, outdir, recordConstructMetadata: true });
    build(app, repository);
    // Of the class itself, which prints no warnings: a generated app means nothing that it does.
    type.prototype.synth.call(app);
    const files = (fs.readdirSync(outdir, { recursive: true }) as string[]).sort();
    return Object.fromEntries(files.map(file => [file, fs.statSync(path.join(outdir, file)).isFile() ? fs.readFileSync(path.join(outdir, file), 'utf8') : 'a folder']));
  } catch (error) {
    return (error as Error).message;
  } finally {
    fs.rmSync(outdir, { recursive: true, force: true });
  }
}

/** Where the output of the two differs; undefined where it does not. */
export function difference(repository: Repository, yamlOutputType: YamlOutputType): { readonly written: Written; readonly message?: string } {
  const [stock, fast] = [App, FastApp].map(type => written(type, repository, { yamlOutputType }));
  if (typeof stock === 'string' || typeof fast === 'string') {
    return { written: stock, message: stock === fast ? undefined : `App: ${JSON.stringify(stock).slice(0, 300)}\nFastApp: ${JSON.stringify(fast).slice(0, 300)}` };
  }
  const file = [...Object.keys(stock), ...Object.keys(fast)].find(name => stock[name] !== fast[name]);
  return { written: stock, message: file === undefined ? undefined : `${file}\nApp:\n${stock[file]}\nFastApp:\n${fast[file]}` };
}

function main(args: readonly string[]): number {
  const options = { apps: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [apps, seed] = [numberOf('--apps', values.apps, DEFAULT_APPS), numberOf('--seed', values.seed, randomInt(999999999))];
  const counts = { apps: 0, outputs: 0, refused: 0, different: 0 };
  for (const [number, spec] of generate(apps, seed).entries()) {
    counts.apps++;
    for (const repository of repositories(spec)) {
      for (const yamlOutputType of OUTPUT_TYPES) {
        const { written: of, message } = difference(repository, yamlOutputType);
        counts.outputs++;
        counts.refused += typeof of === 'string' ? 1 : 0;
        counts.different += message === undefined ? 0 : 1;
        if (message !== undefined && counts.different <= SHOWN) {
          console.log(`app ${number}, ${repository.name}, ${YamlOutputType[yamlOutputType]}: ${message}`);
        }
      }
    }
  }
  console.log(`${counts.apps} apps from seed ${seed}: ${counts.outputs} outputs compared, of which ${counts.refused} are the message of an error; ${counts.different} differ`);
  return counts.different === 0 ? 0 : 1;
}

function numberOf(option: string, text: string | undefined, otherwise: number): number {
  if (text !== undefined && !/^\d{1,9}$/.test(text)) {
    throw new Complaint(`${option} must be a whole number from 0 to 999999999, got "${text}"`);
  }
  return text === undefined ? otherwise : Number(text);
}

if (require.main === module) {
  void exitWith(() => Promise.resolve().then(() => main(process.argv.slice(2))));
}
