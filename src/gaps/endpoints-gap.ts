import { GapKind, NOT_THERE } from './gap';
import { hasWrittenEndpoints } from '../view/service-endpoints';

export const endpointsGap: GapKind = {
  name: 'endpoints',
  rules: ['MX0217'],
  state: NOT_THERE,
  open: 'where a Service without a selector leads',
  fix: 'add the Endpoints, or the EndpointSlices',
  find: view => view.services.filter(service => {
    const { selector, type, ports, host } = service;
    return type !== 'ExternalName' && ports.length > 0 && Object.keys(selector).length === 0 && !host.startsWith('kubernetes.default.') && !hasWrittenEndpoints(view, service);
  }).map(({ object }) => ({ object, field: ['spec'], on: `EndpointSlice of Service ${object.namespace}/${object.name}` })),
};
