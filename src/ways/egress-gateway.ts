import { ApiObject, ApiObjectMetadata, Lazy } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AppMesh } from '../app/app-mesh';
import { checkMetadata, identityOf, istioObject, NamedMetadata, ownObject } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import { Check, checkDnsLabel, checkList, checkPort, checkProps, propsOf, checkString, checkWhole } from '../private/check';
import { Fail, failAt, failWith, quote } from '../private/fail';
import { GatewayWorkloadModel } from '../private/model';
import { labelOf, objectName } from '../private/names';
import { checkControlPlane, openingsOfMesh } from '../private/openings';
import { podSpecIn } from '../private/pod-template';
import { renderDenyByDefault } from '../private/render/at-gateway';
import { renderSecretReader } from '../private/render/certificate';
import {
  renderAutoscaler, renderDisruptionBudget, renderGatewayDeployment, renderGatewayService,
} from '../private/render/gateway-workload';
import { renderNetworkPolicy } from '../private/render/network-policy';
import { gatewayProxyConfig } from '../private/statistics';
import { checkAttributes, EgressGatewayAttributes, IEgressGateway } from '../values/egress-gateway-attributes';
import { checkMeshPeer, MeshPeer } from '../values/mesh-peer';

/** CPU and memory of each pod of a gateway, as Kubernetes writes them. */
export interface GatewayResources {
  /**
   * The CPU that is kept for each pod.
   *
   * @default '100m'
   */
  readonly cpuRequest?: string;

  /**
   * The memory that is kept for each pod. A gateway needs about 90 kB for each service.
   *
   * @default '128Mi'
   */
  readonly memoryRequest?: string;

  /**
   * The most CPU that a pod may use.
   *
   * @default - no limit: a gateway that is throttled delays every connection
   */
  readonly cpuLimit?: string;

  /**
   * The most memory that a pod may use.
   *
   * @default '1Gi'
   */
  readonly memoryLimit?: string;
}

/** A gateway that the library deploys. */
export interface EgressGatewayProps {
  /**
   * The port of the Service that all services share, 1 to 65535. The pods listen on 8443.
   *
   * @default 443
   */
  readonly port?: number;

  /**
   * The fewest pods, at least 2: one of them may be on a node that is drained.
   *
   * @default 2
   */
  readonly minReplicas?: number;

  /**
   * The most pods. Between the two the autoscaler decides, by their CPU (80 % of the request).
   *
   * @default - 5, or `minReplicas` when that is more
   */
  readonly maxReplicas?: number;

  /**
   * CPU and memory of each pod.
   *
   * @default - see its properties
   */
  readonly resources?: GatewayResources;

  /**
   * The revision of the control plane whose injector fills in the pods (`istio.io/rev`). A label `istio.io/rev` or `istio-injection` of the namespace comes
   * before it, and with `istio-injection: disabled` nobody fills them in.
   *
   * @default - the default revision
   */
  readonly revision?: string;

  /**
   * Namespaces whose services other apps route through the gateway, with `EgressGateway.fromAttributes({ ..., deniesByDefault: true })`.
   *
   * @default - none: this app routes a service through it, or synth fails
   */
  readonly namespaces?: string[];

  /**
   * What its pods use inside the cluster, beside DNS and istiod, such as a collector of access logs.
   *
   * @default - nothing
   */
  readonly peers?: MeshPeer[];

  /**
   * Metadata of the Deployment. The Service and the service account have its name, and every object its namespace.
   *
   * @default - the name is made of the construct's path inside its chart, the namespace is the chart's
   */
  readonly metadata?: ApiObjectMetadata;
}

/** The names of pods have the Deployment's and two hashes, and are cut at 63. */
const LONGEST_NAME = 46;

/** The port of the pods: a process without privileges cannot listen on a lower one than 1024. */
const TARGET_PORT = 8443;

/** Istio's own, as its charts deploy it. */
const STOCK = { serviceName: 'istio-egressgateway', namespaceName: 'istio-system', selector: { istio: 'egressgateway' }, targetPort: 8443 };

