import { Access } from './access';
import { ANY_OTHER } from './client';
import { addressesOf, Dependency, Target } from './dependency';
import { namesText } from './names';
import { outboundName, OutboundPolicies } from './outbound';
import { accessDecision } from '../trace/access-decision';
import { gatewaysBehind } from '../trace/gateway-pods';
import { Cause, cause } from '../trace/hop';
import { networkDecision } from '../trace/network-cut';
import { records, record, strings } from '../view/fields';
import { MeshView } from '../view/mesh-view';

/** Why somebody could reach a dependency whom nobody named. */
export type OpeningKind = 'NAMESPACE' | 'EVERYBODY' | 'ALLOW_ANY' | 'SIDECAR_ALLOW_ANY' | 'WITHOUT_SIDECAR' | 'WITHOUT_IDENTITY' | 'ANY_IDENTITY' | 'TENANT';

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
  private readonly limited: readonly string[];
  private readonly isGuarded: boolean;
  private readonly outbound: OutboundPolicies;

  public constructor(private readonly view: MeshView) {
    this.outbound = new OutboundPolicies(view);
    const limiting = view.egressPolicies.filter(({ limits, isForAll }) => limits && isForAll);
    this.limited = [...new Set(limiting.map(({ object }) => object.namespace))].sort();
    this.isGuarded = view.of('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy').some(({ spec }) => (
      records(record(spec.matchConstraints).resourceRules).some(rule => strings(rule.apiGroups).includes('networking.istio.io'))));
  }

  /** What holds for a dependency beside what its clients get. */
  public of(dependency: Dependency, access: readonly Access[]): Opening[] {
    return [...this.inMesh(access), ...this.atGateways(access), this.withoutSidecar(dependency), ...this.ofTenants(access)];
  }

  private inMesh(access: readonly Access[]): Opening[] {
    const others = access.filter(({ client }) => client.account === ANY_OTHER);
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
    const isOpen = namespaces.includes(ANY_OTHER) && this.outbound.isOpen(everybody);
    const own = namespaces.flatMap(namespace => {
      const [whole, ...some] = this.outbound.placesIn(namespace);
      return this.outbound.isOpen(whole) ? isOpen ? [] : [whole] : some.filter(place => this.outbound.isOpen(place));
    });
    return [
      ...isOpen ? [{
        kind: 'ALLOW_ANY' as const,
        who: 'every pod with a sidecar, in every namespace',
        why: 'the mesh has ALLOW_ANY: sidecars let pass what they do not know',
        except: namespaces.filter(namespace => !this.outbound.isOpen({ namespace, labels: {} })),
        because: this.outbound.because(everybody),
      }] : [],
      ...own.length > 0 ? [{
        kind: 'SIDECAR_ALLOW_ANY' as const,
        who: `every pod with a sidecar of ${own.map(outboundName).join(', ')}`,
        why: 'a Sidecar has ALLOW_ANY for them: it lets pass what it does not know',
        except: [],
        because: own.flatMap(place => this.outbound.because(place)),
      }] : [],
    ];
  }

  /** What gateways ask of those who come without the route that was meant for them. */
  private atGateways(access: readonly Access[]): Opening[] {
    const found = new Map<string, Opening>();
    const legs = new Map(access.flatMap(({ leg }) => (leg ? [[JSON.stringify(leg), leg] as const] : [])));
    for (const { host, port, sni, server, mode, isHttp, authority } of legs.values()) {
      const [pods] = gatewaysBehind(this.view, host, port);
      const servers = this.view.gateways.filter(({ name }) => name === server).flatMap(gateway => gateway.servers.map(one => ({ gateway, one })));
      const at = servers.find(({ one }) => one.hosts.includes(sni)) ?? servers[0];
      if (pods === undefined || at === undefined) {
        continue;
      }
      const because = [cause(at.gateway.object, at.one.field)];
      const asks = (principal: { readonly trustDomain: string; readonly namespace: string; readonly account: string } | undefined) => (
        accessDecision(this.view, pods, { principal, sni: sni === '' ? undefined : sni, port: pods.port ?? port, isHttp, authority }).admitted === 'no');
      const [name, namespace] = host.split('.');
      const gateway = `the gateway ${namespace}/${name}`;
      if (mode !== 'ISTIO_MUTUAL' && !asks(undefined)) {
        found.set('WITHOUT_IDENTITY', {
          kind: 'WITHOUT_IDENTITY',
          who: `every pod that can connect to ${gateway}, with a sidecar or without`,
          why: 'the gateway asks for no certificate of the mesh, so it cannot tell who connects',
          except: [],
          because,
        });
      } else if (mode === 'ISTIO_MUTUAL' && (at.one.tls?.subjectAltNames.length ?? 0) === 0
        && !asks({ trustDomain: this.view.facts.trustDomain, namespace: '(any)', account: '(any)' })) {
        found.set('ANY_IDENTITY', {
          kind: 'ANY_IDENTITY',
          who: `every account of the mesh that connects to ${gateway} with the server name of the route`,
          why: 'neither the Gateway nor an AuthorizationPolicy names the accounts that may pass',
          except: [],
          because,
        });
      }
    }
    return [...found.values()];
  }

  private withoutSidecar(dependency: Dependency): Opening {
    const closed = this.limited.filter(namespace => this.isClosed(namespace, dependency));
    const policies = this.view.egressPolicies.filter(({ object, limits, isForAll }) => limits && isForAll && closed.includes(object.namespace));
    return {
      kind: 'WITHOUT_SIDECAR',
      who: 'every pod without a sidecar',
      why: 'it connects to the addresses itself, and Istio does not see it; NetworkPolicies or a firewall stop it',
      except: closed,
      because: policies.slice(0, 10).map(({ object }) => cause(object, ['spec', 'egress'])),
    };
  }

  /** Whether NetworkPolicies keep pods without labels of a namespace from every address of a dependency. */
  private isClosed(namespace: string, dependency: Dependency): boolean {
    const addresses = addressesOf(dependency);
    const ports = [...new Set(dependency.targets.map(({ port }: Target) => port))];
    return ports.length > 0 && ports.every(port => (addresses.length > 0 ? addresses.map(address => address.split('/')[0]) : [undefined]).every(address => (
      networkDecision(this.view, { namespace, labels: {}, hasLabels: true }, { address }, port)?.isCut === true)));
  }

  private ofTenants(access: readonly Access[]): Opening[] {
    return access.some(({ leg }) => leg !== undefined) ? [{
      kind: 'TENANT',
      who: 'whoever may write Gateways and VirtualServices, in any namespace',
      why: `they can open a route of their own through the same gateway${this.isGuarded
        ? '; a ValidatingAdmissionPolicy in the input looks at such objects' : ', unless admission control refuses it: the input has none'}`,
      except: [],
      because: [],
    }] : [];
  }
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
