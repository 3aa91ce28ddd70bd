import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { cached, Tool } from './tool';
import { Failure, inOneLine } from '../failure';

/** npm packages that are no dependency of this one; gives the folder that has them in `node_modules`. */
export function npmTool(title: string, name: string, version: string, besides: { readonly [name: string]: string }): Tool {
  return {
    version: `${title} ${version}`,
    install: (say, signal) => cached(`${name.replace(/\W+/g, '-').replace(/^-/, '')}-${version}`, async unfinished => {
      say(`fetching ${title} ${version}`);
      fs.writeFileSync(path.join(unfinished, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version, ...besides } }));
      const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
      await promisify(execFile)('npm', args, { cwd: unfinished, signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new Failure(`${title} cannot be fetched: ${inOneLine((error as { stderr?: string }).stderr || error)}`);
      });
    }),
  };
}
