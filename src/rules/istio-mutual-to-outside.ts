import { coveredHosts } from './covered-hosts';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
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
  const covered = () => (coveredHosts(view).get(host) ?? [])
    .find(({ entry }) => reaches(entry.visibleTo, object.namespace) && isOutside(view, entry));
  return view.names.entriesOf(host).find(entry => isOutside(view, entry)) ?? covered()?.entry;
}
