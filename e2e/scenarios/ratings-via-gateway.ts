import { isRefused } from './answers';
import { Bookinfo } from './bookinfo';
import { refusedInHandshake, sawNothing } from './evidence';
import type { Scenario } from '../lab/scenario';

export const ratingsViaGateway: Scenario = {
  name: 'ratings-via-gateway',
  promise: 'every connection to the database passes the egress gateway under the identity of ratings, and nobody else gets through',
  async run(lab, report) {
    const [[gateway], bookinfo] = await Promise.all([lab.stockGateway(), Bookinfo.start(lab, 'via-gateway')]);
    const [serverName] = bookinfo.manifest.serverNames();
    const sidecar = bookinfo.ratings.pod.proxy;
    const upstream = `${bookinfo.database.address}:3306`;
    await lab.kube.apply(bookinfo.manifest.without('ServiceEntry'));
    await report.check('nothing declared: the ratings cannot be read', () => bookinfo.shows('could not connect to ratings database'), { steady: 1 });

    await bookinfo.apply();
    await report.check('declared: the stars are 5 and 4', () => bookinfo.shows('5 and 4'));
    await bookinfo.database.sql('update test.ratings set Rating = 1 where ReviewID = 1');
    await report.check('a row changed to 1 in the database: the stars are 1 and 4', () => bookinfo.shows('1 and 4'));

    const [before, after] = [sidecar.log.mark(), gateway.proxy.log.mark()];
    for (let call = 0; call < 5; call++) { await report.check(`call ${call + 1} of 5`, () => bookinfo.shows('1 and 4')); }
    await report.check('the sidecar sent all five to the gateway', () => {
      const sent = sidecar.log.since(before).filter((line) => line.upstream === `${gateway.address}:8443`).length;
      return sent >= 5 ? undefined : `${sent} of them in the sidecar's access log`;
    });
    await report.check('the gateway passed all five on, with the server name and the identity of ratings, over TLS', () => {
      const lines = gateway.proxy.log.since(after).filter((line) => line.sni === serverName && line.principal === bookinfo.ratings.pod.principal
        && line.tls === 'TLSv1.3' && line.upstream === upstream);
      return lines.length >= 5 ? undefined : `${lines.length} of them in the gateway's access log`;
    });

    const [stranger] = await Promise.all([
      lab.namespace('elsewhere').then(() => lab.pod({ name: 'stranger', namespace: 'elsewhere', account: 'stranger', labels: { app: 'stranger' } })),
    ]);
    const refusedFrom = bookinfo.reviews.proxy.log.mark();
    await report.holds('reviews, an account that was not named, is refused even with the password', 3, async () =>
      isRefused(await bookinfo.steal(bookinfo.reviews)));
    await report.holds('and when it goes straight to the IP', 2, async () => isRefused(await bookinfo.steal(bookinfo.reviews, bookinfo.database.address)));
    await report.check('the gateway refused its handshake, and its access log names the account', () =>
      refusedInHandshake([gateway], serverName, bookinfo.reviews));
    await report.check('reviews has seen not one byte of the database, not even its greeting', () => sawNothing(bookinfo.reviews, [gateway], refusedFrom));
    await report.check('nothing was written into the gateway\'s namespace', async () => {
      const objects = (await lab.objects()).filter((object) => object.startsWith('istio-system/'));
      return objects.length === 0 ? undefined : objects.join(', ');
    });
    await report.holds('a pod of another namespace is refused, by name and by IP', 2, async () =>
      isRefused(await bookinfo.steal(stranger)) ?? isRefused(await bookinfo.steal(stranger, bookinfo.database.address)));
    await report.check('it never came as far as the gateway', () =>
      (gateway.proxy.log.since().some((line) => line.principal === stranger.principal) ? 'its account is in the gateway\'s access log' : undefined));

    await report.check('the database has seen the gateway, and nobody else', async () => {
      const hosts = (await bookinfo.database.clients('bookinfo')).join(' ');
      return hosts === gateway.address ? undefined : `it was reached from ${hosts || 'nowhere'}`;
    });
    await report.check('ratings is still served', () => bookinfo.shows('1 and 4'));
  },
};
