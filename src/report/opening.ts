import { Access } from './access';
import { isOpen } from './answer';
import { ANY_OTHER, Client, clientKey, clientName, isEveryOther } from './client';
import { Dependency } from './dependency';
import { GatewayDoor } from './gateway-door';
import { Guard, guardsIn, unguarded, writersOf } from './guard';
import { accountIn } from './named';
import { namesText } from './names';
import { outboundName, OutboundPlace, OutboundPolicies } from './outbound';
import { networkOf } from '../private/network';
import { causeOf } from '../trace/gateway-chain';
import { Cause, cause } from '../trace/hop';
import { letsOutAnyOf, NetworkPlace } from '../trace/network-cut';
import { upstreamOf } from '../trace/upstream';
import { EgressPolicy } from '../view/egress-policy';
import { ANY_ADDRESS } from '../view/known-service';
import { addTo } from '../view/lists';
import { MeshView } from '../view/mesh-view';

/** Why somebody could reach a dependency whom nobody named. */
export type OpeningKind = 'NAMESPACE' | 'EVERYBODY' | 'ALLOW_ANY' | 'SIDECAR_ALLOW_ANY' | 'WITHOUT_SIDECAR' | 'WITHOUT_IDENTITY' | 'ANY_IDENTITY' | 'NAMED_AT_GATEWAY' | 'DOOR' | 'TENANT';

/** Who else could reach a dependency. */
export interface Opening {
  readonly kind: OpeningKind;
  readonly who: string;
  readonly why: string;
  /** The namespaces for which it does not hold. */
  readonly except: readonly string[];
  readonly because: readonly Cause[];
}

/** The policies that somebody has, worked out once for a view. */
export class Openings {
  private readonly limiting: readonly EgressPolicy[];
  private readonly limited: readonly string[];
  private readonly guards: readonly Guard[];
  private readonly outbound: OutboundPolicies;
  private readonly letting = new Map<string, boolean | 'perhaps'>();

  public constructor(private readonly view: MeshView, private readonly clients: readonly Client[]) {
    this.outbound = new OutboundPolicies(view);
    this.limiting = view.egressPolicies.filter(({ limits, isForAll }) => limits && isForAll);
    this.limited = [...new Set(this.limiting.map(({ object }) => object.namespace))].sort();
    this.guards = guardsIn(view);
  }

  /** What holds for a dependency beside what its clients get. */
  public of(dependency: Dependency, access: readonly Access[], doors: readonly GatewayDoor[]): Opening[] {
    return [...this.inMesh(access), ...this.atGateways(access, doors), this.withoutSidecar(dependency), ...this.ofTenants(access)];
  }

  private inMesh(access: readonly Access[]): Opening[] {
    const others = access.filter(({ client }) => isEveryOther(client));
    const reaching = others.filter(({ verdict }) => verdict === 'REACHES');
    const everybody = reaching.filter(({ client }) => client.namespace === ANY_OTHER);
    const namespaces = [...new Set(reaching.map(({ client }) => client.namespace))].sort();
    const found: Opening[] = [];
    if (everybody.length > 0) {
      found.push({
        kind: 'EVERYBODY',
        who: 'every pod with a sidecar, in every namespace',
        why: 'nothing limits it to namespaces or accounts (exportTo)',
        except: notIn(others, reaching),
        because: first(everybody),
      });
    } else if (namespaces.length > 0) {
      found.push({
        kind: 'NAMESPACE',
        who: `every account of ${namespaces.join(', ')}`,
        why: reaching.every(({ gateway }) => gateway === undefined) ? 'a direct service does not tell the accounts of a namespace apart' : 'whole namespaces are admitted',
        except: [],
        because: first(reaching),
      });
    }
    const direct = new Set(reaching.filter(({ gateway }) => gateway === undefined).map(({ client }) => client.namespace));
    return [...found, ...this.passing([...new Set(others.map(({ client }) => client.namespace))].filter(namespace => !direct.has(namespace)).sort())];
  }

