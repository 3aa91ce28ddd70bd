import { IngressRoute, ServerTls } from '../../src';
import { messageOf, only, synth } from '../helpers';

const tlsOf = (tls: ServerTls) => (
  only(synth(chart => new IngressRoute(chart, 'Page', { hosts: ['a.example.com'], service: 'page', servicePort: 80, tls })), 'Gateway').spec.servers[0].tls);

test('a gateway shows a certificate', () => {
  expect(tlsOf(ServerTls.simple({ credentialName: 'page' }))).toEqual({ mode: 'SIMPLE', credentialName: 'page' });
});

test('a gateway demands one', () => {
  expect(tlsOf(ServerTls.mutual({ credentialName: 'page' }))).toEqual({ mode: 'MUTUAL', credentialName: 'page' });
});

describe('TLS of a gateway refuses', () => {
  test.each<[string, unknown, string]>([
    ['no Secret', ServerTls.simple({} as never), '\'tls.credentialName\' is missing, which ServerTls.simple() needs'],
    ['no options', ServerTls.mutual(undefined as never), '\'tls\': ServerTls.mutual() needs its properties as { credentialName }, got undefined'],
    ['a Secret with its namespace', ServerTls.simple({ credentialName: 'istio-system/page' }),
      '\'tls.credentialName\' must be a DNS name (lower-case labels of letters, digits and "-", joined by "."), got "istio-system/page"'],
    ['a Secret that is the authority of another', ServerTls.mutual({ credentialName: 'page-cacert' }),
      '\'tls.credentialName\' must not end in "-cacert", got "page-cacert": Istio reads such a Secret as the authority of another one'],
    ['an option that it does not have', ServerTls.simple({ credentialName: 'page', secret: 'x' } as never),
      '\'tls.secret\' is not a property of ServerTls.simple(): it has \'credentialName\''],
    ['to be something else', 'page', '\'tls\' must be one of ServerTls.simple() or ServerTls.mutual(), got "page"'],
  ])('%s', (_, tls, message) => {
    expect(messageOf(() => tlsOf(tls as never))).toBe(`[test/Page] ${message}`);
  });
});
