import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { FileObject, lineOf } from '../../src/reading/file-object';
import { readManifests } from '../../src/reading/manifests';
import { filesBelow } from '../helpers';

const EXAMPLES = path.join(__dirname, '../../examples');

const files = filesBelow(EXAMPLES).filter(file => file.endsWith('.yaml'));
const textOf = (file: string) => fs.readFileSync(path.join(EXAMPLES, file), 'utf8');
const manifestsIn = (file: string) => parseAllDocuments(textOf(file)).map(document => document.toJS() as {
  readonly metadata: { readonly name: string };
  readonly spec?: object;
});

/** What is read of a text: names and specs, and the problems. */
function read(text: string): { objects: readonly FileObject[]; contents: unknown } {
  const { objects, problems } = readManifests([{ file: 'a', text, isNamed: true }]);
  return { objects, contents: [objects.map(({ kind, name, spec }) => ({ kind, name, spec })), problems] };
}

test.each(files)('%s is the same as documents and as lists, of YAML and of JSON', file => {
  const items = manifestsIn(file);
  const list = { apiVersion: 'v1', kind: 'List', items };
  const { contents } = read(textOf(file));

  expect(contents).toEqual([items.map(item => expect.objectContaining({ name: item.metadata.name, spec: item.spec ?? {} }) as unknown), []]);
  expect(read(stringify(list, { indentSeq: false })).contents).toEqual(contents);
  expect(read(stringify(list, { aliasDuplicateObjects: false, blockQuote: false })).contents).toEqual(contents);
  expect(read(JSON.stringify(list)).contents).toEqual(contents);
  expect(read(JSON.stringify(list, undefined, 4)).contents).toEqual(contents);
});

test.each(files)('%s has its objects and their names on the lines that are said', file => {
  const lines = textOf(file).split('\n');

  for (const object of read(textOf(file)).objects) {
    expect(lines[object.origin.line! - 1]).toMatch(/^apiVersion: /);
    expect(lines[lineOf(object, ['metadata', 'name'])! - 1].trim()).toBe(`name: ${object.name}`);
  }
});
