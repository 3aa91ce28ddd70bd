import { App, Chart } from 'cdk8s';
import { MeshService } from '../../src';
import { all, manifestsOf, messageOf, only, synth } from '../helpers';

const VERSIONS = ['v1', 'v2', 'v3'];

function reviewsIn(chart: Chart): MeshService {
  return new MeshService(chart, 'Reviews', { host: 'reviews', versions: VERSIONS });
}

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
    ['a number for weights', service => service.split(90 as never), 'split() needs a weight for each version, like { v1: 90, v2: 10 }, got 90'],
  ])('%s', (_, route, message) => {
    expect(messageOf(() => synth(chart => route(reviewsIn(chart))))).toBe(`[test/Reviews] ${message}`);
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
});
