import { secretOf } from './declaration';
import { WayOut } from './way-out';
import { ClientList } from '../access/client-list';
import { BoundClient } from '../access/mesh-client';
import { quote } from '../private/fail';
import { ClientModel, MeshModel, ServiceModel } from '../private/model';
import { isHttp } from '../private/wire';

/** What is known of a service once every call was made. */
export interface Asked {
  readonly service: ServiceModel;
  readonly exportTo?: readonly string[];
  readonly clients: ClientList;
  /** The clients; until one is named, every account that sees the service. */
  readonly clientModels: readonly ClientModel[];
  /** Those that `allowFrom` named. */
  readonly allowed: readonly BoundClient[];
  readonly mesh: MeshModel;
}

/** What Istio gives an idle TCP connection, unless `ISTIO_META_IDLE_TIMEOUT` of the sidecar says otherwise. */
const IDLE_SECONDS = 3600;

const NOTHING_TO_CHOOSE = '\'outlierDetection\' has no effect, because the proxy has one endpoint at a time and none to go on to: leave it out, or give several '
  + 'with Resolution.dns() or Resolution.ipAddresses()';

export function problemsOfClients({ service, exportTo, clients }: Asked): string[] {
  const nowhere = service.namespace !== undefined && clients.namespaces.includes(undefined) && !exportTo?.includes('*');
  return [
    ...clients.problems(),
    ...clients.problemsOfNames(service.path),
    ...nowhere ? ['a client has no namespace, which says who sees the service and is part of an identity: give the workload\'s chart a \'namespace\''] : [],
  ];
}

/** @param balances whether the gateway has endpoints to choose from */
export function problemsOfRoute({ service, exportTo, clients, allowed }: Asked, wayOut: WayOut, balances: boolean): string[] {
  const { ports, connection, http } = service;
  const problems = [...clients.bypassesOf(ports), ...clients.problemsOfLimits()];
  const unread = clients.isLimited ? ports.find(port => !isHttp(port.protocol)) : undefined;
  if (unread) {
    problems.push(`a client has limits of requests, and the gateway cannot read those of port ${unread.number} (${unread.protocol}): declare Protocol.HTTP, with `
      + '\'tls\' ClientTls.originate() when the service wants TLS (an ExternalHttp needs that alone), or leave limitedTo() out');
  }
  if (clients.isLimited && !wayOut.identifiesClients) {
    problems.push('a client has limits of requests, and a plaintext leg to the gateway carries no identity: use GatewayLeg.istioMutual()');
  }
  if (wayOut.identifiesClients) {
    problems.push(...clients.problemsOfDefaultAccount());
  }
  const { idleTimeout, outlierDetection } = connection;
  if (idleTimeout !== undefined && parseFloat(idleTimeout) > IDLE_SECONDS && ports.some(port => !isHttp(port.protocol))) {
    problems.push(`'idleTimeout' ${idleTimeout} is longer than the hour after which the client's sidecar closes an idle connection to the gateway: give at most `
      + 'an hour, and let the driver keep its connections in use');
  }
  const retryOn = http?.retries?.retryOn;
  if (retryOn !== undefined && !retryOn.split(',').some(failure => ['503', '5xx', 'gateway-error'].includes(failure))) {
    problems.push(`'retryOn' ${quote(retryOn)} has no effect behind a gateway, whose failed connections are answers with 503 to the sidecar: add 503`);
  }
  if (outlierDetection && !balances) {
    problems.push(NOTHING_TO_CHOOSE);
  }
  if (exportTo) {
    problems.push(`'exportTo' (${exportTo.map(quote).join(', ')}) cannot widen a service that is routed through a gateway, because who sees it `
      + 'without being a client goes past the gateway: remove it and name the clients with allowFrom()');
  }
  if (clients.isEmpty) {
    problems.push('is routed through a gateway and has no clients: name them with allowFrom() or connectFrom()');
  }
  if (!wayOut.identifiesClients && allowed.some(client => !client.wholeNamespace)) {
    problems.push('allowFrom() names an account, and a plaintext leg to the gateway carries no identity: '
      + 'use GatewayLeg.istioMutual(), or name whole namespaces with MeshClient.allIn()');
  }
  return problems;
}

