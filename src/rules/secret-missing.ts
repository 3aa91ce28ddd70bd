import { Finding, Rule, where } from './rule';
import { placesOfSecrets } from './secret-elsewhere';
import { quote } from '../private/fail';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

export const secretMissing: Rule = {
  id: 'MX0707',
  name: 'secret-missing',
  severity: 'WARNING',
  title: 'A proxy reads a Secret that does not exist.',
  why: 'A server of a gateway without its certificate accepts no connection; a proxy without its client certificate makes none.',
  fix: 'Create the Secret in the namespace of the proxy: that of the gateway\'s pods, or of the workload. The rule looks only at namespaces of which other Secrets are in the input.',
  related: ['IST0101', 'IST0161'],
  check: view => {
    const reads = [...readByServers(view), ...readByWorkloads(view)];
    if (reads.length === 0) {
      return [];
    }
    const places = placesOfSecrets(view);
    const shown = new Set([...places.values()].flat().map(({ namespace }) => namespace));
    const isMissing = ({ namespace, name }: Read) => {
      const secrets = places.get(name);
      return (shown.has(namespace) || secrets !== undefined) && !secrets?.some(secret => secret.namespace === namespace);
    };
    return reads.filter(isMissing)
      .map(({ object, namespace, name, field }): Finding => ({
        object,
        message: `'credentialName' ${quote(name)} is read in ${where(namespace)}, which has no Secret of that name`,
        fix: `create the Secret ${quote(name)} in ${where(namespace)}`,
        field,
      }));
  },
};

interface Read {
  readonly object: MeshObject;
  readonly namespace: string;
  readonly name: string;
  readonly field: readonly (string | number)[];
}

/** What gateways read, as far as it is known where their pods are. */
function readByServers(view: MeshView): Read[] {
  const named = view.gatewayServers.filter(({ tls }) => isName(tls?.credentialName));
  const known = named.length === 0 ? [] : view.gatewayWorkloads.all.filter(({ namespaces }) => namespaces.size === 1);
  return known.flatMap(({ servers, namespaces }) => servers
    .filter(({ tls }) => isName(tls?.credentialName))
    .map(({ object, tls, field }) => ({ object, namespace: [...namespaces][0], name: tls!.credentialName!, field: [...field, 'tls', 'credentialName'] })));
}

/** What the workloads read that DestinationRules select, in their own namespace. */
function readByWorkloads(view: MeshView): Read[] {
  return view.trafficRules.filter(({ workloadSelector }) => workloadSelector !== undefined).flatMap(({ object, allTls }) => (
    allTls.filter(({ credentialName }) => isName(credentialName))
      .map(({ credentialName, field }) => ({ object, namespace: object.namespace, name: credentialName!, field: [...field, 'credentialName'] }))));
}

/** Whether it is the name of a Secret, and not the address of something else. */
function isName(credential: string | undefined): boolean {
  return credential !== undefined && !credential.includes('://');
}
