/** Something that the person who started the bench can put right: shown as one line, without a stack trace. */
export class Failure extends Error {}

export function inOneLine(error: unknown): string {
  const { message = String(error) } = error as { readonly message?: string };
  return message.split('\n')[0].replace(/\.$/, '').replace(/^[A-Z](?=[a-z])/, letter => letter.toLowerCase());
}