/** @param balances whether the clients' sidecars have endpoints to choose from */
export function problemsOfAccess(asked: Asked, balances: boolean): string[] {
  const { service, exportTo, clients, allowed, mesh } = asked;
  const problems: string[] = clients.isLimited
    ? ['a client has limits of requests, which nothing enforces on a direct connection: route the service through a gateway, or leave limitedTo() out'] : [];
  if (service.connection.outlierDetection && !balances) {
    problems.push(NOTHING_TO_CHOOSE);
  }
  const moved = service.ports.find(({ number, targetPort, protocol }) => (targetPort ?? number) !== number && !isHttp(protocol));
  if (moved && mesh.apiVersion !== 'v1' && service.resolution === 'NONE') {
    problems.push(`'targetPort' ${moved.targetPort} of port ${moved.number} has no effect before Istio 1.22, where a sidecar keeps the port that the client dialled `
      + 'with Resolution.ipAddresses(): use Resolution.dns(), or route the service through a gateway');
  }
  const renumbered = service.resolution === 'DYNAMIC_DNS' ? service.ports.find(({ number, targetPort }) => (targetPort ?? number) !== number) : undefined;
  if (renumbered) {
    problems.push(`'targetPort' ${renumbered.targetPort} of port ${renumbered.number} has no effect with Resolution.dynamicDns(), where a sidecar connects to the port `
      + 'that the client dials: leave it out, and let the clients dial that port');
  }
  const originated = service.ports.filter(({ tls }) => tls);
  if (originated.length > 0) {
    problems.push(...clients.bypassesOf(originated, 'send plaintext, which no sidecar makes TLS of'));
  }
  problems.push(...problemsOfSecret(asked));
  const given = exportTo?.map(quote).join(', ');
  if (allowed.length > 0 && exportTo) {
    problems.push(`'exportTo' (${given}) and allowFrom() both say which namespaces see the service: use one of them`);
  } else if (allowed.length > 0 && mesh.outboundTrafficPolicy === 'ALLOW_ANY') {
    problems.push('allowFrom() has no effect on direct connections in a mesh on ALLOW_ANY: route the service through a gateway and close the '
      + 'network around it, or leave allowFrom() out and say with \'exportTo\' which namespaces see the service');
  } else if (secretOf(service.ports) === undefined && allowed.some(client => !client.wholeNamespace)) {
    // With a Secret, it is for the sidecars of the workloads that are named.
    problems.push('allowFrom() names an account, and on a direct connection nothing tells the accounts of a namespace apart: route the service through a gateway '
      + 'with EgressViaGateway, or name whole namespaces with MeshClient.allIn()');
  }
  const narrow = exportTo && !exportTo.includes('*');
  const blind = narrow ? clients.namespaces.map(client => client ?? '').filter(client => !service.visibleTo.includes(client)) : [];
  if (allowed.length === 0 && blind.length > 0) {
    problems.push(`'exportTo' (${given}) leaves out ${quote(blind[0] || '.')}, which has a client: add it, or remove 'exportTo'`);
  }
  return problems;
}

/** A sidecar gets a Secret by the labels of its pod. */
function problemsOfSecret({ service, exportTo, clients, clientModels }: Asked): string[] {
  const secret = secretOf(service.ports);
  if (secret === undefined) {
    return [];
  }
  if (service.namespace === undefined) {
    return [`'credentialName' ${quote(secret)} needs the namespace of the service, by which the sidecars without the Secret are told not to send plaintext: give the `
      + 'chart a \'namespace\''];
  }
  if (exportTo) {
    return [`'credentialName' ${quote(secret)} with 'exportTo' (${exportTo.map(quote).join(', ')}), where sidecars that get no Secret would send plaintext: leave 'exportTo' `
      + 'out, and the service is visible to the namespaces of its clients'];
  }
  if (clients.namespaces.includes(undefined)) {
    return [`'credentialName' ${quote(secret)} needs the namespace of each workload, where its rule is written: give the workload's chart a 'namespace'`];
  }
  const [unknown] = clients.isEmpty ? clientModels : clients.withoutWorkload();
  if (!unknown) {
    return [];
  }
  const { namespace = '', account } = unknown;
  const who = account === undefined ? `every account of ${quote(namespace)}` : quote(`${namespace}/${account}`);
  return [`'credentialName' ${quote(secret)} is read for the sidecars of named workloads, and a client is ${who}: name workloads, with connectFrom() or `
    + 'MeshClient.workload(), or route the service through a gateway, which reads the Secret for all'];
}
