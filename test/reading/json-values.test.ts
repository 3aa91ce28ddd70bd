import { jsonObjectsIn } from '../../src/reading/json-values';

const partsOf = (text: string) => jsonObjectsIn(text).map(({ start, end, items }) => (
  [text.slice(start, end), items.map(item => text.slice(item.start, item.end))]));

test('objects stand one after the other', () => {
  expect(partsOf('{"a": 1}\n{"b": {"c": []}}\n')).toEqual([['{"a": 1}', []], ['{"b": {"c": []}}', []]]);
});

test('items are those of the object itself', () => {
  expect(partsOf('{"x": {"items": [{"no": 1}]}, "items": [{"a": [1]}, {"b": {}}], "y": [{"no": 2}]}')[0][1]).toEqual(['{"a": [1]}', '{"b": {}}']);
});

test('braces and quotation marks in texts are text', () => {
  expect(partsOf('{"items": [{"a": "}]{\\"["}], "b": "\\\\"}')).toEqual([['{"items": [{"a": "}]{\\"["}], "b": "\\\\"}', ['{"a": "}]{\\"["}']]]);
});

test('what has no end is none', () => {
  expect(partsOf('{"a": [')).toEqual([]);
  expect(partsOf(']}')).toEqual([]);
});

test('a text without its end takes what follows, a backslash at the end included', () => {
  expect(partsOf('{"a": 1} "b {"c": 2}')).toEqual([['{"a": 1}', []]]);
  expect(partsOf('{"a": 1} "\\"{"c": 2}\\')).toEqual([['{"a": 1}', []]]);
});
