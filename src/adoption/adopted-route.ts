import { Adopted, metadataCode, Refused } from './adopted-service';
import { clientsIn } from './client-accounts';
import { clientNamespaces } from './client-namespaces';
import { Call, Code, CodeFields } from './code';
import { connectionCode } from './connection-code';
import { targetsOf } from './ends-check';
import { OldRoute } from './old-route';
import { settingsIn } from './rule-shape';
import { WayCode, writtenBy } from './scratch';
import { candidates, portsOf, unwrittenEndpoints, unwrittenPort } from './service-code';
import { UNWRITTEN_TLS } from './tls-code';
import { AccessTable } from '../report/access';
import { isOpen } from '../report/answer';
import { ANY_OTHER, Client, clientName } from '../report/client';
import { Target } from '../report/dependency';
import { ExternalEntry } from '../view/external-entry';
import { Fields, record, strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** A service that sidecars reach through an egress gateway. */
export interface AdoptedRoute extends Adopted {
  readonly way: WayCode;
  /** Ports of the entry that only the gateway connected to: the construct has none of them. */
  readonly gatewayPorts: readonly number[];
}

/** A ServiceEntry with the route through a gateway as a construct that is routed. */
export function adoptRouted(view: MeshView, entry: ExternalEntry, facts: CodeFields, access: AccessTable): AdoptedRoute | Refused {
  const { object } = entry;
  const route = new OldRoute(view, entry);
  const written = portsOf(object.spec);
  const ports = written && route.portsOf(written);
  const problem = route.problem ?? (written === undefined ? unwrittenPort(object.spec)
    : ports === undefined ? `DestinationRule '${route.rule?.origin.path}' is for its host, and ${UNWRITTEN_TLS}` : undefined);
  if (problem !== undefined) {
    return { refused: problem };
  }
  const clients = clientsOf(view, entry, targetsOf(entry, route.gatewayPorts), access);
  if ('refused' in clients) {
    return clients;
  }
  const connection = route.rule && connectionCode(record(route.rule.spec.trafficPolicy));
  const reasons: string[] = [];
  const way = { gateway: gatewayCode(route), clients: clients.code };
  for (const code of candidates(object.spec, ports!, { connection, metadata: metadataCode(object) })) {
    const outcome = writtenBy(code, object.namespace, facts, way);
    const lost = 'refused' in outcome ? undefined : lostBy(entry, route.rule, outcome.objects);
    if (lost !== undefined) {
      reasons.push(lost);
    } else if ('refused' in outcome) {
      reasons.push(outcome.refused);
    } else {
      return { code, added: [], way, gatewayPorts: route.gatewayPorts, replaced: route.objects };
    }
  }
  return { refused: reasons[0] ?? unwrittenEndpoints(object.spec) };
}

/** What balances as well as the default does: the published recipes write it, and it goes with the rule. */
const USUAL = ['loadBalancer.simple ROUND_ROBIN', 'loadBalancer.simple LEAST_REQUEST'];

/** What somebody wrote of the service, and no object of the construct says. What is asked of the server is compared by where connections end. */
function lostBy({ object }: ExternalEntry, rule: MeshObject | undefined, objects: readonly Fields[]): string | undefined {
  if (strings(object.spec.subjectAltNames).length > 0) {
    return 'its \'subjectAltNames\' would be lost';
  }
  const written = new Set(objects.filter(({ kind }) => kind === 'DestinationRule').flatMap(({ spec }) => settingsIn(record(spec)))
    .map(setting => setting.join(' ')));
  const lost = rule && settingsIn(rule.spec).find(([path, value]) => (
    !path.startsWith('tls.') && !written.has(`${path} ${value}`) && !USUAL.includes(`${path} ${value}`)));
  return lost && `'${lost[0]}' of its DestinationRule would be lost`;
}

function gatewayCode({ service, place, gateways: [gateway] }: OldRoute): Code {
  const [name] = service.split('.');
  const { selector, servers } = gateway!;
  if (name === 'istio-egressgateway' && place === 'istio-system' && JSON.stringify(selector) === '{"istio":"egressgateway"}') {
    return new Call('EgressGateway.istioEgressGateway', []);
  }
  const port = servers.find(({ tls }) => tls?.mode === 'ISTIO_MUTUAL')?.port;
  return new Call('EgressGateway.fromAttributes', [{ serviceName: name, namespaceName: place, selector: { ...selector }, port: port === 443 ? undefined : port }]);
}

/** Those for whom the old route is open, as far as the input shows them: accounts of pods, or whole namespaces. */
function clientsOf(
  view: MeshView, entry: ExternalEntry, targets: readonly Target[], access: AccessTable,
): { readonly code: readonly Code[] } | Refused {
  const isOpenTo = (client: Client) => targets.some(target => access.of(client, target).some(isOpen));
  const code: Code[] = [];
  for (const namespace of clientNamespaces(view, entry)) {
    const clients = clientsIn(view, namespace);
    const open = clients.filter(isOpenTo);
    // A gateway refuses the account that pods without one of their own share: its namespace is named as a whole.
    const whole = open.find(({ account }) => account === 'default' || account === ANY_OTHER);
    const closed = whole && [...clients, { namespace, account: ANY_OTHER }].find(client => !isOpenTo(client));
    if (closed !== undefined) {
      return { refused: `its route is open to ${clientName(whole!)} and not to ${clientName(closed)}, and the library takes the account "default" with its whole namespace: give its pods an account of their own` };
    }
    code.push(...whole !== undefined ? [new Call('MeshClient.allIn', [namespace])] : open.map(({ account }) => new Call('MeshClient.serviceAccount', [namespace, account])));
  }
  return code.length === 0 ? { refused: 'its route is open to nobody in the input' } : { code };
}
