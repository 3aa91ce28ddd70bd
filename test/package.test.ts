import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { filesBelow, inTempFolder } from './helpers';

const ROOT = path.join(__dirname, '..');

/** The program of somebody who has nothing of this repository; its one chart is `shop`. */
const PROGRAM = `import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';

const app = new App();
const chart = new Chart(app, 'shop', { namespace: 'shop' });
const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
mysql.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
app.synth();
`;

/** The same in an app of the library. */
const inFastApp = (program: string) => program.replaceAll('new App(', 'new FastApp(').replace('{ EgressGateway', '{ EgressGateway, FastApp');

/** Two services that want all of one port. */
const WRONG = ['a', 'b'].map(name => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: shop }
spec:
  hosts: [${name}.example.com]
  ports: [{ number: 3306, name: tcp, protocol: TCP }]
  resolution: DNS
  exportTo: ["."]
`).join('---\n');

/** Says what the program loads of cdk8s. */
const LOADED = `require('cdk8s-istio-egress/lib/src/cli/main.js');
const files = Object.keys(require.cache);
console.log(files.filter(file => file.includes('node_modules/cdk8s/')).join() || 'none', files.length > 20);`;

/** A rule of an organisation. */
const RULES = `module.exports = [{
  id: 'ACME-1', name: 'owner-required', severity: 'WARNING', title: 'No owner.', why: 'Nobody can be asked.', fix: 'give an owner',
  check: ({ dependencies }) => dependencies.filter(({ owner }) => !owner).map(({ manifest }) => ({ manifest, message: 'has no owner' })),
}];
`;

/** The end of a cdk8s.yaml. */
const validations = (version: string) => `validations:
  - package: ./node_modules/cdk8s-istio-egress
    version: ${version}
    class: MeshValidation
    properties:
      mesh: { outboundTrafficPolicy: REGISTRY_ONLY }
      rules: [./rules.js]
`;

/** Objects of another tool in an app that has nothing of the library: only the plugin looks at them. */
const FOREIGN = `import { ApiObject } from 'cdk8s';
const other = new Chart(new App({ outdir: process.env.CDK8S_OUTDIR }), 'other', { namespace: 'other' });
for (const id of ['A', 'B']) {
  new ApiObject(other, id, { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: id.toLowerCase() }, spec: {
    hosts: [id.toLowerCase() + '.example.com'], ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }], resolution: 'DNS', exportTo: ['.'],
  } } as never);
}
(other.node.root as App).synth();
`;

interface PackageJson {
  readonly devDependencies: { readonly [name: string]: string };
  readonly bundledDependencies: string[];
}

const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as PackageJson;

/** Runs a program; what it printed is part of the error when it fails. */
function run(folder: string, program: string, ...args: string[]): string {
  // npm tells its scripts where they are, and npm would believe it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_(package|lifecycle)_|npm_config_local_prefix|INIT_CWD|CDK8S_)/.test(name)));
  try {
    return execFileSync(program, args, { cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}\n${stderr}`);
  }
}

const tool = (name: string) => path.join(ROOT, 'node_modules/.bin', name);

/** Compiles and packs the library, away from the checkout and from what an earlier compilation left there; gives the tarball. */
function pack(folder: string): string {
  const copied = ['src', 'bin', 'templates', 'pipelines', 'imports', 'package.json', 'tsconfig.json', 'README.md', 'API.md', 'SECURITY.md', 'LICENSE', 'docs', '.npmignore'];
  copied.forEach(file => fs.cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true }));
  const modules = path.join(folder, 'node_modules');
  fs.mkdirSync(modules);
  for (const name of fs.readdirSync(path.join(ROOT, 'node_modules'))) {
    if (manifest.bundledDependencies.includes(name)) {
      // npm packs what is really there.
      fs.cpSync(path.join(ROOT, 'node_modules', name), path.join(modules, name), { recursive: true });
    } else {
      fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
    }
  }
  run(folder, tool('jsii'));
  return path.join(folder, run(folder, 'npm', 'pack', '--silent').trim());
}

