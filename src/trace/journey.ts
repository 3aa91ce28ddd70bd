import { PodPolicies } from './access-decision';
import { dialledBy, Dialled, isAddress, TraceTarget } from './application';
import { bypass, Capture } from './capture';
import { defaultServerName, Destination, destinationOf, percentOf, Sender, sharesOf } from './destination';
import { dnsCutFor } from './dns-cut';
import { causeOf, GatewayChain, GatewayChains } from './gateway-chain';
import { couldSelect, GatewayPods, labelsText } from './gateway-pods';
import { ownLabels, variantsOf } from './gateway-variants';
import { handshakeDecision } from './handshake';
import { cause, Cause, Ending, EndKind, Hop, hop, nameOf } from './hop';
import { conditionText, delegateText, destinationText, droppedNotes, endpointsText, firstOf, oneOf, percentText, portField, portText, serverText, shareText } from './hop-text';
import { itself, Listener, PortListeners, toEgressProxy, unknownDestination } from './listener';
import { mismatchOf } from './mismatch';
import { endsBehind, NetworkDecision, networkDecisionOf, NetworkPeer, NetworkPlace } from './network-cut';
import { GatewayListener, Proxies } from './proxies';
import { egressListener, httpProxyFor, isHttpProxy, ProxyScope } from './proxy-scope';
import { Choice, Chooser } from './route-choice';
import { trustOf, Tunnel } from './rule-lookup';
import { noteOfSecret, withoutCertificate, withoutSecret } from './secrets';
import { policiesBehind } from './server-policies';
import { SidecarPort } from './sidecar-port';
import { unfollowedNotes } from './unfollowed';
import { unselected, unserved } from './unserved';
import { placeText, Upstream, upstreamOf } from './upstream';
import { Forks } from './ways';
import { contains, networkOf } from '../private/network';
import { upgradedOn } from '../private/starttls';
import { record, records, strings, valueAt } from '../view/fields';
import { isWithin, mostSpecific } from '../view/host-match';
import { DATAPLANE_MODE } from '../view/istio-labels';
import { KnownService } from '../view/known-service';
import { meantHosts } from '../view/meant-hosts';
import { MeshView } from '../view/mesh-view';

/** How a client of a protocol sees that something went wrong. */
const SEEN = {
  unknown: { TCP: 'the connection is reset at once', TLS: 'the connection is reset at once', HTTP: '502 Bad Gateway' },
  noCluster: { TCP: 'the connection is closed', TLS: 'the handshake is cut', HTTP: '503 (NC, cluster not found)' },
  noRoute: { TCP: 'the connection is closed', TLS: 'the handshake is cut', HTTP: '404 Not Found (NR)' },
  noChain: { TCP: 'the connection is closed', TLS: 'the handshake is cut', HTTP: '503 (UC, connection termination)' },
  handshake: { TCP: 'the connection is closed without a byte', TLS: 'the handshake is cut', HTTP: '503 (UC, connection termination)' },
  policy: { TCP: 'the connection is closed', TLS: 'the handshake is cut', HTTP: '403 RBAC: access denied' },
  noListener: { TCP: 'the connection is closed (UF)', TLS: 'the handshake is cut (UF)', HTTP: '503 (UF, connection refused)' },
  noEndpoint: { TCP: 'the connection is closed (UH)', TLS: 'the handshake is cut (UH)', HTTP: '503 no healthy upstream (UH)' },
  noSecret: { TCP: 'the connection is closed (UF)', TLS: 'the handshake is cut (UF)', HTTP: '503 (UF, Secret is not supplied by SDS)' },
  dropped: { TCP: 'a timeout (UF)', TLS: 'a timeout (UF)', HTTP: '503 after a timeout (UF)' },
} as const;

/** One connection on one of its ways. */
export class Journey {
  public readonly hops: Hop[] = [];
  private readonly conditions: string[] = [];
  private dialled!: Dialled;
  /** How many hops and conditions there were when it left the main way. */
  private beforeLeaving?: { readonly hops: number; readonly conditions: number };
  /** What a proxy on the way reads and has not, and how the client sees that. */
  private lacking?: { readonly text: string; readonly seen: string };
  /** Whose listener took the connection, when it is not that of what was asked for. */
  private instead?: string;

  public constructor(
    private readonly proxies: Proxies, private readonly client: Capture, private readonly to: TraceTarget, private readonly forks: Forks,
  ) {}

  private get view(): MeshView {
    return this.proxies.view;
  }

  /** How many of its hops are those of the main way. */
  public get shared(): number {
    return this.beforeLeaving?.hops ?? this.hops.length;
  }

  /** What of the connections or requests leaves the main way with it. */
  public get taken(): string {
    return this.conditions[this.beforeLeaving?.conditions ?? this.conditions.length] ?? '';
  }

  private choose<T>(branches: readonly T[]): T {
    const chosen = this.forks.choose(branches);
    if (this.beforeLeaving === undefined && this.forks.hasLeftMainWay) {
      this.beforeLeaving = { hops: this.hops.length, conditions: this.conditions.length };
    }
    return chosen;
  }

