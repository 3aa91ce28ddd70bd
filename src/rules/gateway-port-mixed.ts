import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { GatewayServer } from '../view/gateway';
import { addTo } from '../view/lists';

export const gatewayPortMixed: Rule = {
  id: 'MX0302',
  name: 'gateway-port-mixed',
  severity: 'ERROR',
  title: 'A plaintext server shares its port of a gateway with a server of another kind.',
  why: 'Nothing tells the connections of a plaintext TCP server from others, and HTTP and TLS need different listeners. istiod drops servers of that port, and their routes with them.',
  fix: 'Give each server a port of its own, or use TLS (`ISTIO_MUTUAL`) on both. In this library: `GatewayLeg.istioMutual()`.',
  related: ['pilot_total_rejected_configs'],
  check: view => {
    const ports = new Map<string, GatewayServer[]>();
    view.gatewayServers.forEach(server => addTo(ports, `${server.workload} ${server.port}`, server));
    return [...ports.values()].flatMap((servers): Finding[] => {
      const secure = servers.find(server => isSecure(server.protocol));
      const firstPlain = servers.findIndex(server => server.protocol === 'TCP');
      return servers.flatMap((server, i): Finding[] => {
        // A plaintext server collides with any that stands before it, another one with a plaintext server.
        const first = server.protocol === 'TCP' ? 0 : firstPlain;
        const before = first >= 0 && first < i ? servers[first] : undefined;
        const other = isSecure(server.protocol) ? undefined : secure ?? before;
        return other ? [{
          object: server.object,
          field: server.field,
          message: `the ${server.protocol === 'TCP' ? 'plaintext' : server.protocol} server on port ${server.port} of the gateway shares it with `
            + `${quote(other.hosts[0])} ('${other.object.origin.path}'): istiod drops one of them`,
          fix: {
            code: server.protocol === 'TCP'
              ? 'give \'GatewayLeg.plaintext()\' a port that no other service uses, or use GatewayLeg.istioMutual()'
              : 'give a port that no other service uses, or use GatewayLeg.istioMutual()',
            yaml: 'write a port that no other server uses, or \'tls: {mode: ISTIO_MUTUAL}\' on both',
          },
        }] : [];
      });
    });
  },
};

function isSecure(protocol: string): boolean {
  return protocol === 'TLS' || protocol === 'HTTPS';
}
