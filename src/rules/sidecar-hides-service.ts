import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { MeshObject } from '../view/mesh-object';
import { MeshView, namesNamespace, NamespaceSidecar } from '../view/mesh-view';

export const sidecarHidesService: Rule = {
  id: 'MX0602',
  name: 'sidecar-hides-service',
  severity: 'ERROR',
  title: 'A Sidecar leaves out a service that is declared for its namespace, or the gateway in front of it.',
  why: 'The sidecars do not know what a Sidecar does not name. On REGISTRY_ONLY they reset the connections; on ALLOW_ANY they pass them on past the gateway.',
  fix: 'Name the declaring namespace, and the Service of the gateway, in `egress.hosts`. An `EgressLockdown` does it.',
  related: [],
  check: view => view.sidecars.flatMap(sidecar => hiddenFrom(view, sidecar)),
};

interface Needed {
  readonly namespace: string;
  readonly host: string;
  readonly what: string;
  readonly by: MeshObject;
}

function hiddenFrom(view: MeshView, { object, hosts }: NamespaceSidecar): Finding[] {
  if (!hosts) {
    return [];
  }
  const { namespace } = object;
  // What gateways send to is not for sidecars, though it is exported to the namespace of their pods.
  const isUpstream = (entry: ExternalEntry) => entry.hosts.every(host => view.gatewayHosts.has(host));
  const needed: Needed[] = [
    ...view.entries.filter(entry => namesNamespace(entry.object, namespace) && !isUpstream(entry)).flatMap(entry => entry.hosts.map(host => (
      { namespace: entry.object.namespace, host, what: `the host ${quote(host)}`, by: entry.object }))),
    ...view.destinationsOf(namespace).map(destination => (
      { ...destination, what: `the Service ${quote(destination.host)}`, by: destination.object })),
  ];
  const seen = new Set<string>();
  return needed.filter(({ namespace: owner, host }) => {
    const key = `${owner}/${host}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew && !hosts.some(pattern => covers(pattern, namespace, owner, host));
  }).map(({ namespace: owner, host, what, by }) => ({
    object,
    message: `leaves out ${what}, which '${by.origin.path}' needs in ${where(namespace)}: add ${quote(`${owner}/${host}`)} to 'egress.hosts'`,
  }));
}

/** Whether a host of a Sidecar, `<namespace>/<host>`, names one of a namespace. */
function covers(pattern: string, own: string, namespace: string, host: string): boolean {
  const [scope, name = '*'] = pattern.split('/');
  return (scope === '*' || (scope === '.' ? own : scope) === namespace)
    && (name === '*' || name === host || name.startsWith('*.') && host.endsWith(name.slice(1)));
}
