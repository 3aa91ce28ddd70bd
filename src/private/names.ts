import { createHash } from 'node:crypto';
import { Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

const LABEL_LENGTH = 63;
const HASH_LENGTH = 8;

/**
 * The name of an object that was given none: the construct's path inside its chart, `Data/RatingsMysql` as `data-ratings-mysql`.
 * The id names the object, not the host: a database that moves to another host is updated in place, not left behind under its old name.
 */
export function nameOf(construct: IConstruct): string {
  const chart = Chart.of(construct);
  const path = construct.node.scopes.slice(chart.node.scopes.length).map(scope => scope.node.id);
  return dnsLabel(...path.map(kebab));
}

/** Parts joined by `-` to a DNS label; what is too long is cut and ends in a hash of the whole. */
export function dnsLabel(...parts: (string | number)[]): string {
  const whole = parts.join('-').replace(/[^a-z0-9-]+/g, '-').replace(/^-+|-+$/g, '');
  if (whole.length <= LABEL_LENGTH) {
    return whole;
  }
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, HASH_LENGTH);
  return `${whole.slice(0, LABEL_LENGTH - HASH_LENGTH - 1).replace(/-+$/, '')}-${hash}`;
}

function kebab(id: string): string {
  return id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/([A-Z])([A-Z][a-z])/g, '$1-$2').toLowerCase();
}
