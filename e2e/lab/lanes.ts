import type { Scenario } from './scenario';

/** What runs in one lab, one after the other. */
export type Lane = readonly string[];

/** Labs that run at the same time; the next step begins when the last of them has ended. */
export type Step = readonly Lane[];

/** Shares scenarios that are run once for each mistake among two labs at the same time, each with half of the mistakes: most of a run waits. */
export function halves(mistakes: readonly { readonly noticedBy: string }[]): Step {
  const counts = new Map<string, number>();
  for (const { noticedBy } of mistakes) { counts.set(noticedBy, (counts.get(noticedBy) ?? 0) + 1); }
  const lanes = [{ names: [] as string[], runs: 0 }, { names: [] as string[], runs: 0 }];
  for (const [name, runs] of [...counts].sort(([, a], [, b]) => b - a)) {
    const lane = lanes[0].runs <= lanes[1].runs ? lanes[0] : lanes[1];
    lane.names.push(name);
    lane.runs += runs;
  }
  return lanes.map(({ names }) => names).filter((names) => names.length > 0);
}

/** Shares scenarios out: first what runs one after the other with what mostly waits beside it, then what wants to be alone. */
export function steps(scenarios: readonly Pick<Scenario, 'name' | 'lane'>[]): Step[] {
  const of = (lane: string): Lane => scenarios.filter((scenario) => (scenario.lane ?? 'main') === lane).map((scenario) => scenario.name);
  return [[of('main'), of('beside')], [of('alone')]].map((lanes) => lanes.filter((lane) => lane.length > 0)).filter((step) => step.length > 0);
}
