import * as fs from 'node:fs';
import * as path from 'node:path';
import { Language, Missing } from './language';
import { manifestOfApp, newApp } from './new-app';
import { attempt, isThere, succeed } from './shell';
import { manifestIn, sourceOf } from './sources';

const CDK8S = 'github.com/cdk8s-team/cdk8s-core-go/cdk8s/v2';
const CONSTRUCTS = 'github.com/aws/constructs-go/constructs/v10';
const OWN = 'github.com/cdk8s-istio-egress/cdk8s-istio-egress-go/istioegress';

/** The module, in place of a published one. That of cdk8s is not on every module proxy: where it is not, it is made of the npm package, as its maintainers do. */
export const go: Language = {
  id: 'go',
  title: 'Go',
  run: async bench => {
    const { folder, build } = bench;
    if (!await isThere('go')) {
      throw new Missing('there is no go');
    }
    const own = path.join(await build('go'), 'istioegress');
    for (const program of ['gateway', 'mistake']) {
      fs.cpSync(sourceOf('go', program), path.join(folder, program), { recursive: true });
    }
    const cdk8s = await cdk8sIn(folder);
    const replaced = `replace ${OWN} => ${own}\n`
      + (cdk8s === undefined ? '' : `replace ${CDK8S} => ${cdk8s}\nreplace ${CONSTRUCTS} => ${CONSTRUCTS} ${await latest(CONSTRUCTS, folder)}\n`);
    fs.writeFileSync(path.join(folder, 'go.mod'), `module example

go 1.25

require (
	${OWN} v0.0.0
	${CDK8S} v2.70.0
)

${replaced}`);
    await succeed('go', ['mod', 'tidy'], folder, GO);
    await succeed('go', ['vet', './...'], folder, GO);
    await succeed('go', ['build', '-o', 'bin/', './...'], folder, GO);
    await succeed(path.join(folder, 'bin/gateway'), [], folder);
    const complaint = await attempt(path.join(folder, 'bin/mistake'), [], folder);
    const by = `${(await succeed('go', ['version'], folder)).trim()}${cdk8s === undefined ? '' : ', with cdk8s made of its npm package'}`;
    const app = await newApp('go', bench);
    fs.appendFileSync(path.join(app, 'go.mod'), `\n${replaced}`);
    await succeed('go', ['mod', 'tidy'], app, GO);
    const text = await manifestOfApp(app, 'main.go', { GOTOOLCHAIN: 'local' });
    return { manifests: [{ by, text: manifestIn(folder) }], apps: [{ by, text }], complaints: [{ by, text: complaint.text }] };
  },
};

const GO = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };

/** Where the module of cdk8s was made; undefined where the proxy has it. */
async function cdk8sIn(folder: string): Promise<string | undefined> {
  const asked = await attempt('go', ['mod', 'download', `${CDK8S}@v2.70.0`], folder, GO);
  if (asked.code === 0) {
    return undefined;
  }
  const root = path.join(__dirname, '..');
  const outdir = path.join(folder, 'cdk8s-go');
  await succeed(path.join(root, 'node_modules/.bin/jsii-pacmak'), ['--targets', 'go', '--code-only', '--outdir', outdir, path.join(root, 'node_modules/cdk8s')], root);
  return path.join(outdir, 'go/cdk8s');
}

/** The newest version of a module that the proxy has. */
async function latest(module: string, folder: string): Promise<string> {
  const asked = await attempt('go', ['list', '-m', '-f', '{{.Version}}', `${module}@latest`], folder, GO);
  if (asked.code !== 0) {
    throw new Missing(`the module proxy has no ${module}`);
  }
  return asked.text.trim();
}
