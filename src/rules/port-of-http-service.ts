import { Finding, giveAnAddress, Rule } from './rule';
import { quote } from '../private/fail';
import { ANY } from '../view/external-entry';
import { KnownService } from '../view/known-service';
import { addTo } from '../view/lists';
import { reaches } from '../view/visibility';

export const portOfHttpService: Rule = {
  id: 'MX0204',
  name: 'port-of-http-service',
  severity: 'ERROR',
  title: 'A TCP ServiceEntry without addresses is on a port of an HTTP Service.',
  why: 'Both need the listener on 0.0.0.0 of that port. The HTTP Service keeps it, and the host of the ServiceEntry is never reached (502).',
  fix: 'Write `spec.addresses`. Where they are not known, run the sidecars with DNS capture, so that each host has an address of its own, and tell the rules so. In this library: `Mesh.declare()` with `dnsCapture`, or with a `virtualIpRange` where the sidecars run without it.',
  related: ['IST0134'],
  check: view => {
    const services = new Map<number, KnownService[]>();
    // A Service that is the name of something else has no listener.
    // Without a Service there is nothing to put in istiod's order.
    const known = view.services.length === 0 ? [] : view.knownServices;
    for (const service of known.filter(({ isKubernetes, resolution }) => isKubernetes && resolution !== 'ALIAS')) {
      service.ports.filter(port => port.class === 'HTTP').forEach(port => addTo(services, port.number, service));
    }
    return view.entries.flatMap(entry => entry.ports.flatMap((port): Finding[] => {
      const service = port.class === 'TCP' && entry.listenersOf(port).includes(ANY) ? services.get(port.number)?.find(({ visibleTo }) => (
        entry.visibleTo.some(namespace => reaches(visibleTo, namespace)))) : undefined;
      return service ? [{
        object: entry.object,
        field: port.field,
        message: `port ${port.number} of ${quote(entry.hosts[0])} has no address, and the HTTP Service '${service.object.origin.path}' listens on port `
          + `${port.number}: no connection reaches ${quote(entry.hosts[0])}`,
        fix: giveAnAddress(view.facts),
      }] : [];
    }));
  },
};
