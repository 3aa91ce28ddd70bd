import { SignalModel, TelemetryTargetModel, ThresholdsModel } from './model';
import { counted, Matchers, selector } from './promql';

const WINDOW = '5m';

/** Of a series that has it: whether a connection never came to be (UF), no endpoint was healthy (UH), or all attempts were used up (URX). */
const FAILED = { matches: '(.*,)?(UF|UH|URX)(,.*)?' };

/** What Kubernetes keeps of the beginning of a generated name, before it adds five characters. */
const BEGINNING = 58;

/**
 * Pods of a Deployment: its name, a hash of up to ten characters, five more. `out` does not take those of `out-2` with it. Of a long name the hash is cut, or all
 * of it, and no dash is left behind it; shorter hashes than six are one in ten thousand.
 */
function podsOf(workload: string): { readonly matches: string } {
  const left = BEGINNING - `${workload}-`.length;
  if (left < 0) {
    return { matches: `${workload.slice(0, BEGINNING)}[^-]{5}` };
  }
  const cut = `[^-]{${left + 5}}`;
  const tail = left > 10 ? '[^-]+-[^-]+' : left > 6 ? `(${cut}|[^-]{6,${left - 1}}-[^-]{5})` : cut;
  return { matches: `${workload}-${tail}` };
}

const joined = (...queries: string[]) => queries.join(' or ');

