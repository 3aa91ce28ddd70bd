import { App, Chart, Duration } from 'cdk8s';
import { HeaderMatch, HttpSettings, LoadBalancer, MeshService, MeshServiceProps } from '../../src';
import { all, manifestsOf, messageOf, only, synth } from '../helpers';

const VERSIONS = ['v1', 'v2', 'v3'];

function reviewsIn(chart: Chart, more: Partial<MeshServiceProps> = {}): MeshService {
  return new MeshService(chart, 'Reviews', { host: 'reviews', versions: VERSIONS, ...more });
}

const JASON = HeaderMatch.exact('end-user', 'jason');

/** The rules that a service has after some calls. */
const rulesOf = (call: (reviews: MeshService) => void, more: Partial<MeshServiceProps> = {}) => (
  only(synth(chart => call(reviewsIn(chart, more))), 'VirtualService').spec.http);

const to = (subset: string) => [{ destination: { host: 'reviews', subset } }];

describe('a service of the mesh', () => {
  test('needs a host and versions, each a subset', () => {
    const manifests = synth(chart => expect(reviewsIn(chart).host).toBe('reviews'));

    expect(manifests).toHaveLength(1);
    expect(only(manifests, 'DestinationRule').spec).toEqual({
      host: 'reviews',
      subsets: VERSIONS.map(version => ({ name: version, labels: { version } })),
    });
  });

  test('has one name and namespace for both objects', () => {
    const metadata = { name: 'reviews-rules', namespace: 'shop', labels: { team: 'reviews' } };
    const manifests = synth(chart => new MeshService(chart, 'Reviews', { host: 'reviews', versions: VERSIONS, metadata }).routeTo('v1'));

    expect(only(manifests, 'DestinationRule').metadata).toEqual(metadata);
    expect(only(manifests, 'VirtualService').metadata).toEqual(metadata);
  });

  test('sends everything to one version', () => {
    const manifests = synth(chart => reviewsIn(chart).routeTo('v3'));

    expect(only(manifests, 'VirtualService').spec).toEqual({
      hosts: ['reviews'],
      http: [{ route: [{ destination: { host: 'reviews', subset: 'v3' } }] }],
    });
  });

  test('splits its traffic by weight', () => {
    const manifests = synth(chart => reviewsIn(chart).split({ v1: 80, v2: 20 }));

    expect(only(manifests, 'VirtualService').spec.http[0].route).toEqual([
      { destination: { host: 'reviews', subset: 'v1' }, weight: 80 },
      { destination: { host: 'reviews', subset: 'v2' }, weight: 20 },
    ]);
  });

  test('splits its traffic in one way, however the weights are sorted', () => {
    expect(synth(chart => reviewsIn(chart).split({ v2: 20, v1: 80 }))).toEqual(synth(chart => reviewsIn(chart).split({ v1: 80, v2: 20 })));
  });

  test('may give a version nothing', () => {
    const manifests = synth(chart => reviewsIn(chart).split({ v1: 100, v2: 0 }));

    expect(only(manifests, 'VirtualService').spec.http[0].route.map(({ weight }: { weight: number }) => weight)).toEqual([100, 0]);
  });

  test('may have rules in each of two namespaces', () => {
    const app = new App();
    ['a', 'b'].forEach(namespace => reviewsIn(new Chart(app, namespace, { namespace })));

    expect(all(manifestsOf(app), 'DestinationRule')).toHaveLength(2);
  });
});

