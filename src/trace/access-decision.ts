import { couldSelect, GatewayPods } from './gateway-pods';
import { Cause, cause, causeText } from './hop';
import { MeshModel } from '../private/model';
import { AccessPolicy, AccessRule } from '../view/access-policy';
import { Fields, strings } from '../view/fields';
import { addTo } from '../view/lists';
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
export class PodPolicies {
  public readonly all: readonly { readonly policy: AccessPolicy; readonly isAssumed: boolean }[];
  private readonly notes: readonly string[];
  private readonly custom: readonly AccessPolicy[];
  private readonly deny: RuleTable;
  private readonly allow: RuleTable;

  public constructor(view: MeshView, pods: GatewayPods) {
    const { rootNamespace } = view.facts;
    this.all = view.accessPolicies
      .filter(({ object, hasTargetRefs, isDryRun }) => !hasTargetRefs && !isDryRun && [rootNamespace, pods.namespace].includes(object.namespace))
      .map(policy => ({ policy, fits: couldSelect(policy.selector, pods) }))
      .filter(({ fits }) => fits !== 'no').map(({ policy, fits }) => ({ policy, isAssumed: fits === 'perhaps' }));
    this.notes = this.all.filter(({ isAssumed }) => isAssumed)
      .map(({ policy }) => `'${policy.object.origin.path}' holds if the pods of the gateway have the labels that it selects, which the input does not show`);
    const of = (action: string) => this.all.map(({ policy }) => policy).filter(policy => policy.action === action);
    this.custom = of('CUSTOM');
    this.deny = new RuleTable(of('DENY'), view.facts);
    this.allow = new RuleTable(of('ALLOW'), view.facts);
  }

  /** What they decide: DENY before ALLOW, and with an ALLOW policy everything else is denied. */
  public decide(visitor: Visitor): AccessDecision {
    const decision = (admitted: AccessDecision['admitted'], text: string, causes: readonly Cause[], conditions: readonly string[] = []) => (
      { admitted, text, causes, conditions, notes: this.notes });
    const denied = this.deny.outcome(visitor);
    if (denied.held.length > 0) {
      return decision('no', 'a DENY policy matches', denied.held);
    }
    const isAllowing = this.allow.policies.length > 0;
    const allowed = this.allow.outcome(visitor);
    const conditions = [
      ...denied.open.map(rule => `unless ${causeText(rule)} denies the request`),
      ...this.custom.map(({ object }) => `if the provider of AuthorizationPolicy ${object.namespace}/${object.name} allows it`),
    ];
    if (isAllowing && allowed.held.length === 0 && allowed.open.length === 0) {
      return decision('no', 'ALLOW policies select the gateway, and none of their rules matches', this.allow.policies);
    }
    if (isAllowing && allowed.held.length === 0) {
      return decision('depends', 'an ALLOW policy may match, by the request', allowed.open, [...conditions, ...allowed.open.map(rule => (
        `if the request is one that ${causeText(rule)} allows`))]);
    }
    const causes = isAllowing ? allowed.held : this.deny.policies;
    const text = isAllowing ? 'an ALLOW policy matches' : this.all.length > 0 ? 'no policy denies it' : 'no policy selects the gateway';
    return decision(conditions.length > 0 ? 'depends' : 'yes', text, causes, conditions);
  }
}

interface PlacedRule {
  readonly policy: AccessPolicy;
  readonly rule: AccessRule;
  readonly place: number;
}

/** The rules of some policies. There may be one for each of a thousand server names or accounts: a visitor is compared with those that can be for it. */
class RuleTable {
  public readonly policies: readonly Cause[];
  private readonly byKey = new Map<string, PlacedRule[]>();
  private readonly others: PlacedRule[] = [];

  public constructor(policies: readonly AccessPolicy[], private readonly facts: MeshModel) {
    this.policies = policies.map(({ object }) => cause(object));
    policies.flatMap(policy => policy.rules.map(rule => ({ policy, rule }))).forEach((of, place) => {
      const keys = keysOf(of.rule);
      keys === undefined ? this.others.push({ ...of, place }) : new Set(keys).forEach(key => addTo(this.byKey, key, { ...of, place }));
    });
  }

  /** The rules that match a visitor, and those that may. */
  public outcome(visitor: Visitor): { readonly held: Cause[]; readonly open: Cause[] } {
    const { sni, principal } = visitor;
    const keys = [...sni === undefined ? [] : [nameKey(sni)], ...principal ? [accountKey(principal)] : []];
    const found = keys.flatMap(key => this.byKey.get(key) ?? []);
    const candidates = found.length === 0 ? this.others : [...this.others, ...found].sort((a, b) => a.place - b.place);
    const rules = candidates.map(of => ({ ...of, held: holds(of.policy, of.rule, visitor, this.facts) }));
    const causes = (wanted: Held) => rules.filter(({ held }) => held === wanted).map(({ policy, rule }) => cause(policy.object, rule.field));
    return { held: causes(true), open: causes(undefined) };
  }
}

/** What a visitor needs one of, or the rule does not match it; undefined where that cannot be told by one name. */
function keysOf({ sources, conditions }: AccessRule): string[] | undefined {
  const isExact = (values: readonly string[]) => values.length > 0 && !values.some(value => value.includes('*'));
  const names = conditions.find(({ key, values }) => key === 'connection.sni' && isExact(values))?.values;
  const principals = sources.map(source => strings(source.principals));
  return names ? names.map(nameKey)
    : sources.length > 0 && principals.every(isExact) ? principals.flat().flatMap(accountIn).map(accountKey) : undefined;
}

function nameKey(name: string): string {
  return `name ${name}`;
}

function accountKey({ namespace, account }: { readonly namespace: string; readonly account: string }): string {
  return `account ${namespace}/${account}`;
}

function accountIn(principal: string): { readonly namespace: string; readonly account: string }[] {
  const [, namespace, account] = /\/ns\/([^/]*)\/sa\/([^/]*)$/.exec(principal) ?? [];
  return account === undefined ? [] : [{ namespace, account }];
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
      case 'connection.sni': return sni !== undefined && matches(value, sni.toLowerCase());
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
  const [first, ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) {
    return namespace === first;
  }
  // Each part at its first place: an expression would try them all, which ends never for a few dozen stars.
  let at = first.length;
  for (const part of rest) {
    const found = namespace.indexOf(part, at);
    if (found < 0) {
      return false;
    }
    at = found + part.length;
  }
  return namespace.startsWith(first) && namespace.endsWith(last) && at + last.length <= namespace.length;
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
