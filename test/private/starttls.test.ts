import { Protocol, TlsStart } from '../../src';
import { upgradedAs, upgradedOn } from '../../src/private/starttls';

const PROTOCOLS = Object.values(Protocol).filter((value): value is Protocol => value instanceof Protocol);
const upgraded = PROTOCOLS.filter(({ tlsStart }) => tlsStart === TlsStart.UPGRADE);

describe('a protocol that begins TLS later', () => {
  test.each(upgraded.map(protocol => [protocol.name, protocol] as const))('%s is known by its port and its name', (name, { defaultPort }) => {
    const byPort = upgradedOn(defaultPort!);

    expect(byPort).toBeDefined();
    expect(upgradedAs('tcp', `${name}-primary`)).toBe(byPort);
  });

  test.each(PROTOCOLS.filter(({ tlsStart }) => tlsStart !== TlsStart.UPGRADE && tlsStart !== TlsStart.ALWAYS).map(({ name }) => name))('%s is none by its name', name => {
    expect(upgradedAs(name)).toBeUndefined();
  });

  test('is none on any other port', () => {
    expect(upgradedOn(443)).toBeUndefined();
  });
});