  public end(): Ending {
    const { view, client, to } = this;
    if (view.facts.dataPlane === 'ambient') {
      return this.ending('UNKNOWN', 'the mesh is ambient, and this follows sidecars: a ztunnel ignores VirtualServices, DestinationRules and exportTo');
    }
    if (view.namespaces.planeOf(client.namespace, client.pod) === 'ZTUNNEL') {
      this.hops.push(hop('sidecar', `the pods of "${client.namespace}" have no sidecar: a ztunnel takes their connections`, [
        cause(client.pod?.labels[DATAPLANE_MODE] === undefined ? view.namespaces.of(client.namespace)! : client.pod.object, ['metadata', 'labels']),
      ], { facts: { cluster: '' } }));
      return this.ending('UNKNOWN', `namespace "${client.namespace}" is ambient, and this follows sidecars: a ztunnel ignores VirtualServices, DestinationRules and exportTo`);
    }
    const scope = this.proxies.sidecarScope(client, to.port);
    this.dialled = dialledBy(view, scope, client, to);
    this.hops.push(this.dialled.hop);
    this.conditions.push(...this.conditionsOfApplication());
    const { address } = this.dialled;
    const past = bypass(view, client, address ?? '', to.port);
    if (past && this.choose(past.condition === undefined ? [true] : [false, true])) {
      this.conditions.push(...past.condition === undefined ? [] : [past.condition]);
      this.hops.push(hop('sidecar', `the connection does not pass the sidecar: ${past.text}`, past.causes, { notes: this.notesOfAccount(), facts: { cluster: '' } }));
      return this.straightOut('it goes straight to the address, past the sidecar');
    }
    const own = records(scope.sidecar?.object.spec.egress)[egressListener(scope.sidecar, to.port)];
    if (own !== undefined && isHttpProxy(own)) {
      return this.throughProxy(scope, egressListener(scope.sidecar, to.port), `port ${to.port}`);
    }
    if (own !== undefined && (typeof own.bind === 'string' && own.bind !== '' || own.captureMode === 'NONE')) {
      return this.atBoundListener(scope);
    }
    const choice = this.atSidecar(scope);
    return 'kind' in choice ? choice : this.byGatewayApi() ?? this.onwards(this.sender(scope), choice);
  }

  /** What the application would have to do that applications of its port do not: that it speaks TLS is what the port is declared for. */
  private conditionsOfApplication(): string[] {
    const usual = this.to.protocol === undefined && this.dialled.spoken === 'TLS' ? upgradedOn(this.to.port) : undefined;
    return usual === undefined ? [] : [`if the application begins with TLS, which clients of ${usual.name}, whose port ${this.to.port} is, do not (MX0219)`];
  }

  /** The end where a route of the Gateway API decides. */
  private byGatewayApi(): Ending | undefined {
    const service = this.hops[this.hops.length - 1].facts.service ?? this.dialled.host;
    const route = this.proxies.gatewayApi.routeOf(this.view.knownServicesByHost.get(service) ?? [], this.dialled.host, this.to.port);
    if (!route) {
      return undefined;
    }
    this.hops.push(hop('api route', `${nameOf(route)} may send it elsewhere`, [cause(route, ['spec', 'parentRefs'])]));
    return this.ending('UNKNOWN', `${nameOf(route)} is a route of the Gateway API about ${service}, and those are not followed`);
  }

  private sender(scope: ProxyScope): Sender {
    return { kind: 'sidecar', scope, labels: this.client.labels, listenerPort: this.to.port };
  }

  /** What the sidecar does with the connection: where it sends it, or how it ends there. */
  private atSidecar(scope: ProxyScope): Choice | Ending {
    const { to, client } = this;
    const { address, spoken, host, others } = this.dialled;
    const chooser: Chooser = { namespace: client.namespace, labels: client.labels, gateway: 'mesh', port: to.port };
    const port = this.proxies.portOf(scope, chooser);
    const { listeners } = port;
    const at = (place: string | undefined) => {
      const listener = listeners.at(place ?? '');
      const wire = { address: place, isTls: spoken === 'TLS', sni: spoken === 'TLS' ? host : undefined, isHttp: spoken === 'HTTP' };
      const [chain, ...more] = listener?.chainsFor(wire) ?? [];
      return { listener, chain, more };
    };
    const { listener, chain, more } = at(address);
    const sidecar = scope.sidecar ? [cause(scope.sidecar.object, ['spec', 'egress'])] : [];
    const halved = this.halvedAt(scope, address);
    if (halved) {
      return this.perhapsKnown(halved, sidecar);
    }
    const notes = [
      ...this.notesOfClient(scope), ...listener ? droppedNotes(listener, host) : [],
      ...others.filter(other => at(other).chain?.service !== chain?.service).map(other => `at ${other} it is taken by ${at(other).chain?.service.host ?? 'nobody'}`),
      ...address === undefined ? this.elsewhere(listeners) : [],
    ];
    if (!listener || !chain) {
      return this.unknownTo(scope, listener, notes);
    }
    if (more.length > 0) {
      return this.overlapping('sidecar', `the listener ${listener.name}`, [chain, ...more].flatMap(({ choice }) => choice?.causes ?? []));
    }
    const { service } = chain;
    const isHttp = chain.choice === undefined;
    const told = isHttp ? 'tells requests apart by their host' : chain.sni.length > 0 ? `takes the server name ${chain.sni.join(', ')}`
      : chain.ranges.length > 0 ? `takes addresses in ${chain.ranges.join(', ')}` : 'takes every connection that arrives there';
    const isAnothers = !isHttp && !isAddress(host) && service.host !== '*' && !isWithin(host, service.host);
    this.instead = isAnothers ? service.host : undefined;
    const whose = isAnothers ? `, and sends them where ${service.host} is` : '';
    const detects = !isHttp && listener.protocol === '' && spoken === 'TCP' && listener.chains.some(({ isPlainHttp }) => isPlainHttp)
      ? ['the listener waits for the first bytes to tell HTTP from other protocols: where the server speaks first, the connection hangs'] : [];
    if (isHttp) {
      return this.byHost(scope, port, listener, [...sidecar, cause(service.object, portField(service, to.port))], notes);
    }
    this.hops.push(hop('sidecar', `the listener ${listener.name} ${told}${whose}`, [cause(service.object, portField(service, to.port)), ...sidecar], {
      notes: [...notes, ...detects, ...isAnothers ? [`the application asked for ${host}`] : []],
      facts: { listener: listener.name, service: service.host },
    }));
    return chain.choice!;
  }

