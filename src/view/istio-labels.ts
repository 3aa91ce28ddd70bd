/** The label of a Namespace by which its pods get sidecars. */
export const INJECTION = 'istio-injection';

/** The label, or the annotation, by which a pod asks for a sidecar or for none. */
export const INJECT = 'sidecar.istio.io/inject';

/** The label of a Namespace or of a pod that names the revision of istiod. */
export const REVISION = 'istio.io/rev';

/** The label of a Namespace or of a pod that hands its connections to ztunnel. */
export const DATAPLANE_MODE = 'istio.io/dataplane-mode';

/** Those that are read of pods. */
const OF_PODS: { readonly [prefix: string]: readonly string[] } = {
  'inject.istio.io': ['templates'],
  'proxy.istio.io': ['config', 'overrides'],
  'sidecar.istio.io': [
    'agentLogLevel', 'bootstrapOverride', 'componentLogLevel', 'controlPlaneAuthPolicy', 'discoveryAddress', 'enableCoreDump', 'extraStatTags', 'inject', 'interceptionMode', 'logLevel',
    'nativeSidecar', 'proxyCPU', 'proxyCPULimit', 'proxyImage', 'proxyImageType', 'proxyMemory', 'proxyMemoryLimit', 'rewriteAppHTTPProbers', 'statsCompression',
    'statsEvictionInterval', 'statsFlushInterval', 'statsHistogramBins', 'statsHistogramBuckets', 'statsInclusionPrefixes', 'statsInclusionRegexps', 'statsInclusionSuffixes',
    'userVolume', 'userVolumeMount',
  ],
  'readiness.status.sidecar.istio.io': ['applicationPorts', 'failureThreshold', 'initialDelaySeconds', 'periodSeconds'],
  'status.sidecar.istio.io': ['port'],
  'traffic.istio.io': ['excludeInterfaces', 'excludeInboundPorts', 'excludeOutboundIPRanges', 'excludeOutboundPorts', 'includeInboundPorts', 'includeOutboundIPRanges', 'includeOutboundPorts'],
  'traffic.sidecar.istio.io': [
    'excludeInboundPorts', 'excludeInterfaces', 'excludeOutboundIPRanges', 'excludeOutboundPorts', 'includeInboundPorts', 'includeOutboundIPRanges', 'includeOutboundPorts',
    'kubevirtInterfaces',
  ],
};

/** Those that other objects have, or any. */
const OF_OTHERS: { readonly [prefix: string]: readonly string[] } = {
  'ambient.istio.io': ['bypass-inbound-capture', 'dns-capture', 'redirection', 'waypoint-inbound-binding'],
  'gateway.istio.io': ['controller-version', 'managed', 'name-override', 'service-account'],
  'istio.io': [
    'dataplane-mode', 'dry-run', 'ingress-use-waypoint', 'reroute-virtual-interfaces', 'rev', 'tag', 'use-waypoint', 'use-waypoint-namespace', 'waypoint-for', 'workloadController',
  ],
  'networking.istio.io': ['enable-autoallocate-ip', 'exportTo', 'gatewayPort', 'service-type', 'traffic-distribution'],
  'prometheus.istio.io': ['merge-metrics'],
  'security.istio.io': ['tlsMode'],
  'service.istio.io': ['canonical-name', 'canonical-revision', 'workload-name'],
  'sidecar.istio.io': ['status'],
  'topology.istio.io': ['cluster', 'controlPlaneClusters', 'locality', 'network', 'subzone'],
};

function namesIn(byPrefix: { readonly [prefix: string]: readonly string[] }): string[] {
  return Object.entries(byPrefix).flatMap(([prefix, names]) => names.map(name => `${prefix}/${name}`));
}

/** Annotations and labels of Istio that say something of a pod, and nothing of what makes pods. */
export const ISTIO_NAMES_OF_PODS: ReadonlySet<string> = new Set(namesIn(OF_PODS));

/** The labels and annotations that Istio knows. */
export const ISTIO_NAMES: ReadonlySet<string> = new Set([INJECTION, ...ISTIO_NAMES_OF_PODS, ...namesIn(OF_OTHERS)]);
