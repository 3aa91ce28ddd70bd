import { Construct } from 'constructs';
import { Admission, AdmittedRoute } from './admission';
import { ClientRules } from './client-rules';
import { NamespacePolicies } from './namespace-policies';
import { AppMesh } from '../app/app-mesh';
import { istioObject } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import { failAt } from '../private/fail';
import { checkServerName, gatewayModel, legsOf } from '../private/legs';
import { AccessModel, LegModel, MeshModel, OpeningModel, RouteModel } from '../private/model';
import { hostPart, labelOf, namespaceServerName } from '../private/names';
import { byNameOnly, openingOf } from '../private/openings';
import { renderGateway, renderGatewayVirtualService, renderRequestPolicy } from '../private/render/at-gateway';
import { ClientNamespace, clientNamespace, renderClientDestinationRule, renderMeshVirtualService } from '../private/render/to-gateway';
import { balances, renderUpstream, renderUpstreamRule } from '../private/render/upstream';
import { secretOf } from '../services/declaration';
import { Routable, WayOut } from '../services/way-out';
import { IEgressGateway } from '../values/egress-gateway-attributes';
import { GatewayLeg } from '../values/gateway-leg';

export interface GatewayRouteProps {
  readonly gateway: IEgressGateway;
  readonly leg: GatewayLeg;
  readonly clientRules: ClientRules;
  /** Of a gateway that denies by default. */
  readonly admission?: Admission;
}

/**
 * The way of one service through the gateway. A child of the service and not of the EgressViaGateway: the objects stand where the service was declared,
 * whatever the order in which services were routed.
 */
export class GatewayRoute extends Construct implements WayOut, AdmittedRoute {
  public readonly identifiesClients: boolean;
  public readonly gateway: IEgressGateway;
  private readonly route: RouteModel;
  private readonly mesh: MeshModel;
  private readonly policies?: NamespacePolicies;
  private readonly requests: KeyedObjects;
  private readonly clientRules: KeyedObjects;

  public constructor(private readonly service: Routable, id: string, private readonly props: GatewayRouteProps) {
    // Before there is a construct: a call that fails leaves nothing behind.
    const route = routeOf(service, props);
    super(service, id);
    const { namespace } = route;
    this.mesh = AppMesh.of(service).mesh;
    this.identifiesClients = props.leg._mutual;
    this.gateway = props.gateway;
    this.route = route;
    const { legs } = this.route;
    const annotations = { ...service._annotations };
    const access = () => this.access();

    // In the order in which they are applied: nothing is sent to the gateway before it knows what to do with it.
    legs.forEach(leg => {
      const key = this.keyOf(leg);
      const name = service._nameOf('upstream', ...key);
      const upstream = service._upstreamOf(leg.host);
      istioObject(this, ['Upstream', ...key].join('-'), 'ServiceEntry', { name, namespace, annotations },
        () => renderUpstream(this.route, leg, upstream), service);
      if (balances(upstream) || service._needsSettings(leg.port)) {
        istioObject(this, ['UpstreamRule', ...key].join('-'), 'DestinationRule', { name, namespace, annotations },
          () => renderUpstreamRule(this.route, leg, upstream, service._model().connection), service);
      }
    });
    this.policies = props.admission ? undefined : new NamespacePolicies(this, service, this.route);
    props.admission?.add(this);
    this.requests = new KeyedObjects(this, 'Requests', (scope, policy) => istioObject(scope, policy, 'AuthorizationPolicy', {
      name: service._nameOf('requests'),
      namespace: route.gateway.namespace,
      annotations,
    }, () => renderRequestPolicy(this.route, access()), service));
    const gatewayName = labelOf(service._nameOf());
    istioObject(this, 'Gateway', 'Gateway', { name: gatewayName, namespace, annotations }, () => renderGateway(this.route, access()), service);
    legs.forEach(leg => istioObject(this, ['FromGateway', ...this.keyOf(leg)].join('-'), 'VirtualService', {
      name: service._nameOf('from-gateway', ...this.keyOf(leg)),
      namespace,
      annotations,
    }, () => renderGatewayVirtualService(this.route, leg, gatewayName, access()), service));
    this.clientRules = new KeyedObjects(this, 'Clients', (scope, client) => istioObject(scope, client, 'DestinationRule', {
      name: service._nameOf('to-gateway', client),
      namespace: client,
      annotations,
    }, () => renderClientDestinationRule(this.route, this.clientNamespace(client)), service));
    service._hosts.forEach(host => istioObject(this, ['ToGateway', ...hostPart(host, service._hosts)].join('-'), 'VirtualService', {
      // The name of a direct service's rule: applied over it, this one takes its place. Of two for one host Istio uses the older.
      name: service._nameOf('outbound', ...hostPart(host, service._hosts)),
      namespace,
      annotations,
    }, () => renderMeshVirtualService(service._model(), this.route, host, access()), service));
    service._attach(this);
    this.clientsChanged();
  }

