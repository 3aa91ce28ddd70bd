import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Route } from './cases';
import { Failure, inOneLine } from './failure';
import { inventory } from './programs/inventory';
import { rawProgram } from './raw-program';
import { Sample } from './sample';
import { Specimen } from './template';

export type Program = 'with-library' | 'with-fast-app' | 'without-rules' | 'with-raw-objects' | 'many' | 'load' | 'cli' | 'rules';

const ROOT = path.dirname(__dirname);
/** Inside the project, so that the compiled programs find its dependencies. */
const CACHE = path.join(ROOT, 'node_modules', '.cache');

/**
 * The programs that are measured, each run in a process of its own: nothing is warm, and the highest memory is that of one run. They run as compiled
 * JavaScript, because a loader that compiles on the way costs more than what is measured.
 */
export class Programs {
  /** Makes the programs, of the library as it is now; what the package holds may be older. */
  public static async make(signal: AbortSignal): Promise<Programs> {
    fs.mkdirSync(CACHE, { recursive: true });
    const programs = new Programs(fs.mkdtempSync(path.join(CACHE, 'bench-')), signal);
    const config = path.join(programs.folder, 'tsconfig.json');
    fs.writeFileSync(config, JSON.stringify({
      extends: path.join(ROOT, 'tsconfig.json'),
      // Types are checked where the tests are.
      compilerOptions: { rootDir: ROOT, outDir: programs.folder, declaration: false, noCheck: true },
      include: [path.join(ROOT, 'bench', 'programs', '*.ts'), path.join(ROOT, 'src', '**', '*.ts')],
    }));
    try {
      await promisify(execFile)(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', config], { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new Failure(`the library does not compile (${inOneLine((error as { stdout?: string }).stdout || error)}): run npx projen compile`);
      });
      programs.installLibrary();
      const raw = rawProgram({ direct: await programs.specimen('direct'), gateway: await programs.specimen('gateway') });
      fs.writeFileSync(programs.fileOf('with-raw-objects'), raw);
    } catch (error) {
      programs.remove();
      throw error;
    }
    return programs;
  }

  private constructor(private readonly folder: string, private readonly signal: AbortSignal) {}

  /** Takes what was compiled away again. */
  public remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  public async run(program: Program, ...args: readonly (string | number)[]): Promise<Sample> {
    return this.answer<Sample>(program, ...args);
  }

  /** Runs a program that prints something else than a sample. */
  public async answer<T>(program: Program, ...args: readonly (string | number)[]): Promise<T> {
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [this.fileOf(program), ...args.map(String)],
        { signal: this.signal, maxBuffer: Infinity },
      );
      return JSON.parse(stdout) as T;
    } catch (error) {
      this.signal.throwIfAborted();
      const { stderr = '', code } = error as { stderr?: string; code?: unknown };
      const reason = stderr.split('\n').find(line => /error/i.test(line)) ?? `it ended with ${code}`;
      throw new Failure(`the program ${program} ${args.join(' ')} failed: ${reason.trim()}`);
    }
  }

  /** The compiled program: who measures it as a whole runs it without asking it. */
  public fileOf(program: Program): string {
    return path.join(this.folder, 'bench', 'programs', `${program}.js`);
  }

  /** What the library writes for one service. */
  public async specimen(route: Route): Promise<Specimen> {
    const [{ namespace, items: [item] }] = inventory(1, 1);
    const folder = path.join(this.folder, `specimen-${route}`);
    await this.run('with-library', 1, route, 1, folder);
    const manifests = fs.readdirSync(folder).map(file => fs.readFileSync(path.join(folder, file), 'utf8')).join('---\n');
    return { manifests, item, namespace };
  }

  /** Lets the programs find the library under its package's name, as its users' programs do. */
  private installLibrary(): void {
    const folder = path.join(this.folder, 'node_modules', 'cdk8s-istio-egress');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'cdk8s-istio-egress', main: path.join('..', '..', 'src', 'index.js') }));
    // The program says its version.
    fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(this.folder, 'package.json'));
  }

}
