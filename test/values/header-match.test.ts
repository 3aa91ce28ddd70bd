import { HeaderMatch, MeshService } from '../../src';
import { messageOf, only, synth } from '../helpers';

const headersOf = (match: HeaderMatch) => (
  only(synth(chart => new MeshService(chart, 'Reviews', { host: 'reviews', versions: ['v1'] }).routeMatching(match, 'v1')), 'VirtualService').spec.http[0].match);

test.each<[string, HeaderMatch, object]>([
  ['a value', HeaderMatch.exact('end-user', 'Jason'), { 'end-user': { exact: 'Jason' } }],
  ['a beginning', HeaderMatch.prefix('x-tenant', 'beta-'), { 'x-tenant': { prefix: 'beta-' } }],
  ['an expression', HeaderMatch.regex('cookie', '(?i)^(.*;)?user=jason(;.*)?$'), { cookie: { regex: '(?i)^(.*;)?user=jason(;.*)?$' } }],
  ['the presence of a header', HeaderMatch.present('x-debug'), { 'x-debug': {} }],
])('a match is for %s', (_, match, headers) => {
  expect(headersOf(match)).toEqual([{ headers }]);
});

test('an escaped backslash is none of a back-reference', () => {
  expect(headersOf(HeaderMatch.regex('x-path', 'c:\\\\1'))).toEqual([{ headers: { 'x-path': { regex: 'c:\\\\1' } } }]);
});

test('a value may have what an expression may not', () => {
  expect(headersOf(HeaderMatch.exact('x-note', '(?!) \\1'))).toEqual([{ headers: { 'x-note': { exact: '(?!) \\1' } } }]);
});

test('an expression may have 1024 characters', () => {
  expect(() => headersOf(HeaderMatch.regex('end-user', 'x'.repeat(1024)))).not.toThrow();
});

describe('a match refuses', () => {
  test.each<[string, HeaderMatch, string]>([
    ['a name in upper case', HeaderMatch.exact('End-User', 'jason'),
      '\'HeaderMatch.exact()\' must have the name of a header in lower case, like "end-user", got "End-User": write "end-user"'],
    ['a name with a blank', HeaderMatch.present('end user'), '\'HeaderMatch.present()\' must have the name of a header in lower case, like "end-user", got "end user"'],
    ['a name that is none', HeaderMatch.present(undefined as never), '\'HeaderMatch.present()\' must have the name of a header in lower case, like "end-user", got undefined'],
    ['no value', HeaderMatch.exact('end-user', ''), '\'HeaderMatch.exact()\' must be a text that is not empty, got ""'],
    ['a value that is no text', HeaderMatch.prefix('end-user', 5 as never), '\'HeaderMatch.prefix()\' must be a text that is not empty, got 5'],
    ['a lookahead', HeaderMatch.regex('end-user', '(?!jason).*'),
      '\'HeaderMatch.regex()\' has "(?!", which RE2 does not know, got "(?!jason).*": write it without lookaround and back-references'],
    ['a lookbehind', HeaderMatch.regex('end-user', '.*(?<=j)ason'),
      '\'HeaderMatch.regex()\' has "(?<=", which RE2 does not know, got ".*(?<=j)ason": write it without lookaround and back-references'],
    ['a back-reference', HeaderMatch.regex('end-user', '(.)\\1'),
      '\'HeaderMatch.regex()\' has "\\1", which RE2 does not know, got "(.)\\1": write it without lookaround and back-references'],
    ['a long expression', HeaderMatch.regex('end-user', 'x'.repeat(1025)),
      '\'HeaderMatch.regex()\' must have 1024 characters at most, got 1025: match a prefix, or let the application decide'],
  ])('%s', (_, match, message) => {
    expect(messageOf(() => headersOf(match))).toBe(`[test/Reviews] ${message}`);
  });

  test('to be something else', () => {
    expect(messageOf(() => headersOf('jason' as never)))
      .toBe('[test/Reviews] \'match\' must be one of HeaderMatch.exact(), prefix(), regex() or present(), got "jason"');
  });
});
