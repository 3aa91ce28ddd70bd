import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { IEgressGateway } from './egress-gateway';
import { isDnsName } from '../private/check';
import { failAt, quote } from '../private/fail';
import { istioObject, removeIstioObject } from '../app/istio-object';
import { LegModel, RouteModel } from '../private/model';
import { dnsLabel } from '../private/names';
import { AppMesh } from '../app/app-mesh';
import { renderGateway, renderGatewayPolicy, renderGatewayVirtualService } from '../private/render/at-gateway';
import { renderClientDestinationRule, renderMeshVirtualService } from '../private/render/to-gateway';
import { ExternalService } from '../services/external-service';
import { WayOut } from '../services/way-out';
import { GatewayLeg } from '../values/gateway-leg';

export interface GatewayRouteProps {
  readonly gateway: IEgressGateway;
  readonly leg: GatewayLeg;
}

/**
 * The way of one service through the gateway. A child of the service and not of the EgressViaGateway: the objects stand where the service was declared,
 * whatever the order in which services were routed.
 */
export class GatewayRoute extends Construct implements WayOut {
  public readonly identifiesClients: boolean;
  private readonly route: RouteModel;
  private readonly destinationRules: ClientDestinationRules;

  public constructor(private readonly service: ExternalService, id: string, props: GatewayRouteProps) {
    const namespace = service._prepareRoute();
    super(service, id);
    const fail = failAt(service);
    props.leg._check(fail);
    this.identifiesClients = props.leg._mutual;
    const { mesh } = AppMesh.of(service);
    const gatewayPort = props.leg._port(props.gateway.port);
    const { serviceName, namespaceName, selector } = props.gateway;
    const host = `${serviceName}.${namespaceName}.svc.${mesh.clusterDomain}`;
    const legs = service.hosts.flatMap((externalHost, i) => service._ports.map((port): LegModel => ({
      host: externalHost,
      port,
      gatewayPort,
      name: `p${port.number}.${namespace}.${externalHost}`,
      subset: dnsLabel(namespace, service._objectName, ...(service.hosts.length > 1 ? [i + 1] : []), port.number),
    })));
    this.route = { gateway: { namespace: namespaceName, serviceName, host, selector }, mutual: props.leg._mutual, legs };
    this.claim(legs, gatewayPort, props.gateway.port);

    const name = service._objectName;
    const gatewayName = dnsLabel(name, 'egress');
    this.destinationRules = new ClientDestinationRules(this, 'ToGateway', (scope, client) => istioObject(scope, client, 'DestinationRule', {
      name: client === namespace ? dnsLabel(name, 'to-gateway') : dnsLabel(namespace, name, 'to-gateway'),
      namespace: client,
    }, () => renderClientDestinationRule(this.route)));
    istioObject(this, 'Gateway', 'Gateway', { name: gatewayName, namespace }, () => renderGateway(this.route));
    service.hosts.forEach((externalHost, i) => istioObject(this, `ToGatewayRoute-${i + 1}`, 'VirtualService', {
      name: dnsLabel(name, 'to-gateway', ...(service.hosts.length > 1 ? [i + 1] : [])),
      namespace,
    }, () => renderMeshVirtualService(service._model(), this.route, externalHost)));
    legs.forEach((leg, i) => istioObject(this, `FromGatewayRoute-${i + 1}`, 'VirtualService', {
      name: dnsLabel(name, 'from-gateway', ...(legs.length > 1 ? [i + 1] : [])),
      namespace,
    }, () => renderGatewayVirtualService(service._model(), this.route, leg, gatewayName)));
    if (props.leg._mutual) {
      istioObject(this, 'Clients', 'AuthorizationPolicy', { name: dnsLabel(namespace, name, 'clients'), namespace: namespaceName },
        () => renderGatewayPolicy(this.route, service._clientModels(), mesh.trustDomain));
    }
    service._attach(this);
    this.clientsChanged();
  }

  public model(): RouteModel {
    return this.route;
  }

  public clientsChanged(): void {
    this.destinationRules.serve(this.service._clientNamespaces);
  }

  /** Takes what only one service may have at a gateway. */
  private claim(legs: readonly LegModel[], gatewayPort: number, sharedPort: number): void {
    const fail = failAt(this.service);
    const app = AppMesh.of(this.service);
    const { host } = this.route.gateway;
    if (!this.route.mutual) {
      if (gatewayPort === sharedPort) {
        fail(`'GatewayLeg.plaintext()' must not be the gateway's port for mutual TLS, got ${gatewayPort}: give a port that no other service uses`);
      }
      if (legs.length > 1) {
        fail(`'GatewayLeg.plaintext()' carries one host and port, and the service has ${legs.length}: use GatewayLeg.istioMutual()`);
      }
      const other = app.claimAtGateway(`plaintext ${host}:${gatewayPort}`, this.service);
      if (other) {
        fail(`'GatewayLeg.plaintext()' port ${gatewayPort} of ${quote(host)} is used by '${other.node.path}': give another port or use GatewayLeg.istioMutual()`);
      }
    }
    for (const leg of legs) {
      if (!isDnsName(leg.name)) {
        fail(`'host' ${quote(leg.host)} is too long for a server name at the gateway (${quote(leg.name)} has more than 253 characters)`);
      }
      const names: [string, string][] = [[leg.name, 'host and port'], [leg.subset, 'subset']];
      for (const [unique, what] of names) {
        const other = app.claimAtGateway(`${what} ${unique} at ${host}`, this.service);
        if (other) {
          fail(`${what} ${quote(unique)} at the gateway is '${other.node.path}' already: declare the service once, or give it another 'metadata.name'`);
        }
      }
    }
  }
}

/** A DestinationRule in the namespace of every client. */
class ClientDestinationRules extends Construct {
  private readonly rules = new Map<string, ApiObject>();

  public constructor(scope: Construct, id: string, private readonly make: (scope: Construct, namespace: string) => ApiObject) {
    super(scope, id);
    // cdk8s writes objects in the order of their creation, and which namespaces have clients becomes known in the order of the calls.
    const node = this.node;
    Object.defineProperty(node, 'children', { get: () => [...this.rules.keys()].sort().map(namespace => this.rules.get(namespace)!) });
  }

  public serve(namespaces: readonly string[]): void {
    for (const [namespace, rule] of this.rules) {
      if (!namespaces.includes(namespace)) {
        removeIstioObject(rule);
        this.rules.delete(namespace);
      }
    }
    for (const namespace of namespaces) {
      // A client without a namespace is refused when the app is synthesised; until then there is nowhere to put its rule.
      if (namespace !== '' && !this.rules.has(namespace)) {
        this.rules.set(namespace, this.make(this, namespace));
      }
    }
  }
}
