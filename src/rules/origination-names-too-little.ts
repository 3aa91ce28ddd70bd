import { Origination, originationsIn } from './originated';
import { hasAuthority, isNameless } from './origination-without-name';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const originationNamesTooLittle: Rule = {
  id: 'MX0709',
  name: 'origination-names-too-little',
  severity: 'WARNING',
  title: 'A proxy originates TLS without a server name, without a name to verify, or without any check of the certificate.',
  why: 'On a TCP port Envoy sends a server name only where `sni` is written; without it, a server with several certificates may answer with another one. With `sni` and without `subjectAltNames`, Istio switches the check of the name off, for HTTP as well: Envoy accepts every certificate of the authority. With `insecureSkipVerify` it accepts every certificate.',
  fix: 'Write `subjectAltNames`, and `sni` on a TCP port.',
  related: [],
  check: view => originationsIn(view).flatMap(origination => {
    const { rule, tls, host } = origination;
    const lack = lackOf(origination);
    return lack === undefined ? [] : [{ object: rule.object, message: `'tls' for ${quote(host)} ${lack.what}`, fix: lack.fix, field: tls.field } satisfies Finding];
  }),
};

function lackOf(origination: Origination): { readonly what: string; readonly fix: string } | undefined {
  const { tls, names, host, port, isForRequests, isBySidecars } = origination;
  if (tls.insecureSkipVerify) {
    return { what: 'has \'insecureSkipVerify\': whoever answers is taken for the server, with any certificate', fix: `remove it, and write 'caCertificates' of the server's authority and 'subjectAltNames: [${tls.sni ?? host}]'` };
  }
  if (port.class === 'TLS' && isBySidecars && !isForRequests) {
    return undefined;
  }
  const isUnverified = tls.subjectAltNames.length === 0 && names.length === 0;
  const name = tls.sni ?? host;
  if (isForRequests) {
    return isUnverified && tls.sni !== undefined
      ? { what: 'has \'sni\' and no \'subjectAltNames\', which switches the check of the name off: any certificate of the authority is accepted', fix: `add 'subjectAltNames: [${name}]'` }
      : undefined;
  }
  if (isNameless(origination)) {
    return hasAuthority(origination)
      ? { what: `on port ${port.number}, which is TCP, accepts any certificate of the authority`, fix: `write 'sni: ${name}' and 'subjectAltNames: [${name}]'` } : undefined;
  }
  return tls.sni === undefined
    ? { what: `on port ${port.number}, which is TCP, has no 'sni': a server with several certificates answers with another one`, fix: `add 'sni: ${host}'` } : undefined;
}
