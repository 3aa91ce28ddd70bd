import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { number, record, records } from '../view/fields';
import { MeshView } from '../view/mesh-view';
import { portsOfHost } from '../view/ports-of-host';
import { TrafficRule } from '../view/traffic-rule';

export const settingsOfOtherPort: Rule = {
  id: 'MX0414',
  name: 'settings-of-other-port',
  severity: 'WARNING',
  title: 'A DestinationRule has settings for a port that its host does not have.',
  why: '`portLevelSettings` are for ports of the Service or ServiceEntry, not for those of its endpoints. Istio accepts any number and never uses these settings: TLS that they ask for is not originated.',
  fix: 'Write a port of the host: `number` of the ServiceEntry, not its `targetPort`.',
  related: [],
  check: view => view.trafficRules.flatMap(rule => findingsOf(view, rule)),
};

function findingsOf(view: MeshView, { object, host }: TrafficRule): Finding[] {
  const written = [
    ...portsIn(object.spec.trafficPolicy, ['spec', 'trafficPolicy']),
    ...records(object.spec.subsets).flatMap(({ trafficPolicy }, i) => portsIn(trafficPolicy, ['spec', 'subsets', i, 'trafficPolicy'])),
  ];
  // A wildcard is for every host that it covers.
  const ports = written.length === 0 || host.startsWith('*') ? [] : portsOfHost(view, host);
  return written.filter(({ port }) => port !== undefined && ports.length > 0 && !ports.includes(port)).map(({ port, field }) => ({
    object,
    field,
    message: `'port.number' ${port} is no port of ${quote(host)}, which has ${ports.join(', ')}: proxies never use these settings`,
    fix: `write one of its ports, like ${ports[0]}`,
  }));
}

function portsIn(policy: unknown, field: readonly (string | number)[]) {
  return records(record(policy).portLevelSettings).map(({ port }, i) => ({ port: number(record(port).number), field: [...field, 'portLevelSettings', i, 'port', 'number'] }));
}
