import * as fs from 'node:fs';
import * as path from 'node:path';
import { EgressTelemetry } from 'cdk8s-istio-egress';
import type { Kube, KubeObject } from './kube';
import { must, run, Service } from './processes';
import { waitFor } from './wait';

export interface IstiodOptions {
  readonly kube: Kube;
  readonly folder: string;
  /** Where istiod answers inside the lab. */
  readonly address: string;
  readonly binary: string;
  /** The folder of Istio's module: its CRDs are read from there. */
  readonly sources: string;
}

export const ISTIO_NAMESPACE = 'istio-system';

/** What a sidecar does with a connection to a host that nobody declared. */
export type OutboundPolicy = 'REGISTRY_ONLY' | 'ALLOW_ANY';

const PORTS = [
  { name: 'grpc-xds', port: 15010, targetPort: 15010 },
  { name: 'https-dns', port: 15012, targetPort: 15012 },
  { name: 'https-webhook', port: 443, targetPort: 15017 },
  { name: 'http-monitoring', port: 15014, targetPort: 15014 },
];

/** One field a line of an access log is asked for. */
export const ACCESS_LOG_FORMAT: Record<string, string> = {
  time: '%START_TIME(%s.%3f)%',
  listener: '%DOWNSTREAM_LOCAL_ADDRESS%',
  client: '%DOWNSTREAM_REMOTE_ADDRESS%',
  sni: '%REQUESTED_SERVER_NAME%',
  principal: '%DOWNSTREAM_PEER_URI_SAN%',
  tls: '%DOWNSTREAM_TLS_VERSION%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream: '%UPSTREAM_HOST%',
  flags: '%RESPONSE_FLAGS%',
  details: '%CONNECTION_TERMINATION_DETAILS%',
  failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  refusal: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
  sent: '%BYTES_SENT%',
  received: '%BYTES_RECEIVED%',
  ms: '%DURATION%',
  code: '%RESPONSE_CODE%',
};

/** The provider of an access log that the library tells operators to add, in a file of its own. */
function egressProviders(): unknown[] {
  const providers = EgressTelemetry.meshConfig().extensionProviders as { envoyFileAccessLog: { path: string } }[];
  providers.forEach((provider) => { provider.envoyFileAccessLog.path = '/run/egress.log'; });
  return providers;
}

/** The mesh configuration of the lab. */
export function meshConfig(outbound: OutboundPolicy): Record<string, unknown> {
  return {
    accessLogFile: '/run/access.log',
    accessLogEncoding: 'JSON',
    accessLogFormat: JSON.stringify(ACCESS_LOG_FORMAT),
    outboundTrafficPolicy: { mode: outbound },
    rootNamespace: ISTIO_NAMESPACE,
    trustDomain: 'cluster.local',
    // the released Envoy has none of Istio's own filters, so no provider may ask for one
    defaultProviders: {},
    extensionProviders: egressProviders(),
    defaultConfig: { discoveryAddress: `istiod.${ISTIO_NAMESPACE}.svc:15012` },
  };
}

/** Istio's control plane with its CRDs and its validating webhook, on a mesh that lets nothing out that is not declared. */
export class Istiod {
  static async start(options: IstiodOptions): Promise<Istiod> {
    fs.mkdirSync(options.folder, { recursive: true });
    const istiod = new Istiod(options);
    await Promise.all([istiod.crds(), istiod.objects()]);
    istiod.service = istiod.launch();
    await istiod.service.ready('not ready', async () => (await run(['curl', '-sf', '-m', '2', 'http://127.0.0.1:8080/ready'])).code === 0, 60);
    await istiod.webhook();
    return istiod;
  }

  service!: Service;
  private outbound: OutboundPolicy = 'REGISTRY_ONLY';

  private constructor(private readonly options: IstiodOptions) {}

  get log(): string {
    return path.join(this.options.folder, 'istiod.log');
  }

  async stop(): Promise<void> {
    await this.service.end();
  }

  async restart(): Promise<void> {
    this.service = this.launch();
    await this.service.ready('not ready', async () => (await run(['curl', '-sf', '-m', '2', 'http://127.0.0.1:8080/ready'])).code === 0, 60);
  }

  /** Changes what sidecars do with undeclared hosts; istiod watches the file of its mesh configuration. Returns when istiod uses the new one. */
  async outboundPolicy(policy: OutboundPolicy): Promise<void> {
    if (policy === this.outbound) { return; }
    this.outbound = policy;
    this.writeMesh();
    await this.service.ready(`its mesh is not ${policy}`, async () => {
      const mesh = JSON.parse(await must(['curl', '-sf', '-m', '5', 'http://127.0.0.1:15014/debug/mesh'])) as { outboundTrafficPolicy?: { mode?: string } };
      // REGISTRY_ONLY is the zero value, which JSON leaves out
      return (mesh.outboundTrafficPolicy?.mode ?? 'REGISTRY_ONLY') === policy;
    }, 30);
  }

