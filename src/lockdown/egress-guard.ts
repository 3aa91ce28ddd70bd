import { Construct, IConstruct } from 'constructs';
import { AppMesh } from '../app/app-mesh';
import { istioObject } from '../app/istio-object';
import { checkConstants, checkDistinct, checkDnsLabel, checkFullList, checkHost, checkList, checkOneOf, checkProps, propsOf, unchecked } from '../private/check';
import { checkConstruct, failAt, failWith, quote } from '../private/fail';
import { gatewayModel } from '../private/legs';
import { GuardModel, OwnedHostModel } from '../private/model';
import { objectName } from '../private/names';
import { GuardedResource, renderGuardBinding, renderGuardPolicy } from '../private/render/guard';
import { isWildcard } from '../private/wire';
import { ExternalService } from '../services/external-service';
import { IngressRoute } from '../traffic/ingress-route';
import { checkGateway, IEgressGateway } from '../values/egress-gateway-attributes';
import { EgressGateway } from '../ways/egress-gateway';

/** What the API server does with an object that a guard does not allow. */
export enum GuardMode {
  /** It refuses the object. */
  DENY = 'DENY',
  /** It accepts the object, warns whoever writes it, and notes it in the audit log: to see what a guard would refuse before it does. */
  AUDIT = 'AUDIT',
}

/** A host outside the mesh, and who may declare it. */
export interface OwnedHost {
  /** The DNS name, or a wildcard like `*.example.com`. */
  readonly host: string;
  /** The namespaces that may declare it, at least one. */
  readonly namespaces: string[];
}

/** Who may use a gateway. */
export interface EgressGuardProps {
  /** The gateway. */
  readonly gateway: IEgressGateway;

  /**
   * Namespaces whose services other apps route through the gateway. Those of this app are known, and so are the gateway's own and its `namespaces`.
   *
   * @default - none
   */
  readonly namespaces?: string[];

  /**
   * Hosts that other apps declare, with their owners. The hosts of services that this app routes through the gateway belong to the namespaces that declare them.
   *
   * @default - none
   */
  readonly hosts?: OwnedHost[];

  /**
   * What happens to an object that is not allowed.
   *
   * @default GuardMode.DENY
   */
  readonly mode?: GuardMode;
}

/** What a guard allows, as plain data. */
export interface EgressGuardDescription {
  /** The namespaces that may write Gateways for the gateway's pods, sorted. */
  readonly namespaces: string[];
  /** The hosts that only their owners may declare, sorted. */
  readonly hosts: OwnedHost[];
}

