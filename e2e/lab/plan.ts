import type { Parts } from './parts';

/** What one lab is to do. */
export interface Plan {
  readonly parts: Parts;
  readonly scenarios: readonly string[];
  readonly logs: string;
  /** No lines while it works. */
  readonly quiet: boolean;
  readonly keep: boolean;
  /** Each scenario runs once for each mistake that it has to notice, and has to fail each time. */
  readonly breaks: boolean;
}

/** What has become of one scenario. */
export interface Result {
  readonly name: string;
  readonly promise: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly checks: readonly string[];
  /** The sentences that turned out false. */
  readonly broken?: readonly string[];
  readonly measured: Record<string, unknown>;
  readonly failure?: string;
  readonly logs?: string;
}
