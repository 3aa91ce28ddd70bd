import { App, Chart } from 'cdk8s';
import { Credentials, EgressGateway, EgressLockdown, EgressViaGateway, ExternalRedis, Resolution } from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';

/** A cart service whose Redis is run by a cloud provider, reached directly or through the egress gateway by the cart's account alone. */
export function cartWithExternalRedis(app: App, variant: 'direct' | 'via-gateway'): Chart {
  const chart = new Chart(app, `cart-${variant}`, { namespace: 'shop' });

  const redis = new ExternalRedis(chart, 'Redis', {
    host: 'redis.example.com',
    resolution: Resolution.ipAddresses('192.0.2.15'),
    credentials: Credentials.passwordFromSecret('cart-redis'),
  });
  if (variant === 'via-gateway') {
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(redis);
  }

  new k8s.KubeServiceAccount(chart, 'cart-account', { metadata: { name: 'cart' } });
  const labels = { app: 'cart', version: 'v1' };
  const cart = new k8s.KubeDeployment(chart, 'cart', {
    metadata: { name: 'cart', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'cart',
          containers: [{ name: 'cart', image: 'registry.example.com/shop/cart:1.0.0', ports: [{ containerPort: 8080 }] }],
        },
      },
    },
  });
  redis.connectFrom(cart);
  new EgressLockdown(chart, 'Lockdown');
  return chart;
}
