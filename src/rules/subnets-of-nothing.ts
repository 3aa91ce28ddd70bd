import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { contains, networkOf } from '../private/network';
import { MeshView } from '../view/mesh-view';
import { MESH, Route, RouteMatch } from '../view/route';

export const subnetsOfNothing: Rule = {
  id: 'MX0413',
  name: 'subnets-of-nothing',
  severity: 'ERROR',
  title: 'A match names `destinationSubnets` that have no address of its host.',
  why: 'Sidecars compare the address that a client dialled. No connection to the host has one of these, so the rule is never used: connections go straight to the host, past the gateway that the rule sends to.',
  fix: 'Write subnets that hold the `addresses` of the ServiceEntry, or leave `destinationSubnets` out.',
  related: [],
  check: view => view.routes.flatMap(route => route.rules.filter(({ kind }) => kind !== 'http').flatMap(({ matches }) => {
    const compared = matches.filter(({ gateways, destinationSubnets }) => destinationSubnets.length > 0 && gateways.includes(MESH));
    return compared.flatMap(match => findingOf(view, route, match));
  })),
};

function findingOf(view: MeshView, { object, hosts }: Route, { destinationSubnets, port, field }: RouteMatch): Finding[] {
  const entries = hosts.map(host => view.names.entriesOf(host));
  const subnets = destinationSubnets.map(networkOf);
  const ofPort = entries.flat().filter(({ ports }) => port === undefined || ports.some(({ number }) => number === port));
  const all = ofPort.map(({ addresses }) => addresses.map(networkOf));
  // An entry without addresses has those that DNS says, and what is no address nobody can compare.
  const isKnown = hosts.length > 0 && entries.every(({ length }) => length > 0) && all.length > 0
    && [...all, subnets].every(networks => networks.length > 0 && networks.every(({ length }) => length > 0));
  const overlap = () => all.flat(2).some(one => subnets.flat().some(other => contains(one, other) || contains(other, one)));
  return !isKnown || overlap() ? [] : [{
    object,
    field: [...field, 'destinationSubnets'],
    message: `'destinationSubnets' ${destinationSubnets.map(quote).join(', ')} has no address of ${quote(hosts[0])}, which has ${
      [...new Set(ofPort.flatMap(({ addresses }) => addresses))].join(', ')}: the rule is never used, and connections go past it`,
    fix: 'write subnets that hold these addresses, or remove \'destinationSubnets\'',
  }];
}
