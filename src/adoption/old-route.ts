import { soleRule } from './adopted-service';
import { AdoptedPort } from './service-code';
import { tlsCode } from './tls-code';
import { wildcardRules } from './wildcard-rules';
import { ExternalEntry } from '../view/external-entry';
import { Fields, record, records } from '../view/fields';
import { GatewayConfig } from '../view/gateway';
import { namespaceOfService } from '../view/host-name';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { Leg } from '../view/name-index';
import { MESH, Route } from '../view/route';
import { TrafficRule } from '../view/traffic-rule';

/** The route of one host through a gateway, as somebody wrote it by hand. */
export class OldRoute {
  /** The full name of the gateway's Service. */
  public readonly service: string;
  /** The namespace of that Service; undefined where the route leads to several places, or out of the cluster. */
  public readonly place?: string;
  /** Undefined for a Gateway that is not in the input. */
  public readonly gateways: readonly (GatewayConfig | undefined)[];
  /** The one rule of the host. */
  public readonly rule?: MeshObject;
  private readonly gatewayNames: readonly string[];
  private readonly routes: readonly Route[];
  private readonly legs: readonly Leg[];
  private readonly toGateway: readonly Leg[];
  private readonly exits: readonly (number | undefined)[];

  public constructor(private readonly view: MeshView, private readonly entry: ExternalEntry) {
    const { hosts: [host] } = entry;
    this.routes = view.routesByHost.get(host) ?? [];
    this.legs = this.routes.flatMap(route => route.rules.flatMap(rule => rule.matches.map(match => ({ route, rule, match }))));
    this.toGateway = this.legs.filter(({ match, rule: { destinations: [to] } }) => (
      match.gateways.includes(MESH) && to !== undefined && to.host !== host));
    this.exits = this.legs.filter(({ match }) => !match.gateways.includes(MESH)).map(({ rule }) => rule.destinations[0]?.port);
    const services = [...new Set(this.toGateway.map(({ rule }) => rule.destinations[0].host))];
    this.service = services[0] ?? '';
    this.place = services.length === 1 ? namespaceOfService(this.service, view.facts.clusterDomain) : undefined;
    this.gatewayNames = [...new Set(this.routes.flatMap(route => route.gateways))].filter(name => name !== MESH);
    this.gateways = this.gatewayNames.map(name => view.names.gatewayOf(name));
    this.rule = soleRule(view, entry, this.place);
  }

  /** Why no construct stands for it. */
  public get problem(): string | undefined {
    const { object, hosts } = this.entry;
    if (hosts.length > 1) {
      return `it has ${hosts.length} hosts, and a construct with a route has one: write an entry and a route for each`;
    }
    if (hosts[0].includes('*')) {
      return `its host "${hosts[0]}" is a wildcard, and a construct with a route has one host: name the hosts that are used`;
    }
    if (this.place === undefined) {
      return 'its route leads to several places, or to none in the cluster';
    }
    const foreign = this.routes.find(route => route.object.namespace !== object.namespace);
    if (foreign !== undefined) {
      return `its ${called(foreign)} is in another namespace, "${foreign.object.namespace}": a construct has both in one`;
    }
    const shared = this.routes.find(route => route.hosts.length > 1);
    if (shared !== undefined) {
      return `its ${called(shared)} is for other hosts as well: write one for each host`;
    }
    const [more] = this.legs.flatMap(leg => moreIn(leg).map(what => `its ${called(leg.route)} does more than send connections to the gateway, and on: ${what}`));
    return more ?? this.lackingGateway;
  }

  private get lackingGateway(): string | undefined {
    const lacking = this.gatewayNames.find((_, i) => this.gateways[i] === undefined);
    return lacking !== undefined ? `Gateway "${lacking}" is not in the input: add it` : this.gateways.length === 0 ? `its ${called(this.routes[0])} names no Gateway` : undefined;
  }

  /** The ports at which the gateway connects, with TLS that it adds. Clients connect there past the gateway, where their sidecars add none. */
  public get gatewayPorts(): number[] {
    const isForGateway = (port: number) => !this.isRouted(port) && this.exits.includes(port) && this.tlsOn(port) !== undefined;
    return this.entry.ports.map(({ number: port }) => port).filter(isForGateway);
  }

