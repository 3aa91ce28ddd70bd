import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { GatewayConfig } from '../view/gateway';
import { namespaceOfService } from '../view/host-name';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { Leg } from '../view/name-index';
import { reaches } from '../view/visibility';

export const hiddenFromGateway: Rule = {
  id: 'MX0309',
  name: 'hidden-from-gateway',
  severity: 'ERROR',
  title: 'The namespace of the gateway does not see the ServiceEntry or the VirtualService that it needs.',
  why: '`exportTo` lists the namespaces whose proxies know an object. A gateway is a proxy of its own namespace: it ignores a VirtualService that is not exported there, and has no cluster for a ServiceEntry that is not.',
  fix: 'Add the namespace of the gateway\'s pods to `exportTo`.',
  related: [],
  check: view => view.gateways.flatMap(gateway => {
    const namespaces = namespacesOf(view, gateway);
    const seen = new Set<unknown>();
    const legs = namespaces.length === 0 ? [] : view.names.legsAt(gateway.name);
    return legs.flatMap(leg => findings(view, gateway, leg, namespaces)).filter(({ object }) => {
      const isNew = !seen.has(object);
      seen.add(object);
      return isNew;
    });
  }),
};

/** Where the gateway is. What only looks like the name of such a namespace is none of them. */
function namespacesOf(view: MeshView, gateway: GatewayConfig): string[] {
  const all = [...view.gatewayPlaces.namespacesOf(gateway)];
  const meant = all.filter(namespace => view.shownNamespaces.slipOf(namespace) === undefined);
  return meant.length > 0 ? meant : all;
}

function findings(view: MeshView, gateway: GatewayConfig, { route, rule }: Leg, namespaces: readonly string[]): Finding[] {
  const isSeen = (visibleTo: readonly string[]) => namespaces.some(namespace => reaches(visibleTo, namespace));
  const at = `${where(namespaces[0])}, where the pods of '${gateway.object.origin.path}' are`;
  const fixOf = (object: MeshObject) => {
    const slip = strings(object.spec.exportTo).find(namespace => view.shownNamespaces.slipOf(namespace) === namespaces[0]);
    return slip === undefined ? `add ${quote(namespaces[0])} to 'exportTo'` : `write ${quote(namespaces[0])} for ${quote(slip)} in 'exportTo'`;
  };
  const hidden = rule.destinations.map(({ host }) => ({ host, entries: view.names.entriesOf(host) }))
    .filter(({ host, entries }) => entries.length > 0 && !view.serviceByHost.get(host) && !entries.some(({ visibleTo }) => isSeen(visibleTo)));
  const all = [
    ...isSeen(route.visibleTo) ? [] : [{
      object: route.object, field: ['spec', 'exportTo'], message: `'exportTo' hides this VirtualService from ${at}: the gateway ignores it`, fix: fixOf(route.object),
    }],
    ...hidden.map(({ host, entries: [entry] }): Finding => ({
      object: entry.object,
      field: ['spec', 'exportTo'],
      message: `'exportTo' hides ${quote(host)} from ${at}: '${route.object.origin.path}' sends connections there, and the gateway has no cluster for it`,
      fix: fixOf(entry.object),
    })),
  ];
  const mistyped = all.length === 0 ? undefined : mistypedPlace(view, gateway, namespaces[0], route.visibleTo);
  return mistyped ? [mistyped] : all;
}

/** The name of the gateway's Service, where its namespace is probably another one: what is exported to that one is right. */
function mistypedPlace(view: MeshView, gateway: GatewayConfig, namespace: string, visibleTo: readonly string[]): Finding | undefined {
  const meant = view.shownNamespaces.nearTo(namespace, visibleTo);
  const host = [...view.gatewayPlaces.hostsOf(gateway)].find(name => namespaceOfService(name, view.facts.clusterDomain) === namespace);
  const [leg] = host === undefined ? [] : view.names.legsTo(host);
  const destination = leg?.rule.destinations.find(to => to.host === host);
  return meant === undefined || !destination ? undefined : {
    object: leg.route.object,
    field: [...destination.field, 'host'],
    message: `'destination.host' ${quote(destination.host)} has the gateway in ${where(namespace)}, of which the input shows nothing, and what the gateway needs is not exported there: it ignores it`,
    fix: `write "${meant}" for "${namespace}", or, if that is its namespace, add it to 'exportTo'`,
  };
}
