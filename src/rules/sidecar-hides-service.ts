import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { MeshView, namesNamespace, SidecarRules } from '../view/mesh-view';

export const sidecarHidesService: Rule = {
  id: 'MX0602',
  name: 'sidecar-hides-service',
  severity: 'ERROR',
  title: 'A Sidecar leaves out a service that is declared for its namespace.',
  why: 'The sidecars do not know what a Sidecar does not name. On REGISTRY_ONLY they reset the connections; on ALLOW_ANY they pass them on past the gateway.',
  fix: 'Name the declaring namespace in `egress.hosts`. An `EgressLockdown` does it.',
  related: [],
  check: view => view.sidecars.flatMap(sidecar => hiddenFrom(view, sidecar)),
};

function hiddenFrom(view: MeshView, { object, hosts }: SidecarRules): Finding[] {
  if (!hosts) {
    return [];
  }
  const { namespace } = object;
  // What gateways send to is not for sidecars, though it is exported to the namespace of their pods.
  const declared = view.entries.filter(entry => namesNamespace(entry.object, namespace) && !view.isUpstream(entry));
  const hides = (owner: string, host: string) => !hosts.some(pattern => covers(pattern, namespace, owner, host));
  return declared.flatMap(({ object: by, hosts: names }) => names.filter(host => hides(by.namespace, host)).map(host => ({
    object,
    message: `leaves out the host ${quote(host)}, which '${by.origin.path}' declares for ${where(namespace)}: ${by.namespace === '' ? 'give that chart a \'namespace\', and ' : ''}`
      + `add ${quote(`${by.namespace || '<namespace>'}/${host}`)} to 'egress.hosts'`,
  })));
}

/** Whether a host of a Sidecar, `<namespace>/<host>`, names one of a namespace. */
function covers(pattern: string, own: string, namespace: string, host: string): boolean {
  const [scope, name = '*'] = pattern.split('/');
  return (scope === '*' || (scope === '.' ? own : scope) === namespace)
    && (name === '*' || name === host || name.startsWith('*.') && host.endsWith(name.slice(1)));
}
