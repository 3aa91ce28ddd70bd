import { contentText } from './content';
import { namesText } from './names';
import { ServerCheck, serverCheckOf, serverCheckText } from './server-check';
import { Cause, EndKind, Hop } from '../trace/hop';
import { Trace, Way } from '../trace/trace';
import { upstreamOf } from '../trace/upstream';
import { valueAt } from '../view/fields';
import { mostSpecific } from '../view/host-match';
import { MeshView } from '../view/mesh-view';

/** How connections end: as a trace has it, or at another service than the one that was asked for, as far as the input shows. */
export type Verdict = EndKind | 'ELSEWHERE';

/** What becomes of the connections of a client to one host and port. */
export interface Answer {
  readonly verdict: Verdict;
  /** Why the server does not understand what arrives, as far as the input shows: who speaks otherwise gets there all the same. */
  readonly mismatch?: string;
  /** The Secret that a proxy on the way lacks, as far as the input shows: with it they get there. */
  readonly lacking?: string;
  /** The hosts where they end, and not where they were meant to: whose listener takes them, or Services that a rule sends them to. */
  readonly instead: readonly string[];
  /** `<namespace>/<name>` of the Service of the gateway that they pass, or try to. */
  readonly gateway?: string;
  /** In plain words; neither the client nor the host is in it. */
  readonly why: string;
  /** What decides. */
  readonly because: readonly Cause[];
  /** What has to hold besides, and depends on the request. */
  readonly conditions: readonly string[];
  /** What becomes of a part of them, or of their copies, in plain words. */
  readonly besides: readonly string[];
  /** Where they end, as `<address or name>:<port>`; those of every way that is open. */
  readonly endpoints: readonly string[];
  /** The hosts by which the last proxies know these endpoints. */
  readonly services: readonly string[];
  /** The rules of VirtualServices that send it there. */
  readonly routes: readonly Cause[];
  /** Every way that is open, where it has several. */
  readonly ways: readonly Answer[];
  /** TLS that the last proxy adds, in Istio's words; empty when it adds none, or nobody is there. */
  readonly tls: string;
  /** What it asks of the server then. */
  readonly server?: ServerCheck;
  /** What the conditions say, as text that can be compared. */
  readonly limits: string;
}

/** How connections end for who sends them: those whom the report counts as reaching a service may speak something that it does not understand. */
export type Outcome = Verdict | 'MISMATCH';

export function outcomeOf({ verdict, mismatch, lacking }: Pick<Answer, 'verdict' | 'mismatch' | 'lacking'>): Outcome {
  return verdict !== 'REACHES' ? verdict : lacking !== undefined ? 'REFUSED' : mismatch !== undefined ? 'MISMATCH' : verdict;
}

/** Whether the client gets there. */
export function isOpen({ verdict }: Pick<Answer, 'verdict'>): boolean {
  return verdict === 'REACHES' || verdict === 'DIRECT';
}

/** Every way that is open; an answer with one way is its own. */
export function waysIn(answer: Answer): readonly Answer[] {
  return answer.ways.length > 0 ? answer.ways : [answer];
}

/** Text by which two answers can be compared: what decides is compared by its objects. Wherever else connections end for one reason, they miss the service alike. */
export function answerKey({ verdict, gateway, why, because, conditions, besides, tls, server }: Answer): string {
  const decides = because.map(({ object, path }) => [object, path]);
  return verdict === 'ELSEWHERE' ? `${verdict} ${why}`
    : JSON.stringify([verdict, gateway, why, conditions, besides, tls, server && serverCheckText(server), decides]);
}

/** A way for a person. */
export function wayText({ verdict, gateway }: Pick<Answer, 'verdict' | 'gateway'>): string {
  return gateway !== undefined ? `gateway ${gateway}` : verdict === 'REACHES' ? 'directly' : verdict === 'DIRECT' ? 'directly, past the rules' : '';
}

const VERDICTS: { readonly [verdict in EndKind]: string } = {
  REACHES: 'reaches it', DIRECT: 'reaches it unchecked', UNKNOWN: 'not known', REFUSED: 'is refused', NOWHERE: 'has no way there',
};

/** A verdict for a person. */
export function verdictText({ verdict, instead }: Pick<Answer, 'verdict' | 'instead'>): string {
  return verdict === 'ELSEWHERE' ? `ends at ${namesText(instead, 4)} instead` : VERDICTS[verdict];
}

/** The verdicts, the most open first. */
export const VERDICT_ORDER: readonly Verdict[] = ['REACHES', 'DIRECT', 'UNKNOWN', 'ELSEWHERE', 'REFUSED', 'NOWHERE'];

