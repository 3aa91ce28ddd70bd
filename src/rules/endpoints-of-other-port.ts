import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { text } from '../view/fields';
import { portsOfEndpoints } from '../view/service-endpoints';

export const endpointsOfOtherPort: Rule = {
  id: 'MX0217',
  name: 'endpoints-of-other-port',
  severity: 'ERROR',
  title: 'The Endpoints of a Service without a selector do not have one of its ports.',
  why: 'Kubernetes and istiod bring ports of a Service and of its Endpoints together by their names. Behind a port whose name the Endpoints do not have there is nothing: connections are closed.',
  fix: 'Give the port of the Endpoints, or of the EndpointSlice, the name that it has in the Service.',
  related: [],
  check: view => {
    const written = view.services.filter(({ selector, type }) => type !== 'ExternalName' && Object.keys(selector).length === 0);
    return written.flatMap(service => {
      const { object, ports } = service;
      const all = portsOfEndpoints(view, service);
      const names = new Set(all.flatMap(of => of.ports.map(({ name }) => text(name) ?? '')));
      return names.size === 0 ? [] : ports.filter(({ name = '' }) => !names.has(name)).map((port): Finding => ({
        object,
        or: all.map(of => of.object),
        field: ['spec', 'ports', ports.indexOf(port)],
        message: `port ${port.number} is called ${quote(port.name ?? '')}, and '${all[0].object.origin.path}' has the ports ${[...names].map(quote).join(', ')}: nothing is behind it`,
        fix: `give the port the name ${quote(port.name ?? '')} there`,
      }));
    });
  },
};
