import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Connection } from './connection';
import { literalPasswords } from './literal-password';
import { Container, PodSpec, sortKeys } from './pod';
import { mountFiles, problemsOfFiles, SecretFiles } from './secret-files';
import { isDnsName } from '../private/check';
import { Fail, quote } from '../private/fail';
import { PortModel } from '../private/model';
import { isKindOfWorkload, podMetadataIn, podSpecIn } from '../private/pod-template';

/** The address that a host of a service has in the pods of a workload. */
export interface NamedAddress {
  /** The path of the service. */
  readonly path: string;
  readonly host: string;
  readonly address: string;
}

const workloads = new WeakMap<ApiObject, Workload>();

/**
 * A workload of any library, read through its pod template: no version of cdk8s-plus is named in a public signature, because a Deployment of one
 * version is no Deployment of the next.
 */
export class Workload {
  public static of(construct: IConstruct, fail: Fail): Workload {
    const object = apiObjectOf(construct);
    const found = object && workloads.get(object);
    if (found) {
      return found;
    }
    if (!object || !hasPodTemplate(object)) {
      return fail(`the construct '${construct.node.path}' ${object ? `is a ${object.kind}, which has` : 'has'} no pod template: `
        + 'give a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod');
    }
    const workload = new Workload(object);
    workloads.set(object, workload);
    return workload;
  }

  public readonly path: string;
  public readonly namespace?: string;
  public readonly kind: string;
  public readonly name: string;
  private readonly connections: Connection[] = [];
  private readonly names: NamedAddress[] = [];
  private readonly render: () => unknown;

  private constructor(private readonly object: ApiObject) {
    this.path = object.node.path;
    this.namespace = object.metadata.namespace;
    this.kind = object.kind;
    this.name = object.name;
    this.render = object.toJson.bind(object);
    // The variables are put into the finished object: a JSON patch cannot say "add to the list, make it if there is none", and the list may
    // still grow after connectFrom().
    object.toJson = () => this.withNames(this.withFiles(this.withVariables(this.render())));
  }

  /** The account the pods run as; read late, because it may be set after connectFrom(). */
  public get serviceAccountName(): string {
    const pod = this.podSpec(this.render());
    return pod?.serviceAccountName || pod?.serviceAccount || 'default';
  }

  /** The labels of the pods, read late for the same reason. */
  public get labels(): { readonly [label: string]: string } {
    return podMetadataOf(this.object.kind, this.render()).labels as { readonly [label: string]: string };
  }

  /** What makes the identity of the pods another than the one that clients were named by. */
  public problemsOfIdentity(): string[] {
    const rendered = this.render() as { metadata?: { namespace?: unknown } };
    const namespace = rendered.metadata?.namespace;
    const account: unknown = this.serviceAccountName;
    return [
      ...namespace !== this.namespace
        ? [`its client '${this.path}' moved to namespace ${quote(namespace)} after it was named: set the namespace first, with the chart or 'metadata'`] : [],
      ...typeof account !== 'string' || !isDnsName(account)
        ? [`its client '${this.path}' has the service account ${quote(account)}, which is no name of one: give it a DNS name`] : [],
    ];
  }

  /** Settings of the pods that keep connections to some ports from the sidecar: those never come to a gateway, and their client has no identity. */
  public bypassesOf(ports: readonly PortModel[], effect = 'bypass the gateway'): string[] {
    const rendered = this.render();
    const { labels, annotations } = podMetadataOf(this.object.kind, rendered);
    const setting = (name: string) => labels[name] ?? annotations[name];
    const excluded = String(setting(EXCLUDED_PORTS) ?? '').split(',').map(port => port.trim());
    const port = ports.find(({ number }) => excluded.includes(String(number)) || excluded.includes('*'));
    return [
      ...this.podSpec(rendered)?.hostNetwork === true ? ['runs with hostNetwork and has no sidecar: give it a pod network of its own'] : [],
      ...isSwitchedOff(setting(INJECT)) ? [`has "${INJECT}" switched off: switch injection on`] : [],
      ...setting(INCLUDED_RANGES) === '' ? [`sends nothing to its sidecar with "${INCLUDED_RANGES}": leave it out`] : [],
      ...port ? [`keeps port ${port.number} from its sidecar with "${EXCLUDED_PORTS}": leave the port out there`] : [],
    ].map(problem => `its client '${this.path}' would ${effect}, because it ${problem}`);
  }

