import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTcp, MeshClient, Resolution } from 'cdk8s-istio-egress';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Report, Scenario } from '../lab/scenario';
import { sleep, waitFor } from '../lab/wait';

const SIZES = [50, 200] as const;
type Clients = 'accounts' | 'namespaces';

function manifest(count: number, clients: Clients): Manifest {
  return Manifest.synth((app) => {
    const chart = new Chart(app, 'data', { namespace: 'data' });
    const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
    for (let index = 0; index < count; index++) {
      const service = new ExternalTcp(chart, `Db${index}`, {
        host: `db${index}.example.com`, ports: [3306], resolution: Resolution.ipAddresses(`203.0.113.${index + 2}`),
      });
      egress.route(service);
      service.allowFrom(...(clients === 'accounts'
        ? [MeshClient.serviceAccount('shop', 'orders'), MeshClient.serviceAccount('shop', 'cart')] : [MeshClient.allIn('shop'), MeshClient.allIn('billing')]));
    }
  });
}

interface Size {
  /** Of the configuration without endpoints, which change by themselves. */
  readonly kib: number;
  /** Of Envoy's memory. */
  readonly kb: number;
  /** The clusters that belong to services of the test. */
  readonly clusters: number;
}

async function sizeOf(pod: Pod): Promise<Size> {
  const dump = await pod.proxy.admin('config_dump');
  const memory = JSON.parse(await pod.proxy.admin('memory')) as { allocated: string };
  const clusters = await pod.proxy.admin('clusters?format=json');
  const names = (JSON.parse(clusters) as { cluster_statuses?: { name: string }[] }).cluster_statuses?.map((cluster) => cluster.name) ?? [];
  return { kib: dump.length / 1024, kb: Number(memory.allocated) / 1000, clusters: names.filter((name) => name.includes('example.com') || name.includes('--example--')).length };
}

/** What Envoy holds when nothing changes any more: replaced listeners are gone, and memory has been given back. */
async function settled(pod: Pod, clusters: number): Promise<Size> {
  let last = await sizeOf(pod);
  return waitFor(`${pod.name} has ${clusters} clusters`, async () => {
    const before = last;
    await sleep(1500);
    last = await sizeOf(pod);
    const drained = !(await pod.proxy.admin('config_dump?resource=dynamic_listeners')).includes('"draining_state"');
    return last.clusters === clusters && drained && last.kib === before.kib && Math.abs(last.kb - before.kb) < 50 ? last : undefined;
  }, { seconds: 120, everyMs: 100 });
}

interface Cost {
  readonly kib: number;
  readonly kb: number;
}

const ROLES = ['gateway', 'client', 'bystander'] as const;
type Role = typeof ROLES[number];

async function start(lab: Lab): Promise<Record<Role, Pod>> {
  await Promise.all(['data', 'billing'].map((namespace) => lab.namespace(namespace)));
  const [[gateway], client, bystander] = await Promise.all([lab.stockGateway(), lab.caller('shop', 'orders'), lab.caller('elsewhere', 'bystander')]);
  return { gateway, client, bystander };
}

async function endAll(lab: Lab, pods: Record<Role, Pod>): Promise<void> {
  await Promise.all(ROLES.map((role) => lab.end(pods[role])));
}

/** What each service costs each proxy; fresh pods for each size, because memory that was used once is not given back. */
async function costs(lab: Lab, report: Report, clients: Clients): Promise<Record<Role, Cost>[]> {
  const all: Record<Role, Cost>[] = [];
  for (const count of SIZES) {
    const pods = await start(lab);
    const empty = await Promise.all(ROLES.map((role) => settled(pods[role], 0)));
    const yaml = manifest(count, clients).yaml;
    const started = Date.now();
    await lab.kube.apply(yaml);
    report.measure(`${count} services, ${clients}: seconds to apply`, Math.round((Date.now() - started) / 100) / 10);
    const perService: Record<Role, number> = { gateway: 1, client: 2, bystander: 0 };
    const full = await Promise.all(ROLES.map((role) => settled(pods[role], perService[role] * count)));
    const cost = Object.fromEntries(ROLES.map((role, index) => [role, {
      kib: Math.round((full[index].kib - empty[index].kib) / count * 100) / 100, kb: Math.round((full[index].kb - empty[index].kb) / count * 10) / 10,
    }])) as Record<Role, Cost>;
    for (const role of ROLES) { report.measure(`${count} services, ${clients}: ${role}, KiB of configuration and kB of memory for each`, cost[role]); }
    all.push(cost);
    await lab.kube.remove(yaml);
    await endAll(lab, pods);
  }
  return all;
}

export const size: Scenario = {
  name: 'size',
  promise: 'what a routed service costs the gateway and its clients does not grow with their number, and bystanders pay nothing',
  lane: 'alone',
  async run(lab, report) {
    for (const clients of ['accounts', 'namespaces'] as const) {
      const [few, many] = await costs(lab, report, clients);
      const ratio = { kib: many.gateway.kib / few.gateway.kib, kb: many.gateway.kb / few.gateway.kb };
      report.measure(`${clients}: the gateway's cost for each of 200 services, times that for each of 50`, {
        kib: Math.round(ratio.kib * 100) / 100, kb: Math.round(ratio.kb * 100) / 100,
      });
      await report.check(`${clients}: it grows with the services, not with their square`, () =>
        (ratio.kib <= 1.15 && ratio.kb <= 1.15 ? undefined : JSON.stringify(ratio)));
      if (clients === 'accounts') {
        await report.check('a service costs the gateway at most 3.5 KiB and 90 kB', () =>
          (many.gateway.kib <= 3.5 && many.gateway.kb <= 90 ? undefined : JSON.stringify(many.gateway)));
      }
      await report.check(`${clients}: a bystander pays nothing`, () =>
        (Math.abs(many.bystander.kib) < 0.01 && Math.abs(many.bystander.kb) < 2 ? undefined : JSON.stringify(many.bystander)));
    }
  },
};
