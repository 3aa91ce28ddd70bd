import { DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode as Mode, toJson_DestinationRuleSpec } from '../../../imports/istio/networking.istio.io';
import { ConnectionModel, EndpointModel, OutlierModel, PortModel, ServiceModel, TlsModel, WireProtocol } from '../model';
import { isHttp } from '../wire';
import { failoverPriority } from './failover';
import { exportTo } from './visibility';

/** At most half of the endpoints are ejected, so a single one never is. */
const EJECTION = { interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 50 };

/** Where others wait for the first choice to fail, all but one may be ejected. */
const EJECTION_BY_PRIORITY = { ...EJECTION, maxEjectionPercent: 99 };

/** The endpoints that a proxy may choose from. */
export interface Choice {
  readonly balances: boolean;
  readonly endpoints: readonly EndpointModel[];
}

/**
 * How a proxy with several endpoints leaves out an unhealthy one. Otherwise it keeps sending it a share of the new connections, and each of them
 * fails, after ten seconds if nothing answers.
 */
function outliersOf(protocol: WireProtocol, defaults: typeof EJECTION, { consecutiveErrors = 1, ...ejection }: OutlierModel = {}) {
  // An answer of the service, even 500, says that its endpoint is alive; a connection that fails does not.
  const errors = isHttp(protocol)
    ? { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: consecutiveErrors, consecutive5XxErrors: 0 }
    : { consecutive5XxErrors: consecutiveErrors };
  return { ...errors, ...defaults, ...given(ejection) };
}

/**
 * How proxies leave out an unhealthy pod of the mesh. Its sidecar answers for an application that does not, with 503 or 504, so these answers count; one of
 * the application with 500 does not.
 */
export function outliersInside({ consecutiveErrors = 1, ...ejection }: OutlierModel) {
  return { consecutiveGatewayErrors: consecutiveErrors, consecutive5XxErrors: 0, ...EJECTION, ...given(ejection) };
}

/** How a proxy connects to endpoints of which it may choose. */
export function failoverOf(protocol: WireProtocol) {
  return settingsOf(protocol, {}, { balances: true, endpoints: [] });
}

/** How a proxy connects to endpoints; what is left out is Istio's default. */
export function settingsOf(protocol: WireProtocol, connection: ConnectionModel, { balances, endpoints }: Choice) {
  const { outlierDetection, ...more } = connection;
  const tcp = { ...balances ? { connectTimeout: '2s' } : {}, ...given(more) };
  const connectionPool = Object.keys(tcp).length > 0 ? { connectionPool: { tcp } } : {};
  const priority = failoverPriority(endpoints);
  const loadBalancer = priority.length > 0 ? { loadBalancer: { localityLbSetting: { failoverPriority: priority } } } : {};
  const ejection = priority.length > 0 ? EJECTION_BY_PRIORITY : EJECTION;
  // Without it Istio orders endpoints neither by priority nor by locality.
  const outliers = balances ? { outlierDetection: outliersOf(protocol, ejection, outlierDetection) } : {};
  return { ...connectionPool, ...loadBalancer, ...outliers };
}

/** Of a TCP connection Istio takes these two from the destination and ignores them in the settings of a port. */
function lifeOf({ idleTimeout, maxConnectionDuration }: ConnectionModel) {
  const tcp = given({ idleTimeout, maxConnectionDuration });
  return Object.keys(tcp).length > 0 ? { tcp } : undefined;
}

/** An object without what is undefined. */
export function given<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * TLS that a proxy adds. Without server name and names Istio would verify nobody on a TCP port.
 *
 * @param modes the words of the place in the rule, for which the generated types have an enum each
 */
export function originationOf<M>(tls: TlsModel | undefined, host: string, modes: { readonly SIMPLE: M; readonly MUTUAL: M }) {
  if (!tls) {
    return undefined;
  }
  const { mode, sni = host, subjectAltNames = [sni], caCertificates, credentialName } = tls;
  return { mode: modes[mode], sni, subjectAltNames: [...subjectAltNames], caCertificates, credentialName };
}

/**
 * TLS of a sidecar that gets no Secret: it verifies the server with the authorities of its image and shows no certificate, which ends in a refusal. As the
 * rule says it, istiod would let it send plaintext.
 */
function withoutSecret(tls: TlsModel): TlsModel {
  const { credentialName, ...more } = tls;
  return credentialName === undefined ? tls : { ...more, mode: 'SIMPLE', caCertificates: 'system' };
}

/** Settings of each port; what Istio takes from the destination alone stands there as well. */
export function portPolicies(ports: readonly PortModel[], { connection }: ServiceModel, host: string, choice: Choice) {
  const settings = ports.map(port => ({
    port: { number: port.number }, ...settingsOf(port.protocol, connection, choice), tls: originationOf(port.tls, host, Mode),
  }));
  return { connectionPool: lifeOf(connection), portLevelSettings: settings.filter(({ port: _, ...more }) => Object.keys(given(more)).length > 0) };
}

/**
 * How the clients' sidecars use the endpoints of one host that they connect to directly.
 *
 * @param namespaces whose sidecars the rule is for, as `exportTo` has them
 */
export function renderEndpoints(service: ServiceModel, host: string, balances: boolean, namespaces: readonly string[]): unknown {
  const ports = service.ports.map(port => ({ ...port, tls: port.tls && withoutSecret(port.tls) }));
  const choice = { balances, endpoints: service.endpoints };
  const equal = ports.every(({ protocol, tls }) => !tls && isHttp(protocol) === isHttp(ports[0].protocol));
  return toJson_DestinationRuleSpec({
    host,
    trafficPolicy: equal ? settingsOf(ports[0].protocol, service.connection, choice) : portPolicies(ports, service, host, choice),
    exportTo: [...namespaces],
  });
}

/** The namespaces of the rule of a service that needs no Secret. */
export function endpointsExport({ namespace, visibleTo }: ServiceModel, rootNamespace: string): string[] {
  // Sidecars of the root namespace look for its name in a rule that is exported to others as well, and "." is not its name.
  return exportTo(visibleTo, namespace === rootNamespace && visibleTo.length > 1 ? undefined : namespace);
}
