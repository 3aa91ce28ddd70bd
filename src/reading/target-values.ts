import { isMisspelt, RefusedValue, refusedAt } from './refused-value';
import { Fields, record, text } from '../view/fields';
import { NETWORKING } from '../view/mesh-object';
import { GATEWAY_API } from '../view/waypoint';

/** The groups of the kinds that a policy may be for; that of Kubernetes itself has two names. */
const GROUPS: { readonly [kind: string]: readonly string[] } = { Service: ['', 'core'], ServiceEntry: [NETWORKING], Gateway: [GATEWAY_API], GatewayClass: [GATEWAY_API] };

/** What Istio's webhook refuses in the targets of an AuthorizationPolicy: a kind in another group than its own, or in none, which is that of Kubernetes itself. */
export function refusedInTargets(manifest: Fields): RefusedValue[] {
  const { targetRef, targetRefs } = record(manifest.spec);
  const all = [...Array.isArray(targetRefs) ? targetRefs.map((target: unknown, i) => ({ target, path: ['spec', 'targetRefs', i] })) : [], { target: targetRef, path: ['spec', 'targetRef'] }];
  return all.flatMap(({ target, path }): RefusedValue[] => {
    const kind = text(record(target).kind) ?? '';
    const written = record(target).group ?? '';
    const groups = Object.hasOwn(GROUPS, kind) ? GROUPS[kind] : undefined;
    if (groups === undefined || groups.some(group => group === written) || isMisspelt(record(target), ['group'])) {
      return [];
    }
    const [meant] = groups;
    const instead = meant === '' ? 'leave it out' : `write 'group: ${meant}'`;
    return [{ ...refusedAt([...path, 'group'], `is not the group of a ${kind}`, written, instead), meant: [meant] }];
  });
}
