import * as os from 'node:os';
import * as path from 'node:path';
import { cacheFolder, checkGoVersion, Complaint } from '../judge';

describe('the Go that the judge is built with', () => {
  test.each([
    ['missing', undefined, /^Go is needed and was not found: install Go 1\.26 or newer from https:\/\/go\.dev\/dl\/ and put its bin folder on PATH$/],
    ['something else', 'go is a game', /^Go is needed and was not found: install Go 1\.26/],
    ['too old', 'go version go1.25.9 linux/amd64', /^Go 1\.26 is needed and 1\.25 was found: install Go 1\.26/],
    ['very old', 'go version go1.4 linux/amd64', /^Go 1\.26 is needed and 1\.4 was found/],
  ])('%s is told in one line', (_, version, message) => {
    expect(() => checkGoVersion(version)).toThrow(Complaint);
    expect(() => checkGoVersion(version)).toThrow(message);
  });

  test.each(['go version go1.26 linux/amd64', 'go version go1.26.8 linux/amd64', 'go version go1.27rc1 darwin/arm64', 'go version go2.0 linux/amd64'])('%s is enough', version => {
    expect(() => checkGoVersion(version)).not.toThrow();
  });
});

describe('what was built', () => {
  test('is kept outside the checkout, where the user keeps caches', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/cdk8s-istio-egress');
    expect(cacheFolder({})).toBe(path.join(os.homedir(), '.cache', 'cdk8s-istio-egress'));
  });
});
