import { Access, AccessTable } from './access';
import { answerKey, isOpen, VERDICT_ORDER } from './answer';
import { ANY_OTHER, byClient, Client, clientKey, clientName } from './client';
import { dependenciesIn, Dependency, Target, targetKey } from './dependency';
import { Door, doorsIn, doorsOf } from './door';
import { gatewayDoorsIn } from './gateway-door';
import { namesText } from './names';
import { Opening, Openings } from './opening';
import { Owners } from './owners';
import { representativesIn } from './representative';
import { clientsIn } from './shown-clients';
import { Sources } from './sources';
import { Problem } from '../reading/problem';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

/** A dependency, and who reaches it. */
export interface DependencyReport extends Dependency {
  /** Each client with each host and port. */
  readonly access: readonly Access[];
  /** Who gets there by asking for something else. */
  readonly doors: readonly Door[];
  /** Who else could reach it. */
  readonly openings: readonly Opening[];
}

/** Who reaches what, by which way, and who else could. */
export interface Report {
  readonly view: MeshView;
  readonly clients: readonly Client[];
  readonly dependencies: readonly DependencyReport[];
  readonly sources: Sources;
  /** What could not be read, and is missing. */
  readonly unread: readonly Problem[];
  /** Who is not asked about, because that would be too much. */
  readonly leftOut: readonly string[];
}

/** What a report asks about beside what its input shows. */
export interface MoreToAsk {
  readonly clients?: readonly Client[];
  /** What of the input could not be read. */
  readonly unread?: readonly Problem[];
  /** Where the view is asked, when somebody else asks it too. */
  readonly table?: AccessTable;
}

/** Looks who reaches what. */
export function reportOf(view: MeshView, { clients: more = [], unread = [], table = new AccessTable(view) }: MoreToAsk = {}): Report {
  const { proxies } = table.tracer;
  const all = dependenciesIn(view);
  const doorTargets = doorsIn(proxies, all);
  const representatives = representativesIn(view);
  const differing = table.differing(representatives.clients, [...all.flatMap(({ targets }) => targets), ...doorTargets]);
  const clients = clientsIn(view, [...more, ...differing]);
  const askedFor = (targets: readonly Target[]) => targets.flatMap(target => clients.flatMap(client => table.of(client, target)));
  const asked = all.map(dependency => ({ ...dependency, access: askedFor(dependency.targets) }));
  const owners = new Owners(view, asked);
  const doors = doorsOf(owners, [...asked.flatMap(({ access }) => access), ...askedFor(doorTargets)]);
  const [openings, atGateways] = [new Openings(view, clients), gatewayDoorsIn(proxies, owners)];
  const dependencies = asked.map((dependency): DependencyReport => {
    const found = { ...dependency, doors: doors.get(dependency) ?? [] };
    return { ...found, openings: openings.of(dependency, allAccessOf(found), atGateways.get(dependency) ?? []) };
  });
  return { view, clients, dependencies, sources: new Sources(view), unread, leftOut: representatives.leftOut };
}

/** Clients of a dependency that get the same answers. */
export interface AccessGroup {
  readonly clients: readonly Access[];
  /** The answers, and the hosts and ports that have them; without any when all have the same. */
  readonly answers: readonly { readonly answer: Access; readonly targets: readonly Target[] }[];
}

/** The clients of a group for a person. */
export function groupNames({ clients }: Pick<AccessGroup, 'clients'>, { access }: Pick<DependencyReport, 'access'>): string[] {
  const all = ALL_ACCOUNTS.get(access) ?? accountsByNamespace(access.map(({ client }) => client));
  ALL_ACCOUNTS.set(access, all);
  return namesAmong(clients, all);
}

/** The accounts of a dependency, which each of its groups asks for: there may be a group for each of a thousand clients. */
const ALL_ACCOUNTS = new WeakMap<readonly Access[], Accounts>();

type Accounts = ReadonlyMap<string, ReadonlySet<string>>;

/** Some of all clients for a person: a namespace of which none is missing is one name. */
export function namesOf(some: readonly Pick<Access, 'client' | 'workloads'>[], all: readonly Client[]): string[] {
  return namesAmong(some, accountsByNamespace(all));
}

