import { argumentsOf, helpOf, Options, valueIn, valuesIn } from '../../src/cli/arguments';
import { messageOf } from '../helpers';

const OPTIONS: Options = {
  format: { value: 'FORMAT', oneOf: ['text', 'json'], help: 'how' },
  only: { value: 'ID', isList: true, help: 'these' },
  strict: { help: 'all' },
};

const read = (...args: string[]) => argumentsOf(args, OPTIONS);
const refusal = (...args: string[]) => messageOf(() => read(...args));

test('paths and options come in any order', () => {
  const args = read('a.yaml', '--format', 'json', '-', '--only=A,B', '--strict', '--only', 'C', 'b');

  expect(args.paths).toEqual(['a.yaml', '-', 'b']);
  expect([valueIn(args, 'format'), valuesIn(args, 'only'), args.all.has('strict')]).toEqual(['json', ['A', 'B', 'C'], true]);
  expect([valueIn(read(), 'format'), valuesIn(read(), 'only'), read().all.has('strict')]).toEqual([undefined, [], false]);
});

test('what follows two dashes is a path', () => {
  expect(read('--', '--strict').paths).toEqual(['--strict']);
});

test.each([
  [['--formt', 'json'], 'there is no option --formt: did you mean --format?'],
  [['--for', 'json'], 'there is no option --for: did you mean --format?'],
  [['-f', 'json'], 'there is no option -f: did you mean --format?'],
  [['--whatever'], 'there is no option --whatever: see --help'],
  [['--constructor'], 'there is no option --constructor: see --help'],
  [['-x'], 'there is no option -x: see --help'],
  [['--format'], '--format needs a value: --format FORMAT'],
  [['--format', '--strict'], '--format needs a value: --format FORMAT'],
  [['--format='], '--format needs a value: --format FORMAT'],
  [['--format', 'jsn'], '--format is one of text, json, got "jsn": did you mean json?'],
  [['--format', 'x'.repeat(9)], '--format is one of text, json, got "xxxxxxxxx"'],
  [['--format', 'text', '--format', 'json'], '--format is given twice: give it once'],
  [['--strict=yes'], '--strict takes no value, got "yes"'],
])('%j is refused', (args, message) => {
  expect(refusal(...args)).toBe(message);
});

test('the help has every option with its values', () => {
  expect(helpOf(OPTIONS).split('\n')).toEqual(['  --format text|json  how', '  --only ID           these', '  --strict            all']);
});
