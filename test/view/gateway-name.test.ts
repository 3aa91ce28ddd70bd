import { gatewayName } from '../../src/view/gateway-name';

describe('the name of a Gateway in a VirtualService of namespace shop', () => {
  test.each([
    ['is one of its own namespace', 'egress', 'shop/egress'],
    ['has a namespace in front', 'data/egress', 'data/egress'],
    ['has its own namespace as a dot', './egress', 'shop/egress'],
    ['has the namespace behind it, as istiod still reads it', 'egress.data', 'data/egress'],
    ['is that of a Service', 'egress.data.svc.cluster.local', 'data/egress'],
    ['may have dots behind a namespace', 'data/egress.data', 'data/egress.data'],
  ])('%s', (_, written, expected) => {
    expect(gatewayName(written, 'shop')).toBe(expected);
  });
});
