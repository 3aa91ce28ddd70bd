import { couldSelect, GatewayPods } from './gateway-pods';
import { Cause, cause, causeText } from './hop';
import { MeshModel } from '../private/model';
import { AccessPolicy, AccessRule } from '../view/access-policy';
import { Fields, strings } from '../view/fields';
import { MeshView } from '../view/mesh-view';

/** What is known of a connection or request that asks for access. */
export interface Visitor {
  /** `<trust domain>/ns/<namespace>/sa/<account>`; undefined without a certificate of the mesh. */
  readonly principal?: { readonly trustDomain: string; readonly namespace: string; readonly account: string };
  readonly sni?: string;
  /** That of the pods, if it is known. */
  readonly port?: number;
  /** Whether the policies see requests. */
  readonly isHttp: boolean;
  readonly authority?: string;
}

/** Whether a visitor passes. `depends` is on what nobody knows without the request or the cluster. */
export interface AccessDecision {
  readonly admitted: 'yes' | 'no' | 'depends';
  readonly text: string;
  readonly causes: readonly Cause[];
  readonly conditions: readonly string[];
  readonly notes: readonly string[];
}

/** Whether something holds; undefined when it depends on what nobody knows. */
type Held = boolean | undefined;

/** The policies on the pods of a gateway: those of their namespace and of the root namespace. */
export function policiesOn(view: MeshView, pods: GatewayPods): { readonly policy: AccessPolicy; readonly isAssumed: boolean }[] {
  const { rootNamespace } = view.facts;
  return view.accessPolicies
    .filter(({ object, hasTargetRefs, isDryRun }) => !hasTargetRefs && !isDryRun && [rootNamespace, pods.namespace].includes(object.namespace))
    .map(policy => ({ policy, fits: couldSelect(policy.selector, pods) }))
    .filter(({ fits }) => fits !== 'no').map(({ policy, fits }) => ({ policy, isAssumed: fits === 'perhaps' }));
}

/** What the policies on a gateway decide: DENY before ALLOW, and with an ALLOW policy everything else is denied. */
export function accessDecision(view: MeshView, pods: GatewayPods, visitor: Visitor): AccessDecision {
  const selected = policiesOn(view, pods);
  const notes = selected.filter(({ isAssumed }) => isAssumed)
    .map(({ policy }) => `'${policy.object.origin.path}' holds if the pods of the gateway have the labels that it selects, which the input does not show`);
  const of = (action: string) => selected.map(({ policy }) => policy).filter(policy => policy.action === action);
  const decide = (admitted: AccessDecision['admitted'], text: string, causes: readonly Cause[], conditions: readonly string[] = []) => (
    { admitted, text, causes, conditions, notes });
  const custom = of('CUSTOM');
  const denied = outcome(of('DENY'), visitor, view.facts);
  if (denied.held.length > 0) {
    return decide('no', 'a DENY policy matches', denied.held);
  }
  const allow = of('ALLOW');
  const allowed = outcome(allow, visitor, view.facts);
  const conditions = [
    ...denied.open.map(rule => `unless ${causeText(rule)} denies the request`),
    ...custom.map(({ object }) => `if the provider of AuthorizationPolicy ${object.namespace}/${object.name} allows it`),
  ];
  if (allow.length > 0 && allowed.held.length === 0 && allowed.open.length === 0) {
    return decide('no', 'ALLOW policies select the gateway, and none of their rules matches', allow.map(({ object }) => cause(object)));
  }
  if (allow.length > 0 && allowed.held.length === 0) {
    return decide('depends', 'an ALLOW policy may match, by the request', allowed.open, [...conditions, ...allowed.open.map(rule => (
      `if the request is one that ${causeText(rule)} allows`))]);
  }
  const causes = allow.length > 0 ? allowed.held : of('DENY').map(({ object }) => cause(object));
  const text = allow.length > 0 ? 'an ALLOW policy matches' : selected.length > 0 ? 'no policy denies it' : 'no policy selects the gateway';
  return decide(conditions.length > 0 ? 'depends' : 'yes', text, causes, conditions);
}

/** The rules that match, and those that may. */
function outcome(policies: readonly AccessPolicy[], visitor: Visitor, facts: MeshModel): { readonly held: Cause[]; readonly open: Cause[] } {
  const rules = policies.flatMap(policy => policy.rules.map(rule => ({ policy, rule, held: holds(policy, rule, visitor, facts) })));
  const causes = (wanted: Held) => rules.filter(({ held }) => held === wanted).map(({ policy, rule }) => cause(policy.object, rule.field));
  return { held: causes(true), open: causes(undefined) };
}

