import { IConstruct } from 'constructs';
import { findConflicts } from './conflicts';
import { MeshModel, ServiceModel, ShareModel } from '../private/model';

/** A service outside the mesh, as the app's state knows it. */
export interface DeclaredService {
  /** @internal */
  _model(): ServiceModel;
}

/** Traffic rules for a Service of the cluster, as the app's state knows them. */
export interface RuledService extends IConstruct {
  /** @internal */
  readonly _shares: readonly ShareModel[];
}

const DEFAULTS: MeshModel = {
  apiVersion: 'v1',
  trustDomain: 'cluster.local',
  trustDomainAliases: [],
  clusterDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  dnsCapture: false,
};

/** Where the root construct keeps the state: a symbol that every copy of the package in the process agrees on. */
const STATE = Symbol.for('cdk8s-istio-egress.AppMesh');

type Root = IConstruct & { [STATE]?: unknown };

/** The state of one app: the mesh it is for, the services it declares, the names it takes. */
export class AppMesh {
  public static of(construct: IConstruct): AppMesh {
    const root = construct.node.root as Root;
    const found = root[STATE];
    if (found === undefined) {
      const created = new AppMesh();
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

  private readonly declared: DeclaredService[] = [];
  private readonly ruled = new Map<string, RuledService>();
  private readonly objects = new Map<string, IConstruct>();
  private readonly atGateways = new Map<string, IConstruct>();
  private readonly policies = new Map<string, DeclaredService>();
  private conflicts: Map<DeclaredService, string[]> | undefined;
  private known: { readonly mesh: MeshModel; readonly declared: boolean } | undefined;

  private constructor() {}

  /** The mesh. Once it was read it cannot be declared: objects were written for it. */
  public get mesh(): MeshModel {
    this.known ??= { mesh: DEFAULTS, declared: false };
    return this.known.mesh;
  }

  /** Declares the mesh, or says why it is too late. */
  public declareMesh(mesh: Partial<MeshModel>): 'declared already' | 'in use already with its defaults' | undefined {
    if (this.known) {
      return this.known.declared ? 'declared already' : 'in use already with its defaults';
    }
    const given = Object.entries(mesh).filter(([, value]) => value !== undefined);
    this.known = { mesh: { ...DEFAULTS, ...Object.fromEntries(given) }, declared: true };
    return undefined;
  }

  public addService(service: DeclaredService): void {
    this.declared.push(service);
    this.changed();
  }

  /** Every change of a model calls this: cdk8s validates the whole app once for each chart, and services are compared once. */
  public changed(): void {
    this.conflicts = undefined;
  }

  /** Takes the traffic rules of a host, or returns the construct that has them. */
  public claimRules(host: string, service: RuledService): RuledService | undefined {
    return claim(this.ruled, host, service);
  }

  public rulesOf(host: string): RuledService | undefined {
    return this.ruled.get(host);
  }

  /** Takes an object's identity, or returns the construct that has it. */
  public claimObject(identity: string, object: IConstruct): IConstruct | undefined {
    return claim(this.objects, identity, object);
  }

  public releaseObject(identity: string): void {
    this.objects.delete(identity);
  }

  /** Takes something that a gateway has once (a plaintext port, a server name, a subset), or returns the service that has it. */
  public claimAtGateway(what: string, service: IConstruct): IConstruct | undefined {
    return claim(this.atGateways, what, service);
  }

  /** Takes part in a policy that several services of a chart share. */
  public sharePolicy(policy: string, service: DeclaredService): void {
    const first = this.policies.get(policy);
    if (first === undefined || this.declared.indexOf(service) < this.declared.indexOf(first)) {
      this.policies.set(policy, service);
    }
  }

  /** Whether the policy is written with this service: the first one declared that takes part in it, whatever the order of the calls. */
  public writesPolicy(policy: string, service: DeclaredService): boolean {
    return this.policies.get(policy) === service;
  }

  /** What a service conflicts with; complete once every call was made. */
  public conflictsOf(service: DeclaredService): readonly string[] {
    this.conflicts ??= this.findConflicts();
    return this.conflicts.get(service) ?? [];
  }

  private findConflicts(): Map<DeclaredService, string[]> {
    const byModel = new Map(this.declared.map(service => [service._model(), service]));
    const found = findConflicts([...byModel.keys()], this.mesh.dnsCapture);
    return new Map([...found].map(([model, messages]) => [byModel.get(model)!, messages]));
  }
}

function claim<T>(table: Map<string, T>, key: string, owner: T): T | undefined {
  const taken = table.get(key);
  if (taken === undefined) {
    table.set(key, owner);
  }
  return taken;
}
