/** What the program takes of `node:path`. */
export const sep = '/';

export const join = (...parts: readonly string[]) => parts.join('/');