  /** The service of an address that the sidecar may not know; requests are told apart by their host, which it knows. */
  private halvedAt({ halved }: ProxyScope, address = ''): KnownService | undefined {
    const [dialled] = networkOf(address);
    return dialled && halved.find(service => networkOf(service.address).some(range => contains(range, dialled))
      && service.ports.some(({ number, class: listens }) => number === this.to.port && (listens !== 'HTTP' || isAddress(this.dialled.host))));
  }

  private perhapsKnown({ object }: KnownService, sidecar: readonly Cause[]): Ending {
    this.hops.push(hop('sidecar', `the sidecar knows ${nameOf(object)} at one of its addresses only, because the Sidecar names exact hosts and no wildcard`, [
      ...sidecar, cause(object, ['spec', 'addresses']),
    ], { facts: { cluster: '' } }));
    return this.ending('UNKNOWN', `which address that is differs from one run of istiod to the next: add a host with a wildcard to ${sidecar[0].object}, such as "./*" (MX0610)`);
  }

  /** Of a listener with two chains for one connection. */
  private overlapping(stage: 'sidecar' | 'gateway', what: string, causes: readonly Cause[]): Ending {
    this.hops.push(hop(stage, `${what} has several filter chains for the connection, and Envoy refuses such a listener`, causes, { facts: { cluster: '' } }));
    return this.ending('UNKNOWN', `Envoy refuses the configuration of ${what}: it keeps what it had, or has nothing there`);
  }

  private byHost(
    scope: ProxyScope, { requests }: SidecarPort, listener: Listener, causes: readonly Cause[], notes: readonly string[],
  ): Choice | Ending {
    const { spoken, host } = this.dialled;
    if (spoken !== 'HTTP') {
      this.hops.push(hop('sidecar', `the listener ${listener.name} takes HTTP only`, causes, { notes, facts: { listener: listener.name, cluster: '' } }));
      return this.ending('REFUSED', `the sidecar expects HTTP in plaintext on port ${this.to.port}`, 'noChain');
    }
    const found = requests.choiceFor(host);
    if (!found) {
      return this.unknownTo(scope, listener, notes);
    }
    this.hops.push(hop('sidecar', `the listener ${listener.name} tells requests apart by their host, and knows ${found.service?.host ?? host}`, [
      ...found.service ? [cause(found.service.object, portField(found.service, this.to.port))] : [], ...scope.sidecar ? [cause(scope.sidecar.object, ['spec', 'egress'])] : [],
    ], { notes, facts: { listener: listener.name, service: found.service?.host ?? host } }));
    return found.choices.length > 0 ? this.choose(found.choices) : itself(found.service!, this.to.port);
  }

  /** What becomes of a destination that the sidecar does not know. */
  private unknownTo(scope: ProxyScope, listener: Listener | undefined, notes: readonly string[]): Choice | Ending {
    const atPods = this.listenedForAtPods(scope);
    if (atPods) {
      this.hops.push(hop('sidecar', `the sidecar listens for ${atPods.host} at the addresses of its pods`, [cause(atPods.object, ['spec', 'selector'])], { notes, facts: { cluster: '' } }));
      return this.ending('UNKNOWN', `the pods of ${atPods.host} have no other address than their own, and these are not in the input`);
    }
    const { cluster, causes } = unknownDestination(scope);
    const why = this.whyUnknown(scope);
    const name = listener?.name ?? 'virtualOutbound';
    const what = listener ? `the listener ${name} has no place for it` : `no listener takes port ${this.to.port} there`;
    this.hops.push(hop('sidecar', `${what}${why.text === '' ? '' : `: ${why.text}`}`, [...why.causes, ...why.isHidden ? [] : causes], {
      notes: [...notes, ...why.meant === undefined ? [] : [`did you mean ${why.meant}?`]], facts: { listener: name, cluster },
    }));
    const proxy = httpProxyFor(this.view, scope, this.dialled.host);
    if (scope.isClosed && proxy >= 0 && this.dialled.spoken === 'HTTP') {
      return this.throughProxy(scope, proxy, this.dialled.host);
    }
    if (scope.isClosed) {
      const what_ = scope.sidecar?.isClosed ? `'${scope.sidecar.object.origin.path}' has REGISTRY_ONLY` : 'the mesh has REGISTRY_ONLY';
      // Where a listener reads no requests, nobody answers them.
      const isRead = this.dialled.spoken !== 'HTTP' || listener?.readsRequests === true;
      return this.ending('NOWHERE', `the sidecar sends it to BlackHoleCluster: ${what_}`, isRead ? 'unknown' : undefined, [], isRead ? undefined : 'the connection is reset at once');
    }
    return scope.sidecar?.egressProxy ? toEgressProxy(scope.sidecar.object, scope.sidecar.egressProxy)
      : this.straightOut('ALLOW_ANY: the sidecar passes it on to the address that the application dialled');
  }

  /** The service without an address of its own that was asked for, by its name or by that of one of its pods. */
  private listenedForAtPods({ servicesByHost }: ProxyScope): KnownService | undefined {
    const { host, port } = this.dialled;
    const named = [host, host.slice(host.indexOf('.') + 1)].flatMap(name => servicesByHost.get(name) ?? []);
    return named.find(({ host: own, resolution, selector, ports }) => (resolution === 'HEADLESS' || own === host && resolution === 'NONE')
      && Object.keys(selector ?? {}).length > 0 && ports.some(({ number }) => number === port));
  }

  /** Where applications may ask the sidecar as an HTTP proxy: it goes by the request, whatever the connection is to. */
  private throughProxy({ sidecar }: ProxyScope, place: number, what: string): Ending {
    this.hops.push(hop('sidecar', `an egress listener is an HTTP proxy for ${what}`, [cause(sidecar!.object, ['spec', 'egress', place])], { facts: { cluster: '' } }));
    return this.ending('UNKNOWN', `${nameOf(sidecar!.object)} has an HTTP proxy (HTTP_PROXY) for ${what}, and what an application asks of it is not followed`);
  }

