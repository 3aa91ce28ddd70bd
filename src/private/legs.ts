import { isDnsName } from './check';
import { Fail, quote } from './fail';
import { GatewayModel, LegModel, MeshModel, PortModel } from './model';
import { labelOf, serverNameOf } from './names';

/** What is known of a gateway. */
interface Gateway {
  readonly serviceName: string;
  readonly namespaceName: string;
  readonly selector: { readonly [label: string]: string };
}

export function gatewayModel({ serviceName, namespaceName, selector }: Gateway, mesh: MeshModel): GatewayModel {
  return { namespace: namespaceName, serviceName, host: `${serviceName}.${namespaceName}.svc.${mesh.clusterDomain}`, selector: { ...selector } };
}

/** The legs of a service: the app that declares it and the app of a client in another repository make the same ones. */
export function legsOf(
  fail: Fail, service: { readonly hosts: readonly string[]; readonly ports: readonly PortModel[] }, namespace: string, gatewayPort: number,
): LegModel[] {
  return service.hosts.flatMap(host => service.ports.map((port): LegModel => {
    const serverName = serverNameOf(port.number, namespace, host);
    checkServerName(fail, host, serverName);
    return { host, port, gatewayPort, serverName, subset: labelOf(serverName) };
  }));
}

export function checkServerName(fail: Fail, host: string, serverName: string): void {
  if (!isDnsName(serverName)) {
    fail(`'host' ${quote(host)} is too long for a server name at the gateway (${quote(serverName)} has more than 253 characters)`);
  }
}