  /** The ports as its clients see them, without some; undefined where the library has no words for the TLS of one. */
  public portsOf(ports: readonly AdoptedPort[], without: readonly number[]): AdoptedPort[] | undefined {
    const { gatewayPorts } = this;
    const found = ports.filter(({ number: port }) => !without.includes(port))
      .map(port => (gatewayPorts.includes(port.number) ? port : this.portOf(port, ports)));
    return found.some(({ tls }) => tls === false) ? undefined : found as AdoptedPort[];
  }

  /** The objects that say nothing besides. */
  public get objects(): MeshObject[] {
    return [...this.routes.map(({ object }) => object), ...this.ownGateways(), ...this.ownRules(), ...this.rule === undefined ? [] : [this.rule]];
  }

  /** All rules of the host, the one that the construct stands for or not. */
  public get hostRules(): readonly TrafficRule[] {
    const { hosts: [host] } = this.entry;
    return [...this.view.names.trafficRulesOf(host), ...wildcardRules(this.view, host, this.place ?? '')];
  }

  /** The policies of the gateway's Service by which its clients connect to it: of rules that they see, those for all of it and those of the subsets that it sends to. */
  public get gatewayPolicies(): { readonly rule: TrafficRule; readonly subsets: readonly Fields[] }[] {
    const { object } = this.entry;
    const used = subsetsOf(this.toGateway);
    const own = this.view.names.trafficRulesOf(this.service).filter(({ visibleTo }) => visibleTo.includes('*') || visibleTo.includes(object.namespace));
    return [...own, ...wildcardRules(this.view, this.service, object.namespace)]
      .map(rule => ({ rule, subsets: records(rule.object.spec.subsets).filter(({ name }) => used.has(String(name))) }));
  }

  private isRouted(port: number): boolean {
    return this.toGateway.some(({ match }) => match.port === undefined || match.port === port);
  }

  private tlsOn(port: number): ReturnType<typeof tlsCode> {
    return this.rule && tlsCode(this.rule.spec, port, this.entry.hosts[0]);
  }

  private portOf(port: AdoptedPort, ports: readonly AdoptedPort[]): Omit<AdoptedPort, 'tls'> & { readonly tls?: AdoptedPort['tls'] | false } {
    const exit = this.isRouted(port.number) && !this.exits.includes(port.number) ? this.exits[0] ?? port.number : port.number;
    const tls = this.tlsOn(exit);
    const target = exit === port.number ? port.targetPort : ports.find(other => other.number === exit)?.targetPort ?? exit;
    // What the library takes by itself: clients on 80, and TLS on 443.
    const isUsual = tls !== undefined && port.number === 80 && target === 443;
    return { ...port, targetPort: isUsual ? undefined : target, tls };
  }

  private ownGateways(): MeshObject[] {
    const [host] = this.entry.hosts;
    return this.gateways.flatMap(gateway => (
      gateway?.servers.every(({ hosts }) => hosts.every(served => served === host)) ? [gateway.object] : []));
  }

  /** The rules of the gateway's Service that are for this route alone: each of their subsets is one that it sends to. */
  private ownRules(): MeshObject[] {
    const rules = new Set(this.toGateway.map(({ rule }) => rule));
    const [used, others] = [subsetsOf(this.toGateway), subsetsOf(this.view.names.legsTo(this.service).filter(({ rule }) => !rules.has(rule)))];
    return this.view.names.trafficRulesOf(this.service).filter(({ subsets, object }) => subsets.length > 0 && object.spec.trafficPolicy === undefined
      && subsets.every(({ name }) => used.has(name) && !others.has(name))).map(({ object }) => object);
  }
}

function subsetsOf(legs: readonly Leg[]): Set<string | undefined> {
  return new Set(legs.flatMap(({ rule }) => rule.destinations.map(({ subset }) => subset)));
}

function called({ object }: Route): string {
  return `VirtualService '${object.origin.path}'`;
}

/** What a rule does beside sending everything to one place. */
function moreIn({ route, rule, match }: Leg): string[] {
  const written = record(records(route.object.spec[rule.kind])[Number(rule.field[2])]);
  const beside = (fields: Fields, usual: readonly string[]) => Object.keys(fields).filter(key => !usual.includes(key)).map(key => `it has '${key}'`);
  return [
    ...beside(written, ['match', 'route', 'name']),
    ...records(written.route).flatMap(way => beside(way, ['destination', 'weight'])),
    ...rule.destinations.length === 1 ? [] : [`a rule has ${rule.destinations.length} destinations`],
    ...match.isPartial || Object.keys(match.sourceLabels).length > 0 || match.sourceNamespace !== undefined ? ['a rule is for some clients or requests only'] : [],
  ];
}
