import { Finding, Rule, where } from './rule';
import { Slots, Taken } from './slots';
import { quote } from '../private/fail';
import { ANY, ExternalEntry } from '../view/external-entry';

export const addressDeclaredTwice: Rule = {
  id: 'MX0202',
  name: 'address-declared-twice',
  severity: 'ERROR',
  title: 'Two ServiceEntries declare one address and port, and a namespace sees both.',
  why: 'A sidecar has one listener for an address and port. The younger ServiceEntry loses it, whatever server name its clients send, and nothing says so.',
  fix: 'Declare each address and port in one ServiceEntry.',
  related: [],
  check: view => {
    const listeners = new Slots();
    const find = (entry: ExternalEntry, { port, address }: Listener, taken: Taken | undefined): Finding[] => (taken ? [{
      object: entry.object,
      field: ['spec', 'ports', entry.ports.findIndex(({ number }) => number === port)],
      message: `address ${quote(address)} with port ${port} is also declared by '${taken.other.object.origin.path}', and both are visible in `
        + `${where(taken.namespace)}: all connections to it end at one of the two`,
      fix: 'declare the address and port in one ServiceEntry',
    }] : []);
    return [
      ...view.entries.flatMap(entry => listenersOf(entry).flatMap(listener => find(entry, listener, listeners.take(slotOf(listener), entry)))),
      // One listener serves every host of HTTP, but a connection to an address that has one of its own ends there.
      ...view.entries.flatMap(entry => dialledOf(entry).flatMap(listener => find(entry, listener, listeners.holder(slotOf(listener), entry)))),
    ];
  },
};

interface Listener {
  readonly port: number;
  readonly address: string;
}

function slotOf({ port, address }: Listener): string {
  return `${port} ${address}`;
}

function listenersOf(entry: ExternalEntry): Listener[] {
  return entry.ports.flatMap(port => entry.listenersOf(port).filter(address => address !== ANY).map(address => ({ port: port.number, address })));
}

/** Where the clients of an HTTP service connect to. */
function dialledOf(entry: ExternalEntry): Listener[] {
  const addresses = [...new Set([...entry.addresses, ...entry.endpoints])];
  return entry.ports.filter(port => port.class === 'HTTP').flatMap(({ number: port }) => addresses.map(address => ({ port, address })));
}
