import { Finding, Rule } from './rule';
import { isIp } from '../private/check';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { record, records, text } from '../view/fields';

/** Names whose providers move their addresses: at failover, maintenance, scaling. */
const MANAGED: readonly RegExp[] = [
  /\.(rds|cache|docdb|memorydb|redshift|es|elb|kafka|mq)(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/,
  /\.(mysql|postgres|mariadb)\.database\.azure\.com$/,
  /\.(database|redis\.cache|servicebus)\.windows\.net$/,
  /\.(documents|cosmos)\.azure\.com$/,
  /\.sql\.goog$/,
  /\.(mongodb\.net|confluent\.cloud|aivencloud\.com|redis-cloud\.com|redislabs\.com|upstash\.io|neon\.tech|supabase\.co|db\.ondigitalocean\.com|snowflakecomputing\.com)$/,
];

export const managedNameFixedAddress: Rule = {
  id: 'MX0207',
  name: 'managed-name-fixed-address',
  severity: 'WARNING',
  title: 'A host that a cloud provider manages has fixed addresses.',
  why: 'The provider changes what the name resolves to, at failover and maintenance. The proxies go on connecting to the old address, or refuse the new one.',
  fix: 'Write `resolution: DNS` without endpoints, or the range of the subnet in `addresses`.',
  related: [],
  check: view => view.entries.flatMap((entry): Finding[] => {
    const [host] = entry.hosts.filter(isManaged);
    const fixed = host === undefined ? undefined : fixedIn(entry);
    // What only a gateway connects to was declared once more for the clients, and found there.
    return fixed && !view.isUpstream(entry) ? [{
      object: entry.object,
      field: fixed.field,
      message: `${quote(host)} belongs to a cloud provider, which moves it to other addresses, and '${fixed.field[1]}' fixes it to ${quote(fixed.address)}`,
      fix: {
        code: 'use Resolution.dns(), or give the range of its subnet to Resolution.ipAddresses()',
        yaml: 'write \'resolution: DNS\' without endpoints, or the range of its subnet in \'addresses\'',
      },
    }] : [];
  }),
};

function isManaged(host: string): boolean {
  return MANAGED.some(domain => domain.test(host));
}

function fixedIn(entry: ExternalEntry): { readonly address: string; readonly field: readonly (string | number)[] } | undefined {
  const { spec } = entry.object;
  if (entry.resolution === 'NONE') {
    const at = entry.addresses.findIndex(address => isIp(address));
    return at < 0 ? undefined : { address: entry.addresses[at], field: ['spec', 'addresses', at] };
  }
  const endpoints = records(spec.endpoints).map(endpoint => text(record(endpoint).address) ?? '');
  const at = endpoints.findIndex(isIp);
  return at < 0 ? undefined : { address: endpoints[at], field: ['spec', 'endpoints', at, 'address'] };
}
