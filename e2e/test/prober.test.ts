import { disturbance, type Probe } from '../lab/prober';

const answered = (at: number, ms = 1): Probe => ({ at, ms, answer: 'redis' });

test('nothing failed: nothing was disturbed', () => {
  expect(disturbance([answered(900), answered(1000), answered(1100)], 1000))
    .toEqual({ asked: 2, failed: 0, lastFailureAfter: 0, slowest: 0, errors: [] });
});

test('failures are counted from the disturbance on', () => {
  const probes = [{ at: 500, ms: 1, error: 'earlier' }, answered(1000), { at: 2000, ms: 500, error: 'ECONNRESET' }, answered(3000, 1200)];
  expect(disturbance(probes, 1000)).toEqual({ asked: 3, failed: 1, lastFailureAfter: 1.5, slowest: 1.2, errors: ['ECONNRESET'] });
});

test('a question that was open when it happened counts', () => {
  expect(disturbance([{ at: 500, ms: 10_000, error: 'timeout' }], 1000)).toMatchObject({ asked: 1, failed: 1, slowest: 10 });
});
