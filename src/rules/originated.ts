import { records, strings, text } from '../view/fields';
import { EntryPort, ExternalEntry } from '../view/external-entry';
import { addTo, MeshView } from '../view/mesh-view';
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
export function originationsIn(view: MeshView): Origination[] {
  const rules = new Map<string, TrafficRule[]>();
  view.trafficRules.filter(({ allTls }) => allTls.some(isOrigination)).forEach(rule => addTo(rules, rule.host, rule));
  return rules.size === 0 ? [] : view.entries.flatMap(entry => entry.hosts.flatMap(host => (rules.get(host) ?? [])
    .filter(rule => entry.visibleTo.some(namespace => reaches(rule.visibleTo, namespace)) || entry.visibleTo.includes('*'))
    .flatMap(rule => entry.ports.flatMap((port, i) => of(view, rule, entry, host, port, i)))));
}

function of(view: MeshView, rule: TrafficRule, entry: ExternalEntry, host: string, port: EntryPort, index: number): Origination[] {
  const arrivals = view.arrivals.at(host, port.number);
  const written = records(entry.object.spec.ports)[index];
  // A subset counts where a route leads to it.
  const subsets = [undefined, ...new Set(arrivals.map(({ subset }) => subset).filter(subset => subset !== undefined))];
  const settings = new Map(subsets.flatMap(subset => {
    const tls = rule.tlsOf(port.number, subset);
    return tls && isOrigination(tls) ? [[tls.field.join(' '), { tls, subset }] as const] : [];
  }));
  const leading = arrivals.filter(({ bySidecars, byGateways }) => bySidecars || byGateways);
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
