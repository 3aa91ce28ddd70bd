import { Dependency } from './dependency';
import { Owners } from './owners';
import { PodPolicies } from '../trace/access-decision';
import { destinationOf, Sender, sharesOf } from '../trace/destination';
import { GatewayChain } from '../trace/gateway-chain';
import { chartServicePort, GatewayPods } from '../trace/gateway-pods';
import { GatewayListener, Proxies } from '../trace/proxies';
import { Choice } from '../trace/route-choice';
import { upstreamOf } from '../trace/upstream';
import { selects } from '../view/fields';
import { INSTALLED_GATEWAYS } from '../view/installed-gateways';
import { KubeService } from '../view/kube-service';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';
import { MESH } from '../view/route';

/** A server of a gateway by which connections get to a dependency, whoever meant it to. */
export interface GatewayDoor {
  /** `<namespace>/<name>` of the Service. */
  readonly gateway: string;
  readonly pods: GatewayPods;
  readonly policies: PodPolicies;
  readonly chain: GatewayChain;
  /** A server name that it takes; undefined without TLS. */
  readonly sni?: string;
  /** The host of requests that lead there; undefined where connections do. */
  readonly authority?: string;
}

/** The servers of all gateways that lead to each dependency. */
export function gatewayDoorsIn(proxies: Proxies, owners: Owners): ReadonlyMap<Dependency, readonly GatewayDoor[]> {
  const found = new Map<Dependency, GatewayDoor[]>();
  for (const { host, listeners } of gatewaysIn(proxies)) {
    const [name, namespace] = host.split('.');
    for (const { pods, chains, policies } of listeners) {
      for (const chain of chains.chains) {
        const ways: { readonly authority?: string; readonly choices: readonly Choice[] }[] = chain.choice ? [{ choices: [chain.choice] }]
          : chains.hostsOf(chain).map(named).map(authority => ({ authority, choices: chains.httpChoices(chain, authority) }));
        const known = new Set<Dependency>();
        for (const { authority, choices } of ways) {
          const sender: Sender = { kind: 'gateway', scope: proxies.gatewayScope(pods.namespace), labels: pods.labels, listenerPort: chain.server.port };
          for (const dependency of choices.flatMap(choice => leadsTo(proxies, owners, sender, choice)).filter(one => !known.has(one))) {
            known.add(dependency);
            const names = chain.termination === 'NONE' ? [undefined] : chain.sni.length === 0 ? ['*'] : chain.sni;
            names.forEach(sni => (
              addTo(found, dependency, { gateway: `${namespace}/${name}`, pods, policies, chain, sni: sni === undefined ? undefined : named(sni), authority })));
          }
        }
      }
    }
  }
  return found;
}

/** One of the names that a wildcard stands for. */
function named(host: string): string {
  return host.replace(/^\*\.?/, 'any.').replace(/\.$/, '');
}

function leadsTo({ view, rules }: Proxies, owners: Owners, sender: Sender, choice: Choice): Dependency[] {
  return sharesOf(choice).flatMap(({ to }) => {
    const { service, servicePort, labels, missing } = destinationOf(view, rules, sender, choice, to);
    if (!service || !servicePort || missing) {
      return [];
    }
    const dialled = { host: service.host, port: servicePort.number, isNobodys: false };
    return [...owners.of([service.host], upstreamOf(view, service, servicePort, labels, 'gateway', dialled).endpoints)];
  });
}

/** The Services of gateways with what their pods listen on. Of one that is not in the input, the ports are those of the Gateways. */
function gatewaysIn(proxies: Proxies): { readonly host: string; readonly listeners: readonly GatewayListener[] }[] {
  const { view } = proxies;
  const ports = [...new Set(view.gateways.flatMap(({ servers }) => servers.map(({ port }) => port)))];
  const destinations = (view.routesByGateway.get(MESH) ?? []).flatMap(({ rules }) => rules.flatMap(rule => rule.destinations));
  const unknown = new Set(destinations.map(({ host }) => host).filter(host => host.endsWith(`.svc.${view.facts.clusterDomain}`) && !view.serviceByHost.has(host)));
  const hosts = [
    ...servicesOfGateways(view).map(({ host, ports: of }) => ({ host, ports: of.map(({ number }) => number) })),
    ...[...unknown].map(host => ({ host, ports: [...ports, ...ports.flatMap(chartServicePort)] })),
  ];
  return hosts.map(({ host, ports: of }) => {
    const listeners = of.flatMap(port => proxies.gatewaysBehind(host, port)).filter(({ pods }) => pods.gateways.length > 0);
    const distinct = new Map(listeners.map(listener => [JSON.stringify([listener.pods.labels, listener.pods.port]), listener]));
    return { host, listeners: [...distinct.values()] };
  }).filter(({ listeners }) => listeners.length > 0);
}

/** The Services that may lead to pods of Gateways; all others are not looked at closely. */
function servicesOfGateways(view: MeshView): KubeService[] {
  const selectors = [...new Map(view.gateways.map(({ selector }) => [JSON.stringify(selector), selector])).values()];
  const pods = new Map<string, PodTemplate[]>();
  view.pods.filter(({ labels }) => selectors.some(selector => selects(selector, labels))).forEach(pod => addTo(pods, pod.namespace, pod));
  return view.services.filter(({ object, selector }) => Object.keys(selector).length > 0 && (
    (pods.get(object.namespace) ?? []).some(({ labels }) => selects(selector, labels))
    || selectors.some(other => selects(other, { ...INSTALLED_GATEWAYS.get(object.name), ...selector }))));
}
