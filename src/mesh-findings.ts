import { IConstruct } from 'constructs';
import { AppMesh } from './app/app-mesh';
import { constructOf } from './app/collect';
import { isReason, parseAcknowledgements, writeAcknowledgement } from './findings/acknowledgement';
import { fixFor, Found, isForeign } from './findings/findings-in';
import { FindingSeverity, IMeshRule, rulesFrom } from './findings/mesh-rule';
import { checkBoolean, checkProps } from './private/check';
import { isDate } from './private/date';
import { checkConstruct, Fail, failAt, failWith, quote } from './private/fail';
import { nearest } from './private/nearest';
import { CATALOGUE } from './rules/catalogue';
import { fieldText } from './view/fields';

/** Which findings are listed. */
export interface ListFindingsOptions {
  /**
   * The day by which dependencies are judged, as `2027-01-31`: one whose `expires` is before it is a finding.
   *
   * @default - no dependency has expired
   */
  readonly today?: string;

  /**
   * Whether findings that were acknowledged are listed too, with the reason.
   *
   * @default false
   */
  readonly includeAcknowledged?: boolean;
}

/** Which findings of a rule are accepted. */
export interface AcknowledgeOptions {
  /**
   * The place in the object, as findings have it, such as `spec.ports[0]`. A finding of the same rule at another place of the object, today or later, is not
   * accepted.
   *
   * @default - every place
   */
  readonly field?: string;
}

/** What a rule found, as plain data. */
export interface MeshFinding {
  /** The id of the rule, such as `MX0203`. */
  readonly id: string;
  /** The name of the rule, such as `port-captured-twice`. */
  readonly name: string;
  /** How bad it is. */
  readonly severity: FindingSeverity;
  /** The path of the construct at fault. */
  readonly path: string;
  /**
   * Where it is in the object, such as `spec.ports[0]`.
   *
   * @default - it is about the object as a whole
   */
  readonly field?: string;
  /** What is wrong, with the value. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
  /**
   * The reason for which it was accepted.
   *
   * @default - it was not
   */
  readonly acknowledged?: string;
}

/**
 * What the rules find when they look at the whole app. An error stops synth; a warning is printed to stderr when the app is synthesised.
 *
 * @example
 * for (const finding of MeshFindings.of(app).list()) {
 *   console.log(`${finding.id} ${finding.path} ${finding.message}`);
 * }
 *
 * @see https://istio.io/latest/docs/ops/diagnostic-tools/istioctl-analyze/
 */
