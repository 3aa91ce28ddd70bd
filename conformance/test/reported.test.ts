import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { EXAMPLES } from '../../examples/write';
import { attempt, generate } from '../generated';
import { reportDisagreements } from '../reported';
import { writeSet } from '../sets';

let work: string;
beforeAll(() => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'reported-'));
});
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

describe('the report says what the library says', () => {
  test.each(EXAMPLES)('of $folder', ({ folder, build }) => {
    const target = path.join(work, folder);

    expect(reportDisagreements(target, writeSet(target, app => void build(app)).expectations)).toEqual([]);
  });

  test('of generated apps', () => {
    // All of them are built and reported when conformance runs.
    const wrong = generate(30, 11).map((app, i) => attempt(app, path.join(work, `app-${i}`))).filter(({ kind }) => kind === 'wrong');

    expect(wrong).toEqual([]);
  });
});

test('a client who is let in by nobody is noticed', () => {
  const target = path.join(work, 'spoiled');
  const { expectations } = writeSet(target, app => void EXAMPLES.find(({ folder }) => folder.startsWith('bookinfo-external-mysql/manifests/via-gateway'))!.build(app));
  const [service] = expectations.services;

  expect(reportDisagreements(target, { ...expectations, services: [{ ...service, clients: [] }] })[0]).toContain('is no client of it');
});
