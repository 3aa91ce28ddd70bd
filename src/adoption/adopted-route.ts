import { Adopted, metadataCode, Refused, usualNotes } from './adopted-service';
import { clientsIn } from './client-accounts';
import { clientNamespaces } from './client-namespaces';
import { Call, Code, CodeFields } from './code';
import { connectionCode } from './connection-code';
import { targetsOf } from './ends-check';
import { OldRoute } from './old-route';
import { addedSettings, lostSetting, Setting, settingsIn, usualSettings } from './rule-shape';
import { WayCode, writtenBy } from './scratch';
import { candidates, portsOf, unwrittenEndpoints, unwrittenPort } from './service-code';
import { UNWRITTEN_TLS } from './tls-code';
import { AccessTable } from '../report/access';
import { isOpen, outcomeOf } from '../report/answer';
import { ANY_OTHER, Client, clientName } from '../report/client';
import { Target } from '../report/dependency';
import { ExternalEntry } from '../view/external-entry';
import { Fields, labelsOf, record, records, selects, strings } from '../view/fields';
import { MeshObject } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';

/** A service that sidecars reach through an egress gateway. */
export interface AdoptedRoute extends Adopted {
  readonly way: WayCode;
  /** Ports of the entry by which the gateway alone got there: the construct has none of them. */
  readonly gatewayPorts: readonly number[];
}

/** A ServiceEntry with the route through a gateway as a construct that is routed. */
export function adoptRouted(view: MeshView, entry: ExternalEntry, facts: CodeFields, access: AccessTable): AdoptedRoute | Refused {
  const { object } = entry;
  const route = new OldRoute(view, entry);
  const written = portsOf(object.spec);
  const useless = route.gatewayPorts.flatMap(port => uselessPort(view, entry, port, access));
  const gatewayPorts = useless.map(({ port }) => port);
  const ports = written && route.portsOf(written, gatewayPorts);
  const problem = route.problem ?? (written === undefined ? unwrittenPort(object.spec)
    : ports === undefined ? `DestinationRule '${route.rule?.origin.path}' is for its host, and ${UNWRITTEN_TLS}` : undefined);
  if (problem !== undefined) {
    return { refused: problem };
  }
  const clients = clientsOf(view, entry, targetsOf(entry, gatewayPorts), access);
  if ('refused' in clients) {
    return clients;
  }
  const connection = route.rule && connectionCode(record(route.rule.spec.trafficPolicy));
  const reasons: string[] = [];
  const way = { gateway: gatewayCode(route), clients: clients.code };
  for (const code of candidates(object.spec, ports!, { connection, metadata: metadataCode(object) })) {
    const outcome = writtenBy(code, object.namespace, facts, way);
    const found = 'refused' in outcome ? outcome.refused : differenceTo(entry, route, outcome.objects);
    if (typeof found === 'string') {
      reasons.push(found);
    } else {
      const notes = useless.map(({ port, why }) => `is written without port ${port} of ${entry.hosts[0]}, by which no client got an answer: ${why}`);
      return { code, added: found.added, notes: [...clients.notes, ...notes, ...found.notes], way, gatewayPorts, replaced: route.objects };
    }
  }
  return { refused: reasons[0] ?? unwrittenEndpoints(object.spec) };
}

/**
 * What somebody wrote of the service, or of the way to the gateway, and no object of the construct says; where there is nothing of that, what the construct adds.
 * What is asked of the server is compared by where connections end.
 */
function differenceTo({ object }: ExternalEntry, route: OldRoute, objects: readonly Fields[]): string | Pick<Adopted, 'added' | 'notes'> {
  if (strings(object.spec.subjectAltNames).length > 0) {
    return 'its \'subjectAltNames\' would be lost';
  }
  const rules = objects.filter(({ kind }) => kind === 'DestinationRule').map(({ spec }) => record(spec));
  const settingsOf = (isOfGateway: boolean) => rules.filter(({ host }) => (host === route.service) === isOfGateway).flatMap(settingsIn);
  const [toGateway, behind] = [settingsOf(true), settingsOf(false)];
  const added = new Set<string>();
  const notes: string[] = [];
  for (const { object: rule } of route.hostRules) {
    const settings = settingsIn(rule.spec);
    const lost = lostSetting(settings, behind);
    if (lost !== undefined) {
      return rule === route.rule ? `'${lost[0]}' of its DestinationRule would be lost`
        : `'${lost[0]}' of DestinationRule '${rule.origin.path}' would have no effect: the gateway connects to another host, and a construct takes the settings of one rule without subsets`;
    }
    notes.push(...rule === route.rule ? usualNotes(rule, usualSettings(settings, behind)) : []);
  }
  const labels = rules.flatMap(({ host, subsets }) => (host === route.service ? records(subsets) : [])).map(subset => labelsOf(subset.labels));
  const ofGateway = route.gatewayPolicies.map(({ rule: { object: rule, workloadSelector }, subsets }) => ({
    rule, subsets, workloadSelector, settings: settingsIn({ trafficPolicy: rule.spec.trafficPolicy, subsets }),
  }));
  for (const policy of ofGateway) {
    const lost = lostToGateway(policy, toGateway, labels);
    if (lost !== undefined) {
      return lost;
    }
    notes.push(...usualNotes(policy.rule, usualSettings(policy.settings, toGateway)));
  }
  addedSettings(route.rule === undefined ? [] : settingsIn(route.rule.spec), behind).forEach(path => added.add(path));
  addedSettings(ofGateway.flatMap(({ settings }) => settings), toGateway).forEach(path => added.add(path));
  return { added: [...added].sort(), notes };
}

