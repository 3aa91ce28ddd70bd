import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { records } from '../view/fields';

export const staticWithoutEndpoints: Rule = {
  id: 'MX0211',
  name: 'static-without-endpoints',
  severity: 'ERROR',
  title: 'A ServiceEntry is STATIC and has no endpoints.',
  why: 'Istio takes the endpoints of a STATIC entry from `endpoints` or `workloadSelector` only. `addresses` are what clients dial, not where proxies connect to, so every '
    + 'connection ends with UH (no healthy upstream).',
  fix: 'Repeat the addresses as `endpoints`, or leave `resolution` out when proxies are to keep the address that the client dialled.',
  related: [],
  check: view => view.entries.filter(({ resolution, object: { spec } }) => (
    resolution === 'STATIC' && records(spec.endpoints).length === 0 && spec.workloadSelector === undefined)).map((entry): Finding => ({
    object: entry.object,
    field: ['spec', 'resolution'],
    message: `'resolution' of ${quote(entry.hosts[0])} is STATIC without 'endpoints': no proxy has anywhere to connect to`,
    fix: 'give \'endpoints\', or use \'resolution: NONE\' with \'addresses\'',
  })),
};
