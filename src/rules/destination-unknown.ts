import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { SlipTable } from '../private/slip-table';
import { namespaceOfService } from '../view/host-name';
import { KubeService } from '../view/kube-service';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

export const destinationUnknown: Rule = {
  id: 'MX0405',
  name: 'destination-unknown',
  severity: 'WARNING',
  title: 'A route or a DestinationRule is for a host that nothing declares.',
  why: 'A proxy has no cluster for a host without a Service or ServiceEntry: connections to it fail, requests with 503, and a DestinationRule for it has no effect.',
  fix: 'Declare the host, or correct its name. A name without dots is a Service of the rule\'s own namespace.',
  related: ['IST0101', 'IST0174', 'KIA0202', 'KIA1101'],
  check: view => {
    const meant = new MeantHosts(view);
    const findingsOf = (place: Pick<Finding, 'object' | 'field'>, what: string, host: string, effect: string): Finding[] => {
      const other = meant.by(host);
      return other === undefined ? [] : [{
        ...place,
        message: `${what} is neither a Service nor a ServiceEntry: ${effect}`,
        fix: `did you mean ${quote(other)}? If not, declare the host`,
      }];
    };
    return [
      ...view.routes.flatMap(({ object, rules }) => rules.flatMap(({ destinations, mirrors }) => [
        ...destinations.flatMap(({ host, field }) => (
          findingsOf({ object, field: [...field, 'host'] }, `'destination.host' ${quote(host)}`, host, 'connections to it fail'))),
        ...mirrors.flatMap(({ host, field }) => findingsOf({ object, field: [...field, 'host'] }, `'host' ${quote(host)} of the mirror`, host, 'no copy arrives')),
      ])),
      ...view.trafficRules.flatMap(({ host, object }) => findingsOf({ object, field: ['spec', 'host'] }, `'host' ${quote(host)}`, host, 'the rule has no effect')),
    ];
  },
};

/** What somebody meant who wrote a host that nothing declares. The objects may be a part of what is deployed only: without a host that is like it, it may be elsewhere. */
class MeantHosts {
  private readonly known = new Map<string, string | undefined>();

  public constructor(private readonly view: MeshView) {}

  public by(host: string): string | undefined {
    if (!this.known.has(host)) {
      this.known.set(host, this.isDeclared(host) ? undefined : this.likeIt(host));
    }
    return this.known.get(host);
  }

  private isDeclared(host: string): boolean {
    const { names, serviceByHost } = this.view;
    // A wildcard of a DestinationRule is for whatever there is.
    return host.includes('*') || serviceByHost.has(host) || names.entriesOf(host).length > 0 || names.wildcardEntriesOf(host).length > 0;
  }

  private likeIt(host: string): string | undefined {
    const { view } = this;
    const { serviceByHost, facts: { clusterDomain } } = view;
    const end = `.svc.${clusterDomain}`;
    const home = namespaceOfService(host, clusterDomain);
    if (home === undefined) {
      // istiod adds namespace and domain to a name without dots only.
      return [`${host}${end}`, `${host}.${clusterDomain}`].find(name => serviceByHost.has(name))
        ?? view.once('slips of hosts', () => new SlipTable(view.entries.flatMap(({ hosts }) => hosts))).meantBy(host);
    }
    const slips = view.once('slips of services', () => new SlipTable([...serviceByHost.keys()].map(name => name.slice(0, -end.length))));
    const slip = slips.meantBy(host.slice(0, -end.length));
    return slip === undefined ? this.longerOrShorter(host.split('.')[0], home) : `${slip}${end}`;
  }

  /** A Service whose name is a part of the one that was written, or the other way round. */
  private longerOrShorter(written: string, namespace: string): string | undefined {
    const services = this.view.once('services by namespace', () => {
      const found = new Map<string, KubeService[]>();
      this.view.services.forEach(service => addTo(found, service.object.namespace, service));
      return found;
    });
    return services.get(namespace)?.find(({ object: { name } }) => name.includes(written) || written.includes(name))?.host;
  }
}
