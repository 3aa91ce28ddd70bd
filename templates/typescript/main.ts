import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { Construct } from 'constructs';

/** What namespace `shop` uses outside the mesh. */
export class ShopEgress extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'shop' });

    const orders = new ExternalMysql(this, 'Orders', {
      host: 'orders.example.com',
      resolution: Resolution.ipAddresses('192.0.2.14'),
    });

    // The gateway denies every other account. This requires outboundTrafficPolicy: REGISTRY_ONLY in the mesh.
    orders.allowFrom(MeshClient.serviceAccount('shop', 'cart'));

    new EgressViaGateway(this, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(orders);
  }
}

if (require.main === module) {
  const app = new App();
  new ShopEgress(app, 'shop');
  app.synth();
}
