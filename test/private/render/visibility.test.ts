import { exportTo } from '../../../src/private/render/visibility';

test.each<[string, Parameters<typeof exportTo>, string[]]>([
  ['the object\'s own namespace is "."', [['bookinfo'], 'bookinfo'], ['.']],
  ['the own comes first, others by name', [['shop', 'bookinfo', 'admin'], 'bookinfo'], ['.', 'admin', 'shop']],
  ['what is added is part of it, once', [['shop'], 'bookinfo', 'istio-system', 'shop'], ['istio-system', 'shop']],
  ['what is added may be nothing', [['bookinfo'], 'bookinfo', undefined], ['.']],
  ['all of them are all of them, and Istio wants nothing beside', [['*', 'shop'], 'bookinfo', 'istio-system'], ['*']],
  ['an own namespace that nobody knows is "." as well', [[''], undefined], ['.']],
])('%s', (_, given, written) => {
  expect(exportTo(...given)).toEqual(written);
});