  /** Where a Sidecar says which address the proxy listens on: whether that is what the application dials, the input does not show. */
  private atBoundListener({ sidecar }: ProxyScope): Ending {
    const place = egressListener(sidecar, this.to.port);
    this.hops.push(hop('sidecar', `${nameOf(sidecar!.object)} has an egress listener with an address of its own (bind, captureMode)`, [
      cause(sidecar!.object, ['spec', 'egress', place]),
    ], { facts: { cluster: '' } }));
    return this.ending('UNKNOWN', `${nameOf(sidecar!.object)} listens on an address of its own for port ${this.to.port}, and such listeners are not followed`);
  }

  private whyUnknown(
    { sidecar, servicesByHost }: ProxyScope,
  ): { readonly text: string; readonly causes: readonly Cause[]; readonly isHidden?: boolean; readonly meant?: string } {
    const { host, port } = this.dialled;
    const declared = this.view.knownServicesByHost.get(host) ?? [];
    const withPort = declared.filter(({ ports }) => ports.some(({ number }) => number === port));
    if (declared.length === 0) {
      // To those who do not see it, a wildcard is not there.
      const { knownServicesByHost: all } = this.view;
      const around = isAddress(host) ? [] : all.get(mostSpecific(host, all) ?? '') ?? [];
      return { text: `nothing in the input declares ${host}`, causes: around.map(({ object }) => cause(object, ['spec', 'exportTo'])), meant: this.meantBy(host) };
    }
    const { namespace } = this.client;
    const seen = withPort.filter(({ visibleTo }) => visibleTo.includes('*') || visibleTo.includes(namespace));
    if (withPort.length === 0) {
      return { text: `${host} is declared without port ${port}`, causes: declared.map(({ object }) => cause(object, ['spec', 'ports'])) };
    }
    if (seen.length === 0) {
      return { text: `${host} is not exported to "${namespace}"`, causes: withPort.map(({ object }) => cause(object, ['spec', 'exportTo'])) };
    }
    const listeners = records(sidecar?.object.spec.egress);
    if (!sidecar || listeners.length === 0 || servicesByHost.has(host)) {
      return { text: `${host} is declared, and not what these sidecars listen for there`, causes: seen.map(({ object }) => cause(object)) };
    }
    const place = egressListener(sidecar, port);
    const imported = strings(listeners[place]?.hosts);
    return {
      text: place < 0 ? `${nameOf(sidecar.object)} has no egress listener for port ${port}`
        : `${host} is declared, and ${nameOf(sidecar.object)} does not import it: its hosts are ${imported.length === 0 ? 'none' : firstOf(imported)}`,
      causes: [cause(sidecar.object, ['spec', 'egress', ...place < 0 ? [] : [place]]), ...seen.map(({ object }) => cause(object))],
      isHidden: true,
    };
  }

  /** What DNS would complete is tried as a name of the client's namespace first. */
  private meantBy(host: string): string | undefined {
    const meant = meantHosts(this.view);
    const full = host.includes('.') ? undefined : meant.by(`${host}.${this.client.namespace}.svc.${this.view.facts.clusterDomain}`);
    return full ?? (isAddress(host) ? undefined : meant.by(host));
  }

  private straightOut(text: string): Ending {
    const { address, range, host, port } = this.dialled;
    const cut = this.network(this.client, this.dialledPlaces(port));
    return cut ?? this.ending('DIRECT', text, undefined, [placeText(range ?? (address !== undefined && isAddress(address) ? address : host), port)]);
  }

  /** Where the application dials; an address that nobody knows when DNS alone does. */
  private dialledPlaces(port: number): NetworkPlace[] {
    const { places } = this.dialled;
    return (places.length === 0 ? [undefined] : places).map(address => ({ end: { address }, port }));
  }

  /** From a proxy to where a rule sends. */
  private onwards(sender: Sender, choice: Choice): Ending {
    const to = this.destination(sender, choice);
    if ('kind' in to) {
      return to;
    }
    const gateway = this.proxies.gatewayApi.gatewayAt(to.host);
    if (gateway) {
      this.hops.push(hop('gateway', `it arrives at the gateway that ${nameOf(gateway)} of the Gateway API is for`, [cause(gateway, ['spec', 'listeners'])], {
        facts: { tls: to.spoken.mode },
      }));
      return this.ending('UNKNOWN', `${nameOf(gateway)} is a gateway of the Gateway API, and those are not followed`);
    }
    if (to.service === undefined || to.service.isKubernetes) {
      const meant = to.service === undefined ? meantHosts(this.view).by(to.host) : undefined;
      if (meant !== undefined) {
        return this.ending('UNKNOWN', `Service ${to.host} is not in the input: did you mean ${meant}?`);
      }
      const gateways = this.proxies.gatewaysBehind(to.host, to.port);
      if (gateways.length > 0) {
        return this.atGateways(to, gateways);
      }
      if (to.service === undefined) {
        const { text, causes } = unselected(this.view, to);
        return this.ending('UNKNOWN', `Service ${to.host} is not in the input, and ${text}`, undefined, [], undefined, causes);
      }
    }
    return this.leaves(sender, to, this.client, this.dialled.spoken);
  }

  /** Where a proxy sends by the rule that was chosen; the end when the rule answers itself, or the proxy lacks the destination. */
  private destination(sender: Sender, choice: Choice): Destination | Ending {
    const answered = this.route(sender, choice);
    if (answered) {
      return answered;
    }
    const aborted = this.aborted(choice);
    if (aborted) {
      return aborted;
    }
    const share = this.choose(sharesOf(choice));
    if (this.forks.hasLeftMainWay && share.percent !== undefined || share.isCopy) {
      this.conditions.push(shareText(share, choice));
    }
    const to = destinationOf(this.view, this.proxies.rules, sender, choice, share.to);
    this.hops.push(hop('destination', destinationText(to), to.causes, {
      notes: to.notes, facts: { cluster: to.cluster, tls: to.spoken.mode, sni: to.spoken.sni ?? '' },
    }));
    return to.missing
      ? this.ending('NOWHERE', `the ${sender.kind} has no cluster ${to.cluster}: ${to.missing.text}`, 'noCluster', [], undefined, to.missing.causes) : to;
  }

