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

  test('some apps of a run are judged by their numbers, without the sets', () => {
    expect(readOptions(['--only', '934,1907', '--seed', '12'], DEFAULTS)).toMatchObject({ apps: 1908, sets: 0, seed: 12, only: [934, 1907] });
    expect(readOptions(['--only', '934', '--sets', '5'], DEFAULTS)).toMatchObject({ sets: 5, only: [934] });
  });

  test.each([['--help'], ['-h']])('%s asks for help', argument => {
    expect(readOptions([argument], DEFAULTS)).toBeUndefined();
  });

  test.each([
    [['--apps', 'many'], '--apps must be a whole number from 0 to 999999999, got "many"'],
    [['--seed', '1.5'], '--seed must be a whole number from 0 to 999999999, got "1.5"'],
    [['--apps', '-1'], 'option'],
    [['--only', '934,x'], '--only must be a whole number from 0 to 999999999, got "x"'],
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
