import { Finding, Rule } from './rule';
import { quote } from '../private/fail';

export const subsetMissing: Rule = {
  id: 'MX0404',
  name: 'subset-missing',
  severity: 'ERROR',
  title: 'A route sends to a subset that no DestinationRule has.',
  why: 'A proxy has a cluster for each subset. Without the subset there is none, and connections end at once, requests with 503.',
  fix: 'Add the subset to the DestinationRule of the host, or correct its name.',
  related: ['IST0101', 'KIA1107'],
  check: view => view.routes.flatMap(({ object, rules }) => rules.flatMap(({ destinations }) => destinations.flatMap(({ host, subset, field }): Finding[] => {
    const known = view.names.trafficRulesOf(host);
    // Without any rule for the host it may be in another repository.
    if (subset === undefined || known.length === 0 || known.some(({ subsets }) => subsets.some(({ name }) => name === subset))) {
      return [];
    }
    const names = [...new Set(known.flatMap(({ subsets }) => subsets.map(({ name }) => name)))];
    return [{
      object,
      field: [...field, 'subset'],
      message: `'subset' ${quote(subset)} of ${quote(host)} is in no DestinationRule: '${known[0].object.origin.path}' has ${names.slice(0, 5).map(quote).join(', ') || 'none'}`,
      fix: 'add it there, or write one that is there',
    }];
  }))),
};
