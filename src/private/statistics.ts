/**
 * Statistics of Envoy that Istio does not export on its own, as `proxyStatsMatcher.inclusionRegexps` has them: `[.]` needs no escape, neither in YAML nor in the
 * JSON that the agent puts them into. Policies' denials (`rbac.denied`) are exported without a word.
 */

/** Of a gateway: refused handshakes, server names without a server, certificates, and connections to each service. */
export const GATEWAY_STATISTICS = [
  'listener[.].+[.]no_filter_chain_match',
  '(listener|cluster[.]outbound).+[.]ssl[.]fail_verify_.+',
  '(listener|cluster[.]outbound).+[.]ssl[.]certificate[.].+',
  'cluster[.]outbound.+[.]upstream_cx_(active|total|connect_fail)',
] as const;

/** Of a sidecar: connections to what nobody declared, and connections that fail. */
export const SIDECAR_STATISTICS = [
  'cluster[.]BlackHoleCluster;?[.]upstream_cx_none_healthy',
  'cluster[.]PassthroughCluster;?[.]upstream_cx_total',
  'cluster[.]outbound.+[.]upstream_cx_connect_fail',
] as const;

/** The value of the annotation `proxy.istio.io/config` of a gateway's pods. */
export function gatewayProxyConfig(): { readonly proxyStatsMatcher: { readonly inclusionRegexps: readonly string[] } } {
  return { proxyStatsMatcher: { inclusionRegexps: GATEWAY_STATISTICS } };
}
