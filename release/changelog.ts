/** CHANGELOG.md, which gets a section with each release. */

const TITLE = '# Changelog\n\nVersions follow what docs/compatibility.md says of them.\n';

/** What has changed for those who use the package, as the file has it. Of the first release only what it can: nobody ever ran what was mended before. */
export function notesFor(printed: string, isFirst: boolean): string {
  const [heading, ...sections] = printed.trim().split(/\n+(?=### )/);
  const shown = isFirst ? sections.filter(section => section.startsWith('### Features\n')) : sections;
  if (shown.length === 0) {
    throw new Error(`the commits since the last release say nothing to those who use the package: titles with feat, fix or perf are missing in\n${printed}`);
  }
  return [heading.trim(), ...shown.map(section => section.trim())].join('\n\n');
}

/** Whether the version that was computed is too small: below 1.0 commit-and-tag-version makes a patch of a feature, and docs/compatibility.md promises a minor version. */
export function isTooSmall(version: string, printed: string): boolean {
  return /^0\.\d+\.[1-9]/.test(version) && /^### Features$/m.test(printed);
}

/** Throws unless a tag is that of the version; one of a pre-release never is. */
export function checkTag(tag: string, version: string): void {
  if (tag !== `v${version}`) {
    throw new Error(`the tag is ${tag}, and the commits since the last one ask for v${version}: delete the tag, and make that one`);
  }
}

/** The whole file after a release, from what it was before: the newest version is on top. One that is there already stays as somebody has edited it. */
export function changelogWith(version: string, notes: string, before: string = TITLE): string {
  const place = versionsIn(before).indexOf(version);
  if (place === 0) {
    return before;
  }
  if (place > 0) {
    throw new Error(`CHANGELOG.md has ${version} below ${versionsIn(before)[0]}: the tag of a version is missing`);
  }
  const end = before.search(/^## /m);
  const [intro, older] = end < 0 ? [before, ''] : [before.slice(0, end), before.slice(end)];
  const after = `${[intro.trim(), notes.replace(/^#+/, '##'), older.trim()].filter(part => part !== '').join('\n\n')}\n`;
  if (versionsIn(after)[0] !== version) {
    throw new Error(`the notes are not of ${version}:\n${notes}`);
  }
  return after;
}

/** The section of the newest version. */
export function newestIn(changelog: string): string {
  return changelog.slice(changelog.search(/^## /m)).split(/\n+(?=## )/)[0].trim();
}

function versionsIn(text: string): string[] {
  return [...text.matchAll(/^## \[?(\d+\.\d+\.\d+)/gm)].map(([, version]) => version);
}
