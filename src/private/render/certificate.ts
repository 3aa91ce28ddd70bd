import { toJson_DestinationRuleSpec } from '../../../imports/istio/networking.istio.io';
import { ServiceModel } from '../model';
import { portPolicies } from './traffic-policy';

/**
 * How the sidecars of some pods use the endpoints of one host, with what a Secret of their namespace has. Without the selector istiod gives the Secret
 * to no sidecar, and they send plaintext.
 */
export function renderCertificateRule(service: ServiceModel, host: string, balances: boolean, labels: { readonly [label: string]: string }): unknown {
  return toJson_DestinationRuleSpec({
    host,
    workloadSelector: { matchLabels: { ...labels } },
    trafficPolicy: portPolicies(service.ports, service, host, { balances, endpoints: service.endpoints }),
    // A rule with a selector is for its own namespace, whatever it says.
    exportTo: ['.'],
  });
}

/** What istiod asks before it gives a sidecar the private key of a Secret: whether the account may list the Secrets of the namespace, without names. */
export function renderSecretReader(): object[] {
  return [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }];
}
