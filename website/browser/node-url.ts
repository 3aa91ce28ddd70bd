/** What the sources need of `node:url`. */
export function domainToASCII(host: string): string {
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return '';
  }
}
