import { Finding, Rule, where } from './rule';
import { quote } from '../private/fail';
import { record, records, strings } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

export const secretElsewhere: Rule = {
  id: 'MX0701',
  name: 'secret-elsewhere',
  severity: 'ERROR',
  title: 'A proxy reads a Secret that exists only in another namespace.',
  why: 'A proxy reads Secrets of the namespace that it runs in; a gateway, of the namespace of its pods. Without the Secret it makes no connection, or one without TLS.',
  fix: 'Put the Secret into the namespace of the gateway, or of the workload when there is no gateway.',
  related: ['IST0161'],
  check: view => {
    const placesOf = placesOfSecrets(view);
    return view.of(NETWORKING, 'DestinationRule').flatMap(object => {
      // A rule that is exported to one namespace is for the proxies there.
      const [reader, ...others] = strings(object.spec.exportTo).map(target => (target === '.' ? object.namespace : target));
      return reader === undefined || reader === '*' || others.length > 0 ? [] : [...new Set(credentialsOf(object))].flatMap((name): Finding[] => {
        const places = placesOf.get(name) ?? [];
        return places.length > 0 && !places.some(({ namespace }) => namespace === reader) ? [{
          object,
          message: `'credentialName' ${quote(name)} is read in ${where(reader)}, and the Secret is in ${where(places[0].namespace)} ('${places[0].origin.path}')`,
          fix: `put the Secret into ${where(reader)}`,
        }] : [];
      });
    });
  },
};

/** The objects of the app that are a Secret, or from which an operator makes one, by its name. */
export function placesOfSecrets(view: MeshView): Map<string, MeshObject[]> {
  const secrets = new Map<string, MeshObject[]>();
  view.of('', 'Secret').forEach(object => addTo(secrets, object.name, object));
  view.of('cert-manager.io', 'Certificate').forEach(object => addTo(secrets, String(object.spec.secretName), object));
  view.of('external-secrets.io', 'ExternalSecret').forEach(object => addTo(secrets, String(record(object.spec.target).name ?? object.name), object));
  return secrets;
}

function credentialsOf({ spec }: MeshObject): string[] {
  const policies = [record(spec.trafficPolicy), ...records(spec.subsets).map(subset => record(subset.trafficPolicy))];
  const settings = policies.flatMap(policy => [policy, ...records(policy.portLevelSettings)]);
  return settings.map(({ tls }) => record(tls).credentialName).filter(name => typeof name === 'string');
}
