import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

const LABEL = 'security.istio.io/tlsMode';

export const gatewayLabelledForMtls: Rule = {
  id: 'MX0314',
  name: 'gateway-labelled-for-mtls',
  severity: 'ERROR',
  title: 'A plaintext server is on gateway pods that announce mutual TLS.',
  why: 'Sidecars speak mutual TLS to pods with the label `security.istio.io/tlsMode: istio`. A plaintext server takes the handshake for the client\'s bytes and sends it to the '
    + 'service.',
  fix: 'Take the label off the pods, or write `tls: {mode: DISABLE}` for that port of the gateway\'s Service, or use `ISTIO_MUTUAL` on both sides.',
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
      message: `the ${server.protocol} server on port ${server.port} is plaintext, and '${pod.object.origin.path}' has the label ${quote(`${LABEL}: istio`)}: sidecars would speak mutual TLS `
        + 'to it, and the service would get the handshake',
      fix: { code: 'take the label off the pods, or use GatewayLeg.istioMutual()', yaml: 'take the label off the pods, or write \'tls: {mode: DISABLE}\' for this port in a DestinationRule' },
    }));
  }),
};
