import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/fields';
import { namespaceOfService } from '../view/host-name';
import { MeshView } from '../view/mesh-view';
import { MESH } from '../view/route';
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
  check: view => {
    const unused = hiddenFromSidecars(view);
    return view.trafficRules.flatMap(rule => exportedInVain(view, rule) ?? hiddenFromGateway(view, rule) ?? unused.get(rule) ?? []);
  },
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
  const place = { object, field: ['spec', 'exportTo'] };
  return isOwnLeftOut(view, rule, others, homes) ? [{
    ...place,
    message: `'exportTo' leaves out ${where(object.namespace)}, where the rule is and where sidecars look for that of ${quote(host)}: they connect without it`,
    fix: 'remove \'exportTo\', or write \'exportTo: ["."]\'',
  }] : [{
    ...place,
    message: `'exportTo' gives the rule for ${quote(host)} to ${where(others[0])}, whose proxies look for it in their own namespace and in ${where(homes[0])} only`,
    fix: visibleTo.includes(object.namespace) ? `write a second one in ${where(others[0])}` : `write it in ${where(others[0])}`,
  }];
}

/** Whether a rule is in the namespace of its clients, and exported only to where there are none: to that of the service, or to one that does not know the service. */
function isOwnLeftOut(view: MeshView, { object, host, visibleTo }: TrafficRule, others: readonly string[], homes: readonly string[]): boolean {
  const entries = view.names.entriesOf(host);
  const isKnownIn = (namespace: string) => entries.length === 0 || entries.some(entry => reaches(entry.visibleTo, namespace));
  const isInVain = others.every(namespace => homes.includes(namespace) || !isKnownIn(namespace));
  return isInVain && isKnownIn(object.namespace) && !reaches(visibleTo, object.namespace);
}

/** What sidecars have and the gateway that connects to the service has not. */
function hiddenFromGateway(view: MeshView, rule: TrafficRule): Finding[] | undefined {
  const { object, host, allTls } = rule;
  const [gateway] = view.names.entriesOf(host).length === 0 || !allTls.some(({ mode }) => mode !== 'DISABLE') ? [] : gatewaysTo(view, host);
  const homes = homesOf(view, host);
  if (!gateway) {
    return undefined;
  }
  const isFound = (candidate: TrafficRule) => gateway.namespaces.some(namespace => isLookedUp(view, candidate, homes, namespace));
  // One of several rules is enough, and a rule for the sidecars alone is meant where they connect themselves.
  return view.names.trafficRulesOf(host).some(isFound) ? undefined : [{
    object,
    field: ['spec', 'host'],
    message: `'host' ${quote(host)} is what the gateway in ${where(gateway.namespaces[0])} connects to ('${gateway.route}'), and this rule is not for it: the gateway would send without TLS`,
    fix: homes.includes(object.namespace) ? `add ${quote(gateway.namespaces[0])} to 'exportTo'` : `write it in ${where(gateway.namespaces[0])}`,
  }];
}

/** Of each host that sidecars are sent to, the first rule that they do not look up, where they find no other. */
function hiddenFromSidecars(view: MeshView): Map<TrafficRule, Finding[]> {
  const found = new Map<TrafficRule, Finding[]>();
  const known = new Set<string>();
  for (const { host } of view.trafficRules) {
    const homes = known.has(host) ? [] : homesOf(view, host);
    const rules = view.names.trafficRulesOf(host);
    const senders = homes.length === 0 ? [] : sendersTo(view, host);
    const lost = senders.find(({ namespace }) => !rules.some(rule => isLookedUp(view, rule, homes, namespace)));
    // One for the pods of its own namespace may be meant for them alone, and without TLS and subsets connections arrive all the same.
    const meant = lost && rules.find(({ object, allTls, subsets }) => (allTls.length > 0 || subsets.length > 0)
      && (object.namespace !== '' && view.podsIn(object.namespace).all.length === 0 || homes.includes(object.namespace)));
    if (meant) {
      const { object } = meant;
      const isHome = homes.includes(object.namespace) || object.namespace === view.facts.rootNamespace;
      found.set(meant, [{
        object,
        field: isHome ? ['spec', 'exportTo'] : ['metadata', 'namespace'],
        message: isHome ? `'exportTo' does not give the rule for ${quote(host)} to ${where(lost.namespace)}, whose sidecars '${lost.route}' sends there: they follow no rule`
          : `'namespace' ${quote(object.namespace)} is where the sidecars that '${lost.route}' sends to ${quote(host)} do not look: they look in ${where(lost.namespace)} and in ${where(homes[0])}`,
        fix: isHome ? `add ${quote(lost.namespace)} to 'exportTo'` : `write it in ${where(lost.namespace)}`,
      }]);
    }
    known.add(host);
  }
  return found;
}

/** The namespaces whose own VirtualServices send the sidecars of pods in them to a host. */
function sendersTo(view: MeshView, host: string): { readonly namespace: string; readonly route: string }[] {
  const found = new Map<string, string>();
  for (const { route, match } of view.names.legsTo(host)) {
    const { namespace, origin } = route.object;
    if (match.gateways.includes(MESH) && !found.has(namespace) && reaches(route.visibleTo, namespace)) {
      found.set(namespace, origin.path);
    }
  }
  return [...found].filter(([namespace]) => view.podsIn(namespace).all.length > 0).map(([namespace, route]) => ({ namespace, route }));
}

/** Whether the proxies of a namespace find a rule. */
function isLookedUp(view: MeshView, rule: TrafficRule, homes: readonly string[], namespace: string): boolean {
  return reaches(rule.visibleTo, namespace) && [namespace, ...homes, view.facts.rootNamespace].includes(rule.object.namespace);
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
