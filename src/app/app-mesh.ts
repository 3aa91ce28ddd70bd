import { ApiObject, App } from 'cdk8s';
import { IConstruct } from 'constructs';
import { AppAcknowledgements } from './app-acknowledgements';
import { collect, constructOf } from './collect';
import { patchesOf } from './keyed-objects';
import { RenderedObjects } from './rendered-objects';
import { findingsIn, fixFor, Found } from '../findings/findings-in';
import { DEFAULT_FACTS, factsOver } from '../private/default-facts';
import { MeshModel, RuleModel } from '../private/model';
import { isValidatedByOthers, isWrittenByItself, validates } from '../private/validation';
import { CATALOGUE } from '../rules/catalogue';
import { Rule } from '../rules/rule';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

/** Traffic rules for a Service of the cluster, as the app's state knows them. */
export interface RuledService extends IConstruct {
  /** @internal */
  readonly _rules: readonly RuleModel[];
}

/** Where the root construct keeps the state: a symbol that every copy of the package in the process agrees on. */
const STATE = Symbol.for('cdk8s-istio-egress.AppMesh');

type Root = IConstruct & { [STATE]?: unknown };

/** The state of one app: the mesh it is for, the services it declares, the objects it writes and what rules find in them. */
export class AppMesh {
  public static of(construct: IConstruct): AppMesh {
    const root = construct.node.root as Root;
    const found = root[STATE];
    if (found === undefined) {
      const created = new AppMesh(root);
      Object.defineProperty(root, STATE, { value: created });
      return created;
    }
    if (!(found instanceof AppMesh)) {
      // Two copies would each check half of the app.
      throw new Error(`[${construct.node.path || 'app'}] this app uses two copies of cdk8s-istio-egress, which do not see each other's services: `
        + 'find them with "npm ls cdk8s-istio-egress" and keep one');
    }
    return found;
  }

  /** The state of an app in which there is something of the library. */
  public static find(app: IConstruct): AppMesh | undefined {
    return (app.node.root as Root)[STATE] === undefined ? undefined : AppMesh.of(app);
  }

  private readonly ruled = new Map<string, RuledService>();
  private readonly lockdowns = new Map<string, IConstruct>();
  private readonly virtualIps = new Map<string, string>();
  private readonly found = new Map<string, { readonly revision: number; readonly value: unknown }>();
  private readonly policies = new Map<string, IConstruct>();
  private readonly owners = new WeakMap<ApiObject, IConstruct>();
  private readonly reporting = new WeakSet<IConstruct>();
  private known: { readonly mesh: MeshModel; readonly declared: boolean } | undefined;
  private revision = 0;
  private looked?: { readonly at: string; readonly found: readonly Found[]; readonly errors: ReadonlyMap<IConstruct, readonly string[]> };
  private printed = '';
  private isWriting = false;
  /** What constructs said of themselves, while the app is written. */
  private readonly said = new Map<() => readonly string[], readonly string[]>();
  private readonly asked = new Set<() => readonly string[]>();
  private isLooking = false;
  /** What the rules saw, while the app is written and until something changes. */
  private rendered?: RenderedObjects;

  /** What somebody accepted. */
  public readonly acknowledgements: AppAcknowledgements;
  private rules: readonly Rule[] = CATALOGUE;

  private constructor(private readonly root: IConstruct) {
    this.acknowledgements = new AppAcknowledgements();
    // cdk8s validates the root first, in each of its passes.
    validates(root, () => this.look());
    this.wrap('synth');
    this.wrap('synthYaml');
  }

  /** The mesh. Once it was read it cannot be declared: objects were written for it. */
  public get mesh(): MeshModel {
    this.known ??= { mesh: DEFAULT_FACTS, declared: false };
    return this.known.mesh;
  }

  /** Declares the mesh, or says why it is too late. */
  public declareMesh(mesh: Partial<MeshModel>): 'declared already' | 'in use already with its defaults' | undefined {
    if (this.known) {
      return this.known.declared ? 'declared already' : 'in use already with its defaults';
    }
    this.known = { mesh: structuredClone(factsOver(DEFAULT_FACTS, mesh)), declared: true };
    return undefined;
  }

  /** The construct that stands for an object of the library in messages. */
  public own(object: ApiObject, owner: IConstruct): void {
    this.owners.set(object, owner);
    this.changed();
  }