/**
 * The workload that traffic leaves the mesh through: one that is installed already, or one that this construct deploys. Give a deployed one a namespace of its
 * own, where only trusted teams write and run pods.
 *
 * A deployed gateway is closed by default. It denies every server name that no app declares for it, a mesh-wide policy that allows nothing changes nothing
 * for the declared ones, and its pods reach DNS, istiod and the declared addresses and ports alone; of a service that is found by name without `networks`, its ports on
 * every address. This requires a network plugin that enforces
 * NetworkPolicies, and control over who may write Gateways for its pods (`EgressGuard`): Istio matches their labels across namespaces.
 *
 * Creates:
 *
 * - ServiceAccount `Account`
 * - Role and RoleBinding `SecretAccess/...`, when a routed service originates TLS with a Secret
 * - AuthorizationPolicy `Policy`: denies what no other policy allows
 * - NetworkPolicy `Network`: DNS and istiod
 * - Deployment `Resource`: pods that Istio's injector fills in. They satisfy the Pod Security Standard `restricted`, are spread over nodes and zones, and export
 *   the statistics that the alerts of `EgressTelemetry` need
 * - HorizontalPodAutoscaler `Autoscaler`
 * - PodDisruptionBudget `DisruptionBudget`
 * - Service `Service`, of type ClusterIP, with one port
 *
 * and, as children of each `EgressViaGateway` that routes through it (`Admission/...`), in the namespace of the gateway: an AuthorizationPolicy that allows the server names
 * of the routed services, and a NetworkPolicy that opens their addresses and ports.
 *
 * @example
 * const gateway = new EgressGateway(chart, 'Egress', { metadata: { namespace: 'egress' } });
 * new EgressViaGateway(chart, 'ViaEgress', { gateway }).route(mysql);
 * mysql.allowFrom(MeshClient.serviceAccount('bookinfo', 'ratings'));
 *
 * @see https://istio.io/latest/docs/setup/additional-setup/gateway/
 */
export class EgressGateway extends Construct implements IEgressGateway {
  /** The gateway of Istio's own installation: Service `istio-egressgateway` in `istio-system`, pods labelled `istio: egressgateway`. */
  public static istioEgressGateway(): IEgressGateway {
    return EgressGateway.fromAttributes(STOCK);
  }

  /**
   * A gateway that is installed already. The values of its attributes are checked where it is used.
   *
   * @param attributes Service, namespace, labels and port
   * @throws for an attribute that a gateway does not have
   */
  public static fromAttributes(attributes: EgressGatewayAttributes): IEgressGateway {
    checkAttributes(failWith('EgressGateway'), attributes);
    return { ...attributes, port: attributes.port ?? 443, deniesByDefault: attributes.deniesByDefault ?? false };
  }

  /** Those that an app deploys. @internal */
  public static _allOf(scope: IConstruct): readonly EgressGateway[] {
    return AppMesh.of(scope).once('deployed gateways', () => scope.node.root.node.findAll().filter(construct => construct instanceof EgressGateway));
  }

  /** The name of the Service, the Deployment and the service account. */
  public readonly serviceName: string;
  /** The namespace of the gateway. */
  public readonly namespaceName: string;
  /**
   * The labels of the pods, `app` and `istio`, both `<name>--<namespace>`: Istio matches them across namespaces. Another repository gives them to
   * `EgressGateway.fromAttributes()`.
   */
  public readonly selector: { [label: string]: string };
  /** The port of the Service. */
  public readonly port: number;
  /** The port of the pods. */
  public readonly targetPort?: number;
  /** A deployed gateway denies by default. */
  public readonly deniesByDefault?: boolean = true;

  /** The namespaces whose services other apps route through it. @internal */
  public readonly _namespaces: readonly string[];

