/** The Go program that lets Istio's own code judge: found, built and run. */
import { ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as readline from 'node:readline';

/** An error that is told in one line. */
export class Complaint extends Error {}

export interface Finding {
  readonly set: string;
  readonly check: string;
  readonly subject: string;
  readonly message: string;
}

const NEEDED_GO = [1, 26] as const;
const HOW_TO_INSTALL = `install Go ${NEEDED_GO.join('.')} or newer from https://go.dev/dl/ and put its bin folder on PATH`;

/** Complains when `go version` says that Go is missing or too old. */
export function checkGoVersion(version: string | undefined): void {
  const found = version && /\bgo(\d+)\.(\d+)/.exec(version);
  if (!found) {
    throw new Complaint(`Go is needed and was not found: ${HOW_TO_INSTALL}`);
  }
  const [major, minor] = [Number(found[1]), Number(found[2])];
  if (major < NEEDED_GO[0] || (major === NEEDED_GO[0] && minor < NEEDED_GO[1])) {
    throw new Complaint(`Go ${NEEDED_GO.join('.')} is needed and ${found[0].slice(2)} was found: ${HOW_TO_INSTALL}`);
  }
}

/** Where what was built is kept from one run to the next. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'cdk8s-istio-egress');
}

/** Builds the judge unless this very source was built before; gives the path of the program. */
export function buildJudge(say: (message: string) => void): string {
  // The version that is on PATH, not one that Go would fetch for itself.
  const asked = spawnSync('go', ['version'], { encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } });
  checkGoVersion(asked.error ? undefined : asked.stdout);
  const program = path.join(cacheFolder(), `judge-${sourceHash(asked.stdout)}`);
  if (fs.existsSync(program)) {
    return program;
  }
  fs.mkdirSync(cacheFolder(), { recursive: true });
  say('building the judge (the first time this compiles Istio, which takes several minutes)');
  const unfinished = `${program}.${process.pid}`;
  const built = spawnSync('go', ['build', '-o', unfinished, './cmd/judge'], { cwd: __dirname, encoding: 'utf8' });
  if (built.status !== 0) {
    fs.rmSync(unfinished, { force: true });
    const reason = built.stderr.trim().split('\n').slice(-1)[0] || 'no reason given';
    throw new Complaint(`the judge cannot be built: ${reason}; see "cd conformance && go build ./cmd/judge"`);
  }
  fs.renameSync(unfinished, program);
  removeOthers(program);
  return program;
}

function sourceHash(goVersion: string): string {
  const hash = createHash('sha256').update(goVersion);
  const files = (fs.readdirSync(__dirname, { recursive: true }) as string[])
    .filter(file => /(\.go|^go\.(mod|sum))$/.test(file) && !file.endsWith('_test.go')).sort();
  files.forEach(file => hash.update(file).update(fs.readFileSync(path.join(__dirname, file))));
  return hash.digest('hex').slice(0, 16);
}

/** A program of 200 MB for each version of the source is too much to keep. */
function removeOthers(program: string): void {
  for (const file of fs.readdirSync(cacheFolder())) {
    const other = path.join(cacheFolder(), file);
    if (/^judge-[0-9a-f]{16}$/.test(file) && other !== program) {
      fs.rmSync(other, { force: true });
    }
  }
}

/** Judges set after set in one process: what a search for the smallest failing app needs. */
export class JudgeStream {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly answers: AsyncIterator<string>;

  public constructor(program: string) {
    this.child = spawn(program, ['--stream']);
    this.child.stderr.pipe(process.stderr);
    this.answers = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  public async findings(folder: string): Promise<Finding[]> {
    this.child.stdin.write(`${folder}\n`);
    const { value, done } = await this.answers.next();
    if (done) {
      throw new Complaint('the judge ended before it had judged');
    }
    const answer = JSON.parse(value as string) as { readonly findings?: Finding[]; readonly error?: string };
    if (answer.error) {
      throw new Complaint(answer.error);
    }
    return answer.findings ?? [];
  }

  public close(): void {
    this.child.stdin.end();
  }
}
