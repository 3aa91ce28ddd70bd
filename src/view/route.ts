import { HttpRule, httpRulesOf } from './delegation';
import { Fields, labelsOf, number, record, records, strings, text, valueAt } from './fields';
import { gatewayName } from './gateway-name';
import { hostsIn } from './host-name';
import { matchText } from './match-text';
import { MeshObject } from './mesh-object';
import { ExportDefaults, visibleTo } from './visibility';
import { MeshModel } from '../private/model';
import { fullServiceName } from '../private/names';

/** The sidecars, among the gateways of a VirtualService. */
export const MESH = 'mesh';

export type RouteKind = 'tcp' | 'tls' | 'http';

/** Where something is: in the VirtualService, or in one that it delegates to. */
interface Place {
  readonly object: MeshObject;
  readonly field: readonly (string | number)[];
}

/** Which connections or requests a rule is for. A class, and not a literal: an app has thousands of them, and few are asked what they look at. */
export class RouteMatch implements Place {
  /** Every port when left out. */
  public readonly port?: number;
  public readonly sniHosts: readonly string[];
  public readonly destinationSubnets: readonly string[];
  public readonly sourceNamespace?: string;
  public readonly sourceLabels: { readonly [label: string]: string };

  /** @param gateways `mesh` for the sidecars, `<namespace>/<name>` for a Gateway */
  public constructor(
    private readonly written: Fields, public readonly object: MeshObject, public readonly field: readonly (string | number)[],
    public readonly gateways: readonly string[],
  ) {
    this.port = number(written.port);
    this.sniHosts = hostsIn(written.sniHosts);
    this.destinationSubnets = strings(written.destinationSubnets);
    this.sourceNamespace = text(written.sourceNamespace);
    this.sourceLabels = labelsOf(written.sourceLabels);
  }

  /** Whether it looks at more than these, such as path or headers of a request, so that it is not for every one. */
  public get isPartial(): boolean {
    const { uri } = this.written;
    return Object.keys(this.written).some(key => !WHOLE.has(key) && (key !== 'uri' || uri !== undefined && record(uri).prefix !== '/'));
  }

  /** The setting by which it asks for the client, if it does. */
  public get source(): 'sourceLabels' | 'sourceNamespace' | undefined {
    return Object.keys(this.sourceLabels).length > 0 ? 'sourceLabels' : this.sourceNamespace !== undefined ? 'sourceNamespace' : undefined;
  }

  /** What it looks at in a request, in short. */
  public get asks(): string {
    return matchText(this.written);
  }
}

/** What a match has that does not look into requests. */
const WHOLE: ReadonlySet<string> = new Set(['gateways', 'port', 'sniHosts', 'destinationSubnets', 'sourceNamespace', 'sourceLabels', 'name', 'statPrefix']);

/** Where a rule sends. */
export interface RouteDestination extends Place {
  /** The full name. */
  readonly host: string;
  readonly subset?: string;
  /** The port of the service, if the rule names one. */
  readonly port?: number;
  readonly weight?: number;
  /** The host that requests get there, where it is another than the rule says. */
  readonly authority?: string;
}

/** Requests that the proxy answers itself, as a test of what their clients do then. */
export interface RouteAbort extends Place {
  /** Of 100; not all of them below that. */
  readonly percent: number;
  /** What they get. */
  readonly status: string;
}

export interface RouteRule extends Place {
  readonly kind: RouteKind;
  /** One that is for everything, where the object has none. */
  readonly matches: readonly RouteMatch[];
  readonly destinations: readonly RouteDestination[];
  /** Where copies of requests go, whose answers nobody gets. */
  readonly mirrors: readonly RouteDestination[];
  /** The host that requests get, if the rule rewrites it. */
  readonly authority?: string;
  readonly abort?: RouteAbort;
}

/** A VirtualService. */
export class Route {
  /** The full names. */
  public readonly hosts: readonly string[];
  public readonly gateways: readonly string[];
  public readonly visibleTo: readonly string[];
  public readonly rules: readonly RouteRule[];

  /** @param delegates the VirtualServices without a host, by `<namespace>/<name>`: their rules stand where the VirtualService delegates to them */
  public constructor(
    public readonly object: MeshObject, private readonly facts: Pick<MeshModel, 'clusterDomain'> & ExportDefaults, delegates?: ReadonlyMap<string, MeshObject>,
  ) {
    const { spec } = object;
    this.hosts = hostsIn(spec.hosts).map(host => this.fullName(host));
    const gateways = strings(spec.gateways).map(gateway => this.gatewayName(gateway));
    this.gateways = gateways.length === 0 ? [MESH] : gateways;
    this.visibleTo = visibleTo(object, facts);
    this.rules = [
      ...delegates ? httpRulesOf(object, delegates, facts).map(of => this.ruleOf('http', of)) : this.plainRules('http'),
      ...this.plainRules('tls'), ...this.plainRules('tcp'),
    ];
  }