/**
 * Decides who may write Istio objects for the pods of an egress gateway. Istio itself does not: it matches the labels of a Gateway across namespaces, so a
 * team with rights in its own namespace can otherwise take the place of another team's server, or reach what only that team may reach.
 *
 * The API server then refuses:
 *
 * - a Gateway that binds to the gateway's pods, by whichever labels, from any namespace that routes no service through it
 * - a Gateway, VirtualService or ServiceEntry with a server name of another namespace
 * - a VirtualService that attaches to the Gateway of another namespace's service
 * - a ServiceEntry, a VirtualService that others see, or a server at the gateway with a host that another namespace owns, or with a wildcard over it
 * - a ServiceEntry that is seen in the gateway's namespace, from any namespace that declares no such service
 *
 * It requires Kubernetes 1.30, and that only trusted people write ValidatingAdmissionPolicies, or Istio's objects in the gateway's namespace and the root
 * namespace. It decides about new and changed objects: those that are there already stay until somebody removes them. A team can still declare addresses
 * under a name of its own and connect past the gateway; a NetworkPolicy (`EgressLockdown`) or a firewall stops that.
 *
 * Creates, for the whole cluster:
 *
 * - ValidatingAdmissionPolicy `Gateways`, `VirtualServices` and `ServiceEntries`
 * - ValidatingAdmissionPolicyBinding `GatewaysBinding`, `VirtualServicesBinding` and `ServiceEntriesBinding`
 *
 * @example
 * const gateway = EgressGateway.istioEgressGateway();
 * new EgressGuard(chart, 'Guard', { gateway, namespaces: ['data', 'shop'], mode: GuardMode.AUDIT });
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class EgressGuard extends Construct {
  /**
   * Every guard that is declared in a construct, in the order of the tree.
   *
   * @param scope the app, a chart, or a construct in it
   * @throws for something that is no construct
   */
  public static allIn(scope: IConstruct): EgressGuard[] {
    checkConstruct(failWith('EgressGuard.allIn()'), 'EgressGuard.allIn()', scope, 'the app, a chart or a construct in it');
    return scope.node.findAll().filter(construct => construct instanceof EgressGuard);
  }

  /** The gateway. */
  public readonly gateway: IEgressGateway;

  private readonly namespaces: readonly string[];
  private readonly hosts: readonly OwnedHost[];

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id
   * @param props the gateway, and who else may use it
   * @throws for an unknown property, a name that is no namespace or host, a gateway that is guarded already, and in an ambient mesh
   */
  public constructor(scope: Construct, id: string, props: EgressGuardProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'EgressGuard', props, PROPS, ['gateway']);
    checkConstants(fail, props, PROPS, 'mode');
    checkGateway(fail, props.gateway);
    const { mesh } = AppMesh.of(this);
    if (mesh.dataPlane === 'ambient') {
      fail('has no effect in an ambient mesh: nothing is routed through the gateway there, and a waypoint has its own rules');
    }
    const { serviceName, namespaceName } = props.gateway;
    const first = EgressGuard.allIn(this.node.root).find(guard => guard !== this && isSame(guard.gateway, props.gateway));
    if (first) {
      fail(`gateway ${quote(`${serviceName}.${namespaceName}`)} is guarded by '${first.node.path}' already: give that one all the 'namespaces' and 'hosts'`);
    }
    checkDistinct(fail, 'namespaces', props.namespaces ?? []);
    checkDistinct(fail, 'hosts', (props.hosts ?? []).map(({ host }) => host));
    props.hosts?.forEach(({ host }, i) => checkHost(fail, `hosts[${i}].host`, host, mesh.clusterDomain));
    this.gateway = props.gateway;
    this.namespaces = [...props.namespaces ?? []];
    this.hosts = (props.hosts ?? []).map(({ host, namespaces }) => ({ host, namespaces: [...namespaces] }));
    const actions = props.mode === GuardMode.AUDIT ? ['Warn', 'Audit'] : ['Deny'];
    for (const [child, resource] of Object.entries(RESOURCES)) {
      const name = objectName(serviceName, namespaceName, 'guard', resource);
      istioObject(this, child, 'ValidatingAdmissionPolicy', { name }, () => renderGuardPolicy(resource, this.model()));
      istioObject(this, `${child}Binding`, 'ValidatingAdmissionPolicyBinding', { name }, () => renderGuardBinding(name, actions));
    }
    AppMesh.of(this).validate(this, () => this.problems());
  }

  /** What the guard allows, as plain data: for tests and reports. Complete once every call was made. */
  public describe(): EgressGuardDescription {
    const { namespaces, owners } = this.model();
    return { namespaces: [...namespaces], hosts: owners.map(({ host, namespaces: those }) => ({ host, namespaces: [...those] })) };
  }

  private model(): GuardModel {
    const declared = this.declared();
    const routed = declared.filter(service => this.isBehind(service));
    const { namespaceName } = this.gateway;
    const namespaces = sorted([namespaceName, ...this.listed, ...namespacesOf(routed)]);
    const guarded = new Set([...routed.flatMap(({ hosts }) => hosts), ...this.hosts.map(({ host }) => host)]);
    const owners = sorted(guarded).map((host): OwnedHostModel => ({
      host,
      // Whoever declares it in this app, by whichever way.
      namespaces: sorted([
        ...this.hosts.filter(given => given.host === host).flatMap(given => given.namespaces),
        ...namespacesOf(declared.filter(({ hosts }) => hosts.includes(host))),
      ]),
    }));
    const overlapping = declared.flatMap(({ hosts }) => hosts).filter(host => !guarded.has(host) && owners.some(owner => overlaps(host, owner.host)));
    return {
      gateway: gatewayModel(this.gateway, AppMesh.of(this).mesh),
      others: this.others(declared),
      namespaces,
      sharers: sorted([...namespaces, ...namespacesOf(declared)]),
      exporters: sorted([
        ...namespaces,
        ...namespacesOf(declared.filter(service => service._seenFrom(namespaceName) ?? service.gateway?.namespaceName === namespaceName)),
        // Another gateway of this namespace has private upstreams there as well.
        ...EgressGuard.allIn(this.node.root).filter(({ gateway }) => gateway.namespaceName === namespaceName).flatMap(guard => guard.namespaces),
      ]),
      owners,
      exceptions: sorted(overlapping).map(host => ({ host, namespaces: namespacesOf(declared.filter(({ hosts }) => hosts.includes(host))) })),
    };
  }

  /** The labels of the app's other gateways: they say which pods have them, and no others do. */
  private others(declared: readonly ExternalService[]): { [label: string]: string }[] {
    const egress = [
      ...declared.flatMap(({ gateway }) => gateway ?? []),
      ...EgressGuard.allIn(this.node.root).map(({ gateway }) => gateway),
      // The same gateway by other labels of its pods is the same gateway.
    ].filter(gateway => !isSame(gateway, this.gateway));
    const ingress = this.node.root.node.findAll().filter(construct => construct instanceof IngressRoute);
    const selectors = [...egress.map(({ selector }) => selector), ...ingress.map(({ _selector }) => _selector)]
      .filter(selector => !selects(selector, this.gateway.selector));
    const all = new Map(selectors.map(selector => [JSON.stringify(Object.entries(selector).sort()), selector]));
    return [...all].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, selector]) => selector);
  }

  /** Whether a service is routed through these pods, by whichever Service. */
  private isBehind({ gateway }: ExternalService): boolean {
    return gateway !== undefined && (isSame(gateway, this.gateway) || selects(gateway.selector, this.gateway.selector));
  }

  /** Those of other apps, as this guard or the gateway itself names them. */
  private get listed(): readonly string[] {
    return [...this.namespaces, ...this.gateway instanceof EgressGateway ? this.gateway._namespaces : []];
  }

  private declared(): ExternalService[] {
    return AppMesh.of(this).once('declared', () => ExternalService.allIn(this.node.root));
  }

  private problems(): string[] {
    const declared = this.declared();
    const isUsed = this.listed.length > 0 || declared.some(service => this.isBehind(service));
    return [
      ...isUsed ? [] : [
        'lets no namespace use the gateway: route a service through it with an EgressViaGateway, or give the \'namespaces\' whose services other apps route through it',
      ],
      // An owner that somebody wrote down is meant to be complete.
      ...this.hosts.flatMap(({ host, namespaces }) => declared
        .filter(({ hosts, namespaceName }) => hosts.includes(host) && !namespaces.includes(namespaceName ?? ''))
        .map(({ node, namespaceName }) => `'hosts' gives ${quote(host)} to ${namespaces.map(quote).join(', ')}, and '${node.path}' declares it in `
          + `${namespaceName === undefined ? 'no namespace: give its chart one' : `namespace ${quote(namespaceName)}: add that namespace`}`)),
    ];
  }
}