  /** The end of requests that the proxy aborts, before it sends them or copies of them anywhere. */
  private aborted({ rule }: Choice): Ending | undefined {
    if (rule?.abort === undefined) {
      return undefined;
    }
    const { percent, status, object, field } = rule.abort;
    const isAborted = this.choose(percent === 100 ? [true] : percent > 50 ? [true, false] : [false, true]);
    if (percent < 100 && this.forks.hasLeftMainWay) {
      this.conditions.push(`for ${isAborted ? percent : Number((100 - percent).toFixed(4))} % of the requests`);
    }
    return isAborted ? this.ending('REFUSED', `the proxy aborts the request with status ${status}`, undefined, [], `${status} (FI, fault filter abort)`, [cause(object, field)])
      : undefined;
  }

  /** The rule that was chosen, if it is one of a VirtualService; the end when it answers itself. */
  private route({ kind }: Sender, choice: Choice): Ending | undefined {
    if (choice.route && choice.rule) {
      const { object } = choice.rule;
      const where = choice.destinations.map(to => `${to.host}${to.port === undefined ? '' : `:${to.port}`}${to.subset === undefined ? '' : `, subset ${to.subset}`}${
        choice.destinations.length === 1 ? '' : percentText(percentOf(to, choice.destinations))}`);
      const notes = [
        ...choice.conditional.map(condition => `requests that ${conditionText(condition)} matches go elsewhere`),
        ...choice.condition.length > 0 ? [`only requests that ${oneOf(choice.condition)} matches are sent on here; others get 404, unless another rule takes them`] : [],
        ...choice.authority === undefined ? [] : [`requests get the host ${choice.authority}`],
        ...choice.mirrors.map(({ host, weight }) => `a copy of ${weight === undefined ? 'each request' : `${weight} % of the requests`} goes to ${host}`),
      ];
      this.hops.push(hop(kind === 'sidecar' ? 'route' : 'gateway route', where.length > 0 ? `${nameOf(object)} sends it to ${where.join(' and ')}`
        : `${nameOf(object)} ${delegateText(choice.rule) === undefined ? 'sends it nowhere' : `delegates it to ${delegateText(choice.rule)}`}`,
      choice.causes, { notes, facts: choice.rule.abort === undefined ? {} : { aborted: String(choice.rule.abort.percent) } }));
      if (choice.condition.length > 0) {
        this.conditions.push(`if the request is one that ${oneOf(choice.condition)} matches`);
      }
    }
    return choice.destinations.length > 0 ? undefined : this.answered(choice);
  }

  private answered(choice: Choice): Ending {
    const { redirect, delegate, route } = record(choice.rule && valueAt(choice.rule.object, choice.rule.field));
    if (records(route).length > 0) {
      return this.ending('UNKNOWN', `${nameOf(choice.rule!.object)} has a rule whose 'route' has no 'destination' with a host: the API server refuses the object`);
    }
    return delegate !== undefined ? this.ending('UNKNOWN', `the rule delegates, and ${delegateText(choice.rule!)} is not in the input`)
      : this.ending('REFUSED', redirect !== undefined ? 'the proxy answers with a redirect' : 'the proxy answers itself', undefined, [], redirect !== undefined ? 'a redirect' : 'the answer of the proxy');
  }

  private atGateways(to: Destination, all: readonly GatewayListener[]): Ending {
    const entering = this.entering(to);
    const main = all.find(candidate => candidate.chains.chainsFor(entering).length > 0) ?? all[0];
    const variants = variantsOf(main, all);
    const { pods, chains, policies } = this.choose(variants);
    if (pods !== main.pods) {
      this.conditions.push(`for connections that reach the pods with ${labelsText(ownLabels(pods, variants))}`);
    }
    const bound = new Set(pods.gateways);
    const others = all.filter(other => (
      other.pods !== pods && other.pods.pod === undefined && other.pods.gateways.some(gateway => !bound.has(gateway))));
    const notes = [...pods.notes, ...others.map(other => `pods with ${labelsText(other.pods.labels)} may be behind the Service as well, with other Gateways`)];
    if (pods.lost !== undefined) {
      return this.ending('NOWHERE', `${to.host} has no endpoint: ${pods.lost}`, 'noEndpoint', [], undefined, pods.causes);
    }
    if (pods.port === undefined) {
      return this.ending('NOWHERE', `the Service of the gateway has no port ${to.port}, so the sidecar has no cluster ${to.cluster}`, 'noCluster', [], undefined, pods.causes);
    }
    const auto = to.spoken.tls === undefined && pods.labels['security.istio.io/tlsMode'] === 'istio';
    const spoken = auto ? { mode: 'ISTIO_MUTUAL' as const, sni: defaultServerName(to) } : to.spoken;
    const arriving = auto ? { ...entering, isTls: true, sni: spoken.sni } : entering;
    const [chain, ...more] = chains.chainsFor(arriving);
    if (more.length > 0) {
      return this.overlapping('gateway', 'the listener of the gateway', [chain, ...more].map(causeOf));
    }
    const what = `${arriving.isTls ? `TLS with the server name ${arriving.sni ?? '(none)'}` : this.dialled.spoken === 'HTTP' ? 'HTTP in plaintext' : 'plaintext'}`;
    const facts = { port: pods.isAssumed ? '' : String(pods.port), sni: arriving.sni ?? '', tls: spoken.mode };
    const at: NetworkPlace = { end: { pods: { ...pods, hasLabels: !pods.mayHaveMore } }, port: pods.isAssumed ? undefined : pods.port };
    const cut = this.network(this.client, [at], { notes: pods.notes, facts });
    if (cut) {
      return cut;
    }
    if (pods.gateways.length === 0) {
      return this.unselected(pods, what, notes, facts);
    }
    if (!chain) {
      const { isTls, sni } = arriving;
      const why = unserved(this.view, pods, chains.leftOut, { port: to.port, isTls, name: isTls ? sni : undefined });
      this.hops.push(hop('gateway', `${what} arrives at ${portText(pods)} of the gateway in "${pods.namespace}", and no server there takes it`, [
        ...pods.causes, ...why.causes,
      ], { notes, facts }));
      return this.ending('NOWHERE', `the gateway has no filter chain for it: ${why.text}`, 'noChain');
    }
    const { server, gateway } = chain;
    const refused = handshakeDecision(this.view.facts, chain, spoken, { ...this.client, spoken: this.dialled.spoken });
    const absent = withoutCertificate(this.view, pods.namespace, chain);
    this.lacking ??= absent && { text: absent.text, seen: SEEN.noChain[this.dialled.spoken] };
    this.hops.push(hop('gateway', `${what} arrives at ${portText(pods)} of the gateway in "${pods.namespace}", where ${nameOf(gateway.object)} serves it: ${serverText(chain)}`, [
      ...pods.causes, causeOf(chain), ...absent?.causes ?? [],
    ], {
      notes: [...notes, ...chains.leftOutFor(server.hosts).map(left => `istiod leaves out a server of '${left.gateway.object.origin.path}': ${left.why}`)],
      facts: { ...facts, server: gateway.name, named: String(server.tls?.subjectAltNames.length ?? 0), mode: chain.termination, handshake: refused ? 'refused' : 'accepted' },
    }));
    if (refused) {
      return this.ending('REFUSED', refused.text, 'handshake', [], undefined, refused.causes);
    }
    const denied = this.access(policies, pods, chain, arriving, spoken.mode);
    return denied ?? this.fromGateway(pods, chains, chain, arriving.authority);
  }

