import { hostsUnder } from './covered-hosts';
import { upgradedAs } from '../private/starttls';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { record, records, strings, text } from '../view/fields';
import { MeshView } from '../view/mesh-view';
import { Leg } from '../view/name-index';
import { MESH, RouteKind } from '../view/route';
import { ClientTlsSettings, TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

/** TLS that proxies originate towards a port of a service outside the mesh. */
export interface Origination {
  readonly rule: TrafficRule;
  readonly tls: ClientTlsSettings;
  readonly entry: ExternalEntry;
  readonly host: string;
  readonly port: EntryPort;
  /** As the entry calls the port, and its protocol. */
  readonly named: readonly [name: string, protocol: string];
  /** Names that the entry itself has for the certificate. */
  readonly names: readonly string[];
  /** Whether what is originated for is a request, which brings its host with it. */
  readonly isForRequests: boolean;
  /** Whether sidecars follow the rule on this port, and not gateways alone. */
  readonly isBySidecars: boolean;
  /** Whether gateways do. */
  readonly isByGateways: boolean;
}

/** Every origination, as far as the services are there that it is for. */
export function originationsIn(view: MeshView): readonly Origination[] {
  return view.once('originations', () => read(view));
}

function read(view: MeshView): Origination[] {
  const rules = view.trafficRules.filter(({ allTls }) => allTls.some(isOrigination));
  return rules.flatMap(rule => {
    const isSeen = ({ visibleTo }: ExternalEntry) => visibleTo.includes('*') || visibleTo.some(namespace => reaches(rule.visibleTo, namespace));
    const own = view.names.entriesOf(rule.host).filter(isSeen).flatMap(entry => entry.ports.flatMap(port => of(view, rule, rule.host, entry, port)));
    const covered = hostsUnder(view, rule).filter(({ entry }) => isSeen(entry))
      .flatMap(({ host, entry }) => entry.ports.flatMap(port => of(view, rule, host, entry, port)));
    return [...own, ...new Map(covered.map(origination => [kindOf(origination), origination]).reverse() as [string, Origination][]).values()];
  });
}

/** What decides about an origination, as text that can be compared: of the hosts that a wildcard covers alike, one is enough. Requests are judged by their ServiceEntry. */
function kindOf({ tls, entry, host, port, named, names, isForRequests, isBySidecars, isByGateways }: Origination): string {
  return JSON.stringify([
    tls.field, port.number, port.target, port.class, named, names.length > 0, isForRequests, isBySidecars, isByGateways, upgradedAs(host)?.name,
    port.class === 'HTTP' ? [entry.object.namespace, entry.object.name, port.field] : [],
  ]);
}

/** How routes lead to a port of a service. */
interface Arrival {
  readonly kind: RouteKind;
  readonly subset?: string;
  readonly bySidecars: boolean;
  readonly byGateways: boolean;
}

/** The ways in which routes lead to a port, each once, however many rules there are for its host. */
function arrivalsAt(view: MeshView, host: string, entry: ExternalEntry, port: EntryPort): readonly Arrival[] {
  const known = view.once('arrivals at ports', () => new Map<EntryPort, Map<string, readonly Arrival[]>>());
  const ofPort = known.get(port) ?? new Map<string, readonly Arrival[]>();
  known.set(port, ofPort);
  const found = ofPort.get(host) ?? readArrivals(view, host, entry, port);
  ofPort.set(host, found);
  return found;
}

function readArrivals(view: MeshView, host: string, entry: ExternalEntry, port: EntryPort): Arrival[] {
  const all = view.names.legsTo(host).flatMap(leg => {
    const { rule: { kind, destinations }, match: { gateways } } = leg;
    const here = destinations.filter(to => to.host === host && sendsTo(leg, to.port, entry, port));
    return here.map(({ subset }) => ({ kind, subset, bySidecars: gateways.includes(MESH), byGateways: gateways.some(gateway => gateway !== MESH) }));
  });
  return [...new Map(all.map(arrival => [JSON.stringify(arrival), arrival])).values()];
}

function of(view: MeshView, rule: TrafficRule, host: string, entry: ExternalEntry, port: EntryPort): Origination[] {
  const leading = arrivalsAt(view, host, entry, port);
  const written = record(records(entry.object.spec.ports)[Number(port.field[2])]);
  // A subset counts where a route leads to it.
  const subsets = [undefined, ...new Set(leading.map(({ subset }) => subset).filter(subset => subset !== undefined))];
  const settings = new Map(subsets.flatMap(subset => {
    const tls = rule.tlsOf(port.number, subset);
    return tls && isOrigination(tls) ? [[tls.field.join(' '), { tls, subset }] as const] : [];
  }));
  return [...settings.values()].map(({ tls, subset }) => {
    const here = subset === undefined ? leading : leading.filter(arrival => arrival.subset === subset);
    return {
      rule,
      tls,
      entry,
      host,
      port,
      named: [text(written.name) ?? '', text(written.protocol) ?? ''],
      names: strings(entry.object.spec.subjectAltNames),
      isForRequests: port.class === 'HTTP' || here.some(({ kind }) => kind === 'http'),
      isBySidecars: here.some(({ bySidecars }) => bySidecars) || subset === undefined && !here.some(({ byGateways }) => byGateways)
        && !view.isUpstream(entry) && !view.isRouted(entry, host, port.number),
      isByGateways: here.some(({ byGateways }) => byGateways),
    };
  });
}

/** Whether a leg sends to a port. One that names none sends to the only one of the service, or to the one that the client took: requests of sidecars are on no port for TLS. */
function sendsTo({ rule, match }: Leg, named: number | undefined, { ports }: ExternalEntry, port: EntryPort): boolean {
  if (named !== undefined || ports.length === 1 || match.gateways.some(gateway => gateway !== MESH)) {
    return (named ?? port.number) === port.number;
  }
  return (match.port ?? port.number) === port.number && (rule.kind !== 'http' || port.class !== 'TLS');
}

function isOrigination({ mode }: ClientTlsSettings): boolean {
  return mode === 'SIMPLE' || mode === 'MUTUAL';
}