/** Of a gateway everything is a statistic of Envoy, seen on running proxies. */
function signalsOfGateway(
  { namespace, name, workload }: Extract<TelemetryTargetModel, { kind: 'gateway' }>, thresholds: ThresholdsModel, more: Matchers,
): SignalModel[] {
  const at: Matchers = { namespace, pod: podsOf(workload), ...more };
  const count = (metric: string, matchers: Matchers = {}) => counted(selector(metric, { ...matchers, ...at }), WINDOW);
  const perPod = (query: string) => `sum by (namespace, pod) (${query})`;
  const perService = (query: string) => `sum by (namespace, cluster_name) (${query})`;
  // What the gateway connects to has no subset: `outbound|443||p3306.shop.mysqldb.example.com`.
  const services = { cluster_name: { matches: 'outbound[|][0-9]+[|][|].+' } };
  const refused = `>= ${thresholds.refusedConnections}`;
  const where = `gateway ${name} in ${namespace}`;
  const log = 'its access log (pod {{ $labels.pod }})';
  // The name of a certificate is a part of the name of its metric.
  const certificates = selector('', {
    __name__: {
      matches: 'envoy_(cluster|listener)_ssl_certificate_.+_expiration_unix_time_seconds',
      // The gateway's own certificate lives for a day, and the root is at the listener once, at the clusters as often as there are services.
      matchesNot: 'envoy_cluster_ssl_certificate_ROOTCA_.+|envoy_(cluster|listener)_ssl_certificate_default_.+',
    },
    ...at,
  });
  const ownCertificate = selector('envoy_listener_ssl_certificate_default_expiration_unix_time_seconds', at);
  return [
    {
      title: 'Refused handshakes',
      // Three statistics with equal labels, which all exist as soon as there is a server.
      query: perPod(count('envoy_listener_ssl_fail_verify_san')) + ` + ${perPod(count('envoy_listener_ssl_fail_verify_no_cert'))}`
        + ` + ${perPod(count('envoy_listener_ssl_fail_verify_error'))}`,
      panel: { unit: 'short', legend: '{{pod}}' },
      alert: {
        name: 'EgressHandshakeRefused',
        severity: 'warning',
        condition: refused,
        summary: `The ${where} has refused {{ $value | humanize }} handshakes in 5 minutes.`,
        runbook: `Find the identity and the service in ${log}: fields refused_in_handshake and server_name. If the identity is a client, add it with allowFrom(). `
          + 'If it is not, find out what its workload does. A line without an identity comes from a pod without a certificate of the mesh.',
      },
    },
    {
      title: 'Denials by policy',
      query: perPod(joined(
        count('envoy_tcp', { authz_enforce_result: 'denied', tcp_prefix: 'rbac' }), count('envoy_http_rbac', { authz_enforce_result: 'denied' }),
      )),
      panel: { unit: 'short', legend: '{{pod}}' },
      alert: {
        name: 'EgressPolicyDenied',
        severity: 'warning',
        condition: refused,
        summary: `AuthorizationPolicies of the ${where} have denied {{ $value | humanize }} connections or requests in 5 minutes.`,
        runbook: `Find them in ${log}: termination_details, of HTTP response_code_details, begins with rbac_access_denied and names the policy, `
          + 'client_identity the client. An identity outside of a client namespace that sends its server name is an attack or a copied manifest.',
      },
    },
    {
      title: 'Unknown server names',
      query: perPod(count('envoy_listener_no_filter_chain_match')),
      panel: { unit: 'short', legend: '{{pod}}' },
      alert: {
        name: 'EgressServerNameUnknown',
        severity: 'warning',
        condition: refused,
        summary: `The ${where} has reset {{ $value | humanize }} connections in 5 minutes that no Gateway has a server for.`,
        runbook: `Find server_name in ${log}, with the flag NR. A name that begins with p<port> or in. belongs to a service whose Gateway was removed, or not yet applied. `
          + 'No name at all is plaintext or a port scan: find the pod by client_address.',
      },
    },
    {
      title: 'Connections that failed, by service',
      query: perService(count('envoy_cluster_upstream_cx_connect_fail', services)),
      panel: { unit: 'short', legend: '{{cluster_name}}' },
      alert: {
        name: 'EgressEndpointUnreachable',
        severity: 'critical',
        condition: `>= ${thresholds.failedConnections}`,
        summary: `The ${where} could not connect {{ $value | humanize }} times in 5 minutes to {{ $labels.cluster_name }}.`,
        runbook: 'Read upstream_failure in its access log: "Connection refused" is a server that is down, "No route to host" or a timeout the network or a firewall, '
          + 'CERTIFICATE_VERIFY_FAILED the certificate of the server.',
      },
    },
    {
      title: 'Server certificates that were refused, by service',
      query: perService(count('envoy_cluster_ssl_fail_verify_san', services)) + ` + ${perService(count('envoy_cluster_ssl_fail_verify_error', services))}`,
      panel: { unit: 'short', legend: '{{cluster_name}}' },
      alert: {
        name: 'EgressServerCertificateRefused',
        severity: 'critical',
        condition: refused,
        summary: `The ${where} has refused the certificate of {{ $labels.cluster_name }}.`,
        runbook: 'Nothing was sent. Read upstream_failure in its access log, which has the names in the certificate. If the provider has changed names or authority, declare '
          + 'subjectAltNames or caCertificates of ClientTls. If not, somebody answers in the place of the service.',
      },
    },
    {
      title: 'Time until certificates expire',
      query: `min by (namespace, cluster_name) (${certificates}) - time()`,
      panel: { unit: 's', legend: '{{cluster_name}}' },
      alert: {
        name: 'EgressCertificateExpires',
        severity: 'warning',
        condition: `< ${thresholds.certificateExpiry}`,
        summary: `A certificate of the ${where} expires in {{ $value | humanizeDuration }}.`,
        runbook: 'With a cluster_name it is the client certificate or the authority for that service: renew the Secret or the file. Without one it is the root of the mesh: '
          + 'see Istio\'s documentation for its rotation.',
      },
    },
    {
      title: 'Time until the gateway\'s own certificate expires',
      query: `min by (namespace, pod) (${ownCertificate}) - time()`,
      panel: { unit: 's', legend: '{{pod}}' },
      alert: {
        name: 'EgressWorkloadCertificateNotRenewed',
        severity: 'critical',
        condition: `< ${thresholds.workloadCertificateExpiry}`,
        summary: `The certificate of pod {{ $labels.pod }} of the ${where} expires in {{ $value | humanizeDuration }} and was not renewed.`,
        runbook: 'When it has expired no client connects any more. See whether istiod is up, and the log of the pod for errors of its certificate request. NetworkPolicies of '
          + 'the gateway must let its pods reach istiod on port 15012.',
      },
    },
    {
      title: 'Statistics that are missing',
      query: joined(`absent(${selector('envoy_listener_ssl_fail_verify_san', at)})`, `absent(${ownCertificate})`),
      alert: {
        name: 'EgressStatisticsMissing',
        severity: 'warning',
        condition: '> 0',
        for: '15m',
        summary: `Statistics of the ${where} are missing: its other alerts say nothing.`,
        runbook: 'Set proxyStatsMatcher of the gateway as EgressTelemetry.gatewayProxyConfig() has it and restart its pods; see that Prometheus scrapes port 15020 or 15090 of '
          + 'them with the labels namespace and pod. A gateway without a server has no such statistics either.',
      },
    },
    {
      title: 'Open connections, by service',
      query: perService(selector('envoy_cluster_upstream_cx_active', { ...services, ...at })),
      panel: { unit: 'short', legend: '{{cluster_name}}' },
    },
    {
      title: 'New connections, by service',
      query: perService(`rate(${selector('envoy_cluster_upstream_cx_total', { ...services, ...at })}[${WINDOW}])`),
      panel: { unit: 'reqps', legend: '{{cluster_name}}' },
    },
  ];
}

