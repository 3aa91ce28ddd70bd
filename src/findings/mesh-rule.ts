import { isForeign } from './findings-in';
import { InventoryOf } from './inventory-of';
import { MeshInventory, MeshManifest } from './mesh-inventory';
import { checkString } from '../private/check';
import { Fail, failWith, quote } from '../private/fail';
import { nearest } from '../private/nearest';
import { CATALOGUE } from '../rules/catalogue';
import { Finding, Rule, Severity } from '../rules/rule';
import { MeshView } from '../view/mesh-view';

/** How bad a finding is. */
export enum FindingSeverity {
  /** Stops synth. */
  ERROR = 'ERROR',
  /** Is printed when the app is synthesised, and stops nothing. */
  WARNING = 'WARNING',
}

/** What a rule of an organisation says of one object. */
export interface MeshRuleFinding {
  /** The object at fault: one of the inventory, or that of a dependency. */
  readonly manifest: MeshManifest;

  /** What is wrong, with the value. */
  readonly message: string;

  /**
   * What to write instead.
   *
   * @default - the rule's `fix`
   */
  readonly fix?: string;

  /**
   * Where in the object, step by step, such as `['spec', 'ports', '0']`: `lint` says its line.
   *
   * @default - the object as a whole
   */
  readonly field?: string[];
}

/** A rule of an organisation, beside those of the catalogue. */
export interface IMeshRule {
  /** Capital letters, digits, `-` and `_`, such as `ACME-1`. Ids that begin with `MX` or `NJ-` are the library's. */
  readonly id: string;

  /** Words for it, joined by `-`, such as `owner-required`. */
  readonly name: string;

  /** How bad its findings are. */
  readonly severity: FindingSeverity;

  /** The mistake, one sentence. */
  readonly title: string;

  /** What happens if nobody mends it. */
  readonly why: string;

  /** What to write instead. */
  readonly fix: string;

  /**
   * Looks at everything.
   *
   * @param inventory the dependencies and all objects
   */
  check(inventory: MeshInventory): MeshRuleFinding[];
}

/**
 * Rules of an organisation, as the library's own.
 *
 * @param rules what somebody gives as rules
 * @param taken the rules that are there already
 * @throws for something that is no rule, and for an id that another rule has
 */
export function rulesFrom(rules: readonly unknown[], taken: readonly Rule[] = CATALOGUE): Rule[] {
  const added: Rule[] = [];
  for (const given of rules) {
    added.push(ruleFrom(given, [...taken, ...added]));
  }
  return added;
}

const SEVERITIES: readonly Severity[] = ['ERROR', 'WARNING'];

function ruleFrom(given: unknown, taken: readonly Rule[]): Rule {
  if (typeof given !== 'object' || given === null) {
    failWith('rule')(`must be an object with 'id', 'name', 'severity', 'title', 'why', 'fix' and 'check', got ${quote(given)}`);
  }
  const rule = given as IMeshRule;
  const fail = failWith(`rule ${typeof rule.id === 'string' && rule.id !== '' ? rule.id : '?'}`);
  checkRule(fail, rule);
  const other = taken.find(({ id }) => id === rule.id);
  if (other) {
    fail(`'id' ${quote(rule.id)} is that of the rule '${other.name}' already: give it another one`);
  }
  // Read once: a rule in another language is asked over a pipe.
  const { id, name, severity, title, why, fix } = rule;
  return { id, name, severity: severity as Severity, title, why, fix, related: [], check: view => findingsFrom(view, rule, fix) };
}

const PROPERTIES: readonly string[] = ['id', 'name', 'severity', 'title', 'why', 'fix', 'check'] satisfies (keyof IMeshRule)[];

/** A class may have more for itself, and what jsii makes of one in another language has its own marks. */
function checkProperties(fail: Fail, rule: IMeshRule): void {
  const extra = Object.getPrototypeOf(rule) !== Object.prototype ? undefined : Object.keys(rule).find(name => !PROPERTIES.includes(name) && !/^[$_]/.test(name));
  if (extra !== undefined) {
    const meant = nearest(extra, PROPERTIES);
    fail(`'${extra}' is not a property of a rule: ${meant === undefined ? `it has ${PROPERTIES.map(name => `'${name}'`).join(', ')}` : `did you mean '${meant}'?`}`);
  }
}

function checkRule(fail: Fail, rule: IMeshRule): void {
  checkProperties(fail, rule);
  checkString(fail, 'id', rule.id);
  if (!isForeign(rule.id)) {
    fail(`'id' must be capital letters, digits, "-" and "_", and not begin with "MX" or "NJ-", got ${quote(rule.id)}: write one like "ACME-1"`);
  }
  for (const property of ['name', 'title', 'why', 'fix'] as const) {
    checkString(fail, property, rule[property]);
  }
  if (!SEVERITIES.includes(rule.severity as Severity)) {
    fail(`'severity' must be one of ${SEVERITIES.map(quote).join(', ')}, got ${quote(rule.severity)}`);
  }
  if (typeof rule.check !== 'function') {
    fail(`'check' must be a function of the inventory that gives findings, got ${quote(rule.check)}`);
  }
}

/** What a rule found, at the objects of the view. What it throws here is named as its own fault, as whatever it throws itself. */
function findingsFrom(view: MeshView, rule: IMeshRule, fix: string): Finding[] {
  const found: unknown = rule.check(new InventoryOf(view));
  if (!Array.isArray(found)) {
    throw new Error(`'check' must give a list of findings, got ${quote(found)}`);
  }
  const objects = new Map(view.objects.map(object => [keyOf(object.kind, object.name, object.namespace, object.origin.path), object]));
  return (found as MeshRuleFinding[]).map(finding => {
    const { manifest, message } = finding ?? {};
    if (typeof message !== 'string' || message === '') {
      throw new Error(`a finding needs a 'message', got ${quote(message)}`);
    }
    // By what it is and where it comes from: another language hands out copies.
    const known = objects.get(keyOf(manifest?.kind, manifest?.name, manifest?.namespaceName ?? '', manifest?.path));
    if (known === undefined) {
      throw new Error(`a finding needs a 'manifest' of the inventory, got ${quote(manifest?.name)}`);
    }
    return { object: known, message, fix: finding.fix ?? fix, field: finding.field?.map(step => (/^\d+$/.test(step) ? Number(step) : step)) };
  });
}

function keyOf(...parts: unknown[]): string {
  return JSON.stringify(parts);
}
