import { WireProtocol } from './model';

/** Whether proxies tell requests apart by their host. */
export function isHttp(protocol: WireProtocol): boolean {
  return protocol !== 'TCP' && protocol !== 'TLS';
}

/** Whether requests share a connection, which both sides have to know before the first one. */
export function isHttp2(protocol: WireProtocol): boolean {
  return protocol === 'HTTP2' || protocol === 'GRPC';
}

/** Whether a host stands for every name of a domain. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*.');
}