  /** Whether it is for the sidecars, alone or among gateways. */
  public get isForSidecars(): boolean {
    return this.gateways.includes(MESH);
  }

  /** The rules as they stand in the object. */
  private plainRules(kind: RouteKind): RouteRule[] {
    const { object } = this;
    return records(object.spec[kind]).map((rule, i) => {
      const field = ['spec', kind, i];
      return this.ruleOf(kind, { rule, object, field, matches: records(rule.match).map((match, k) => ({ match, object, field: [...field, 'match', k] })) });
    });
  }

  private ruleOf(kind: RouteKind, of: HttpRule): RouteRule {
    const { rule, object, field, matches } = of;
    return {
      kind,
      object,
      field,
      matches: matches.length > 0 ? matches.map(match => this.matchOf(match)) : [this.matchOf({ match: {}, object, field })],
      destinations: records(rule.route).flatMap((route, i) => (
        this.destinationOf(record(route.destination), route, object, [...field, 'route', i, 'destination']))),
      mirrors: this.mirrorsOf(of),
      abort: abortOf(of),
      authority: text(record(rule.rewrite).authority) || hostOf(rule.headers),
    };
  }

  private matchOf({ match, object, field }: HttpRule['matches'][number]): RouteMatch {
    const named = strings(match.gateways).map(gateway => this.gatewayName(gateway, object));
    return new RouteMatch(match, object, field, named.length > 0 ? named : this.gateways);
  }

  /** `mirror` and its share, and the list that came after it. A share of none is no copy. */
  private mirrorsOf(of: HttpRule): RouteDestination[] {
    const { rule } = of;
    if (rule.mirror === undefined && rule.mirrors === undefined) {
      return [];
    }
    const percent = record(rule.mirrorPercentage).value ?? rule.mirrorPercent;
    const one = rule.mirror === undefined || number(percent) === 0 ? [] : [{ to: record(rule.mirror), steps: ['mirror'], percent }];
    const list = records(rule.mirrors).map(({ destination, percentage }, i) => (
      { to: record(destination), steps: ['mirrors', i, 'destination'], percent: record(percentage).value }));
    return [...one, ...list.filter(mirror => number(mirror.percent) !== 0)].flatMap(({ to, steps, percent: share }) => {
      const place = placeOf(of, String(steps[0]));
      return this.destinationOf(to, { weight: share }, place.object, [...place.field, ...steps]);
    });
  }

  /** None without a host: the API server refuses the object. */
  private destinationOf(destination: Fields, { weight, headers }: Fields, object: MeshObject, field: Place['field']): RouteDestination[] {
    const host = text(destination.host);
    return host === undefined ? [] : [{
      host: this.fullName(host.toLowerCase(), object),
      subset: text(destination.subset),
      port: number(record(destination.port).number),
      weight: number(weight),
      authority: hostOf(headers),
      object,
      field,
    }];
  }

  private fullName(host: string, { namespace } = this.object): string {
    return fullServiceName(host, namespace, this.facts.clusterDomain);
  }

  private gatewayName(gateway: string, { namespace } = this.object): string {
    return gateway === MESH ? gateway : gatewayName(gateway, namespace);
  }
}

/** Where a field of a rule is: a delegate has those of the rule that delegates to it where it says nothing itself. */
function placeOf({ object, field, root }: HttpRule, key: string): Place {
  return root && record(valueAt(object, field))[key] === undefined ? root : { object, field };
}

/** `fault.abort`, of which istiod takes the statuses of HTTP and gRPC. Without a percentage Envoy aborts nothing. */
function abortOf(of: HttpRule): RouteAbort | undefined {
  if (of.rule.fault === undefined) {
    return undefined;
  }
  const { percentage, httpStatus, grpcStatus } = record(record(of.rule.fault).abort);
  const percent = number(record(percentage).value) ?? 0;
  const status = number(httpStatus) === undefined ? text(grpcStatus) : String(httpStatus);
  const { object, field } = placeOf(of, 'fault');
  return status === undefined || percent < LEAST_PERCENT ? undefined : { percent: Math.min(percent, 100), status, object, field: [...field, 'fault', 'abort'] };
}

/** Envoy counts in millionths. */
const LEAST_PERCENT = 0.0001;

/** The host that requests get by a change of headers; what is set comes before what is added. */
function hostOf(headers: unknown): string | undefined {
  if (headers === undefined) {
    return undefined;
  }
  const { set, add } = record(record(headers).request);
  const host = (changed: unknown) => Object.entries(record(changed)).find(([name]) => /^(:authority|host)$/i.test(name))?.[1];
  return text(host(set)) || text(host(add));
}
