import { Finding, giveAnAddress, Rule, where } from './rule';
import { Slots, Taken } from './slots';
import { quote } from '../private/fail';
import { MeshModel } from '../private/model';
import { ANY, EntryPort, ExternalEntry } from '../view/external-entry';

export const portCapturedTwice: Rule = {
  id: 'MX0203',
  name: 'port-captured-twice',
  severity: 'ERROR',
  title: 'A TCP ServiceEntry without addresses takes its whole port, and another one needs that port.',
  why: 'For a TCP port without addresses, sidecars listen on 0.0.0.0: the ServiceEntry takes every connection to the port. istiod drops a second one on the same port, and its connections end at the first.',
  fix: 'Write `spec.addresses`. Where they are not known, run the sidecars with DNS capture, so that each host has an address of its own, and tell the rules so. In this library: `Mesh.declare()` with `dnsCapture`, or with a `virtualIpRange` where the sidecars run without it.',
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
    message: `port ${port} of ${quote(entry.hosts[0])} has no address, and in ${where(taken.namespace)} every connection to port ${port} already goes to `
      + `${quote(taken.other.hosts[0])} ('${taken.other.object.origin.path}'): clients of ${quote(entry.hosts[0])} end there, and nothing says so`,
    fix: giveAnAddress(facts),
  }] : [];
}