describe('requests with a header', () => {
  // What Istio publishes as virtual-service-reviews-test-v2.
  test('go to a version of their own, before the default route', () => {
    const rules = [{ match: [{ headers: { 'end-user': { exact: 'jason' } } }], route: to('v2') }, { route: to('v1') }];

    expect(rulesOf(reviews => {
      reviews.routeMatching(JASON, 'v2');
      reviews.routeTo('v1');
    })).toEqual(rules);
    expect(rulesOf(reviews => {
      reviews.routeTo('v1');
      reviews.routeMatching(JASON, 'v2');
    })).toEqual(rules);
  });

  test('go to any version without it, where nothing else is said', () => {
    expect(rulesOf(reviews => reviews.routeMatching(JASON, 'v2'))[1]).toEqual({ route: [{ destination: { host: 'reviews' } }] });
  });

  test('take the first rule that fits, in the order of the calls', () => {
    const rules = rulesOf(reviews => {
      reviews.routeMatching(JASON, 'v2');
      reviews.routeMatching(HeaderMatch.prefix('end-user', 'j'), 'v3');
      reviews.routeMatching(HeaderMatch.exact('end-user', 'alice'), 'v1');
      reviews.routeMatching(HeaderMatch.present('end-user'), 'v2');
    });

    expect(rules.map(({ match, route }: { match?: object[]; route: object[] }) => [match, route])).toEqual([
      [[{ headers: { 'end-user': { exact: 'jason' } } }], to('v2')],
      [[{ headers: { 'end-user': { prefix: 'j' } } }], to('v3')],
      [[{ headers: { 'end-user': { exact: 'alice' } } }], to('v1')],
      [[{ headers: { 'end-user': {} } }], to('v2')],
      [undefined, [{ destination: { host: 'reviews' } }]],
    ]);
  });

  // What Istio publishes as virtual-service-ratings-test-delay and -test-abort.
  test.each<[string, HttpSettings['fault'], object]>([
    ['a delay', { delay: { percentage: 100, fixedDelay: Duration.seconds(7) } }, { delay: { percentage: { value: 100 }, fixedDelay: '7s' } }],
    ['an error', { abort: { percentage: 100, httpStatus: 500 } }, { abort: { percentage: { value: 100 }, httpStatus: 500 } }],
  ])('get %s that others do not', (_, fault, written) => {
    expect(rulesOf(reviews => {
      reviews.routeMatching(JASON, 'v1', { http: { fault } });
      reviews.routeTo('v1');
    })).toEqual([{ match: [{ headers: { 'end-user': { exact: 'jason' } } }], fault: written, route: to('v1') }, { route: to('v1') }]);
  });

  test('have each setting of the service that they do not have themselves', () => {
    const [first, second, others] = rulesOf(reviews => {
      reviews.routeMatching(JASON, 'v2', { http: { timeout: Duration.seconds(9) } });
      reviews.routeMatching(HeaderMatch.present('x-debug'), 'v2', { http: { fault: { abort: { percentage: 1, httpStatus: 418 } } } });
    }, { http: { timeout: Duration.seconds(3), retries: { attempts: 1 } } });

    expect([first.timeout, first.retries]).toEqual(['9s', { attempts: 1 }]);
    expect([second.timeout, second.retries, second.fault]).toEqual(['3s', { attempts: 1 }, { abort: { percentage: { value: 1 }, httpStatus: 418 } }]);
    expect([others.timeout, others.retries, others.fault]).toEqual(['3s', { attempts: 1 }, undefined]);
  });
});

describe('a mirrored service', () => {
  test('copies the requests of the default route, whatever is called first', () => {
    const rules = [
      { match: [{ headers: { 'end-user': { exact: 'jason' } } }], route: to('v3') },
      { route: to('v1'), mirror: { host: 'reviews', subset: 'v2' }, mirrorPercentage: { value: 12.5 } },
    ];
    const calls: ((reviews: MeshService) => void)[] = [
      reviews => reviews.routeTo('v1'), reviews => reviews.mirrorTo('v2', { percentage: 12.5 }), reviews => reviews.routeMatching(JASON, 'v3'),
    ];

    expect(rulesOf(reviews => calls.forEach(call => call(reviews)))).toEqual(rules);
    expect(rulesOf(reviews => [...calls].reverse().forEach(call => call(reviews)))).toEqual(rules);
  });

  test('copies all of them where no share is given', () => {
    expect(rulesOf(reviews => reviews.mirrorTo('v2'))).toEqual([{ route: [{ destination: { host: 'reviews' } }], mirror: { host: 'reviews', subset: 'v2' } }]);
  });

  test.each(['v1', 'v2'])('may copy to a version that gets a part: %s', version => {
    expect(rulesOf(reviews => {
      reviews.split({ v1: 99, v2: 1 });
      reviews.mirrorTo(version);
    })[0].mirror).toEqual({ host: 'reviews', subset: version });
  });

  test.each(VERSIONS)('may copy to any of several versions that nothing is said of: %s', version => {
    expect(rulesOf(reviews => reviews.mirrorTo(version))[0].mirror).toEqual({ host: 'reviews', subset: version });
  });
});

