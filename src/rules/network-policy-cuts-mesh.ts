import { Closed, closedTo, controlPlaneOf } from './mesh-doors';
import { Finding, Rule, where } from './rule';
import { dnsOf } from '../view/egress-door';

export const networkPolicyCutsMesh: Rule = {
  id: 'MX0606',
  name: 'network-policy-cuts-mesh',
  severity: 'ERROR',
  title: 'NetworkPolicies block DNS or istiod for pods with a sidecar.',
  why: 'Without istiod a sidecar gets no configuration and no certificate, and the pod does not become ready; one that runs keeps the old ones for a day. Without DNS no name resolves, in the application or in the proxy.',
  fix: 'Open UDP and TCP 53 to the cluster\'s DNS and TCP 15012 to istiod. In this library, an `EgressLockdown` writes both.',
  related: [],
  check: view => [
    ...closedTo(view, controlPlaneOf(view.facts)).map(closed => finding(closed, 'istiod', 'open TCP 15012 to the pods of istiod')),
    ...closedTo(view, dnsOf(view.facts, 'UDP')).map(closed => finding(closed, 'DNS', 'open UDP and TCP 53 to the cluster\'s DNS')),
  ],
};

function finding({ by, namespace, pod }: Closed, from: string, fix: string): Finding {
  return {
    object: by.object,
    message: `blocks ${from} for ${pod ? `the pods of '${pod.object.origin.path}'` : `the pods of ${where(namespace)}`} and their sidecars`,
    fix,
    field: ['spec', 'egress'],
  };
}
