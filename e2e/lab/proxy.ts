import * as fs from 'node:fs';
import * as path from 'node:path';
import { AccessLog } from './access-log';
import { ISTIO_NAMESPACE } from './istiod';
import type { Kube } from './kube';
import type { Machine } from './machine';
import type { Service } from './processes';
import { waitFor } from './wait';

export interface ProxyOptions {
  readonly kube: Kube;
  readonly machine: Machine;
  readonly kind: 'sidecar' | 'router';
  readonly pod: string;
  readonly namespace: string;
  readonly account: string;
  readonly labels: Record<string, string>;
  /** The Deployment that the pod belongs to, or the group of a virtual machine. */
  readonly workload: string;
  /** What the agent on a virtual machine is told instead of the owner of a pod. */
  readonly virtualMachine?: { readonly environment: Readonly<Record<string, string>>; readonly readinessProbe?: unknown };
  /** What its container sets besides. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the annotation `proxy.istio.io/config` of its pod adds to the mesh's `defaultConfig`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** ISTIO_META_DNS_CAPTURE: names resolve to addresses that istiod allocates. */
  readonly dnsCapture: boolean;
  readonly agent: string;
  readonly envoy: string;
  readonly bootstrap: string;
}

/** pilot-agent and Envoy in a pod, with what Istio's injection template gives them: redirection, token, certificates, identity. */
export class Proxy {
  static async start(options: ProxyOptions): Promise<Proxy> {
    const proxy = new Proxy(options);
    await proxy.prepare();
    proxy.service = proxy.launch();
    return proxy;
  }

  readonly log: AccessLog;
  /** What the provider of a Telemetry writes. */
  readonly egressLog: AccessLog;
  private service!: Service;

  private constructor(private readonly options: ProxyOptions) {
    this.log = new AccessLog(path.join(options.machine.run, 'access.log'));
    this.egressLog = new AccessLog(path.join(options.machine.run, 'egress.log'));
  }

  async ready(): Promise<void> {
    await this.service.ready('not ready', async () =>
      (await this.options.machine.exec(['curl', '-sf', '-m', '2', 'http://127.0.0.1:15021/healthz/ready'])).code === 0, 60);
  }

  /** Whether the agent runs, and Envoy with it. */
  get running(): boolean {
    return this.service.running;
  }

  /** What Envoy has been told by istiod, for a person who wants to know why. */
  async configDump(): Promise<string> {
    const outcome = await this.options.machine.exec(['curl', '-s', '-m', '10', 'http://127.0.0.1:15000/config_dump?include_eds']);
    return outcome.stdout;
  }

  /** Stops the agent as systemd does, and Envoy with it; the redirection to them stays. */
  async stop(): Promise<void> {
    this.service.signal('SIGTERM');
    await waitFor('the agent stopped', () => !this.service.running || undefined, { seconds: 30 });
  }

  /** What Prometheus scrapes: of Envoy, on port 15090, or of the agent with Envoy's merged in, on port 15020. */
  async metrics(port: 15090 | 15020 = 15090): Promise<string> {
    return this.options.machine.must(['curl', '-sf', '-m', '10', `http://127.0.0.1:${port}/stats/prometheus`]);
  }

  async admin(location: string, method = 'GET'): Promise<string> {
    return this.options.machine.must(['curl', '-sf', '-m', '10', '-X', method, `http://127.0.0.1:15000/${location}`]);
  }