/** What a rule of the gateway's Service says of the way there. */
interface GatewayPolicy {
  readonly rule: MeshObject;
  /** Those that the route sends to. */
  readonly subsets: readonly Fields[];
  readonly workloadSelector?: object;
  readonly settings: readonly Setting[];
}

/** What of it the construct does not say, with its own settings and the labels of its subsets. */
function lostToGateway({ rule, subsets, workloadSelector, settings }: GatewayPolicy, written: readonly Setting[], labels: readonly MeshObject['labels'][]): string | undefined {
  const called = `DestinationRule '${rule.origin.path}' of its gateway`;
  const lost = lostSetting(settings, written);
  const narrow = subsets.find(subset => !labels.every(own => selects(labelsOf(subset.labels), own)));
  return lost !== undefined ? `'${lost[0]}' of ${called} would be lost`
    : workloadSelector !== undefined && subsets.length > 0 ? `${called} has a 'workloadSelector', and that of a construct is for every workload of its clients`
      : narrow !== undefined ? `the 'labels' of subset ${JSON.stringify(narrow.name)} of ${called} would be lost` : undefined;
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

/** A port at which the server understood nobody who uses the service, or nobody got to it, with why; none where somebody did. */
function uselessPort(view: MeshView, entry: ExternalEntry, number: number, access: AccessTable): { readonly port: number; readonly why: string }[] {
  const others = entry.ports.map(({ number: port }) => port).filter(port => port !== number);
  const clients = clientNamespaces(view, entry).flatMap(namespace => clientsIn(view, namespace));
  const answers = targetsOf(entry, others).flatMap(target => clients.flatMap(client => access.of(client, target)));
  return answers.length === 0 || answers.some(answer => ['REACHES', 'DIRECT'].includes(outcomeOf(answer))) ? []
    : [{ port: number, why: answers[0].mismatch ?? answers[0].why }];
}

/** Those for whom the old route is open, as far as the input shows them: accounts of pods, or whole namespaces. */
function clientsOf(
  view: MeshView, entry: ExternalEntry, targets: readonly Target[], access: AccessTable,
): { readonly code: readonly Code[]; readonly notes: readonly string[] } | Refused {
  const isOpenTo = (client: Client) => targets.some(target => access.of(client, target).some(isOpen));
  const code: Code[] = [];
  const unseen: string[] = [];
  for (const namespace of clientNamespaces(view, entry)) {
    const clients = clientsIn(view, namespace);
    const open = clients.filter(isOpenTo);
    // A gateway refuses the account that pods without one of their own share: its namespace is named as a whole.
    const whole = open.find(({ account }) => account === 'default' || account === ANY_OTHER);
    const closed = whole && [...clients, { namespace, account: ANY_OTHER }].find(client => !isOpenTo(client));
    if (closed !== undefined) {
      return { refused: `its route is open to ${clientName(whole!)} and not to ${clientName(closed)}, and the library takes the account "default" with its whole namespace: give its pods an account of their own` };
    }
    if (whole?.account === ANY_OTHER) {
      unseen.push(namespace);
    }
    code.push(...whole !== undefined ? [new Call('MeshClient.allIn', [namespace])] : open.map(({ account }) => new Call('MeshClient.serviceAccount', [namespace, account])));
  }
  return code.length === 0 ? { refused: 'its route is open to nobody in the input' } : {
    code,
    notes: unseen.map(namespace => `is for every account of namespace ${namespace}, by MeshClient.allIn, because the input shows no workload there: `
      + 'name those that use it, by MeshClient.serviceAccount'),
  };
}
