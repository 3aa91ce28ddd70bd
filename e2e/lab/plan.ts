import type { Parts } from './parts';

/** What one lab is to do. */
export interface Plan {
  readonly parts: Parts;
  readonly scenarios: readonly string[];
  readonly logs: string;
  /** No lines while it works. */
  readonly quiet: boolean;
  readonly keep: boolean;
  /** The scenario runs once for each of these mistakes, and has to fail each time. */
  readonly breakages?: readonly string[];
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