  private launch(): Service {
    const { machine, kind, namespace, pod, account, labels, workload, dnsCapture, virtualMachine } = this.options;
    const env: Record<string, string> = {
      PATH: process.env.PATH ?? '',
      HOME: '/run',
      PILOT_CERT_PROVIDER: 'istiod',
      CA_ADDR: `istiod.${ISTIO_NAMESPACE}.svc:15012`,
      POD_NAME: pod,
      POD_NAMESPACE: namespace,
      INSTANCE_IP: machine.address,
      HOST_IP: machine.address,
      SERVICE_ACCOUNT: account,
      TRUST_DOMAIN: 'cluster.local',
      PROXY_CONFIG: JSON.stringify({
        binaryPath: this.options.envoy,
        configPath: './etc/istio/proxy',
        discoveryAddress: `istiod.${ISTIO_NAMESPACE}.svc:15012`,
        concurrency: 1,
        terminationDrainDuration: '2s',
        ...(virtualMachine?.readinessProbe ? { readinessProbe: virtualMachine.readinessProbe } : {}),
        proxyMetadata: dnsCapture ? { ISTIO_META_DNS_CAPTURE: 'true' } : {},
        ...this.options.config,
      }),
      ISTIO_META_CLUSTER_ID: 'Kubernetes',
      ISTIO_META_WORKLOAD_NAME: workload,
      ...(virtualMachine ? virtualMachine.environment : {
        ISTIO_META_OWNER: `kubernetes://apis/apps/v1/namespaces/${namespace}/deployments/${workload}`,
        ISTIO_META_APP_CONTAINERS: 'app',
      }),
      ISTIO_METAJSON_LABELS: JSON.stringify(labels),
      GOMAXPROCS: '2',
      ...(kind === 'sidecar' ? { ISTIO_META_INTERCEPTION_MODE: 'REDIRECT' } : { ISTIO_META_UNPRIVILEGED_POD: 'true' }),
      ...(dnsCapture ? { ISTIO_META_DNS_CAPTURE: 'true' } : {}),
      ...this.options.environment,
    };
    return machine.service('proxy', [
      'setpriv', '--reuid=1337', '--regid=1337', '--clear-groups', '--',
      this.options.agent, 'proxy', kind, '--domain', `${namespace}.svc.cluster.local`, '--proxyLogLevel=warning', '--log_output_level=default:info',
      `--templateFile=${this.options.bootstrap}`,
    ], env);
  }

  private async prepare(): Promise<void> {
    const { machine, kube, kind, namespace, account, labels, dnsCapture } = this.options;
    const secrets = path.join(machine.run, 'secrets');
    const write = (file: string, text: string): void => {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    };
    for (const folder of ['workload-spiffe-uds', 'credential-uds', 'workload-spiffe-credentials']) {
      fs.mkdirSync(path.join(secrets, folder), { recursive: true });
    }
    write(path.join(secrets, 'tokens', 'istio-token'), await kube.token(namespace, account, 'istio-ca'));
    // istiod hands its root certificate to every namespace in this ConfigMap
    const root = await waitFor(`istio-ca-root-cert in ${namespace}`, async () =>
      (await kube.get({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'istio-ca-root-cert', namespace } }))?.data?.['root-cert.pem'] as string | undefined);
    write(path.join(secrets, 'istio', 'root-cert.pem'), root);
    // through the machine: what is written below an overlay that is mounted may not be seen
    const downward = (entries: Record<string, string>): string => Object.entries(entries).map(([key, value]) => `${key}=${JSON.stringify(value)}\n`).join('');
    await machine.must(['sh', '-ec', [
      'mkdir -p /etc/istio/proxy /etc/istio/pod /etc/istio/config',
      'cat > /etc/istio/pod/labels',
      ': > /etc/istio/pod/annotations',
      ': > /run/access.log',
      ': > /run/egress.log',
      'chown -R 1337:1337 /run/secrets /etc/istio /run/access.log /run/egress.log',
    ].join('\n')], { stdin: downward(labels) });
    if (kind === 'sidecar') {
      await machine.must([this.options.agent, 'istio-iptables', '-p', '15001', '-z', '15006', '-u', '1337', '-m', 'REDIRECT', '-i', '*', '-x', '', '-b', '*',
        '-d', '15090,15021,15020', ...(dnsCapture ? ['--redirect-dns'] : [])], { env: { PATH: process.env.PATH ?? '', HOME: '/run' } });
    }
  }
}
