import { Client, clientKey } from './client';
import { namedIn, Naming, NamingPolicy } from './named';
import { Hop } from '../trace/hop';
import { Proxies } from '../trace/proxies';
import { AccessRule } from '../view/access-policy';
import { GatewayConfig } from '../view/gateway';
import { addTo } from '../view/lists';

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
    const names: Names[] = [];
    let cluster: string | undefined;
    for (const { stage, facts } of hops) {
      cluster = stage === 'destination' ? facts.cluster : cluster;
      // What does not get as far as a gateway is not asked who it is.
      if (stage === 'gateway') {
        names.push(...facts.server === undefined ? [] : [this.atServer(facts.server)]);
        names.push(...cluster === undefined ? [] : [this.behind(cluster, facts.sni)]);
      }
    }
    return names.length === 0 ? nobody : client => names.some(among => among.has(clientKey(client)));
  }

  private atServer(gateway: string): Names {
    const known = this.byServer.get(gateway)
      ?? namesIn({ gatewayServers: (this.gateways.get(gateway) ?? []).flatMap(({ servers }) => servers), accessPolicies: [] });
    this.byServer.set(gateway, known);
    return known;
  }

  /**
   * Those of the policies on the gateways behind a cluster like `outbound|443|subset|name.namespace.svc.cluster.local`. Of a connection that arrives there, those of
   * the rules that can be for its server name: each of a thousand services may have a policy of its own there.
   */
  private behind(cluster: string, sni: string | undefined): Names {
    const [, port, , host] = cluster.split('|');
    const key = JSON.stringify([host, port, sni]);
    const known = this.byPolicies.get(key) ?? namesIn({ gatewayServers: [], accessPolicies: this.policiesBehind(host, Number(port), sni) });
    this.byPolicies.set(key, known);
    return known;
  }

  private policiesBehind(host: string, port: number, sni: string | undefined): NamingPolicy[] {
    const policies = this.proxies.gatewaysBehind(host, port).flatMap(({ policies: { all } }) => all.map(({ policy }) => policy));
    return policies.map(({ object, rules }) => ({ object, rules: sni === undefined ? rules : rules.filter(rule => mayBeFor(rule, sni)) }));
  }
}

function nobody(): boolean {
  return false;
}

function mayBeFor({ conditions }: AccessRule, sni: string): boolean {
  return conditions.every(({ key, values }) => key !== 'connection.sni' || values.length === 0 || values.some(value => value === sni || value.includes('*')));
}

function namesIn(objects: Naming): Names {
  return new Set(namedIn(objects).accounts.map(clientKey));
}
