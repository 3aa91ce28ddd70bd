export type Route = 'direct' | 'gateway';

/** What is synthesised. */
export interface Case {
  readonly services: number;
  readonly route: Route;
  readonly charts: number;
}

export const ROUTES: readonly Route[] = ['direct', 'gateway'];
export const CHARTS: readonly number[] = [1, 100];
export const SERVICES: readonly number[] = [100, 1_000, 10_000];

/** How often a case is measured when nothing is said: often where a run is short and the machine's other work shows, seldom where it is long. */
export function usualRuns(subject: Case): number {
  if (subject.services <= 100) {
    return 9;
  }
  if (subject.services <= 1_000) {
    return 7;
  }
  return subject.route === 'direct' ? 5 : 3;
}

/** What is counted when there are many of a construct that looks at other parts of the app, each in a namespace and a chart of its own. */
export const CROWDS = ['lockdowns', 'bootstraps', 'gateways', 'guarded'] as const;
export const COUNTS: readonly number[] = [50, 100, 200];

/** From small to large, so that a mistake shows at once. */
export function casesOf(services: readonly number[], routes: readonly Route[], charts: readonly number[]): Case[] {
  return routes.flatMap(route => charts.flatMap(chartCount => services.map(count => ({ services: count, route, charts: chartCount }))));
}