  private readonly uses: GatewayUse[] = [];

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props the gateway
   * @throws for an unknown property, a gateway without a namespace, fewer than two pods, and in an ambient mesh
   */
  public constructor(scope: Construct, id: string, props: EgressGatewayProps = {}) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'EgressGateway', props, PROPS);
    const { mesh } = AppMesh.of(this);
    if (mesh.dataPlane === 'ambient') {
      fail('has no effect in an ambient mesh: ztunnel ignores VirtualServices, and nothing would be sent to the gateway');
    }
    checkControlPlane(fail, mesh);
    const { minReplicas = 2, maxReplicas = Math.max(5, minReplicas) } = props;
    if (maxReplicas < minReplicas) {
      fail(`'maxReplicas' ${maxReplicas} is less than 'minReplicas' ${minReplicas}: give at least ${minReplicas}`);
    }
    const peers = [...props.peers ?? []];
    const { base, namespace = '' } = identityOf(this, { ...props.metadata, name: undefined });
    if (namespace === '') {
      fail('has no namespace, which its labels and identity are made of: give \'metadata.namespace\', or the chart a \'namespace\'');
    }
    this.serviceName = props.metadata?.name ?? base;
    checkDnsLabel(fail, 'metadata.name', this.serviceName);
    if (this.serviceName.length > LONGEST_NAME) {
      fail(`'metadata.name' ${quote(this.serviceName)} has more than ${LONGEST_NAME} characters, and Kubernetes would cut it in the names of the pods: give a shorter one`);
    }
    if (this.serviceName === STOCK.serviceName && namespace === STOCK.namespaceName) {
      fail(`'metadata.name' ${quote(this.serviceName)} in namespace ${quote(namespace)} is Istio's own gateway, whose objects this one would replace: give another name, or use `
        + 'EgressGateway.istioEgressGateway()');
    }
    this.namespaceName = namespace;
    const label = labelOf(`${this.serviceName}.${namespace}`);
    this.selector = { app: label, istio: label };
    this.port = props.port ?? 443;
    this._namespaces = [...props.namespaces ?? []];
    this.targetPort = TARGET_PORT;

    const workload: GatewayWorkloadModel = {
      name: this.serviceName,
      account: this.serviceName,
      labels: this.selector,
      port: this.port,
      targetPort: TARGET_PORT,
      minReplicas,
      maxReplicas,
      ...resourcesOf(fail, props.resources ?? {}),
      revision: props.revision,
      proxyConfig: gatewayProxyConfig(),
    };
    const metadata: NamedMetadata = { ...props.metadata, name: this.serviceName, namespace };
    // Closed before there are pods, and nothing is sent to the Service before there are.
    ownObject(this, 'Account', 'ServiceAccount', metadata, {});
    this.allowSecrets(metadata);
    istioObject(this, 'Policy', 'AuthorizationPolicy', { ...metadata, name: objectName(this.serviceName, namespace) },
      () => renderDenyByDefault(this.selector));
    istioObject(this, 'Network', 'NetworkPolicy', { ...metadata, name: objectName(this.serviceName, namespace) },
      () => renderNetworkPolicy(this.selector, [...openingsOfMesh(mesh), ...peers.map(peer => peer._opening())]));
    const deployment = istioObject(this, 'Resource', 'Deployment', metadata, () => renderGatewayDeployment(workload));
    istioObject(this, 'Autoscaler', 'HorizontalPodAutoscaler', metadata, () => renderAutoscaler(workload));
    istioObject(this, 'DisruptionBudget', 'PodDisruptionBudget', metadata, () => renderDisruptionBudget(workload));
    istioObject(this, 'Service', 'Service', metadata, () => renderGatewayService(workload));
    AppMesh.of(this).validate(this, () => [...this.problems(), ...problemsOfNetwork(deployment)]);
  }

  /** Takes part in what is routed through the gateway. @internal */
  public _use(use: GatewayUse): void {
    this.uses.push(use);
  }

  /** istiod gives the private key of a Secret to accounts only that may list Secrets. */
  private allowSecrets(metadata: NamedMetadata): void {
    const named = { ...metadata, name: objectName(this.serviceName, this.namespaceName, 'certificate') };
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: named.name };
    const access = new KeyedObjects(this, 'SecretAccess', (scope, kind) => (kind === 'Role'
      ? ownObject(scope, kind, 'Role', named, { rules: renderSecretReader() }, this)
      : ownObject(scope, kind, 'RoleBinding', named, {
        roleRef, subjects: Lazy.any({ produce: () => [{ kind: 'ServiceAccount', name: this.serviceName, namespace: this.namespaceName }] }),
      }, this)), () => this.uses.some(use => use.readsSecrets()), ': no routed service needs a Secret');
    ['Role', 'RoleBinding'].forEach(kind => access.ensure(kind));
  }

  private problems(): string[] {
    return this.uses.some(use => !use.isEmpty) || this._namespaces.length > 0 ? [] : [
      'has no service: route one through it with an EgressViaGateway, or give the \'namespaces\' whose services other apps, or the next version of this one, '
      + 'route through it',
    ];
  }
}

