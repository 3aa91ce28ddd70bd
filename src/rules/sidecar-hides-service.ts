import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { MeshView } from '../view/mesh-view';
import { NamespaceSidecar } from '../view/namespace-sidecar';
import { namesNamespace } from '../view/visibility';

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

function hiddenFrom(view: MeshView, sidecar: NamespaceSidecar): Finding[] {
  const { object } = sidecar;
  const { namespace } = object;
  // What gateways send to is not for sidecars, though it is exported to the namespace of their pods.
  const declared = view.entries.filter(entry => namesNamespace(entry, namespace) && !view.isUpstream(entry));
  return declared.flatMap(({ object: by, hosts }) => hosts.filter(host => !sidecar.imports(by.namespace, host)).map(host => ({
    object,
    field: ['spec', 'egress'],
    message: `leaves out the host ${quote(host)}, which '${by.origin.path}' declares for ${where(namespace)}`,
    fix: `${by.namespace === '' ? 'give that chart a \'namespace\', and ' : ''}add ${quote(`${by.namespace || '<namespace>'}/${host}`)} to 'egress.hosts'`,
  })));
}
