import { toJson_DestinationRuleSpec } from '../../../imports/istio/networking.istio.io';
import { ServiceModel } from '../model';
import { exportTo } from './visibility';

/**
 * How a proxy that has several endpoints to choose from does without a dead one. Left alone it goes on giving it its share of the new connections for
 * ever, each of them failing, after ten seconds if nobody answers.
 *
 * Half of the endpoints at most are left out, so a single one is never given up.
 */
export const FAILOVER = {
  connectionPool: { tcp: { connectTimeout: '2s' } },
  outlierDetection: { consecutive5XxErrors: 1, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 50 },
};

/** For one host of a service that has, or may have, several endpoints; for whoever connects to them: the gateway, or the clients' sidecars. */
export function renderEndpoints(service: ServiceModel, host: string): unknown {
  return toJson_DestinationRuleSpec({
    host,
    trafficPolicy: FAILOVER,
    exportTo: service.route ? exportTo([], service.namespace, service.route.gateway.namespace) : exportTo(service.visibleTo, service.namespace),
  });
}
