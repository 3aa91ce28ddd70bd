import { Cause, cause } from './hop';
import { byAgeAndName } from '../view/age';
import { Fields, labelsOf, number, record, records, selects, strings, text } from '../view/fields';
import { mostSpecific } from '../view/host-match';
import { KnownService } from '../view/known-service';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { ClientTlsSettings, TrafficRule } from '../view/traffic-rule';

/** A part of a DestinationRule, with the rule that it stands in. */
interface Part {
  readonly rule: TrafficRule;
  readonly value: Fields;
  readonly field: readonly (string | number)[];
}

/** What istiod makes of the DestinationRules of one host in one namespace that it merges. */
export interface MergedRule {
  readonly namespace: string;
  readonly exportTo: readonly string[];
  /** The labels of the workloads that it is for; undefined for all of them. */
  readonly selector?: { readonly [label: string]: string };
  readonly from: readonly TrafficRule[];
  readonly policy?: Part;
  /** By their names. */
  readonly subsets: ReadonlyMap<unknown, Part>;
}

/** One that rules are still merged into. */
interface OpenRule extends MergedRule {
  /** `exportTo` and the selector, as text that can be compared. */
  readonly exported: string;
  readonly selected: string;
  readonly from: TrafficRule[];
  policy?: Part;
  readonly subsets: Map<unknown, Part>;
}

/** What a proxy speaks to a destination. */
export interface DestinationTls extends ClientTlsSettings {
  readonly rule: TrafficRule;
  /** Whether it names a client certificate among the files of the proxy. */
  readonly certificate: boolean;
}

/** The DestinationRules as istiod finds them. */
export class RuleLookup {
  private readonly local = new Map<string, Map<string, OpenRule[]>>();
  private readonly exported = new Map<string, Map<string, OpenRule[]>>();
  private readonly rootLocal = new Map<string, OpenRule[]>();

  public constructor(private readonly view: MeshView) {
    const rules = [...view.trafficRules].sort((a, b) => (
      Number(a.workloadSelector === undefined) - Number(b.workloadSelector === undefined) || byAgeAndName(a.object, b.object)));
    for (const rule of rules) {
      const { namespace } = rule.object;
      // A rule with a selector is for its own namespace.
      const exportTo = rule.workloadSelector ? ['.'] : [...new Set(strings(rule.object.spec.exportTo))].sort();
      if (exportTo.length === 0 || exportTo.some(target => ['*', '.', namespace].includes(target))) {
        merge(inside(this.local, namespace), rule, exportTo);
      }
      // Of the mesh's default, istiod honors only `.` and `*`.
      const isPrivate = exportTo.length === 0 ? view.facts.defaultDestinationRuleExportTo?.includes('.') : exportTo.length === 1 && ['.', namespace].includes(exportTo[0]);
      if (!isPrivate) {
        merge(inside(this.exported, namespace), rule, exportTo);
      } else if (namespace === view.facts.rootNamespace) {
        merge(this.rootLocal, rule, exportTo);
      }
    }
  }

  /** The rule that a proxy uses for a service. */
  public ruleOf(namespace: string, labels: { readonly [label: string]: string }, service: KnownService): MergedRule | undefined {
    let all: MergedRule | undefined;
    for (const rule of this.candidates(namespace, service)) {
      if (rule.selector === undefined) {
        all = rule;
      } else if (rule.namespace === namespace && selects(rule.selector, labels)) {
        return rule;
      }
    }
    return all;
  }

  /** Rules for the host that a proxy does not use, because they are elsewhere or others come before them. */
  public unused(used: MergedRule | undefined, service: KnownService): TrafficRule[] {
    const known = new Set(used?.from);
    return this.view.names.trafficRulesOf(service.host).filter(rule => !known.has(rule));
  }

  private candidates(namespace: string, { host, namespace: of }: KnownService): readonly MergedRule[] {
    const own = namespace === this.view.facts.rootNamespace ? this.rootLocal : this.local.get(namespace);
    const found = matching(own, host);
    if (found) {
      return found;
    }
    for (const where of [of, this.view.facts.rootNamespace]) {
      const seen = (matching(this.exported.get(where), host) ?? [])
        .filter(({ exportTo }) => exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(namespace));
      if (seen.length > 0) {
        return seen;
      }
    }
    return [];
  }
}

/** TLS of a rule towards a port of the destination; a port's policy replaces that of all ports, a subset's overrides that of the rule. */
export function tlsOf(rule: MergedRule | undefined, port: number, subset: string | undefined): DestinationTls | undefined {
  const own = subset === undefined ? undefined : subsetOf(rule, subset);
  const base = rule?.policy && at(rule.policy, port);
  if (own?.value.trafficPolicy === undefined) {
    return base && tlsIn(base.part);
  }
  const over = at({ rule: own.rule, value: record(own.value.trafficPolicy), field: [...own.field, 'trafficPolicy'] }, port);
  return over.part.value.tls !== undefined || over.isOfPort ? tlsIn(over.part) : base && tlsIn(base.part);
}

/** Where a proxy lets the next one connect to, by CONNECT or POST. */
export interface Tunnel {
  readonly host: string;
  readonly port: number;
  readonly cause: Cause;
}

