/** Names, by what somebody writes whose fingers slip: a letter too few or too many, another one within a word, or two in the wrong order. */
export class SlipTable {
  private readonly known = new Map<string, string[]>();

  public constructor(names: Iterable<string>) {
    for (const name of new Set(names)) {
      for (const short of shorter(name)) {
        const same = this.known.get(short);
        if (same) {
          same.push(name);
        } else {
          this.known.set(short, [name]);
        }
      }
    }
  }

  /** The name that was meant; the first in the alphabet of several. */
  public meantBy(written: string): string | undefined {
    return this.allMeantBy(written)[0];
  }

  /** Every name that may have been meant, by the alphabet. */
  public allMeantBy(written: string): string[] {
    // Two names that are one slip apart are the same when each loses a letter, or one of them does.
    const candidates = new Set([...shorter(written)].flatMap(short => this.known.get(short) ?? []));
    return [...candidates].filter(name => isSlipOf(written, name)).sort();
  }
}

/** The longest name that DNS has. What is longer is no slip of one, and would have as many short forms as letters. */
const LONGEST = 253;

/** A name, and all that it is without one letter. */
function shorter(name: string): Set<string> {
  return new Set([name, ...name.length > LONGEST ? [] : [...name].map((_, i) => name.slice(0, i) + name.slice(i + 1))]);
}

/** How long a name has to be for a slip to show: of a short one two letters in the wrong order, or one twice, and in a longer one any. */
const LONG_ENOUGH = { forPairs: 4, forAny: 5 };

/** Whether one name is the other with a slip. `db-1` and `db-2`, or `team-a` and `team-b`, are two names on purpose. */
export function isSlipOf(written: string, name: string): boolean {
  const [short, long] = written.length < name.length ? [written, name] : [name, written];
  if (name.length < LONG_ENOUGH.forPairs || long.length - short.length > 1 || short === long) {
    return false;
  }
  const isShort = name.length < LONG_ENOUGH.forAny;
  const at = [...long].findIndex((letter, i) => letter !== short[i]);
  if (long.length > short.length) {
    const isTwice = long[at] === long[at - 1];
    return /[a-z]/.test(long[at]) && long.slice(at + 1) === short.slice(at) && (!isShort || isTwice);
  }
  const isSwapped = long[at] === short[at + 1] && long[at + 1] === short[at] && long.slice(at + 2) === short.slice(at + 2);
  const isWithinWord = !isShort && /^[a-z]{3}$/.test(long.slice(at - 1, at + 2)) && /[a-z]/.test(short[at]);
  return isSwapped || isWithinWord && long.slice(at + 1) === short.slice(at + 1);
}
