import { is, isRefused } from './answers';
import { passedOn, refusedInHandshake, sawNothing } from './evidence';
import { MANAGED, Shop } from './shop';
import { Scenario } from '../lab/scenario';

export const cartViaGateway: Scenario = {
  name: 'cart-via-gateway',
  promise: 'least access: cart reaches its Redis through the gateway, and nobody else does',
  async run(lab, report) {
    const [gateways, shop, stranger] = await Promise.all([lab.stockGateway(), Shop.start(lab, 'via-gateway'), lab.caller('elsewhere', 'stranger')]);
    await report.check('nothing declared: cart is blocked', async () => isRefused(await shop.read()), { steady: 2 });
    await shop.apply();
    await report.check('declared: cart reads from it', async () => is(await shop.read(), MANAGED));
    const [serverName] = shop.manifest.serverNames();
    await report.check('through the gateway, under its identity', () => passedOn(gateways, serverName, shop.cart.pod, `${shop.address}:6379`));
    await report.check('another account of the namespace is refused even with the password', async () => isRefused(await shop.steal(shop.neighbour)), { steady: 2 });
    await report.check('in the handshake, and the gateway\'s access log names the account', () => refusedInHandshake(gateways, serverName, shop.neighbour));
    await report.check('it has seen not one byte', () => sawNothing(shop.neighbour, gateways));
    await report.holds('another namespace stays blocked, by name and by IP', 2, async () =>
      isRefused(await shop.steal(stranger)) ?? isRefused(await shop.steal(stranger, shop.address)));
    await report.check('cart is still served', async () => is(await shop.read(), MANAGED));
  },
};
