import { Fields, record } from './fields';

/** A regular expression may be long. */
const LONGEST = 100;

/** What a match of requests looks at, in short: `uri prefix /api and header x-debug exact yes`. */
export function matchText(match: Fields): string {
  const whole = [
    ...['uri', 'scheme', 'method', 'authority'].flatMap(key => (match[key] === undefined ? [] : [`${key} ${valueText(match[key])}`])),
    ...byName('header', match.headers), ...byName('query parameter', match.queryParams),
    ...byName('not header', match.withoutHeaders),
  ].join(' and ');
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}

function byName(what: string, values: unknown): string[] {
  return Object.entries(record(values)).map(([name, value]) => `${what} ${name} ${valueText(value)}`);
}

/** Such as `exact yes`; without one of the three, any value will do. */
function valueText(value: unknown): string {
  const [found] = Object.entries(record(value)).filter(([how]) => ['exact', 'prefix', 'regex'].includes(how));
  return found === undefined ? 'with any value' : `${found[0]} ${String(found[1])}`;
}
