import { Finding, giveAnAddress, Rule, where } from './rule';
import { Slots, Taken } from './slots';
import { quote } from '../private/fail';
import { MeshModel } from '../private/model';
import { ANY, EntryPort, ExternalEntry } from '../view/external-entry';

export const portCapturedTwice: Rule = {
  id: 'MX0203',
  name: 'port-captured-twice',
  severity: 'ERROR',
  title: 'A TCP service without addresses captures its whole port, and another service needs that port.',
  why: 'Istio makes a listener on 0.0.0.0 for a TCP service without addresses. A second service on the port is silently dropped, and its connections end at the first.',
  fix: 'Give the addresses; or declare DNS capture when the sidecars run with it, a `virtualIpRange` when they do not.',
  related: ['IST0134', 'pilot_conflict_outbound_listener_tcp_over_current_tcp'],
  check: view => {
    const ports = new Slots();
    const open = view.entries.flatMap(entry => entry.ports.filter(port => entry.listenersOf(port).includes(ANY)).map(port => ({ entry, port })));
    const tcp = open.filter(({ port }) => port.class === 'TCP').flatMap(({ entry, port }) => (
      finding(view.facts, entry, port, ports.take(String(port.number), entry))));
    // Hosts share a port with each other, but not with TCP, which captures every connection that arrives there.
    const named = open.filter(({ port }) => port.class !== 'TCP').flatMap(({ entry, port }) => (
      finding(view.facts, entry, port, ports.holder(String(port.number), entry))));
    return [...tcp, ...named];
  },
};

function finding(facts: MeshModel, entry: ExternalEntry, { number: port, field }: EntryPort, taken: Taken | undefined): Finding[] {
  return taken ? [{
    object: entry.object,
    field,
    message: `port ${port} of ${quote(entry.hosts[0])} has no address of its own, and every address of port ${port} already goes to `
      + `${quote(taken.other.hosts[0])} ('${taken.other.object.origin.path}') in ${where(taken.namespace)}: connections would silently end at the wrong one`,
    fix: giveAnAddress(facts),
  }] : [];
}
