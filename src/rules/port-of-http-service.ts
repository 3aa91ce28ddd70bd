import { Finding, giveAnAddress, Rule } from './rule';
import { quote } from '../private/fail';
import { ANY } from '../view/external-entry';
import { record, records } from '../view/fields';
import { MeshObject } from '../view/mesh-object';

export const portOfHttpService: Rule = {
  id: 'MX0204',
  name: 'port-of-http-service',
  severity: 'ERROR',
  title: 'A TCP service without addresses uses a port on which an HTTP Service of the mesh listens.',
  why: 'Both need the listener on 0.0.0.0 of that port. The HTTP Service keeps it, and the external service is never reached (502).',
  fix: 'Give the addresses; or declare DNS capture when the sidecars run with it, a `virtualIpRange` when they do not.',
  related: ['IST0134'],
  check: view => {
    const services = new Map<number, MeshObject>();
    for (const service of view.of('', 'Service')) {
      records(service.spec.ports).filter(isHttp).forEach(port => services.set(Number(port.port), service));
    }
    return view.entries.flatMap(entry => entry.ports.flatMap((port): Finding[] => {
      const service = port.class === 'TCP' && entry.listenersOf(port).includes(ANY) ? services.get(port.number) : undefined;
      return service ? [{
        object: entry.object,
        field: port.field,
        message: `port ${port.number} of ${quote(entry.hosts[0])} has no address of its own, and the HTTP Service '${service.origin.path}' listens on port `
          + `${port.number}: no connection would reach ${quote(entry.hosts[0])}`,
        fix: giveAnAddress(view.facts),
      }] : [];
    }));
  },
};

/** By `appProtocol`, or by the first word of the port's name, as istiod selects protocols. */
function isHttp(port: { readonly [field: string]: unknown }): boolean {
  const { appProtocol, name } = record(port);
  const protocol = String(appProtocol ?? String(name ?? '').split('-')[0]).toLowerCase();
  return ['http', 'http2', 'grpc', 'kubernetes.io/h2c', 'kubernetes.io/ws'].includes(protocol);
}
