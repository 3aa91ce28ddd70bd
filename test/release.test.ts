import { changelogWith, checkTag, isTooSmall, newestIn, notesFor } from '../release/changelog';

const PRINTED = '## [0.2.0](https://example.com/compare/v0.1.0...v0.2.0) (2027-01-31)\n\n\n### Features\n\n* a rule\n\n\n### Fixes\n\n* a port\n';

describe('the changes of a release', () => {
  test('are what the commits say', () => {
    expect(notesFor(PRINTED, false)).toBe('## [0.2.0](https://example.com/compare/v0.1.0...v0.2.0) (2027-01-31)\n\n### Features\n\n* a rule\n\n### Fixes\n\n* a port');
  });

  test('have no fixes the first time: nobody used what was mended', () => {
    expect(notesFor(PRINTED, true)).not.toContain('a port');
    expect(notesFor(PRINTED, true)).toContain('* a rule');
  });

  test('are not nothing', () => {
    expect(() => notesFor('## 0.2.0 (2027-01-31)\n', false)).toThrow('titles with feat, fix or perf are missing');
  });
});

test.each([
  ['0.1.1', '### Features\n\n* a rule', true], ['0.1.1', '### Fixes\n\n* a port', false], ['0.2.0', '### Features\n\n* a rule', false], ['1.0.1', '### Features\n\n* a rule', false],
])('before 1.0 a feature makes a minor version: %s with %j', (version, printed, expected) => {
  expect(isTooSmall(version, printed)).toBe(expected);
});

test('a tag is that of the version, and none of a pre-release is', () => {
  expect(() => checkTag('v0.2.0', '0.2.0')).not.toThrow();
  expect(() => checkTag('v0.1.1', '0.2.0')).toThrow('the tag is v0.1.1, and the commits since the last one ask for v0.2.0');
  expect(() => checkTag('v1.0.0-rc.1', '1.0.0')).toThrow('v1.0.0-rc.1');
});

describe('CHANGELOG.md', () => {
  const first = changelogWith('0.1.0', '### 0.1.0 (2026-12-01)\n\n### Features\n\n* all');

  test('begins with the first release', () => {
    expect(first).toMatch(/^# Changelog\n\n.*\n\n## 0\.1\.0 \(2026-12-01\)\n\n### Features\n\n\* all\n$/);
  });

  test('has the newest version on top, and keeps the others as they are', () => {
    const second = changelogWith('0.2.0', notesFor(PRINTED, false), first);

    expect([...second.matchAll(/^## \[?([\d.]+)/gm)].map(([, version]) => version)).toEqual(['0.2.0', '0.1.0']);
    expect(second.endsWith('\n\n## 0.1.0 (2026-12-01)\n\n### Features\n\n* all\n')).toBe(true);
  });

  test('keeps the newest version as somebody has edited it, and the release has these words', () => {
    const edited = first.replace('* all', '* all that matters');

    expect(changelogWith('0.1.0', '## 0.1.0\n\n### Features\n\n* all', edited)).toBe(edited);
    expect(newestIn(edited)).toBe('## 0.1.0 (2026-12-01)\n\n### Features\n\n* all that matters');
  });

  test('has no version twice', () => {
    const second = changelogWith('0.2.0', notesFor(PRINTED, false), first);

    expect(newestIn(second)).not.toContain('* all');
    expect(() => changelogWith('0.1.0', '## 0.1.0\n\n* again', second)).toThrow('CHANGELOG.md has 0.1.0 below 0.2.0: the tag of a version is missing');
  });

  test('takes no notes of another version', () => {
    expect(() => changelogWith('0.3.0', notesFor(PRINTED, false), first)).toThrow('the notes are not of 0.3.0');
  });
});
