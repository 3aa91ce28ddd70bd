import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiServer } from './api-server';
import { Dns } from './dns';
import { Ferretdb, type FerretdbOptions } from './ferretdb';
import { Greeter, type GreeterOptions } from './greeter';
import { ISTIO_NAMESPACE, Istiod } from './istiod';
import { Kafka, type KafkaOptions } from './kafka';
import type { Kube, KubeObject } from './kube';
import { Machine, type MachineOptions } from './machine';
import { Mariadb, type MariadbOptions } from './mariadb';
import { MongoReplicaSet, type MongoReplicaSetOptions } from './mongo-replica-set';
import { Network } from './network';
import type { Parts } from './parts';
import { Pod, type PodOptions } from './pod';
import { Postgres, type PostgresOptions } from './postgres';
import { must } from './processes';
import { Redis, type RedisOptions } from './redis';
import { RedisCluster, type RedisMember } from './redis-cluster';
import { RedisSentinel, type RedisSentinelOptions } from './redis-sentinel';
import { Services } from './services';
import { VirtualMachine, type VirtualMachineOptions } from './virtual-machine';
import { Website, type WebsiteOptions } from './website';

/** What runs outside the mesh: on one host, or on several. */
type Outside = { readonly machine: Machine } | { readonly machines: readonly Machine[] };

const ISTIO_KINDS = [
  'networking.istio.io/v1/serviceentries', 'networking.istio.io/v1/destinationrules', 'networking.istio.io/v1/gateways', 'networking.istio.io/v1/virtualservices',
  'networking.istio.io/v1/sidecars', 'networking.istio.io/v1/workloadentries', 'networking.istio.io/v1/workloadgroups', 'security.istio.io/v1/authorizationpolicies',
  'security.istio.io/v1/peerauthentications', 'telemetry.istio.io/v1/telemetries',
];

const APPLICATION_KINDS = [
  'apps/v1/deployments', 'batch/v1/jobs', 'v1/secrets', 'v1/configmaps', 'v1/serviceaccounts', 'v1/services', 'v1/pods', 'discovery.k8s.io/v1/endpointslices',
  'networking.k8s.io/v1/networkpolicies', 'policy/v1/poddisruptionbudgets', 'autoscaling/v2/horizontalpodautoscalers',
  'rbac.authorization.k8s.io/v1/roles', 'rbac.authorization.k8s.io/v1/rolebindings',
];

const CLUSTER_WIDE_KINDS = ['admissionregistration.k8s.io/v1/validatingadmissionpolicybindings', 'admissionregistration.k8s.io/v1/validatingadmissionpolicies'];

/** istiod puts its root certificate into every namespace, and again when it is taken away. */
const NOT_ISTIODS = `labelSelector=${encodeURIComponent('istio.io/config!=true')}`;

function collectionOf(namespace: string, kind: string): string {
  const parts = kind.split('/');
  const plural = parts.pop();
  return `${parts.length === 1 ? '/api' : '/apis'}/${parts.join('/')}/namespaces/${namespace}/${plural}`;
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
}

/** A gateway as a chart or an operator installs it: a Service and pods of Istio's proxy alone. */
export interface GatewayOptions {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly ports: readonly ServicePort[];
  /** The service account of its pods; `<name>-service-account` when left out. */
  readonly account?: string;
  /** One pod when left out. */
  readonly replicas?: number;
  /** The annotation `proxy.istio.io/config` of its pods. */
  readonly proxyConfig?: Readonly<Record<string, unknown>>;
  /** Environment of their proxies, as their container has it. */
  readonly proxyEnvironment?: Readonly<Record<string, string>>;
}

interface GatewayTemplate {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly containers: readonly { readonly env?: readonly { readonly name: string; readonly value: string }[] }[];
  };
}

export interface LabOptions {
  readonly parts: Parts;
  /** A folder that only this lab uses; it is expected to go away with the lab. */
  readonly folder: string;
}

