import { GapKind } from './gap';
import { NETWORKING } from '../view/mesh-object';

export const envoyFilterGap: GapKind = {
  name: 'envoy-filter',
  rules: [],
  state: 'changes what istiod generates, and is not read',
  open: 'what proxies do where it applies',
  fix: 'look at their configuration with "istioctl proxy-config"',
  find: view => view.of(NETWORKING, 'EnvoyFilter').map(object => ({ object, on: `EnvoyFilter ${object.namespace}/${object.name}` })),
};
