import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { addTo, GatewayServer } from '../view/mesh-view';

export const gatewayPortMixed: Rule = {
  id: 'MX0302',
  name: 'gateway-port-mixed',
  severity: 'ERROR',
  title: 'A plaintext TCP server shares its port of a gateway with another server.',
  why: 'Plaintext TCP has nothing that tells services apart, so istiod drops the second server of the port.',
  fix: 'Give the plaintext leg a port of its own, or use `GatewayLeg.istioMutual()`.',
  related: ['pilot_total_rejected_configs'],
  check: view => {
    const ports = new Map<string, GatewayServer[]>();
    view.gatewayServers.forEach(server => addTo(ports, `${server.workload} ${server.port}`, server));
    return [...ports.values()].flatMap((servers): Finding[] => {
      const plaintext = servers.filter(server => server.protocol === 'TCP');
      return plaintext.filter(server => server !== servers[0] || servers.length > plaintext.length).flatMap((server): Finding[] => {
        const other = servers.find(candidate => candidate !== server)!;
        return [{
          object: server.object,
          message: `'GatewayLeg.plaintext()' port ${server.port} of the gateway carries ${quote(other.hosts[0])} ('${other.object.origin.path}') as well: `
            + 'give a port that no other service uses, or use GatewayLeg.istioMutual()',
        }];
      });
    });
  },
};
