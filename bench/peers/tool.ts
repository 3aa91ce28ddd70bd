import * as fs from 'node:fs';
import * as path from 'node:path';
import { cacheFolder } from '../../conformance/judge';

/** Something that a peer needs, of one version. */
export interface Tool {
  /** As a person names it: "Helm 4.3.1". */
  readonly version: string;
  /** Takes it from the cache, or makes it; gives its path. */
  install(say: (text: string) => void, signal: AbortSignal): Promise<string>;
}

/** Makes a folder of the cache, unless it is there: whole or not at all. */
export async function cached(name: string, make: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = path.join(cacheFolder(), 'peers', name);
  if (!fs.existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    fs.mkdirSync(unfinished, { recursive: true });
    try {
      await make(unfinished);
      fs.renameSync(unfinished, folder);
    } finally {
      fs.rmSync(unfinished, { recursive: true, force: true });
    }
  }
  return folder;
}
