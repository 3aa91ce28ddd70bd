import { EntryPort, ExternalEntry } from './external-entry';
import { labelsOf, number, record, records, text } from './fields';
import { KnownEndpoint } from './known-service';
import { LabelledThings } from './labelled-things';
import { MeshObject } from './mesh-object';
import { SelectedWorkload } from './workload-entry';
import { spelledAlike } from '../private/network';

/** Where the WorkloadEntries of each namespace are looked up. */
interface Workloads {
  workloadsIn(namespace: string): LabelledThings<SelectedWorkload>;
}

/** A port of an entry, as far as its endpoints ask for it. */
interface PortOfEntry {
  readonly name?: string;
  readonly target: number | string;
}

/** The endpoints of an entry for one of its ports: those that it names, and the WorkloadEntries that it selects. */
export function endpointsOfEntry(workloads: Workloads, { namespace, spec }: MeshObject, { name, target }: PortOfEntry): KnownEndpoint[] {
  const portIn = (named: unknown) => (name === undefined ? undefined : number(record(named)[name])) ?? Number(target);
  const written = records(spec.endpoints).flatMap(endpoint => {
    const address = text(endpoint.address);
    return address === undefined ? [] : [{ address, port: portIn(endpoint.ports), labels: labelsOf(endpoint.labels) }];
  });
  const selector = spec.workloadSelector === undefined ? undefined : labelsOf(record(spec.workloadSelector).labels);
  const selected = selector === undefined ? [] : workloads.workloadsIn(namespace).selectedBy(selector);
  return [...written, ...selected.map(({ address, labels, ports }) => ({ address, labels, port: portIn(ports) }))];
}

/** Where connections to a port of an entry end, as keys that are the same for the same place; without any where the input does not show it. */
export function placesOfEntry(workloads: Workloads, { object, hosts, isResolvedByName }: ExternalEntry, port: EntryPort): string[] {
  const found = endpointsOfEntry(workloads, object, port);
  const ends = found.length === 0 && isResolvedByName ? hosts.map(address => ({ address, port: port.target })) : found;
  return ends.map(({ address, port: of }) => placeKey(address, of));
}

/** The key of a place where connections end, however its address is written. */
export function placeKey(address: string, port: number): string {
  return `${port} ${spelledAlike(address)}`;
}