  public connect(connection: Connection): void {
    this.connections.push(connection);
  }

  /** Lets the pods resolve a host to an address. */
  public resolve(name: NamedAddress): void {
    this.names.push(name);
  }

  /** Hosts of a service that the pods resolve to an address of their own. */
  public problemsOfNames(service: string): string[] {
    const aliases = aliasesOf(this.podSpec(this.render()));
    const names = this.names.filter(({ path }) => path === service);
    const lost = names.length > 0 ? this.bypassesOf([], `dial ${names[0].address}, which only a sidecar knows`) : [];
    return [...lost, ...names.flatMap(({ host, address }) => {
      const other = aliases.find(({ ip, hostnames }) => hostnames.includes(host) && !this.addressesOf(host).includes(ip));
      return other ? [`workload '${this.path}' resolves "${host}" to "${other.ip}" with 'hostAliases', and its sidecar knows the service as "${address}": `
        + 'remove the name there'] : [];
    })];
  }

  private addressesOf(host: string): string[] {
    return this.names.filter(name => name.host === host).map(({ address }) => address);
  }

  /** What keeps a connection from being written, now that every call was made. */
  public problems(connection: Connection): string[] {
    const pod = this.podSpec(this.render());
    const containers = pod?.containers ?? [];
    const container = containerOf(containers, connection);
    if (!pod || !container) {
      return [connection.containerName === undefined
        ? `workload '${this.path}' has no container that could get the variables`
        : `'containerName' must be a container of '${this.path}' (${containers.map(({ name }) => `"${name}"`).join(', ')}), `
          + `got "${connection.containerName}"`];
    }
    const others = this.connections.filter(other => other !== connection && containerOf(containers, other) === container);
    const { files } = connection;
    const ofFiles = files ? problemsOfFiles(this.path, pod, container, files, others.flatMap(other => other.files ?? [])) : [];
    // Several services would say it of one workload.
    const ofPasswords = connection === this.inOrder[0] ? literalPasswords(this.path, pod) : [];
    return [...this.problemsOfNamespace(connection), ...ofPasswords, ...ofFiles, ...this.problemsOfVariables(connection, container, others)];
  }

  private problemsOfNamespace({ secret }: Connection): string[] {
    return secret?.namespace === undefined || this.namespace === undefined || secret.namespace === this.namespace ? []
      : [`workload '${this.path}' reads the Secret ${quote(secret.name)} in its own namespace ${quote(this.namespace)}, and a SecretFromStore writes it in `
        + `${quote(secret.namespace)}: create one in a chart of ${quote(this.namespace)}, and give its 'credentials' to connectFrom()`];
  }

  private problemsOfVariables(connection: Connection, container: Container, others: readonly Connection[]): string[] {
    return connection.variables.flatMap(({ name }) => {
      if (Array.isArray(container.env) && container.env.some(variable => variable?.name === name)) {
        return [`workload '${this.path}' sets the variable "${name}" itself: remove it there, or choose another 'envPrefix'`];
      }
      if (others.some(candidate => candidate.path === connection.path && candidate.variables.some(variable => variable.name === name))) {
        return [`workload '${this.path}' is connected to the service twice with the variable "${name}": connect it once, or choose another 'envPrefix'`];
      }
      const other = others.find(candidate => candidate.variables.some(variable => variable.name === name));
      return other ? [`workload '${this.path}' gets the variable "${name}" from '${other.path}' as well: choose another 'envPrefix'`] : [];
    });
  }

