import { Finding, Rule } from './rule';
import { quote } from '../private/fail';
import { meantHosts } from '../view/meant-hosts';
import { MeshView } from '../view/mesh-view';

export const destinationUnknown: Rule = {
  id: 'MX0405',
  name: 'destination-unknown',
  severity: 'WARNING',
  title: 'A route or a DestinationRule is for a host that nothing declares.',
  why: 'A proxy has no cluster for a host without a Service or ServiceEntry: connections to it fail, requests with 503, and a DestinationRule for it has no effect.',
  fix: 'Declare the host, or correct its name. A name without dots is a Service of the rule\'s own namespace.',
  related: ['IST0101', 'IST0174', 'KIA0202', 'KIA1101'],
  check: view => {
    const meant = meantHosts(view);
    const findingsOf = (place: Pick<Finding, 'object' | 'field'>, what: string, host: string, effect: string): Finding[] => {
      const other = meant.by(host);
      return other === undefined ? [] : [{
        ...place,
        message: `${what} is neither a Service nor a ServiceEntry: ${effect}`,
        fix: `did you mean ${quote(other)}? ${elseText(view, other)}`,
      }];
    };
    return [
      ...view.routes.flatMap(({ object, rules }) => rules.flatMap(({ destinations, mirrors }) => [
        ...destinations.flatMap(({ host, field }) => (
          findingsOf({ object, field: [...field, 'host'] }, `'destination.host' ${quote(host)}`, host, 'connections to it fail'))),
        ...mirrors.flatMap(({ host, field }) => findingsOf({ object, field: [...field, 'host'] }, `'host' ${quote(host)} of the mirror`, host, 'no copy arrives')),
      ])),
      ...view.trafficRules.flatMap(({ host, object }) => findingsOf({ object, field: ['spec', 'host'] }, `'host' ${quote(host)}`, host, 'the rule has no effect')),
    ];
  },
};

/** What else may be: that the host is right, and the one that declares it misspelt. */
function elseText(view: MeshView, other: string): string {
  const [entry] = view.names.entriesOf(other);
  return entry === undefined ? 'If not, declare the host' : `If that is misspelt, correct it in '${entry.object.origin.path}'; if neither is, declare the host`;
}
