import { connectionsIn } from '../lab/greeter';
import { meshConfig } from '../lab/istiod';
import { hostsFile } from '../lab/machine';
import { Manifest } from '../lab/manifest';
import { loginsIn } from '../lab/postgres';
import { isUpstream } from '../lab/upstream';

test('the mesh of the lab lets nothing undeclared out, unless a scenario wants it to', () => {
  expect(meshConfig('REGISTRY_ONLY').outboundTrafficPolicy).toEqual({ mode: 'REGISTRY_ONLY' });
  expect(meshConfig('ALLOW_ANY').outboundTrafficPolicy).toEqual({ mode: 'ALLOW_ANY' });
});

test('aliases of a pod are lines of its hosts file', () => {
  expect(hostsFile('cart', '192.0.2.64', { 'mysqldb.example.com': '192.0.2.24' }))
    .toBe('127.0.0.1 localhost\n192.0.2.64 cart\n192.0.2.24 mysqldb.example.com\n');
  expect(hostsFile('cart', '192.0.2.64')).toBe('127.0.0.1 localhost\n192.0.2.64 cart\n');
});

test('a greeter\'s log gives who has connected, and nothing else', () => {
  expect(connectionsIn('ready\nconnection from 192.0.2.64\nconnection from 192.0.2.65\n')).toEqual(['192.0.2.64', '192.0.2.65']);
  expect(connectionsIn('ready\n')).toEqual([]);
});

test('the log of a PostgreSQL gives who has logged in, by user', () => {
  const log = [
    ' LOG:  database system is ready to accept connections',
    '192.0.2.64 LOG:  connection received: host=192.0.2.64 port=40000',
    '192.0.2.64 LOG:  connection authorized: user=app database=postgres application_name=psql SSL enabled (protocol=TLSv1.3)',
    '[local] LOG:  connection authorized: user=postgres database=postgres application_name=psql',
    '192.0.2.65 FATAL:  password authentication failed for user "app"',
  ].join('\n');
  expect(loginsIn(log, 'app')).toEqual(['192.0.2.64']);
});

const object = (name: string): string => `apiVersion: v1\nkind: ServiceEntry\nmetadata: { name: ${name} }\n`;

test('the entry that clients see is told from the gateway\'s private ones', () => {
  const manifest = new Manifest([object('redis.shop'), object('redis.shop.upstream.6379')].join('---\n'));
  expect(manifest.entry().metadata.name).toBe('redis.shop');
  expect(manifest.objects.map(isUpstream)).toEqual([false, true]);
  expect(isUpstream({ apiVersion: 'v1', kind: 'ServiceEntry', metadata: { name: 'redis.shop.upstream.443.b--example--com' } })).toBe(true);
});

test('a manifest with two services needs to say which', () => {
  expect(() => new Manifest([object('a.shop'), object('b.shop')].join('---\n')).entry()).toThrow('the manifest declares 2 services, the scenario needs one: see the example');
});
