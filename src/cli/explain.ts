import { argumentsOf, Arguments, Options, valueIn } from './arguments';
import { Command, EXIT } from './command';
import { INPUT_OPTIONS, placedInputOf, tell } from './input';
import { Style, styleOf } from './style';
import { WrongUse } from './wrong-use';
import { isDnsLabel, isDnsName, isIp } from '../private/check';
import { quote } from '../private/fail';
import { visible, visibleJson } from '../private/visible';
import { answerOf, answerOfWay, isOpen, Outcome, outcomeOf } from '../report/answer';
import { Sources } from '../report/sources';
import { TraceTarget } from '../trace/application';
import { TraceClient } from '../trace/capture';
import { OtherWay, Trace, trace, Way } from '../trace/trace';
import { MeshView } from '../view/mesh-view';

const OPTIONS: Options = {
  from: { value: 'NAMESPACE/ACCOUNT', help: 'who connects: the namespace and the service account of the pod' },
  to: { value: 'HOST:PORT', help: 'what it connects to: a name or an address, and the port' },
  labels: { value: 'A=B,C=D', help: 'the labels of the pod (default: those of the workload in the input that runs as the account)' },
  address: { value: 'IP', help: 'the address that the application connects to, when DNS says another than the input shows' },
  protocol: { value: 'PROTOCOL', oneOf: ['TCP', 'TLS', 'HTTP'], meant: { HTTPS: 'TLS' }, help: 'what the application speaks (default: what the port is declared for)' },
  format: { value: 'FORMAT', oneOf: ['text', 'json'], help: 'how it is written (default: text)' },
  json: { help: 'the same as --format json' },
  ...INPUT_OPTIONS,
};

const USAGE = `cdk8s-istio-egress explain --from NAMESPACE/ACCOUNT --to HOST:PORT FILES... [options]

Follows one connection through the Istio objects of YAML or JSON files, as istiod and Envoy decide it: the application, the listener of
its sidecar, the VirtualService, the DestinationRule, the gateway with its policies, and where it ends. Each step names the objects and
lines that decide it. Where a route has several ways (shares, rules for some requests, copies), each of them is followed.

  cdk8s-istio-egress explain --from shop/cart --to mysql.example.com:3306 manifests/

Exit code: 0 the connection reaches what it is for by one of its ways, 1 it does not, or it ends at another service (ELSEWHERE), or the
server does not understand what arrives (MISMATCH), or the input does not show where it ends, 2 wrong use, or a part of the input could not be read.`;

export const explain: Command = {
  name: 'explain',
  summary: 'follows one connection hop by hop',
  usage: USAGE,
  options: OPTIONS,
  run: async (given, terminal) => {
    const args = argumentsOf(given, OPTIONS);
    const [from, to] = [clientIn(args), targetIn(args)];
    const input = await placedInputOf(args, terminal, 'explain');
    const { view, problems } = input;
    tell(input, terminal);
    const found = trace(view, from, to);
    const verdict = outcomeOf(answerOf(view, found));
    const places = new Sources(view);
    const isJson = args.all.has('json') || valueIn(args, 'format') === 'json';
    terminal.out(isJson ? `${visibleJson({ ...asData(view, found, places), verdict, notes: input.notes })}\n`
      : traceText(view, found, places, styleOf(terminal.hasColours)));
    return problems.length > 0 ? EXIT.WRONG : works(verdict) ? EXIT.CLEAN : EXIT.FOUND;
  },
};

function works(verdict: Outcome): boolean {
  return verdict !== 'MISMATCH' && isOpen({ verdict });
}

function clientIn(args: Arguments): TraceClient {
  const given = valueIn(args, 'from');
  const [namespace, account, ...more] = (given ?? '').split('/');
  if (given === undefined || !isDnsLabel(namespace) || !isDnsName(account ?? '') || more.length > 0) {
    throw new WrongUse(`--from is the namespace and the service account of the client, such as shop/cart${gotInstead(given, meantClient)}`);
  }
  const labels = valueIn(args, 'labels');
  return { namespace, account, ...labels === undefined ? {} : { labels: labelsIn(labels) } };
}

/** What was given instead of what an option takes, and what to write. */
function gotInstead(given: string | undefined, meantBy: (given: string) => string | undefined): string {
  const meant = given === undefined ? undefined : meantBy(given);
  return given === undefined ? '' : `, got ${quote(given)}${meant === undefined ? '' : `: write ${meant}`}`;
}

/** A client in the words of SPIFFE, of Kubernetes' users, or with another sign between its parts. */
function meantClient(given: string): string | undefined {
  const [, namespace, account] = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(given) ?? /^(?:system:serviceaccount:)?([^/:]+):([^/:]+)$/.exec(given) ?? [];
  return namespace !== undefined ? `${namespace}/${account}`
    : isDnsLabel(given) ? `${given}/default for pods without an account of their own` : undefined;
}

const PORTS: { readonly [scheme: string]: string } = { http: '80', https: '443' };

