import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { records } from '../view/fields';

export const wildcardByName: Rule = {
  id: 'MX0215',
  name: 'wildcard-by-name',
  severity: 'ERROR',
  title: 'A ServiceEntry has a wildcard host and `resolution: DNS` without endpoints.',
  why: 'With DNS and DNS_ROUND_ROBIN a proxy asks for the address of the host, and DNS has none for a wildcard. istiod\'s webhook refuses the ServiceEntry.',
  fix: 'Leave `resolution` out: proxies then connect to the address that the client dialled. Or write the name to resolve under `endpoints`, or name each host. '
    + '`DYNAMIC_DNS` resolves the name of each request, of HTTP and TLS.',
  related: ['IST0106'],
  check: view => view.entries.flatMap(({ object, hosts, resolution }): Finding[] => {
    const at = hosts.findIndex(host => host.includes('*'));
    return at >= 0 && ['DNS', 'DNS_ROUND_ROBIN'].includes(resolution) && records(object.spec.endpoints).length === 0 ? [{
      object,
      field: ['spec', 'resolution'],
      message: `'resolution' ${resolution} asks DNS for ${quote(hosts[at])}, which is a wildcard: istiod's webhook refuses it without 'endpoints'`,
      fix: 'leave \'resolution\' out, or write the name to resolve under \'endpoints\'',
    }] : [];
  }),
};