describe('settings of a service', () => {
  test('of its requests make a rule for all versions', () => {
    expect(rulesOf(() => undefined, { http: { timeout: Duration.millis(500), retries: { attempts: 0 } } }))
      .toEqual([{ timeout: '0.5s', retries: { attempts: 0 }, route: [{ destination: { host: 'reviews' } }] }]);
  });

  test('of its requests hold for the default route', () => {
    expect(rulesOf(reviews => reviews.routeTo('v1'), { http: { timeout: Duration.seconds(1) } })).toEqual([{ timeout: '1s', route: to('v1') }]);
  });

  test('of its connections join the subsets in one DestinationRule', () => {
    const manifests = synth(chart => reviewsIn(chart, {
      loadBalancer: LoadBalancer.roundRobin(),
      connection: {
        connectTimeout: Duration.seconds(1),
        maxConnections: 100,
        idleTimeout: Duration.minutes(5),
        outlierDetection: { consecutiveErrors: 3, maxEjectionPercent: 100 },
      },
    }));

    expect(manifests).toHaveLength(1);
    expect(only(manifests, 'DestinationRule').spec).toEqual({
      host: 'reviews',
      trafficPolicy: {
        loadBalancer: { simple: 'ROUND_ROBIN' },
        connectionPool: { tcp: { connectTimeout: '1s', maxConnections: 100, idleTimeout: '300s' } },
        // The sidecar of a pod whose application is gone answers with 503.
        outlierDetection: { consecutiveGatewayErrors: 3, consecutive5xxErrors: 0, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 100 },
      },
      subsets: VERSIONS.map(version => ({ name: version, labels: { version } })),
    });
  });

  test('eject after one failure where outlier detection says no more', () => {
    expect(only(synth(chart => reviewsIn(chart, { connection: { outlierDetection: {} } })), 'DestinationRule').spec.trafficPolicy)
      .toEqual({ outlierDetection: { consecutiveGatewayErrors: 1, consecutive5xxErrors: 0, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 50 } });
  });

  test('do not change when what they were given does', () => {
    const versions = ['v1', 'v2'];
    const manifests = synth(chart => {
      reviewsIn(chart, { versions });
      versions.push('v3');
    });

    expect(only(manifests, 'DestinationRule').spec.subsets).toHaveLength(2);
  });
});

describe('a service of the mesh refuses', () => {
  test('a second route', () => {
    expect(messageOf(() => synth(chart => {
      const reviews = reviewsIn(chart);
      reviews.routeTo('v1');
      reviews.split({ v1: 50, v2: 50 });
    }))).toBe('[test/Reviews] already has its route: call routeTo() or split() once');
  });

  test('a second set of rules for its host, of which Istio would take the older', () => {
    expect(messageOf(() => synth(chart => {
      reviewsIn(chart);
      new MeshService(chart, 'Again', { host: 'reviews', versions: ['v1'] });
    }))).toBe('[test/Again] \'host\' "reviews" has its rules at \'test/Reviews\' already: write them in one place');
  });
});

