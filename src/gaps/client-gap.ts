import { GapKind, NOT_THERE } from './gap';

export const clientGap: GapKind = {
  name: 'client',
  rules: ['MX0602', 'MX0603'],
  state: NOT_THERE,
  open: 'whether any workload sees the host, and is let out to it',
  fix: 'add the workloads of the namespace, or export the ServiceEntry to those that need it',
  find: view => {
    const clients = new Set(view.podNamespaces.filter(namespace => !view.gatewayPlaces.namespaces.has(namespace)));
    // Without any workload the input is about something else.
    return clients.size === 0 ? [] : view.dependencies.filter(({ visibleTo }) => (
      visibleTo.length > 0 && !visibleTo.some(namespace => namespace === '*' || namespace === '' || clients.has(namespace))))
      .map(({ object, visibleTo }) => ({ object, field: ['spec', 'exportTo'], on: `a workload of namespace ${[...visibleTo].sort().join(' or ')}` }));
  },
};
