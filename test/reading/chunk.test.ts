import { Chunk, documentsOf, itemsOf, lineIn, LineCount } from '../../src/reading/chunk';

const textsOf = (text: string) => documentsOf(text).map(document => document.text);
const placesOf = (text: string) => documentsOf(text).map(({ text: content, line }) => [content.split('\n')[0].trim(), line]);

describe('a text is divided into documents', () => {
  test.each([
    ['at a marker', 'a: 1\n---\nb: 2\n', ['a: 1', 'b: 2\n']],
    ['at a marker with a comment', 'a: 1\n--- # two\nb: 2\n', ['a: 1', 'b: 2\n']],
    ['at the marker of an end', 'a: 1\n...\nb: 2\n', ['a: 1', 'b: 2\n']],
    ['with line ends of Windows', 'a: 1\r\n---\r\nb: 2\r\n', ['a: 1', 'b: 2\r\n']],
    ['without those that have no content', '---\n---\n# nothing\n\n---\na: 1\n---\n', ['a: 1']],
    ['without directives', '%YAML 1.1\n---\na: 1\n', ['a: 1\n']],
    ['that begin on the line of their marker', '--- {a: 1}\n', [' {a: 1}\n']],
    ['not inside of a block scalar', 'a: |\n  x\n  ---\n  y\nb: 2\n', ['a: |\n  x\n  ---\n  y\nb: 2\n']],
    ['not at dashes that are more than a marker', 'a: 1\n----\n', ['a: 1\n----\n']],
    ['not at a separator of lines that YAML does not know', 'a: "x\u2028--- y"\n', ['a: "x\u2028--- y"\n']],
  ])('%s', (_, text, expected) => {
    expect(textsOf(text)).toEqual(expected);
  });

  test.each<[string, string, boolean[]]>([
    ['all that stand between markers', 'a: 1\n---\nb: 2\n--- # c\nc: 3\n---# d\nd: 4\n', [true, true, true, true]],
    ['none behind an end', 'a: 1\n...\nb: 2\n---\nc: 3\n', [true, false, true]],
    ['none on the line of its marker', 'a: 1\n--- {b: 2}\n--- |\n  text\n---\nc: 3\n', [true, false, false, true]],
    ['what stands behind an end without content', '# a\n...\nb: 2\n', [true]],
  ])('of which kubectl reads %s', (_, text, read) => {
    expect(documentsOf(text).map(({ isLost }) => !isLost)).toEqual(read);
  });

  test('nothing has none', () => {
    expect(textsOf('')).toEqual([]);
    expect(textsOf('# only a comment')).toEqual([]);
  });

  test('each begins on the line of its content', () => {
    expect(placesOf('# head\n\na: 1\n---\n# more\nb: 2\n---\n---\nc: 3\n')).toEqual([['a: 1', 3], ['b: 2', 6], ['c: 3', 9]]);
  });

  test('the lines in one are those of the file', () => {
    const [, second] = documentsOf('a: 1\n---\nb: 2\nc: 3\n');

    expect(lineIn(second, second.text.indexOf('c'))).toBe(4);
  });
});

describe('a list is divided into items', () => {
  const chunk = (text: string): Chunk => ({ text, line: 10 });
  const itemsIn = (text: string) => itemsOf(chunk(text))?.items.map(item => [item.text, item.line]);

  test('as kubectl writes it', () => {
    expect(itemsIn('apiVersion: v1\nitems:\n- a: 1\n  b: 2\n- a: 3\nkind: List\nmetadata: {}\n')).toEqual([['  a: 1\n  b: 2\n', 12], ['  a: 3\n', 14]]);
    expect(itemsOf(chunk('items:\n- a: 1\nkind: List\n'))?.head).toBe('items:\nkind: List\n');
  });

  test('when it is indented', () => {
    expect(itemsIn('kind: ServiceEntryList\nitems:\n  - a: 1\n    b: 2\n  - a: 3\n')).toEqual([['    a: 1\n    b: 2\n', 12], ['    a: 3\n', 14]]);
  });

  test('whatever stands in a block scalar, a comment or a list of an item', () => {
    expect(itemsIn('kind: List\nitems:\n- a: |\n    - x\n\n    y\n# - z\n  b:\n  - c\n- a: 2\n')).toEqual([['  a: |\n    - x\n\n    y\n# - z\n  b:\n  - c\n', 12], ['  a: 2\n', 19]]);
  });

  test('unless it is none', () => {
    expect(itemsOf(chunk('kind: ConfigMap\nitems:\n- a: 1\n'))).toBeUndefined();
    expect(itemsOf(chunk('kind: List\nitems: [{a: 1}]\n'))).toBeUndefined();
  });
});

test('the lines of places are found in any order', () => {
  const lines = new LineCount('a\nbc\n\nd');

  expect([6, 0, 1, 2, 7, 4, 5, 3].map(offset => lines.at(offset))).toEqual([4, 1, 1, 2, 4, 2, 3, 2]);
});
