import { contains, networkOf } from '../private/network';
import { compareTexts } from '../private/order';
import { mostSpecific } from '../view/host-match';
import { KubeService } from '../view/kube-service';
import { MeshView } from '../view/mesh-view';
import { handWrittenEndpoints } from '../view/service-endpoints';

/** Services of the cluster that lead out of it, to addresses or a name that no ServiceEntry declares, as `<namespace>/<name>`: the report has no rows of them. */
export function undeclaredWaysOut(view: MeshView): string[] {
  const hosts = new Set(view.entries.flatMap(entry => entry.hosts));
  const networks = view.entries.flatMap(({ addresses, endpoints }) => [...addresses, ...endpoints]).flatMap(networkOf);
  const isDeclared = (address: string) => networkOf(address).some(inner => networks.some(network => contains(network, inner)));
  const leadsOut = (service: KubeService) => {
    const { alias: name } = service;
    return name !== undefined ? !name.endsWith(`.${view.facts.clusterDomain}`) && mostSpecific(name, hosts) === undefined
      : service.ports.some(({ number }) => handWrittenEndpoints(view, service, number).some(({ address }) => !isDeclared(address)));
  };
  return view.services.filter(service => !isOfKubernetes(service) && leadsOut(service))
    .map(({ object }) => `${object.namespace}/${object.name}`).sort(compareTexts);
}

/** The API server's own, which every cluster has. */
function isOfKubernetes({ object }: KubeService): boolean {
  return object.namespace === 'default' && object.name === 'kubernetes';
}
