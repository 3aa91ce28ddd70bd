import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { strings } from '../view/external-entry';
import { MeshObject, NETWORKING } from '../view/mesh-object';

export const destinationRuleReplaced: Rule = {
  id: 'MX0401',
  name: 'destination-rule-replaced',
  severity: 'ERROR',
  title: 'Two DestinationRules of one namespace are for one host, and Istio uses only one of them.',
  why: 'Since Istio 1.24, rules of one host merge only when their `exportTo` are equal, and then the first traffic policy wins. Outlier detection, timeouts or TLS of '
    + 'the other are gone.',
  fix: 'Write the settings of a host in one DestinationRule: patch the one of this library with `addJsonPatch`.',
  related: ['KIA0201'],
  check: view => {
    const rules = new Map<string, MeshObject[]>();
    return view.of(NETWORKING, 'DestinationRule').flatMap((object): Finding[] => {
      const host = fullName(String(object.spec.host), object.namespace, view.facts.clusterDomain);
      const key = JSON.stringify([object.namespace, host]);
      const earlier = rules.get(key) ?? [];
      rules.set(key, [...earlier, object]);
      const replaced = earlier.find(other => !merges(other, object));
      return replaced ? [{
        object,
        message: `'host' ${quote(host)} has a DestinationRule at '${replaced.origin.path}' in ${where(object.namespace)} as well, and Istio would `
          + 'use only one of them: write its settings in one place; addJsonPatch() adds to a rule of this library',
      }] : [];
    });
  },
};

/** Whether istiod makes one rule of two and loses nothing. */
function merges(one: MeshObject, other: MeshObject): boolean {
  const exported = ({ spec }: MeshObject) => JSON.stringify(strings(spec.exportTo).sort());
  const policies = [one, other].filter(({ spec }) => spec.trafficPolicy !== undefined);
  const selective = [one, other].some(({ spec }) => spec.workloadSelector !== undefined);
  return exported(one) === exported(other) && policies.length < 2 && !selective;
}

function fullName(host: string, namespace: string, clusterDomain: string): string {
  return host.includes('.') ? host : `${host}.${namespace}.svc.${clusterDomain}`;
}
