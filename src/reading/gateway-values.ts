import { isMisspelt, RefusedValue, refusalOf, refusedTwins } from './refused-value';
import { Fields, fieldText, record, text } from '../view/fields';

const WITH_TLS = ['HTTPS', 'TLS'];
const OF_REQUESTS = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB'];

/** What Istio's webhook refuses in a Gateway: two servers with one name of their ports, TLS of a server that its protocol does not have, or the other way round. */
export function refusedInGateway(manifest: Fields): RefusedValue[] {
  const { servers } = record(manifest.spec);
  const all = Array.isArray(servers) ? servers as unknown[] : [];
  return [...namedTwice(all), ...all.flatMap(refusedTls)];
}

function namedTwice(servers: readonly unknown[]): RefusedValue[] {
  const names = servers.map(server => text(record(record(server).port).name));
  return refusedTwins(
    names, i => ['spec', 'servers', i, 'port', 'name'], first => `is the name of the port of 'spec.servers[${first}]' too`, 'give each server a name of its own',
  );
}

function refusedTls(server: unknown, i: number): RefusedValue[] {
  const { port, tls } = record(server);
  const protocol = text(record(port).protocol)?.toUpperCase() ?? '';
  const path = ['spec', 'servers', i];
  if (WITH_TLS.includes(protocol) && tls === undefined && !isMisspelt(record(server), ['tls'])) {
    const field = `'${fieldText([...path, 'port', 'protocol'])}'`;
    const message = `${refusalOf(field, `asks for 'tls', which '${fieldText(path)}' has not`, protocol)}, write 'tls: {mode: PASSTHROUGH}' for TLS of the clients, or the mode that ends it`;
    return [{ path, message }];
  }
  const mode = text(record(tls).mode) ?? 'PASSTHROUGH';
  // A redirect to HTTPS is the only setting that requests in plaintext have.
  const isPlain = protocol !== '' && !WITH_TLS.includes(protocol) && tls !== undefined && tls !== null && !(OF_REQUESTS.includes(protocol) && mode === 'PASSTHROUGH');
  const field = `'${fieldText([...path, 'tls'])}'`;
  const message = `${refusalOf(field, `is for servers of TLS and HTTPS, and the protocol is ${protocol}`, mode)}, write 'protocol: TLS' or HTTPS, or remove 'tls'`;
  return isPlain ? [{ path: [...path, 'tls'], message }] : [];
}
