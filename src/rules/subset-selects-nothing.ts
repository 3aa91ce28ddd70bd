import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { labelsOf, records, selects } from '../view/fields';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';
import { Subset, TrafficRule } from '../view/traffic-rule';

export const subsetSelectsNothing: Rule = {
  id: 'MX0406',
  name: 'subset-selects-nothing',
  severity: 'WARNING',
  title: 'A subset has labels that no pod of its Service, or no endpoint of its ServiceEntry, has.',
  why: 'The subset has no endpoints: requests that are sent there end with 503 (UH, no healthy upstream).',
  fix: 'Write labels of the pods or endpoints, or deploy the version first.',
  related: ['IST0173', 'KIA0203'],
  check: view => {
    const rules = view.trafficRules.filter(({ host, subsets }) => (
      view.serviceByHost.get(host) && subsets.some(({ labels }) => Object.keys(labels).length > 0)));
    return [...rules.length === 0 ? [] : findings(view, rules), ...view.trafficRules.flatMap(rule => withoutEndpoints(view, rule))];
  },
};

/** The label that Argo Rollouts writes into a subset, and gives the pods of that version, while the cluster runs. */
const OF_ROLLOUT = 'rollouts-pod-template-hash';

/** The subsets of an entry whose endpoints are all written in it. */
function withoutEndpoints(view: MeshView, { object, host, subsets }: TrafficRule): Finding[] {
  const endpoints = endpointsOf(view, host);
  const lost = endpoints.length === 0 ? [] : subsets.filter(({ labels }) => !endpoints.some(endpoint => selects(labels, endpoint)));
  return lost.map(({ name, labels, field }): Finding => ({
    object,
    field: [...field, 'labels'],
    message: `'labels' of the subset ${quote(name)} of ${quote(host)} (${Object.entries(labels).map(label => label.join('=')).join(', ')}) are on no endpoint of `
      + `'${view.names.entriesOf(host)[0].object.origin.path}'`,
    fix: 'write labels that its endpoints have',
  }));
}

/** The labels of the endpoints of a host, where its entries have them all; none where others may add some. */
function endpointsOf(view: MeshView, host: string): readonly { readonly [label: string]: string }[] {
  const known = view.once('labels of endpoints by host', () => new Map<string, readonly { readonly [label: string]: string }[]>());
  const entries = view.names.entriesOf(host);
  const areAll = () => entries.every(({ resolution, object: { spec } }) => resolution === 'STATIC' && spec.workloadSelector === undefined);
  const read = () => entries.flatMap(({ object }) => records(object.spec.endpoints).map(({ labels }) => labelsOf(labels)));
  const found = known.get(host) ?? (areAll() ? read() : []);
  known.set(host, found);
  return found;
}

function findings(view: MeshView, rules: MeshView['trafficRules']): Finding[] {
  const behind = new Map<string, readonly PodTemplate[]>();
  return rules.flatMap(({ object, host, subsets }) => {
    const service = view.serviceByHost.get(host)!;
    if (!behind.has(host)) {
      const isSelecting = Object.keys(service.selector).length > 0;
      behind.set(host, isSelecting ? view.podsIn(service.object.namespace).selectedBy(service.selector) : []);
    }
    const there = behind.get(host)!;
    const isLost = (labels: Subset['labels']) => labels[OF_ROLLOUT] === undefined && !there.some(pod => selects(labels, pod.labels));
    const lost = there.length === 0 ? [] : subsets.filter(({ labels }) => isLost(labels));
    return lost.map(({ name, labels, field }): Finding => ({
      object,
      field: [...field, 'labels'],
      message: `'labels' of the subset ${quote(name)} of ${quote(host)} (${Object.entries(labels).map(label => label.join('=')).join(', ')}) are on no pod of the Service, such as those of `
        + `'${there[0].object.origin.path}'`,
      fix: 'write labels that its pods have, or deploy that version first',
    }));
  });
}
