import { is, isRefused } from './answers';
import { MANAGED, Shop } from './shop';
import { Scenario } from '../lab/scenario';

export const cartDirect: Scenario = {
  name: 'cart-direct',
  promise: 'cart reaches its managed Redis, which was blocked until it was declared, and other namespaces stay blocked',
  async run(lab, report) {
    const [shop, stranger] = await Promise.all([Shop.start(lab, 'direct'), lab.caller('elsewhere', 'stranger')]);
    await report.check('nothing declared: cart is blocked', async () => isRefused(await shop.read()), { steady: 2 });
    await shop.apply();
    await report.check('declared: cart reads from it', async () => is(await shop.read(), MANAGED));
    await report.check('so does every other account of the namespace: a direct path cannot tell them apart', async () =>
      is(await shop.steal(shop.neighbour), MANAGED));
    await report.holds('another namespace stays blocked', 2, async () => isRefused(await shop.steal(stranger)) ?? isRefused(await shop.steal(stranger, shop.address)));
  },
};
