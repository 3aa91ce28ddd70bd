import { X509Certificate } from 'node:crypto';
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

/** The ways that are compared; each has a namespace and a host name of its own. Istio's default of workload certificates is RSA. */
const WAYS = ['direct', 'plaintext', 'rsa', 'ecdsa'] as const;
type Way = typeof WAYS[number];

/** The keys of both proxies on the way. */
const ECDSA = { ECC_SIGNATURE_ALGORITHM: 'ECDSA' };

/** A second gateway, whose keys are of the other kind. */
const EDGE = { serviceName: 'ecdsa-egress', namespaceName: 'edge', selector: { istio: 'ecdsa-egress' }, port: 443, targetPort: 8443 };

function manifest(way: Way): Manifest {
  return Manifest.synth((app) => {
    const chart = new Chart(app, way, { namespace: way });
    const redis = new ExternalRedis(chart, 'Redis', { host: hostOf(way), resolution: Resolution.ipAddresses(ADDRESS) });
    if (way === 'direct') { return; }
    const leg = way === 'plaintext' ? GatewayLeg.plaintext(PLAINTEXT_PORT) : GatewayLeg.istioMutual();
    const gateway = way === 'ecdsa' ? EgressGateway.fromAttributes(EDGE) : EgressGateway.istioEgressGateway();
    new EgressViaGateway(chart, 'Egress', { gateway }).route(redis, { leg });
    redis.allowFrom(way === 'plaintext' ? MeshClient.allIn(way) : MeshClient.serviceAccount(way, 'app'));
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

/** The kind of the key of a proxy's own certificate, in Node's words. */
export function keyIn(dump: string): string | undefined {
  const { configs } = JSON.parse(dump) as { configs: { dynamic_active_secrets?: Secret[] }[] };
  const own = configs.flatMap((config) => config.dynamic_active_secrets ?? []).find(({ name }) => name === 'default');
  const chain = own?.secret?.tls_certificate?.certificate_chain?.inline_bytes;
  return chain === undefined ? undefined : new X509Certificate(Buffer.from(chain, 'base64')).publicKey.asymmetricKeyType;
}

interface Secret {
  readonly name: string;
  readonly secret?: { readonly tls_certificate?: { readonly certificate_chain?: { readonly inline_bytes?: string } } };
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
    const [bare, direct, plaintext, rsa, ecdsa, , , [ecdsaGateway]] = await Promise.all([
      lab.caller('bare', 'app', { proxy: 'none' }), lab.caller('direct', 'app'), lab.caller('plaintext', 'app'), lab.caller('rsa', 'app'),
      lab.caller('ecdsa', 'app', { proxyEnvironment: ECDSA }), lab.redis({ address: ADDRESS, who: 'redis' }),
      lab.stockGateway(1, [{ name: 'tcp-redis', port: PLAINTEXT_PORT, targetPort: PLAINTEXT_PORT }]),
      lab.gateway({
        name: EDGE.serviceName,
        namespace: EDGE.namespaceName,
        labels: EDGE.selector,
        ports: [{ name: 'https', port: EDGE.port, targetPort: EDGE.targetPort }],
        proxyEnvironment: ECDSA,
      }),
    ]);
    const pods: Record<Way, Pod> = { direct, plaintext, rsa, ecdsa };
    for (const way of WAYS) { await lab.kube.apply(manifest(way).yaml); }
    for (const way of WAYS) {
      await report.check(`${way}: Redis answers`, async () => is(await whichRedis(pods[way], hostOf(way)), 'redis'), { steady: 1 });
    }
    await report.check('the proxies of one way have ECDSA keys, those of the other RSA', async () => {
      const found = await Promise.all([ecdsa, ecdsaGateway, rsa].map(async (pod) => keyIn(await pod.proxy.configDump())));
      return found.join(' ') === 'ec ec rsa' ? undefined : found.join(' ');
    });
    const rounds: Record<string, Speed[]> = { bare: [], direct: [], plaintext: [], rsa: [], ecdsa: [] };
    // in turns, so that whatever else the machine does meets all of them
    for (let round = 0; round < ROUNDS; round++) {
      rounds.bare.push(await speedOf(bare, ADDRESS));
      for (const way of WAYS) { rounds[way].push(await speedOf(pods[way], hostOf(way))); }
    }
    const speeds = Object.fromEntries(Object.entries(rounds).map(([way, all]) => [way, middle(all)]));
    report.measure('without a proxy', speeds.bare);
    for (const way of WAYS) { report.measure(way, speeds[way]); }
    report.measure('through a plaintext port of the gateway, times direct', ratios(speeds.plaintext, speeds.direct));
    for (const keys of ['rsa', 'ecdsa'] as const) {
      report.measure(`through the gateway with ${keys.toUpperCase()} keys, times direct`, ratios(speeds[keys], speeds.direct));
      report.measure(`through the gateway with ${keys.toUpperCase()} keys, times through a plaintext port`, ratios(speeds[keys], speeds.plaintext));
    }
    await report.check('the measurement is one: every way has answered thousands of questions a second', () => {
      const slow = WAYS.filter((way) => !(speeds[way].queries > 1000));
      return slow.length === 0 ? undefined : `${slow.join(', ')} did not`;
    });
  },
};
