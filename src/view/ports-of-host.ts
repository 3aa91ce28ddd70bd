import { MeshView } from './mesh-view';

/** The ports that a host is declared with, sorted; none when it is not declared. istiod makes no cluster for a port of UDP. */
export function portsOfHost(view: MeshView, host: string): readonly number[] {
  const known = view.once('ports by host', () => new Map<string, readonly number[]>());
  const found = known.get(host) ?? readPortsOf(view, host);
  known.set(host, found);
  return found;
}

function readPortsOf(view: MeshView, host: string): readonly number[] {
  const service = view.serviceByHost.get(host)?.ports ?? [];
  const entries = view.names.entriesOf(host).flatMap(({ ports }) => ports).filter(({ protocol }) => protocol !== 'UDP');
  return [...new Set([...service, ...entries].map(({ number }) => number))].sort((a, b) => a - b);
}
