import { rulesFor } from './mesh-rules';
import { given, outliersInside } from './traffic-policy';
import {
  DestinationRuleSpecTrafficPolicyLoadBalancerSimple as Simple,
  toJson_DestinationRuleSpec,
  toJson_VirtualServiceSpec,
} from '../../../imports/istio/networking.istio.io';
import { MeshServiceModel, RuleModel } from '../model';

const SIMPLE = { ROUND_ROBIN: Simple.ROUND_UNDERSCORE_ROBIN, LEAST_REQUEST: Simple.LEAST_UNDERSCORE_REQUEST, RANDOM: Simple.RANDOM };

export function renderSubsets(service: MeshServiceModel): unknown {
  const policy = policyOf(service);
  return toJson_DestinationRuleSpec({
    host: service.host,
    trafficPolicy: Object.keys(policy).length > 0 ? policy : undefined,
    subsets: service.versions.map(version => ({ name: version, labels: { version } })),
  });
}

function policyOf({ loadBalancer, connection: { outlierDetection, ...more } }: MeshServiceModel) {
  const tcp = given(more);
  return given({
    loadBalancer: loadBalancer && { ...loadBalancer, simple: loadBalancer.simple && SIMPLE[loadBalancer.simple] },
    connectionPool: Object.keys(tcp).length > 0 ? { tcp } : undefined,
    outlierDetection: outlierDetection && outliersInside(outlierDetection),
  });
}

export function renderMeshRules(host: string, rules: readonly RuleModel[]): unknown {
  return toJson_VirtualServiceSpec({ hosts: [host], http: rulesFor(host, rules) });
}
