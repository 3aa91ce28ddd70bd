/** Builds what a release publishes, with nothing but what package-lock.json has: `npm run release:build -- FOLDER`. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { translatedExamples } from '../languages/examples';
import { pack, pacmak } from '../languages/package';

async function main(dist: string): Promise<void> {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'release-build-'));
  try {
    const js = path.join(dist, 'js');
    fs.mkdirSync(js, { recursive: true });
    const tablet = await translatedExamples(await pack(js), work);
    for (const target of ['python', 'java', 'dotnet'] as const) {
      await pacmak(target, dist, tablet);
    }
    await pacmak('go', dist, tablet, ['--code-only']);
  } finally {
    fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
  const files = (fs.readdirSync(dist, { recursive: true }) as string[]).filter(file => fs.statSync(path.join(dist, file)).isFile()).sort();
  const sums = files.map(file => `${createHash('sha256').update(fs.readFileSync(path.join(dist, file))).digest('hex')}  ${file}\n`);
  fs.writeFileSync(path.join(dist, 'SHA256SUMS'), sums.join(''));
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: npm run release:build -- FOLDER\n');
  process.exitCode = 2;
} else {
  void main(path.resolve(folder));
}
