import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

const LABEL = 'security.istio.io/tlsMode';

export const gatewayLabelledForMtls: Rule = {
  id: 'MX0314',
  name: 'gateway-labelled-for-mtls',
  severity: 'ERROR',
  title: 'A Gateway has a plaintext server on pods that are labelled for mutual TLS.',
  why: 'Sidecars speak mutual TLS to pods with the label `security.istio.io/tlsMode: istio`. A plaintext server passes their handshake on to the destination, as if it were the client\'s data.',
  fix: 'Take the label off the pods, or write `tls: {mode: DISABLE}` for that port in a DestinationRule of the gateway\'s Service, or use `ISTIO_MUTUAL` on both sides.',
  related: [],
  check: view => view.gateways.flatMap(gateway => {
    const plain = gateway.servers.filter(({ tls, protocol }) => tls === undefined && protocol !== 'TLS' && protocol !== 'HTTPS');
    // Pods are looked at only for a Gateway that may be wrong.
    const pod = plain.length === 0 ? undefined : view.gatewayPlaces.podsOf(gateway).find(({ labels }) => labels[LABEL] === 'istio');
    if (!pod) {
      return [];
    }
    const rules = [...view.gatewayPlaces.hostsOf(gateway)].flatMap(host => view.names.trafficRulesOf(host));
    const isSaid = (port: number) => rules.some(rule => [undefined, ...rule.subsets.map(({ name }) => name)].some(subset => rule.tlsOf(port, subset)?.mode === 'DISABLE'));
    return plain.filter(({ port }) => !isSaid(port)).map((server): Finding => ({
      object: server.object,
      field: server.field,
      message: `the ${server.protocol} server on port ${server.port} is plaintext, and '${pod.object.origin.path}' has the label ${quote(`${LABEL}: istio`)}: sidecars speak mutual TLS `
        + 'to it, and the destination gets their handshake',
      fix: { code: 'take the label off the pods, or use GatewayLeg.istioMutual()', yaml: 'take the label off the pods, or write \'tls: {mode: DISABLE}\' for this port in a DestinationRule' },
    }));
  }),
};