describe('rules that cannot be are refused', () => {
  test.each<[string, (service: MeshService) => void, string]>([
    ['an unknown version', service => service.routeTo('v9'), '\'version\' must be one of the service\'s versions ("v1", "v2", "v3"), got "v9"'],
    ['null for weights', service => service.split(null as never), 'split() needs a weight for each version, like { v1: 90, v2: 10 }, got null'],
    ['an unknown version of a match', service => service.routeMatching(JASON, 'v9'), '\'version\' must be one of the service\'s versions ("v1", "v2", "v3"), got "v9"'],
    ['an unknown version of a mirror', service => service.mirrorTo('v9'), '\'version\' must be one of the service\'s versions ("v1", "v2", "v3"), got "v9"'],
    ['an unknown option of a match', service => service.routeMatching(JASON, 'v1', { timeout: 5 } as never),
      '\'timeout\' is not a property of routeMatching(): it has \'http\''],
    ['an unknown option of a mirror', service => service.mirrorTo('v1', { percent: 5 } as never), '\'percent\' is not a property of mirrorTo(): it has \'percentage\''],
    ['a share of a mirror that is none', service => service.mirrorTo('v1', { percentage: 0 }),
      '\'percentage\' must be a number of percent from 0.0001 to 100, got 0'],
    ['a share of a mirror that is more than all', service => service.mirrorTo('v1', { percentage: 101 }),
      '\'percentage\' must be a number of percent from 0.0001 to 100, got 101'],
    ['a share of faults that is more than all', service => service.routeMatching(JASON, 'v1', { http: { fault: { abort: { percentage: 101, httpStatus: 500 } } } }),
      '\'http.fault.abort.percentage\' must be a number of percent from 0.0001 to 100, got 101'],
    ['a mirror twice', service => {
      service.mirrorTo('v2');
      service.mirrorTo('v3');
    }, 'is mirrored to "v2" already: call mirrorTo() once'],
    ['a mirror to what gets everything', service => {
      service.routeTo('v1');
      service.mirrorTo('v1');
    }, 'mirrorTo() copies to "v1", which gets every request already: mirror to another version, or give this one less of the traffic'],
    ['everything to what is mirrored to', service => {
      service.mirrorTo('v1');
      service.split({ v1: 100, v2: 0 });
    }, 'mirrorTo() copies to "v1", which gets every request already: mirror to another version, or give this one less of the traffic'],
    ['a match twice', service => {
      service.routeMatching(JASON, 'v2');
      service.routeMatching(JASON, 'v3');
    }, 'routeMatching() with HeaderMatch.exact("end-user", "jason") is never reached: HeaderMatch.exact("end-user", "jason") before it takes every such request to "v2"; '
      + 'leave one of them out, or call it first if it is for fewer requests'],
    ['a value after its beginning', service => {
      service.routeMatching(HeaderMatch.prefix('end-user', 'ja'), 'v2');
      service.routeMatching(JASON, 'v3');
    }, 'routeMatching() with HeaderMatch.exact("end-user", "jason") is never reached: HeaderMatch.prefix("end-user", "ja") before it takes every such request to "v2"; '
      + 'leave one of them out, or call it first if it is for fewer requests'],
    ['an expression after the header alone', service => {
      service.routeMatching(HeaderMatch.present('end-user'), 'v2');
      service.routeMatching(HeaderMatch.regex('end-user', 'j.*'), 'v3');
    }, 'routeMatching() with HeaderMatch.regex("end-user", "j.*") is never reached: HeaderMatch.present("end-user") before it takes every such request to "v2"; '
      + 'leave one of them out, or call it first if it is for fewer requests'],
    ['a try that is longer than the request of the service may take', service => {
      service.routeMatching(JASON, 'v2', { http: { retries: { attempts: 1, perTryTimeout: Duration.seconds(5) } } });
    }, '\'http.retries.perTryTimeout\' 5s is longer than the \'timeout\' of the whole request, 2s: give a longer timeout, or a shorter try'],
    ['a number for weights', service => service.split(90 as never), 'split() needs a weight for each version, like { v1: 90, v2: 10 }, got 90'],
  ])('%s', (_, route, message) => {
    expect(messageOf(() => synth(chart => route(reviewsIn(chart, { http: { timeout: Duration.seconds(2) } }))))).toBe(`[test/Reviews] ${message}`);
  });

  test('versions that are no list', () => {
    expect(messageOf(() => synth(chart => new MeshService(chart, 'Reviews', { host: 'reviews', versions: 'v1' as never }))))
      .toBe('[test/Reviews] \'versions\' must be a list like ["v1"], got "v1"');
  });

  test('two constructs for one Service of a chart without a namespace', () => {
    const chart = new Chart(new App(), 'test');
    new MeshService(chart, 'A', { host: 'reviews', versions: ['v1'] });

    expect(messageOf(() => new MeshService(chart, 'B', { host: 'reviews', versions: ['v1'] }))).toContain('[test/B] \'host\' "reviews" has its rules at \'test/A\' already');
  });

  test('a mirror to the only version', () => {
    expect(messageOf(() => synth(chart => reviewsIn(chart, { versions: ['v1'] }).mirrorTo('v1'))))
      .toBe('[test/Reviews] mirrorTo() copies to "v1", which gets every request already: mirror to another version, or give this one less of the traffic');
  });

  test('settings that contradict each other, though no rule has them yet', () => {
    expect(messageOf(() => synth(chart => reviewsIn(chart, { http: { fault: {} } }))))
      .toBe('[test/Reviews] \'http.fault\' has neither \'delay\' nor \'abort\': give one of them, or leave it out');
  });

  test('a Service of another namespace, whose versions gateways and other clients would not find', () => {
    expect(messageOf(() => synth(chart => reviewsIn(chart, { host: 'reviews.shop.svc.cluster.local' }))))
      .toBe('[test/Reviews] \'host\' "reviews.shop.svc.cluster.local" is a Service of namespace "shop", and its rules in "bookinfo" would send clients elsewhere and '
        + 'gateways to versions that they do not find: declare it in a chart of that namespace, or with \'metadata.namespace\'');
  });

  test.each([
    ['in the Service\'s namespace', 'reviews.shop.svc.cluster.local', { namespace: 'shop' }],
    ['in a chart whose namespace is not known', 'reviews.shop.svc.cluster.local', undefined],
  ])('not rules %s', (_, host, metadata) => {
    const props = host.endsWith('.local') && !metadata ? {} : undefined;

    expect(only(synth(chart => reviewsIn(chart, { host, metadata }), props), 'DestinationRule').spec.host).toBe(host);
  });
});

