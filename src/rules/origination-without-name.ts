import { Origination, originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const originationWithoutName: Rule = {
  id: 'MX0703',
  name: 'origination-without-name',
  severity: 'ERROR',
  title: 'A proxy originates TLS on a TCP port without a name to verify.',
  why: 'Envoy takes the name to verify from the host of a request. A TCP connection has none: without `subjectAltNames`, Envoy accepts every certificate of every public authority, and whoever answers at the address reads the traffic.',
  fix: 'Write `subjectAltNames` and `sni` beside the mode, and `caCertificates` when a private authority signed the certificate.',
  // What they say of `caCertificates` is no longer true: Istio takes the authorities of the system when it is left out.
  related: ['IST0128', 'IST0129'],
  check: view => originationsIn(view).filter(origination => isNameless(origination) && !hasAuthority(origination))
    .map(({ rule, tls, host, port }): Finding => ({
      object: rule.object,
      message: `'tls' without 'subjectAltNames' accepts any certificate of a public authority for ${quote(host)} on port ${port.number}, which is TCP`,
      fix: `write 'sni: ${host}' and 'subjectAltNames: [${host}]'`,
      field: tls.field,
    })),
};

/** Whether no name is verified of a connection that is no request. */
export function isNameless({ tls, names, isForRequests, port, isBySidecars }: Origination): boolean {
  // TLS that the client speaks, and a proxy again, is another mistake.
  const isTwice = port.class === 'TLS' && isBySidecars;
  return !isForRequests && !isTwice && !tls.insecureSkipVerify && tls.subjectAltNames.length === 0 && names.length === 0;
}

/** Whether an authority of its own signs the certificate. */
export function hasAuthority({ tls }: Origination): boolean {
  return tls.credentialName !== undefined || tls.caCertificates !== undefined && tls.caCertificates !== 'system';
}