/** What a trace says, for those who do not know proxies: of the ways that it has, the most open one, and where the others end. */
export function answerOf(view: MeshView, found: Trace): Answer {
  const ways = [{ answer: answerOfWay(view, found, found), taken: '' }, ...found.others.map(way => ({ answer: answerOfWay(view, found, way), taken: way.taken }))];
  // Of two that are equally open the one that is understood, and lacks nothing.
  const rank = ({ answer }: typeof ways[number]) => VERDICT_ORDER.indexOf(answer.verdict) + (outcomeOf(answer) === answer.verdict ? 0 : 0.5);
  const best = ways.reduce((chosen, way) => (rank(way) < rank(chosen) ? way : chosen));
  const open = ways.map(({ answer }) => answer).filter(isOpen);
  const all = (of: (answer: Answer) => readonly string[]) => [...new Set(open.flatMap(of))].sort();
  return open.length === 0 ? best.answer : {
    ...best.answer,
    ways: open.length > 1 ? open : [],
    endpoints: all(({ endpoints }) => endpoints),
    services: all(({ services }) => services),
    besides: ways.filter(way => way !== best && isOpen(way.answer) && way.answer.services.join() !== best.answer.services.join())
      .map(({ answer: { services, endpoints }, taken }) => `${taken || 'the rest of them'}, it ends at ${namesText(services.length > 0 ? services : endpoints, 4)}`),
  };
}

/** The same of one of its ways. */
export function answerOfWay(view: MeshView, { from, to }: Pick<Trace, 'from' | 'to'>, { end, hops }: Way): Answer {
  const way: Walked = { from, to, end, hops };
  const at = (stage: Hop['stage']) => hops.find(hop => hop.stage === stage);
  const [last] = hops.slice(-1);
  const gateway = at('gateway') && gatewayIn(at('destination'));
  const { why, because } = whyOf(view, way, at, last);
  const upstream = at('upstream');
  const tls = upstream?.facts.tls ?? '';
  const isElsewhere = end.kind === 'REACHES' && end.instead !== undefined && !endsAtItsOwn(view, way);
  const isTaken = end.instead === at('sidecar')?.facts.service;
  return {
    verdict: isElsewhere ? 'ELSEWHERE' : end.kind,
    instead: isElsewhere ? [end.instead!] : [],
    mismatch: isElsewhere ? undefined : end.mismatch,
    lacking: isElsewhere ? undefined : end.lacking,
    gateway,
    why: isElsewhere ? whyElsewhere(isTaken) : [plain(view, why, way), ...missedText(upstream) ?? [end.mismatch ?? [], end.lacking ?? []].flat().map(text => plain(view, text, way))].join('; '),
    because: withoutDoubles(isElsewhere ? (isTaken ? at('sidecar') : at('gateway route') ?? at('route'))?.causes ?? []
      : upstream?.facts.missed === undefined ? because : [...because, ...upstream.causes.slice(-1)]),
    conditions: end.conditions,
    besides: [],
    endpoints: [...new Set(end.endpoints)].sort(),
    services: hops.filter(({ stage }) => stage === 'upstream').map(({ facts }) => facts.service),
    routes: at('route')?.causes ?? [],
    ways: [],
    tls: tls === 'PLAINTEXT' ? '' : tls,
    server: serverCheckOf(way),
    limits: end.conditions.length === 0 ? '' : [
      ...at('access')?.causes ?? [], ...at('route')?.causes ?? [], ...hops.filter(({ facts }) => facts.cut === 'perhaps').flatMap(({ causes }) => causes),
    ].map(cause => contentOf(view, cause)).join('\n'),
  };
}

/** What the last proxy lacks for the TLS that it is asked for. */
function missedText(upstream: Hop | undefined): string[] | undefined {
  return upstream?.facts.missed === undefined ? undefined : [`the last proxy adds no TLS: the DestinationRule asks for ${upstream.facts.missed}, and lacks the certificate for it`];
}

function whyElsewhere(isTaken: boolean): string {
  return isTaken ? 'its sidecar cannot tell the two apart on this port, and takes all connections for that one'
    : 'a rule sends them into the cluster, and what becomes of them there is not in the input';
}

/** A way, with who asked for what. */
type Walked = Way & Pick<Trace, 'from' | 'to'>;

/** Whether the other service, whose listener took the connection, has the endpoints of the one that was asked for. */
function endsAtItsOwn(view: MeshView, { end, to: { host, port } }: Walked): boolean {
  const services = view.knownServicesByHost.get(host) ?? [];
  const own = new Set(services.flatMap(service => service.ports.filter(({ number }) => number === port).flatMap(of => (
    upstreamOf(view, service, of, {}, 'sidecar', { host, port, isNobodys: false }).endpoints))));
  return end.endpoints.every(endpoint => own.has(endpoint) || endpoint === `${host}:${port}`);
}

/** The Service, of a cluster like `outbound|443|subset|name.namespace.svc.cluster.local`. */
function gatewayIn(hop: Hop | undefined): string {
  const [name, namespace] = (hop?.facts.cluster ?? '').split('|').pop()!.split('.');
  return `${namespace ?? ''}/${name}`;
}

