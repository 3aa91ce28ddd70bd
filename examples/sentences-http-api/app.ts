import { App, Chart, Duration } from 'cdk8s';
import { EgressGateway, EgressLockdown, EgressViaGateway, ExternalService, IngressRoute, Protocol, Resolution } from 'cdk8s-istio-egress';
import { k8s } from 'cdk8s-plus-27';

/**
 * An app whose api service calls httpbin.org over HTTP and HTTPS, and is exposed at the ingress gateway. A slow answer becomes 504 after half a second.
 * Every object is in the app's own namespace, through the egress gateway as well.
 */
export function sentencesWithHttpApi(app: App, variant: 'direct' | 'via-gateway'): Chart {
  const chart = new Chart(app, `sentences-${variant}`, { namespace: 'sentences' });

  const httpbin = new ExternalService(chart, 'Httpbin', {
    hosts: ['httpbin.org'],
    ports: [{ number: 80, protocol: Protocol.HTTP }, { number: 443, protocol: Protocol.HTTPS }],
    resolution: Resolution.dns(),
    http: { timeout: Duration.millis(500) },
  });
  if (variant === 'via-gateway') {
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(httpbin);
  }
  httpbin.connectFrom(component(chart, 'api'), { envPrefix: 'HTTPBIN' });

  component(chart, 'sentences');
  new EgressLockdown(chart, 'Lockdown');
  new IngressRoute(chart, 'Ingress', { hosts: ['sentences.example.com'], service: 'sentences', servicePort: 5000 });
  return chart;
}

/** A Deployment with an account of its own, and its Service. The image is a placeholder for your own. */
function component(chart: Chart, name: string): k8s.KubeDeployment {
  const labels = { app: name, version: 'v1' };
  new k8s.KubeServiceAccount(chart, `${name}-account`, { metadata: { name } });
  new k8s.KubeService(chart, `${name}-service`, {
    metadata: { name, labels },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 5000 }] },
  });
  return new k8s.KubeDeployment(chart, name, {
    metadata: { name, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          containers: [{ name, image: `registry.example.com/sentences/${name}:1.0.0`, ports: [{ containerPort: 5000 }] }],
        },
      },
    },
  });
}
