import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { records, strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

export const sidecarImportsOneAddress: Rule = {
  id: 'MX0610',
  name: 'sidecar-imports-one-address',
  severity: 'WARNING',
  title: 'A Sidecar imports only one address of a ServiceEntry.',
  why: 'When every host of an egress listener is one exact host of one namespace, istiod looks each of them up by its name and takes one service: one of the addresses of a ServiceEntry, and not the same one in every run. Connections to the other addresses are treated as unknown, which with REGISTRY_ONLY means that they are reset.',
  fix: 'Add a host with a wildcard to the listener, such as `./*`: istiod then imports every address. Or write one ServiceEntry for each address.',
  related: [],
  check: view => view.allSidecars.flatMap(({ object }) => records(object.spec.egress).flatMap((listener, i): Finding[] => {
    const hosts = strings(listener.hosts).map(pattern => pattern.split('/'));
    // istiod's `servicesForExactHosts`; what begins with `~` is left out of the import.
    const wanted = hosts.filter(([scope]) => !scope.startsWith('~'));
    return wanted.some(([scope, name = '*']) => scope === '*' || name.startsWith('*')) ? []
      : wanted.flatMap(([scope, name]) => cutShort(view, object, i, scope === '.' ? object.namespace : scope, name));
  })),
};

function cutShort(view: MeshView, sidecar: MeshObject, listener: number, namespace: string, host: string): Finding[] {
  const known = (view.knownServicesByHost.get(host) ?? []).filter(service => service.namespace === namespace);
  const [first] = known;
  const addresses = [...new Set(known.map(({ address }) => address))];
  return addresses.length < 2 || known.some(({ isKubernetes }) => isKubernetes) ? [] : [{
    object: sidecar,
    field: ['spec', 'egress', listener, 'hosts'],
    message: `names exact hosts only, and ${quote(host)} ('${first.object.origin.path}') has ${addresses.length} addresses: the sidecars know it at one of them alone, such as ${first.address}`,
    fix: 'add a host with a wildcard, such as "./*", or write one ServiceEntry for each address',
  }];
}