  /** At pods that no Gateway is for. */
  private unselected(pods: GatewayPods, what: string, notes: readonly string[], facts: Hop['facts']): Ending {
    const others = this.view.gateways.filter(({ servers }) => servers.some(({ port }) => pods.portOf(port) === pods.port));
    const perhaps = others.find(({ selector }) => couldSelect(selector, pods) === 'perhaps');
    this.hops.push(hop('gateway', `${what} arrives at ${portText(pods)} of the gateway in "${pods.namespace}", and no Gateway selects its pods`, [
      ...pods.causes, ...others.map(({ object }) => cause(object, ['spec', 'selector'])),
    ], { notes: [...notes, `the pods have the labels ${labelsText(pods.labels)}${pods.mayHaveMore ? ', as far as the input shows' : ''}`], facts }));
    return perhaps ? this.ending('UNKNOWN', `the pods of the gateway are not in the input, and ${nameOf(perhaps.object)} may select them`)
      : this.ending('NOWHERE', `no Gateway selects the pods of the gateway in "${pods.namespace}": nothing listens on port ${pods.port} there`, 'noListener');
  }

  /** What arrives at a gateway. */
  private entering(to: Destination) {
    const { spoken, host } = this.dialled;
    const own = to.spoken.mode === 'PLAINTEXT';
    return {
      isTls: own ? spoken === 'TLS' : true,
      sni: own ? spoken === 'TLS' ? host : undefined : to.spoken.sni,
      isHttp: spoken === 'HTTP',
      authority: spoken === 'HTTP' ? to.authority ?? host : undefined,
    };
  }

  private access(
    policies: PodPolicies, pods: GatewayPods, chain: GatewayChain, { sni, authority }: { readonly sni?: string; readonly authority?: string },
    mode: string,
  ): Ending | undefined {
    const { account, namespace } = this.client;
    const isMutual = mode === 'ISTIO_MUTUAL' && chain.termination === 'ISTIO_MUTUAL';
    const decision = policies.decide({
      principal: isMutual ? { trustDomain: this.view.facts.trustDomain, namespace, account } : undefined,
      sni,
      port: pods.isAssumed ? undefined : pods.port,
      isHttp: chain.choice === undefined,
      authority,
    });
    this.hops.push(hop('access', `${isMutual ? `${namespace}/${account}` : 'a client without an identity'}: ${decision.text}`, decision.causes, {
      notes: decision.notes, facts: { admitted: decision.admitted },
    }));
    this.conditions.push(...decision.conditions);
    return decision.admitted === 'no' ? this.ending('REFUSED', `an AuthorizationPolicy of the gateway denies it: ${decision.text}`, 'policy', [], undefined, decision.causes) : undefined;
  }

  private fromGateway(pods: GatewayPods, chains: GatewayChains, chain: GatewayChain, authority: string | undefined): Ending {
    const redirecting = chain.choice ? undefined : chains.redirecting(chain, authority ?? this.dialled.host);
    if (redirecting) {
      this.hops.push(hop('gateway route', `${nameOf(redirecting.gateway.object)} redirects requests in plaintext to HTTPS`, [causeOf(redirecting)]));
      return this.ending('REFUSED', 'the gateway answers with a redirect to HTTPS', undefined, [], '301 Moved Permanently, to HTTPS');
    }
    const choices = chain.choice ? [chain.choice] : chains.httpChoices(chain, authority ?? this.dialled.host);
    if (choices.length === 0) {
      const name = authority ?? this.dialled.host;
      const why = unserved(this.view, pods, chains.leftOut, { port: chain.server.port, isTls: chain.termination !== 'NONE', name });
      this.hops.push(hop('gateway route', `the gateway has no route for the host ${name}: ${why.text}`, why.causes));
      return this.ending('NOWHERE', `the gateway has no route for the host ${name}: ${why.text}`, 'noRoute');
    }
    const scope = this.proxies.gatewayScope(pods.namespace);
    const sender: Sender = { kind: 'gateway', scope, labels: pods.labels, listenerPort: chain.server.port };
    const to = this.destination(sender, this.choose(choices));
    if ('kind' in to) {
      return to;
    }
    if (to.service === undefined) {
      return this.ending('UNKNOWN', `Service ${to.host} is not in the input`);
    }
    return this.leaves(sender, to, { ...pods, hasLabels: !pods.mayHaveMore }, this.dialled.spoken);
  }