  /** The value of one of istiod's own metrics, added up over its labels. */
  async metric(name: string): Promise<number> {
    const text = await must(['curl', '-sf', '-m', '5', 'http://127.0.0.1:15014/metrics']);
    return text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .reduce((sum, line) => sum + Number(line.split(' ').pop()), 0);
  }

  private launch(): Service {
    this.writeMesh();
    return new Service('istiod', [
      this.options.binary, 'discovery', '--monitoringAddr=:15014', '--domain=cluster.local', `--meshConfig=${this.meshFile}`, '--networksConfig=/dev/null',
      `--kubeconfig=${this.options.kube.config}`, '--keepaliveMaxServerConnectionAge=30m', '--log_output_level=default:info', '--ctrlz_port=0',
    ], {
      log: this.log,
      cwd: this.options.folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.options.folder,
        KUBECONFIG: this.options.kube.config,
        REVISION: 'default',
        CLUSTER_ID: 'Kubernetes',
        POD_NAME: 'istiod-lab',
        POD_NAMESPACE: ISTIO_NAMESPACE,
        SERVICE_ACCOUNT: 'istiod',
        PILOT_CERT_PROVIDER: 'istiod',
        VALIDATION_WEBHOOK_CONFIG_NAME: 'istio-validator-istio-system',
        PILOT_ENABLE_METADATA_EXCHANGE: 'false',
        PILOT_ENABLE_ALPN_FILTER: 'false',
        PILOT_ENABLE_GATEWAY_API: 'false',
      },
    });
  }

  private get meshFile(): string {
    return path.join(this.options.folder, 'mesh.json');
  }

  private writeMesh(): void {
    // in one step: istiod must not read half of it
    fs.writeFileSync(`${this.meshFile}.new`, JSON.stringify(meshConfig(this.outbound)));
    fs.renameSync(`${this.meshFile}.new`, this.meshFile);
  }

  private async crds(): Promise<void> {
    const kube = this.options.kube;
    await must(['kubectl', '--kubeconfig', kube.config, '--cache-dir', path.join(this.options.folder, 'kubectl-cache'), 'apply', '--server-side',
      '--validate=false', '-f', path.join(this.options.sources, 'manifests/charts/base/files/crd-all.gen.yaml')]);
    await waitFor('Istio\'s CRDs established', async () => {
      const all = await kube.list('/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
      return all.length > 10 && all.every((crd) => (crd.status?.conditions ?? [])
        .some((condition: { type: string; status: string }) => condition.type === 'Established' && condition.status === 'True'));
    });
  }

  private async objects(): Promise<void> {
    const { kube, address } = this.options;
    await kube.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ISTIO_NAMESPACE } });
    await kube.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'istiod', namespace: ISTIO_NAMESPACE, labels: { app: 'istiod', istio: 'pilot' } },
      spec: { selector: { app: 'istiod', istio: 'pilot' }, ports: PORTS.map((port) => ({ ...port, protocol: 'TCP' })) },
    });
    await kube.put({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'istiod-lab', namespace: ISTIO_NAMESPACE, labels: { 'kubernetes.io/service-name': 'istiod' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: PORTS.map((port) => ({ name: port.name, port: port.targetPort, protocol: 'TCP' })),
    });
  }

  /** What the charts install: fail open until istiod has put its certificate in and made it fail closed. */
  private async webhook(): Promise<void> {
    const { kube } = this.options;
    const configuration: KubeObject = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'istiod-default-validator', labels: { 'app': 'istiod', 'istio': 'istiod', 'istio.io/rev': 'default' } },
      webhooks: [{
        name: 'validation.istio.io',
        clientConfig: { service: { name: 'istiod', namespace: ISTIO_NAMESPACE, path: '/validate' } },
        rules: [{
          operations: ['CREATE', 'UPDATE'],
          apiGroups: ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'],
          apiVersions: ['*'],
          resources: ['*'],
        }],
        failurePolicy: 'Ignore',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      }],
    };
    await kube.call('POST', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', configuration);
    await this.service.ready('its validating webhook is not closed', async () => {
      const [webhook] = (await kube.get(configuration))?.webhooks ?? [];
      return webhook?.failurePolicy === 'Fail' && Boolean(webhook.clientConfig.caBundle);
    }, 60);
    // the API server notices a changed webhook a moment later: ask until a wrong object is refused
    await this.service.ready('its validating webhook does not answer', async () => {
      const outcome = await kube.kubectl(['apply', '--server-side', '--dry-run=server', '-f', '-'], JSON.stringify({
        apiVersion: 'networking.istio.io/v1',
        kind: 'Gateway',
        metadata: { name: 'probe', namespace: ISTIO_NAMESPACE },
        spec: { selector: { a: 'b' }, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['a.example.com'] }] },
      }));
      return outcome.code !== 0 && outcome.stderr.includes('validation.istio.io');
    }, 60);
  }
}