/** A mesh on one machine: control plane, name server, hosts outside, pods. */
export class Lab {
  static async start(options: LabOptions): Promise<Lab> {
    const { parts, folder } = options;
    fs.mkdirSync(folder, { recursive: true });
    const network = await Network.create();
    const [dns, api] = await Promise.all([
      Dns.start(network, path.join(folder, 'dns')),
      ApiServer.start({ folder: path.join(folder, 'api-server'), address: network.gateway, binary: parts.kubeApiserver }),
    ]);
    await dns.always(`istiod.${ISTIO_NAMESPACE}.svc.cluster.local`, network.gateway);
    await dns.always(`istiod.${ISTIO_NAMESPACE}.svc`, network.gateway);
    const istiod = await Istiod.start({
      kube: api.kube, folder: path.join(folder, 'istiod'), address: network.gateway, binary: parts.pilotDiscovery, sources: parts.istio,
    });
    return new Lab(options, network, dns, api, istiod);
  }

  readonly kube: Kube;
  readonly services: Services;
  private readonly running = new Set<Pod>();
  private readonly namespaces = new Set<string>();
  private readonly machines: Machine[] = [];
  private readonly virtualMachines: VirtualMachine[] = [];
  private readonly databases = new Map<string, Promise<Outside>>();

  private constructor(
    private readonly options: LabOptions,
    readonly network: Network,
    readonly dns: Dns,
    readonly api: ApiServer,
    readonly istiod: Istiod,
  ) {
    this.kube = api.kube;
    this.services = new Services(api.kube, dns);
  }

  get folder(): string { return this.options.folder; }
  get parts(): Parts { return this.options.parts; }
  get pods(): readonly Pod[] { return [...this.running]; }

