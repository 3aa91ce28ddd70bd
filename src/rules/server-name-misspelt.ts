import { Origination, originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { isSlipOf } from '../private/slip-table';

export const serverNameMisspelt: Rule = {
  id: 'MX0713',
  name: 'server-name-misspelt',
  severity: 'WARNING',
  title: 'A server name of originated TLS, or a name of the certificate, is one letter away from the host.',
  why: 'The proxy asks for the name in the handshake, and compares the certificate with it. A server that does not have the name shows another certificate or cuts the handshake: requests get 503.',
  fix: 'Correct `sni` or `subjectAltNames`, or the host.',
  related: [],
  check: view => {
    const found = new Map<string, Finding>();
    originationsIn(view).flatMap(findingsOf).forEach(finding => {
      const key = JSON.stringify([finding.object.namespace, finding.object.name, finding.field]);
      found.set(key, found.get(key) ?? finding);
    });
    return [...found.values()];
  },
};

function findingsOf({ rule: { object }, tls, host }: Origination): Finding[] {
  const names = [
    ...tls.sni === undefined ? [] : [{ name: tls.sni, at: ['sni'] }], ...tls.subjectAltNames.map((name, i) => ({ name, at: ['subjectAltNames', i] })),
  ];
  return names.filter(({ name }) => isSlipOf(name, host)).map(({ name, at }) => ({
    object,
    field: [...tls.field, ...at],
    message: `'${at[0]}' ${quote(name)} is not ${quote(host)}, to which proxies connect with it: the certificate of that server does not have the name`,
    fix: `did you mean ${quote(host)}?`,
  }));
}
