/** Words of a name that people gave, as a name of JavaScript has them: `my-db.eu` is `MyDbEu`. */
export function joined(text: string): string {
  return text.split(/[^A-Za-z0-9]+/).filter(word => word !== '').map(word => `${word[0].toUpperCase()}${word.slice(1)}`).join('');
}

/** A name that is not taken yet, with a number where it has to; it is taken from now on. */
export function free(base: string, taken: Set<string>): string {
  let name = base;
  for (let i = 2; taken.has(name); i++) {
    name = `${base}${i}`;
  }
  taken.add(name);
  return name;
}
