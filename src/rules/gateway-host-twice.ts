import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { MeshObject } from '../view/mesh-object';

export const gatewayHostTwice: Rule = {
  id: 'MX0303',
  name: 'gateway-host-twice',
  severity: 'ERROR',
  title: 'Two Gateways serve one host on one port of the same pods.',
  why: 'istiod drops the second server without a word, or mixes the routes of both.',
  fix: 'Serve the host in one place: one `IngressRoute` with all paths, one declaration of an external service.',
  related: ['IST0145', 'KIA0301'],
  check: view => {
    const served = new Map<string, MeshObject>();
    return view.gatewayServers.filter(server => server.protocol !== 'TCP').flatMap(server => server.hosts.flatMap((host, i): Finding[] => {
      const key = `${server.workload} ${server.port} ${host}`;
      const first = served.get(key);
      if (!first) {
        served.set(key, server.object);
        return [];
      }
      return [{
        object: server.object,
        field: [...server.field, 'hosts', i],
        message: `'hosts' ${quote(host)} is served on port ${server.port} of the gateway by '${first.origin.path}' as well, and istiod would drop one of them`,
        fix: 'write the host in one place, with all its paths or ports',
      }];
    }));
  },
};
