import { is, isRefused } from './answers';
import { passedOn } from './evidence';
import { mongoCalled, mysqlCalled, postgresCalled, whichMongo, whichMysql, whichPostgres, whichRedis } from './who';
import { readEnvironment } from '../../examples/platform/config';
import { type Answer, http } from '../lab/clients';
import { greetings } from '../lab/greeter';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import { enforceNetworkPolicies } from '../lab/network-policies';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

/** A dependency in the lab: its port, and what a pod that connects to it is told. */
interface Running {
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** @param to its host, or its address: a client that knows the address needs no name */
  ask(pod: Pod, to: string): Promise<Answer>;
}

/** What the JSON knows of no address is found here. */
const BY_NAME = '192.0.2.20';

/** Starts the server of each dependency; every one answers with the dependency's name. */
async function start(lab: Lab, { name, kind, hosts }: ReturnType<typeof readEnvironment>['dependencies'][number]): Promise<Running> {
  const [[declared, [address = BY_NAME]]] = Object.entries(hosts);
  const host = declared.replace('*', 'one');
  await lab.dns.set(host, address);
  const running = (port: number, ask: Running['ask']): Running => ({ name, host: declared, address, port, ask });
  /** A small server in the place of one that would take long to start. */
  const greeter = async (port: number): Promise<Running> => {
    await lab.greeter({ address, port, who: name, speaks: 'when-asked' });
    return running(port, async (pod, to) => {
      const [text] = await greetings(pod, [{ host: to, port }], 'who?');
      return { ok: text !== '', text: text || 'nothing', ms: 0 };
    });
  };
  switch (kind) {
    case 'mysql':
      await mysqlCalled(lab, name, address);
      return running(3306, (pod, to) => whichMysql(pod, to));
    case 'postgres':
      await postgresCalled(lab, name, address);
      return running(5432, (pod, to) => whichPostgres(pod, to));
    case 'mongo':
      await mongoCalled(lab, name, address);
      return running(27017, (pod, to) => whichMongo(pod, to));
    case 'redis':
    case 'redis-cluster':
      await lab.redis({ address, who: name });
      return running(6379, (pod, to) => whichRedis(pod, to));
    case 'https':
    case 'tls': {
      const { authority } = await lab.website({ address, host, who: name });
      return running(443, (pod, to) =>
        http(pod, { url: `https://${host}/`, arguments: ['--cacert', authority, '--connect-to', `${host}:443:${to}:443`] }));
    }
    case 'kafka': return greeter(9092);
    case 'oracle': return greeter(1521);
    case 'amqp': return greeter(5672);
  }
}

const CLIENTS = [['shop', 'checkout'], ['shop', 'cart'], ['catalog', 'api'], ['finance', 'booking'], ['reports', 'nightly']] as const;

/** An account and a dependency. */
interface Pair {
  readonly pod: Pod;
  readonly server: Running;
}

/** Undefined when it is true of all pairs, asked at the same time. */
async function each(pairs: readonly Pair[], ask: (pair: Pair) => Promise<string | undefined>): Promise<string | undefined> {
  const problems = await Promise.all(pairs.map(async (pair) => ({ pair, problem: await ask(pair) })));
  const wrong = problems.filter(({ problem }) => problem !== undefined);
  if (wrong.length === 0) { return undefined; }
  return wrong.slice(0, 3).map(({ pair: { pod, server }, problem }) => `${server.name} from ${pod.namespace}/${pod.account}: ${problem}`).join('; ');
}

const byName = ({ pod, server }: Pair): Promise<Answer> => server.ask(pod, server.host.replace('*', 'one'));
const byAddress = ({ pod, server }: Pair): Promise<Answer> => server.ask(pod, server.address);

/** Every account at every dependency, and what a pod without a sidecar reaches: all of it with the committed manifests of the example. */
const run = (open: boolean): Scenario['run'] => async (lab, report) => {
  const { dependencies } = readEnvironment('staging');
  const manifest = Manifest.ofExample('platform', 'staging');
  await Promise.all(manifest.namespaces().map((namespace) => lab.namespace(namespace)));
  const [[gateway], servers, bare, ...pods] = await Promise.all([
    lab.stockGateway(), Promise.all(dependencies.map((dependency) => start(lab, dependency))), lab.caller('shop', 'bare', { proxy: 'none' }),
    ...CLIENTS.map(([namespace, account]) => lab.caller(namespace, account, { dnsCapture: true })),
  ]);
  const pairs = pods.flatMap((pod) => servers.map((server, index) => ({
    pod, server, allowed: dependencies[index].clients.includes(`${pod.namespace}/${pod.account}`),
  })));
  const allowed = pairs.filter((pair) => pair.allowed);
  const denied = pairs.filter((pair) => !pair.allowed);
  const withoutSidecar = servers.map((server) => ({ pod: bare, server }));
  const served = (): Promise<string | undefined> => each(allowed, async (pair) => is(await byName(pair), pair.server.name));
  const refused = (some: readonly Pair[]): Promise<string | undefined> => each(some, async (pair) =>
    isRefused(await byName(pair)) ?? isRefused(await byAddress(pair)));

  if (open) {
    await report.check('nothing declared: every account reaches every dependency', () => each(pairs, async (pair) => is(await byName(pair), pair.server.name)));
  } else {
    await report.check('nothing declared: everything is blocked', () => refused(pairs));
  }
  await lab.kube.apply(manifest.yaml);
  await report.check(`declared: each of ${allowed.length} clients is answered by its dependency`, served);
  // a sidecar may know the service a moment before its route, and the first answer may have come directly
  await report.check('through the gateway, under its identity', async () => await served() ?? each(allowed, async ({ pod, server: { host, port, address } }) =>
    passedOn([gateway], host.startsWith('*.') ? `any${port}.platform.${host.slice(2)}` : `p${port}.platform.${host}`, pod, `${address}:${port}`)));
  await report.holds(`the other ${denied.length} pairs are refused, by name and by address`, 1, () => refused(denied));
  await report.check('nothing was written into the gateway\'s namespace', async () => {
    const outside = (await lab.objects()).filter((object) => object.startsWith(`${ISTIO_NAMESPACE}/`));
    return outside.length === 0 ? undefined : outside.join(', ');
  });
  await report.check('limit: without NetworkPolicies a pod without a sidecar reaches every dependency', () =>
    each(withoutSidecar, async (pair) => is(await byAddress(pair), pair.server.name)));
  await enforceNetworkPolicies(lab, [...new Set([...servers.map(({ port }) => port), 8443])]);
  await report.check('with NetworkPolicies it reaches none', () => refused(withoutSidecar));
  await report.check('and every client is still served', served);
};

export const platform: Scenario = {
  name: 'platform',
  promise: 'ten dependencies of ten kinds, declared from JSON, share one port of the gateway, and each account reaches those that the JSON gives it, and no others',
  lane: 'beside',
  run: run(false),
};

export const platformAllowAny: Scenario = {
  name: 'platform-allow-any',
  promise: 'the same in a mesh on ALLOW_ANY, whose client namespaces are locked down',
  lane: 'beside',
  mesh: 'ALLOW_ANY',
  run: run(true),
};
