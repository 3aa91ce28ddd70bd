import { TraceTarget } from './application';
import { Capture, captureOf, TraceClient } from './capture';
import { labelsText } from './gateway-pods';
import { Ending, Hop, nameOf } from './hop';
import { firstOf } from './hop-text';
import { Journey } from './journey';
import { Proxies } from './proxies';
import { everyWay } from './ways';
import { MeshView } from '../view/mesh-view';
import { PodTemplate } from '../view/pod-template';

/** One way of a connection, decision by decision. */
export interface Way {
  readonly hops: readonly Hop[];
  readonly end: Ending;
}

/** A way that some of the connections or requests take, or copies of them. */
export interface OtherWay extends Way {
  /** What takes it, such as `for 10 % of the requests`; among the conditions of its end as well. */
  readonly taken: string;
  /** How many of its hops are those of the main way. */
  readonly shared: number;
}

/** One connection on the way that most of what it carries takes, and on every other way. */
export interface Trace extends Way {
  readonly from: { readonly namespace: string; readonly account: string };
  readonly to: { readonly host: string; readonly port: number };
  readonly others: readonly OtherWay[];
}

/** A route with more of them is looked at by nobody. */
const MOST_WAYS = 100;

const UNFOLLOWED: OtherWay = {
  hops: [],
  taken: 'for what takes none of the other ways',
  shared: 0,
  end: {
    kind: 'UNKNOWN',
    text: `the routes have more than ${MOST_WAYS} ways, and not all of them are followed`,
    endpoints: [],
    conditions: ['for what takes none of the other ways'],
  },
};

/** Follows one connection as istiod and Envoy decide it. */
export function trace(view: MeshView, from: TraceClient, to: TraceTarget): Trace {
  return new Tracer(view).trace(from, to);
}

/** Follows connections through the objects of one view. */
export class Tracer {
  /** What the proxies of the view know, for those who ask more of them. */
  public readonly proxies: Proxies;

  public constructor(private readonly view: MeshView) {
    this.proxies = new Proxies(view);
  }

  public trace(from: TraceClient, to: TraceTarget): Trace {
    const client = captureOf(this.view, from);
    const ways = this.follow(client, to);
    const others = client.others.map(pod => ({ pod, ways: this.follow({ ...client, labels: pod.labels, pod, others: [] }, to) }));
    const notes = notesOn(ways, others);
    const { main, others: more, hasMore } = notes.length === 0 ? ways : {
      ...ways, main: withNotes(ways.main, notes), others: ways.others.map(way => withNotes(way, notes)),
    };
    return {
      from: { namespace: from.namespace, account: from.account },
      to: { host: to.host, port: to.port },
      hops: main.hops,
      end: main.end,
      others: hasMore ? [...more, UNFOLLOWED] : more,
    };
  }

  private follow(client: Capture, to: TraceTarget): Ways {
    return everyWay(forks => {
      const journey = new Journey(this.proxies, client, to, forks);
      const end = journey.end();
      return { hops: journey.hops, end, taken: journey.taken, shared: journey.shared };
    }, MOST_WAYS);
  }
}

type Ways = ReturnType<typeof everyWay<OtherWay>>;

/** What a reader has to know of other workloads that run as the account. */
function notesOn(ways: Ways, others: readonly { readonly pod: PodTemplate; readonly ways: Ways }[]): string[] {
  const names = (of: typeof others) => firstOf(of.map(({ pod }) => nameOf(pod.object)));
  const alike = others.filter(other => endsOf(other.ways) === endsOf(ways));
  return [
    ...others.filter(other => !alike.includes(other)).map(({ pod, ways: { main: { end } } }) => (
      `${nameOf(pod.object)} runs as the account too, and its connections end otherwise: ${end.kind}, ${end.text} (its labels: ${labelsText(pod.labels)})`)),
    ...alike.length === 0 ? [] : [`as the account run too, with other labels or settings and the same end: ${names(alike)}`],
  ];
}

/** How each of the ways ends, as text that can be compared. */
function endsOf({ main, others }: Ways): string {
  return JSON.stringify([main, ...others].map(({ end: { kind, endpoints, instead }, taken }) => [kind, endpoints, instead, taken]));
}

function withNotes<W extends Way>(way: W, notes: readonly string[]): W {
  const [first, ...more] = way.hops;
  return first === undefined ? way : { ...way, hops: [{ ...first, notes: [...first.notes, ...notes] }, ...more] };
}
