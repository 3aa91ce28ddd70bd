import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressLockdown, EgressViaGateway, Mesh, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { Environment } from './config';
import { KINDS } from './kinds';

/** The dependencies of all teams, as a platform team declares them from JSON: every one behind the same port of the egress gateway. */
export function platform(app: App, { name: environment, dependencies }: Environment): Chart {
  // The sidecars run with DNS capture, so any number of dependencies can be found by name.
  Mesh.declare(app, { dnsCapture: true });
  const chart = new Chart(app, `platform-${environment}`, {
    namespace: 'platform',
    labels: { 'app.kubernetes.io/part-of': 'platform', 'example.com/environment': environment },
  });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });

  for (const { name, kind, hosts, port, clients, ...purpose } of dependencies) {
    const servers = Object.entries(hosts).map(([host, addresses]) => ({ host, resolution: resolutionOf(host, addresses) }));
    const service = KINDS[kind](chart, name, { ...purpose, servers, port });
    egress.route(service);
    service.allowFrom(...clients.map(client => {
      const [namespace, account] = client.split('/');
      return MeshClient.serviceAccount(namespace, account);
    }));
  }

  // The teams' pods reach what is declared for their namespace, and nothing else.
  const namespaces = new Set(dependencies.flatMap(({ clients }) => clients.map(client => client.split('/')[0])));
  namespaces.forEach(namespaceName => new EgressLockdown(chart, `Lockdown-${namespaceName}`, { namespaceName }));
  return chart;
}

function resolutionOf(host: string, addresses: readonly string[]): Resolution {
  if (addresses.length === 0) {
    return Resolution.dnsRoundRobin();
  }
  // A wildcard has one server, which answers for every name.
  return host.startsWith('*.') ? Resolution.endpoints(...addresses.map(address => ({ address }))) : Resolution.ipAddresses(...addresses);
}
