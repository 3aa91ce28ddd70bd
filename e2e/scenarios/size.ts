import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTcp, IEgressGateway, MeshClient, Resolution } from 'cdk8s-istio-egress';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';
import { sleep, waitFor } from '../lab/wait';

const SIZES = [50, 200] as const;
type Clients = 'accounts' | 'namespaces';

interface More {
  /** Whether the app deploys its gateway. */
  readonly own?: boolean;
  /** Clients of the first service besides. */
  readonly late?: readonly string[];
}

/** An app with many services, all routed. */
export function manifestOf(count: number, clients: Clients, { own = false, late = [] }: More = {}): Manifest {
  return Manifest.synth((app) => {
    const chart = new Chart(app, 'data', { namespace: 'data' });
    const gateway: IEgressGateway = own ? new EgressGateway(new Chart(app, 'edge', { namespace: 'edge' }), 'Out') : EgressGateway.istioEgressGateway();
    const egress = new EgressViaGateway(chart, 'Egress', { gateway });
    for (let index = 0; index < count; index++) {
      const service = new ExternalTcp(chart, `Db${index}`, {
        host: `db${index}.example.com`, ports: [3306], resolution: Resolution.ipAddresses(`203.0.113.${index + 2}`),
      });
      egress.route(service);
      service.allowFrom(...(clients === 'accounts'
        ? ['orders', 'cart', ...index === 0 ? late : []].map((account) => MeshClient.serviceAccount('shop', account)) : [MeshClient.allIn('shop'), MeshClient.allIn('billing')]));
    }
  });
}

interface Size {
  /** Of clusters, listeners and routes. */
  readonly kib: number;
  /** Of Envoy's memory. */
  readonly kb: number;
  /** The clusters that belong to services of the test. */
  readonly clusters: number;
}

const ROLES = ['gateway', 'client', 'bystander'] as const;
type Role = typeof ROLES[number];
type Cost = Pick<Size, 'kib' | 'kb'>;

/** A client has a cluster for the service itself and one for each of the two ports of the stock gateway. */
const CLUSTERS: Record<Role, number> = { gateway: 1, client: 3, bystander: 0 };

/** Clusters, listeners and routes of a config dump, without the endpoints and certificates that change by themselves, and without white space. */
export function configurationIn(dump: string): string {
  const { configs } = JSON.parse(dump) as { configs: { '@type': string }[] };
  const counted = configs.filter((config) => /(Clusters|Listeners|Routes)ConfigDump$/.test(config['@type']));
  return JSON.stringify(counted, (key, value: unknown) => (key === 'last_updated' ? undefined : value));
}

async function sizeOf(pod: Pod): Promise<Size> {
  const configuration = configurationIn(await pod.proxy.admin('config_dump'));
  const memory = JSON.parse(await pod.proxy.admin('memory')) as { allocated: string };
  const { cluster_statuses: statuses } = JSON.parse(await pod.proxy.admin('clusters?format=json')) as { cluster_statuses?: { name: string }[] };
  return {
    kib: configuration.length / 1024,
    kb: Number(memory.allocated) / 1000,
    clusters: statuses?.filter(({ name }) => /\.example\.com|--example--com/.test(name)).length ?? 0,
  };
}

/** Of a proxy that has all its clusters and in which nothing changes any more. */
export async function settled(pod: Pod, clusters: number): Promise<Size> {
  let last = await sizeOf(pod);
  return waitFor(`${pod.name} has ${clusters} clusters`, async () => {
    const before = last;
    await sleep(2000);
    last = await sizeOf(pod);
    return last.clusters === clusters && last.kib === before.kib && Math.abs(last.kb - before.kb) < 100 ? last : undefined;
  }, { seconds: 60 });
}

/** Fresh proxies each time: memory that was used once is not given back, and a replaced listener stays for a while. */
async function sizes(lab: Lab, count: number): Promise<Record<Role, Size>> {
  const [[gateway], client, bystander] = await Promise.all([lab.stockGateway(), lab.caller('shop', 'orders'), lab.caller('elsewhere', 'bystander')]);
  const pods: Record<Role, Pod> = { gateway, client, bystander };
  const found = await Promise.all(ROLES.map(async (role) => [role, await settled(pods[role], CLUSTERS[role] * count)] as const));
  await Promise.all(ROLES.map((role) => lab.end(pods[role])));
  return Object.fromEntries(found) as Record<Role, Size>;
}