describe('matches that overlap in part are both reached', () => {
  test.each<[string, HeaderMatch, HeaderMatch]>([
    ['another header', JASON, HeaderMatch.exact('x-user', 'jason')],
    ['another value', JASON, HeaderMatch.exact('end-user', 'alice')],
    ['a beginning after the value', JASON, HeaderMatch.prefix('end-user', 'jason')],
    ['the header alone after a beginning', HeaderMatch.prefix('end-user', 'j'), HeaderMatch.present('end-user')],
    ['an expression after a beginning', HeaderMatch.prefix('end-user', 'j'), HeaderMatch.regex('end-user', 'j.*')],
    ['a value after an expression', HeaderMatch.regex('end-user', 'j.*'), JASON],
    ['a shorter beginning', HeaderMatch.prefix('end-user', 'jas'), HeaderMatch.prefix('end-user', 'j')],
  ])('%s', (_, first, second) => {
    expect(rulesOf(reviews => [first, second].forEach(match => reviews.routeMatching(match, 'v2')))).toHaveLength(3);
  });
});

describe('a Service with a name that Istio takes for another host', () => {
  const said = (host: string) => messageOf(() => synth(chart => reviewsIn(chart, { host })));

  test.each([
    ['reviews.shop', 'write "reviews", or "reviews.shop.svc.cluster.local"'],
    ['reviews.shop.svc', 'write "reviews", or "reviews.shop.svc.cluster.local"'],
    ['reviews.shop.example.com', 'write "reviews"'],
  ])('%s is refused', (host, cure) => {
    expect(said(host)).toBe(`[test/Reviews] 'host' must be the name of a Service, short or with its domain, got "${host}", which Istio takes for another host: ${cure}`);
  });
});

test.each(['authority', 'method', 'scheme', 'uri'])('a match of %s, which is no header to Istio, is refused', name => {
  expect(messageOf(() => synth(chart => reviewsIn(chart).routeMatching(HeaderMatch.present(name), 'v2')))).toContain(
    `has "${name}", which Istio does not take for a header: match a header that the client sends`);
});
