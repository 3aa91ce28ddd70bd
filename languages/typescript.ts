import * as fs from 'node:fs';
import * as path from 'node:path';
import { Language, Written } from './language';
import { attempt, succeed } from './shell';
import { manifestIn, sourceOf } from './sources';

/** The versions of Node that have maintenance, and the one before; of TypeScript the oldest that reads the types, and the newest. */
const NODES = ['20', '22', '24'];
const TYPESCRIPTS = ['5.4', '5.9', '6', '7'];

/** The npm package as CommonJS and as modules, on each version of Node, checked by each version of TypeScript. */
export const typescript: Language = {
  id: 'typescript',
  title: 'TypeScript and JavaScript',
  run: async ({ folder, tarball }) => {
    const written: Written[] = [];
    for (const type of ['commonjs', 'module'] as const) {
      const project = path.join(folder, type);
      fs.mkdirSync(project);
      for (const file of ['gateway.ts', 'mistake.ts']) {
        fs.copyFileSync(sourceOf('typescript', file), path.join(project, file));
      }
      const versions = Object.fromEntries([...NODES.map(version => [`node-${version}`, `npm:node@${version}`]), ...TYPESCRIPTS.map(version => [`typescript-${version}`, `npm:typescript@${version}`])]);
      fs.writeFileSync(path.join(project, 'package.json'), JSON.stringify({
        private: true, type, dependencies: { 'cdk8s': '^2.70.0', 'constructs': '^10.4.0', 'cdk8s-istio-egress': `file:${tarball}` }, devDependencies: { '@types/node': '^20', ...versions },
      }));
      await succeed('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], project);
      for (const version of TYPESCRIPTS) {
        // The last one's output is run.
        await succeed('node', [`node_modules/typescript-${version}/bin/tsc`, '--strict', '--target', 'es2022', '--module', 'node16', '--moduleResolution', 'node16', '--skipLibCheck', 'false',
          'gateway.ts', 'mistake.ts'], project);
      }
      for (const version of NODES) {
        written.push(await runWith(await nodeIn(project, version), project, type));
      }
    }
    // Its app is started by the rehearsal of a release.
    return { manifests: written.flatMap(({ manifests }) => manifests), apps: [], complaints: written.flatMap(({ complaints }) => complaints) };
  },
};

/** The program of the npm package `node`, whose scripts fetch nothing when they are allowed to run. */
async function nodeIn(project: string, version: string): Promise<string> {
  const folder = path.join(project, 'node_modules', `node-${version}`);
  if (!fs.existsSync(path.join(folder, 'bin/node'))) {
    await succeed('node', ['installArchSpecificPackage.js'], folder);
  }
  return path.join(folder, 'bin/node');
}

async function runWith(node: string, project: string, type: string): Promise<Written> {
  const by = `Node ${(await succeed(node, ['--version'], project)).trim()}, ${type === 'module' ? 'import' : 'require'}`;
  fs.rmSync(path.join(project, 'dist'), { recursive: true, force: true });
  await succeed(node, ['gateway.js'], project);
  const complaint = await attempt(node, ['mistake.js'], project);
  return { manifests: [{ by, text: manifestIn(project) }], apps: [], complaints: [{ by, text: complaint.text }] };
}
