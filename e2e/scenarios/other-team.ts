import { isRefused } from './answers';
import { Bookinfo } from './bookinfo';
import { recipe } from './recipe';
import { http } from '../lab/clients';
import { Scenario } from '../lab/scenario';

const HOST = 'httpbin.example.com';

export const otherTeam: Scenario = {
  name: 'other-team',
  promise: 'another team\'s plain recipe on the same gateway is still answered two minutes after ours was applied',
  lane: 'beside',
  async run(lab, report) {
    await lab.dns.set(HOST, '192.0.2.31');
    const [api, bookinfo, [gateway]] = await Promise.all([
      lab.caller('sentences', 'api'), Bookinfo.start(lab, 'via-gateway'), lab.stockGateway(),
      lab.website({ address: '192.0.2.31', host: HOST, who: 'httpbin' }),
    ]);
    const call = async (): Promise<string | undefined> => {
      const answer = await http(api, { url: `http://${HOST}/` });
      return answer.code === 200 && answer.text === 'httpbin' ? undefined : `${answer.code} ${answer.text}`;
    };
    await lab.kube.apply(recipe('sentences', HOST));
    await report.check('the other team is answered through the gateway', async () => await call()
      ?? (gateway.proxy.log.since().some((line) => line.cluster === `outbound|80||${HOST}`) ? undefined : 'not in the gateway\'s access log'), { steady: 1 });
    await bookinfo.apply();
    await report.check('ours is applied: the stars are 5 and 4', () => bookinfo.shows('5 and 4'));
    await report.check('and others are refused', async () => isRefused(await bookinfo.steal(bookinfo.reviews)), { steady: 1 });
    // a policy that allows would show now, or only when Envoy has drained its old listener, 45 s later
    await report.holds('for two minutes every call of the other team is answered', 125, call);
    await report.check('ours is still reached', () => bookinfo.shows('5 and 4'));
    await report.check('and others are still refused', async () => isRefused(await bookinfo.steal(bookinfo.reviews)), { steady: 1 });
  },
};
