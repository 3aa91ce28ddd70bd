import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { MeshObject } from '../view/mesh-object';

export const gatewayHostTwice: Rule = {
  id: 'MX0303',
  name: 'gateway-host-twice',
  severity: 'ERROR',
  title: 'Two Gateways serve one host on one port of the same pods.',
  why: 'istiod drops the second server, or mixes the routes of both, and nothing says so.',
  fix: 'Serve the host in one Gateway, with all its paths or ports. In this library: one `IngressRoute`, or one declaration of the external service.',
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
        message: `'hosts' ${quote(host)} is also served on port ${server.port} of the gateway by '${first.origin.path}': istiod drops one of them`,
        fix: 'serve the host in one Gateway, with all its paths or ports',
      }];
    }));
  },
};
