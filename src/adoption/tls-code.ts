import { Call, Code } from './code';
import { given } from './connection-code';
import { policyOf } from './rule-shape';
import { Fields, record, strings, text } from '../view/fields';

/** Why `tlsCode` has no words for a rule. */
export const UNWRITTEN_TLS = 'its \'tls\' has no certificate check (insecureSkipVerify), or client certificates that are no Secret (credentialName): the library writes neither';

/** TLS that a DestinationRule adds on a port, as the `tls` of that port; undefined when it adds none, and `false` for what the library has no words for. */
export function tlsCode(spec: Fields, port: number, host: string): Code | undefined | false {
  const tls = record(policyOf(spec, port).tls);
  const [mode, sni, credentialName] = [text(tls.mode) ?? 'DISABLE', text(tls.sni), text(tls.credentialName)];
  if (mode === 'DISABLE') {
    return undefined;
  }
  if (tls.insecureSkipVerify === true || tls.clientCertificate !== undefined || tls.privateKey !== undefined) {
    return false;
  }
  const names = strings(tls.subjectAltNames);
  const server = {
    sni: sni === undefined || sni === host ? undefined : sni,
    // Without them the library writes the server name, which Istio does not verify by itself on a TCP port.
    subjectAltNames: names.length === 0 || names.length === 1 && names[0] === (sni ?? host) ? undefined : names,
  };
  if (mode === 'SIMPLE') {
    const options = given({ ...server, caCertificates: text(tls.caCertificates), credentialName });
    return new Call('ClientTls.originate', options === undefined ? [] : [options]);
  }
  return mode === 'MUTUAL' && credentialName !== undefined ? new Call('ClientTls.mutual', [given({ credentialName, ...server })!]) : false;
}
