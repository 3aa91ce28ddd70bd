import { Spoken as ProxyTls } from './destination';
import { GatewayChain } from './gateway-chain';
import { Cause, cause } from './hop';
import { MeshModel } from '../private/model';

/** Who stands at a gateway, and what the application speaks through its sidecar. */
export interface Caller {
  readonly namespace: string;
  readonly account: string;
  readonly spoken: 'TCP' | 'TLS' | 'HTTP';
}

/** Why a connection does not get through the handshake with a gateway; undefined when it does. */
export function handshakeDecision(
  facts: MeshModel, chain: GatewayChain, { mode, tls }: ProxyTls, { namespace, account, spoken }: Caller,
): { readonly text: string; readonly causes: readonly Cause[] } | undefined {
  const { termination, server, gateway } = chain;
  const rule = tls ? [cause(tls.rule.object, tls.field)] : [];
  const refused = (text: string, field: readonly (string | number)[] = ['tls', 'mode']) => ({ text, causes: [cause(gateway.object, [...server.field, ...field]), ...rule] });
  const isTls = mode !== 'PLAINTEXT' || spoken === 'TLS';
  switch (termination) {
    case 'NONE':
      if (mode !== 'PLAINTEXT') {
        return refused(`the sidecar speaks TLS (${mode}) and the server takes ${server.protocol} in plaintext: what arrives is not what the application said`, ['port', 'protocol']);
      }
      return chain.choice === undefined && spoken !== 'HTTP' ? refused('the server takes HTTP, and the application speaks something else', ['port', 'protocol']) : undefined;
    case 'PASSTHROUGH':
    case 'AUTO_PASSTHROUGH':
      return mode === 'PLAINTEXT' || termination === 'AUTO_PASSTHROUGH' ? undefined
        : refused(`the gateway passes on the TLS of the sidecar (${mode}), which was meant for the gateway: the server outside gets it`);
    case 'ISTIO_MUTUAL': {
      if (mode !== 'ISTIO_MUTUAL') {
        return refused(`the server asks for a certificate of the mesh (ISTIO_MUTUAL), and the client shows none: ${isTls ? 'its TLS is not that of the mesh' : 'it speaks plaintext'}`);
      }
      if (chain.choice === undefined && spoken !== 'HTTP') {
        return refused('the server takes HTTP, and the application speaks something else', ['port', 'protocol']);
      }
      const names = server.tls?.subjectAltNames ?? [];
      const identity = `spiffe://${facts.trustDomain}/ns/${namespace}/sa/${account}`;
      return names.length > 0 && !names.includes(identity)
        ? refused(`the handshake is refused: ${identity} is not among the 'subjectAltNames' of the server`, ['tls', 'subjectAltNames']) : undefined;
    }
    default:
      if (!isTls) {
        return refused(`the server expects TLS (${termination}), and plaintext arrives`);
      }
      if (mode === 'ISTIO_MUTUAL') {
        return refused(`the sidecar expects the certificate of a workload of the mesh, and the server shows another one (${termination})`);
      }
      return termination === 'MUTUAL' && mode === 'SIMPLE'
        ? refused('the server asks for a client certificate (MUTUAL), and the sidecar shows none (SIMPLE)')
        : chain.choice === undefined && mode !== 'PLAINTEXT' && spoken !== 'HTTP' ? refused('the server takes HTTP, and the application speaks something else') : undefined;
  }
}
