import { refusedInExportTo } from './export-to-values';
import { isMisspelt, RefusedValue, refusedAt } from './refused-value';
import { EXPORT_TO } from './value-forms';
import { Fields, record, records, strings } from '../view/fields';
import { isWithin } from '../view/host-match';
import { MESH } from '../view/route';

/** What Istio's webhook refuses in a VirtualService because of another of its fields, where the rule would decide where connections go. */
export function refusedInVirtualService(manifest: Fields, namespace: string): RefusedValue[] {
  const spec = record(manifest.spec);
  // A server name that is none of the hosts is told by the rules where a gateway shows which of the two was meant.
  const hosts = strings(spec.gateways).every(gateway => gateway === MESH) ? strings(spec.hosts) : ['*'];
  return [
    ...everyHost(spec), ...records(spec.tls).flatMap((rule, i) => refusedTls(rule, ['spec', 'tls', i], hosts)),
    ...records(spec.tcp).flatMap((rule, i) => withoutRoute(rule, ['spec', 'tcp', i])),
    ...records(spec.http).flatMap((rule, i) => withoutAnswer(rule, ['spec', 'http', i])),
    ...refusedInExportTo(spec, { namespace, form: EXPORT_TO }),
  ];
}

function everyHost({ gateways: named, hosts }: Fields): RefusedValue[] {
  const gateways = strings(named);
  const isForSidecars = gateways.length === 0 || gateways.includes(MESH);
  const what = `is every host, which a VirtualService ${gateways.length === 0 ? 'without' : 'with "mesh" among its'} 'gateways' may not be for`;
  return strings(hosts).flatMap((host, i): RefusedValue[] => (
    host === '*' && isForSidecars ? [refusedAt(['spec', 'hosts', i], what, host, 'name the hosts, or write a VirtualService of its own for the gateways')] : []));
}

function refusedTls(rule: Fields, path: RefusedValue['path'], hosts: readonly string[]): RefusedValue[] {
  const matches = records(rule.match);
  return [
    ...matches.length > 0 || isMisspelt(rule, ['match', 'route']) ? [] : [refusedAt(path, 'has no \'match\'', rule, 'write \'match: [{sniHosts: [...]}]\' with names of \'hosts\'')],
    ...withoutRoute(rule, path),
    ...matches.flatMap((match, i) => {
      const at = [...path, 'match', i];
      const names = strings(match.sniHosts);
      return names.length === 0 ? hasOther(match, ['sniHosts', 'port', 'gateways', 'destinationSubnets', 'sourceLabels', 'sourceNamespace']) ? []
        : [refusedAt(at, 'has no \'sniHosts\'', match, 'write names of \'hosts\'')]
        : names.flatMap((name, k) => (hosts.length === 0 || hosts.some(host => isWithin(name, host)) ? []
          : [refusedAt([...at, 'sniHosts', k], `is none of 'hosts' (${hosts.join(', ')})`, name, 'write one of them, or add it there')]));
    }),
  ];
}

function withoutRoute(rule: Fields, path: RefusedValue['path']): RefusedValue[] {
  return records(rule.route).length > 0 || isMisspelt(rule, ['match', 'route']) ? [] : [refusedAt(path, 'has no \'route\'', rule, 'write the destination')];
}

/** What Istio's webhook takes for an answer of a rule for requests, besides a route. */
const ANSWERS = ['redirect', 'directResponse', 'delegate'];

function withoutAnswer(rule: Fields, path: RefusedValue['path']): RefusedValue[] {
  const isAnswered = records(rule.route).length > 0 || ANSWERS.some(answer => rule[answer] !== undefined && rule[answer] !== null);
  return isAnswered || isMisspelt(rule, ['match', 'route', ...ANSWERS]) ? []
    : [refusedAt(path, 'has no \'route\', and no \'redirect\', \'directResponse\' or \'delegate\'', rule, 'write the destination')];
}

function hasOther(fields: Fields, known: readonly string[]): boolean {
  return Object.keys(fields).some(name => !known.includes(name));
}