function namesAmong(some: readonly Pick<Access, 'client' | 'workloads'>[], theirs: Accounts): string[] {
  const mine = accountsByNamespace(some.map(({ client }) => client));
  const differing = new Set(some.filter(({ workloads }) => workloads.length > 0).map(({ client }) => client.namespace));
  const whole = [...mine.keys()].filter(namespace => mine.get(namespace)!.size === theirs.get(namespace)?.size && !differing.has(namespace));
  if (whole.includes(ANY_OTHER) && theirs.size === whole.length) {
    return ['everybody'];
  }
  const named = whole.filter(namespace => namespace !== ANY_OTHER).map(namespace => namespace || '(no namespace)');
  return [
    ...some.filter(({ client }) => !whole.includes(client.namespace)).map(accessName), ...named.length === 0 ? [] : [`every account of ${namesText(named)}`],
    ...whole.includes(ANY_OTHER) ? [clientName({ namespace: ANY_OTHER, account: ANY_OTHER })] : [],
  ];
}

function accountsByNamespace(clients: readonly Client[]): Accounts {
  const found = new Map<string, Set<string>>();
  clients.forEach(client => found.set(client.namespace, (found.get(client.namespace) ?? new Set()).add(clientKey(client))));
  return found;
}

/** A client with those of its workloads that an answer is about. */
export function accessName({ client, workloads }: Pick<Access, 'client' | 'workloads'>): string {
  return `${clientName(client)}${workloads.length === 0 ? '' : ` (${workloads.join(', ')})`}`;
}

/** The clients of a dependency, those that reach it first. */
export function groupsOf({ access, targets }: Pick<DependencyReport, 'access' | 'targets'>): AccessGroup[] {
  const byClientAndWorkloads = new Map<string, Access[]>();
  for (const one of access) {
    addTo(byClientAndWorkloads, [clientKey(one.client), ...one.workloads].join('\n'), one);
  }
  interface Answered { readonly targets: readonly Target[]; readonly all: Access[] }
  const groups = new Map<string, { readonly clients: Access[]; readonly answers: readonly Answered[] }>();
  const numbers = new Map<string, number>();
  const numberOf = (one: Access) => {
    const key = answerKey(one);
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  for (const ofClient of byClientAndWorkloads.values()) {
    const answers = new Map<number, Access[]>();
    ofClient.forEach(one => addTo(answers, numberOf(one), one));
    const key = JSON.stringify([...answers].map(([answer, all]) => [answer, all.map(({ target }) => targetKey(target))]));
    const group = groups.get(key) ?? {
      clients: [],
      answers: [...answers.values()].map(all => (
        { targets: answers.size === 1 && all.length === targets.length ? [] : all.map(({ target }) => target), all: [] })),
    };
    group.clients.push(ofClient[0]);
    [...answers.values()].forEach((all, i) => all.forEach(one => group.answers[i].all.push(one)));
    groups.set(key, group);
  }
  const whole = [...groups.values()].map(({ clients, answers }): AccessGroup => (
    { clients, answers: answers.map(({ targets: of, all }) => ({ answer: together(all), targets: of })) }));
  const rank = ({ answers }: AccessGroup) => answers.reduce((least, { answer }) => Math.min(least, VERDICT_ORDER.indexOf(answer.verdict)), Infinity);
  return whole.sort((a, b) => rank(a) - rank(b) || byClient(a.clients[0].client, b.clients[0].client));
}

/** Answers that are alike as one. They differ in where else connections end, if anywhere. */
function together(all: readonly Access[]): Access {
  const [first] = all;
  return first.instead.length === 0 ? first : {
    ...first,
    instead: [...new Set(all.flatMap(({ instead }) => instead))].sort(),
    because: [...new Map(all.flatMap(({ because }) => because).map(because => [JSON.stringify(because), because])).values()],
  };
}

/** What becomes of those who ask for a dependency, and of those who get there by asking for something else. */
export function allAccessOf({ access, doors }: Pick<DependencyReport, 'access' | 'doors'>): readonly Access[] {
  return doors.length === 0 ? access : [...access, ...doors.flatMap(door => door.access)];
}

/** The ways by which anybody reaches a dependency: gateways by name, and `directly`. */
export function waysOf(dependency: Pick<DependencyReport, 'access' | 'doors'>): { readonly gateways: readonly string[]; readonly isDirect: boolean; readonly isUnchecked: boolean } {
  const open = allAccessOf(dependency).filter(isOpen);
  return {
    gateways: [...new Set(open.flatMap(({ gateway }) => gateway ?? []))].sort(),
    isDirect: open.some(({ gateway, verdict }) => gateway === undefined && verdict === 'REACHES'),
    isUnchecked: open.some(({ verdict }) => verdict === 'DIRECT'),
  };
}
