import { GapKind } from './gap';
import { isHttpProxy } from '../trace/proxy-scope';
import { records } from '../view/fields';

export const httpProxyGap: GapKind = {
  name: 'http-proxy',
  rules: [],
  state: 'has a listener of HTTP_PROXY, which no rule follows',
  open: 'what applications ask of it',
  fix: 'look at its hosts yourself',
  find: view => view.allSidecars.flatMap(({ object }) => records(object.spec.egress).flatMap((listener, i) => (
    isHttpProxy(listener) ? [{ object, field: ['spec', 'egress', i], on: `Sidecar ${object.namespace}/${object.name}` }] : []))),
};
