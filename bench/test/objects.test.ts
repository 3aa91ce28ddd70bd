import { difference, numberOf, objectsOf } from '../peers/objects';

const entry = (name: string) => `kind: ServiceEntry\nmetadata:\n  name: ${name}\nspec:\n  ports: [1, 2]\n`;

describe('objects that two programs wrote', () => {
  test('are the same in another order of documents and keys, and as JSON', () => {
    const json = '{"spec": {"ports": [1, 2]}, "metadata": {"name": "b"}, "kind": "ServiceEntry"}';

    expect(difference(objectsOf([`${entry('a')}---\n${entry('b')}`]), objectsOf([`---\n${json}\n---\n# a comment\n${entry('a')}...\n`]))).toBeUndefined();
  });

  test('are the same in one file and in several', () => {
    expect(difference(objectsOf([entry('a'), entry('b')]), objectsOf([`---\n${entry('b')}---\n---\n${entry('a')}`]))).toBeUndefined();
  });

  test('are different when one is missing, or there besides', () => {
    const [one, two] = [objectsOf([entry('a')]), objectsOf([entry('a'), entry('b')])];

    expect(difference(two, one)).toMatch(/^lacks .*"name":"b"/);
    expect(difference(one, two)).toMatch(/^has .*"name":"b".* besides$/);
  });

  test('are different when one is there twice', () => {
    const [once, twice] = [objectsOf([entry('a')]), objectsOf([entry('a'), entry('a')])];

    expect(difference(once, twice)).toMatch(/besides$/);
    expect([numberOf(once), numberOf(twice)]).toEqual([1, 2]);
  });

  test('are different in a value, its type, and the order of a list', () => {
    const expected = objectsOf([entry('a')]);

    expect(difference(expected, objectsOf([entry('a').replace('[1, 2]', '[1, 3]')]))).toMatch(/^lacks .* and has .*\[1,3\].* besides$/);
    expect(difference(expected, objectsOf([entry('a').replace('[1, 2]', '["1", 2]')]))).toBeDefined();
    expect(difference(expected, objectsOf([entry('a').replace('[1, 2]', '[2, 1]')]))).toBeDefined();
  });

  test('are not read of what is no YAML', () => {
    expect(() => objectsOf(['a: [1'])).toThrow();
  });
});
