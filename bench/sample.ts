/** What one run of one program took. */
export interface Sample {
  readonly ms: number;
  /** The highest memory of its process: Node itself is about 45 of it. */
  readonly rssMb: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
