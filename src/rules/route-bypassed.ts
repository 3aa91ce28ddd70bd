import * as ipaddr from 'ipaddr.js';
import { Finding, Rule } from './rule';
import { isCidr, isWildcard } from '../private/check';
import { quote } from '../private/fail';
import { ANY, ExternalEntry } from '../view/external-entry';
import { addTo, MeshView } from '../view/mesh-view';

export const routeBypassed: Rule = {
  id: 'MX0301',
  name: 'route-bypassed',
  severity: 'ERROR',
  title: 'A direct service reaches a routed service past its gateway.',
  why: 'The more specific match wins in a sidecar: connections to the same host, address or range leave directly, and the gateway never sees who opened them.',
  fix: 'Route both, or make the direct declaration narrower.',
  related: [],
  check: view => {
    const routed = new RoutedTargets(view);
    return view.entries.flatMap(entry => entry.ports.flatMap(({ number }): Finding[] => {
      if (entry.hosts.some(host => view.isRouted(entry, host, number))) {
        return [];
      }
      const past = routed.reachedBy(entry, number);
      return past ? [{
        object: entry.object,
        message: `port ${number} of ${quote(entry.hosts[0])} reaches ${past.what}, which '${past.entry.object.origin.path}' routes through a gateway, `
          + 'directly: the gateway would not see these connections; route both services, or declare this one without it',
      }] : [];
    }));
  },
};

interface Reached {
  readonly entry: ExternalEntry;
  readonly what: string;
}

/** The hosts and addresses that are routed, indexed by port: an app may declare thousands. */
class RoutedTargets {
  private readonly byHost = new Map<string, ExternalEntry>();
  private readonly byAddress = new Map<string, ExternalEntry>();
  private readonly byPort = new Map<string, ExternalEntry[]>();

  public constructor(view: MeshView) {
    for (const entry of view.entries) {
      for (const { number } of entry.ports) {
        const hosts = entry.hosts.filter(host => view.isRouted(entry, host, number));
        if (hosts.length > 0) {
          hosts.forEach(host => this.byHost.set(`${number} ${host}`, entry));
          entry.addresses.forEach(address => this.byAddress.set(`${number} ${address}`, entry));
          addTo(this.byPort, String(number), entry);
        }
      }
    }
  }

  public reachedBy(direct: ExternalEntry, port: number): Reached | undefined {
    for (const host of direct.hosts) {
      const same = this.byHost.get(`${port} ${host}`);
      const covered = isWildcard(host) ? this.onPort(port).find(entry => entry.hosts.some(name => name.endsWith(host.slice(1)))) : undefined;
      const entry = same ?? covered;
      if (entry) {
        return { entry, what: `the host ${quote(entry.hosts.find(name => name === host || name.endsWith(host.slice(1)))!)}` };
      }
    }
    for (const address of direct.addresses) {
      const same = this.byAddress.get(`${port} ${address}`);
      if (same) {
        return { entry: same, what: `the address ${quote(address)}` };
      }
      const inside = isCidr(address) ? this.onPort(port).find(entry => mayHold(address, entry)) : undefined;
      if (inside) {
        const known = inside.addresses.find(other => contains(address, other));
        return { entry: inside, what: known ? `the address ${quote(known)}` : `whatever addresses ${quote(inside.hosts[0])} has in ${quote(address)}` };
      }
    }
    return undefined;
  }

  private onPort(port: number): readonly ExternalEntry[] {
    return this.byPort.get(String(port)) ?? [];
  }
}

/** Whether a network contains an address of the entry, or may: what a name resolves to is not known at synth. */
function mayHold(network: string, entry: ExternalEntry): boolean {
  return entry.listeners.includes(ANY) || entry.addresses.some(address => contains(network, address));
}

function contains(network: string, address: string): boolean {
  const [range, length] = ipaddr.parseCIDR(network);
  const [inner, innerLength] = isCidr(address) ? ipaddr.parseCIDR(address) : [ipaddr.parse(address), undefined];
  return range.kind() === inner.kind() && (innerLength ?? length) >= length && inner.match(range, length);
}
