import { IngressRoute, PathMatch } from '../../src';
import { messageOf, only, synth } from '../helpers';

const exposed = (path: PathMatch) => synth(chart => new IngressRoute(chart, 'Page', { hosts: ['*'], service: 'page', servicePort: 80, paths: [path] }));

test.each([
  ['exact', PathMatch.exact('/login')],
  ['prefix', PathMatch.prefix('/login')],
])('a path may be meant as %s', (type, path) => {
  expect(only(exposed(path), 'VirtualService').spec.http[0].match).toEqual([{ uri: { [type]: '/login' } }]);
});

test.each(['login', ''])('a path that does not begin with "/" is refused: "%s"', path => {
  expect(messageOf(() => exposed(PathMatch.exact(path)))).toBe(`[test/Page] 'paths[0]' must begin with "/", got "${path}"`);
});

test('a path that is no text is refused, from JavaScript', () => {
  expect(messageOf(() => exposed(PathMatch.exact(8080 as never)))).toBe('[test/Page] \'paths[0]\' must begin with "/", got 8080');
});
