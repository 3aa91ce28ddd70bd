import { Duration } from 'cdk8s';
import { HeaderMatch, IngressRoute, MeshService, PathMatch, ServerTls } from '../../src';
import { messageOf, only, synth } from '../helpers';

const REQUIRED = { hosts: ['bookinfo.example.com'], service: 'productpage', servicePort: 9080 };

describe('what is exposed at the ingress gateway', () => {
  test('needs hosts, a service and its port', () => {
    const manifests = synth(chart => new IngressRoute(chart, 'Bookinfo', REQUIRED));

    expect(manifests.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([['Gateway', 'bookinfo--bookinfo--ingress'], ['VirtualService', 'bookinfo.bookinfo']]);
    expect(only(manifests, 'Gateway').spec).toEqual({
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['./bookinfo.example.com'] }],
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

describe('the rules that a service has inside the mesh', () => {
  const exposed = (paths?: PathMatch[]) => {
    const manifests = synth(chart => {
      const page = new MeshService(chart, 'Productpage', { host: 'productpage', versions: ['v1', 'v2', 'v3'], http: { timeout: Duration.seconds(3) } });
      page.routeMatching(HeaderMatch.exact('end-user', 'jason'), 'v2', { http: { fault: { abort: { percentage: 100, httpStatus: 500 } } } });
      page.routeTo('v1');
      page.mirrorTo('v3', { percentage: 50 });
      new IngressRoute(chart, 'Bookinfo', { ...REQUIRED, paths });
    });
    return only(manifests, 'VirtualService', 'bookinfo.bookinfo').spec.http;
  };
  const port = { number: 9080 };

  test('hold for requests from outside', () => {
    expect(exposed()).toEqual([
      {
        match: [{ headers: { 'end-user': { exact: 'jason' } } }],
        timeout: '3s',
        fault: { abort: { percentage: { value: 100 }, httpStatus: 500 } },
        route: [{ destination: { host: 'productpage', subset: 'v2', port } }],
      },
      {
        timeout: '3s',
        route: [{ destination: { host: 'productpage', subset: 'v1', port } }],
        mirror: { host: 'productpage', subset: 'v3', port },
        mirrorPercentage: { value: 50 },
      },
    ]);
  });

  test('hold for the paths that are exposed, and for no others', () => {
    expect(exposed([PathMatch.exact('/productpage'), PathMatch.prefix('/static')]).map(({ match }: { match: object }) => match)).toEqual([
      [
        { uri: { exact: '/productpage' }, headers: { 'end-user': { exact: 'jason' } } },
        { uri: { prefix: '/static' }, headers: { 'end-user': { exact: 'jason' } } },
      ],
      [{ uri: { exact: '/productpage' } }, { uri: { prefix: '/static' } }],
    ]);
  });

  test('are none of a service that only has versions', () => {
    const manifests = synth(chart => {
      new MeshService(chart, 'Productpage', { host: 'productpage', versions: ['v1'] });
      new IngressRoute(chart, 'Bookinfo', REQUIRED);
    });

    expect(only(manifests, 'VirtualService').spec.http).toEqual([{ route: [{ destination: { host: 'productpage', port } }] }]);
  });
});

describe('HTTPS', () => {
  const tls = ServerTls.simple({ credentialName: 'bookinfo' });
  const serversOf = (more: object) => only(synth(chart => new IngressRoute(chart, 'Bookinfo', { ...REQUIRED, ...more })), 'Gateway').spec.servers;
  // Only routes of this namespace attach: another one cannot answer for a path of the host.
  const hosts = ['./bookinfo.example.com'];
  const https = { port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts, tls: { mode: 'SIMPLE', credentialName: 'bookinfo' } };

  test('is served on port 443, and nothing in plaintext', () => {
    expect(serversOf({ tls })).toEqual([https]);
  });

  test('is served on another port where it is given', () => {
    expect(serversOf({ tls, port: 8443 })[0].port.number).toBe(8443);
  });

  test('may be every host', () => {
    expect(serversOf({ tls, hosts: ['*'] })[0].hosts).toEqual(['./*']);
  });

  test('is where plaintext requests are sent', () => {
    expect(serversOf({ tls, httpsRedirectPort: 80 })).toEqual([{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts, tls: { httpsRedirect: true } }, https]);
  });
});

describe('what cannot be exposed is refused', () => {
  test.each<[string, object, string]>([
    ['no path', { paths: [] }, '\'paths\' must not be empty: write at least one, like PathMatch.prefix("/api")'],
    ['a redirect to nowhere', { httpsRedirectPort: 80 },
      '\'httpsRedirectPort\' 80 sends clients to HTTPS, which is not served without \'tls\': give \'tls\', or leave it out'],
    ['a redirect from the port of TLS', { tls: ServerTls.simple({ credentialName: 'page' }), httpsRedirectPort: 443 },
      '\'httpsRedirectPort\' 443 is the port of TLS itself: give the port that clients call in plaintext, like 80'],
    ['a redirect from no port', { tls: ServerTls.simple({ credentialName: 'page' }), httpsRedirectPort: true },
      '\'httpsRedirectPort\' must be a whole number from 1 to 65535, got true'],
    ['a host that is no text', { hosts: [5] }, '\'hosts[0]\' must be a DNS name (lower-case labels of letters, digits and "-", joined by "."), got 5'],
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

describe('an ingress route refuses', () => {
  const said = (more: object) => messageOf(() => synth(chart => new IngressRoute(chart, 'Web', { hosts: ['*'], service: 'web', servicePort: 80, ...more })));
  const tls = ServerTls.simple({ credentialName: 'web' });

  test.each<[string, object, string]>([
    ['plaintext on the port of HTTPS', { port: 443 }, '\'port\' 443 would serve plaintext, which nobody calls there: give \'tls\', or leave \'port\' out for 80'],
    ['HTTPS on the port of plaintext', { port: 80, tls }, '\'port\' 80 would serve HTTPS, which nobody calls there: leave \'port\' out for 443, and give '
      + '\'httpsRedirectPort\' for clients that begin with http://'],
    ['a Service with half of its name', { service: 'web.shop' }, '\'service\' must be the name of a Service, short or with its domain, got "web.shop", which Istio takes for '
      + 'another host: write "web", or "web.shop.svc.cluster.local"'],
  ])('%s', (_, more, message) => {
    expect(said(more)).toBe(`[test/Web] ${message}`);
  });

  test('TLS that is made by the class itself, from JavaScript', () => {
    expect(messageOf(() => new (ServerTls as never as new () => ServerTls)())).toContain('[ServerTls] cannot be constructed: use one of its factories simple() or mutual()');
  });
});
