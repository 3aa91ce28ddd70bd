import { column, keyIn, median } from '../scenarios/path-cost';

const CSV = '"test","rps","avg_latency_ms","p50_latency_ms"\n"GET","20000.00","0.050","0.047"\n';

test('a column of redis-benchmark is found by its name', () => {
  expect(column(CSV, 'rps')).toBe(20000);
  expect(column(CSV, 'p50_latency_ms')).toBe(0.047);
  expect(column(CSV, 'p99_latency_ms')).toBeNaN();
});

test('the median of some rounds is the middle one', () => {
  expect(median([9, 1, 5])).toBe(5);
});

test('the key of a proxy without a certificate is not known', () => {
  expect(keyIn(JSON.stringify({ configs: [{ dynamic_active_secrets: [{ name: 'ROOTCA', secret: {} }] }, {}] }))).toBeUndefined();
});
