import { GapKind, NOT_THERE } from './gap';
import { unusedServers } from '../rules/gateway-without-route';

export const routeGap: GapKind = {
  name: 'route',
  rules: ['MX0304'],
  state: NOT_THERE,
  open: 'whether sidecars use the Gateway, or connect to its hosts directly',
  fix: 'add the VirtualService',
  find: view => unusedServers(view).filter(({ isToldOf }) => !isToldOf).map(({ server: { object, field, hosts }, at }) => (
    { object, field: [...field, 'hosts', at], on: `a VirtualService of ${hosts[at]} for Gateway ${object.namespace}/${object.name}` })),
};
