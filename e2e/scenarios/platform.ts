import { is, isRefused } from './answers';
import { passedOn } from './evidence';
import { mongoCalled, mysqlCalled, postgresCalled, whichMongo, whichMysql, whichPostgres, whichRedis } from './who';
import { readEnvironment } from '../../examples/platform/config';
import { type Answer, http } from '../lab/clients';
import { greetings } from '../lab/greeter';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

/** A dependency in the lab: its port, and what a pod that connects to it is told. */
interface Running {
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  ask(pod: Pod): Promise<Answer>;
}

/** What the JSON knows of no address is found here. */
const BY_NAME = '192.0.2.20';

/** Starts the server of each dependency; every one answers with the dependency's name. */
async function start(lab: Lab, { name, kind, hosts }: ReturnType<typeof readEnvironment>['dependencies'][number]): Promise<Running> {
  const [[declared, [address = BY_NAME]]] = Object.entries(hosts);
  const host = declared.replace('*', 'one');
  await lab.dns.set(host, address);
  const running = (port: number, ask: (pod: Pod) => Promise<Answer>): Running => ({ name, host: declared, address, port, ask });
  /** A small server in the place of one that would take long to start. */
  const greeter = async (port: number): Promise<Running> => {
    await lab.greeter({ address, port, who: name, speaks: 'when-asked' });
    return running(port, async (pod) => {
      const [text] = await greetings(pod, [{ host, port }], 'who?');
      return { ok: text !== '', text: text || 'nothing', ms: 0 };
    });
  };
  switch (kind) {
    case 'mysql':
      await mysqlCalled(lab, name, address);
      return running(3306, (pod) => whichMysql(pod, host));
    case 'postgres':
      await postgresCalled(lab, name, address);
      return running(5432, (pod) => whichPostgres(pod, host));
    case 'mongo':
      await mongoCalled(lab, name, address);
      return running(27017, (pod) => whichMongo(pod, host));
    case 'redis':
    case 'redis-cluster':
      await lab.redis({ address, who: name });
      return running(6379, (pod) => whichRedis(pod, host));
    case 'https':
    case 'tls': {
      const { authority } = await lab.website({ address, host, who: name });
      return running(443, (pod) => http(pod, { url: `https://${host}/`, arguments: ['--cacert', authority] }));
    }
    case 'kafka': return greeter(9092);
    case 'oracle': return greeter(1521);
    case 'amqp': return greeter(5672);
  }
}

const CLIENTS = [['shop', 'checkout'], ['shop', 'cart'], ['catalog', 'api'], ['finance', 'booking']] as const;

export const platform: Scenario = {
  name: 'platform',
  promise: 'ten dependencies of ten kinds, declared from JSON, share one port of the gateway, and each account reaches those that the JSON gives it',
  lane: 'beside',
  async run(lab, report) {
    const { dependencies } = readEnvironment('staging');
    const manifest = Manifest.ofExample('platform', 'staging');
    await Promise.all(manifest.namespaces().map((namespace) => lab.namespace(namespace)));
    const [[gateway], servers, ...pods] = await Promise.all([
      lab.stockGateway(), Promise.all(dependencies.map((dependency) => start(lab, dependency))),
      ...CLIENTS.map(([namespace, account]) => lab.caller(namespace, account, { dnsCapture: true })),
    ]);
    const pairs = pods.flatMap((pod) => servers.map((server, index) => ({
      pod, server, allowed: dependencies[index].clients.includes(`${pod.namespace}/${pod.account}`),
    })));
    const allowed = pairs.filter((pair) => pair.allowed);
    /** Undefined when it is true of all of them, asked at the same time. */
    const each = async (some: typeof pairs, ask: (pair: typeof pairs[number]) => Promise<string | undefined>): Promise<string | undefined> => {
      const problems = await Promise.all(some.map(async (pair) => ({ pair, problem: await ask(pair) })));
      const wrong = problems.find(({ problem }) => problem !== undefined);
      return wrong && `${wrong.pair.server.name} from ${wrong.pair.pod.account}: ${wrong.problem}`;
    };

    await report.check('nothing declared: everything is blocked', () => each(allowed, async ({ pod, server }) => isRefused(await server.ask(pod))));
    await lab.kube.apply(manifest.yaml);
    await report.check(`declared: each of ${allowed.length} clients is answered by its dependency`, () =>
      each(allowed, async ({ pod, server }) => is(await server.ask(pod), server.name)));
    await report.check('through the gateway, under its identity', () => each(allowed, async ({ pod, server: { host, port, address } }) =>
      passedOn([gateway], host.startsWith('*.') ? `any${port}.platform.${host.slice(2)}` : `p${port}.platform.${host}`, pod, `${address}:${port}`)));
    await report.holds(`the other ${pairs.length - allowed.length} pairs are refused`, 1, () =>
      each(pairs.filter((pair) => !pair.allowed), async ({ pod, server }) => isRefused(await server.ask(pod))));
    await report.check('nothing was written into the gateway\'s namespace', async () => {
      const outside = (await lab.objects()).filter((object) => object.startsWith(`${ISTIO_NAMESPACE}/`));
      return outside.length === 0 ? undefined : outside.join(', ');
    });
  },
};
