/** A program of Node with npm packages at hand: what is called, and in which environment. */
export function nodeWith(packages: string, program: string): { readonly command: readonly string[]; readonly env: Record<string, string> } {
  return { command: [process.execPath, '-e', program], env: { PATH: process.env.PATH ?? '', HOME: '/run', NODE_PATH: packages, NODE_NO_WARNINGS: '1' } };
}
