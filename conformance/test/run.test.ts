import { Complaint } from '../judge';
import { DEFAULT_APPS, DEFAULT_SETS, readOptions } from '../run';

const DEFAULTS = { seed: 7, examples: true };

describe('arguments', () => {
  test('without any, the fixed apps are judged', () => {
    expect(readOptions([], DEFAULTS)).toEqual({
      apps: DEFAULT_APPS, sets: DEFAULT_SETS, seed: 7, json: false, matrix: false, examples: true, writeComparison: false,
    });
    expect(DEFAULT_APPS).toBeGreaterThanOrEqual(300);
  });

  test('are read', () => {
    expect(readOptions(['--apps', '5000', '--sets', '9', '--seed=12', '--json', '--matrix'], DEFAULTS))
      .toEqual({ apps: 5000, sets: 9, seed: 12, json: true, matrix: true, examples: true, writeComparison: false });
  });

  test.each([['--help'], ['-h']])('%s asks for help', argument => {
    expect(readOptions([argument], DEFAULTS)).toBeUndefined();
  });

  test.each([
    [['--apps', 'many'], '--apps must be a whole number from 0 to 999999999, got "many"'],
    [['--seed', '1.5'], '--seed must be a whole number from 0 to 999999999, got "1.5"'],
    [['--apps', '-1'], 'option'],
    [['--nope'], 'unknown option \'--nope\'; see --help'],
    [['positional'], 'unexpected argument \'positional\''],
  ])('%j is refused in one line', (args, message) => {
    const run = () => readOptions(args, DEFAULTS);

    expect(run).toThrow(Complaint);
    expect(run).toThrow(message);
    try {
      run();
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });
});
