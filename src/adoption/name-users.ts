import type { AdoptedEntry } from './adoption';
import { compareTexts } from '../private/order';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** An object that changes proxies, and may find what it changes by names that a move changes. */
export interface NameUser {
  readonly object: MeshObject;
  /** What it has of these names. */
  readonly names: readonly string[];
}

const GROUPS: { readonly [kind: string]: string } = { EnvoyFilter: NETWORKING, Telemetry: 'telemetry.istio.io', WasmPlugin: 'extensions.istio.io' };

/** What Envoy calls names that are others for a route of this library: server names, and clusters with their subsets. */
const ATTRIBUTES = ['requested_server_name', 'requestedServerName', 'upstream_cluster', 'cluster_name'];

/** The objects that have a name of a route that was adopted: of its host, of its gateway's Service, or of what Envoy calls the rest. */
export function nameUsers(view: MeshView, adopted: readonly AdoptedEntry[]): NameUser[] {
  const routed = adopted.filter(({ isRouted }) => isRouted);
  const users = routed.length === 0 ? [] : view.objects.filter(({ kind, group }) => Object.hasOwn(GROUPS, kind) && GROUPS[kind] === group);
  if (users.length === 0) {
    return [];
  }
  const [objects, replaced] = [new Set(routed.map(({ object }) => object)), new Set(routed.flatMap(entry => entry.replaced))];
  const hosts = view.entries.filter(({ object }) => objects.has(object)).flatMap(entry => entry.hosts);
  const rules = view.routes.filter(({ object }) => replaced.has(object)).flatMap(route => route.rules);
  const names = [...new Set([...hosts, ...rules.flatMap(({ destinations }) => destinations.map(({ host }) => host))])].sort(compareTexts);
  return users.flatMap(object => {
    const written = JSON.stringify(object.spec);
    const found = [...names, ...ATTRIBUTES].filter(name => written.includes(name));
    return found.length === 0 ? [] : [{ object, names: found }];
  });
}