/**
 * Of a namespace, Istio's standard metrics come first: they need no setting, name the workload, and have HTTP. Where they are off, Envoy's own statistics of TCP
 * are used, if they are exported.
 */
function signalsOfNamespace(namespace: string, thresholds: ThresholdsModel, more: Matchers, allowsAny: boolean): SignalModel[] {
  const standard = (by: string, matchers: Matchers) => {
    const all = { reporter: 'source', source_workload_namespace: namespace, ...matchers, ...more };
    const count = (metric: string) => counted(selector(metric, all), WINDOW);
    return `sum by (${by}) (${joined(count('istio_tcp_connections_closed_total'), count('istio_requests_total'))})`;
  };
  const envoy = (by: string, metric: string, matchers: Matchers) =>
    `sum by (${by}) (${counted(selector(metric, { ...matchers, namespace, ...more }), WINDOW)})`;
  // Without `on ()` both would be there, because their labels differ.
  const either = (first: string, second: string) => `${first} or on () ${second}`;
  const undeclared = `>= ${thresholds.undeclaredConnections}`;
  const who = '{{ $labels.source_workload }}{{ $labels.pod }}';
  const legend = '{{source_workload}}{{pod}}';
  return [
    {
      title: 'Blocked: connections to what nobody declared',
      query: either(
        standard('source_workload', { destination_service_name: 'BlackHoleCluster' }),
        envoy('pod', 'envoy_cluster_upstream_cx_none_healthy', { cluster_name: 'BlackHoleCluster' }),
      ),
      panel: { unit: 'short', legend },
      alert: {
        name: 'EgressBlocked',
        severity: 'warning',
        condition: undeclared,
        summary: `${who} in ${namespace} has tried {{ $value | humanize }} times in 5 minutes to reach something that nobody declared.`,
        runbook: 'Its sidecar has blocked it. The access log of the pod has the address, with BlackHoleCluster. Declare the service if the workload needs it, and allow the '
          + 'workload. If nobody knows the address, find out which program connects to it.',
      },
    },
    ...allowsAny ? [] : [{
      title: 'Not blocked: connections to what nobody declared',
      query: either(
        standard('source_workload', { destination_service_name: 'PassthroughCluster' }),
        envoy('pod', 'envoy_cluster_upstream_cx_total', { cluster_name: 'PassthroughCluster' }),
      ),
      panel: { unit: 'short' as const, legend },
      alert: {
        name: 'EgressPassthrough',
        severity: 'critical' as const,
        condition: undeclared,
        summary: `${who} in ${namespace} has reached {{ $value | humanize }} times in 5 minutes something that nobody declared.`,
        runbook: 'Its sidecar allows any destination: outboundTrafficPolicy of the mesh, or a Sidecar that applies to the pod, is not REGISTRY_ONLY. Set it, or lock the '
          + 'namespace down with EgressLockdown. The access log of the pod has the address, with PassthroughCluster.',
      },
    }],
    {
      title: 'Connections and requests that failed, by destination',
      query: either(
        standard('source_workload, destination_service', {
          response_flags: FAILED, destination_service_name: { matchesNot: 'BlackHoleCluster' },
        }),
        envoy('cluster_name', 'envoy_cluster_upstream_cx_connect_fail', { cluster_name: { matches: 'outbound[|].+' } }),
      ),
      panel: { unit: 'short', legend: '{{source_workload}} {{destination_service}}{{cluster_name}}' },
      alert: {
        name: 'EgressDestinationUnreachable',
        severity: 'critical',
        condition: `>= ${thresholds.failedConnections}`,
        summary: `Sidecars in ${namespace} could not connect {{ $value | humanize }} times in 5 minutes to {{ $labels.destination_service }}{{ $labels.cluster_name }}.`,
        runbook: 'For a direct service, see whether its server is up and the network lets the namespace reach it. For a gateway, see whether its pods are up. Of a routed '
          + 'service that is down the sidecar sees nothing: the alerts of the gateway do.',
      },
    },
  ];
}

/** What an operator watches, in the order of a dashboard. */
export function signalsOf(target: TelemetryTargetModel, thresholds: ThresholdsModel, more: Matchers, allowsAny: boolean): SignalModel[] {
  return target.kind === 'gateway' ? signalsOfGateway(target, thresholds, more) : signalsOfNamespace(target.namespace, thresholds, more, allowsAny);
}
