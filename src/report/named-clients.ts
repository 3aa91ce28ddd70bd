import { Client, clientKey } from './client';
import { namedIn } from './named';
import { Hop } from '../trace/hop';
import { Proxies } from '../trace/proxies';
import { GatewayConfig } from '../view/gateway';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

type Names = ReadonlySet<string>;

/**
 * Whom the objects name that decide about a connection by its identity. These are the server of a Gateway and the policies on its pods: everything before them
 * looks at the namespace and the pods alone.
 */
export class NamedClients {
  private readonly gateways = new Map<string, GatewayConfig[]>();
  private readonly byServer = new Map<string, Names>();
  private readonly byPolicies = new Map<string, Names>();

  public constructor(private readonly proxies: Proxies) {
    proxies.view.gateways.forEach(gateway => addTo(this.gateways, gateway.name, gateway));
  }

  /** Whether what decided on a way names a client. */
  public by(hops: readonly Hop[]): (client: Client) => boolean {
    const names = hops.flatMap(({ stage, facts }): Names[] => (
      stage === 'gateway' && facts.server !== undefined ? [this.atServer(facts.server)] : stage === 'destination' ? [this.behind(facts.cluster)] : []));
    return client => names.some(among => among.has(clientKey(client)));
  }

  private atServer(gateway: string): Names {
    const known = this.byServer.get(gateway)
      ?? namesIn({ gatewayServers: (this.gateways.get(gateway) ?? []).flatMap(({ servers }) => servers), accessPolicies: [] });
    this.byServer.set(gateway, known);
    return known;
  }

  /** Those of the policies on the gateways behind a cluster like `outbound|443|subset|name.namespace.svc.cluster.local`. */
  private behind(cluster: string): Names {
    const [, port, , host] = cluster.split('|');
    const key = `${host}:${port}`;
    const policies = () => this.proxies.gatewaysBehind(host, Number(port)).flatMap(({ policies: { all } }) => all);
    const known = this.byPolicies.get(key) ?? namesIn({ gatewayServers: [], accessPolicies: policies().map(({ policy }) => policy) });
    this.byPolicies.set(key, known);
    return known;
  }
}

function namesIn(objects: Pick<MeshView, 'gatewayServers' | 'accessPolicies'>): Names {
  return new Set(namedIn(objects).accounts.map(clientKey));
}
