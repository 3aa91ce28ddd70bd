import { Finding, Rule, selectorText, where } from './rule';
import { MeshView } from '../view/mesh-view';
import { routerMissedBy } from '../view/router-pod';

export const gatewayServiceSelectsNothing: Rule = {
  id: 'MX0319',
  name: 'gateway-service-selects-nothing',
  severity: 'ERROR',
  title: 'The Service of a gateway selects none of its pods, by a slip in a label.',
  why: 'The Service has no endpoints. What sidecars send to the gateway ends there: the connection is closed, requests get 503 (UH, no healthy upstream).',
  fix: 'Write labels of the gateway\'s pods into `selector`.',
  related: ['KIA0701'],
  check: (view: MeshView) => {
    const gateways = view.gateways.length === 0 ? [] : view.services;
    return gateways.flatMap((service): Finding[] => {
      const pod = routerMissedBy(view, service);
      // Where Gateways miss the pods as well, the slip is in the pods' labels (MX0313).
      return pod === undefined || !view.gatewayPlaces.isOfGateway(pod) ? [] : [{
        object: service.object,
        field: ['spec', 'selector'],
        message: `'selector' ${selectorText(service.selector)} selects no pod; the gateway's pods in ${where(pod.namespace)} ('${pod.object.origin.path}') have the labels ${selectorText(pod.labels)}`,
        fix: 'write labels that those pods have',
      }];
    });
  },
};