export class MeshFindings {
  /**
   * The findings of a construct and of everything below it.
   *
   * @param scope the app, a chart, or a construct in it
   * @throws for something that is no construct
   */
  public static of(scope: IConstruct): MeshFindings {
    checkConstruct(failWith('MeshFindings.of()'), 'MeshFindings.of()', scope, 'the app, a chart or a construct in it');
    return new MeshFindings(scope);
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * What the rules find now, in the order of the rules. Complete once every call was made. What a construct refuses at synth by itself has no id and is
   * not among them.
   *
   * @param options the day, and whether acknowledged findings are listed
   * @throws for a day that is none, when a rule fails, for an object that cannot be rendered, and for a call by a value that the findings depend on, such as a `Lazy` of an object
   */
  public list(options: ListFindingsOptions = {}): MeshFinding[] {
    checkProps(failAt(this.scope), 'list()', options, { today: checkDay, includeAcknowledged: checkBoolean });
    return AppMesh.of(this.scope).findings(options.today)
      .filter(({ acknowledged }) => options.includeAcknowledged || acknowledged === undefined)
      .filter(({ object }) => constructOf(object).node.scopes.includes(this.scope))
      .map(described);
  }

  /**
   * Accepts the findings of a rule, for this construct and everything below it. They do not stop synth and are not printed. The reason is written to their
   * objects as the annotation `cdk8s-istio-egress/acknowledge`, where `lint` finds it too. An acknowledgement that matches nothing is itself a finding.
   *
   * @param id the id of the rule
   * @param reason why the findings are accepted, for whoever reads it later
   * @param options the place in the object, when not all findings of the rule are accepted
   * @throws for an id that no rule has, a rule whose findings cannot be accepted, an empty reason, and a place that is none
   *
   * @example
   * new ExternalTcp(chart, 'Orders', { host: 'orders.example.com', ports: [5433], resolution: Resolution.dns() });
   * const stock = new ExternalTcp(chart, 'Stock', { host: 'stock.example.com', ports: [5433], resolution: Resolution.dns() });
   * MeshFindings.of(stock).acknowledge('MX0203', 'moves to its own port on Monday, nobody uses it before', { field: 'spec.ports[0]' });
   */
  public acknowledge(id: string, reason: string, options: AcknowledgeOptions = {}): void {
    const fail = failAt(this.scope);
    checkProps(fail, 'acknowledge()', options, { field: checkField });
    const written = typeof reason === 'string' ? reason.trim().replace(/\s+/g, ' ') : '';
    if (!isReason(written)) {
      fail(`acknowledge() needs a reason, got ${quote(reason)}: say why the finding is accepted`);
    }
    checkId(fail, id);
    const [read, ...more] = parseAcknowledgements(writeAcknowledgement({ id, field: options.field, reason: written }));
    if (more.length > 0) {
      fail(`acknowledge() needs a reason for one rule, got ${quote(reason)}, which reads as "${read.reason}" and another one for ${more[0].id}: call it for each`);
    }
    const app = AppMesh.of(this.scope);
    app.acknowledgements.add(this.scope, { id, field: options.field, reason: written });
    app.changed();
  }

  /**
   * Adds a rule of your organisation to those of the library. It looks at the whole app.
   *
   * @param rule the rule
   * @throws for a construct that is not the app, for something that is no rule, and for an id that another rule has
   *
   * @example
   * class OwnerRequired implements IMeshRule {
   *   public readonly id = 'ACME-1';
   *   public readonly name = 'owner-required';
   *   public readonly severity = FindingSeverity.WARNING;
   *   public readonly title = 'A dependency has no owner.';
   *   public readonly why = 'Nobody can be asked whether it is still used.';
   *   public readonly fix = 'Give \'owner\'.';
   *
   *   public check(mesh: MeshInventory): MeshRuleFinding[] {
   *     const found: MeshRuleFinding[] = [];
   *     for (const dependency of mesh.dependencies) {
   *       if (dependency.owner === undefined) {
   *         found.push({ manifest: dependency.manifest, message: `nobody answers for ${dependency.hosts}` });
   *       }
   *     }
   *     return found;
   *   }
   * }
   *
   * MeshFindings.of(app).addRule(new OwnerRequired());
   */
  public addRule(rule: IMeshRule): void {
    const { root } = this.scope.node;
    if (this.scope !== root) {
      failAt(this.scope)('addRule() is for the whole app, which the rule looks at: call MeshFindings.of(app).addRule()');
    }
    const app = AppMesh.of(root);
    app.addRules(rulesFrom([rule], app.ruleset));
  }
}

function described({ rule, object, field, message, fix, acknowledged }: Found): MeshFinding {
  return {
    id: rule.id,
    name: rule.name,
    severity: rule.severity as FindingSeverity,
    path: object.origin.path,
    field: fieldText(field ?? []) || undefined,
    message,
    fix: fixFor('code', fix),
    acknowledged,
  };
}

/** The id of an organisation's rule may come later: it is looked for at synth. */
function checkId(fail: Fail, id: unknown): void {
  const rule = CATALOGUE.find(candidate => candidate.id === id);
  if (rule?.isFinal) {
    fail(`acknowledge() has no effect for ${rule.id} ${rule.name}, whose findings cannot be acknowledged: mend what it reports`);
  }
  if (rule === undefined && !(typeof id === 'string' && isForeign(id))) {
    const meant = typeof id === 'string' ? nearest(id, CATALOGUE.map(candidate => candidate.id)) : undefined;
    fail(`acknowledge() needs the id of a rule, got ${quote(id)}${meant === undefined ? ': docs/rules.md has them' : `: did you mean "${meant}"?`}`);
  }
}

function checkField(fail: Fail, property: string, value: unknown): void {
  if (typeof value !== 'string' || !/^[^\s:;]+$/.test(value)) {
    fail(`'${property}' must be a place in an object like "spec.ports[0]", as findings have it, got ${quote(value)}`);
  }
}

function checkDay(fail: Fail, property: string, value: unknown): void {
  if (typeof value !== 'string' || !isDate(value)) {
    fail(`'${property}' must be a day like "2027-01-31", got ${quote(value)}`);
  }
}
