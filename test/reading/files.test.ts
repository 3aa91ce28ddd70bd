import * as fs from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { sourcesOf } from '../../src/reading/files';
import { Problem } from '../../src/reading/problem';
import { inTempFolder } from '../helpers';

interface Read {
  readonly sources: string[];
  readonly texts: string[];
  readonly problems: string[];
}

/** Writes files, and gives what is read of some paths. */
function read(files: { readonly [file: string]: string | Buffer }, paths: readonly string[], stdin = Buffer.alloc(0)): Read {
  return inTempFolder(folder => {
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    const problems: Problem[] = [];
    const sources = [...sourcesOf(paths.map(file => (file === '-' ? file : path.join(folder, file))), stdin, problems)];
    const short = (file: string) => path.relative(folder, file) || '.';
    return {
      sources: sources.map(({ file, isNamed }) => `${file === 'stdin' ? file : short(file)}${isNamed ? '!' : ''}`),
      texts: sources.map(({ text }) => text),
      problems: problems.map(({ file, message }) => `${short(file)}: ${message}`),
    };
  });
}

test('a folder is all manifests below it, sorted, without what others put there', () => {
  const files = ['b.yaml', 'a/z.yml', 'a/y.json', 'a/b/x.yaml', 'a/UP.YAML', 'a/notes.md', 'node_modules/m/n.yaml', '.github/w.yaml', 'a/.hidden.yaml'];

  expect(read(Object.fromEntries(files.map(file => [file, 'x'])), ['']).sources).toEqual(['a/UP.YAML', 'a/b/x.yaml', 'a/y.json', 'a/z.yml', 'b.yaml']);
});

test('a file is read whatever its name, and once', () => {
  expect(read({ 'a.yaml': 'x', 'manifest': 'y' }, ['manifest', 'a.yaml', '', './a.yaml']).sources).toEqual(['manifest!', 'a.yaml!']);
});

test('the standard input is one of the files', () => {
  expect(read({ 'a.yaml': 'x' }, ['a.yaml', '-'], Buffer.from('y'))).toMatchObject({ sources: ['a.yaml!', 'stdin!'], texts: ['x', 'y'] });
});

test('what is not there, a folder without manifests and what is no text are problems, and the others are read', () => {
  const files = { 'a.yaml': 'x', 'empty/x.md': '', 'b.yaml': Buffer.from([0xff, 0x00, 0xfe]), 'c.yaml': 'a\0b', 'd.yaml.gz': gzipSync('x') };

  expect(read(files, ['nowhere.yaml', '*.yml', 'empty', 'b.yaml', 'c.yaml', 'd.yaml.gz', 'a.yaml'])).toMatchObject({
    sources: ['a.yaml!'],
    problems: [
      'nowhere.yaml: there is no such file or folder',
      '*.yml: no file is called like this pattern: give the folder',
      'empty: there is no .yaml, .yml or .json below this folder',
      'b.yaml: this is no text in UTF-8',
      'c.yaml: this is no text in UTF-8',
      'd.yaml.gz: this is compressed with gzip: unpack it first, as "gunzip -c FILE" does for the standard input',
    ],
  });
});

test('texts of Windows are read', () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('kind: Ä', 'utf16le')]);

  expect(read({ 'a.yaml': utf16, 'b.yaml': '\ufeffkind: B' }, ['']).texts).toEqual(['kind: Ä', 'kind: B']);
});

test('links are followed, to files and to folders, and what they lead to is read once', () => inTempFolder(folder => {
  const below = (...steps: string[]) => path.join(folder, ...steps);
  ['a', 'b'].forEach(name => fs.mkdirSync(below(name)));
  ['real', 'b/x.yaml'].forEach(file => fs.writeFileSync(below(file), 'x'));
  fs.symlinkSync(below('real'), below('a/link.yaml'));
  fs.symlinkSync(below('real'), below('a/second.yaml'));
  fs.symlinkSync(folder, below('a/circle'));
  fs.symlinkSync(below('b'), below('a/folder'));
  const problems: Problem[] = [];

  expect([...sourcesOf([below('a')], Buffer.alloc(0), problems)].map(({ file }) => path.relative(folder, file))).toEqual(['a/circle/b/x.yaml', 'a/link.yaml']);
  expect(problems).toEqual([]);
}));

test('a link that leads to nothing is told when it is called like a manifest', () => inTempFolder(folder => {
  fs.writeFileSync(path.join(folder, 'x.yaml'), 'x');
  ['d.yaml', 'notes'].forEach(name => fs.symlinkSync('nowhere', path.join(folder, name)));
  const problems: Problem[] = [];

  expect([...sourcesOf([folder], Buffer.alloc(0), problems)].map(({ file }) => path.basename(file))).toEqual(['x.yaml']);
  expect(problems.map(({ file, message }) => `${path.basename(file)}: ${message}`)).toEqual(['d.yaml: this is a link that leads to nothing']);
}));

test('a link that leads to itself is told, and hides no other file', () => inTempFolder(folder => {
  fs.writeFileSync(path.join(folder, 'x.yaml'), 'x');
  fs.symlinkSync('loop.yaml', path.join(folder, 'loop.yaml'));
  const problems: Problem[] = [];

  expect([...sourcesOf([folder], Buffer.alloc(0), problems)].map(({ file }) => path.basename(file))).toEqual(['x.yaml']);
  expect(problems.map(({ file }) => path.basename(file))).toEqual(['loop.yaml']);
}));
