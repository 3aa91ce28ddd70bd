import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { database } from './helpers';
import { inTempFolder } from '../helpers';

const ROOT = path.join(__dirname, '../..');
const TSX = path.join(ROOT, 'node_modules/.bin/tsx');
const BIN = path.join(ROOT, 'src/cli/bin.ts');

/** Runs a line of a shell, where `lint` is the program. */
function shell(line: string, input = ''): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `set -o pipefail; lint() { "${TSX}" "${BIN}" lint "$@"; }; ${line}`], { input, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

test('the program reads its standard input and ends with its code, without colours in a pipe', () => {
  expect(shell('lint -', `${database('a')}---\n${database('b')}`)).toMatchObject({ code: 1, err: '', out: expect.stringMatching(/^stdin:25 {2}ERROR {2}MX0203 /) as string });
});

test('who reads the first lines only gets them, and nothing is said of it', () => inTempFolder(folder => {
  const file = path.join(folder, 'many.yaml');
  // More than a pipe holds.
  fs.writeFileSync(file, Array.from({ length: 1000 }, (_, i) => database(`db${i}`)).join('---\n'));

  expect(shell(`lint ${file} | head -1; exit 0`)).toEqual({ code: 0, err: '', out: expect.stringMatching(/^[^\n]*many\.yaml:25 {2}ERROR {2}MX0203 [^\n]*\n$/) as string });
}));

test('the executable starts it', () => {
  expect(fs.readFileSync(path.join(ROOT, 'bin/cdk8s-istio-egress'), 'utf8')).toBe('#!/usr/bin/env node\nrequire(\'../lib/src/cli/bin.js\');\n');
  expect(() => fs.accessSync(path.join(ROOT, 'bin/cdk8s-istio-egress'), fs.constants.X_OK)).not.toThrow();
});
