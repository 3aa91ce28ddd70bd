import { GapKind, NOT_THERE } from './gap';

export const subsetGap: GapKind = {
  name: 'subset',
  rules: ['MX0403', 'MX0404', 'MX0406'],
  state: NOT_THERE,
  open: 'whether proxies know the subset, and what it selects',
  fix: 'add the DestinationRule',
  find: view => {
    const known = new Set(view.trafficRules.flatMap(({ host, subsets }) => subsets.map(({ name }) => `${host} ${name}`)));
    return view.routes.flatMap(({ object, rules }) => rules.flatMap(({ destinations, mirrors }) => [...destinations, ...mirrors]
      .filter(({ host, subset }) => subset !== undefined && !known.has(`${host} ${subset}`))
      .map(({ host, subset, field }) => ({ object, field: [...field, 'subset'], on: `a DestinationRule of ${host} with the subset ${subset}` }))));
  },
};
