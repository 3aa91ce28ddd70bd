import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { AppMesh } from '../app/app-mesh';
import { istioObject } from '../app/istio-object';
import { KeyedObjects } from '../app/keyed-objects';
import { chartNameOf } from '../private/construct-names';
import { RouteModel } from '../private/model';
import { policyName } from '../private/names';
import { renderNamespacePolicy } from '../private/render/at-gateway';
import { Routable } from '../services/way-out';

/**
 * The policies of clients that are whole namespaces, at a gateway that others use as well. The services of a chart that one namespace declares share one
 * for each client.
 */
export class NamespacePolicies {
  private readonly policies: KeyedObjects;

  public constructor(scope: Construct, private readonly service: Routable, private readonly route: RouteModel) {
    const { gateway, namespace } = route;
    const app = AppMesh.of(service);
    this.policies = new KeyedObjects(
      scope, 'Namespaces',
      (parent, client) => istioObject(parent, client, 'AuthorizationPolicy', {
        name: policyName(client, namespace, gateway, chartNameOf(service)),
        namespace: gateway.namespace,
      }, () => renderNamespacePolicy(gateway, namespace, client, app.mesh), service),
      client => app.writesPolicy(this.keyOf(client), service),
      ' here: another service of the chart writes the policy for both',
    );
  }

  public admit(client: string): void {
    AppMesh.of(this.service).sharePolicy(this.keyOf(client), this.service);
    this.policies.ensure(client);
  }

  private keyOf(client: string): string {
    const { namespace, gateway: { host, selector } } = this.route;
    return JSON.stringify([Chart.of(this.service).node.path, host, selector, namespace, client]);
  }
}
