import { GatewayChain } from './gateway-chain';
import { Cause, cause } from './hop';
import { DestinationTls } from './rule-lookup';
import { quote } from '../private/fail';
import { MeshView } from '../view/mesh-view';
import { absenceOf, AbsentSecret, isUnseen, secretOfClient, WantedSecret } from '../view/secrets';

/** Why nothing gets through for want of a Secret. */
interface Missing {
  readonly text: string;
  readonly causes: readonly Cause[];
}

/** Why a server of a gateway ends no TLS: Envoy has a listener for it, and resets what arrives until istiod hands it every certificate. */
export function withoutCertificate(view: MeshView, namespace: string, { server, gateway }: GatewayChain): Missing | undefined {
  for (const { name, field } of server.tls?.credentials ?? []) {
    const absent = absenceOf(view, { namespace, name });
    if (absent) {
      return { text: `the gateway has no certificate for it: ${absenceText({ namespace, name }, absent)}`, causes: causesOf(cause(gateway.object, [...server.field, ...field]), absent) };
    }
  }
  return undefined;
}

/** Why a proxy makes no connection: it has a cluster, and no certificates for it. */
export function withoutSecret(view: MeshView, who: string, namespace: string, tls: DestinationTls): Missing | undefined {
  const wanted = secretOfClient(namespace, tls);
  const absent = wanted && absenceOf(view, wanted);
  return absent && {
    text: `${who} makes no connection: ${absenceText(wanted, absent)}`, causes: causesOf(cause(tls.rule.object, [...tls.field, 'credentialName']), absent),
  };
}

/** That a Secret has to be there, where the input shows none of its namespace. */
export function noteOfSecret(view: MeshView, namespace: string, tls: DestinationTls): string[] {
  const wanted = secretOfClient(namespace, tls);
  return wanted && isUnseen(view, wanted) ? [`it needs the Secret ${quote(wanted.name)} in namespace ${quote(namespace)}, of which the input has no Secrets`] : [];
}

function absenceText({ namespace, name }: WantedSecret, { elsewhere }: AbsentSecret): string {
  return elsewhere ? `it reads the Secret ${quote(name)} in namespace ${quote(namespace)}, and it is in ${quote(elsewhere.namespace)}`
    : `namespace ${quote(namespace)} has no Secret ${quote(name)}`;
}

function causesOf(named: Cause, { elsewhere }: AbsentSecret): readonly Cause[] {
  return [named, ...elsewhere ? [cause(elsewhere)] : []];
}
