import { namespaceOfService } from './host-name';
import { INSTALLED_GATEWAYS } from './installed-gateways';
import { KubeService } from './kube-service';
import { addTo } from './lists';
import { MeshView } from './mesh-view';
import { SlipTable } from '../private/slip-table';

/** What somebody meant who wrote a host that nothing declares. The objects may be a part of what is deployed only: without a host that is like it, it may be elsewhere. */
export class MeantHosts {
  private readonly known = new Map<string, string | undefined>();
  private readonly byNamespace = new Map<string, KubeService[]>();
  private readonly byName = new Map<string, KubeService[]>();
  private readonly end: string;
  private hosts?: SlipTable;
  private services?: SlipTable;

  public constructor(private readonly view: MeshView) {
    this.end = `.svc.${view.facts.clusterDomain}`;
    for (const service of view.services) {
      addTo(this.byNamespace, service.object.namespace, service);
      addTo(this.byName, service.object.name, service);
    }
  }

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
    const { serviceByHost, entries, facts: { clusterDomain } } = this.view;
    const home = namespaceOfService(host, clusterDomain);
    if (home !== undefined) {
      const [name] = host.split('.');
      return this.serviceLike(host.slice(0, -this.end.length)) ?? this.longerOrShorter(name, home) ?? this.gatewayElsewhere(name);
    }
    if (!host.includes('.')) {
      return this.byName.get(host)?.[0].host;
    }
    // istiod adds namespace and domain to a name without dots only.
    this.hosts ??= new SlipTable(entries.flatMap(({ hosts }) => hosts));
    return [`${host}${this.end}`, `${host}.${clusterDomain}`].find(name => serviceByHost.has(name)) ?? this.hosts.meantBy(host) ?? this.serviceLike(host);
  }

  /** @param written name and namespace */
  private serviceLike(written: string): string | undefined {
    // The gateways of Istio's charts are often not in the input.
    const installed = [...INSTALLED_GATEWAYS.keys()].map(name => `${name}.${this.view.facts.rootNamespace}`);
    this.services ??= new SlipTable([...installed, ...[...this.view.serviceByHost.keys()].map(name => name.slice(0, -this.end.length))]);
    const slip = this.services.meantBy(written);
    return slip === undefined ? undefined : `${slip}${this.end}`;
  }

  /** The Service of a gateway that has the name in another namespace: a name without dots is one of the rule's own. */
  private gatewayElsewhere(name: string): string | undefined {
    return this.byName.get(name)?.find(({ host }) => this.view.gatewayPlaces.workloadsAt(host).size > 0)?.host;
  }

  /** A Service whose name is a part of the one that was written, or the other way round. */
  private longerOrShorter(written: string, namespace: string): string | undefined {
    return this.byNamespace.get(namespace)?.find(({ object: { name } }) => name.includes(written) || written.includes(name))?.host;
  }
}

export function meantHosts(view: MeshView): MeantHosts {
  return view.once('meantHosts', () => new MeantHosts(view));
}
