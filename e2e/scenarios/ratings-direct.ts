import { Bookinfo } from './bookinfo';
import type { Scenario } from '../lab/scenario';

export const ratingsDirect: Scenario = {
  name: 'ratings-direct',
  promise: 'Bookinfo reads its ratings from a MySQL outside the mesh, which was blocked until it was declared',
  async run(lab, report) {
    const bookinfo = await Bookinfo.start(lab, 'direct');
    // without its rules half of the calls would go to the version that needs no database
    await lab.kube.apply(bookinfo.manifest.without('ServiceEntry'));
    await report.check('nothing declared: the ratings cannot be read', () => bookinfo.shows('could not connect to ratings database'), { steady: 2 });

    await bookinfo.apply();
    await report.check('declared: the stars are 5 and 4', () => bookinfo.shows('5 and 4'));
    await bookinfo.database.sql('update test.ratings set Rating = 1 where ReviewID = 1');
    await report.check('a row changed to 1 in the database: the stars are 1 and 4', () => bookinfo.shows('1 and 4'));
    await report.check('the connection goes from the sidecar straight to the database', () => {
      const line = bookinfo.ratings.pod.proxy.log.since().find((candidate) => candidate.upstream === `${bookinfo.database.address}:3306`);
      return line ? undefined : 'no such line in the sidecar\'s access log';
    });
  },
};