/** A target in the words of a URL, an IPv6 address without its brackets, or a host alone. */
function meantTarget(given: string): string | undefined {
  const [, scheme, host, port] = /^(?:([a-z]+):\/\/)?(?:[^/@]*@)?([A-Za-z0-9.-]+)(?::(\d+))?(?:\/.*)?$/.exec(given.trim()) ?? [];
  if (host !== undefined) {
    const known = port ?? PORTS[scheme];
    const isPort = Number(known) >= 1 && Number(known) <= 65535;
    return known === undefined ? `its port too: ${host}:443` : isPort ? `${host}:${known}` : `a port from 1 to 65535: ${host}:443`;
  }
  const [, address, ofAddress] = /^([0-9a-f:.]+):(\d+)$/i.exec(given) ?? [];
  return address !== undefined && isIp(address) ? `[${address}]:${ofAddress}` : undefined;
}

function labelsIn(given: string): { readonly [label: string]: string } {
  return Object.fromEntries(given.split(',').filter(part => part !== '').map(part => {
    const [label, value, ...more] = part.split('=');
    if (label === '' || value === undefined || more.length > 0) {
      throw new WrongUse(`--labels are pairs such as app=cart,version=v1, got ${quote(given)}`);
    }
    return [label, value];
  }));
}

function targetIn(args: Arguments): TraceTarget {
  const given = valueIn(args, 'to');
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(given ?? '') ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  if (given === undefined || host === undefined || /[\s/@]/.test(host) || port < 1 || port > 65535) {
    throw new WrongUse(`--to is a host and a port, such as mysql.example.com:3306 or [2001:db8::1]:5432${gotInstead(given, meantTarget)}`);
  }
  if (host.includes('*')) {
    throw new WrongUse(`--to is one host: write a name that ${quote(host)} stands for, such as ${quote(host.replace(/^\*\.?/, 'www.').replace(/\.$/, '.example.com'))}`);
  }
  const address = valueIn(args, 'address');
  if (address !== undefined && !isIp(address)) {
    throw new WrongUse(`--address is an IP address, got ${quote(address)}`);
  }
  return { host: host.toLowerCase(), port, address, protocol: valueIn(args, 'protocol') as TraceTarget['protocol'] };
}

function asData(view: MeshView, found: Trace, places: Sources): object {
  const others = found.others.map(way => ({ ...way, verdict: outcomeOf(answerOfWay(view, found, way)), hops: hopsAsData(way, places) }));
  return { ...found, hops: hopsAsData(found, places), others };
}

function hopsAsData({ hops }: Way, places: Sources): object[] {
  return hops.map(hop => ({
    ...hop,
    causes: hop.causes.map(cause => {
      const { object, field, file, line } = places.of(cause);
      return { object, field, file, line };
    }),
  }));
}

const TITLES: { readonly [stage: string]: string } = {
  'application': 'Application',
  'sidecar': 'Sidecar',
  'route': 'VirtualService',
  'api route': 'Gateway API',
  'destination': 'Destination',
  'gateway': 'Gateway',
  'access': 'Access',
  'gateway route': 'Gateway\'s VirtualService',
  'upstream': 'Last proxy',
  'network': 'Network',
};

/** A trace for a person. */
function traceText(view: MeshView, found: Trace, places: Sources, style: Style): string {
  const { from, to, others } = found;
  const said = (way: Way) => outcomeOf(answerOfWay(view, found, way));
  const ways = others.map(way => [
    style('bold', visible(`Another way, ${way.taken}${way.shared > 0 ? `, after step ${way.shared}` : ''}:`)), ...wayText(way, said(way), places, style, way),
  ]);
  const parts = [`${from.namespace}/${from.account} to ${to.host}:${to.port}`, ...wayText(found, said(found), places, style), ...ways.flat()];
  return `${parts.join('\n\n')}\n`;
}

/** The steps of a way that are not those of the main one, and its end. */
function wayText(
  { hops, end }: Way, verdict: Outcome, places: Sources, style: Style, { shared, taken }: Pick<OtherWay, 'shared' | 'taken'> = { shared: 0, taken: '' },
): string[] {
  const steps = hops.map(({ stage, text, causes, notes }, i) => [
    `${style('bold', `${i + 1}. ${TITLES[stage]}`)}: ${visible(text)}`,
    ...causes.map(cause => {
      const { file, line } = places.of(cause);
      return `     ${style('dim', visible(`${file}${line === undefined ? '' : `:${line}`}  ${cause.object}${cause.field === '' ? '' : `  ${cause.field}`}`))}`;
    }),
    ...notes.map(note => `     note: ${visible(note)}`),
  ].join('\n')).slice(shared);
  const ending = [
    `${works(verdict) ? style('bold', verdict) : style(verdict === 'UNKNOWN' ? 'yellow' : 'red', verdict)}: ${visible(verdict === 'REFUSED' ? end.lacking ?? end.text : end.text)}`,
    ...verdict === 'MISMATCH' ? [`  ${visible(end.mismatch!)}`] : [],
    ...end.seen === undefined ? [] : [`  the client sees: ${visible(end.seen)}`],
    ...end.conditions.filter(condition => condition !== taken).map(condition => `  ${visible(condition)}`),
  ].join('\n');
  return [...steps.length === 0 ? [] : [steps.join('\n')], ending];
}
