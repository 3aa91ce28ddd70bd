import { Capture } from './capture';
import { GatewayApi } from './gateway-api';
import { GatewayChains } from './gateway-chain';
import { GatewayPods, gatewaysBehind } from './gateway-pods';
import { PortListeners } from './listener';
import { egressListener, gatewayScope, ProxyScope, sidecarOf, sidecarScope } from './proxy-scope';
import { Chooser } from './route-choice';
import { RuleLookup } from './rule-lookup';
import { MeshView } from '../view/mesh-view';
import { headlessAddresses } from '../view/service-endpoints';

/** A port of a gateway's pods. */
export interface GatewayListener {
  readonly pods: GatewayPods;
  readonly chains: GatewayChains;
}

/** What the proxies of a view know; what many connections share is worked out once. */
export class Proxies {
  public readonly gatewayApi: GatewayApi;
  public readonly rules: RuleLookup;
  private readonly scopes = new Map<string, ProxyScope>();
  private readonly gateways = new Map<string, readonly GatewayListener[]>();
  private readonly listeners = new Map<ProxyScope, Map<string, PortListeners>>();

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

  public listenersOf(scope: ProxyScope, chooser: Chooser): PortListeners {
    const known = this.listeners.get(scope) ?? new Map<string, PortListeners>();
    this.listeners.set(scope, known);
    const key = JSON.stringify([chooser.port, Object.entries(chooser.labels).sort()]);
    const found = known.get(key) ?? new PortListeners(scope, chooser, service => headlessAddresses(this.view, service, chooser.port));
    known.set(key, found);
    return found;
  }

  public gatewaysBehind(host: string, port: number): readonly GatewayListener[] {
    const key = `${host}:${port}`;
    const found = this.gateways.get(key) ?? gatewaysBehind(this.view, host, port).map(pods => ({ pods, chains: new GatewayChains(this.view, pods) }));
    this.gateways.set(key, found);
    return found;
  }

  private scope(key: string, make: () => ProxyScope): ProxyScope {
    const found = this.scopes.get(key) ?? make();
    this.scopes.set(key, found);
    return found;
  }
}
