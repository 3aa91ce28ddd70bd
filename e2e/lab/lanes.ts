import type { Scenario } from './scenario';

/** What runs in one lab, one after the other. */
export type Lane = readonly string[];

/** Labs that run at the same time; the next step begins when the last of them has ended. */
export type Step = readonly Lane[];

/** Shares scenarios out: first what runs one after the other with what mostly waits beside it, then what wants to be alone. */
export function steps(scenarios: readonly Pick<Scenario, 'name' | 'lane'>[]): Step[] {
  const of = (lane: string): Lane => scenarios.filter((scenario) => (scenario.lane ?? 'main') === lane).map((scenario) => scenario.name);
  return [[of('main'), of('beside')], [of('alone')]].map((lanes) => lanes.filter((lane) => lane.length > 0)).filter((step) => step.length > 0);
}
