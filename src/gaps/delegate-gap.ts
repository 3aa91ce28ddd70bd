import { GapKind, NOT_THERE } from './gap';
import { record, records, text } from '../view/fields';
import { NETWORKING } from '../view/mesh-object';

export const delegateGap: GapKind = {
  name: 'delegate',
  rules: ['MX0404', 'MX0405', 'MX0407', 'MX0408'],
  state: NOT_THERE,
  open: 'where the requests go that are delegated to it',
  fix: 'add the VirtualService',
  find: view => view.routes.flatMap(({ object }) => records(object.spec.http).flatMap(({ delegate }, i) => {
    const { name, namespace } = record(delegate);
    const place = text(namespace) ?? object.namespace;
    return delegate === undefined || view.inNamespace(NETWORKING, 'VirtualService', place).has(text(name) ?? '') ? []
      : [{ object, field: ['spec', 'http', i, 'delegate'], on: `VirtualService ${place}/${text(name) ?? ''}` }];
  })),
};
