import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { keyOf, removeDrafts } from '../lab/cache';
import { missing, postgresIn } from '../lab/parts';

describe('what is missing', () => {
  const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'parts-'));
  afterAll(() => fs.rmSync(empty, { recursive: true }));

  test('is said with how to install it', () => {
    const lines = missing(empty, 0, 'linux', empty);
    expect(lines).toContainEqual(expect.stringMatching(/^missing packages: .*etcd-server.*mariadb-server.*redis-server.*: run e2e\/install/));
    expect(lines).toContainEqual(expect.stringMatching(/^missing packages: .*default-jre-headless.* maven.* postgresql postgresql-client /));
    expect(lines).toContainEqual(expect.stringMatching(/^go is missing: /));
    expect(lines).toContainEqual(expect.stringMatching(/^kubectl is missing: /));
  });

  test('on another system is the system, and nothing else', () => {
    expect(missing(empty, 0, 'darwin')).toEqual(['the lab needs linux, this is darwin: use a linux machine or a virtual one']);
  });

  test('includes root', () => {
    expect(missing(empty, 1000, 'linux')).toContainEqual('the lab needs root for its network namespaces: run it as root');
    expect(missing(empty, 0, 'linux')).not.toContainEqual(expect.stringMatching(/root/));
  });
});

test('PostgreSQL is the newest version that is there whole', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parts-'));
  try {
    expect(postgresIn(path.join(folder, 'not-there'))).toBeUndefined();
    for (const version of ['9.6', '15', '17']) {
      fs.mkdirSync(path.join(folder, version, 'bin'), { recursive: true });
      if (version !== '17') { fs.writeFileSync(path.join(folder, version, 'bin', 'postgres'), '', { mode: 0o755 }); }
    }
    expect(postgresIn(folder)).toBe(path.join(folder, '15', 'bin'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('other sources have another key, and texts do not flow into each other', () => {
  expect(keyOf(['a', 'b'])).toBe(keyOf(['a', 'b']));
  expect(keyOf(['a', 'b'])).not.toBe(keyOf(['ab', '']));
});

test('what a run that was killed has left half done is removed, and nothing else', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parts-'));
  try {
    const gone = 4194305; // beyond the highest process id that Linux gives
    for (const name of ['go-0123456789abcdef', 'envoy-1.38.3-a9a8a174b50e', `go-0123456789abcdef.${gone}`, `go-0123456789abcdef.${process.pid}`]) {
      fs.mkdirSync(path.join(folder, name));
    }
    removeDrafts(folder);
    expect(fs.readdirSync(folder).sort()).toEqual(['envoy-1.38.3-a9a8a174b50e', 'go-0123456789abcdef', `go-0123456789abcdef.${process.pid}`]);
    removeDrafts(path.join(folder, 'not-there'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
