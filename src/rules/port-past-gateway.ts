import { checkedServers } from './checked-servers';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { wildcardsOver } from '../view/host-name';
import { addTo } from '../view/lists';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

export const portPastGateway: Rule = {
  id: 'MX0318',
  name: 'port-past-gateway',
  severity: 'WARNING',
  title: 'A gateway lets only named clients connect to a host, and another port of the host is not routed through it.',
  why: 'A VirtualService takes the ports that its rules match. Sidecars connect to every other port of the ServiceEntry directly, whatever their account: who is refused at the gateway uses the other port. The port that the '
    + 'gateway itself connects to, as for TLS origination, is open to sidecars in the same way.',
  fix: 'Route each port through the gateway, or take it out of the ServiceEntry. For TLS origination, one port is enough: number 80 with `targetPort: 443`, to which clients and gateway both send.',
  related: [],
  check: view => {
    const checked = new CheckedHosts(view);
    return checked.isEmpty ? [] : view.entries.filter(entry => !view.isUpstream(entry) && isSeenByClients(view, entry)).flatMap(entry => {
      const unrouted = entry.ports.filter(port => !entry.hosts.some(host => view.isRouted(entry, host, port.number)));
      return unrouted.length === entry.ports.length ? [] : unrouted.flatMap((port): Finding[] => {
        const routed = entry.ports.filter(({ number }) => entry.hosts.some(host => view.isRouted(entry, host, number)));
        const isOwn = entry.hosts.some(host => view.isSentByGateways(host, port.number));
        // A port that leads to a routed one is the fault of another rule, unless the gateway needs it.
        const isSame = !isOwn && routed.some(({ number, target }) => [number, target].some(own => own === port.number || own === port.target));
        const by = isSame ? undefined : checked.by(entry);
        return by === undefined ? [] : [{
          object: entry.object,
          field: port.field,
          message: `port ${port.number} of ${quote(by.host)} is not routed: sidecars connect to it directly, past the gateway that lets only named clients connect to `
            + `port ${routed.map(({ number }) => number).join(', ')} ('${by.object.origin.path}')`,
          fix: isOwn ? {
            code: 'leave the port out: with \'tls\' the gateway originates TLS on the routed port',
            yaml: `write 'targetPort: ${port.target}' at port ${routed[0].number}, use that port in the gateway's rule and in the DestinationRule that adds TLS, and take port ${port.number} out`,
          } : 'route it through the gateway too, or take it out',
        }];
      });
    });
  },
};

/** Whether a namespace sees an entry that is not that of a gateway. */
function isSeenByClients(view: MeshView, { visibleTo }: ExternalEntry): boolean {
  return visibleTo.some(namespace => !view.gatewayPlaces.namespaces.has(namespace));
}

interface Checked {
  /** The pods of the gateway. */
  readonly workload: string;
  /** What names the clients. */
  readonly object: MeshObject;
}

/** The hosts that gateways let named clients connect to. */
class CheckedHosts {
  private readonly byHost = new Map<string, Checked[]>();

  public constructor(private readonly view: MeshView) {
    checkedServers(view).forEach(({ server: { hosts, workload }, object }) => hosts.forEach(host => addTo(this.byHost, host, { workload, object })));
  }

  public get isEmpty(): boolean {
    return this.byHost.size === 0;
  }

  /** What names the clients of an entry, at the gateway that they are sent to. */
  public by({ hosts }: ExternalEntry): { readonly host: string; readonly object: MeshObject } | undefined {
    return hosts.flatMap(host => {
      const sent = this.view.names.detoursOf(host).flatMap(({ rule }) => rule.destinations);
      const workloads = sent.map(to => this.view.gatewayPlaces.workloadsAt(to.host));
      // The gateway may know the host by another server name, which the sidecars send.
      const names = [host, ...wildcardsOver(host), '*', ...sent.flatMap(to => this.serverNames.get(subsetKey(to.host, to.subset)) ?? [])];
      const found = names.flatMap(name => this.byHost.get(name) ?? []).find(({ workload }) => workloads.some(known => known.has(workload)));
      return found === undefined ? [] : [{ host, object: found.object }];
    })[0];
  }

  /** What DestinationRules send as server name, by host and subset. */
  private get serverNames(): ReadonlyMap<string, readonly string[]> {
    return this.view.once('server names by subset', () => {
      const found = new Map<string, string[]>();
      this.view.trafficRules.forEach(({ host, subsets, allTls }) => allTls.forEach(({ sni, field: [, part, i] }) => (
        sni !== undefined && addTo(found, subsetKey(host, part === 'subsets' ? subsets[Number(i)].name : undefined), sni))));
      return found;
    });
  }
}

function subsetKey(host: string, subset = ''): string {
  return `${host} ${subset}`;
}