  /** Whatever changes an object calls this: cdk8s validates the whole app once for each chart, and the rules look once. */
  public changed(): void {
    this.revision++;
    this.rendered = undefined;
  }

  /** What is found by looking at the whole app, looked for once until something changes: cdk8s validates every construct once for each chart. */
  public once<T>(what: string, look: () => T): T {
    const known = this.found.get(what);
    if (known?.revision === this.revision) {
      return known.value as T;
    }
    const value = look();
    this.found.set(what, { revision: this.revision, value });
    return value;
  }

  /** Takes the traffic rules of a host, or returns the construct that has them. */
  public claimRules(host: string, service: RuledService): RuledService | undefined {
    const taken = this.ruled.get(host);
    if (!taken) {
      this.ruled.set(host, service);
    }
    return taken;
  }

  /** Takes an address of the mesh's range for a host, or returns the host that has it: two hosts of one address were one service. */
  public claimVirtualIp(address: string, host: string): string | undefined {
    const taken = this.virtualIps.get(address);
    this.virtualIps.set(address, taken ?? host);
    return taken === host ? undefined : taken;
  }

  /** Takes a namespace for one lock-down, or returns the construct that has it. */
  public claimLockdown(namespace: string, lockdown: IConstruct): IConstruct | undefined {
    const taken = this.lockdowns.get(namespace);
    this.lockdowns.set(namespace, taken ?? lockdown);
    return taken;
  }

  public rulesOf(host: string): RuledService | undefined {
    return this.ruled.get(host);
  }

  /** Takes part in a policy that several services of a chart share. */
  public sharePolicy(policy: string, service: IConstruct): void {
    const first = this.policies.get(policy);
    if (first === undefined || isBefore(service, first)) {
      this.policies.set(policy, service);
    }
  }

  /** Whether the policy is written with this service: the first one in the tree that takes part in it, whatever the order of the calls. */
  public writesPolicy(policy: string, service: IConstruct): boolean {
    return this.policies.get(policy) === service;
  }

  /** The rules that look at the app. */
  public get ruleset(): readonly Rule[] {
    return this.rules;
  }

  /** Adds rules to those that look at the app. */
  public addRules(rules: readonly Rule[]): void {
    this.rules = [...this.rules, ...rules];
    this.changed();
  }

  /**
   * What the rules find, looked for once until something changes.
   *
   * @param today the day by which dependencies are judged
   */
  public findings(today?: string): readonly Found[] {
    return today === undefined ? this.looks().found : this.find(this.root.node.findAll(), today);
  }

  /** What an object was rendered as when the rules looked, if it is now written as that. */
  public takeRendered(object: ApiObject): unknown {
    return this.acknowledgements.changes(object) ? undefined : this.rendered?.take(object);
  }

  /** To be called by who writes the app when code of somebody was asked for a value, which may have changed objects that are not the library's. */
  public forgetForeign(): void {
    this.rendered?.forgetForeign();
  }

  /**
   * Lets a construct say what is wrong with it. While the app is written it is asked once until something changes: cdk8s asks once for each chart.
   *
   * @param problems finds them, now that every call was made
   */
  public validate(construct: IConstruct, problems: () => readonly string[]): void {
    validates(construct, () => [...this.isWriting ? this.saidBy(problems) : this.ask(problems)]);
  }

  private saidBy(problems: () => readonly string[]): readonly string[] {
    const said = this.said.get(problems) ?? this.ask(problems);
    this.said.set(problems, said);
    return said;
  }

  /** A value of an object may ask for a chart, which is validated then: whoever is being asked has nothing to add. */
  private ask(problems: () => readonly string[]): readonly string[] {
    if (this.asked.has(problems)) {
      return [];
    }
    this.asked.add(problems);
    try {
      return problems();
    } finally {
      this.asked.delete(problems);
    }
  }

  /** Lets the rules look at the whole app. The errors that they find are reported by the construct at fault. */
  private look(): string[] {
    if (this.isLooking) {
      // A value of an object asks for a chart, which is validated then. Whoever looks tells of everything.
      return [];
    }
    for (const construct of this.looks().errors.keys()) {
      if (construct !== this.root && !this.reporting.has(construct)) {
        this.reporting.add(construct);
        validates(construct, () => [...this.looked?.errors.get(construct) ?? []]);
      }
    }
    return [];
  }

