import { Finding, Rule } from './rule';
import { httpPropertiesOf, looksAtConnections, serverNamesOf } from '../view/access-match';
import { AccessPolicy } from '../view/access-policy';
import { strings } from '../view/fields';
import { MeshView } from '../view/mesh-view';

export const httpInTcpPolicy: Rule = {
  id: 'MX0802',
  name: 'http-in-tcp-policy',
  severity: 'ERROR',
  title: 'A policy looks at HTTP requests at a gateway that carries TCP.',
  why: 'Where a gateway carries TCP, istiod drops a rule with a host, path, method or header from an ALLOW policy: it allows nothing. From a DENY rule it drops only that part: the rule denies more, and everything when nothing else is in it.',
  fix: 'Name what a connection has: `connection.sni`, `ports`, `principals`. If the server is for HTTP, its port in the Gateway is `protocol: HTTP`, or `HTTPS` with TLS that ends there.',
  related: [],
  check: view => view.accessPolicies.flatMap(policy => misread(view, policy)),
};

function misread(view: MeshView, policy: AccessPolicy): Finding[] {
  const looking = policy.rules.flatMap(rule => httpPropertiesOf(rule).slice(0, 1).map(property => ({ rule, property })));
  if (looking.length === 0 || Object.keys(policy.selector).length === 0) {
    return [];
  }
  const workloads = view.gatewayWorkloads.policedBy(policy);
  return looking.flatMap(({ rule, property }): Finding[] => {
    const looked = workloads.map(workload => workload.serversOf(rule));
    const first = looked.find(({ connections }) => connections.length > 0)?.connections[0];
    const areAll = looked.every(({ all, connections }) => all.length === connections.length);
    const namesPorts = rule.operations.some(({ ports, notPorts }) => strings(ports).length + strings(notPorts).length > 0);
    const isForSome = serverNamesOf(rule) !== undefined || namesPorts;
    // A rule for the requests of one server says nothing of the connections of another, unless it denies them.
    return first && (areAll || policy.action === 'DENY' && !isForSome) ? [{
      object: policy.object,
      message: `'${property}' is for HTTP requests, and port ${first.port} of '${first.object.origin.path}' carries TCP: `
        + consequence(policy.action, looksAtConnections(rule)),
      fix: 'name what a TCP connection has, such as \'connection.sni\', \'ports\' or \'principals\'',
      field: rule.field,
    }] : [];
  });
}

function consequence(action: string, hasMore: boolean): string {
  if (action === 'ALLOW') {
    return 'the rule allows no connection';
  }
  return hasMore ? 'the rule denies every connection that matches the rest of it' : 'the rule denies every connection';
}
