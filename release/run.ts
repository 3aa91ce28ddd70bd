/** Does everything of a release but the publishing: `npm run release:rehearse`. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Bench, Step } from './step';
import { STEPS } from './steps';
import { translatedExamples } from '../languages/examples';
import { pack } from '../languages/package';
import { tryParts, Wanted, wantedBy } from '../languages/parts';

const HELP = `usage: npm run release:rehearse -- [--only ID,ID] [--keep FOLDER] [--tag TAG] [--json] [--help]

Does everything of a release but the publishing: lints the workflows, computes the next version with its changes, builds and checks the package for each
registry, starts an app with the package as a stranger would, and lists the parts that it ships, with their licences. What cannot be had on this machine is not run, and said so.

  --only ID,ID    only these: ${STEPS.map(({ id }) => id).join(', ')}
  --keep FOLDER   leave what would be published in this folder
  --tag TAG       fail unless this is the tag of the next version
  --json          an object for each step on standard output, one a line
  --help          this text

Exit code: 0 nothing failed, 1 something did, 2 wrong use.
`;

async function main(argv: readonly string[]): Promise<number> {
  const wanted = wantedBy({ name: 'release', help: HELP, parts: STEPS, options: ['keep', 'tag'] }, argv);
  if (typeof wanted === 'number') {
    return wanted;
  }
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'release-'));
  const dist = typeof wanted.own.keep === 'string' ? path.resolve(wanted.own.keep) : path.join(work, 'dist');
  fs.mkdirSync(dist, { recursive: true });
  try {
    return await rehearse(wanted, dist, work);
  } finally {
    fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

function rehearse(wanted: Wanted<Step>, dist: string, work: string): Promise<number> {
  let packed: Promise<string> | undefined;
  let translated: Promise<string> | undefined;
  const tarball = () => packed ??= pack(work);
  const tablet = () => translated ??= tarball().then(file => translatedExamples(file, work));
  const { tag } = wanted.own;
  const bench: Bench = { dist, tag: typeof tag === 'string' ? tag : undefined, tarball, tablet };
  return tryParts('release', wanted, step => step.run(bench), ({ part, outcome, seconds, detail }) => ({ step: part.id, outcome, seconds, detail }));
}

void main(process.argv.slice(2)).then(code => {
  process.exitCode = code;
});
