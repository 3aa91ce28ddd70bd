import { IConstruct } from 'constructs';
import { findConflicts } from './conflicts';
import { ClientModel, MeshModel, ServiceModel } from './model';

/** What the registry knows of a service: enough to look at it when the app is synthesised. */
export interface RegisteredService {
  /** @internal */
  _model(): ServiceModel;
  /** Who may use it; asks the workloads for their accounts, so not part of the model that everything is made of. @internal */
  _clientModels(): ClientModel[];
}

const DEFAULT_MESH: MeshModel = { apiVersion: 'v1', trustDomain: 'cluster.local', clusterDomain: 'cluster.local', dnsCapture: false };

/** One for each app: the mesh it is for, every service outside of it, and every name that can be taken only once. */
export class Registry {
  public static of(construct: IConstruct): Registry {
    let root = construct;
    while (root.node.scope) {
      root = root.node.scope;
    }
    let registry = registries.get(root);
    if (!registry) {
      registry = new Registry();
      registries.set(root, registry);
    }
    return registry;
  }

  private readonly registered: RegisteredService[] = [];
  private readonly owners = new Map<string, IConstruct>();
  private conflicts: Map<RegisteredService, string[]> | undefined;
  private facts: { readonly mesh: MeshModel; readonly declared: boolean } | undefined;

  private constructor() {}

  public get services(): readonly RegisteredService[] {
    return this.registered;
  }

  public add(service: RegisteredService): void {
    this.registered.push(service);
    this.changed();
  }

  /** To be called by whatever changes a model: cdk8s validates the whole app once for every chart, the services are compared only once. */
  public changed(): void {
    this.conflicts = undefined;
  }

  /** The mesh; once it was read it cannot be declared any more, because objects were made for it. */
  public get mesh(): MeshModel {
    this.facts ??= { mesh: DEFAULT_MESH, declared: false };
    return this.facts.mesh;
  }

  /** Declares the mesh; says why not when it is too late for it. */
  public declareMesh(mesh: Partial<MeshModel>): 'declared already' | 'in use already with its defaults' | undefined {
    if (this.facts) {
      return this.facts.declared ? 'declared already' : 'in use already with its defaults';
    }
    const given = Object.entries(mesh).filter(([, value]) => value !== undefined);
    this.facts = { mesh: { ...DEFAULT_MESH, ...Object.fromEntries(given) }, declared: true };
    return undefined;
  }

  /** Takes a name that only one construct of the app may have; gives the construct that has it already, if there is one. */
  public claim(name: string, owner: IConstruct): IConstruct | undefined {
    const taken = this.owners.get(name);
    if (!taken) {
      this.owners.set(name, owner);
    }
    return taken;
  }

  /** Who has a name that only one construct may have. */
  public ownerOf(name: string): IConstruct | undefined {
    return this.owners.get(name);
  }

  public release(name: string): void {
    this.owners.delete(name);
  }

  /** What a service gets in the way of; to be asked when every call was made. */
  public conflictsOf(service: RegisteredService): readonly string[] {
    this.conflicts ??= this.findConflicts();
    return this.conflicts.get(service) ?? NONE;
  }

  private findConflicts(): Map<RegisteredService, string[]> {
    const byModel = new Map(this.registered.map(service => [service._model(), service]));
    const found = findConflicts([...byModel.keys()], this.mesh.dnsCapture);
    return new Map([...found].map(([model, messages]) => [byModel.get(model)!, messages]));
  }
}

const NONE: readonly string[] = [];
const registries = new WeakMap<IConstruct, Registry>();
