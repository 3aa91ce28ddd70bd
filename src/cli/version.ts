import * as fs from 'node:fs';
import * as path from 'node:path';

/** The folder of the package that this file is in, compiled or not. */
export const PACKAGE_FOLDER = ['../..', '../../..'].map(up => path.join(__dirname, up)).find(folder => fs.existsSync(path.join(folder, 'package.json')))!;

/** The version of the package. */
export function versionOf(): string {
  return (JSON.parse(fs.readFileSync(path.join(PACKAGE_FOLDER, 'package.json'), 'utf8')) as { version: string }).version;
}
