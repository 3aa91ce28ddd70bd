import { failWith, within } from '../../src/private/fail';
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