  private withVariables(rendered: unknown): unknown {
    const containers = this.podSpec(rendered)?.containers ?? [];
    for (const connection of this.inOrder) {
      const container = containerOf(containers, connection);
      if (container) {
        const variables = [...Array.isArray(container.env) ? container.env : [], ...connection.variables.map(variable => ({ ...variable }))];
        sortKeys(Object.assign(container, { env: variables }));
      }
    }
    return rendered;
  }

  private withFiles(rendered: unknown): unknown {
    const pod = this.podSpec(rendered);
    const filesOf = new Map<Container, SecretFiles[]>();
    for (const connection of this.inOrder) {
      const container = containerOf(pod?.containers ?? [], connection);
      if (container && connection.files) {
        filesOf.set(container, [...filesOf.get(container) ?? [], connection.files]);
      }
    }
    if (pod && filesOf.size > 0) {
      mountFiles(pod, filesOf);
    }
    return rendered;
  }

  /** In the order of the services' paths and the variables' names: the order of the calls must not show. */
  private get inOrder(): Connection[] {
    return [...this.connections].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  }

  private withNames(rendered: unknown): unknown {
    const pod = this.podSpec(rendered);
    if (pod && this.names.length > 0) {
      // Ours are sorted, so that the order of the calls does not show; server-side apply wants each address once.
      const names = [...this.names].sort((a, b) => (orderOfName(a) < orderOfName(b) ? -1 : 1));
      const ours = names.map(({ host, address }) => ({ ip: address, hostnames: [host] }));
      const hostsOf = new Map<string, string[]>();
      for (const { ip, hostnames } of [...aliasesOf(pod), ...ours]) {
        hostsOf.set(ip, [...new Set([...hostsOf.get(ip) ?? [], ...hostnames])]);
      }
      sortKeys(Object.assign(pod, { hostAliases: [...hostsOf].map(([ip, hostnames]) => ({ hostnames, ip })) }));
    }
    return rendered;
  }

  private podSpec(rendered: unknown): PodSpec | undefined {
    return podSpecOf(this.object.kind, rendered);
  }
}

function apiObjectOf(construct: IConstruct): ApiObject | undefined {
  if (ApiObject.isApiObject(construct)) {
    return construct as ApiObject;
  }
  const child = construct.node.defaultChild;
  return child && apiObjectOf(child);
}

function hasPodTemplate(object: ApiObject): boolean {
  return isKindOfWorkload(object.kind) || Array.isArray(podSpecOf(object.kind, object.toJson())?.containers);
}

function aliasesOf(pod: PodSpec | undefined): { readonly ip: string; readonly hostnames: readonly string[] }[] {
  const aliases = Array.isArray(pod?.hostAliases) ? pod.hostAliases : [];
  return aliases.map(({ ip, hostnames }) => ({ ip: String(ip), hostnames: hostnames ?? [] }));
}

function orderOfName({ host, address }: NamedAddress): string {
  return `${host} ${address}`;
}

function orderOf({ path, variables }: Connection): string {
  return `${path} ${variables[0].name}`;
}

/** The container that a connection is for: the named one, or the first. */
function containerOf(containers: readonly Container[], connection: Connection): Container | undefined {
  return connection.containerName === undefined ? containers[0] : containers.find(({ name }) => name === connection.containerName);
}

const INJECT = 'sidecar.istio.io/inject';
const INCLUDED_RANGES = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
const EXCLUDED_PORTS = 'traffic.sidecar.istio.io/excludeOutboundPorts';

interface Settings {
  [name: string]: unknown;
}

/** As the injector reads it. */
function isSwitchedOff(inject: unknown): boolean {
  return inject !== undefined && !['y', 'yes', 'true', 'on'].includes(String(inject).toLowerCase());
}

function podMetadataOf(kind: string, rendered: unknown): { labels: Settings; annotations: Settings } {
  const metadata = (podMetadataIn(kind, rendered) ?? {}) as { labels?: Settings; annotations?: Settings };
  return { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} };
}

function podSpecOf(kind: string, rendered: unknown): PodSpec | undefined {
  return podSpecIn(kind, rendered) as PodSpec | undefined;
}