  /** Out of the mesh, or to the pods of a Service. */
  private leaves({ kind, scope }: Sender, to: Destination, from: NetworkPeer, spoken: Dialled['spoken']): Ending {
    const service = to.service!;
    const { host, address: at, range } = this.dialled;
    const upstream = upstreamOf(this.view, service, to.servicePort!, to.labels, kind, { host, port: this.to.port, isNobodys: this.dialled.hop.facts.address.startsWith('the address that istiod'), address: at !== undefined && isAddress(at) ? at : undefined });
    const isDialled = kind === 'sidecar' && service.resolution === 'NONE' && !service.isKubernetes;
    // Of a range one address stands for all.
    const endpoints = isDialled && range !== undefined ? upstream.places.map(({ port }) => placeText(range, port)) : upstream.endpoints;
    const { mode, sni, tls } = to.spoken;
    // Those of the entry stand in for those that the rule leaves out.
    const names = mode === 'PLAINTEXT' ? [] : tls && tls.subjectAltNames.length > 0 ? tls.subjectAltNames : service.isKubernetes ? [] : strings(service.object.spec.subjectAltNames);
    // istiod makes no TLS of settings that lack something.
    const missed = mode === 'PLAINTEXT' && tls && tls.mode !== 'DISABLE' ? tls.mode : undefined;
    const speaks = mode === 'PLAINTEXT' ? spoken === 'TLS' ? 'the application\'s own TLS passes' : `it adds no TLS${missed === undefined ? '' : `, although ${missed} is asked for`}`
      : `it speaks TLS (${mode})${sni === undefined ? spoken === 'HTTP' ? ' with the host of the request as server name' : ' without a server name' : ` with the server name ${sni}`}`;
    const notes = [
      ...mode !== 'PLAINTEXT' && tls!.insecureSkipVerify ? ['any certificate of the server is taken: `insecureSkipVerify`'] : [],
      ...mode === 'SIMPLE' && spoken !== 'HTTP' && names.length === 0 ? ['no name of the server\'s certificate is checked: `subjectAltNames` is missing'] : [],
      ...kind === 'gateway' && !service.isKubernetes ? this.firstOf(service.host) : [],
      ...kind === 'sidecar' && !this.hops.some(({ stage }) => stage === 'route') ? unfollowedNotes(this.view, scope, service.host) : [],
      ...mode === 'PLAINTEXT' ? [] : noteOfSecret(this.view, scope.namespace, tls!),
    ];
    const who = kind === 'sidecar' ? 'the sidecar' : 'the gateway';
    const absent = mode === 'PLAINTEXT' ? undefined : withoutSecret(this.view, who, scope.namespace, tls!);
    this.lacking ??= absent && { text: absent.text, seen: SEEN.noSecret[this.dialled.spoken] };
    this.hops.push(hop('upstream', `${who} connects to ${upstream.text}${endpoints.length > 0 ? ` (${endpointsText(endpoints)})` : ''}; ${speaks}`, [
      ...upstream.causes, ...tls ? [cause(tls.rule.object, tls.field)] : [], ...absent?.causes ?? [],
    ], {
      notes,
      facts: {
        service: service.host, endpoints: upstream.endpoints.join(','), tls: mode, ...missed === undefined ? {} : { missed }, sni: sni ?? '', subjectAltNames: names.join(','), ...mode === 'PLAINTEXT' ? {} : trustOf(tls!),
      },
    }));
    if (upstream.lost !== undefined) {
      return this.ending('NOWHERE', `${service.host} has no endpoint for ${who}: ${upstream.lost}`, 'noEndpoint', [], undefined, upstream.causes);
    }
    const places = [
      ...upstream.pods ? endsBehind(this.view, upstream.pods).map((end): NetworkPlace => ({ end, port: to.servicePort!.target })) : [],
      ...upstream.places.flatMap(({ address, port }): NetworkPlace[] => (isDialled ? this.dialledPlaces(port) : [{ end: { address }, port }])),
    ];
    const cut = this.network(from, places);
    if (cut) {
      return cut;
    }
    const unasked = service.resolution.includes('DNS') && upstream.places.some(({ address }) => address === undefined || !isAddress(address)) ? dnsCutFor(this.view, from) : undefined;
    if (unasked) {
      // Where the cluster's DNS answers is for the cluster to say, so it is a condition and no end.
      this.conditions.push(`if ${who} can ask DNS for ${service.host}, which ${unasked[0].object} does not open`);
      this.hops.push(hop('network', 'no NetworkPolicy of its pods lets it out to the cluster\'s DNS on port 53 (MX0606)', unasked, { facts: { cut: 'perhaps' } }));
    }
    if (upstream.unseen !== undefined) {
      return this.ending('UNKNOWN', upstream.unseen);
    }
    const [policy, ...more] = upstream.pods ? policiesBehind(this.view, upstream.pods) : [];
    if (policy) {
      const denying = `${nameOf(policy.object)}${more.length > 0 ? ` or one of ${more.length} more` : ''}`;
      this.conditions.push(`unless ${denying} denies it at the pods of ${service.host}: policies of servers are not followed`);
    }
    const inside = this.instead === undefined ? this.insideTheCluster(service, upstream) : undefined;
    const wrong = this.instead !== undefined ? `, by the way of ${this.instead}: not where ${host} was asked for`
      : inside !== undefined ? `, inside the cluster: what becomes there of what was for ${host} is not in the input` : '';
    if (to.tunnel && spoken !== 'HTTP') {
      return this.throughTunnel(to.tunnel, who, upstream.endpoints);
    }
    const mismatch = mismatchOf(this.view, { who, spoken, to: { ...to, service }, upstream, missed });
    const { text: lacking, seen } = this.lacking ?? {};
    return {
      ...this.ending('REACHES', `it ends at ${endpointsText(endpoints)}${wrong}`, undefined, endpoints, seen), instead: this.instead ?? inside, mismatch, lacking,
    };
  }

