import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { MeshView } from '../view/mesh-view';
import { NamespaceSidecar } from '../view/namespace-sidecar';
import { namesNamespace } from '../view/visibility';

export const sidecarHidesService: Rule = {
  id: 'MX0602',
  name: 'sidecar-hides-service',
  severity: 'ERROR',
  title: 'A Sidecar leaves out a host that a ServiceEntry declares for its namespace.',
  why: 'Sidecars know only what `egress.hosts` names. They reset connections to other hosts on REGISTRY_ONLY; on ALLOW_ANY they pass them on past the gateway.',
  fix: 'Add `<namespace>/<host>` to `egress.hosts`. In this library, an `EgressLockdown` does it.',
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
    message: `'egress.hosts' leaves out ${quote(host)}, which '${by.origin.path}' declares for ${where(namespace)}`,
    fix: `${by.namespace === '' ? 'give that chart a \'namespace\', and ' : ''}add ${quote(`${by.namespace || '<namespace>'}/${host}`)} to 'egress.hosts'`,
  })));
}
