import { GapKind, NOT_THERE } from './gap';
import { strings } from '../view/fields';
import { gatewayName } from '../view/gateway-name';
import { MESH } from '../view/route';

export const gatewayGap: GapKind = {
  name: 'gateway',
  rules: ['MX0306', 'MX0307', 'MX0309', 'MX0311', 'MX0409'],
  state: NOT_THERE,
  open: 'whether it serves these hosts on these ports',
  fix: 'add the Gateway',
  find: view => view.routes.flatMap(({ object }) => strings(object.spec.gateways).map((written, i) => (
    { written, name: gatewayName(written, object.namespace), field: ['spec', 'gateways', i] }))
    .filter(({ written, name }) => written !== MESH && !view.names.gatewayOf(name)).map(({ name, field }) => ({ object, field, on: `Gateway ${name}` }))),
};