const RESOURCES: { readonly [child: string]: GuardedResource } = {
  Gateways: 'gateways',
  VirtualServices: 'virtualservices',
  ServiceEntries: 'serviceentries',
};

function isSame(one: IEgressGateway, other: IEgressGateway): boolean {
  return one.serviceName === other.serviceName && one.namespaceName === other.namespaceName;
}

/** Whether pods of some labels have those of a selector. */
function selects(selector: { readonly [label: string]: string }, labels: { readonly [label: string]: string }): boolean {
  return Object.entries(selector).every(([label, value]) => labels[label] === value);
}

function namespacesOf(services: readonly ExternalService[]): string[] {
  return sorted(services.flatMap(({ namespaceName }) => namespaceName ?? []));
}

/** Whether one of two hosts is the other, or a wildcard over it. */
function overlaps(one: string, other: string): boolean {
  const covers = (wildcard: string, host: string) => isWildcard(wildcard) && host.endsWith(wildcard.slice(1));
  return one === other || covers(one, other) || covers(other, one);
}

function sorted(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort();
}

const checkOwnedHost = propsOf({ host: unchecked, namespaces: checkFullList(checkDnsLabel, '"shop"') }, ['host', 'namespaces']);

const PROPS = {
  gateway: unchecked,
  namespaces: checkList(checkDnsLabel, '"shop"'),
  hosts: checkList(checkOwnedHost, '{ host: "db.example.com", namespaces: ["shop"] }'),
  mode: checkOneOf(GuardMode),
};