/** What a patch of the pods makes of the gateway's NetworkPolicies. */
function problemsOfNetwork(deployment: ApiObject): string[] {
  const pod = podSpecIn(deployment.kind, deployment.toJson()) as { readonly hostNetwork?: unknown } | undefined;
  return pod?.hostNetwork === true ? [
    'runs its pods with \'hostNetwork\', and most network plugins apply no NetworkPolicy to them: leave it out of the patch',
  ] : [];
}

/** What is routed through a gateway. */
export interface GatewayUse {
  readonly isEmpty: boolean;
  /** Whether the gateway needs Secrets for it. */
  readsSecrets(): boolean;
}

/** What the suffixes of Kubernetes' quantities stand for. */
const SUFFIXES: { readonly [suffix: string]: number } = {
  '': 1, 'm': 1e-3, 'k': 1e3, 'M': 1e6, 'G': 1e9, 'T': 1e12, 'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30, 'Ti': 2 ** 40,
};

/** Undefined for what is no quantity. */
function amountOf(quantity: string): number | undefined {
  const [, amount, suffix] = /^(\d+(?:\.\d+)?)(\D*)$/.exec(quantity) ?? [];
  return amount === undefined || SUFFIXES[suffix] === undefined ? undefined : Number(amount) * SUFFIXES[suffix];
}

function checkQuantity(example: string, suffixes: RegExp): Check {
  return (fail, property, value) => {
    checkString(fail, property, value);
    if (!suffixes.test(value as string) || !amountOf(value as string)) {
      fail(`'${property}' must be a quantity of Kubernetes that is more than 0, like ${example}, got ${quote(value)}`);
    }
  };
}

const checkCpu = checkQuantity('"500m" or "2"', /\dm?$/);

// Kubernetes takes "128m" as well, which is a part of a byte.
const checkMemory = checkQuantity('"128Mi"', /(\d|k|Ki|[MGT]i?)$/);

const RESOURCES = { cpuRequest: checkCpu, memoryRequest: checkMemory, cpuLimit: checkCpu, memoryLimit: checkMemory };

/** Kubernetes refuses a Deployment whose pods would be kept more than they may use. */
function resourcesOf(fail: Fail, { cpuRequest = '100m', memoryRequest = '128Mi', cpuLimit, memoryLimit = '1Gi' }: GatewayResources) {
  const refuseMore = (what: string, request: string, limit: string | undefined) => {
    if (limit !== undefined && amountOf(request)! > amountOf(limit)!) {
      fail(`'resources.${what}Request' ${quote(request)} is more than 'resources.${what}Limit' ${quote(limit)}: give a limit of at least ${quote(request)}`);
    }
  };
  refuseMore('cpu', cpuRequest, cpuLimit);
  refuseMore('memory', memoryRequest, memoryLimit);
  return { cpuRequest, memoryRequest, cpuLimit, memoryLimit };
}

const PROPS = {
  port: checkPort,
  minReplicas: checkWhole(2, 1000),
  maxReplicas: checkWhole(2, 1000),
  resources: propsOf(RESOURCES),
  revision: checkDnsLabel,
  namespaces: checkList(checkDnsLabel, '"shop"'),
  peers: checkList(checkMeshPeer, 'MeshPeer.allIn("observability")'),
  metadata: checkMetadata,
};