test('the package can be installed and used by an app outside of the repository', () => inTempFolder(folder => {
  const [library, app] = ['library', 'app'].map(name => path.join(folder, name));
  [library, app].forEach(created => fs.mkdirSync(created));
  const tarball = pack(library);
  const version = (name: string) => `${name}@${manifest.devDependencies[name]}`;
  fs.writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', private: true }));
  fs.writeFileSync(path.join(app, 'cdk8s.yaml'), 'language: typescript\napp: npx tsx main.ts\n');
  fs.writeFileSync(path.join(app, 'main.ts'), PROGRAM);
  fs.writeFileSync(path.join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: { module: 'node16', target: 'es2022', strict: true, noEmit: true, types: [] } }));

  run(app, 'npm', 'install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', tarball,
    ...['cdk8s', 'constructs', 'cdk8s-cli', 'tsx', 'typescript'].map(version));
  run(app, 'npx', 'tsc');
  run(app, 'npx', 'cdk8s', 'synth', '--check-upgrade=false');

  // The same as the sources of this repository give, and only what a user needs.
  expect(filesBelow(path.join(app, 'dist'))).toEqual(['shop.k8s.yaml']);
  expect(fs.readFileSync(path.join(app, 'dist/shop.k8s.yaml'), 'utf8')).toBe(fromSources());
  const installed = filesBelow(path.join(app, 'node_modules/cdk8s-istio-egress')).filter(file => !file.startsWith('node_modules/'));
  expect(installed).toEqual(expect.arrayContaining(['.jsii', 'API.md', 'LICENSE', 'README.md', 'SECURITY.md', 'docs/lint.md', 'docs/recipes/README.md', 'docs/route.svg', 'lib/src/index.d.ts', 'lib/src/index.js', 'package.json']));
  expect(installed.filter(file => !/^(\.jsii|API\.md|LICENSE|README\.md|SECURITY\.md|docs\/.*\.(md|svg)|package\.json|bin\/cdk8s-istio-egress|templates\/.*|pipelines\/.*|lib\/.*(\.js|\.d\.ts))$/.test(file))).toEqual([]);
  expect(installed.filter(file => !/^(docs|templates|pipelines)\//.test(file) && /test|example|generate/.test(file))).toEqual([]);

  // The files of docs/pipelines.md, and not what tries them.
  expect(installed.filter(file => file.startsWith('pipelines/'))).toEqual(filesBelow(path.join(ROOT, 'pipelines')).filter(file => /^[\w-]+\//.test(file) && !/^(app|flux-build)\//.test(file))
    .map(file => path.join('pipelines', file)));

  // What its program writes a new app of.
  expect(installed.filter(file => file.startsWith('templates/'))).toEqual(filesBelow(path.join(ROOT, 'templates')).map(file => path.join('templates', file)));

  // Its program reads what was just written, and anything else.
  expect(run(app, 'npx', 'cdk8s-istio-egress', 'lint', '--outbound-traffic-policy', 'REGISTRY_ONLY', 'dist')).toMatch(/^0 errors, 0 warnings in \d+ objects\n$/);
  // cdk8s takes as long to load as Node takes to start.
  expect(run(app, 'node', '-e', LOADED)).toBe('none true\n');
  fs.writeFileSync(path.join(app, 'wrong.yaml'), WRONG);
  expect(() => run(app, 'npx', 'cdk8s-istio-egress', 'lint', 'wrong.yaml')).toThrow('wrong.yaml:15  ERROR  MX0203 port-captured-twice  ServiceEntry shop/b');

  // The plugin of cdk8s-cli looks at the same manifests.
  const installedVersion = (JSON.parse(fs.readFileSync(path.join(app, 'node_modules/cdk8s-istio-egress/package.json'), 'utf8')) as { version: string }).version;
  fs.appendFileSync(path.join(app, 'cdk8s.yaml'), validations(installedVersion));
  fs.writeFileSync(path.join(app, 'rules.js'), RULES);
  expect(run(app, 'npx', 'cdk8s', 'synth', '--check-upgrade=false')).toMatch(/Status +│ success[^]*warnings +│ 1[^]*WARNING ACME-1 owner-required/);
  fs.writeFileSync(path.join(app, 'main.ts'), inFastApp(PROGRAM));
  expect(run(app, 'npx', 'cdk8s', 'synth', '--check-upgrade=false')).toMatch(/Status +│ success[^]*warnings +│ 1[^]*WARNING ACME-1 owner-required/);
  expect(fs.readFileSync(path.join(app, 'dist/shop.k8s.yaml'), 'utf8')).toBe(fromSources());
  const withForeign = `${PROGRAM.replace('app.synth();', '')}${FOREIGN}`;
  for (const program of [withForeign, inFastApp(withForeign)]) {
    fs.writeFileSync(path.join(app, 'main.ts'), program);
    expect(() => run(app, 'npx', 'cdk8s', 'synth', '--check-upgrade=false')).toThrow(/ERROR MX0203 port-captured-twice[^]*Construct Path: other\/B/);
  }
}), 600_000);

/** What the program gives here. */
function fromSources(): string {
  return inTempFolder(folder => {
    fs.writeFileSync(path.join(folder, 'main.ts'), PROGRAM);
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { module: 'node16', target: 'es2022', paths: { 'cdk8s-istio-egress': [path.join(ROOT, 'src/index.ts')] } },
    }));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    run(folder, tool('tsx'), 'main.ts');
    return fs.readFileSync(path.join(folder, 'dist/shop.k8s.yaml'), 'utf8');
  });
}