function each(full: number, empty: number, count: number): number {
  return Math.round((full - empty) / count * 100) / 100;
}

export const size: Scenario = {
  name: 'size',
  promise: 'the cost of a routed service is the same for 50 and 200 services, and bystanders pay nothing',
  lane: 'alone',
  async run(lab, report) {
    await Promise.all(['data', 'billing'].map((namespace) => lab.namespace(namespace)));
    const empty = await sizes(lab, 0);
    for (const clients of ['accounts', 'namespaces'] as const) {
      const all: Record<Role, Cost>[] = [];
      for (const count of SIZES) {
        const started = Date.now();
        await lab.kube.apply(manifestOf(count, clients).yaml, 300);
        report.measure(`${count} services, ${clients}: seconds to apply`, Math.round((Date.now() - started) / 100) / 10);
        const full = await sizes(lab, count);
        const cost = Object.fromEntries(ROLES.map((role) => [role, {
          kib: each(full[role].kib, empty[role].kib, count), kb: each(full[role].kb, empty[role].kb, count),
        }])) as Record<Role, Cost>;
        for (const role of ROLES) { report.measure(`${count} services, ${clients}: ${role}, KiB of configuration and kB of memory for each`, cost[role]); }
        all.push(cost);
        await lab.withdraw();
      }
      const [{ gateway: few }, { gateway: many, bystander }] = all;
      const ratio = { kib: each(many.kib, 0, few.kib), kb: each(many.kb, 0, few.kb) };
      report.measure(`${clients}: what each of 200 services costs the gateway, times each of 50`, ratio);
      await report.check(`${clients}: the gateway's cost grows with the services, not with their square`, () =>
        (ratio.kib <= 1.15 && ratio.kb <= 1.15 ? undefined : JSON.stringify(ratio)));
      if (clients === 'accounts') {
        await report.check('a service costs the gateway at most 3.5 KiB and 90 kB', () => (many.kib <= 3.5 && many.kb <= 90 ? undefined : JSON.stringify(many)));
      }
      await report.check(`${clients}: a bystander pays nothing`, () =>
        (Math.abs(bystander.kib) < 0.01 && Math.abs(bystander.kb) < 2 ? undefined : JSON.stringify(bystander)));
    }
  },
};

/** The whole gateway of the app, when it is settled. */
async function ownGatewayWith(lab: Lab, count: number): Promise<Size> {
  const set = manifestOf(count, 'accounts', { own: true });
  await lab.kube.apply(set.yaml, 300);
  const [gateway] = await lab.gatewayOf(set.one('Deployment'), 1);
  const found = await settled(gateway, count);
  await lab.end(gateway);
  await lab.withdraw();
  return found;
}

export const ownGatewaySize: Scenario = {
  name: 'own-gateway-size',
  promise: 'what denying by default costs a deployed gateway, for 50, 100 and 200 services',
  lane: 'alone',
  async run(lab, report) {
    await Promise.all(['edge', 'data', 'shop'].map((namespace) => lab.namespace(namespace)));
    const few = await ownGatewayWith(lab, 1);
    for (const count of [50, 100, 200]) {
      const full = await ownGatewayWith(lab, count);
      report.measure(`${count} services: KiB of configuration and MB of memory in all`, { kib: Math.round(full.kib), mb: Math.round(full.kb / 100) / 10 });
      const cost = { kib: each(full.kib, few.kib, count), kb: each(full.kb, few.kb, count) };
      report.measure(`${count} services: KiB of configuration and kB of memory for each`, cost);
      // every policy is copied into every filter chain
      await report.check(`${count} services: a server name costs each filter chain at most 0.08 KiB and 0.5 kB`, () =>
        ((cost.kib - 3) / count <= 0.08 && (cost.kb - 88) / count <= 0.5 ? undefined : JSON.stringify(cost)));
    }
  },
};
