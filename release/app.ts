import * as fs from 'node:fs';
import * as path from 'node:path';
import { withRegistry } from './registry';
import { elsewhere, succeed } from '../languages/shell';

/** Does what a stranger does, with a cache of npm that is empty: writes an app with the published package, synthesises and tests it; then what its pipeline does. */
export async function startApp(tarball: string, work: string): Promise<string> {
  const [app, cache] = ['shop-egress', 'npm-cache'].map(name => path.join(work, name));
  try {
    return await withRegistry(tarball, async registry => {
      const env = { ...elsewhere(), npm_config_registry: registry, npm_config_cache: cache };
      const shell = (line: string, cwd = app) => succeed('bash', ['-ec', line], cwd, env);
      await shell('npx --yes cdk8s-istio-egress init shop-egress', work);
      await shell('npm run synth && npm test');
      fs.rmSync(path.join(app, 'node_modules'), { recursive: true });
      await shell('npm ci && npm run synth && npm test && npm run lint');
      const report = await shell('npm run --silent report -- dist');
      if (!report.includes('| shop/cart | **reaches it** |')) {
        throw new Error(`the report does not say that shop/cart reaches the database:\n${report}`);
      }
      return 'npx cdk8s-istio-egress init, npm run synth, npm test; npm ci, lint and report';
    });
  } finally {
    [app, cache].forEach(folder => fs.rmSync(folder, { recursive: true, force: true }));
  }
}
