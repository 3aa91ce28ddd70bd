import { DestinationRuleSpecTrafficPolicyPortLevelSettingsTlsMode as Mode, toJson_DestinationRuleSpec } from '../../../imports/istio/networking.istio.io';
import { ServiceModel } from '../model';
import { originationOf, settingsOf } from './traffic-policy';

/**
 * How the sidecars of some pods use the endpoints of one host, with what a Secret of their namespace has. Without the selector istiod gives the Secret
 * to no sidecar, and they send plaintext.
 */
export function renderCertificateRule(service: ServiceModel, host: string, balances: boolean, labels: { readonly [label: string]: string }): unknown {
  const choice = { balances, endpoints: service.endpoints };
  return toJson_DestinationRuleSpec({
    host,
    workloadSelector: { matchLabels: { ...labels } },
    trafficPolicy: {
      portLevelSettings: service.ports.map(port => ({
        port: { number: port.number }, ...settingsOf(port.protocol, service.connection, choice), tls: originationOf(port.tls, host, Mode),
      })),
    },
    // A rule with a selector is for its own namespace, whatever it says.
    exportTo: ['.'],
  });
}

/** What istiod asks before it gives a sidecar the private key of a Secret: whether the account may list the Secrets of the namespace, without names. */
export function renderSecretReader(): object[] {
  return [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }];
}
