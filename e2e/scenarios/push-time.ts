import { median } from './path-cost';
import { manifestOf, settled } from './size';
import type { Lab } from '../lab/lab';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';
import { sleep, waitFor } from '../lab/wait';

const SIZES = [50, 200] as const;
const ROUNDS = 5;

/** Seconds, how often, messages. */
const METRICS = ['pilot_proxy_convergence_time_sum', 'pilot_proxy_convergence_time_count', 'pilot_xds_pushes'];

/** What one more client of one service costs, however many others there are. */
interface Push {
  /** From the answer of the API server until the gateway has the new listeners. */
  readonly ms: number;
  /** From istiod's first notice of the change until a proxy has it, by istiod's own measurement: on average of all proxies. */
  readonly convergenceMs: number;
  /** Messages that istiod sent. */
  readonly pushes: number;
}

/** Of the listeners that Envoy has now. */
async function versionOf(pod: Pod): Promise<string> {
  return pod.proxy.admin('stats?filter=^listener_manager.lds.version$');
}

async function push(lab: Lab, gateway: Pod, count: number, round: number): Promise<Push> {
  const [before, after] = [[], ['late']].map((late) => manifestOf(count, 'accounts', { late }));
  const [from, to] = round % 2 === 0 ? [before, after] : [after, before];
  const known = new Set(from.objects.map((object) => JSON.stringify(object)));
  const changed = to.objects.filter((object) => !known.has(JSON.stringify(object)));
  const metrics = () => Promise.all(METRICS.map((name) => lab.istiod.metric(name)));
  const [version, [sum, times, pushes]] = await Promise.all([versionOf(gateway), metrics()]);
  await lab.kube.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: changed }));
  const applied = Date.now();
  const ms = await waitFor('the gateway has other listeners', async () =>
    (await versionOf(gateway) === version ? undefined : Date.now() - applied), { seconds: 60 });
  // the other proxies
  await sleep(2000);
  const [sumAfter, timesAfter, pushesAfter] = await metrics();
  return { ms, convergenceMs: Math.round((sumAfter - sum) / (timesAfter - times) * 1000), pushes: pushesAfter - pushes };
}

const middle = (pushes: readonly Push[], of: keyof Push): number => median(pushes.map((each) => each[of]));

export const pushTime: Scenario = {
  name: 'push-time',
  promise: 'how long it takes until the gateway knows a new client of one service, with 50 and with 200 services',
  lane: 'alone',
  async run(lab, report) {
    await Promise.all(['data', 'billing'].map((namespace) => lab.namespace(namespace)));
    const [[gateway]] = await Promise.all([lab.stockGateway(), lab.caller('shop', 'orders'), lab.caller('elsewhere', 'bystander')]);
    const found: Push[] = [];
    for (const count of SIZES) {
      await lab.kube.apply(manifestOf(count, 'accounts').yaml, 300);
      await settled(gateway, count);
      const pushes: Push[] = [];
      for (let round = 0; round < ROUNDS; round++) { pushes.push(await push(lab, gateway, count, round)); }
      const middles = { ms: middle(pushes, 'ms'), convergenceMs: middle(pushes, 'convergenceMs'), pushes: middle(pushes, 'pushes') };
      report.measure(`${count} services: ms until the gateway has a change of one of them, istiod's own figure, and its messages`, middles);
      found.push(middles);
    }
    await report.check('a change of one service is the same number of messages with 50 and with 200', () =>
      (found[1].pushes === found[0].pushes ? undefined : found.map(({ pushes }) => pushes).join(' and ')));
    await lab.withdraw();
  },
};
