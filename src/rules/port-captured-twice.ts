import { Finding, giveAnAddress, Rule, where } from './rule';
import { Slots, Taken } from './slots';
import { quote } from '../private/fail';
import { MeshModel } from '../private/model';
import { ANY, EntryPort, ExternalEntry, PortClass } from '../view/external-entry';
import { MeshView } from '../view/mesh-view';

export const portCapturedTwice: Rule = {
  id: 'MX0203',
  name: 'port-captured-twice',
  severity: 'ERROR',
  title: 'A TCP ServiceEntry without addresses takes its whole port, and another one needs that port.',
  why: 'For a TCP port without addresses, sidecars listen on 0.0.0.0: the ServiceEntry takes every connection to the port. istiod drops a second one on the same port, and its connections end at the first. '
    + 'So it is with several hosts of one entry, unless its resolution is NONE: istiod\'s webhook refuses that entry.',
  fix: 'Write `spec.addresses`. Where they are not known, run the sidecars with DNS capture, so that each host has an address of its own, and tell the rules so. Write a ServiceEntry for each host of an entry that has several. In this library: `Mesh.declare()` with `dnsCapture`, or with a `virtualIpRange` where the sidecars run without it.',
  related: ['IST0134', 'pilot_conflict_outbound_listener_tcp_over_current_tcp'],
  check: view => {
    const ports = new Slots();
    const tcp = inOrder(view, view.entries.filter(entry => openPorts(entry, 'TCP').length > 0)).flatMap(entry => openPorts(entry, 'TCP').flatMap(port => (
      finding(view.facts, entry, port, ports.take(String(port.number), entry)))));
    // Hosts share a port with each other, but not with TCP, which captures every connection that arrives there.
    const named = ports.isEmpty ? [] : view.entries.flatMap(entry => openPorts(entry, 'TLS', 'HTTP').flatMap(port => (
      finding(view.facts, entry, port, ports.holder(String(port.number), entry)))));
    return [...tcp, ...named, ...view.entries.flatMap(betweenHosts)];
  },
};

/** The ports of some classes on which an entry takes every connection. The API server refuses one without hosts. */
function openPorts(entry: ExternalEntry, ...classes: readonly PortClass[]): readonly EntryPort[] {
  return entry.hosts.length === 0 ? [] : entry.ports.filter(port => classes.includes(port.class) && entry.listenersOf(port).includes(ANY));
}

/** In the order of istiod, which drops the second of two: by age, and of one age by the name of the host. */
function inOrder(view: MeshView, entries: readonly ExternalEntry[]): readonly ExternalEntry[] {
  if (entries.length < 2) {
    return entries;
  }
  const rank = new Map([...view.knownServices].reverse().map(({ object }, i) => [object, -i]));
  return [...entries].sort((a, b) => (rank.get(a.object) ?? 0) - (rank.get(b.object) ?? 0));
}

function finding(facts: MeshModel, entry: ExternalEntry, { number: port, field }: EntryPort, taken: Taken | undefined): Finding[] {
  // Without resolution a connection goes on to the address that the client dialled, by the listener of whichever entry.
  const areBothDialled = taken?.other.resolution === 'NONE' && entry.resolution === 'NONE';
  return taken && !areBothDialled ? [{
    object: entry.object,
    field,
    message: `port ${port} of ${quote(entry.hosts[0])} has no address, and in ${where(taken.namespace)} every connection to port ${port} already goes to `
      + `${quote(taken.other.hosts[0])} ('${taken.other.object.origin.path}'): clients of ${quote(entry.hosts[0])} end there, and nothing says so`,
    fix: giveAnAddress(facts),
  }] : [];
}

/** Hosts of one entry: without HTTP or TLS nothing in a connection says which of them it is for. Without resolution the client's own address is kept. */
function betweenHosts({ object, hosts, ports, resolution }: ExternalEntry): Finding[] {
  const port = ports.find(({ class: how }) => how === 'TCP');
  const others = [...new Set(hosts)].slice(1);
  return port && others.length > 0 && resolution !== 'NONE' ? [{
    object,
    field: port.field,
    message: `port ${port.number} is ${port.protocol || 'without a protocol'}, by which sidecars cannot tell ${hosts.map(quote).join(', ')} apart: istiod's webhook refuses the ServiceEntry, `
      + `and without it connections to ${others.map(quote).join(', ')} end at ${quote(hosts[0])}`,
    fix: 'write a ServiceEntry for each host, with its own addresses',
  }] : [];
}
