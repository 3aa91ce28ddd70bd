import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { EgressDoor } from '../view/egress-door';
import { KUBERNETES_NETWORKING } from '../view/egress-policy';
import { ExternalEntry } from '../view/external-entry';
import { record, records, text } from '../view/fields';
import { MeshView } from '../view/mesh-view';
import { reaches } from '../view/visibility';
import { waypointOf } from '../view/waypoint';

export const aroundTheWaypoint: Rule = {
  id: 'MX0504',
  name: 'around-the-waypoint',
  severity: 'WARNING',
  title: 'A host whose clients a waypoint checks can be reached around the waypoint.',
  why: 'A waypoint sees only what ztunnel assigns to the ServiceEntry: connections to its `addresses`, from ambient pods, where nothing else declares the host. All others go straight out; ztunnel has no REGISTRY_ONLY.',
  fix: 'Give the ServiceEntry `addresses`, keep it from namespaces with sidecars (`exportTo`), declare the host once, and close the other ways with a NetworkPolicy.',
  related: ['IST0134'],
  check: view => {
    const checked = view.entries.filter(({ object }) => waypointOf(object, view.namespaces));
    return checked.length === 0 ? [] : around(view, checked);
  },
};

function around(view: MeshView, checked: readonly ExternalEntry[]): Finding[] {
  const targets = new Set(view.accessPolicies.flatMap(({ object }) => [...records(object.spec.targetRefs), record(object.spec.targetRef)]
    .filter(({ kind }) => kind === 'ServiceEntry').map(({ name }) => `${object.namespace}/${text(name)}`)));
  const sidecars = view.of('', 'Namespace').filter(({ name }) => view.namespaces.hasSidecars(name));
  const closed = new Set(view.of(KUBERNETES_NETWORKING, 'NetworkPolicy').map(policy => new EgressDoor(policy))
    .filter(({ selector, isOpen }) => selector.isForAll && !isOpen).map(({ object }) => object.namespace));
  return checked.filter(({ object }) => targets.has(`${object.namespace}/${object.name}`)).flatMap(({ object, hosts, ports, addresses, visibleTo }) => {
    const at = (message: string, fix: string, field: string[]): Finding => ({ object, message: `${message}, past the waypoint`, fix, field });
    const all = hosts.flatMap(host => view.names.entriesOf(host));
    const other = all.find(entry => entry.object !== object && !waypointOf(entry.object, view.namespaces));
    const unaware = sidecars.find(({ name }) => reaches(visibleTo, name) && !closed.has(name));
    return [
      // The addresses of a site on the web are nobody's to write; those of a database are.
      ...addresses.length === 0 && ports.some(port => port.class === 'TCP') && !closed.has(object.namespace) ? [at(
        `${quote(hosts[0])} has no 'addresses', and clients that connect to its address instead of its name go straight there`,
        'write \'addresses\', or close the namespaces of the clients with a NetworkPolicy', ['spec'])] : [],
      ...unaware ? [at(`${where(unaware.name)} sees ${quote(hosts[0])} and has sidecars, which connect straight to it`,
        'keep it from namespaces with sidecars with \'exportTo\'', ['spec', 'exportTo'])] : [],
      ...other ? [at(`'${other.object.origin.path}' declares ${quote(hosts[0])} without a waypoint, and its clients go straight there`,
        'declare the host once, or give both the waypoint', ['spec', 'hosts'])] : [],
    ];
  });
}

