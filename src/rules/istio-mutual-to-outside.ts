import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { wildcardsAround } from '../view/host-match';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { isOutside } from '../view/outside';
import { TrafficRule } from '../view/traffic-rule';
import { reaches } from '../view/visibility';

export const istioMutualToOutside: Rule = {
  id: 'MX0711',
  name: 'istio-mutual-to-outside',
  severity: 'WARNING',
  title: 'A DestinationRule asks for the mesh\'s own mutual TLS towards a server outside of the mesh.',
  why: 'ISTIO_MUTUAL is for proxies: they show each other certificates of istiod and ask for them. A server outside does not know istiod\'s certificate authority and has none of its certificates, so every handshake fails.',
  fix: 'Write `mode: SIMPLE`, or `MUTUAL` with a client certificate of the server\'s authority, or remove `tls`. Is the server a proxy of this mesh, write `location: MESH_INTERNAL` into its ServiceEntry.',
  related: [],
  check: view => view.trafficRules.flatMap(rule => {
    const { allTls, host, object } = rule;
    // Names of the mesh are in certificates of the mesh.
    const [tls] = allTls.filter(({ mode, subjectAltNames }) => mode === 'ISTIO_MUTUAL' && !subjectAltNames.some(name => name.startsWith('spiffe://')));
    const entry = tls && outsideOf(view, rule);
    return entry === undefined ? [] : [{
      object,
      field: [...tls.field, 'mode'],
      message: `'mode' "ISTIO_MUTUAL" is TLS between proxies of the mesh, and ${quote(host)} ${host.includes('*') ? 'stands for servers' : 'is a server'} outside of it ('${entry.object.origin.path}'): every handshake fails`,
      fix: 'write \'mode: SIMPLE\', or MUTUAL with a certificate that the server knows; for a proxy of this mesh write \'location: MESH_INTERNAL\' into its ServiceEntry',
    } satisfies Finding];
  }),
};

/** The entry of a server outside that the rule is for; those that a wildcard covers may have rules of their own. */
function outsideOf(view: MeshView, { host, object }: TrafficRule): ExternalEntry | undefined {
  const covered = (entriesWithin(view).get(host) ?? []).filter(({ visibleTo }) => reaches(visibleTo, object.namespace));
  return [...view.names.entriesOf(host), ...covered].find(entry => isOutside(view, entry));
}

/** The entries of hosts without a rule of their own, by the narrowest wildcard around them that has one. */
function entriesWithin(view: MeshView): ReadonlyMap<string, readonly ExternalEntry[]> {
  return view.once('entries within wildcards', () => {
    const found = new Map<string, ExternalEntry[]>();
    for (const entry of view.entries) {
      const wildcards = entry.hosts.filter(host => view.names.trafficRulesOf(host).length === 0)
        .map(host => wildcardsAround(host).find(wildcard => view.names.trafficRulesOf(wildcard).length > 0));
      new Set(wildcards).forEach(wildcard => wildcard !== undefined && addTo(found, wildcard, entry));
    }
    return found;
  });
}
