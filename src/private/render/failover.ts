import { toJson_DestinationRuleSpec } from '../../../imports/istio/networking.istio.io';
import { ServiceModel } from '../model';
import { exportTo } from './visibility';

/**
 * How a proxy with several endpoints leaves out an unhealthy one. Otherwise it keeps sending it a share of the new connections, and each of them
 * fails, after ten seconds if nothing answers.
 *
 * At most half of the endpoints are ejected, so a single one never is.
 */
export const FAILOVER = {
  connectionPool: { tcp: { connectTimeout: '2s' } },
  outlierDetection: { consecutive5XxErrors: 1, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 50 },
};

/** How the clients' sidecars use the endpoints of one host that they connect to directly. */
export function renderEndpoints(service: ServiceModel, host: string): unknown {
  return toJson_DestinationRuleSpec({ host, trafficPolicy: FAILOVER, exportTo: exportTo(service.visibleTo, service.namespace) });
}
