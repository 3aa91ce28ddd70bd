import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { GatewayUse } from './egress-gateway';
import { AppMesh } from '../app/app-mesh';
import { istioObject } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import { baseNameOf, chartNameOf } from '../private/construct-names';
import { failAt } from '../private/fail';
import { AccessModel, GatewayModel, OpeningModel, RouteModel } from '../private/model';
import { admissionName } from '../private/names';
import { byNameOnlyAnnotation } from '../private/openings';
import { renderAdmission } from '../private/render/at-gateway';
import { renderNetworkPolicy } from '../private/render/network-policy';

/** A route as a gateway that denies by default has to know it. */
export interface AdmittedRoute {
  readonly readsSecret: boolean;
  model(): RouteModel;
  access(): AccessModel;
  /** Where the gateway connects to for it. */
  opening(): OpeningModel;
  /** The ports that are open to every address for it, as `<host>:<port>`. */
  byNameOnly(): string[];
}

/** What one `EgressViaGateway` adds to a gateway that denies by default. Policies add up, so several apps can do so. */
export class Admission implements GatewayUse {
  private readonly routes: AdmittedRoute[] = [];
  private readonly objects: KeyedObjects;

  public constructor(scope: Construct, gateway: GatewayModel) {
    const { mesh } = AppMesh.of(scope);
    const namespace = Chart.of(scope).namespace
      ?? failAt(scope)('needs a namespace, by which what two repositories add to a gateway has two names: give its chart a \'namespace\'');
    const metadata = {
      name: admissionName(baseNameOf(scope), namespace, gateway.serviceName, chartNameOf(scope)),
      namespace: gateway.namespace,
    };
    const annotations = byNameOnlyAnnotation(() => this.byNameOnly);
    this.objects = new KeyedObjects(scope, 'Admission', (parent, id) => (id === 'Network'
      ? istioObject(parent, id, 'NetworkPolicy', { ...metadata, annotations }, () => renderNetworkPolicy(gateway.selector, this.routes.map(route => route.opening())), scope)
      : istioObject(parent, id, 'AuthorizationPolicy', metadata, () => renderAdmission(gateway, this.routes.map(route => (
        { route: route.model(), access: route.access() })), mesh), scope)));
  }

  public add(route: AdmittedRoute): void {
    this.routes.push(route);
    ['Network', 'Policy'].forEach(id => this.objects.ensure(id));
  }

  public get isEmpty(): boolean {
    return this.routes.length === 0;
  }

  public readsSecrets(): boolean {
    return this.routes.some(route => route.readsSecret);
  }

  private get byNameOnly(): string[] {
    return this.routes.flatMap(route => route.byNameOnly()).sort();
  }
}
