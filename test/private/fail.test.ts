import { ApiObject, App, Chart, Duration } from 'cdk8s';
import { MeshClient, MeshPeer, MysqlGrant, Resolution } from '../../src';
import { failWith, quote, within } from '../../src/private/fail';
import { messageOf } from '../helpers';

describe('what is wrong in a property is said with the property', () => {
  test.each([
    ['a property', '\'namespaceName\' must be a DNS label', '\'peers[1].namespaceName\' must be a DNS label'],
    ['a place in a list', '\'methods[0]\' must be "GET"', '\'peers[1].methods[0]\' must be "GET"'],
    ['a property of a property', '\'gateway.port\' is missing', '\'peers[1].gateway.port\' is missing'],
    ['a call', 'MeshPeer.pods() needs its properties', '\'peers[1]\': MeshPeer.pods() needs its properties'],
    ['a call in quotes', '\'MysqlGrant.onTable()\' must not be empty', '\'peers[1]\': \'MysqlGrant.onTable()\' must not be empty'],
  ])('%s', (_, message, expected) => {
    expect(messageOf(() => within(failWith('shop/It'), 'peers[1]')(message))).toBe(`[shop/It] ${expected}`);
  });
});

describe('a value is quoted by what a user wrote', () => {
  test.each<[string, unknown]>([
    ['a MeshClient', MeshClient.allIn('shop')],
    ['a MeshClient', MeshClient.allIn('shop').limitedTo({ methods: ['GET'] })],
    ['a MeshPeer', MeshPeer.pods({ namespaceName: 'shop', serviceName: 'cart', targetPorts: [1], selector: {} })],
    ['a MysqlGrant', MysqlGrant.allOnDatabase()],
    ['a Resolution', Resolution.dns()],
    ['a Duration', Duration.days(1)],
    ['a value', Object.create(null)],
    ['the construct \'shop\'', new Chart(new App(), 'shop')],
    ['the function ApiObject', ApiObject],
    ['{"app":"x"}', { app: 'x' }],
    [`"${'a'.repeat(500)}"`, 'a'.repeat(500)],
    [`"${'a'.repeat(500)}..." of 501 characters`, 'a'.repeat(501)],
    [`["${'a'.repeat(498)}... of 504 characters`, ['a'.repeat(500)]],
  ])('%s', (quoted, value) => {
    expect(quote(value)).toBe(quoted);
  });
});
