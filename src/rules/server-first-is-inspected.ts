import { Finding, Rule } from './rule';
import { Slots } from './slots';
import { isCidr } from '../private/check';
import { quote } from '../private/fail';
import { ANY, EntryPort, ExternalEntry } from '../view/external-entry';

/** Protocols in which the server speaks first, by the ports that they usually have. */
const SERVER_FIRST: { readonly [port: number]: string } = {
  21: 'FTP', 22: 'SSH', 25: 'SMTP', 110: 'POP3', 119: 'NNTP', 143: 'IMAP', 587: 'SMTP', 3306: 'MySQL', 3307: 'MySQL', 33060: 'MySQL', 5900: 'VNC',
};

/** What istiod takes for HTTP, of a Service's port. */
const HTTP: readonly string[] = ['http', 'http2', 'grpc', 'kubernetes.io/h2c', 'kubernetes.io/ws'];

export const serverFirstIsInspected: Rule = {
  id: 'MX0213',
  name: 'server-first-is-inspected',
  severity: 'ERROR',
  title: 'A server that speaks first is on a port where the sidecar waits for the client.',
  why: 'Where a port may carry several protocols, the sidecar waits for the first bytes of the client to tell them apart. MySQL, SMTP and SSH clients wait for the server instead, so the connection hangs: `protocolDetectionTimeout` is unlimited by default.',
  fix: 'Write `protocol: TCP`, and single addresses, which have a listener of their own.',
  related: [],
  check: view => {
    const inspected = new Slots();
    view.entries.forEach(entry => entry.ports.filter(port => port.class !== 'TCP' && entry.listenersOf(port).includes(ANY))
      .forEach(port => inspected.take(String(port.number), entry)));
    const services = new Map(view.services.flatMap(service => service.ports.filter(({ protocol }) => HTTP.includes(protocol))
      .map(({ number }) => [number, service.object.origin.path] as const)));
    const other = (entry: ExternalEntry, { number }: EntryPort) => (
      inspected.holder(String(number), entry)?.other.object.origin.path ?? services.get(number));
    return view.entries.flatMap(entry => entry.ports.flatMap((port): Finding[] => {
      const protocol = SERVER_FIRST[port.target] ?? SERVER_FIRST[port.number];
      if (port.class !== 'TCP' || protocol === undefined) {
        return [];
      }
      if (port.protocol === '') {
        return [{
          object: entry.object,
          field: port.field,
          message: `'protocol' of port ${port.number} of ${quote(entry.hosts[0])} is missing: sidecars wait for the first bytes of the client, and in ${protocol} the server speaks first`,
          fix: 'write \'protocol: TCP\'',
        }];
      }
      // A range is no listener of its own, but a part of the one on 0.0.0.0; without any address the port is captured, which is another rule.
      const beside = entry.addresses.some(isCidr) ? other(entry, port) : undefined;
      return beside === undefined ? [] : [{
        object: entry.object,
        field: port.field,
        message: `port ${port.number} of ${quote(entry.hosts[0])} has a range of addresses and shares its listener with '${beside}': it waits for the first bytes of the client, and in `
          + `${protocol} the server speaks first`,
        fix: 'give single addresses, or move one of the two to another port',
      }];
    }));
  },
};
