import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { run, runWith } from './helpers';
import { filesBelow } from '../helpers';

const ROOT = path.join(__dirname, '../..');

interface Manifest {
  readonly name: string;
  readonly scripts: { readonly [name: string]: string };
  readonly dependencies: { readonly [name: string]: string };
  readonly devDependencies: { readonly [name: string]: string };
  readonly peerDependencies: { readonly [name: string]: string };
}

const manifestIn = (folder: string) => JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
const own = manifestIn(ROOT);
const template = manifestIn(path.join(ROOT, 'templates/typescript'));

const LANGUAGES = ['typescript', 'python', 'java', 'go', 'csharp'];

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'istio-egress-test-'));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** An app in a folder of its own, without its packages. */
async function written(...args: string[]): Promise<string> {
  const app = path.join(folder, 'shop');
  await run(['init', app, '--no-install', ...args]);
  return app;
}

/** The script of the app without the compiler, which has looked at its sources with all others. */
const TEST = template.scripts.test.replace('tsc && ', '');

/** Runs a line of a shell in an app, as npm would run a script of it. */
function shell(app: string, line: string): string {
  try {
    return execFileSync('bash', ['-c', line], { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: `${ROOT}/node_modules/.bin:${process.env.PATH}` } });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${line}\n${stdout}${stderr}`);
  }
}

/** Lets an app find what it would have installed; the library is that of the sources. */
function link(app: string): void {
  const file = path.join(app, 'tsconfig.json');
  const config = JSON.parse(fs.readFileSync(file, 'utf8')) as { compilerOptions: object };
  fs.writeFileSync(file, JSON.stringify({ ...config, compilerOptions: { ...config.compilerOptions, paths: { 'cdk8s-istio-egress': [path.join(ROOT, 'src/index.ts')] } } }));
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(app, 'node_modules'));
}

test('the test of the app passes, and nothing is found in what it synthesises', async () => {
  const app = await written();
  link(app);

  shell(app, template.scripts.synth);
  expect(shell(app, TEST)).toContain('pass 2');
  expect(fs.readdirSync(path.join(app, 'dist'))).toEqual(['shop.k8s.yaml']);
  const [, ...lint] = template.scripts.lint.replace('dist', path.join(app, 'dist')).split(' ');
  expect(await run(lint)).toMatchObject({ code: 0, err: '', out: '0 errors, 0 warnings in 6 objects\n' });
}, 120_000);

test('the test of the app fails when somebody else becomes a client', async () => {
  const app = await written();
  link(app);
  const main = path.join(app, 'main.ts');
  fs.writeFileSync(main, fs.readFileSync(main, 'utf8').replace('\'cart\'', '\'thief\''));

  expect(() => shell(app, TEST)).toThrow('fail 1');
}, 120_000);

test('the app is named after its folder, and takes the version of the program that wrote it', async () => {
  const app = path.join(folder, 'My_Shop.egress');
  await run(['init', app, '--no-install']);

  expect(manifestIn(app).name).toBe('my-shop-egress');
  expect(manifestIn(app).dependencies['cdk8s-istio-egress']).toBe('^0.0.0');
  expect(fs.readFileSync(path.join(app, '.gitignore'), 'utf8')).toMatch(/^node_modules\/\n/);
});

test('without a folder it writes here, and says what comes next', async () => {
  expect(await runWith({}, ['init', '--no-install'])).toMatchObject({
    code: 0, err: '', out: expect.stringMatching(/^written to ".*": README\.md, cdk8s\.yaml, [^]*\nnext:\n {2}npm install\n {2}npm run synth\n {2}npm test\n$/) as string,
  });
});

test.each([[[], '.github/workflows/egress.yml'], [['--ci', 'gitlab'], '.gitlab-ci.yml']])('%j has the pipeline of one system', async (args, place) => {
  const app = await written(...args);
  const pipelines = ['.github/workflows/egress.yml', '.gitlab-ci.yml'].filter(file => fs.existsSync(path.join(app, file)));

  expect(pipelines).toEqual([place]);
  const named = [...fs.readFileSync(path.join(app, place), 'utf8').matchAll(/npm run (?:--silent )?(\w+)/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(['synth', 'lint', 'report']));
  expect(parse(fs.readFileSync(path.join(app, place), 'utf8'))).toBeDefined();
});

test.each(LANGUAGES)('%s: actions are pinned as those of this repository, and what runs code of a change has neither a token nor a right to write', async language => {
  const github = fs.readFileSync(path.join(await written('--language', language), '.github/workflows/egress.yml'), 'utf8');
  const ours = fs.readdirSync(path.join(ROOT, '.github/workflows')).map(file => fs.readFileSync(path.join(ROOT, '.github/workflows', file), 'utf8')).join('\n');
  const pins = (text: string) => [...text.matchAll(/uses: ([\w-]+\/[\w-]+)[\w/-]*(@[0-9a-f]{40} # v[\d.]+)$/gm)].map(([, action, pin]) => `${action}${pin}`);
  expect(pins(github)).toHaveLength(github.split('uses: ').length - 1);
  const named = new Set(pins(ours).map(pin => pin.split('@')[0]));
  expect(pins(github).filter(pin => named.has(pin.split('@')[0]) && !pins(ours).includes(pin))).toEqual([]);
  const { jobs } = parse(github) as { jobs: { [name: string]: { permissions: object } } };
  expect(Object.entries(jobs).filter(([, job]) => /\bnpm\b|checkout@/.test(JSON.stringify(job))).map(([name, job]) => [name, job.permissions])).toEqual([['check', { contents: 'read' }]]);

});

test.each(LANGUAGES)('%s: a job of GitLab with the token has neither the repository nor an image that somebody can replace', async language => {
  const app = await written('--language', language, '--ci', 'gitlab');
  const gitlab = parse(fs.readFileSync(path.join(app, '.gitlab-ci.yml'), 'utf8')) as { [job: string]: { after_script?: object } };
  const withToken = Object.values(gitlab).filter(job => JSON.stringify(job).includes('EGRESS_TOKEN'));
  expect(withToken).toEqual([expect.objectContaining({
    image: { name: expect.stringMatching(/^curlimages\/curl:[\d.]+@sha256:[0-9a-f]{64}$/) as string, entrypoint: [''] },
    variables: { GIT_STRATEGY: 'none', REPORT: 'report-$CI_PIPELINE_ID.md' },
    environment: { name: 'egress-comment', action: 'access' },
  })]);
  // GitLab forgets how it ended.
  expect(Object.values(gitlab).filter(job => job.after_script)).toEqual([]);
});

test('it says where it has written, whatever the way to it', async () => {
  fs.mkdirSync(path.join(folder, 'here'));
  const before = process.cwd();
  process.chdir(path.join(folder, 'here'));
  try {
    const { out } = await run(['init', '../shop', '--no-install']);

    expect(out).toMatch(`written to "${fs.realpathSync(folder)}/shop": README.md, cdk8s.yaml, `);
  } finally {
    process.chdir(before);
  }
});

test('it writes over no file, and writes nothing then', async () => {
  fs.writeFileSync(path.join(folder, 'main.ts'), 'mine');

  expect(await run(['init', folder])).toMatchObject({ code: 2, out: '', err: `cdk8s-istio-egress: "${folder}/main.ts" is there already: give a folder that does not have it\n` });
  expect(fs.readdirSync(folder)).toEqual(['main.ts']);
  expect(fs.readFileSync(path.join(folder, 'main.ts'), 'utf8')).toBe('mine');
});

test('it writes through no link, and nothing then', async () => {
  const withLink = (name: string, place: string) => {
    fs.mkdirSync(path.join(folder, name));
    fs.symlinkSync(path.join(folder, 'outside'), path.join(folder, name, place));
    return path.join(folder, name);
  };

  expect(await run(['init', withLink('file', 'main.ts')])).toMatchObject({ code: 2, err: expect.stringMatching(/main\.ts" is there already/) as string });
  expect(await run(['init', withLink('nested', '.github')])).toMatchObject({ code: 2, err: expect.stringMatching(/\.github" is a link: give a folder/) as string });
  expect(fs.readdirSync(folder)).toEqual(['file', 'nested']);
  expect(fs.readdirSync(path.join(folder, 'nested'))).toEqual(['.github']);
});

test('a file in the place of a folder is found before anything is written', async () => {
  fs.writeFileSync(path.join(folder, '.github'), '');

  expect(await run(['init', folder])).toMatchObject({ code: 2, err: expect.stringMatching(/\.github" is no folder/) as string });
  expect(fs.readdirSync(folder)).toEqual(['.github']);
});

test('what comes next can be given to a shell as it is', async () => {
  const app = path.join(folder, 'it\'s a b; touch x');
  const { out } = await run(['init', app, '--no-install']);
  const [, line] = /^ {2}(cd .*)$/m.exec(out)!;

  expect(execFileSync('sh', ['-c', `${line} && pwd -P`], { encoding: 'utf8' })).toBe(`${fs.realpathSync(app)}\n`);
});

test('a folder that cannot be made, and two folders, are wrong use', async () => {
  fs.writeFileSync(path.join(folder, 'file'), '');

  expect(await run(['init', path.join(folder, 'file')])).toMatchObject({ code: 2, err: expect.stringMatching(/file" cannot be written to: /) as string });
  expect(await run(['init', 'a', 'b'])).toMatchObject({ code: 2, err: 'cdk8s-istio-egress: init writes one app: give one folder, got 2\n' });
});

test('npm that fails is told, with exit code 1, and the files stay', async () => {
  const before = process.env.PATH;
  fs.writeFileSync(path.join(folder, 'npm'), '#!/bin/sh\necho "$@"; echo no network >&2; exit 7\n', { mode: 0o755 });
  process.env.PATH = `${folder}:${before}`;
  try {
    const { code, err } = await run(['init', path.join(folder, 'shop')]);

    expect(code).toBe(1);
    expect(err).toMatch(/install --no-audit --no-fund --workspaces=false\n/);
    expect(err).toMatch(/no network\n[^]*npm install ended with 7/);
    expect(fs.existsSync(path.join(folder, 'shop/main.ts'))).toBe(true);
  } finally {
    process.env.PATH = before;
  }
});

test('the app asks for the packages that the library is tested with', () => {
  const { 'cdk8s-istio-egress': _library, ...dependencies } = template.dependencies;

  expect(dependencies).toEqual(own.peerDependencies);
  expect(Object.entries(template.devDependencies).filter(([name, version]) => own.devDependencies[name] !== version)).toEqual([]);
});

describe.each([
  ['python', 'python main.py', 'requirements.txt', 'cdk8s-istio-egress==0.0.0', 'actions/setup-python', 'python3 -m venv .venv'],
  ['java', 'mvn --batch-mode --quiet compile exec:java', 'pom.xml', '<version>0.0.0</version>', 'actions/setup-java', 'maven'],
  ['go', 'go run .', 'go.mod', 'istioegress v0.0.0', 'actions/setup-go', 'nodejs npm'],
  ['csharp', 'dotnet run --project Egress', 'Egress/Egress.csproj', '"Cdk8s.IstioEgress" Version="0.0.0"', 'actions/setup-dotnet', 'dotnet-sdk'],
])('an app in %s', (language, command, pins, pin, action, setup) => {
  test('synthesises with its own language, and with the packages that the library is tested with', async () => {
    const app = await written('--language', language);

    expect(parse(fs.readFileSync(path.join(app, 'cdk8s.yaml'), 'utf8'))).toEqual({ language, app: command });
    expect(fs.readFileSync(path.join(app, pins), 'utf8')).toContain(pin);
    expect(manifestIn(app).name).toBe('shop');
    expect(manifestIn(app).dependencies).toEqual({ ...own.peerDependencies, 'cdk8s-istio-egress': '^0.0.0' });
    expect(manifestIn(app).devDependencies).toEqual({ 'cdk8s-cli': own.devDependencies['cdk8s-cli'] });
    expect(manifestIn(app).scripts).toEqual({ ...template.scripts, test: expect.any(String) as string });
    expect(fs.existsSync(path.join(app, 'main.ts'))).toBe(false);
  });

  test('has the pipeline of one in TypeScript, and in it its language', async () => {
    const text = fs.readFileSync(path.join(await written('--language', language), '.github/workflows/egress.yml'), 'utf8');
    const steps = (workflow: string) => (parse(workflow) as { jobs: { check: { steps: { uses?: string; run?: string }[] } } }).jobs.check.steps;
    const shared = steps(fs.readFileSync(path.join(ROOT, 'templates/github/.github/workflows/egress.yml'), 'utf8'));
    const added = steps(text).filter(step => !shared.some(other => JSON.stringify(other) === JSON.stringify(step)));

    expect(steps(text)).toEqual(expect.arrayContaining(shared));
    expect(added[0].uses).toMatch(`${action}@`);
    expect(steps(text).indexOf(added[0])).toBeLessThan(steps(text).findIndex(({ run: line }) => line === 'npm test'));
  });

  test('has that of GitLab, and in it its language', async () => {
    const pipeline = parse(fs.readFileSync(path.join(await written('--language', language, '--ci', 'gitlab'), '.gitlab-ci.yml'), 'utf8')) as { '.app': { before_script: string[] } };
    const lines = pipeline['.app'].before_script;

    expect(lines.slice(0, -1).join('\n')).toContain(setup);
    expect(lines.at(-1)).toBe('npm ci --cache .npm --prefer-offline');
  });
});

test('what installs the packages of a language comes next', async () => {
  expect((await run(['init', path.join(folder, 'go'), '--no-install', '--language', 'go'])).out).toMatch(/\nnext:\n {2}cd .*\n {2}npm install\n {2}go mod tidy\n {2}npm run synth\n {2}npm test\n$/);
  expect((await run(['init', path.join(folder, 'py'), '--no-install', '--language', 'python'])).out).toMatch(/ {2}\. \.venv\/bin\/activate\n {2}pip install -r requirements\.txt\n/);
});

test('a language that there is no app for is told with those that there are', async () => {
  expect(await run(['init', folder, '--language', 'pythn'])).toMatchObject({
    code: 2, err: 'cdk8s-istio-egress: --language is one of typescript, python, java, go, csharp, got "pythn": did you mean python?\n',
  });
  expect((await run(['init', folder, '--language', 'c#'])).err).toMatch(/got "c#": did you mean csharp\?\n$/);
  expect((await run(['init', folder, '--ci', 'gitlab-ci'])).err).toMatch(/got "gitlab-ci": did you mean gitlab\?\n$/);
});

test('the app pins the library of the program that wrote it, in each language', () => {
  const files = LANGUAGES.flatMap(language => filesBelow(path.join(ROOT, 'templates', language)).map(file => path.join('templates', language, file)));
  const versions = files
    .filter(file => fs.readFileSync(path.join(ROOT, file), 'utf8').includes('0.0.0'));

  // The files whose 0.0.0 is filled in: package.json, and what a language pins.
  expect(versions.filter(file => path.basename(file) !== 'package.json')).toEqual([
    'templates/python/requirements.txt', 'templates/java/pom.xml', 'templates/go/go.mod', 'templates/csharp/Egress/Egress.csproj',
  ]);
});

test('an app in C# says that nobody has run it', async () => {
  const app = await written('--language', 'csharp');

  expect(fs.readFileSync(path.join(app, 'README.md'), 'utf8')).toContain('have not run this app');
});

describe('in a folder of a larger repository', () => {
  const inside = async (...args: string[]) => run(['init', path.join(folder, 'services/Shop'), '--no-install', ...args]);
  const read = (place: string) => fs.readFileSync(path.join(folder, place), 'utf8');

  beforeEach(() => {
    fs.mkdirSync(path.join(folder, '.git'));
  });

  test.each(LANGUAGES)('the workflow of an app in %s is where GitHub reads it, and works in the folder', async language => {
    await inside('--language', language);
    const workflow = parse(read('.github/workflows/egress-services-Shop.yml')) as {
      on: object;
      jobs: {
        check: { defaults: object; steps: { uses?: string; with?: { [name: string]: string } }[] };
        comment: { steps: { env?: { APP: string } }[] };
        findings: { steps: { run?: string }[] };
      };
    };
    const { check, comment, findings } = workflow.jobs;
    const inputs = check.steps.filter(step => step.with?.name === undefined).map(step => step.with);
    const given = Object.assign({}, ...inputs) as { [name: string]: string };

    expect(fs.existsSync(path.join(folder, 'services/Shop/.github'))).toBe(false);
    expect(fs.existsSync(path.join(folder, 'services/Shop/cdk8s.yaml'))).toBe(true);
    expect(workflow.on).toEqual({ pull_request: { paths: ['services/Shop/**', '.github/workflows/egress-services-Shop.yml'] } });
    expect(check.defaults).toEqual({ run: { 'working-directory': 'services/Shop' } });
    expect(check.steps.find(step => step.uses?.startsWith('actions/setup-node'))!.with!['cache-dependency-path']).toBe('services/Shop/package-lock.json');
    expect(Object.entries(given).filter(([name, value]) => /-file$|-path$/.test(name) && !value.startsWith('services/Shop/'))).toEqual([]);
    expect(check.steps.find(step => step.uses?.startsWith('actions/upload-artifact'))!.with!.path).toBe('services/Shop/report.md\nservices/Shop/lint.sarif\n');
    expect(comment.steps.at(-1)!.env!.APP).toBe('egress-services-Shop');
    expect(findings.steps.map(({ run: line = '' }) => line).join('')).toContain('"services/Shop/" + .');
  });

  test('jobs of GitLab work in the folder, touch no others, and what includes them is said', async () => {
    const { out } = await inside('--ci', 'gitlab');
    const pipeline = parse(read('services/Shop/.gitlab-ci.yml')) as { [job: string]: { [key: string]: unknown } };
    const rule = { if: '$CI_PIPELINE_SOURCE == "merge_request_event"', changes: ['services/Shop/**/*'] };

    expect(fs.existsSync(path.join(folder, '.gitlab-ci.yml'))).toBe(false);
    expect(out).toMatch(/\nadd to \.gitlab-ci\.yml of the repository, below "include:":\n {2}- local: services\/Shop\/\.gitlab-ci\.yml\n$/);
    expect(Object.keys(pipeline)).toEqual(['.egress:services/Shop', 'egress:services/Shop', 'egress:services/Shop:report', 'egress:services/Shop:comment']);
    const [app, egress, report, comment] = Object.values(pipeline);
    expect(app).toMatchObject({ rules: [rule], cache: { key: { files: ['services/Shop/package-lock.json'] }, paths: ['services/Shop/.npm/'] } });
    expect((app.before_script as string[])[0]).toBe('cd services/Shop');
    expect(egress).toMatchObject({ extends: '.egress:services/Shop', artifacts: { reports: { junit: 'services/Shop/lint.xml' } } });
    expect(report).toMatchObject({ extends: '.egress:services/Shop', artifacts: { paths: ['$REPORT'] }, variables: { REPORT: 'services/Shop/report-$CI_PIPELINE_ID.md' } });
    expect(comment).toMatchObject({ needs: ['egress:services/Shop:report'], rules: [{ ...rule, when: 'always' }], variables: { REPORT: 'services/Shop/report-$CI_PIPELINE_ID.md' } });
    expect(comment.when).toBeUndefined();
    expect(comment.inherit).toEqual({ default: ['tags'] });
  });

  test('folders whose names are alike have jobs of their own, and none has the name of another one\'s report', async () => {
    const jobs: string[] = [];
    for (const name of ['services/Shop.2', 'services/shop-2', 'services-shop-2', 'services/shop-2-report']) {
      await run(['init', path.join(folder, name), '--no-install', '--ci', 'gitlab']);
      jobs.push(...Object.keys(parse(read(`${name}/.gitlab-ci.yml`)) as object));
      await run(['init', path.join(folder, `${name}/github`), '--no-install']);
    }

    expect(new Set(jobs).size).toBe(16);
    expect(fs.readdirSync(path.join(folder, '.github/workflows'))).toHaveLength(3);
  });

  test.each(LANGUAGES)('dist/ and the lock of an app in %s are committed where the repository leaves them out', async language => {
    fs.rmdirSync(path.join(folder, '.git'));
    shell(folder, 'git init --quiet');
    fs.writeFileSync(path.join(folder, '.gitignore'), 'dist/\n**/dist/**\npackage-lock.json\nnode_modules\n');
    await inside('--language', language);
    const app = path.join(folder, 'services/Shop');
    ['dist', 'node_modules'].forEach(name => fs.mkdirSync(path.join(app, name)));
    ['dist/shop.k8s.yaml', 'package-lock.json', 'node_modules/x'].forEach(file => fs.writeFileSync(path.join(app, file), ''));

    const committed = shell(folder, 'git add . && git ls-files services/Shop').split('\n');
    expect(committed).toEqual(expect.arrayContaining(['services/Shop/dist/shop.k8s.yaml', 'services/Shop/package-lock.json']));
    expect(committed.filter(file => file.includes('node_modules'))).toEqual([]);
  });

  describe('which is an npm workspace', () => {
    /** The lines of a pipeline that install. */
    const installs = (text: string) => [...text.matchAll(/^[ -]*(?:run: )?(npm ci.*)$/gm)].map(([, line]) => line);

    beforeEach(() => {
      fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'root', private: true, workspaces: ['services/*'], scripts: { postinstall: 'echo > ran' } }));
    });

    test('the app has a lock file of its own, with which its pipeline installs, and runs nothing of the root', async () => {
      const before = process.env.PATH;
      const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
      fs.mkdirSync(path.join(folder, 'programs'));
      // The packages of the app are those of a registry.
      const without = 'const fs = require("fs"); const { dependencies, devDependencies, ...rest } = JSON.parse(fs.readFileSync("package.json")); fs.writeFileSync("package.json", JSON.stringify(rest))';
      fs.writeFileSync(path.join(folder, 'programs/npm'), `#!/bin/sh\n"${process.execPath}" -e '${without}'\nexec "${npm}" "$@" --offline\n`, { mode: 0o755 });
      process.env.PATH = `${folder}/programs:${before}`;
      try {
        expect(await run(['init', path.join(folder, 'services/Shop')])).toMatchObject({ code: 0, out: expect.stringContaining(`"${folder}/package.json" has workspaces: give "npm install" and "npm ci" of this app --workspaces=false\n`) as string });
      } finally {
        process.env.PATH = before;
      }
      const app = path.join(folder, 'services/Shop');

      expect(fs.existsSync(path.join(app, 'package-lock.json'))).toBe(true);
      shell(app, installs(read('.github/workflows/egress-services-Shop.yml')).join('\n'));
      expect(fs.readdirSync(folder).sort()).toEqual(['.git', '.github', 'package.json', 'programs', 'services']);
    }, 60_000);

    test('what installs comes next, and both pipelines install so', async () => {
      const { out } = await inside('--ci', 'gitlab');
      await run(['init', path.join(folder, 'services/other'), '--no-install']);

      expect(out).toContain('\n  npm install --workspaces=false\n');
      expect(installs(read('services/Shop/.gitlab-ci.yml'))).toEqual(['npm ci --cache .npm --prefer-offline --workspaces=false']);
      expect(installs(read('.github/workflows/egress-services-other.yml'))).toEqual(['npm ci --workspaces=false']);
    });
  });

  test('a worktree, whose .git is a file, is a repository', async () => {
    fs.rmdirSync(path.join(folder, '.git'));
    fs.writeFileSync(path.join(folder, '.git'), 'gitdir: /elsewhere\n');
    await inside();

    expect(fs.existsSync(path.join(folder, '.github/workflows/egress-services-Shop.yml'))).toBe(true);
  });

  test('the root of a repository has the pipeline of an app that is alone', async () => {
    await run(['init', folder, '--no-install']);

    expect(fs.readdirSync(path.join(folder, '.github/workflows'))).toEqual(['egress.yml']);
  });

  test('the repository is that which a link leads to', async () => {
    const other = path.join(folder, 'other');
    fs.mkdirSync(path.join(other, '.git'), { recursive: true });
    fs.mkdirSync(path.join(other, 'apps'));
    fs.symlinkSync(path.join(other, 'apps'), path.join(folder, 'linked'));
    await run(['init', path.join(folder, 'linked/shop'), '--no-install']);

    expect(fs.readdirSync(path.join(other, '.github/workflows'))).toEqual(['egress-apps-shop.yml']);
    expect(fs.existsSync(path.join(folder, '.github'))).toBe(false);
  });

  test('it writes over no workflow and through no link there, and nothing then', async () => {
    fs.mkdirSync(path.join(folder, '.github/workflows'), { recursive: true });
    fs.writeFileSync(path.join(folder, '.github/workflows/egress-services-Shop.yml'), 'mine');

    expect(await inside()).toMatchObject({ code: 2, err: expect.stringMatching(/egress-services-Shop\.yml" is there already/) as string });
    expect(read('.github/workflows/egress-services-Shop.yml')).toBe('mine');
    fs.rmSync(path.join(folder, '.github'), { recursive: true });
    fs.mkdirSync(path.join(folder, 'elsewhere'));
    fs.symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, '.github'));
    expect(await inside()).toMatchObject({ code: 2, err: expect.stringMatching(/\.github" is a link/) as string });
    expect(fs.readdirSync(path.join(folder, 'elsewhere'))).toEqual([]);
    expect(fs.existsSync(path.join(folder, 'services'))).toBe(false);
  });

  test.each(['a b', '${{x}}', 'it\'s', '*', '-rf'])('a folder %j, which would be code in a pipeline, is wrong use', async name => {
    expect(await run(['init', path.join(folder, 'services', name), '--no-install'])).toMatchObject({ code: 2, err: expect.stringMatching(/would be a part of the pipeline/) as string });
    expect(fs.readdirSync(folder)).toEqual(['.git']);
  });
});
