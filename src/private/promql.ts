/** How long a first sample counts as new: longer than a scrape that failed or a Prometheus that restarted. */
const SEEN_BEFORE = '1h';

/** Labels of series, and the value or regular expression that each has. */
export type Matchers = { readonly [label: string]: string | { readonly matches?: string; readonly matchesNot?: string } };

/** A text as PromQL quotes it, which is as Go does: nothing in it can end the string. */
export function quoteText(text: string): string {
  return JSON.stringify(text);
}

/** A selector of series. The name of the metric is a label as well, for names that only a regular expression has. */
export function selector(metric: string, matchers: Matchers): string {
  const parts = Object.entries(matchers).flatMap(([label, value]) => (typeof value === 'string' ? [`${label}=${quoteText(value)}`] : [
    ...value.matches === undefined ? [] : [`${label}=~${quoteText(value.matches)}`],
    ...value.matchesNot === undefined ? [] : [`${label}!~${quoteText(value.matchesNot)}`],
  ]));
  return `${metric}{${parts.join(',')}}`;
}

/**
 * How often counters have counted in a window. A series that begins inside of the window counts from zero: Envoy and Istio make many of them when something
 * first happens, and `increase` takes the first sample for the beginning.
 */
export function counted(series: string, window: string): string {
  return `((${series} unless last_over_time(${series}[${SEEN_BEFORE}] offset ${window})) or increase(${series}[${window}]))`;
}