  /** The Service of the cluster where something ends that was for outside the mesh: what its pods do with it is theirs. */
  private insideTheCluster({ host, isKubernetes, resolution }: KnownService, { places }: Upstream): string | undefined {
    const asked = isKubernetes ? this.askedOutside() : [];
    // What DNS says of a name may be what somebody wrote.
    const isPerhapsTheSame = resolution === 'ALIAS' || places.length > 0 && asked.some(other => other.resolution !== 'STATIC');
    return asked.length > 0 && !isPerhapsTheSame ? host : undefined;
  }

  /** The services outside the mesh that were asked for, by their name or an address of theirs. */
  private askedOutside(): readonly KnownService[] {
    const { host } = this.dialled;
    const all = this.view.knownServicesByHost;
    const asked = isAddress(host) ? this.hops.find(({ stage }) => stage === 'sidecar')?.facts.service : all.has(host) ? host : mostSpecific(host, all);
    const services = all.get(asked ?? '') ?? [];
    return services.every(({ object, isKubernetes }) => !isKubernetes && object.spec.location !== 'MESH_INTERNAL') ? services : [];
  }

  /** On to where the next proxy is asked to connect to. */
  private throughTunnel({ host, port, cause: because }: Tunnel, who: string, proxies: readonly string[]): Ending {
    const end = `${host}:${port}`;
    this.hops.push(hop('upstream', `${who} asks ${proxies.join(', ')} to connect to ${end}, and passes the bytes on through that tunnel`, [because], {
      facts: { service: host, endpoints: end, tls: 'PLAINTEXT', sni: '', subjectAltNames: '' },
    }));
    return this.ending('REACHES', `it ends at ${end}, if the proxy connects to it`, undefined, [end]);
  }

  /** Of one host in several namespaces a gateway takes the first. */
  private firstOf(host: string): string[] {
    const all = this.view.knownServicesByHost.get(host) ?? [];
    const unknown = all.some(({ object }) => object.created === undefined) ? ', and ages are not in the input, so it is the first by name here' : '';
    return all.length > 1 ? [`${host} is declared more than once: the oldest that the gateway sees is used${unknown}`] : [];
  }

  /** The end where NetworkPolicies cut every way; what else they say becomes a hop, and a condition where nobody knows. */
  private network(from: NetworkPeer, places: readonly NetworkPlace[], more: Partial<Pick<Hop, 'notes' | 'facts'>> = {}): Ending | undefined {
    const decision = places.length === 0 ? undefined : networkDecisionOf(this.view, from, places);
    if (decision?.isCut) {
      return this.cutBy(decision, more);
    }
    if (decision) {
      const { text, causes, notes, conditions } = decision;
      this.conditions.push(...conditions);
      this.hops.push(hop('network', text, causes, { notes: [...notes, ...conditions], facts: { cut: conditions.length > 0 ? 'perhaps' : 'no' } }));
    }
    return undefined;
  }

  private cutBy({ text, causes, notes }: NetworkDecision, more: Partial<Pick<Hop, 'notes' | 'facts'>> = {}): Ending {
    this.hops.push(hop('network', `the proxy would connect, and the network drops it: ${text}`, causes, {
      notes: [...more.notes ?? [], ...notes], facts: { ...more.facts, cut: 'yes' },
    }));
    return this.ending('REFUSED', `a NetworkPolicy cuts it: ${text}`, 'dropped', [], undefined, causes);
  }

  private notesOfClient(scope: ProxyScope): string[] {
    return [
      ...this.notesOfAccount(),
      ...!this.client.hasLabels && scope.asksForLabels ? ['the labels of the client\'s pods are not known: rules with `sourceLabels` are taken not to match'] : [],
    ];
  }

  /** What of the client may be misspelt. */
  private notesOfAccount(): string[] {
    const { instead, namespace, account } = this.client;
    const { podNamespaces } = this.view;
    return [
      ...podNamespaces.length > 0 && !this.proxies.namespaces.has(namespace) ? [
        `nothing of the input is in namespace "${namespace}": its workloads are in ${firstOf(podNamespaces)}`,
      ] : [],
      ...instead.length > 0 ? [`no workload of the input runs as ${namespace}/${account}: those of "${namespace}" run as ${firstOf(instead)}`] : [],
    ];
  }

  /** Who takes the connection if the name has an address of theirs. */
  private elsewhere(listeners: PortListeners): string[] {
    return [...listeners.all].flatMap(listener => (listener.address === '0.0.0.0'
      ? listener.chains.filter(({ ranges }) => ranges.length > 0).map(({ ranges, service }) => `if DNS says an address in ${ranges.join(', ')}, it is taken by ${service.host}`)
      : isAddress(listener.address) && listener.first.host !== this.dialled.host ? [`if DNS says ${listener.address}, it is taken by ${listener.first.host}`] : []));
  }

  private ending(
    kind: EndKind, text: string, seen?: keyof typeof SEEN, endpoints: readonly string[] = [], seenText?: string, causes: readonly Cause[] = [],
  ): Ending {
    const [last] = this.hops.slice(-1);
    const known = new Set(causes.length === 0 ? [] : last?.causes.map(placeOf));
    const more = last ? causes.filter(one => !known.has(placeOf(one))) : [];
    if (last && more.length > 0) {
      this.hops[this.hops.length - 1] = { ...last, causes: [...last.causes, ...more] };
    }
    const sight = seenText ?? (seen === undefined ? undefined : SEEN[seen][this.dialled.spoken]);
    return { kind, text, seen: sight, endpoints, conditions: [...new Set(this.conditions)] };
  }
}

function placeOf({ object, field }: Cause): string {
  return `${object} ${field}`;
}
