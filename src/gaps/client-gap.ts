import { GapKind, NOT_THERE } from './gap';

export const clientGap: GapKind = {
  name: 'client',
  rules: ['MX0602', 'MX0603'],
  state: NOT_THERE,
  open: 'whether any workload sees the host, and is let out to it',
  fix: 'add the workloads of the namespace, or export the ServiceEntry to those that need it',
  find: view => {
    // A namespace may have a gateway and clients as well.
    const clients = new Set(view.pods.filter(pod => !view.gatewayPlaces.isOfGateway(pod)).map(({ namespace }) => namespace));
    // Without any workload the input is about something else.
    return clients.size === 0 ? [] : view.dependencies.filter(({ visibleTo }) => (
      visibleTo.length > 0 && !visibleTo.some(namespace => namespace === '*' || namespace === '' || clients.has(namespace)))).map(({ object, visibleTo }) => {
      // The gateway is there; who is missing are its clients.
      const others = visibleTo.filter(namespace => !view.gatewayPlaces.namespaces.has(namespace));
      const where = [...others.length > 0 ? others : visibleTo].sort().join(' or ');
      return { object, field: ['spec', 'exportTo'], on: `${others.length > 0 ? 'a workload' : 'a workload beside the gateway'} of namespace ${where}` };
    });
  },
};
