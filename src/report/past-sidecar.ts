import { clientKey } from './client';
import { DependencyReport } from './report';
import { workloadsByClient } from './shown-clients';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

/** Workloads that reach dependencies past their sidecar, whatever the mesh has for what sidecars do not know. */
export interface PastSidecar {
  readonly who: readonly string[];
  readonly why: string;
  readonly of: readonly DependencyReport[];
}

export function pastSidecars(dependencies: readonly DependencyReport[], view: MeshView): PastSidecar[] {
  const pods = workloadsByClient(view);
  const together = new Map<string, DependencyReport[]>();
  for (const dependency of dependencies) {
    const passing = new Map<string, string[]>();
    dependency.access.filter(({ verdict, why }) => verdict === 'DIRECT' && why.startsWith(PAST)).forEach(({ client, workloads, why }) => {
      const all = (pods.get(clientKey(client)) ?? []).map(({ object: { kind, name } }) => `${kind} ${name}`);
      all.filter(name => workloads.length === 0 || workloads.includes(name))
        .forEach(name => addTo(passing, why.slice(PAST.length), name.replace(' ', ` ${client.namespace}/`)));
    });
    // Those that pass theirs by on the way to the same dependencies, for the same reason, are said once.
    passing.forEach((who, why) => addTo(together, JSON.stringify([[...new Set(who)].sort(), why]), dependency));
  }
  return [...together].map(([key, of]) => {
    const [who, why] = JSON.parse(key) as [string[], string];
    return { who, why, of };
  });
}

/** How a trace says it. */
const PAST = 'the connection does not pass the sidecar: ';
