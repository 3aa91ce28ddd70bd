import { Lazy } from 'cdk8s';
import { BY_NAME_ONLY } from './annotations';
import { cidrOf } from './check';
import { Fail, quote } from './fail';
import { ComponentModel, MeshModel, OpeningModel, PortModel, ServiceModel } from './model';

/** Every address but those of the link, which no name outside stands for: a cloud hands out credentials there. */
const ANYWHERE: OpeningModel['peers'] = [
  { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] }, { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::254/128'] },
];

/** What the proxies of a service connect to. A NetworkPolicy has no names: a service whose addresses are not known opens its ports everywhere. */
export function openingOf(networks: readonly string[] | undefined, ports: readonly PortModel[]): OpeningModel {
  return {
    peers: networks?.map(cidr => ({ cidr })) ?? ANYWHERE,
    ports: ports.map(({ number, targetPort }) => ({ number: targetPort ?? number, protocol: 'TCP' })),
  };
}

/** The ports that a service opens everywhere, as `<host>:<port>`. */
export function byNameOnly({ networks, hosts, ports }: Pick<ServiceModel, 'networks' | 'hosts' | 'ports'>): string[] {
  return networks ? [] : hosts.flatMap(host => ports.map(({ number, targetPort }) => `${host}:${targetPort ?? number}`));
}

/** The annotation that says which ports are open to every address, because a NetworkPolicy has no names; without such a port there is none. */
export function byNameOnlyAnnotation(ports: () => readonly string[]): { [name: string]: string } {
  return { [BY_NAME_ONLY]: Lazy.any({ produce: () => ports().join(', ') || undefined }) as string };
}

/** Refuses a mesh of which it is not known where istiod runs: pods that cannot reach it lose their configuration, and their certificates after a day. */
export function checkControlPlane(fail: Fail, { controlPlane, rootNamespace }: MeshModel): void {
  if (rootNamespace !== 'istio-system' && controlPlane.namespace === undefined && controlPlane.addresses.length === 0) {
    fail(`needs to know where istiod runs, because the root namespace is ${quote(rootNamespace)}: give Mesh.declare() a 'controlPlane' with its 'namespaceName'`);
  }
}

/** What every pod of the mesh connects to: DNS and istiod. DNS answers that are too long for UDP come over TCP. */
export function openingsOfMesh({ clusterDns, controlPlane, rootNamespace }: MeshModel): OpeningModel[] {
  return [
    { peers: peersOf(clusterDns), ports: [{ number: clusterDns.port, protocol: 'UDP' }, { number: clusterDns.port, protocol: 'TCP' }] },
    { peers: peersOf({ ...controlPlane, namespace: controlPlane.namespace ?? rootNamespace }), ports: [{ number: controlPlane.port, protocol: 'TCP' }] },
  ];
}

function peersOf({ namespace, labels, addresses }: ComponentModel): OpeningModel['peers'] {
  return [{ namespace, labels }, ...addresses.map(address => ({ cidr: cidrOf(address) }))];
}
