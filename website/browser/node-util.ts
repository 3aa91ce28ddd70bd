/** What the sources need of `node:util`, for plain data. */
export function isDeepStrictEqual(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner));
}

/** Arguments as the page writes them: an option and its value are one. */
export function parseArgs({ args }: { readonly args: readonly string[] }): { readonly tokens: readonly object[] } {
  return {
    tokens: args.map(arg => {
      const [, rawName, name, value] = /^(--([^=]+))(?:=([^]*))?$/.exec(arg) ?? [];
      return name === undefined ? { kind: 'positional', value: arg } : { kind: 'option', name, rawName, value, inlineValue: value === undefined ? undefined : true };
    }),
  };
}

/** Nothing is coloured here. */
export const styleText = (_format: string, text: string) => text;
