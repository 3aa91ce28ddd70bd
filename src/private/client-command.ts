/** A password among the words of a command, which may be a reference to one. */
export interface PasswordWord {
  readonly index: number;
  readonly value: string;
}

/** The programs whose short options have a password: behind the letter, or as the next word. */
const CLIENTS: readonly { readonly program: RegExp; readonly behind?: string; readonly before?: readonly string[] }[] = [
  { program: /^(?:mysql(?:dump|admin|import|show|check|slap|sh|pump|binlog)?|mariadb(?:-(?!d)\w+)?)$/, behind: '-p' },
  { program: /^(?:redis|valkey|keydb)-cli$/, before: ['-a', '--pass'] },
  { program: /^mongo(?:sh|dump|restore|export|import|stat)?$/, before: ['-p'] },
];

/** What stands before a program: words of a shell, variables, programs that run another one with their numbers. */
const BEFORE = /^(?:exec|env|sudo|time|timeout|nohup|if|until|while|do|then|else|!|--|(?:.*\/)?(?:tini|dumb-init)|\d+\w?|[A-Za-z_]\w*=.*)$/;

const END = /^[;|&(){}\n]+$/;

/** The words of a text that a shell reads. */
export function shellWords(text: string): string[] {
  return text.replaceAll('\\\n', ' ').match(/(?:[^\s"';|&(){}]|"[^"]*"|'[^']*')+|[;|&(){}\n]+/g) ?? [];
}

/** What clients of databases take for a password by a short option: `mysql -p<password>`, `redis-cli -a <password>`. */
export function passwordWordsIn(words: readonly string[]): PasswordWord[] {
  const found: PasswordWord[] = [];
  let client: typeof CLIENTS[number] | 'other' | undefined;
  words.forEach((word, index) => {
    const bare = word.replace(/["']/g, '');
    if (END.test(word)) {
      client = undefined;
    } else if (client === undefined) {
      client = BEFORE.test(word) ? undefined : CLIENTS.find(({ program }) => program.test(bare.split('/').pop()!)) ?? 'other';
    } else if (client !== 'other' && client.behind !== undefined && bare.startsWith(client.behind)) {
      found.push({ index, value: bare.slice(client.behind.length) });
    } else if (client !== 'other' && client.before?.includes(words[index - 1]) && !bare.startsWith('-')) {
      found.push({ index, value: bare });
    }
  });
  return found;
}