  /** Whose sidecars let pass what they do not know, such as an address that no object has. */
  private passing(namespaces: readonly string[]): Opening[] {
    if (this.view.facts.dataPlane === 'ambient') {
      return [];
    }
    const everybody = { namespace: ANY_OTHER, labels: {} };
    const forAll = namespaces.includes(ANY_OTHER) && this.outbound.isOpen(everybody);
    // Where ztunnel takes the connections, no sidecar lets anything pass.
    const own = namespaces.filter(namespace => !this.view.namespaces.isAmbient(namespace)).flatMap(namespace => {
      const [whole, ...some] = this.outbound.placesIn(namespace);
      return this.outbound.isOpen(whole) ? forAll ? [] : [whole] : some.filter(place => this.outbound.isOpen(place));
    });
    return [
      ...forAll ? [{
        kind: 'ALLOW_ANY' as const,
        who: 'every pod with a sidecar, in every namespace',
        why: 'the mesh has ALLOW_ANY: sidecars let pass what they do not know',
        except: namespaces.filter(namespace => !this.outbound.isOpen({ namespace, labels: {} })),
        because: this.outbound.because(everybody),
      }] : [],
      ...this.letPass(own.filter(place => this.outbound.because(place).length === 0), 'ALLOW_ANY', 'the mesh has ALLOW_ANY: sidecars let pass what they do not know'),
      ...this.letPass(own.filter(place => this.outbound.because(place).length > 0), 'SIDECAR_ALLOW_ANY', 'a Sidecar has ALLOW_ANY for them: it lets pass what it does not know'),
    ];
  }

  private letPass(places: readonly OutboundPlace[], kind: OpeningKind, why: string): Opening[] {
    return places.length === 0 ? [] : [{
      kind, who: `every pod with a sidecar of ${places.map(outboundName).join(', ')}`, why, except: [], because: places.flatMap(place => this.outbound.because(place)),
    }];
  }

  /** Whom the servers of gateways let pass that lead to a dependency, with or without the route that was meant for it. */
  private atGateways(access: readonly Access[], doors: readonly GatewayDoor[]): Opening[] {
    const reaching = new Set(access.filter(isOpen).map(({ client }) => clientKey(client)));
    const found = doors.map(door => ({ door, whom: this.whomItAdmits(door) }));
    const of = (kind: OpeningKind, whom: (typeof found)[number]['whom'], who: (gateway: string) => string, why: string): Opening[] => {
      const byGateway = new Map<string, GatewayDoor[]>();
      found.filter(one => one.whom === whom).forEach(({ door }) => addTo(byGateway, door.gateway, door));
      return [...byGateway].map(([gateway, at]) => ({ kind, who: who(gateway), why, except: [], because: serversOf(at) }));
    };
    return [
      ...of('WITHOUT_IDENTITY', 'anybody', gateway => `every pod that can connect to the gateway ${gateway}, with a sidecar or without`,
        'the gateway asks for no certificate of the mesh, so it cannot tell who connects'),
      ...of('ANY_IDENTITY', 'everyAccount', gateway => `every account of the mesh that connects to the gateway ${gateway} with the server name of the route`,
        'neither the Gateway nor an AuthorizationPolicy names the accounts that may pass'),
      ...found.flatMap(({ door, whom }) => this.namedBeside(door, typeof whom === 'object' ? whom.filter(client => !reaching.has(clientKey(client))) : [])),
    ];
  }

  private namedBeside({ gateway, chain }: GatewayDoor, clients: readonly Client[]): Opening[] {
    return clients.length === 0 ? [] : [{
      kind: 'NAMED_AT_GATEWAY',
      who: namesText(clients.map(clientName), 6),
      why: `a server of the gateway ${gateway} lets them pass; they need no more than a DestinationRule of their own that connects to it`,
      except: [],
      because: [causeOf(chain)],
    }];
  }

  /** Whom a server lets pass: anybody, every account of the mesh, or those that are named. */
  private whomItAdmits({ pods, policies, chain, sni, authority }: GatewayDoor): 'anybody' | 'everyAccount' | readonly Client[] {
    const { trustDomain } = this.view.facts;
    const isMutual = chain.termination === 'ISTIO_MUTUAL';
    const admits = (client?: Client) => policies.decide({
      principal: client && { trustDomain, ...client }, sni, port: pods.port, isHttp: chain.choice === undefined, authority,
    }).admitted !== 'no';
    if (!isMutual) {
      return admits() ? 'anybody' : [];
    }
    const names = chain.server.tls?.subjectAltNames ?? [];
    if (names.length === 0) {
      return admits({ namespace: '(any)', account: '(any)' }) ? 'everyAccount' : this.clients.filter(({ account }) => account !== ANY_OTHER).filter(admits);
    }
    return names.flatMap(accountIn).filter(admits);
  }

