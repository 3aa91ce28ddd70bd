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
    const rules = new Map<string, Rules>();
    return view.of(NETWORKING, 'DestinationRule').flatMap((object): Finding[] => {
      const host = fullName(String(object.spec.host), object.namespace, view.facts.clusterDomain);
      const key = JSON.stringify([object.namespace, host]);
      const known = rules.get(key) ?? {};
      const withPolicy = object.spec.trafficPolicy === undefined ? undefined : object;
      rules.set(key, { first: known.first ?? object, withPolicy: known.withPolicy ?? withPolicy });
      const replaced = replacedBy(object, known);
      return replaced ? [{
        object,
        message: `'host' ${quote(host)} has a DestinationRule at '${replaced.origin.path}' in ${where(object.namespace)} too, and Istio would use only one `
          + 'of them: write its settings in one place; addJsonPatch() adds to a rule of this library',
      }] : [];
    });
  },
};

/** The rules of one host in one namespace so far: an app may have thousands for a gateway. */
interface Rules {
  readonly first?: MeshObject;
  readonly withPolicy?: MeshObject;
}

/** The earlier rule that istiod does not make one with this one; nothing if it merges them all and loses nothing. */
function replacedBy(object: MeshObject, { first, withPolicy }: Rules): MeshObject | undefined {
  if (!first) {
    return undefined;
  }
  const selective = [object, first].some(({ spec }) => spec.workloadSelector !== undefined);
  if (selective || exported(object) !== exported(first)) {
    return first;
  }
  return object.spec.trafficPolicy === undefined ? undefined : withPolicy;
}

function exported({ spec }: MeshObject): string {
  return strings(spec.exportTo).sort().join(' ');
}

function fullName(host: string, namespace: string, clusterDomain: string): string {
  return host.includes('.') ? host : `${host}.${namespace}.svc.${clusterDomain}`;
}
