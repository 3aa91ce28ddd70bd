import { GapKind, NOT_THERE } from './gap';
import { writtenEndpointsOf } from '../view/service-endpoints';

export const endpointsGap: GapKind = {
  name: 'endpoints',
  rules: ['MX0217'],
  state: NOT_THERE,
  open: 'where a Service without a selector leads',
  fix: 'add the Endpoints, or the EndpointSlices',
  find: view => {
    const lost = view.services.filter(({ selector, type, ports, host }) => (
      type !== 'ExternalName' && ports.length > 0 && Object.keys(selector).length === 0 && !host.startsWith('kubernetes.default.')));
    const written = lost.length === 0 ? undefined : writtenEndpointsOf(view);
    return lost.filter(({ object }) => !written!.has(`${object.namespace}/${object.name}`))
      .map(({ object }) => ({ object, field: ['spec'], on: `EndpointSlice of Service ${object.namespace}/${object.name}` }));
  },
};
