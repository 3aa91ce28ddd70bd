import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { exampleSets } from '../lab/examples';

test('every set of manifests is found', () => {
  expect(exampleSets()).toContainEqual({ example: 'bookinfo-external-mysql', variant: 'via-gateway' });
});

test('a folder without any is a failure, not an empty run', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'examples-'));
  try {
    expect(() => exampleSets(folder)).toThrow(`no manifests in ${folder}: write them with npm run examples`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
