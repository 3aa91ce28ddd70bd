import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Where built and fetched parts are kept, outside the checkout. */
export function cacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'cdk8s-istio-egress', 'parts');
}

/** The same sources and the same compiler give the same key. */
export function keyOf(texts: readonly string[]): string {
  const hash = crypto.createHash('sha256');
  for (const text of texts) { hash.update(text).update('\0'); }
  return hash.digest('hex').slice(0, 16);
}

/** Fills a folder beside its final place and moves it there when it is complete: two runs at the same time never see half of one. */
export async function into(folder: string, fill: (draft: string) => Promise<unknown>): Promise<void> {
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
