import * as fs from 'node:fs';
import * as path from 'node:path';

/** The version of the package that this file is in, compiled or not. */
export function versionOf(): string {
  const [file] = ['../..', '../../..'].map(up => path.join(__dirname, up, 'package.json')).filter(there => fs.existsSync(there));
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version;
}
