import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { contains, Network, networkOf } from '../private/network';
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
  check: view => {
    const addresses = new Addresses(view);
    return view.routes.flatMap(route => {
      const matches = route.rules.filter(({ kind }) => kind !== 'http').flatMap(rule => rule.matches.filter(({ gateways }) => gateways.includes(MESH)));
      const [first, ...more] = matches.filter(match => addresses.haveNone(route, match));
      // Where another match takes connections, somebody may be moving the host.
      return first === undefined || matches.length > more.length + 1 ? [] : [findingOf(route, first, addresses.of(route.hosts, first.port)!)];
    });
  },
};

/** The addresses that hosts are declared with, each read once. */
class Addresses {
  private readonly known = new Map<string, readonly string[] | undefined>();
  private readonly read = new Map<string, readonly Network[]>();

  public constructor(private readonly view: MeshView) {}

  /** Those of hosts on a port; undefined where nobody declares one of them, or DNS alone knows its address. */
  public of(hosts: readonly string[], port?: number): readonly string[] | undefined {
    const all = hosts.map(host => this.ofHost(host, port));
    return all.length === 0 || all.includes(undefined) ? undefined : [...new Set(all.flatMap(addresses => addresses!))];
  }

  /** Whether no address of the hosts is in the subnets that a match names. */
  public haveNone({ hosts }: Route, { destinationSubnets, port }: RouteMatch): boolean {
    const addresses = destinationSubnets.length === 0 ? undefined : this.of(hosts, port)?.map(address => this.networks(address));
    const subnets = destinationSubnets.map(subnet => this.networks(subnet));
    return addresses !== undefined && [...addresses, ...subnets].every(({ length }) => length > 0)
      && !addresses.flat().some(one => subnets.flat().some(other => contains(one, other) || contains(other, one)));
  }

  private ofHost(host: string, port: number | undefined): readonly string[] | undefined {
    const key = `${host} ${port}`;
    if (!this.known.has(key)) {
      const entries = this.view.names.entriesOf(host).filter(({ ports }) => port === undefined || ports.some(({ number }) => number === port));
      const isKnown = entries.length > 0 && entries.every(({ addresses }) => addresses.length > 0);
      this.known.set(key, isKnown ? [...new Set(entries.flatMap(({ addresses }) => addresses))] : undefined);
    }
    return this.known.get(key);
  }

  private networks(text: string): readonly Network[] {
    const found = this.read.get(text) ?? networkOf(text);
    this.read.set(text, found);
    return found;
  }
}

function findingOf({ object, hosts }: Route, { destinationSubnets, field }: RouteMatch, addresses: readonly string[]): Finding {
  return {
    object,
    field: [...field, 'destinationSubnets'],
    message: `'destinationSubnets' ${destinationSubnets.map(quote).join(', ')} has no address of ${quote(hosts[0])}, which has ${addresses.join(', ')}: `
      + 'the rule is never used, and connections go past it',
    fix: 'write subnets that hold these addresses, or remove \'destinationSubnets\'',
  };
}
