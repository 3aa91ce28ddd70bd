import type { Answer } from '../lab/clients';
import { greetings } from '../lab/greeter';
import type { Pod } from '../lab/pod';

/** Undefined when the answer is the expected one; otherwise what came instead. */
export function is(answer: Answer, expected: string): string | undefined {
  return answer.ok && answer.text === expected ? undefined : `expected ${expected}, got ${answer.text}`;
}

/** Undefined when the client was kept out. */
export function isRefused(answer: Answer): string | undefined {
  return answer.ok ? `was answered: ${answer.text}` : undefined;
}

/** Undefined when a greeter has said its name to the pod; otherwise what came instead. A greeter that speaks when asked has to be asked. */
export async function hears(pod: Pod, host: string, port: number, who: string, question?: string): Promise<string | undefined> {
  const [said] = await greetings(pod, [{ host, port }], question);
  return said === who ? undefined : `expected ${who}, got ${said || 'nothing'}`;
}

/** Undefined when a pod opens a connection to each of the ports. */
export async function opens(pod: Pod, host: string, ...ports: readonly number[]): Promise<string | undefined> {
  const outcomes = await Promise.all(ports.map((port) => pod.exec(['timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${host}/${port}`])));
  const closed = ports.filter((_, i) => outcomes[i].code !== 0);
  return closed.length === 0 ? undefined : `${host} is closed on ${closed.join()}`;
}

/** Undefined when not one byte came. */
export async function hearsNothing(pod: Pod, host: string, port: number, question?: string): Promise<string | undefined> {
  const [said] = await greetings(pod, [{ host, port }], question);
  return said === '' ? undefined : `was greeted by ${said}`;
}
