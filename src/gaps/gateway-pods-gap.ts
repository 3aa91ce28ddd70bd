import { GapKind, NOT_THERE, selectorText } from './gap';
import { selects } from '../view/fields';
import { INSTALLED_GATEWAYS } from '../view/installed-gateways';

export const gatewayPodsGap: GapKind = {
  name: 'gateway-pods',
  rules: ['MX0310', 'MX0313', 'MX0314'],
  state: NOT_THERE,
  open: 'whether anything serves the Gateway, and on which ports',
  fix: 'add the workload of the gateway and its Service',
  find: view => view.gateways.filter(gateway => {
    const { selector } = gateway;
    const isInstalled = [...INSTALLED_GATEWAYS.values()].some(labels => selects(selector, labels));
    return !isInstalled && Object.keys(selector).length > 0 && view.gatewayPlaces.podsOf(gateway).length === 0
      && view.gatewayPlaces.servicesOf(gateway).size === 0;
  }).map(({ object, selector }) => ({
    object,
    field: ['spec', 'selector'],
    on: `a workload with ${selectorText(selector)}`,
  })),
};
