import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { namespaceOfService } from '../view/host-name';
import { MeshView } from '../view/mesh-view';
import { TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

export const ruleNotLookedUp: Rule = {
  id: 'MX0403',
  name: 'rule-not-looked-up',
  severity: 'ERROR',
  title: 'A DestinationRule is where the proxies that need it do not look.',
  why: 'A proxy looks for the rule of a host in its own namespace, then in that of the Service or ServiceEntry, then in the root namespace, and sees what is exported to it. A rule '
    + 'anywhere else does nothing: a gateway sends without TLS, a subset has no endpoints.',
  fix: 'Write the rule in the namespace of the client, or in that of the service and export it to the client. For a gateway, the client is the gateway.',
  related: [],
  check: view => view.trafficRules.flatMap(rule => exportedInVain(view, rule) ?? hiddenFromGateway(view, rule) ?? []),
};

/** Where a service is declared, as far as the objects show it. */
function homesOf(view: MeshView, host: string): readonly string[] {
  const service = namespaceOfService(host, view.facts.clusterDomain);
  return service === undefined ? view.names.entriesOf(host).map(({ object }) => object.namespace) : [service];
}

/** What is exported to other namespaces from one in which they do not look. */
function exportedInVain(view: MeshView, rule: TrafficRule): Finding[] | undefined {
  const { object, host, visibleTo } = rule;
  const homes = homesOf(view, host);
  const others = strings(object.spec.exportTo).filter(namespace => !['.', '*', object.namespace].includes(namespace));
  if (others.length === 0 || homes.length === 0 || homes.includes(object.namespace) || object.namespace === view.facts.rootNamespace || object.namespace === '') {
    return undefined;
  }
  return [{
    object,
    field: ['spec', 'exportTo'],
    message: `'exportTo' gives the rule for ${quote(host)} to ${where(others[0])}, whose proxies look for it in their own namespace and in ${where(homes[0])} only`,
    fix: visibleTo.includes(object.namespace) ? `write a second one in ${where(others[0])}` : `write it in ${where(others[0])}`,
  }];
}

/** What sidecars have and the gateway that connects to the service has not. */
function hiddenFromGateway(view: MeshView, rule: TrafficRule): Finding[] | undefined {
  const { object, host, allTls } = rule;
  const [gateway] = view.names.entriesOf(host).length === 0 || !allTls.some(({ mode }) => mode !== 'DISABLE') ? [] : gatewaysTo(view, host);
  const homes = homesOf(view, host);
  if (!gateway) {
    return undefined;
  }
  const isFound = (candidate: TrafficRule) => gateway.namespaces.some(namespace => (
    reaches(candidate.visibleTo, namespace) && [namespace, ...homes, view.facts.rootNamespace].includes(candidate.object.namespace)));
  // One of several rules is enough, and a rule for the sidecars alone is meant where they connect themselves.
  return view.names.trafficRulesOf(host).some(isFound) ? undefined : [{
    object,
    field: ['spec', 'host'],
    message: `'host' ${quote(host)} is what the gateway in ${where(gateway.namespaces[0])} connects to ('${gateway.route}'), and this rule is not for it: the gateway would send without TLS`,
    fix: homes.includes(object.namespace) ? `add ${quote(gateway.namespaces[0])} to 'exportTo'` : `write it in ${where(gateway.namespaces[0])}`,
  }];
}

/** The gateways that send to a host on a rule of their own, where their pods are known. */
function gatewaysTo(view: MeshView, host: string): { readonly namespaces: readonly string[]; readonly route: string }[] {
  // The published recipes have one VirtualService of the host for both legs, or one of the gateway for the same host.
  return view.names.legsTo(host).flatMap(({ route, match }) => match.gateways.flatMap(name => {
    const gateway = view.names.gatewayOf(name);
    const namespaces = gateway ? [...view.gatewayPlaces.namespacesOf(gateway)] : [];
    return namespaces.length > 0 ? [{ namespaces, route: route.object.origin.path }] : [];
  }));
}
