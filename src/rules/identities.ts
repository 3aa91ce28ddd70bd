import { Finding } from './rule';
import { AccessPolicy } from '../view/access-policy';
import { strings } from '../view/fields';
import { MeshView } from '../view/mesh-view';

/** A service account that a server of a Gateway or an AuthorizationPolicy names in full. */
export interface Identity extends Pick<Finding, 'object' | 'field'> {
  readonly property: string;
  /** As it is written. */
  readonly value: string;
  /** Undefined where none is written: every one matches (`*`), or that of the mesh is meant (`serviceAccounts`). */
  readonly trustDomain?: string;
  readonly namespace: string;
  readonly account: string;
  /** Whether it is one of those that a rule leaves out. */
  readonly isExcluded: boolean;
  /** The policy that names it; undefined for a server. */
  readonly policy?: AccessPolicy;
}

/** Every account that is named; a pattern over several of them is none. */
export function identitiesIn(view: MeshView): readonly Identity[] {
  return view.once('identities', () => readFrom(view));
}

function readFrom(view: MeshView): Identity[] {
  const inServers = view.gatewayServers.flatMap(({ object, tls, field }) => (tls?.mode === 'ISTIO_MUTUAL' ? tls.subjectAltNames : []).flatMap((value, i): Identity[] => (
    parts(value, 'spiffe://').map(named => ({ ...named, object, value, property: 'subjectAltNames', isExcluded: false, field: [...field, 'tls', 'subjectAltNames', i] })))));
  return [...inServers, ...view.accessPolicies.flatMap(inPolicy)];
}

function inPolicy(policy: AccessPolicy): Identity[] {
  const { object } = policy;
  return policy.rules.flatMap(rule => [
    ...rule.sources.flatMap((source, i) => ['principals', 'notPrincipals', 'serviceAccounts', 'notServiceAccounts'].flatMap(property => (
      strings(source[property]).flatMap((value, n): Identity[] => {
        const named = property.endsWith('rincipals') ? parts(value) : account(value, object.namespace);
        return named.map(one => ({ ...one, object, policy, value, property, isExcluded: property.startsWith('not'), field: [...rule.field, 'from', i, 'source', property, n] }));
      })))),
    ...rule.conditions.flatMap(({ key, values, notValues }, i) => (key === 'source.principal' ? [['values', values], ['notValues', notValues]] as const : [])
      .flatMap(([list, all]) => all.flatMap((value, n): Identity[] => (
        parts(value).map(one => ({ ...one, object, policy, value, property: key, isExcluded: list === 'notValues', field: [...rule.field, 'when', i, list, n] })))))),
  ]);
}

type Parts = Pick<Identity, 'trustDomain' | 'namespace' | 'account'>;

function parts(value: string, before = ''): Parts[] {
  const [, trustDomain, namespace, name] = (value.startsWith(before) && /^(\*|[^*/]+)\/ns\/([^*/]+)\/sa\/([^*/]+)$/.exec(value.slice(before.length))) || [];
  return name === undefined ? [] : [{ trustDomain: trustDomain === '*' ? undefined : trustDomain, namespace, account: name }];
}

/** `<namespace>/<account>`, or an account of the policy's own namespace. */
function account(value: string, own: string): Parts[] {
  const [, namespace = own, name] = /^(?:([^*/]+)\/)?([^*/]+)$/.exec(value) ?? [];
  return name === undefined ? [] : [{ namespace, account: name }];
}
