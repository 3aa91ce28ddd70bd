import { Spoken } from './application';
import { Destination } from './destination';
import { Upstream } from './upstream';
import { upgradedAs } from '../private/starttls';
import { strings } from '../view/fields';
import { KnownService } from '../view/known-service';
import { MeshView } from '../view/mesh-view';
import { isOutside } from '../view/outside';

/** The ports of RFC 9110 for requests in plaintext and with TLS. */
const PLAIN_HTTP = 80;
const HTTPS = 443;

/** What the last proxy sends, and where to. */
interface Sent {
  /** `the sidecar` or `the gateway`. */
  readonly who: string;
  /** What the application speaks. */
  readonly spoken: Spoken;
  readonly to: Pick<Destination, 'spoken' | 'servicePort'> & { readonly service: KnownService };
  readonly upstream: Pick<Upstream, 'places'>;
  /** TLS that the rule asks for and istiod does not make. */
  readonly missed?: string;
}

/** Why a server does not understand what arrives at it; undefined when nothing in the input says that it does not. */
export function mismatchOf(view: MeshView, { who, spoken, to, upstream: { places }, missed }: Sent): string | undefined {
  const { spoken: { mode, tls }, service, servicePort } = to;
  const isMutual = mode === 'ISTIO_MUTUAL';
  // In the mesh the server's own sidecar ends the proxy's TLS.
  const isEndedBySidecar = isMutual && (service.isKubernetes || service.object.spec.location === 'MESH_INTERNAL');
  if (mode !== 'PLAINTEXT' && !isEndedBySidecar && spoken === 'TLS') {
    return `what arrives is TLS in TLS, because the application speaks TLS and ${who} adds its own: a server that expects one of them cuts the handshake`;
  }
  if (missed !== undefined && spoken !== 'TLS') {
    return `what arrives is plaintext, and the DestinationRule asks for ${missed}`;
  }
  if (isMutual && !isEndedBySidecar && !(tls?.subjectAltNames ?? []).some(name => name.startsWith('spiffe://')) && isServerOutside(view, service)) {
    return `what arrives is the mesh's own TLS (ISTIO_MUTUAL), and ${service.host} is outside of the mesh: it has no certificate of the mesh`;
  }
  const upgraded = spoken === 'TCP' && mode !== 'PLAINTEXT' && !isEndedBySidecar ? upgradedAs(servicePort?.name ?? '', servicePort?.protocol ?? '') : undefined;
  if (upgraded) {
    return `what arrives begins with TLS, and in ${upgraded.name} client and server agree on it after a first message: the server ends the connection`;
  }
  if (service.isKubernetes || spoken === 'TCP') {
    return undefined;
  }
  if (spoken === 'TLS') {
    return areAll(places, PLAIN_HTTP) ? `what arrives is the TLS of the application, at port ${PLAIN_HTTP}, where servers expect HTTP in plaintext` : undefined;
  }
  if (mode === 'PLAINTEXT') {
    return areAll(places, HTTPS) ? `what arrives is HTTP in plaintext, at port ${HTTPS}, where servers expect TLS`
      : servicePort?.isTls ? `what arrives is HTTP in plaintext, at a port that ${service.host} is declared to speak ${servicePort.protocol} on` : undefined;
  }
  return areAll(places, PLAIN_HTTP) ? `what arrives is TLS, at port ${PLAIN_HTTP}, where servers expect HTTP in plaintext` : undefined;
}

function areAll(places: Upstream['places'], port: number): boolean {
  return places.length > 0 && places.every(place => place.port === port);
}

function isServerOutside(view: MeshView, { object, isKubernetes }: KnownService): boolean {
  return !isKubernetes && isOutside(view, { object, hosts: strings(object.spec.hosts) });
}
