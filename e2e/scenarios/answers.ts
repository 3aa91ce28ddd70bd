import type { Answer } from '../lab/clients';

/** Undefined when the answer is the expected one; otherwise what came instead. */
export function is(answer: Answer, expected: string): string | undefined {
  return answer.ok && answer.text === expected ? undefined : `expected ${expected}, got ${answer.text}`;
}

/** Undefined when the client was kept out. */
export function isRefused(answer: Answer): string | undefined {
  return answer.ok ? `was answered: ${answer.text}` : undefined;
}
