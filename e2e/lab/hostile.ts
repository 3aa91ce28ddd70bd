/** Names and passwords that people and generators make up, and that quoting has to survive. The same for the same seed. */

const PIECES = [
  '\'', '"', '`', '\\', '\\\'', '\'\'', '$', '$$', '$HOME', '$(id)', '`id`', '${x}', '%', '%s', '%I', '_', ';', '--', '#', '/*', '*/', '\n', '\r\n', '\t', ' ', ':', ':\'x\'', '@', '@\'%\'',
  '\'; DROP DATABASE test; --', '"; DROP ROLE app; --', '\\! id', '\\g', '\\q', 'é', 'ß', 'ü', '中文', '😀', '\u202e', '\u0301', '\u0001', '\u007f', '\ufeff', 'E\'', 'x', 'Bob', 'pg_', '0x00', '\\0', '\\n',
  '$bootstrap$', '!', '&', '|', '<', '>', '(', ')', '{', '}', '~', '^', '=', '+', ',', '.', '?', '-', '-p',
];

/** What a server or a client may refuse, and has to refuse before anything is changed. */
const SPECIAL = ['', ' ', 'a ', '\n', '\u0000', 'a\u0000b', 'x'.repeat(33), 'x'.repeat(64), 'x'.repeat(81), 'x'.repeat(300), '中'.repeat(33), '😀', 'public', 'none', 'pg_reader', 'root', 'postgres', 'admin'];

export interface HostileLogin {
  readonly username: Buffer;
  readonly password: Buffer;
}

export function hostileLogins(count: number, seed: number): HostileLogin[] {
  // The generator of Park and Miller.
  let state = seed;
  const next = (below: number): number => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const text = (most: number): Buffer => {
    switch (next(12)) {
      case 0: return Buffer.from(SPECIAL[next(SPECIAL.length)]);
      // no UTF-8
      case 1: return Buffer.from([0x61 + next(26), 0x80 + next(128), 0x27, 0x5c]);
      default: return Buffer.from(Array.from({ length: 1 + next(most) }, () => PIECES[next(PIECES.length)]).join(''));
    }
  };
  return Array.from({ length: count }, () => ({ username: text(6), password: text(10) }));
}
