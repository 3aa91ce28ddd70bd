import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { records } from '../view/fields';

export const staticWithoutEndpoints: Rule = {
  id: 'MX0211',
  name: 'static-without-endpoints',
  severity: 'ERROR',
  title: 'A ServiceEntry has `resolution: STATIC` and no endpoints.',
  why: 'For STATIC, proxies connect to `endpoints`, or to what `workloadSelector` selects. `addresses` are only what clients dial. Without endpoints every connection ends with UH (no healthy upstream).',
  fix: 'Repeat the addresses under `endpoints`. Or leave `resolution` out: proxies then connect to the address that the client dialled.',
  related: [],
  check: view => view.entries.filter(({ resolution, object: { spec } }) => (
    resolution === 'STATIC' && records(spec.endpoints).length === 0 && spec.workloadSelector === undefined)).map((entry): Finding => ({
    object: entry.object,
    field: ['spec', 'resolution'],
    message: `'resolution' of ${quote(entry.hosts[0])} is STATIC without 'endpoints': proxies have nothing to connect to`,
    fix: 'write \'endpoints\', or \'resolution: NONE\' with \'addresses\'',
  })),
};