  public model(): RouteModel {
    return this.route;
  }

  public clientsChanged(): void {
    const { wholeNamespaces, namespaces } = this.service._clients;
    if (this.identifiesClients) {
      wholeNamespaces.forEach(client => this.admit(client));
    }
    // Clients never lose their limits, and most have none.
    if (this.service._clients.isLimited) {
      this.requests.ensure('Policy');
    }
    for (const client of namespaces) {
      // A client without a namespace is refused at synth; until then its rule has no place.
      if (client !== undefined && (client === this.route.namespace || this.props.clientRules === ClientRules.WRITTEN_HERE)) {
        this.clientRules.ensure(client);
      }
    }
  }

  public access(): AccessModel {
    return this.service._clients.access(this.mesh);
  }

  public get readsSecret(): boolean {
    return secretOf(this.service._ports) !== undefined;
  }

  public opening(): OpeningModel {
    return openingOf(this.service._model().networks, this.service._ports);
  }

  public byNameOnly(): string[] {
    return byNameOnly(this.service._model());
  }

  /** What tells the objects of one leg from those of another: one port or host more renames nothing. */
  private keyOf(leg: LegModel): (string | number)[] {
    return [leg.port.number, ...hostPart(leg.host, this.service._hosts)];
  }

  private clientNamespace(name: string): ClientNamespace {
    return clientNamespace(this.route, this.mesh, name, this.service._clients.wholeNamespaces.includes(name));
  }

  private admit(client: string): void {
    for (const leg of this.route.legs) {
      checkServerName(failAt(this.service), leg.host, namespaceServerName(client, leg.port.number, this.route.namespace, leg.host));
    }
    this.policies?.admit(client);
  }
}

/** The route of a service, checked. */
function routeOf(service: Routable, { gateway, leg }: GatewayRouteProps): RouteModel {
  const fail = failAt(service);
  const namespace = service._prepareRoute();
  leg._check(fail);
  const gatewayPort = leg._port(gateway.port);
  if (!leg._mutual && gateway.deniesByDefault) {
    fail('\'GatewayLeg.plaintext()\' has no server name and no identity, and this gateway denies by default: use GatewayLeg.istioMutual()');
  }
  const legs = legsOf(fail, { hosts: service._hosts, ports: service._ports }, namespace, gatewayPort);
  if (!leg._mutual && gatewayPort === gateway.port) {
    fail(`'GatewayLeg.plaintext()' must not be the gateway's port for mutual TLS, got ${gatewayPort}: give a port that no other service uses`);
  }
  if (!leg._mutual && legs.length > 1) {
    fail(`'GatewayLeg.plaintext()' carries one host and port, and the service has ${legs.length}: use GatewayLeg.istioMutual()`);
  }
  return { namespace, gateway: gatewayModel(gateway, AppMesh.of(service).mesh), mutual: leg._mutual, legs };
}
