import * as fs from 'node:fs';
import { inTurns } from '../peers/measure';
import { CaseResult, medianOf, merged, PeerResult, ratioOf, readResults, RESULTS, writtenResults } from '../peers/results';

const peer = (...walls: readonly number[]): PeerResult => (
  { peer: 'any', version: '1', samples: walls.map(wallMs => ({ wallMs, cpuMs: 2 * wallMs, rssMb: 50 })) });

const result = (services: number, objects = 1): CaseResult => (
  { services, route: 'direct', charts: 1, objects, on: { month: 'May 2026', cores: 2, node: '20.20', load: 1 }, peers: [] });

describe('a ratio', () => {
  test('is the median of the ratios within each round', () => {
    // The medians are 20 and 10, but no round had twice as much.
    expect(ratioOf(peer(20, 90, 10), peer(10, 30, 10), 'wallMs')).toBe(2);
    expect(ratioOf(peer(30, 30, 30), peer(10, 30, 60), 'wallMs')).toBe(1);
  });

  test('is of the rounds that both have', () => {
    expect(ratioOf(peer(600), peer(10, 20, 30), 'cpuMs')).toBe(60);
    expect(ratioOf(peer(10, 20, 30), peer(5), 'wallMs')).toBe(2);
  });

  test('of what was not run is none', () => {
    expect(ratioOf(peer(), peer(1), 'wallMs')).toBeUndefined();
    expect(medianOf(peer(), 'wallMs')).toBeUndefined();
  });
});

test('each program takes each place of a round', () => {
  expect([0, 1, 2, 3].map(run => inTurns(['a', 'b', 'c'], run).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
});

describe('results', () => {
  test('take the place of those of the same case, and others stay', () => {
    expect(merged([result(1_000), result(100)], [result(1_000, 7), result(10_000)]).map(({ services, objects }) => [services, objects]))
      .toEqual([[100, 1], [1_000, 7], [10_000, 1]]);
  });

  test('are in the file as they are written', () => {
    const results = [{ ...result(1), peers: [peer(1), peer()] }, result(2)];

    expect(JSON.parse(writtenResults(results))).toEqual(results);
    expect(fs.readFileSync(RESULTS, 'utf8')).toBe(writtenResults(readResults()));
  });
});
