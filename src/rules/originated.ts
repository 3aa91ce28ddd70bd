import { EntryPort, ExternalEntry } from '../view/external-entry';
import { record, records, strings, text } from '../view/fields';
import { MeshView } from '../view/mesh-view';
import { MESH } from '../view/route';
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
}

/** Every origination, as far as the services are there that it is for. */
export function originationsIn(view: MeshView): readonly Origination[] {
  return view.once('originations', () => read(view));
}

function read(view: MeshView): Origination[] {
  const rules = view.trafficRules.filter(({ allTls }) => allTls.some(isOrigination));
  return rules.flatMap(rule => view.names.entriesOf(rule.host)
    .filter(({ visibleTo }) => visibleTo.includes('*') || visibleTo.some(namespace => reaches(rule.visibleTo, namespace)))
    .flatMap(entry => entry.ports.flatMap(port => of(view, rule, entry, port))));
}

function of(view: MeshView, rule: TrafficRule, entry: ExternalEntry, port: EntryPort): Origination[] {
  const { host } = rule;
  // One that names no port sends to the only one of the service, or to the one that the client took.
  const leading = view.names.legsTo(host).flatMap(({ rule: { kind, destinations }, match: { gateways } }) => (
    destinations.filter(destination => destination.host === host && (destination.port ?? port.number) === port.number).map(({ subset }) => (
      { kind, subset, bySidecars: gateways.includes(MESH), byGateways: gateways.some(gateway => gateway !== MESH) }))));
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
    };
  });
}

function isOrigination({ mode }: ClientTlsSettings): boolean {
  return mode === 'SIMPLE' || mode === 'MUTUAL';
}
