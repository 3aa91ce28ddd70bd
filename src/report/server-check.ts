import { Cause } from '../trace/hop';
import { Trace, Way } from '../trace/trace';

/** What the last proxy asks of the server's certificate. */
export interface ServerCheck {
  /** Who has to have signed it; without any, every certificate is taken. */
  readonly authority?: string;
  /** The names of which it has to have one; without any, every name is taken. */
  readonly names: readonly string[];
  /** The server name in the handshake; empty when none is sent. */
  readonly sni: string;
  /** Where that is written. */
  readonly because: readonly Cause[];
}

/** What stands for a name that each request brings along. */
const OF_REQUEST = 'the host of the request';

/** What is asked of the server at the end of a trace; undefined when no proxy adds TLS. */
export function serverCheckOf({ hops, to }: Way & Pick<Trace, 'to'>): ServerCheck | undefined {
  const last = hops.find(({ stage }) => stage === 'upstream');
  const facts = last?.facts;
  if (facts === undefined || facts.tls === 'PLAINTEXT') {
    return undefined;
  }
  const isHttp = hops.find(({ stage }) => stage === 'application')?.facts.protocol === 'HTTP';
  const hasOwnName = isHttp && (facts.sni === '' || facts.sni === to.host);
  const sni = hasOwnName ? OF_REQUEST : facts.sni;
  const because = last!.causes.slice(-1);
  if (facts.insecureSkipVerify === 'true' && facts.tls !== 'ISTIO_MUTUAL') {
    return { names: [], sni, because };
  }
  const names = facts.subjectAltNames === '' ? [] : facts.subjectAltNames.split(',');
  // For requests istiod sets `auto_san_validation`, unless the rule has a server name of its own.
  return { authority: authorityIn(facts), names: names.length === 0 && isHttp && facts.sni === '' ? [OF_REQUEST] : names, sni, because };
}

function authorityIn({ tls, credentialName, caCertificates }: { readonly [name: string]: string }): string {
  return tls === 'ISTIO_MUTUAL' ? 'the mesh' : credentialName !== '' ? `credential ${credentialName}`
    // istiod's default.
    : caCertificates !== '' && caCertificates !== 'system' ? `file ${caCertificates}` : SYSTEM;
}

const SYSTEM = 'an authority of the system';

/** Whether servers pass that did not before, or others are asked for; or fewer pass. */
export function compareChecks(before: ServerCheck | undefined, after: ServerCheck | undefined, host: string): 'WEAKER' | 'STRONGER' | undefined {
  if (before === undefined || after === undefined) {
    return before === after ? undefined : after === undefined ? 'WEAKER' : 'STRONGER';
  }
  const [was, is] = [before, after].map(({ names }) => names.map(name => (name === OF_REQUEST ? host : name)));
  const isPinned = before.authority === SYSTEM && after.authority !== undefined;
  const isOther = before.authority !== undefined && after.authority !== before.authority && !isPinned;
  const takesMore = was.length > 0 && (is.length === 0 || is.some(name => !was.includes(name)));
  // A server that is told which one is meant may be another one; without a name it had to be the only one.
  const asksOther = after.sni !== before.sni && !(before.sni === '' && [host, OF_REQUEST].includes(after.sni));
  return isOther || takesMore || asksOther ? 'WEAKER' : serverCheckText(before) === serverCheckText(after) ? undefined : 'STRONGER';
}

/** A check for a person. */
export function serverCheckText({ authority, names, sni }: ServerCheck): string {
  return [
    authority === undefined ? 'takes every certificate' : `takes certificates of ${names.length === 0 ? 'every name' : names.join(', ')}, signed by ${authority}`,
    ...sni === '' || names.includes(sni) ? [] : [`asks for ${sni}`],
  ].join(', ');
}
