import { ExternalService, Protocol, Resolution, Speaker, TlsStart } from '../../src';
import { only, synth } from '../helpers';

test.each([
  [Protocol.TCP, 'tcp', Speaker.UNKNOWN, TlsStart.UNKNOWN],
  [Protocol.TLS, 'tls', Speaker.CLIENT, TlsStart.ALWAYS],
  [Protocol.MYSQL, 'mysql', Speaker.SERVER, TlsStart.UPGRADE],
  [Protocol.REDIS, 'redis', Speaker.CLIENT, TlsStart.DIRECT],
])('protocol %#: it is known who speaks first and how TLS begins', (protocol, name, speaksFirst, tlsStart) => {
  expect(protocol).toMatchObject({ name, speaksFirst, tlsStart });
});

test.each([
  [Protocol.TCP, 'TCP'],
  [Protocol.TLS, 'TLS'],
  [Protocol.MYSQL, 'TCP'],
  [Protocol.REDIS, 'TCP'],
])('protocol %#: only what always begins with TLS is told apart by its server name', (protocol, written) => {
  const manifests = synth(chart => new ExternalService(chart, 'Db', {
    hosts: ['db.example.com'],
    ports: [{ number: 5432, protocol }],
    resolution: Resolution.dns(),
  }));

  expect(only(manifests, 'ServiceEntry').spec.ports[0].protocol).toBe(written);
});
