import { is, isRefused } from './answers';
import { Bookinfo } from './bookinfo';
import { MANAGED, Shop } from './shop';
import { Scenario } from '../lab/scenario';

const EGRESS = /\/(serviceentries|destinationrules|gateways|virtualservices|authorizationpolicies|sidecars)\//;

export const cleanRemoval: Scenario = {
  name: 'clean-removal',
  promise: 'what was applied is deleted again: the databases are blocked as before, and no object is left',
  async run(lab, report) {
    const [, bookinfo, shop] = await Promise.all([lab.stockGateway(), Bookinfo.start(lab, 'via-gateway'), Shop.start(lab, 'via-gateway')]);
    await bookinfo.apply();
    await shop.apply();
    await report.check('both are reached', async () => await bookinfo.shows('5 and 4') ?? is(await shop.read(), MANAGED));
    await lab.kube.remove(bookinfo.manifest.yaml);
    await report.check('the database of the first is blocked', async () => isRefused(await bookinfo.steal(bookinfo.ratings.pod)), { steady: 2 });
    await report.check('the second is still reached', async () => is(await shop.read(), MANAGED));
    await lab.kube.remove(shop.manifest.yaml);
    await report.check('the second is blocked', async () => isRefused(await shop.read()), { steady: 2 });
    await report.check('no object of Istio\'s is left, in no namespace', async () => {
      const left = (await lab.objects()).filter((object) => EGRESS.test(object));
      return left.length === 0 ? undefined : left.join(', ');
    });
    await report.check('nor any other object that was applied', async () => {
      const all = [...bookinfo.manifest.objects, ...shop.manifest.objects];
      const left = [];
      for (const object of all) {
        if (await lab.kube.get(object)) { left.push(`${object.kind} ${object.metadata.name}`); }
      }
      return left.length === 0 ? undefined : left.join(', ');
    });
  },
};
