import { Finding, Rule, where } from './rule';
import { MeshObject } from '../view/mesh-object';

export const sidecarTwice: Rule = {
  id: 'MX0601',
  name: 'sidecar-twice',
  severity: 'ERROR',
  title: 'A namespace has two Sidecars without a `workloadSelector`.',
  why: 'Istio uses one of the two, and does not say which: what the other one closes may be open.',
  fix: 'Keep one. In this library, an `EgressLockdown` writes it with all that the namespace declares, and `peers` adds the rest.',
  related: ['IST0111', 'KIA0002'],
  check: view => {
    const first = new Map<string, MeshObject>();
    return view.sidecars.flatMap(({ object }): Finding[] => {
      const other = first.get(object.namespace);
      first.set(object.namespace, other ?? object);
      return other ? [{
        object,
        message: `is a second Sidecar for every workload of ${where(object.namespace)}, beside '${other.origin.path}', and Istio uses one of them`,
        fix: 'keep one, or give this one a \'workloadSelector\'',
      }] : [];
    });
  },
};
