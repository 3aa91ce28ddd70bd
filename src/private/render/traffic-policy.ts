import { DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode as Mode, toJson_DestinationRuleSpec } from '../../../imports/istio/networking.istio.io';
import { PortModel, ServiceModel, TlsModel, WireProtocol } from '../model';
import { isHttp } from '../wire';
import { exportTo } from './visibility';

/** At most half of the endpoints are ejected, so a single one never is. */
const EJECTION = { interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 50 };

const TCP_OUTLIERS = { consecutive5XxErrors: 1, ...EJECTION };
/** An answer of the service, even 500, says that its endpoint is alive; a connection that fails does not. */
const HTTP_OUTLIERS = { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 1, consecutive5XxErrors: 0, ...EJECTION };

/**
 * How a proxy with several endpoints leaves out an unhealthy one. Otherwise it keeps sending it a share of the new connections, and each of them
 * fails, after ten seconds if nothing answers.
 */
export function failoverOf(protocol: WireProtocol) {
  return { connectionPool: { tcp: { connectTimeout: '2s' } }, outlierDetection: isHttp(protocol) ? HTTP_OUTLIERS : TCP_OUTLIERS };
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

/** How the clients' sidecars use the endpoints of one host that they connect to directly. */
export function renderEndpoints(service: ServiceModel, host: string, balances: boolean): unknown {
  const { ports } = service;
  const failover = ({ protocol }: PortModel) => (balances ? failoverOf(protocol) : undefined);
  const equal = ports.every(({ protocol, tls }) => !tls && isHttp(protocol) === isHttp(ports[0].protocol));
  const settings = ports.filter(port => balances || port.tls)
    .map(port => ({ port: { number: port.number }, ...failover(port), tls: originationOf(port.tls, host, Mode) }));
  return toJson_DestinationRuleSpec({
    host,
    trafficPolicy: equal ? failover(ports[0]) : { portLevelSettings: settings },
    exportTo: exportTo(service.visibleTo, service.namespace),
  });
}
