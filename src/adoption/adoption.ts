import { AdoptedRoute, adoptRouted } from './adopted-route';
import { adoptDirect, Adopted, Refused } from './adopted-service';
import { CodeFields } from './code';
import { EndsCheck } from './ends-check';
import { factsCode } from './facts-code';
import { isWritable, keptCode } from './kept-object';
import { Program, run, Statement } from './program';
import { free, joined } from './words';
import { isDnsLabel, isDnsName } from '../private/check';
import { compareTexts } from '../private/order';
import { FileObject } from '../reading/file-object';
import { readManifests } from '../reading/manifests';
import { AccessTable } from '../report/access';
import { ExternalEntry } from '../view/external-entry';
import { addTo } from '../view/lists';
import { identityOf, MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { MESH } from '../view/route';

export { sourceOf } from './program';

/** An object of the input that a construct stands for. */
export interface AdoptedEntry {
  readonly object: MeshObject;
  /** The class of the construct. */
  readonly kind: string;
  readonly isRouted: boolean;
  /** The objects that go: the construct writes what they say under other names. */
  readonly replaced: readonly MeshObject[];
  readonly added: readonly string[];
  readonly notes: readonly string[];
}

export interface KeptObject {
  readonly object: MeshObject;
  readonly why: string;
}

/** A program for what was written by hand. */
export interface Adoption {
  readonly program: Program;
  readonly adopted: readonly AdoptedEntry[];
  readonly kept: readonly KeptObject[];
  /** Objects that have no part in egress, or that the library does not write: they stay where they are. */
  readonly left: readonly MeshObject[];
  /** Those of the left that would be kept if cdk8s could write them. */
  readonly unwritten: readonly MeshObject[];
  /** The whole input as it is when the program's objects are applied, and what they replace is gone. */
  readonly after: MeshView;
  /** What the library says of the app; synth stops with it. */
  readonly problems: readonly string[];
}

/** Makes a program of the objects of a view. What it makes of a service is kept only if connections end where they ended. */
export function adopt(view: MeshView): Adoption {
  const facts = factsCode(view.facts);
  // What may stand for an entry depends on no other one: it is found once, whatever is refused later.
  const access = new AccessTable(view);
  const offered = new Map(view.entries.map(entry => [entry, adoptEntry(view, entry, facts, access)]));
  const related = relatedTo(view);
  const refused = new Map<MeshObject, string>();
  for (;;) {
    const attempt = new Attempt(view, facts, offered, related, refused);
    const before = refused.size;
    attempt.taken.forEach((why, object) => refused.set(object, why));
    if (refused.size > before) {
      continue;
    }
    const check = new EndsCheck(view, access, attempt.after);
    attempt.services.forEach(({ entry, found }) => {
      const why = check.firstWrong(entry, found.gatewayPorts);
      why === undefined || refused.set(entry.object, why);
    });
    if (refused.size === before) {
      return attempt;
    }
  }
}

type Found = Adopted & Partial<AdoptedRoute>;

interface Service {
  readonly entry: ExternalEntry;
  readonly found: Found;
}

/** One try; what was refused before is kept. */
class Attempt implements Adoption {
  public readonly services: readonly Service[];
  public readonly adopted: readonly AdoptedEntry[];
  public readonly kept: readonly KeptObject[];
  public readonly left: readonly MeshObject[];
  public readonly unwritten: readonly MeshObject[];
  public readonly program: Program;
  public readonly after: MeshView;
  public readonly problems: readonly string[];
  /** The entries of which something would be written over another object, with why. */
  public readonly taken: ReadonlyMap<MeshObject, string>;
  private readonly statements = new Map<MeshObject, Statement>();

  public constructor(
    view: MeshView, facts: CodeFields, offered: ReadonlyMap<ExternalEntry, Found | Refused>, related: ReadonlyMap<MeshObject, string>,
    refused: ReadonlyMap<MeshObject, string>,
  ) {
    const reasons = new Map(refused);
    this.services = [...offered].filter(([{ object }]) => !refused.has(object)).flatMap(([entry, found]): Service[] => {
      if ('refused' in found) {
        reasons.set(entry.object, found.refused);
        return [];
      }
      return [{ entry, found }];
    });
    const replaced = new Set(this.services.flatMap(({ found }) => found.replaced));
    const adopted = new Set(this.services.map(({ entry }) => entry.object));
    const stays = view.objects.filter(object => related.has(object) && !adopted.has(object) && !replaced.has(object));
    this.unwritten = stays.filter(object => !isWritable((object as FileObject).manifest));
    this.kept = stays.filter(object => !this.unwritten.includes(object))
      .map(object => ({ object, why: reasons.get(object) ?? this.partOf(object, related.get(object)!) }));
    const standing = new Set([...adopted, ...replaced, ...this.kept.map(({ object }) => object)]);
    this.left = view.objects.filter(object => !standing.has(object));
    this.program = { facts, charts: this.charts() };
    const written = run(this.program);
    const manifests = { apiVersion: 'v1', kind: 'List', items: written.objects };
    const after = readManifests([{ file: 'the program', text: JSON.stringify(manifests), isNamed: true }]).objects;
    this.after = new MeshView(view.facts, [...this.left, ...after], view.today);
    this.problems = written.problems;
    const known = new Map(view.objects.filter(object => !adopted.has(object) && !replaced.has(object)).map(object => [identityOf(object), object]));
    const madeBy = new Map([...this.statements].map(([object, statement]) => [object, written.of.get(statement)!]));
    const readAs = new Map(written.objects.map((fields, i) => [fields, after[i]]));
    this.adopted = this.services.map(({ entry: { object }, found: { code, way, replaced: gone, added, notes } }) => ({
      object,
      kind: code.kind,
      isRouted: way !== undefined,
      replaced: gone,
      added,
      notes: [...notes, ...writtenElsewhere(object, madeBy.get(object)!.map(fields => readAs.get(fields)!))],
    }));
    this.taken = new Map([...madeBy].flatMap(([object, made]) => (
      made.flatMap(fields => nameTaken(readAs.get(fields)!, known)).slice(0, 1).map(why => [object, why] as const))));
  }

  /** Why something stays that is no service itself. What several routes share goes with none of them. */
  private partOf({ kind, spec }: MeshObject, host: string): string {
    const isShared = (kind === 'Gateway' || kind === 'DestinationRule' && spec.host !== host)
      && this.services.some(({ entry, found }) => found.way !== undefined && entry.hosts.includes(host));
    return isShared ? `${host} no longer needs it, and others may: delete it when none does` : `it belongs to ${host}`;
  }

  private charts(): Program['charts'] {
    const statements = new Map<string, Statement[]>();
    const idsOf = new Map<string, Set<string>>();
    const id = (namespace: string, text: string) => {
      const known = idsOf.get(namespace) ?? new Set();
      idsOf.set(namespace, known);
      return free(joined(text) || 'Service', known);
    };
    const egresses = new Map<string, string>();
    for (const { entry: { object }, found: { code, way } } of this.services) {
      let route: string | undefined;
      if (way !== undefined) {
        const key = JSON.stringify([object.namespace, way.gateway]);
        route = egresses.get(key) ?? id(object.namespace, 'Egress');
        if (!egresses.has(key)) {
          addTo(statements, object.namespace, { is: 'egress', id: route, gateway: way.gateway });
          egresses.set(key, route);
        }
      }
      const statement: Statement = { is: 'service', id: id(object.namespace, object.name), ...code, clients: way?.clients ?? [], route };
      this.statements.set(object, statement);
      addTo(statements, object.namespace, statement);
    }
    for (const { object, why } of this.kept) {
      const code = keptCode((object as FileObject).manifest);
      addTo(statements, object.namespace, { is: 'kept', id: id(object.namespace, `${object.kind}-${object.name}`), object: code, why });
    }
    // A chart is a property of its app, which has some already: a namespace may be called "constructor".
    const ids = new Set(Object.getOwnPropertyNames(Object.prototype));
    return [...statements].sort(([a], [b]) => compareTexts(a, b)).map(([namespace, all]) => ({ id: free(namespace.replaceAll('/', '--'), ids), namespace, statements: all }));
  }
}

/** What a construct writes into other namespaces than its own, such as the policy at the gateway. */
function writtenElsewhere({ namespace: own }: MeshObject, made: readonly MeshObject[]): string[] {
  const others = made.filter(({ namespace }) => namespace !== own).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  return others.length === 0 ? [] : [`comes with ${others.join(', ')}: who applies it may have to write there`];
}

/** Why an object cannot be written: another one has its name. One that says the same is written already. */
function nameTaken(object: MeshObject, known: ReadonlyMap<string, MeshObject>): string[] {
  const { kind, namespace, name, spec } = object;
  const other = known.get(identityOf(object));
  return other === undefined || JSON.stringify(other.spec) === JSON.stringify(spec) ? []
    : [`its construct would write ${kind} ${namespace}/${name}, and '${other.origin.path}' is another object of that name: rename one of the two`];
}

/** What may stand for an entry, or why nothing does. */
function adoptEntry(view: MeshView, entry: ExternalEntry, facts: CodeFields, access: AccessTable): Found | Refused {
  const { spec, namespace } = entry.object;
  const twin = entry.hosts.flatMap(host => view.names.entriesOf(host)).find(other => other !== entry && other.object.namespace === namespace);
  if (twin !== undefined) {
    return { refused: `'${twin.object.origin.path}' declares its host as well: make one of the two` };
  }
  if (spec.location === 'MESH_INTERNAL') {
    return { refused: 'it is for workloads of the mesh: its \'location\' is MESH_INTERNAL' };
  }
  if (spec.workloadSelector !== undefined) {
    return { refused: 'its \'workloadSelector\' takes the endpoints from WorkloadEntries and pods: VirtualMachineService writes such sets, and import does not' };
  }
  const isRouted = entry.hosts.some(host => view.names.detoursOf(host).length > 0);
  const found = isRouted ? adoptRouted(view, entry, facts, access) : adoptDirect(view, entry, facts);
  // The names of what goes are written into commands of a shell.
  const nameless = 'refused' in found ? undefined : [entry.object, ...found.replaced].find(({ namespace: place, name }) => !isDnsLabel(place) || !isDnsName(name));
  return nameless === undefined ? found : { refused: `the API server takes no ${nameless.kind} called ${JSON.stringify(nameless.name)} in namespace ${JSON.stringify(nameless.namespace)}` };
}

/** The objects that have a part in egress, each with the host that it is for. */
function relatedTo(view: MeshView): Map<MeshObject, string> {
  const found = new Map<MeshObject, string>();
  const know = (object: MeshObject, host: string) => found.has(object) || found.set(object, host);
  const hosts = new Set(view.entries.flatMap(entry => entry.hosts));
  view.entries.forEach(({ object, hosts: [host] }) => know(object, host));
  for (const route of view.routes) {
    const host = route.hosts.find(name => hosts.has(name));
    if (host === undefined) {
      continue;
    }
    know(route.object, host);
    route.gateways.filter(name => name !== MESH).forEach(name => {
      const gateway = view.names.gatewayOf(name);
      gateway && know(gateway.object, host);
    });
    for (const { destinations } of route.rules) {
      destinations.forEach(destination => view.names.trafficRulesOf(destination.host)
        .filter(({ object, subsets }) => (
          object.namespace === route.object.namespace && (subsets.length === 0 || subsets.some(({ name }) => name === destination.subset))))
        .forEach(({ object }) => know(object, host)));
    }
  }
  view.trafficRules.filter(({ host }) => hosts.has(host)).forEach(({ object, host }) => know(object, host));
  return found;
}

/** The objects that nobody writes any more once the program's are applied: those that were replaced, unless the program has one of that name. */
export function obsolete({ adopted, after }: Adoption): MeshObject[] {
  const written = new Set(after.objects.map(identityOf));
  return [...new Set(adopted.flatMap(({ replaced }) => replaced))].filter(object => !written.has(identityOf(object)));
}
