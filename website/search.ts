/** What the search of the site reads of a page. VitePress calls it while it builds the index; the browser gets the index alone. */

/** Settings of MiniSearch: a heading that has a word comes before a text that mentions it. */
export const SEARCH = { boost: { title: 6, titles: 1, text: 1 }, fuzzy: 0.1 };

interface Markdown {
  render(source: string, env: object): string;
}

export function searchable(source: string, env: object, markdown: Markdown): string {
  return withWords(markdown.render(source, env));
}

/** A page of a class has the words of its name in its title: the beginning is found without, and `ExternalMysql` as "mysql", too. What a line break parts is two words. */
export function withWords(html: string): string {
  return html.replace(/<br ?\/?>/g, ' ')
    .replace(/(<h1[^>]*>)([A-Z][a-z]+)((?:[A-Z][a-z]*)+)(?= <a )/, (_heading, tag: string, first: string, rest: string) => `${tag}${first}${rest} (${rest.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')})`);
}