function holds({ action, object }: AccessPolicy, { sources, operations, conditions }: AccessRule, visitor: Visitor, facts: MeshModel): Held {
  const check = new Check(object.namespace, visitor, facts);
  const held = all([
    sources.length === 0 ? true : some(sources.map(source => check.source(source))),
    operations.length === 0 ? true : some(operations.map(operation => check.operation(operation))),
    ...conditions.map(({ key, values, notValues }) => check.attribute(key, values, notValues)),
  ]);
  // A rule of requests allows no connection; as a denial what it says of requests counts for nothing.
  return check.isUnfit && action === 'ALLOW' ? false : held;
}

/** One rule against one visitor. */
class Check {
  /** Whether the rule asks for something of requests where there are none. */
  public isUnfit = false;

  public constructor(private readonly namespace: string, private readonly visitor: Visitor, private readonly facts: MeshModel) {}

  public source(source: Fields): Held {
    return this.fields(source, SOURCES);
  }

  public operation(operation: Fields): Held {
    return this.fields(operation, OPERATIONS);
  }

  private fields(written: Fields, known: readonly Field[]): Held {
    return all(known.filter(({ field, not: other }) => written[field] !== undefined || written[other] !== undefined)
      .map(({ field, not: other, key }) => this.attribute(key, strings(written[field]), strings(written[other]))));
  }

  public attribute(key: string, values: readonly string[], notValues: readonly string[]): Held {
    if (values.length === 0 && notValues.length === 0) {
      return true;
    }
    if (!this.visitor.isHttp && isOfRequests(key)) {
      this.isUnfit = true;
      return true;
    }
    const among = (list: readonly string[]): Held => some(list.map(value => this.has(key, value)));
    return all([values.length === 0 ? true : among(values), notValues.length === 0 ? true : not(among(notValues))]);
  }

  private has(key: string, value: string): Held {
    const { principal, sni, port, authority } = this.visitor;
    switch (key) {
      case 'source.principal': return principal !== undefined && this.isPrincipal(value);
      case 'source.namespace': return principal !== undefined && isLike(value, principal.namespace);
      case 'source.trustDomain': return principal !== undefined && matches(value, principal.trustDomain);
      case 'source.serviceAccount': return principal !== undefined
        && (value.includes('/') ? value : `${this.namespace}/${value}`) === `${principal.namespace}/${principal.account}`;
      case 'connection.sni': return sni !== undefined && matches(value, sni);
      case 'destination.port': return port === undefined ? undefined : Number(value) === port;
      case 'request.host': return authority === undefined ? undefined : matches(value.toLowerCase(), authority.toLowerCase());
      default: return undefined;
    }
  }

  /** Aliases of the trust domain are the same workloads. */
  private isPrincipal(value: string): boolean {
    const { namespace, account, trustDomain } = this.visitor.principal!;
    if (!value.includes('*') && !value.endsWith(`/ns/${namespace}/sa/${account}`)) {
      return false;
    }
    const domains = new Set([trustDomain, this.facts.trustDomain, ...this.facts.trustDomainAliases]);
    const isOurs = trustDomain === this.facts.trustDomain;
    // istiod takes `cluster.local` for the mesh's own trust domain.
    return (isOurs ? [...domains, 'cluster.local'] : [trustDomain]).some(domain => matches(value, `${domain}/ns/${namespace}/sa/${account}`));
  }
}

/** A field, the one of what it is not, and the condition that asks the same. Every client is compared with every policy: they are worked out once. */
interface Field {
  readonly field: string;
  readonly not: string;
  readonly key: string;
}

const SOURCES = fieldsOf({
  principals: 'source.principal',
  namespaces: 'source.namespace',
  trustDomains: 'source.trustDomain',
  serviceAccounts: 'source.serviceAccount',
  ipBlocks: 'source.ip',
  remoteIpBlocks: 'remote.ip',
  requestPrincipals: 'request.auth.principal',
});

const OPERATIONS = fieldsOf({ ports: 'destination.port', hosts: 'request.host', methods: 'request.method', paths: 'request.path' });

function fieldsOf(keys: { readonly [field: string]: string }): Field[] {
  return Object.entries(keys).map(([field, key]) => ({ field, not: `not${field.charAt(0).toUpperCase()}${field.slice(1)}`, key }));
}

function isOfRequests(key: string): boolean {
  return key.startsWith('request.');
}

/** `*` in front or at the end is any text; alone it is any that there is. */
function matches(pattern: string, text: string): boolean {
  if (pattern === '*') {
    return text !== '';
  }
  return pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
}

/** Of namespaces istiod makes a regular expression, with any text for each `*`. */
function isLike(pattern: string, namespace: string): boolean {
  return new RegExp(`^${pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(namespace);
}

function all(parts: readonly Held[]): Held {
  return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
}

function some(parts: readonly Held[]): Held {
  return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false;
}

function not(held: Held): Held {
  return held === undefined ? undefined : !held;
}
