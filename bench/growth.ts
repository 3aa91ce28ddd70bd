/** How the time of a rule grows with its input. */
export interface RuleGrowth {
  readonly shape: string;
  readonly rule: string;
  /** For the small input, and for one that is four times as large; the least of some runs. */
  readonly ms: number;
  readonly msOfFour: number;
}

/** Four times the input takes about four times as long when a rule is linear, and sixteen times when it is quadratic; this is the middle. */
const MOST = 8;
/** What takes less can be slow for any reason. */
const SHORT_MS = 20;

export function growthOf({ ms, msOfFour }: RuleGrowth): number {
  return msOfFour / Math.max(ms, 0.1);
}

export function growsTooFast(of: RuleGrowth): boolean {
  return of.msOfFour > SHORT_MS && growthOf(of) > MOST;
}
