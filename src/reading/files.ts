import * as fs from 'node:fs';
import * as path from 'node:path';
import { Problem } from './problem';
import { Source } from './source';

/** What stands for the standard input among the files. */
export const STDIN = '-';

/** What Node says of bytes that are no text of their encoding. */
const NO_TEXT = 'ERR_ENCODING_INVALID_ENCODED_DATA';

const MANIFEST = /\.(?:ya?ml|json)$/i;

/**
 * The texts of files, of folders with all that is below them, and of the standard input.
 *
 * @param problems takes what is not there or cannot be read
 */
export function* sourcesOf(paths: readonly string[], stdin: Buffer, problems: Problem[]): Generator<Source> {
  // A file that is named twice, or beside its folder, is one.
  const seen = new Set<string>();
  for (const named of paths) {
    if (named === STDIN && !seen.has(STDIN)) {
      seen.add(STDIN);
      yield* sourceOf('stdin', true, () => stdin, problems);
      continue;
    }
    const files = named === STDIN ? [] : filesAt(named, problems);
    if (files.length === 1 && files[0] === named) {
      yield* once(named, seen, () => sourceOf(named, true, () => fs.readFileSync(named), problems));
      continue;
    }
    for (const file of files) {
      yield* once(file, seen, () => sourceOf(file, false, () => fs.readFileSync(file), problems));
    }
  }
}

function* once(file: string, seen: Set<string>, read: () => Iterable<Source>): Generator<Source> {
  const real = realPathOf(file);
  if (!seen.has(real)) {
    seen.add(real);
    yield* read();
  }
}

/** By whatever links it is reached. What a shell gives for `<(...)` has a path that is none. */
function realPathOf(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

/** The file itself, or the manifests below a folder, sorted; without dependencies of Node, and what begins with a dot. */
function filesAt(named: string, problems: Problem[]): string[] {
  try {
    if (!fs.statSync(named).isDirectory()) {
      return [named];
    }
    const found = manifestsBelow(named, problems, new Set());
    if (found.length === 0) {
      problems.push({ file: named, message: 'there is no .yaml, .yml or .json below this folder' });
    }
    return found;
  } catch (error) {
    const isPattern = (error as NodeJS.ErrnoException).code === 'ENOENT' && /[*?]/.test(named);
    problems.push({ file: named, message: isPattern ? 'no file is called like this pattern: give the folder' : reasonOf(error) });
    return [];
  }
}

/** Links are followed. One to a folder may lead around in a circle, or to where another one was: a folder is entered once. */
function manifestsBelow(folder: string, problems: Problem[], entered: Set<string>): string[] {
  const real = realPathOf(folder);
  if (entered.has(real)) {
    return [];
  }
  entered.add(real);
  let entries: fs.Dirent[];
  try {
    entries = fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    problems.push({ file: folder, message: reasonOf(error) });
    return [];
  }
  return entries.filter(({ name }) => !name.startsWith('.') && name !== 'node_modules').flatMap(entry => {
    const file = path.join(folder, entry.name);
    const isManifest = MANIFEST.test(entry.name);
    const found = entry.isSymbolicLink() ? linkedBy(file, isManifest, problems) : entry;
    return found?.isDirectory() ? manifestsBelow(file, problems, entered) : isManifest && found?.isFile() ? [file] : [];
  });
}

/** What a link leads to. One that leads to nothing is told when it is called like a manifest. */
function linkedBy(file: string, isManifest: boolean, problems: Problem[]): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch (error) {
    if (isManifest) {
      problems.push({ file, message: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'this is a link that leads to nothing' : reasonOf(error) });
    }
    return undefined;
  }
}

function* sourceOf(file: string, isNamed: boolean, read: () => Buffer, problems: Problem[]): Generator<Source> {
  try {
    yield { file: file.split(path.sep).join('/'), text: textOf(read()), isNamed };
  } catch (error) {
    problems.push({ file, message: reasonOf(error) });
  }
}

/** A text in UTF-8, or in UTF-16 as PowerShell redirects it. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new Error('this is compressed with gzip: unpack it first, as "gunzip -c FILE" does for the standard input');
  }
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  if (text.includes('\0')) {
    throw Object.assign(new Error(), { code: NO_TEXT });
  }
  return text;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT': return 'there is no such file or folder';
    case 'EACCES': return 'this may not be read by you';
    case 'ERR_STRING_TOO_LONG': return 'this is too large to be read at once: divide it';
    case NO_TEXT: return 'this is no text in UTF-8';
    default: return message;
  }
}