  async namespace(name: string): Promise<void> {
    // the control plane's namespace is not the scenario's to empty
    if (name === ISTIO_NAMESPACE) { return; }
    this.namespaces.add(name);
    await this.kube.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'istio-injection': 'enabled' } } });
  }

  async pod(options: PodOptions): Promise<Pod> {
    const pod = await Pod.start({ kube: this.kube, network: this.network, folder: path.join(this.folder, 'pods'), parts: this.parts }, options);
    this.running.add(pod);
    await this.services.refresh(pod.namespace);
    return pod;
  }

  website(options: WebsiteOptions): Promise<Website> {
    return this.host(options.address, () => Website.start(this.network, this.folder, options)) as Promise<Website>;
  }

  /** A pod that only calls, under an account. */
  async caller(namespace: string, account: string, options: Partial<PodOptions> = {}): Promise<Pod> {
    await this.namespace(namespace);
    return this.pod({ name: account, namespace, account, labels: { app: account }, ...options });
  }

  async end(pod: Pod): Promise<void> {
    this.running.delete(pod);
    await pod.kill();
    await this.services.refresh(pod.namespace);
  }

  mariadb(options: MariadbOptions): Promise<Mariadb> {
    return this.host(options.address, () => Mariadb.start(this.network, this.folder, options)) as Promise<Mariadb>;
  }

  redis(options: RedisOptions): Promise<Redis> {
    return this.host(`${options.address}:${options.port ?? 6379}`, () => Redis.start(this.network, this.folder, options)) as Promise<Redis>;
  }

  redisCluster(members: readonly RedisMember[]): Promise<RedisCluster> {
    return this.host(members[0].address, () => RedisCluster.start(this.network, this.folder, members)) as Promise<RedisCluster>;
  }

  redisSentinel(options: RedisSentinelOptions): Promise<RedisSentinel> {
    return this.host(options.members[0].address, () => RedisSentinel.start(this.network, this.folder, options)) as Promise<RedisSentinel>;
  }

  postgres(options: PostgresOptions): Promise<Postgres> {
    return this.host(options.address, () => Postgres.start(this.network, this.folder, this.parts.postgres, options)) as Promise<Postgres>;
  }

  ferretdb(options: FerretdbOptions): Promise<Ferretdb> {
    return this.host(options.address, () => Ferretdb.start(this.network, this.folder, this.parts, options)) as Promise<Ferretdb>;
  }

  mongoReplicaSet(options: MongoReplicaSetOptions): Promise<MongoReplicaSet> {
    const [{ address }] = options.members;
    return this.host(address, () => MongoReplicaSet.start(this.network, this.folder, this.parts, options)) as Promise<MongoReplicaSet>;
  }

  kafka(options: KafkaOptions): Promise<Kafka> {
    return this.host(options.brokers[0].address, () => Kafka.start(this.network, this.folder, this.parts, options)) as Promise<Kafka>;
  }

  /** A server outside that says its name at once, as a database that speaks first. */
  greeter(options: GreeterOptions): Promise<Greeter> {
    return this.host(`${options.address}:${options.port}`, () => Greeter.start(this.network, this.folder, options)) as Promise<Greeter>;
  }

  /** A host outside that joins the mesh: it keeps what runs on it. */
  async virtualMachine(machine: Machine, options: VirtualMachineOptions): Promise<VirtualMachine> {
    const joined = await VirtualMachine.join({ kube: this.kube, parts: this.parts }, machine, options);
    this.virtualMachines.push(joined);
    return joined;
  }

  /** The stock egress gateway, as Istio's chart installs it: its Service and as many pods as asked for. */
  stockGateway(replicas = 1, morePorts: readonly ServicePort[] = []): Promise<Pod[]> {
    return this.gateway({
      name: 'istio-egressgateway',
      namespace: ISTIO_NAMESPACE,
      labels: { app: 'istio-egressgateway', istio: 'egressgateway' },
      ports: [{ name: 'http2', port: 80, targetPort: 8080 }, { name: 'https', port: 443, targetPort: 8443 }, ...morePorts],
      replicas,
    });
  }

  /** A gateway workload; pods that run already are left as they are. */
  async gateway(options: GatewayOptions): Promise<Pod[]> {
    const { name, namespace, labels, ports, account = `${name}-service-account`, replicas = 1, proxyConfig, proxyEnvironment } = options;
    await this.namespace(namespace);
    await this.kube.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: { type: 'ClusterIP', selector: labels, ports: ports.map((port) => ({ ...port, protocol: 'TCP' })) },
    });
    // as Istio's chart does: istiod gives the certificates of Secrets to accounts only that may list them
    const access = { metadata: { name: `${name}-sds`, namespace }, apiVersion: 'rbac.authorization.k8s.io/v1' };
    await this.kube.put({ ...access, kind: 'Role', rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }] });
    await this.kube.put({
      ...access,
      kind: 'RoleBinding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `${name}-sds` },
      subjects: [{ kind: 'ServiceAccount', name: account }],
    });
    const wanted = Array.from({ length: replicas }, (_, index) => `${name}-${index}`);
    return Promise.all(wanted.map(async (pod) => this.pods.find((running) => running.name === pod && running.namespace === namespace)
      ?? this.pod({ name: pod, namespace, account, labels, workload: name, proxy: 'router', proxyConfig, proxyEnvironment })));
  }

  /** The pods of a Deployment whose container Istio's injector would fill in. */
  async gatewayOf({ metadata, spec }: KubeObject, replicas: number): Promise<Pod[]> {
    const { name, namespace = 'default' } = metadata;
    const template = spec.template as GatewayTemplate;
    await this.namespace(namespace);
    const proxyEnvironment = Object.fromEntries((template.spec.containers[0].env ?? []).map((variable) => [variable.name, variable.value]));
    const proxyConfig = JSON.parse(template.metadata.annotations?.['proxy.istio.io/config'] ?? '{}') as Record<string, unknown>;
    return Promise.all(Array.from({ length: replicas }, (_, index) => this.pod({
      name: `${name}-${index}`,
      namespace,
      account: template.spec.serviceAccountName,
      labels: template.metadata.labels,
      workload: name,
      proxy: 'router',
      proxyEnvironment,
      proxyConfig,
    })));
  }

  /** Ends every pod and every host outside, and takes away every object, so that the next scenario starts from nothing. */
  async clear(): Promise<void> {
    const hosts = await Promise.all([...this.databases.values()].map((host) => host.catch(() => undefined)));
    this.databases.clear();
    this.virtualMachines.length = 0;
    await Promise.all([
      ...this.pods.map((pod) => pod.kill()),
      ...hosts.flatMap((host) => (host === undefined ? [] : 'machines' in host ? host.machines : [host.machine])).map((machine) => machine.kill()),
      ...this.machines.splice(0).map((machine) => machine.kill()),
    ]);
    this.running.clear();
    if (this.istiod.service.running) { await this.istiod.outboundPolicy('REGISTRY_ONLY'); }
    fs.rmSync(path.join(this.folder, 'pods'), { recursive: true, force: true });
    await this.dns.clear();
    await this.withdraw();
    await Promise.all([...this.namespaces].flatMap((namespace) => APPLICATION_KINDS.map((kind) => this.deleteAll(namespace, kind))));
  }

  /** Takes away every object of Istio's, faster than kubectl deletes hundreds. */
  async withdraw(): Promise<void> {
    await Promise.all(CLUSTER_WIDE_KINDS.map((kind) => this.kube.call('DELETE', `/apis/${kind}`)));
    await Promise.all([...this.namespaces, ISTIO_NAMESPACE].flatMap((namespace) => ISTIO_KINDS.map((kind) => this.deleteAll(namespace, kind))));
  }

  /** The objects of an application and of Istio that exist now, as `namespace/Kind/name`. */
  async objects(): Promise<string[]> {
    const names: string[] = [];
    for (const namespace of [...this.namespaces, ISTIO_NAMESPACE]) {
      for (const kind of namespace === ISTIO_NAMESPACE ? ISTIO_KINDS : [...ISTIO_KINDS, ...APPLICATION_KINDS]) {
        const found = await this.kube.list(`${collectionOf(namespace, kind)}?${NOT_ISTIODS}`);
        names.push(...found.map((object) => `${namespace}/${kind.split('/').pop()}/${object.metadata.name}`));
      }
    }
    for (const kind of CLUSTER_WIDE_KINDS) {
      names.push(...(await this.kube.list(`/apis/${kind}`)).map((object) => `${kind.split('/').pop()}/${object.metadata.name}`));
    }
    return names.sort();
  }

  /** A host outside the mesh that no class of its own exists for. */
  async machine(options: MachineOptions): Promise<Machine> {
    const machine = await Machine.start(this.network, path.join(this.folder, 'outside'), options);
    this.machines.push(machine);
    return machine;
  }

  /** Copies logs and config dumps to a folder that stays. */
  async keep(folder: string): Promise<void> {
    fs.mkdirSync(folder, { recursive: true });
    for (const file of this.logs()) {
      const [namespace, pod, name] = file.split(path.sep).filter((part) => part !== 'run');
      fs.mkdirSync(path.join(folder, `${namespace}.${pod}`), { recursive: true });
      fs.copyFileSync(path.join(this.folder, 'pods', file), path.join(folder, `${namespace}.${pod}`, name));
    }
    await Promise.all(this.pods.filter((pod) => pod.hasProxy).map(async (pod) => {
      fs.writeFileSync(path.join(folder, `${pod.namespace}.${pod.name}`, 'config-dump.json'), await pod.proxy.configDump());
    }));
    await Promise.all(this.virtualMachines.map((machine) => machine.keep(path.join(folder, machine.machine.name))));
    fs.copyFileSync(this.istiod.log, path.join(folder, 'istiod.log'));
    const objects = await this.kube.kubectl(['get', '-A', '-o', 'yaml',
      'serviceentries,destinationrules,gateways.networking.istio.io,virtualservices,authorizationpolicies,sidecars,workloadentries,workloadgroups']);
    fs.writeFileSync(path.join(folder, 'objects.yaml'), objects.stdout);
    await must(['sh', '-c', 'cp "$0"/api-server/*.log "$0"/dns/*.log "$1"', this.folder, folder]);
  }

  /** The logs of all pods of this scenario, also of those that have ended, below the folder of the pods. */
  private logs(): string[] {
    const pods = path.join(this.folder, 'pods');
    const below = (folder: string): string[] => (fs.existsSync(path.join(pods, folder))
      ? fs.readdirSync(path.join(pods, folder)).map((name) => path.join(folder, name)) : []);
    return below('').flatMap(below).flatMap((pod) => [...below(pod), ...below(path.join(pod, 'run'))]).filter((file) => file.endsWith('.log'));
  }

  private async deleteAll(namespace: string, kind: string): Promise<void> {
    await this.kube.call('DELETE', `${collectionOf(namespace, kind)}?gracePeriodSeconds=0&${NOT_ISTIODS}`, undefined, undefined, [404, 405]);
  }

  private host(server: string, start: () => Promise<Outside>): Promise<Outside> {
    let host = this.databases.get(server);
    if (!host) {
      host = start();
      this.databases.set(server, host);
    }
    return host;
  }
}
