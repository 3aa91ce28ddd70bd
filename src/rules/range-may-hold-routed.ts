import { routedTargets } from './routed-targets';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const rangeMayHoldRouted: Rule = {
  id: 'MX0320',
  name: 'range-may-hold-routed',
  severity: 'WARNING',
  title: 'A ServiceEntry takes a range of addresses on a port on which another host is routed through a gateway by its name.',
  why: 'Nothing in the input says which addresses the name has. Where one of them is in the range, a client that dials it connects directly, and the gateway never sees who opened the connection.',
  fix: 'Leave the addresses of the routed host out of the range, give the routed ServiceEntry its addresses, so that this can be decided, or accept the finding when the range holds none of them.',
  related: [],
  check: view => view.entries.filter(entry => !view.isUpstream(entry)).flatMap(entry => entry.ports.flatMap((port): Finding[] => {
    const isRouted = entry.hosts.some(host => view.isRouted(entry, host, port.number));
    const held = isRouted ? undefined : routedTargets(view).mayBeIn(entry, port);
    return held === undefined ? [] : [{
      object: entry.object,
      field: port.field,
      message: `port ${port.number} of ${quote(entry.hosts[0])} takes ${entry.addresses.length === 0 ? 'every address' : quote(held.range)}, and ${quote(held.entry.hosts[0])}, `
        + `which is routed through a gateway ('${held.entry.object.origin.path}'), may have an address in it: the gateway does not see connections to that one`,
      fix: 'give the routed one its addresses, take them out of the range, or accept this where the range holds none of them',
    }];
  })),
};
