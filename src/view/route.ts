import { Fields, labelsOf, number, record, records, strings, text } from './fields';
import { MeshObject } from './mesh-object';
import { visibleTo } from './visibility';
import { fullServiceName } from '../private/names';

/** The sidecars, among the gateways of a VirtualService. */
export const MESH = 'mesh';

export type RouteKind = 'tcp' | 'tls' | 'http';

/** Which connections or requests a rule is for. */
export interface RouteMatch {
  /** `mesh` for the sidecars, `<namespace>/<name>` for a Gateway. */
  readonly gateways: readonly string[];
  /** Every port when left out. */
  readonly port?: number;
  readonly sniHosts: readonly string[];
  readonly destinationSubnets: readonly string[];
  readonly sourceNamespace?: string;
  readonly sourceLabels: { readonly [label: string]: string };
  /** Whether it looks at more than these, such as path or headers of a request. */
  readonly isPartial: boolean;
  /** Where it is in the VirtualService. */
  readonly field: readonly (string | number)[];
}

/** Where a rule sends. */
export interface RouteDestination {
  /** The full name. */
  readonly host: string;
  readonly subset?: string;
  /** The port of the service, if the rule names one. */
  readonly port?: number;
  readonly weight?: number;
  readonly field: readonly (string | number)[];
}

export interface RouteRule {
  readonly kind: RouteKind;
  /** One that is for everything, where the object has none. */
  readonly matches: readonly RouteMatch[];
  readonly destinations: readonly RouteDestination[];
  /** The host that requests get, if the rule rewrites it. */
  readonly authority?: string;
  readonly field: readonly (string | number)[];
}

/** A VirtualService. */
export class Route {
  /** The full names. */
  public readonly hosts: readonly string[];
  public readonly gateways: readonly string[];
  public readonly visibleTo: readonly string[];
  public readonly rules: readonly RouteRule[];

  public constructor(public readonly object: MeshObject, private readonly clusterDomain: string) {
    const { spec } = object;
    this.hosts = strings(spec.hosts).map(host => this.fullName(host));
    const gateways = strings(spec.gateways).map(gateway => this.gatewayName(gateway));
    this.gateways = gateways.length === 0 ? [MESH] : gateways;
    this.visibleTo = visibleTo(object);
    this.rules = (['http', 'tls', 'tcp'] as const).flatMap(kind => records(spec[kind]).map((rule, i) => this.ruleOf(kind, rule, ['spec', kind, i])));
  }

  /** Whether it is for the sidecars, alone or among gateways. */
  public get isForSidecars(): boolean {
    return this.gateways.includes(MESH);
  }

  private ruleOf(kind: RouteKind, rule: Fields, field: readonly (string | number)[]): RouteRule {
    const matches = records(rule.match).map((match, i) => this.matchOf(match, [...field, 'match', i]));
    return {
      kind,
      field,
      matches: matches.length > 0 ? matches : [this.matchOf({}, field)],
      destinations: records(rule.route).map((route, i) => this.destinationOf(route, [...field, 'route', i, 'destination'])),
      authority: text(record(rule.rewrite).authority),
    };
  }

  private matchOf(match: Fields, field: readonly (string | number)[]): RouteMatch {
    const { gateways, port, sniHosts, destinationSubnets, sourceNamespace, sourceLabels, name: _, ...more } = match;
    const named = strings(gateways).map(gateway => this.gatewayName(gateway));
    return {
      gateways: named.length > 0 ? named : this.gateways,
      port: number(port),
      sniHosts: strings(sniHosts),
      destinationSubnets: strings(destinationSubnets),
      sourceNamespace: text(sourceNamespace),
      sourceLabels: labelsOf(sourceLabels),
      isPartial: Object.keys(more).length > 0,
      field,
    };
  }

  private destinationOf(route: Fields, field: readonly (string | number)[]): RouteDestination {
    const destination = record(route.destination);
    return {
      host: this.fullName(String(destination.host)),
      subset: text(destination.subset),
      port: number(record(destination.port).number),
      weight: number(route.weight),
      field,
    };
  }

  private fullName(host: string): string {
    return host === '*' ? host : fullServiceName(host, this.object.namespace, this.clusterDomain);
  }

  private gatewayName(gateway: string): string {
    return gateway === MESH || gateway.includes('/') ? gateway : `${this.object.namespace}/${gateway}`;
  }
}
