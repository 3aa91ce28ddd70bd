import { matchText } from '../../src/view/match-text';

test.each([
  [{ uri: { prefix: '/api' }, headers: { 'x-debug': { exact: 'yes' } } }, 'uri prefix /api and header x-debug exact yes'],
  [{ method: { exact: 'GET' }, queryParams: { page: { regex: '[0-9]+' } } }, 'method exact GET and query parameter page regex [0-9]+'],
  [{ headers: { 'x-debug': {} }, withoutHeaders: { cookie: {} } }, 'header x-debug with any value and not header cookie with any value'],
  [{ port: 80, sourceLabels: { app: 'web' } }, ''],
  [{ uri: { regex: 'a'.repeat(200) } }, `uri regex ${'a'.repeat(90)}…`],
])('tells what %j looks at', (match, text) => {
  expect(matchText(match)).toBe(text);
});
