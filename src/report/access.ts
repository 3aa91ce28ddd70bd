import { Answer, answerKey, answerOf } from './answer';
import { ANY_OTHER, Client, clientKey } from './client';
import { Target } from './dependency';
import { namedIn } from './named';
import { NamedClients } from './named-clients';
import { plainOf } from './representative';
import { workloadsByClient } from './shown-clients';
import { captureSettings, PLANE_LABELS } from '../trace/capture';
import { Tracer } from '../trace/trace';
import { records, record } from '../view/fields';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

/** What becomes of the connections of one client to one host and port. */
export interface Access extends Answer {
  readonly client: Client;
  readonly target: Target;
  /** The workloads for which that holds, if the account has several that differ. */
  readonly workloads: readonly string[];
}

/** Neither is a name that anything can have. */
const NOBODY = { namespace: '(any-other-namespace)', account: '(any-other-account)' };

/** Stands for what a pattern leaves open. */
const ANYTHING = '(any)';

/** The pods of an account that are alike for everything in the view. */
interface Variant {
  readonly pods: readonly PodTemplate[];
  /** Text that is the same for all clients that get the same answers. */
  readonly key: string;
}

/** An answer, and whom what decided names. */
interface Known {
  readonly answer: Answer;
  readonly isNamed: (client: Client) => boolean;
}

/** Asks for one connection after the other; clients that nothing tells apart are asked for once. */
export class AccessTable {
  public readonly tracer: Tracer;
  private readonly pods: ReadonlyMap<string, readonly PodTemplate[]>;
  private readonly labels: ReadonlySet<string>;
  private readonly named: NamedClients;
  private readonly isNamedByPattern: boolean;
  /** The answers for clients that what decided does not name, with whom it names. */
  private readonly answers = new Map<string, Map<string, Known>>();
  /** Those that are alike are one: of many clients with many services most are. */
  private readonly alike = new Map<string, Answer>();
  private readonly variants = new Map<string, readonly Variant[]>();

  public constructor(private readonly view: MeshView) {
    this.tracer = new Tracer(view);
    this.pods = workloadsByClient(view);
    this.labels = labelsThatMatter(view);
    this.named = new NamedClients(this.tracer.proxies);
    this.isNamedByPattern = namedIn(view).hasPatterns;
  }

  public of(client: Client, target: Target): Access[] {
    const variants = this.variantsOf(client);
    const groups = new Map<string, { readonly answer: Answer; readonly pods: PodTemplate[] }>();
    for (const variant of variants) {
      const answer = this.answer(client, variant, target);
      const key = variants.length === 1 ? '' : JSON.stringify(answer);
      const group = groups.get(key) ?? { answer, pods: [] };
      groups.set(key, group);
      variant.pods.forEach(pod => group.pods.push(pod));
    }
    return [...groups.values()].map(({ answer, pods }) => ({
      ...answer, client, target, workloads: groups.size === 1 ? [] : [...new Set(pods.map(({ object }) => `${object.kind} ${object.name}`))].sort(),
    }));
  }

  /** Those of some representatives that get another answer for any of the targets than whoever is not described. */
  public differing(representatives: readonly Client[], targets: readonly Target[]): Client[] {
    const answersOf = (client: Client, target: Target) => this.of(client, target).map(answerKey).join();
    return representatives.filter(client => targets.some(target => answersOf(client, target) !== answersOf(plainOf(client), target)));
  }

  private answer(client: Client, { pods: [pod], key }: Variant, target: Target): Answer {
    const place = `${target.host}:${target.port}`;
    const ofClients = this.answers.get(key) ?? new Map<string, Known>();
    this.answers.set(key, ofClients);
    const known = ofClients.get(place);
    if (known && !known.isNamed(client)) {
      return known.answer;
    }
    const found = this.tracer.trace({
      namespace: client.namespace === ANY_OTHER ? NOBODY.namespace : client.namespace.replaceAll('*', ANYTHING),
      account: client.account === ANY_OTHER ? NOBODY.account : client.account.replace('*', ANYTHING),
      labels: pod?.labels ?? labelsOf(client),
      pod,
    }, { host: target.host.replace(/^\*\./, 'any.'), port: target.port, protocol: target.spoken });
    const answer = this.same(answerOf(this.view, found));
    const isNamed = this.named.by([found, ...found.others].flatMap(({ hops }) => hops));
    if (!isNamed(client)) {
      ofClients.set(place, { answer, isNamed });
    }
    return answer;
  }

  private same(answer: Answer): Answer {
    const key = JSON.stringify(answer);
    const found = this.alike.get(key) ?? answer;
    this.alike.set(key, found);
    return found;
  }

  private variantsOf(client: Client): readonly Variant[] {
    const known = this.variants.get(clientKey(client));
    if (known) {
      return known;
    }
    const account = this.isNamedByPattern ? client.account : '';
    const byKey = new Map<string, PodTemplate[]>();
    for (const pod of this.pods.get(clientKey(client)) ?? []) {
      const key = JSON.stringify([client.namespace, account, this.projected(pod.labels), captureSettings(pod)]);
      addTo(byKey, key, pod);
    }
    const labels = labelsOf(client);
    const unseen = JSON.stringify([client.namespace, account, labels && this.projected(labels)]);
    const variants = byKey.size === 0 ? [{ pods: [], key: unseen }]
      : [...byKey].map(([key, pods]) => ({ key, pods }));
    this.variants.set(clientKey(client), variants);
    return variants;
  }

  private projected(labels: PodTemplate['labels']): unknown {
    return Object.entries(labels).filter(([name]) => this.labels.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** The labels of pods that no workload makes: nothing selects those of clients that are not named, and of a named one nobody knows them. */
function labelsOf({ account, labels }: Client): PodTemplate['labels'] | undefined {
  return labels ?? (account === ANY_OTHER ? {} : undefined);
}

/** The labels of clients that something selects by. */
function labelsThatMatter(view: MeshView): Set<string> {
  const selectors = (selector: unknown) => [
    ...Object.keys(record(record(selector).matchLabels)), ...records(record(selector).matchExpressions).map(({ key }) => String(key)),
  ];
  return new Set([
    ...PLANE_LABELS,
    ...view.allSidecars.flatMap(({ workloadSelector }) => Object.keys(workloadSelector ?? {})),
    ...view.trafficRules.flatMap(({ workloadSelector }) => Object.keys(workloadSelector ?? {})),
    ...view.routes.flatMap(({ rules }) => rules.flatMap(({ matches }) => matches.flatMap(({ sourceLabels }) => Object.keys(sourceLabels)))),
    ...view.egressPolicies.flatMap(({ object: { spec } }) => [
      ...selectors(spec.podSelector),
      ...[...records(spec.ingress).flatMap(({ from }) => records(from)), ...records(spec.egress).flatMap(({ to }) => records(to))]
        .flatMap(({ podSelector }) => selectors(podSelector)),
    ]),
  ]);
}
