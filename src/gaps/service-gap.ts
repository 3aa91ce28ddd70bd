import { GapKind, NOT_THERE } from './gap';
import { undeclaredHosts } from './named-host';
import { namespaceOfService } from '../view/host-name';
import { INSTALLED_GATEWAYS } from '../view/installed-gateways';
import { MESH } from '../view/route';

export const serviceGap: GapKind = {
  name: 'service',
  rules: ['MX0310', 'MX0404', 'MX0405', 'MX0406', 'MX0407'],
  state: NOT_THERE,
  open: 'its ports, its pods and the Gateways that are for them',
  fix: 'add the Service and its workload',
  find: view => undeclaredHosts(view).flatMap(({ host, object, field, gateways }) => {
    const namespace = namespaceOfService(host, view.facts.clusterDomain);
    const [name] = host.split('.');
    // Istio installs these; what is missing beside them is the Gateway, which the same VirtualService names.
    const isInstalled = INSTALLED_GATEWAYS.has(name) && (object.kind === 'DestinationRule' || gateways.some(gateway => gateway !== MESH && !view.names.gatewayOf(gateway)));
    return namespace === undefined || isInstalled ? [] : [{ object, field, on: `Service ${namespace}/${name}` }];
  }),
};
