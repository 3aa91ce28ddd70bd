import { PodPolicies } from './access-decision';
import { Capture } from './capture';
import { GatewayApi } from './gateway-api';
import { GatewayChains } from './gateway-chain';
import { gatewaysBehind } from './gateway-pods';
import { decidedBy, Variant } from './gateway-variants';
import { egressListener, gatewayScope, ProxyScope, sidecarOf, sidecarScope } from './proxy-scope';
import { Chooser } from './route-choice';
import { RuleLookup } from './rule-lookup';
import { SidecarPort } from './sidecar-port';
import { MeshView } from '../view/mesh-view';
import { headlessAddresses } from '../view/service-endpoints';

/** A port of a gateway's pods. */
export interface GatewayListener extends Variant {
  readonly chains: GatewayChains;
  readonly policies: PodPolicies;
}

/** What the proxies of a view know; what many connections share is worked out once. */
export class Proxies {
  public readonly gatewayApi: GatewayApi;
  public readonly rules: RuleLookup;
  private readonly scopes = new Map<string, ProxyScope>();
  private readonly gateways = new Map<string, readonly GatewayListener[]>();
  private readonly ports = new Map<ProxyScope, Map<string, SidecarPort>>();

  /** Those that something in the input is in. */
  public readonly namespaces: ReadonlySet<string>;

  public constructor(public readonly view: MeshView) {
    this.namespaces = new Set(view.objects.map(({ group, kind, namespace, name }) => (group === '' && kind === 'Namespace' ? name : namespace)));
    this.rules = new RuleLookup(view);
    this.gatewayApi = new GatewayApi(view);
  }

  public sidecarScope(client: Capture, port: number): ProxyScope {
    const sidecar = sidecarOf(this.view, client);
    const key = JSON.stringify([client.namespace, sidecar?.object.namespace, sidecar?.object.name, egressListener(sidecar, port)]);
    return this.scope(key, () => sidecarScope(this.view, client, sidecar, port));
  }

  public gatewayScope(namespace: string): ProxyScope {
    return this.scope(`gateway ${namespace}`, () => gatewayScope(this.view, namespace));
  }

  /** What the sidecar of a workload does on a port. */
  public portOf(scope: ProxyScope, chooser: Chooser): SidecarPort {
    const known = this.ports.get(scope) ?? new Map<string, SidecarPort>();
    this.ports.set(scope, known);
    const key = JSON.stringify([chooser.port, Object.entries(chooser.labels).sort()]);
    const found = known.get(key) ?? new SidecarPort(scope, chooser, service => headlessAddresses(this.view, service, chooser.port));
    known.set(key, found);
    return found;
  }

  public gatewaysBehind(host: string, port: number): readonly GatewayListener[] {
    const key = `${host}:${port}`;
    const found = this.gateways.get(key) ?? gatewaysBehind(this.view, host, port).map((pods): GatewayListener => {
      const policies = new PodPolicies(this.view, pods);
      return { pods, chains: new GatewayChains(this.view, pods), policies, decides: pods.pod === undefined ? '' : decidedBy(this.view, pods, policies) };
    });
    this.gateways.set(key, found);
    return found;
  }

  private scope(key: string, make: () => ProxyScope): ProxyScope {
    const found = this.scopes.get(key) ?? make();
    this.scopes.set(key, found);
    return found;
  }
}
