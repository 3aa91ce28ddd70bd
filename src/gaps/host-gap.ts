import { GapKind, NOT_THERE } from './gap';
import { undeclaredHosts } from './named-host';
import { namespaceOfService } from '../view/host-name';

export const hostGap: GapKind = {
  name: 'host',
  rules: ['MX0401', 'MX0402', 'MX0405', 'MX0407', 'MX0409'],
  state: NOT_THERE,
  open: 'whether proxies know the host, and on which ports',
  fix: 'add the ServiceEntry',
  find: view => undeclaredHosts(view).filter(({ host }) => namespaceOfService(host, view.facts.clusterDomain) === undefined)
    .map(({ host, object, field }) => ({ object, field, on: `a ServiceEntry of ${host}` })),
};