interface Why {
  readonly why: string;
  readonly because: readonly Cause[];
}

function whyOf(view: MeshView, { end }: Walked, at: (stage: Hop['stage']) => Hop | undefined, last: Hop | undefined): Why {
  const sidecar = at('sidecar');
  if (last === undefined) {
    return { why: end.text, because: [] };
  }
  switch (end.kind) {
    case 'REACHES': return at('gateway') ? admitted(at('gateway')!, at('access')) : seen(view, sidecar);
    case 'DIRECT': return { why: sidecar?.text.includes('does not pass the sidecar') ? sidecar.text : `${afterColon(sidecar?.text ?? '')}, and ALLOW_ANY lets it pass`, because: sidecar?.causes ?? [] };
    case 'NOWHERE': return last.stage === 'sidecar' ? { why: `${afterColon(last.text)}, and ${afterColon(end.text)}`, because: last.causes } : { why: end.text, because: last.causes };
    // Who is named there decides; what the client sends is the same for all.
    case 'REFUSED': return { why: end.text, because: last.causes.some(isList) ? last.causes.filter(isList) : last.causes };
    default: return { why: end.text, because: last.causes };
  }
}

function isList({ steps }: Cause): boolean {
  return steps[steps.length - 1] === 'subjectAltNames';
}

function admitted(gateway: Hop, access: Hop | undefined): Why {
  const isMutual = gateway.facts.mode === 'ISTIO_MUTUAL';
  const names = isMutual && gateway.facts.named !== '0';
  const rules = access?.causes ?? [];
  const isAllowed = access !== undefined && /ALLOW/.test(access.text);
  const reasons = [...names ? ['the server of the Gateway names its account'] : [], ...isAllowed ? ['an AuthorizationPolicy of the gateway allows it'] : []];
  const server = gateway.causes.slice(-1);
  // Where no policy allows anything, those that deny let the client pass.
  if (isMutual && !names && !isAllowed && rules.length > 0) {
    return { why: 'no AuthorizationPolicy of the gateway denies it', because: rules };
  }
  return reasons.length > 0 ? { why: reasons.join(', and '), because: [...names ? server : [], ...isAllowed ? rules : []] }
    : { why: isMutual ? 'the gateway asks nobody in the mesh who they are' : 'the gateway asks for no certificate of the mesh', because: server };
}

function seen(view: MeshView, sidecar: Hop | undefined): Why {
  const services = view.knownServicesByHost.get(sidecar?.facts.service ?? '') ?? [];
  return { why: services.some(({ visibleTo }) => visibleTo.includes('*')) ? 'the service is shown to every namespace' : 'the service is shown to its namespace', because: sidecar?.causes ?? [] };
}

function afterColon(text: string): string {
  return text.includes(': ') ? text.slice(text.indexOf(': ') + 2) : text;
}

/** Without the names of the client and the host, so that what is alike reads alike. */
function plain(view: MeshView, text: string, { from, to }: Walked): string {
  const isDeclared = mostSpecific(to.host, view.knownServicesByHost) !== undefined;
  // A Secret is in the namespace that is named, whoever's it is.
  return text.includes(' reads the Secret ') ? text : text
    .replaceAll(/spiffe:\/\/[^ ]+/g, 'its account')
    .replaceAll(`"${from.namespace}"`, 'its namespace')
    .replace('namespace its namespace', 'its namespace')
    .split(to.host).reduce((before, after) => `${before}${/[A-Za-z0-9.|-]$| are for $/.test(before) || /^[A-Za-z0-9.-]/.test(after) ? to.host : 'the service'}${after}`)
    .replace(/'[^']*' has REGISTRY_ONLY/, 'its Sidecar has REGISTRY_ONLY')
    // A wildcard, to those who do not see it, is not there.
    .replace('nothing in the input declares the service', isDeclared ? 'the service is not exported to its namespace' : 'nothing declares the service');
}

function withoutDoubles(causes: readonly Cause[]): Cause[] {
  return [...new Map(causes.map(cause => [JSON.stringify([cause.object, cause.path, cause.field]), cause])).values()];
}

/** What stands at a cause. */
function contentOf(view: MeshView, { object, path, steps }: Cause): string {
  const found = objectOf(view, object, path);
  // Of the whole object what it says, and not the file and line that it is in.
  return contentText(steps.length === 0 ? found?.spec : valueAt(found, steps), found?.kind === 'NetworkPolicy' ? { protocol: 'TCP' } : {});
}

function objectOf(view: MeshView, name: string, path: string) {
  const [kind, full] = name.split(' ');
  return view.objectsByPath.get(path)?.find(object => object.kind === kind && (full === object.name || full === `${object.namespace}/${object.name}`));
}
