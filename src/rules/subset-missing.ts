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
  check: view => view.routes.flatMap(({ object, rules }) => rules.flatMap(rule => rule.destinations.flatMap(({ host, subset, field }): Finding[] => {
    const subsets = view.names.subsetsOf(host);
    const [known] = view.names.trafficRulesOf(host);
    // Without any rule for the host it may be in another repository.
    return subset === undefined || !known || subsets.has(subset) ? [] : [{
      object,
      field: [...field, 'subset'],
      message: `'subset' ${quote(subset)} of ${quote(host)} is in no DestinationRule: `
        + `'${known.object.origin.path}' has ${known.subsets.slice(0, 5).map(({ name }) => quote(name)).join(', ') || 'none'}`,
      fix: 'add it there, or write one that is there',
    }];
  }))),
};
