import type { AccessLogLine } from '../lab/access-log';
import type { Pod } from '../lab/pod';

/** The lines of a gateway's access log about one client under one server name. */
function linesOf(gateways: readonly Pod[], serverName: string, client: Pod): AccessLogLine[] {
  return gateways.flatMap((gateway) => gateway.proxy.log.since()).filter((line) => line.sni === serverName && line.principal === client.principal);
}

/** Undefined when a gateway has passed a connection of the client on to an address, under the server name and with mutual TLS. */
export function passedOn(gateways: readonly Pod[], serverName: string, client: Pod, upstream: string): string | undefined {
  const lines = linesOf(gateways, serverName, client);
  return lines.some((line) => line.tls === 'TLSv1.3' && line.upstream === upstream && !line.refusal) ? undefined
    : `no such line in the gateway's access log: ${JSON.stringify(lines.slice(-1))}`;
}

/** Undefined when a gateway has refused the handshake of the client, which its access log says with the identity that was offered. */
export function refusedInHandshake(gateways: readonly Pod[], serverName: string, client: Pod): string | undefined {
  const lines = linesOf(gateways, serverName, client);
  if (lines.some((line) => line.received)) { return `bytes of the client came through: ${JSON.stringify(lines.find((line) => line.received))}`; }
  return lines.some((line) => line.refusal?.includes('SAN_matcher') && line.refusal.includes(client.principal)) ? undefined
    : `no such line in the gateway's access log: ${JSON.stringify(lines.slice(-1))}`;
}

/** Undefined when the sidecar of the client has connected to the gateway and has had no byte from it, since a mark in its access log. */
export function sawNothing(client: Pod, gateways: readonly Pod[], mark = 0): string | undefined {
  const lines = client.proxy.log.since(mark).filter((line) => gateways.some((gateway) => line.upstream?.startsWith(`${gateway.address}:`)));
  if (lines.length === 0) { return 'its sidecar has not connected to the gateway'; }
  const seen = lines.find((line) => line.sent);
  return seen ? `${seen.sent} bytes came back` : undefined;
}
