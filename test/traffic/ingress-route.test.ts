import { IngressRoute, MeshService, PathMatch } from '../../src';
import { messageOf, only, synth } from '../helpers';

const REQUIRED = { hosts: ['bookinfo.example.com'], service: 'productpage', servicePort: 9080 };

describe('what is exposed at the ingress gateway', () => {
  test('needs hosts, a service and its port', () => {
    const manifests = synth(chart => new IngressRoute(chart, 'Bookinfo', REQUIRED));

    expect(manifests.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([['Gateway', 'bookinfo--bookinfo--ingress'], ['VirtualService', 'bookinfo.bookinfo']]);
    expect(only(manifests, 'Gateway').spec).toEqual({
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['bookinfo.example.com'] }],
    });
    expect(only(manifests, 'VirtualService').spec).toEqual({
      hosts: ['bookinfo.example.com'],
      gateways: ['bookinfo--bookinfo--ingress'],
      http: [{ route: [{ destination: { host: 'productpage', port: { number: 9080 } } }] }],
    });
  });

  test('takes everything it can be told', () => {
    const manifests = synth(chart => new IngressRoute(chart, 'Bookinfo', {
      ...REQUIRED,
      hosts: ['*.example.com', 'example.org'],
      paths: [PathMatch.exact('/productpage'), PathMatch.prefix('/static')],
      port: 8080,
      selector: { app: 'edge' },
      metadata: { name: 'page', namespace: 'shop', labels: { team: 'page' } },
    }));

    const gateway = only(manifests, 'Gateway');
    expect(gateway.metadata).toEqual({ name: 'page--shop--ingress', namespace: 'shop', labels: { team: 'page' } });
    expect(gateway.spec.selector).toEqual({ app: 'edge' });
    expect(gateway.spec.servers[0].port.number).toBe(8080);
    const route = only(manifests, 'VirtualService');
    expect(route.metadata).toEqual({ name: 'page', namespace: 'shop', labels: { team: 'page' } });
    expect(route.spec.hosts).toEqual(['*.example.com', 'example.org']);
    expect(route.spec.gateways).toEqual(['page--shop--ingress']);
    expect(route.spec.http[0].match).toEqual([{ uri: { exact: '/productpage' } }, { uri: { prefix: '/static' } }]);
  });

  test('may be every host', () => {
    const manifests = synth(chart => new IngressRoute(chart, 'Bookinfo', { ...REQUIRED, hosts: ['*'] }));

    expect(only(manifests, 'VirtualService').spec.hosts).toEqual(['*']);
  });

  test('does not change when what it was given does', () => {
    const selector = { app: 'edge' };
    const manifests = synth(chart => {
      new IngressRoute(chart, 'Bookinfo', { ...REQUIRED, selector });
      selector.app = 'changed';
    });

    expect(only(manifests, 'Gateway').spec.selector).toEqual({ app: 'edge' });
  });
});

test('an empty list of paths exposes nothing by mistake: it is refused', () => {
  expect(messageOf(() => synth(chart => new IngressRoute(chart, 'Bookinfo', { ...REQUIRED, paths: [] }))))
    .toContain('[test/Bookinfo] \'paths\' must not be empty');
});

describe('a service whose versions have their part of the traffic', () => {
  const routeOf = (host: string, service: string, before: boolean) => {
    const manifests = synth(chart => {
      const expose = () => new IngressRoute(chart, 'Bookinfo', { ...REQUIRED, service });
      if (before) {
        expose();
      }
      new MeshService(chart, 'Productpage', { host, versions: ['v1', 'v2'] }).split({ v1: 90, v2: 10 });
      if (!before) {
        expose();
      }
    });
    return only(manifests, 'VirtualService', 'bookinfo.bookinfo').spec.http[0].route;
  };

  test.each([
    ['exposed before', 'productpage', 'productpage', true],
    ['exposed after', 'productpage', 'productpage', false],
    ['named with its domain', 'productpage', 'productpage.bookinfo.svc.cluster.local', false],
  ])('is divided in the same way from outside (%s)', (_, host, service, before) => {
    expect(routeOf(host, service, before)).toEqual([
      { destination: { host: service, subset: 'v1', port: { number: 9080 } }, weight: 90 },
      { destination: { host: service, subset: 'v2', port: { number: 9080 } }, weight: 10 },
    ]);
  });

  test('does not divide another service', () => {
    expect(routeOf('reviews', 'productpage', false)).toEqual([{ destination: { host: 'productpage', port: { number: 9080 } } }]);
  });
});

describe('what cannot be exposed is refused', () => {
  test.each<[string, object, string]>([
    ['no path', { paths: [] }, '\'paths\' must not be empty: write at least one, like PathMatch.prefix("/api")'],
    ['a host that is no text', { hosts: [5] }, '\'hosts\' must be a DNS name (lower-case labels of letters, digits and "-", joined by "."), got 5'],
  ])('%s', (_, more, message) => {
    expect(messageOf(() => synth(chart => new IngressRoute(chart, 'Bookinfo', { ...REQUIRED, ...more })))).toBe(`[test/Bookinfo] ${message}`);
  });

  test('not a Service whose traffic is split, in a chart without a namespace', () => {
    const manifests = synth(chart => {
      new MeshService(chart, 'Rules', { host: 'productpage', versions: ['v1'] }).routeTo('v1');
      new IngressRoute(chart, 'Bookinfo', REQUIRED);
    }, {});

    expect(only(manifests, 'VirtualService', 'bookinfo').spec.http[0].route[0].destination.subset).toBe('v1');
  });
});
