import { originationsIn } from './originated';
import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { ExternalEntry } from '../view/external-entry';
import { MeshView } from '../view/mesh-view';
import { isForGatewaysAlone, TrafficRule } from '../view/traffic-rule';

export const credentialOnSidecar: Rule = {
  id: 'MX0702',
  name: 'credential-on-sidecar',
  severity: 'ERROR',
  title: 'Sidecars use a DestinationRule with `credentialName` and without `workloadSelector`.',
  why: 'istiod gives such a Secret to gateways only. For sidecars it leaves TLS out: they send plaintext, and nothing says so.',
  fix: 'Route the host through an egress gateway, which reads the Secret. Or add a `workloadSelector`, with the Secret in the namespace of the workload.',
  related: [],
  check: view => {
    const gateways = new Set(view.trafficRules.some(({ allTls }) => allTls.some(({ credentialName }) => credentialName !== undefined))
      ? view.gatewayWorkloads.all.flatMap(({ namespaces }) => [...namespaces]) : []);
    const found = new Map<string, Finding>();
    for (const { rule, tls, entry, host, port, isBySidecars } of originationsIn(view)) {
      if (isForGatewaysAlone(tls, rule) && isBySidecars && isForSidecars(view, rule, entry, gateways)) {
        found.set(JSON.stringify([rule.object.namespace, rule.object.name, tls.field]), {
          object: rule.object,
          message: `'credentialName' ${quote(tls.credentialName)} works for gateways only, and sidecars connect to ${quote(host)} on port ${port.number} with this rule: istiod leaves `
            + 'TLS out, and they send plaintext',
          fix: 'route the host through an egress gateway, or add a \'workloadSelector\' and put the Secret into the namespace of the workload',
          field: [...tls.field, 'credentialName'],
        });
      }
    }
    return [...found.values()];
  },
};

/** Whether any proxy but those beside a gateway sees the rule, as far as it is known what they are. */
function isForSidecars(view: MeshView, rule: TrafficRule, { object }: ExternalEntry, gateways: ReadonlySet<string>): boolean {
  const others = rule.visibleTo.filter(namespace => !gateways.has(namespace) && namespace !== view.facts.rootNamespace);
  return others.some(namespace => namespace === '*' || namespace === object.namespace || view.namespaces.hasSidecars(namespace));
}
