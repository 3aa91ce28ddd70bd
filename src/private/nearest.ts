/** The name that somebody who wrote another one probably meant; undefined when none is close. */
export function nearest(
  written: string, names: readonly string[], most = (name: string) => (name.length < 5 ? 1 : Math.max(2, Math.floor(name.length / 3))),
): string | undefined {
  // A name of another length is at least that far: what is much longer is not compared letter by letter.
  const [best] = names.filter(name => Math.abs(name.length - written.length) <= most(name))
    .map(name => ({ name, far: distance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => far <= most(name))
    // Fingers seldom slip at the first letter.
    .sort((a, b) => a.far - b.far || Number(b.name[0] === written[0]) - Number(a.name[0] === written[0]) || (a.name < b.name ? -1 : 1));
  return best?.name;
}

/** How many letters have to be added, taken away, replaced or swapped with the next one. */
function distance(from: string, to: string): number {
  const rows = [[...to, ''].map((_, i) => i)];
  for (let i = 0; i < from.length; i++) {
    const [row, before] = [rows[i], rows[i - 1]];
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const swapped = i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j] ? before[j - 1] + 1 : Infinity;
      next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (from[i] === to[j] ? 0 : 1), swapped));
    }
    rows.push(next);
  }
  return rows[from.length][to.length];
}
