import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { KubeService } from '../view/kube-service';

export const gatewayPortNotOnService: Rule = {
  id: 'MX0310',
  name: 'gateway-port-not-on-service',
  severity: 'ERROR',
  title: 'A Gateway has a server on a port that the gateway\'s Service does not have.',
  why: 'The gateway\'s pods listen on the port, but clients connect to the ports of the Service, so nothing reaches this server.',
  fix: 'Add the port to the Service, or use one that it has.',
  related: ['IST0101', 'IST0162'],
  check: view => view.gateways.flatMap(gateway => {
    // Others of the gateway's Services may be in another input, unless its pods are in this one or sidecars are sent to one that is.
    const all = [...view.gatewayPlaces.servicesOf(gateway)];
    const services = view.gatewayPlaces.podsOf(gateway).length > 0 || all.some(({ host }) => view.names.legsTo(host).length > 0) ? all : [];
    const ports = new Set(services.flatMap(service => service.ports.flatMap(({ number, targetPort }) => [number, targetPort])));
    return services.length === 0 ? [] : gateway.servers.filter(({ port }) => !ports.has(port)).map((server): Finding => ({
      object: server.object,
      field: [...server.field, 'port', 'number'],
      message: `'port.number' ${server.port} is no port of the gateway's Service ${quote(services[0].object.name)} ('${services[0].object.origin.path}'), which has ${portsOf(services[0])}: `
        + 'clients cannot reach this server',
      fix: `add port ${server.port} to the Service, or write a port that it has`,
    }));
  }),
};

/** Each port, with that of the pods where it is another one: a Gateway may name either. */
function portsOf({ ports }: KubeService): string {
  return ports.map(({ number, targetPort }) => (targetPort === number ? String(number) : `${number} (targetPort ${targetPort})`)).join(', ');
}
