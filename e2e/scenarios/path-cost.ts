import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalRedis, GatewayLeg, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { is } from './answers';
import { whichRedis } from './who';
import { Manifest } from '../lab/manifest';
import { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const ADDRESS = '192.0.2.15';
const ROUNDS = 3;
const PLAINTEXT_PORT = 6379;

/** The ways that are compared; each has a namespace and a host name of its own. */
const WAYS = ['direct', 'plaintext', 'gateway'] as const;
type Way = typeof WAYS[number];

function manifest(way: Way): Manifest {
  return Manifest.synth((app) => {
    const chart = new Chart(app, way, { namespace: way });
    const redis = new ExternalRedis(chart, 'Redis', { host: hostOf(way), resolution: Resolution.ipAddresses(ADDRESS) });
    if (way === 'direct') { return; }
    const leg = way === 'gateway' ? GatewayLeg.istioMutual() : GatewayLeg.plaintext(PLAINTEXT_PORT);
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(redis, { leg });
    redis.allowFrom(way === 'gateway' ? MeshClient.serviceAccount(way, 'app') : MeshClient.allIn(way));
  });
}

function hostOf(way: Way): string {
  return `${way}.example.com`;
}

interface Speed {
  /** Queries per second over 16 connections. */
  readonly queries: number;
  /** Milliseconds for one question at a time on one connection. */
  readonly p50: number;
  readonly p99: number;
  /** Connections per second, each with one question. */
  readonly connections: number;
}

/** One column of what `redis-benchmark --csv` prints. */
export function column(csv: string, name: string): number {
  const [head, values] = csv.trim().split('\n').slice(-2).map((line) => line.split(',').map((cell) => cell.replace(/"/g, '')));
  return Number(values[head.indexOf(name)]);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function speedOf(pod: Pod, host: string): Promise<Speed> {
  const benchmark = (...options: string[]): Promise<string> =>
    pod.machine.must(['redis-benchmark', '-h', host, '-t', 'get', '--csv', ...options], { timeout: 90 });
  const alone = await benchmark('-c', '1', '-n', '4000');
  const many = await benchmark('-c', '16', '-n', '30000');
  // "-k 0": a connection for each question
  const fresh = await benchmark('-k', '0', '-c', '4', '-n', '1000');
  return { queries: column(many, 'rps'), p50: column(alone, 'p50_latency_ms'), p99: column(alone, 'p99_latency_ms'), connections: column(fresh, 'rps') };
}

/** The medians of some rounds. */
function middle(rounds: readonly Speed[]): Speed {
  const of = (key: keyof Speed): number => Math.round(median(rounds.map((round) => round[key])) * 1000) / 1000;
  return { queries: of('queries'), p50: of('p50'), p99: of('p99'), connections: of('connections') };
}

function ratios(speed: Speed, base: Speed): Speed {
  const of = (key: keyof Speed): number => Math.round((speed[key] / base[key]) * 100) / 100;
  return { queries: of('queries'), p50: of('p50'), p99: of('p99'), connections: of('connections') };
}

export const pathCost: Scenario = {
  name: 'path-cost',
  promise: 'what the way through the gateway costs, beside a direct one and a plaintext port of the gateway',
  lane: 'alone',
  async run(lab, report) {
    for (const way of WAYS) { await lab.dns.set(hostOf(way), ADDRESS); }
    const [bare, direct, plaintext, gateway] = await Promise.all([
      lab.caller('bare', 'app', { proxy: 'none' }), lab.caller('direct', 'app'), lab.caller('plaintext', 'app'), lab.caller('gateway', 'app'),
      lab.stockGateway(1, [{ name: 'tcp-redis', port: PLAINTEXT_PORT, targetPort: PLAINTEXT_PORT }]), lab.redis({ address: ADDRESS, who: 'redis' }),
    ]);
    const pods: Record<Way, Pod> = { direct, plaintext, gateway };
    for (const way of WAYS) { await lab.kube.apply(manifest(way).yaml); }
    for (const way of WAYS) {
      await report.check(`${way}: Redis answers`, async () => is(await whichRedis(pods[way], hostOf(way)), 'redis'), { steady: 1 });
    }
    const rounds: Record<string, Speed[]> = { bare: [], direct: [], plaintext: [], gateway: [] };
    // in turns, so that whatever else the machine does meets all of them
    for (let round = 0; round < ROUNDS; round++) {
      rounds.bare.push(await speedOf(bare, ADDRESS));
      for (const way of WAYS) { rounds[way].push(await speedOf(pods[way], hostOf(way))); }
    }
    const speeds = Object.fromEntries(Object.entries(rounds).map(([way, all]) => [way, middle(all)]));
    report.measure('without a proxy', speeds.bare);
    for (const way of WAYS) { report.measure(way, speeds[way]); }
    report.measure('through the gateway, times direct', ratios(speeds.gateway, speeds.direct));
    report.measure('through a plaintext port of the gateway, times direct', ratios(speeds.plaintext, speeds.direct));
    report.measure('through the gateway, times through a plaintext port of it', ratios(speeds.gateway, speeds.plaintext));
    await report.check('the measurement is one: every way has answered thousands of questions a second', () => {
      const slow = WAYS.filter((way) => !(speeds[way].queries > 1000));
      return slow.length === 0 ? undefined : `${slow.join(', ')} did not`;
    });
  },
};
