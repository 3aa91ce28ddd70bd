import { TraceTarget } from './application';
import { captureOf, TraceClient } from './capture';
import { Ending, Hop } from './hop';
import { Journey } from './journey';
import { Proxies } from './proxies';
import { everyWay } from './ways';
import { MeshView } from '../view/mesh-view';

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
  private readonly proxies: Proxies;

  public constructor(private readonly view: MeshView) {
    this.proxies = new Proxies(view);
  }

  public trace(from: TraceClient, to: TraceTarget): Trace {
    const client = captureOf(this.view, from);
    const { main, others, hasMore } = everyWay(forks => {
      const journey = new Journey(this.proxies, client, to, forks);
      const end = journey.end();
      return { hops: journey.hops, end, taken: journey.taken, shared: journey.shared };
    }, MOST_WAYS);
    return {
      from: { namespace: from.namespace, account: from.account },
      to: { host: to.host, port: to.port },
      hops: main.hops,
      end: main.end,
      others: hasMore ? [...others, UNFOLLOWED] : others,
    };
  }
}
