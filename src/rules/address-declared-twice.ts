import { Finding, Rule, where } from './rule';
import { Slots } from './slots';
import { quote } from '../private/fail';
import { ANY, ExternalEntry } from '../view/external-entry';

export const addressDeclaredTwice: Rule = {
  id: 'MX0202',
  name: 'address-declared-twice',
  severity: 'ERROR',
  title: 'Two services declare one address and port, and a namespace sees both.',
  why: 'A sidecar has one listener for an address and port. The younger service silently loses, whatever server name its clients send.',
  fix: 'Declare one service for one address and port.',
  related: [],
  check: view => {
    const listeners = new Slots();
    return view.entries.flatMap(entry => listenersOf(entry).flatMap(({ port, address }): Finding[] => {
      const taken = listeners.take(`${port} ${address}`, entry);
      return taken ? [{
        object: entry.object,
        message: `address ${quote(address)} with port ${port} is declared by '${taken.other.object.origin.path}' as well, visible in `
          + `${where(taken.namespace)}: all its connections would end at one of the two; declare one service for one address and port`,
      }] : [];
    }));
  },
};

function listenersOf(entry: ExternalEntry): { readonly port: number; readonly address: string }[] {
  return entry.ports.flatMap(port => entry.listenersOf(port).filter(address => address !== ANY).map(address => ({ port: port.number, address })));
}