  private looks() {
    const constructs = this.root.node.findAll();
    const at = this.stateOf(constructs);
    if (this.looked?.at !== at) {
      this.said.clear();
      const found = this.find(constructs);
      this.looked = { at, found, errors: errorsOf(found) };
      this.acknowledgements.write(found);
    }
    return this.looked;
  }

  /** Changes when an object does: by a call of the library, a new construct, or a patch of any object. */
  private stateOf(constructs: readonly IConstruct[]): string {
    const patches = constructs.reduce((sum, construct) => sum + patchesOf(construct).length, 0);
    return `${this.revision} ${constructs.length} ${patches}`;
  }

  private find(constructs: IConstruct[], today?: string): Found[] {
    if (this.isLooking) {
      throw new Error('the findings are asked for by a value that they depend on, such as a Lazy of an object: ask for them before, or when the app was written');
    }
    this.isLooking = true;
    try {
      return this.findIn(constructs, today);
    } finally {
      this.isLooking = false;
    }
  }

  private findIn(constructs: IConstruct[], today?: string): Found[] {
    return this.acknowledgements.hidden(() => {
      this.rendered = undefined;
      const rendered = new RenderedObjects(this.root, object => this.owners.has(object));
      const objects = collect(this.root, object => this.owners.get(object) ?? object, rendered, constructs);
      // Validations of others may change objects, and so may charts while they are written.
      const mayChange = constructs.some(construct => isValidatedByOthers(construct) || isWrittenByItself(construct));
      this.rendered = this.isWriting && !mayChange ? rendered : undefined;
      return findingsIn(new MeshView(this.mesh, objects, today), this.rules, this.acknowledgements);
    });
  }

  /** Prints warnings when the app was written, and not when a test renders a chart: cdk8s has no channel for them. */
  private wrap(method: 'synth' | 'synthYaml'): void {
    const app = this.root as App;
    if (typeof app[method] !== 'function') {
      return;
    }
    const write = app[method].bind(app);
    app[method] = () => {
      this.isWriting = true;
      try {
        const written = write();
        this.print();
        return written as never;
      } finally {
        this.isWriting = false;
        this.rendered = undefined;
        this.said.clear();
      }
    };
  }

  private print(): void {
    // Where nobody's code had its turn since the rules looked, they find the same.
    const found = this.rendered?.isOfPlainData ? this.looked!.found : this.findings();
    const warnings = linesOf(found.filter(({ rule, acknowledged }) => rule.severity === 'WARNING' && acknowledged === undefined));
    if (warnings !== this.printed && warnings !== '') {
      // eslint-disable-next-line no-console
      console.warn(warnings);
    }
    this.printed = warnings;
  }
}

function errorsOf(found: readonly Found[]): Map<IConstruct, string[]> {
  const errors = new Map<IConstruct, string[]>();
  for (const { rule, object, message, fix, acknowledged } of found) {
    if (rule.severity === 'ERROR' && acknowledged === undefined) {
      addTo(errors, constructOf(object), `[${rule.id}] ${message}; ${fixFor('code', fix)}`);
    }
  }
  return errors;
}

/** How many warnings are printed in full. */
const SHOWN = 20;

function linesOf(warnings: readonly Found[]): string {
  if (warnings.length === 0) {
    return '';
  }
  const lines = warnings.slice(0, SHOWN).map(({ rule, object, message, fix }) => `  [${object.origin.path}] ${rule.id} ${message}; ${fixFor('code', fix)}`);
  const more = warnings.length > SHOWN ? [`  and ${warnings.length - SHOWN} more, which MeshFindings.of(app).list() gives`] : [];
  return [`cdk8s-istio-egress: ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`, ...lines, ...more].join('\n');
}

/** Whether the objects of one construct are written before those of another. */
function isBefore(construct: IConstruct, other: IConstruct): boolean {
  const [path, others] = [construct.node.scopes, other.node.scopes];
  const parting = path.findIndex((scope, i) => scope !== others[i]);
  const siblings = path[parting - 1]?.node.children ?? [];
  return siblings.indexOf(path[parting]) < siblings.indexOf(others[parting]);
}
