import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { GatewayConfig } from '../view/gateway';
import { overlaps } from '../view/host-name';
import { MESH, Route } from '../view/route';

/** How many letters of a host may be wrong. */
const MOST_SLIPS = 2;

export const routeHostNotServed: Rule = {
  id: 'MX0306',
  name: 'route-host-not-served',
  severity: 'ERROR',
  title: 'A VirtualService is for a host that its Gateway does not serve.',
  why: 'istiod gives a server only the VirtualServices of its `hosts`; where a host has a namespace in front (`shop/api.example.com`), only those of that namespace. It ignores the others, and nothing says so.',
  fix: 'Add the host to the `hosts` of a server, or correct it.',
  related: ['IST0132'],
  check: view => view.routes.flatMap(route => {
    const named = route.gateways.filter(name => name !== MESH);
    const known = named.map(name => view.names.gatewayOf(name)).filter(gateway => gateway !== undefined);
    const isServed = (host: string) => named.some(name => view.names.serversFor(name, host, route.object.namespace).length > 0);
    // With the sidecars among the gateways, some of the hosts may be for them alone.
    const hosts = !route.isForSidecars ? route.hosts.filter(host => !isServed(host)) : route.hosts.some(isServed) ? [] : route.hosts.slice(0, 1);
    return known.length === 0 || known.length < named.length ? [] : hosts.map(host => finding(route, host, known));
  }),
};

function finding(route: Route, host: string, [gateway]: readonly GatewayConfig[]): Finding {
  const at = route.hosts.indexOf(host);
  const like = nearest(host, gateway.servers.flatMap(({ hosts }) => hosts.filter(served => !served.includes('*'))), () => MOST_SLIPS);
  const closed = gateway.servers.some(server => server.hosts.some(served => overlaps(served, host)));
  return {
    object: route.object,
    field: ['spec', 'hosts', at],
    message: closed
      ? `'hosts' ${quote(host)} is served by '${gateway.object.origin.path}' for VirtualServices of other namespaces than ${where(route.object.namespace)}: the gateway ignores these rules`
      : `'hosts' ${quote(host)} is no host of '${gateway.object.origin.path}': the gateway ignores these rules`,
    fix: closed ? 'write the VirtualService in the namespace that stands before the host, or let the Gateway serve this namespace'
      : like === undefined ? 'add the host to the \'hosts\' of a server, or correct it' : `did you mean ${quote(like)}, which it serves? If that is misspelt, correct it there`,
  };
}
