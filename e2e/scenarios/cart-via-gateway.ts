import { is, isRefused } from './answers';
import { MANAGED, Shop } from './shop';
import { Scenario } from '../lab/scenario';

export const cartViaGateway: Scenario = {
  name: 'cart-via-gateway',
  promise: 'least access: cart reaches its Redis through the gateway, and nobody else does',
  async run(lab, report) {
    const [[gateway], shop, stranger] = await Promise.all([lab.stockGateway(), Shop.start(lab, 'via-gateway'), lab.caller('elsewhere', 'stranger')]);
    await report.check('nothing declared: cart is blocked', async () => isRefused(await shop.read()), { steady: 2 });
    await shop.apply();
    await report.check('declared: cart reads from it', async () => is(await shop.read(), MANAGED));
    const [serverName] = shop.manifest.serverNames();
    await report.check('through the gateway, under its identity', () => {
      const line = gateway.proxy.log.since().find((candidate) => candidate.sni === serverName && candidate.principal === shop.cart.pod.principal
        && candidate.upstream === `${shop.address}:6379`);
      return line ? undefined : 'no such line in the gateway\'s access log';
    });
    await report.check('another account of the namespace is refused even with the password', async () => isRefused(await shop.steal(shop.neighbour)), { steady: 2 });
    await report.check('by the policy, says the gateway\'s log', () => {
      const line = gateway.proxy.log.since().find((candidate) => candidate.principal === shop.neighbour.principal
        && candidate.details?.startsWith('rbac_access_denied'));
      return line ? undefined : 'no such line in the gateway\'s access log';
    });
    await report.holds('another namespace stays blocked, by name and by IP', 2, async () =>
      isRefused(await shop.steal(stranger)) ?? isRefused(await shop.steal(stranger, shop.address)));
    await report.check('cart is still served', async () => is(await shop.read(), MANAGED));
  },
};
