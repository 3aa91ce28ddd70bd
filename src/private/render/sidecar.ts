import { SidecarSpecOutboundTrafficPolicyMode as Mode, toJson_SidecarSpec } from '../../../imports/istio/networking.istio.io';

/** What the sidecars of a namespace know, and that they reset every other connection. */
export function renderSidecar(hosts: readonly string[]): unknown {
  return toJson_SidecarSpec({
    outboundTrafficPolicy: { mode: Mode.REGISTRY_UNDERSCORE_ONLY },
    egress: [{ hosts: ['./*', ...[...new Set(hosts)].sort()] }],
  });
}