/** The tunnel of a destination: a subset has its own or none. */
export function tunnelOf(rule: MergedRule | undefined, subset: string | undefined): Tunnel | undefined {
  const own = subset === undefined ? undefined : subsetOf(rule, subset);
  const part = subset === undefined ? rule?.policy
    : own && { rule: own.rule, value: record(own.value.trafficPolicy), field: [...own.field, 'trafficPolicy'] };
  const { targetHost, targetPort } = record(part?.value.tunnel);
  const [host, port] = [text(targetHost), number(targetPort)];
  return host === undefined || port === undefined ? undefined : { host, port, cause: cause(part!.rule.object, [...part!.field, 'tunnel']) };
}

/** Whose certificates a proxy takes, as the facts of a hop. */
export function trustOf({ caCertificates = '', credentialName = '', insecureSkipVerify }: DestinationTls): { readonly [name: string]: string } {
  return { caCertificates, credentialName, insecureSkipVerify: String(insecureSkipVerify) };
}

export function subsetOf(rule: MergedRule | undefined, subset: string): Part | undefined {
  return rule?.subsets.get(subset);
}

/** The labels of the endpoints of a subset. */
export function subsetLabels(part: Part): { readonly [label: string]: string } {
  return labelsOf(part.value.labels);
}

function at(part: Part, port: number): { readonly part: Part; readonly isOfPort: boolean } {
  const ports = records(part.value.portLevelSettings);
  const i = ports.findIndex(settings => number(record(settings.port).number) === port);
  return i < 0 ? { part, isOfPort: false } : { part: { ...part, value: ports[i], field: [...part.field, 'portLevelSettings', i] }, isOfPort: true };
}

function tlsIn({ rule, value, field }: Part): DestinationTls | undefined {
  if (value.tls === undefined) {
    return undefined;
  }
  const tls = record(value.tls);
  return {
    rule,
    certificate: text(tls.clientCertificate) !== undefined && text(tls.privateKey) !== undefined,
    insecureSkipVerify: tls.insecureSkipVerify === true,
    mode: (text(tls.mode) ?? 'DISABLE') as ClientTlsSettings['mode'],
    sni: text(tls.sni)?.toLowerCase(),
    subjectAltNames: strings(tls.subjectAltNames),
    caCertificates: text(tls.caCertificates),
    credentialName: text(tls.credentialName),
    field: [...field, 'tls'],
  };
}

function inside(maps: Map<string, Map<string, OpenRule[]>>, namespace: string): Map<string, OpenRule[]> {
  const known = maps.get(namespace) ?? new Map<string, OpenRule[]>();
  maps.set(namespace, known);
  return known;
}

function matching(rules: ReadonlyMap<string, readonly MergedRule[]> | undefined, host: string): readonly MergedRule[] | undefined {
  const found = rules && mostSpecific(host, rules);
  return found === undefined ? undefined : rules!.get(found);
}

/** istiod merges a rule with those of the same `exportTo`; one without a selector disappears in one that has one and the same `exportTo`. */
function merge(rules: Map<string, OpenRule[]>, rule: TrafficRule, exportTo: readonly string[]): void {
  const [exported, selected] = [exportTo.join(' '), JSON.stringify(sorted(rule.workloadSelector))];
  let isOwn = true;
  for (const known of rules.get(rule.host) ?? []) {
    isOwn = known.exported !== exported;
    // One that is exported further goes into the narrower one, and may stand for itself.
    if (isOwn && (known.exportTo.length === 0 || !known.exportTo.every(target => exportTo.includes(target)))) {
      continue;
    }
    const bothSelect = known.selector !== undefined && rule.workloadSelector !== undefined;
    if (bothSelect && known.selected !== selected) {
      isOwn = true;
      continue;
    }
    isOwn = isOwn && (known.selector === undefined) !== (rule.workloadSelector === undefined);
    known.from.push(rule);
    subsetParts(rule).forEach(part => addSubset(known.subsets, part));
    known.policy ??= policyPart(rule);
  }
  if (isOwn) {
    const subsets = new Map<unknown, Part>();
    subsetParts(rule).forEach(part => addSubset(subsets, part));
    addTo(rules, rule.host, {
      namespace: rule.object.namespace,
      exportTo,
      exported,
      selector: rule.workloadSelector,
      selected,
      from: [rule],
      policy: policyPart(rule),
      subsets,
    });
  }
}

/** Of two subsets of one name the first holds. */
function addSubset(subsets: Map<unknown, Part>, part: Part): void {
  if (!subsets.has(part.value.name)) {
    subsets.set(part.value.name, part);
  }
}

function sorted(labels: { readonly [label: string]: string } = {}): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}

function policyPart(rule: TrafficRule): Part | undefined {
  const { trafficPolicy } = rule.object.spec;
  return trafficPolicy === undefined ? undefined : { rule, value: record(trafficPolicy), field: ['spec', 'trafficPolicy'] };
}

function subsetParts(rule: TrafficRule): Part[] {
  return records(rule.object.spec.subsets).map((value, i) => ({ rule, value, field: ['spec', 'subsets', i] }));
}
