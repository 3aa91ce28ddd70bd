import { Finding, Rule } from './rule';

export const gatewayPortNotOnService: Rule = {
  id: 'MX0310',
  name: 'gateway-port-not-on-service',
  severity: 'ERROR',
  title: 'A Gateway has a server on a port that the Service of its pods does not have.',
  why: 'The pods listen there, and no client reaches the port: a sidecar connects to ports of the Service only.',
  fix: 'Add the port to the Service, or use one that it has.',
  related: ['IST0101', 'IST0162'],
  check: view => view.gateways.flatMap(gateway => {
    const services = [...view.gatewayPlaces.servicesOf(gateway)];
    const ports = new Set(services.flatMap(service => service.ports.flatMap(({ number, targetPort }) => [number, targetPort])));
    return services.length === 0 ? [] : gateway.servers.filter(({ port }) => !ports.has(port)).map((server): Finding => ({
      object: server.object,
      field: [...server.field, 'port', 'number'],
      message: `'number' ${server.port} is no port of '${services[0].object.origin.path}', which has ${services[0].ports.map(({ number }) => number).join(', ')}: no connection arrives there`,
      fix: 'add it to the Service, or use a port that the Service has',
    }));
  }),
};
