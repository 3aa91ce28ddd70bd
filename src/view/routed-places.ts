import { endpointsOfEntry, placeKey } from './entry-endpoints';
import { EntryPort, ExternalEntry } from './external-entry';
import { LabelledThings } from './labelled-things';
import { SelectedWorkload } from './workload-entry';

/** What shows which entries are routed. */
interface RoutesOfMesh {
  readonly entries: readonly ExternalEntry[];
  isRouted(entry: ExternalEntry, host: string, port: number): boolean;
  workloadsIn(namespace: string): LabelledThings<SelectedWorkload>;
}

/** A port of an entry of which connections are routed. */
export interface RoutedPort {
  readonly entry: ExternalEntry;
  readonly port: EntryPort;
  /** Those that are routed on it. */
  readonly hosts: readonly string[];
}

/** Where the connections that are routed through gateways end, and by which names and addresses clients ask for them: entries by the keys of places. */
export class RoutedPlaces {
  public readonly byHost = new Map<string, ExternalEntry>();
  public readonly byAddress = new Map<string, ExternalEntry>();
  public readonly byEndpoint = new Map<string, ExternalEntry>();
  public readonly ports: readonly RoutedPort[];

  public constructor(view: RoutesOfMesh) {
    const ports: RoutedPort[] = [];
    for (const entry of view.entries) {
      for (const port of entry.ports) {
        const hosts = entry.hosts.filter(host => view.isRouted(entry, host, port.number));
        if (hosts.length > 0) {
          ports.push({ entry, port, hosts });
          endpointsOfEntry(view, entry.object, port).forEach(({ address, port: of }) => this.byEndpoint.set(placeKey(address, of), entry));
          this.askedFor(entry, hosts, port.number);
          if (port.target !== port.number) {
            this.askedFor(entry, hosts, port.target);
          }
        }
      }
    }
    this.ports = ports;
  }

  public has(place: string): boolean {
    return this.byHost.has(place) || this.byAddress.has(place) || this.byEndpoint.has(place);
  }

  private askedFor(entry: ExternalEntry, hosts: readonly string[], port: number): void {
    hosts.forEach(host => this.byHost.set(placeKey(host, port), entry));
    entry.addresses.forEach(address => this.byAddress.set(placeKey(address, port), entry));
  }
}