  private withoutSidecar(dependency: Dependency): Opening {
    const places = placesOf(this.view, dependency);
    const letting = this.limited.map(namespace => ({ namespace, letsOut: this.letsOut(namespace, places) }));
    const of = (wanted: boolean | 'perhaps') => letting.filter(({ letsOut }) => letsOut === wanted).map(({ namespace }) => namespace);
    const [closed, unsure] = [of(false), of('perhaps')];
    const among = new Set(closed);
    const policies = this.limiting.filter(({ object }) => among.has(object.namespace));
    return {
      kind: 'WITHOUT_SIDECAR',
      who: 'every pod without a sidecar',
      why: `it connects to the addresses itself, and Istio does not see it; NetworkPolicies or a firewall stop it${unsure.length === 0 ? ''
        : `. The NetworkPolicies of ${namesText(unsure)} let pods out to some addresses, and whether the service is at one of them is not in the input`}`,
      except: closed,
      because: policies.slice(0, 10).map(({ object }) => cause(object, ['spec', 'egress'])),
    };
  }

  /** Whether any pod of a namespace, whatever its labels, is let out to one of the places. For `hostNetwork` NetworkPolicies do not hold. */
  private letsOut(namespace: string, places: readonly NetworkPlace[]): boolean | 'perhaps' {
    if (places.length === 0 || this.view.podsIn(namespace).hasHostNetwork) {
      return true;
    }
    const found = places.map(place => {
      const key = JSON.stringify([namespace, place]);
      const known = this.letting.get(key) ?? letsOutAnyOf(this.view, namespace, place);
      this.letting.set(key, known);
      return known;
    });
    return found.includes(true) || (found.includes('perhaps') && 'perhaps');
  }

  private ofTenants(access: readonly Access[]): Opening[] {
    const open = unguarded(this.guards);
    return access.some(({ gateway }) => gateway !== undefined) ? [{
      kind: 'TENANT',
      who: writersOf(open),
      why: `they can open a route of their own through the same gateway, or turn one that is there, ${open.length > 0
        ? 'unless admission control refuses it: no ValidatingAdmissionPolicy in the input is sure to' : 'as far as the ValidatingAdmissionPolicies in the input let them'}`,
      except: [],
      because: open.length > 0 ? [] : this.guards.map(({ policy }) => cause(policy)),
    }] : [];
  }
}

function serversOf(doors: readonly GatewayDoor[]): Cause[] {
  return [...new Map(doors.map(({ chain }) => [JSON.stringify([chain.gateway.name, chain.server.field]), causeOf(chain)])).values()];
}

/** Where a dependency is in the network: its endpoints at their ports, and the addresses that are written down. */
function placesOf(view: MeshView, { hosts, entries }: Dependency): NetworkPlace[] {
  const objects = new Set(entries.map(({ object }) => object));
  const services = hosts.flatMap(host => view.knownServicesByHost.get(host) ?? []).filter(({ object }) => objects.has(object));
  const found = services.flatMap(service => service.ports.filter(({ number }) => Number.isFinite(number)).flatMap((port): NetworkPlace[] => {
    const { host, address } = service;
    const own = networkOf(address).length > 0 && address !== ANY_ADDRESS ? address : undefined;
    const { places } = upstreamOf(view, service, port, {}, 'sidecar', { host, address: own, port: port.number, isNobodys: false });
    const ends = places.map(({ address: place, port: of }) => ({ end: { address: place }, port: of }));
    const ports = [...new Set([port.number, Number(port.target)])];
    const written = own === undefined ? [] : ports.map(number => ({ end: { address: own }, port: number }));
    return ends.length + written.length > 0 ? [...ends, ...written] : [{ end: {}, port: port.number }];
  }));
  return [...new Map(found.map(place => [JSON.stringify(place), place])).values()];
}

function first(access: readonly Access[]): readonly Cause[] {
  return access[0].because;
}

/** The namespaces, among those that the input shows, that are not among some. */
function notIn(all: readonly Access[], some: readonly Access[]): string[] {
  const among = new Set(some.map(({ client }) => client.namespace));
  return [...new Set(all.filter(({ client }) => !among.has(client.namespace)).map(({ client }) => client.namespace))].sort();
}

/** An opening as one sentence, without its end. */
export function openingText({ who, why, except }: Opening): string {
  return `${who}${except.length === 0 ? '' : ` (but not in ${namesText(except)})`}: ${why}`;
}
