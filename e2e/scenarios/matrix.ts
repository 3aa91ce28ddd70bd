import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressLockdown, EgressViaGateway, ExternalService, ExternalTcp, Mesh, MeshClient, OutboundTrafficPolicy, Resolution } from 'cdk8s-istio-egress';
import { opens } from './answers';
import { greetings } from '../lab/greeter';
import type { Lab } from '../lab/lab';
import { Manifest } from '../lab/manifest';
import { enforceNetworkPolicies } from '../lab/network-policies';
import type { Pod } from '../lab/pod';
import { Report, Scenario } from '../lab/scenario';

/** `namespace/account`, or `namespace/*` for all of them. */
type Client = string;

interface Row {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly port: number;
  /** Where clients find it by name; its entry catches this address only. */
  readonly virtual?: string;
  readonly way: 'direct' | 'stock' | 'edge';
  readonly clients: readonly Client[];
}

const SERVICES: readonly Row[] = [
  { name: 'users', namespace: 'shop', address: '192.0.2.21', port: 3306, way: 'stock', clients: ['shop/orders'] },
  { name: 'ratings', namespace: 'bookinfo', address: '192.0.2.22', port: 3306, way: 'stock', clients: ['bookinfo/ratings'] },
  { name: 'ledger', namespace: 'shop', address: '192.0.2.23', port: 3306, way: 'edge', clients: ['shop/orders', 'shop/cart'] },
  { name: 'depot', namespace: 'data', address: '192.0.2.24', port: 3306, virtual: '198.51.100.24', way: 'stock', clients: ['bookinfo/ratings', 'data/loader'] },
  { name: 'metrics', namespace: 'bookinfo', address: '192.0.2.25', port: 9100, way: 'direct', clients: ['bookinfo/ratings'] },
  { name: 'warehouse', namespace: 'data', address: '192.0.2.26', port: 3306, way: 'stock', clients: ['shop/orders', 'reports/*'] },
];

const ACCOUNTS: readonly Client[] = [
  'shop/orders', 'shop/cart', 'bookinfo/ratings', 'bookinfo/reviews', 'data/loader', 'reports/nightly', 'reports/weekly', 'elsewhere/stranger',
];

const NAMESPACES = [...new Set(ACCOUNTS.map((client) => client.split('/')[0]))];

const EDGE = { serviceName: 'edge-gateway', namespaceName: 'edge', selector: { app: 'edge-gateway' }, port: 15443, targetPort: 15443 };

function hostOf(row: Row): string {
  return `${row.name}.example.com`;
}

/** Every namespace closed, those without dependencies as well, in a mesh that closes nothing. */
function buildLockedDown(app: App): void {
  Mesh.declare(app, { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });
  build(app, (row) => row.way === 'direct');
  const chart = new Chart(app, 'lock');
  NAMESPACES.forEach((namespaceName) => new EgressLockdown(chart, `Lockdown-${namespaceName}`, { namespaceName }));
}

/** @param open the rows that name no clients: on ALLOW_ANY a direct service could not keep to them, and says which namespaces see it */
function build(app: App, open: (row: Row) => boolean = () => false): void {
  for (const namespace of new Set(SERVICES.map((row) => row.namespace))) {
    const chart = new Chart(app, namespace, { namespace });
    const ways = {
      stock: new EgressViaGateway(chart, 'Stock', { gateway: EgressGateway.istioEgressGateway() }),
      edge: new EgressViaGateway(chart, 'Edge', { gateway: EgressGateway.fromAttributes(EDGE) }),
    };
    for (const row of SERVICES.filter((candidate) => candidate.namespace === namespace)) {
      const service = new ExternalTcp(chart, row.name, {
        host: hostOf(row),
        ports: [row.port],
        ...(row.virtual ? { resolution: Resolution.dns(), addresses: [row.virtual] } : { resolution: Resolution.ipAddresses(row.address) }),
      });
      if (row.way !== 'direct') { ways[row.way].route(service); }
      if (open(row)) { continue; }
      service.allowFrom(...namedFor(row).map((client) => {
        const [owner, account] = client.split('/');
        return account === '*' ? MeshClient.allIn(owner) : MeshClient.serviceAccount(owner, account);
      }));
    }
  }
}

/** Whom an app names for a row: on a direct path, whole namespaces. */
function namedFor({ clients, way }: Row): string[] {
  return [...new Set(clients.map((client) => (way === 'direct' ? `${client.split('/')[0]}/*` : client)))].sort();
}

/** What has to be, worked out from the table alone: a direct path cannot tell the accounts of a namespace apart. */
function mayReach(client: Client, row: Row, how: 'name' | 'address'): boolean {
  // by its real address nobody has declared it
  if (row.virtual && how === 'address') { return false; }
  const namespace = client.split('/')[0];
  return row.clients.some((allowed) => allowed === client || (allowed.split('/')[0] === namespace && (allowed.endsWith('/*') || row.way === 'direct')));
}

const WAYS_TO_ASK = ['name', 'address'] as const;
const CHECKS = ACCOUNTS.length * SERVICES.length * WAYS_TO_ASK.length;

/** Every account at every service: what is not as the table says. */
async function wrong(pods: readonly Pod[]): Promise<string[]> {
  const asked = SERVICES.flatMap((row) => WAYS_TO_ASK.map((how) => ({ row, how, target: { host: how === 'name' ? hostOf(row) : row.address, port: row.port } })));
  const all = await Promise.all(pods.map((pod) => greetings(pod, asked.map(({ target }) => target))));
  return ACCOUNTS.flatMap((client, account) => asked.flatMap(({ row, how }, index) => {
    const said = all[account][index];
    const due = mayReach(client, row, how) ? row.name : '';
    return said === due ? [] : [`${client} to ${row.name} by ${how}: expected ${due || 'nothing'}, got ${said || 'nothing'}`];
  }));
}

/** What runs: a pod for each account, the gateways, the servers outside. */
async function start(lab: Lab): Promise<Pod[]> {
  for (const row of SERVICES) { await lab.dns.set(hostOf(row), row.address); }
  const hostAliases = Object.fromEntries(SERVICES.flatMap((row) => (row.virtual ? [[hostOf(row), row.virtual]] : [])));
  const [pods] = await Promise.all([
    Promise.all(ACCOUNTS.map((client) => {
      const [namespace, account] = client.split('/');
      return lab.caller(namespace, account, { hostAliases });
    })),
    lab.stockGateway(),
    lab.gateway({
      name: EDGE.serviceName, namespace: EDGE.namespaceName, labels: EDGE.selector, ports: [{ name: 'tls', port: EDGE.port, targetPort: EDGE.port }],
    }),
    ...SERVICES.map((row) => lab.greeter({ address: row.address, port: row.port, who: row.name })),
  ]);
  return pods;
}

async function asTheTableSays(report: Report, pods: readonly Pod[], sentence: string): Promise<void> {
  let seen: string[] = [];
  await report.check(sentence, async () => {
    seen = await wrong(pods);
    return seen.length === 0 ? undefined : `${seen.length} of ${CHECKS}: ${seen.slice(0, 5).join('; ')}`;
  }, { steady: 3 });
  report.measure('checks right', `${CHECKS - seen.length} of ${CHECKS}`);
}

export const matrix: Scenario = {
  name: 'matrix',
  promise: 'every account reaches exactly the services it was granted, by name and by address',
  async run(lab, report) {
    const pods = await start(lab);
    await report.check('nothing declared: nobody is served', async () => {
      const served = (await wrong(pods)).filter((line) => !line.endsWith('got nothing'));
      return served.length === 0 ? undefined : served.join('; ');
    });
    await lab.kube.apply(Manifest.synth((app) => build(app)).yaml);
    await asTheTableSays(report, pods, 'declared: every account is served as the table says, and stays so');
    await report.check('what the app says about itself is the table', () => {
      const app = new App();
      build(app);
      const said = new Map(ExternalService.allIn(app).map((service) => service.describe()).map((description) => [description.hosts[0],
        description.clients.map((client) => `${client.namespaceName}/${client.serviceAccountName ?? '*'}`).sort().join()]));
      const other = SERVICES.filter((row) => said.get(hostOf(row)) !== namedFor(row).join());
      return said.size === SERVICES.length && other.length === 0 ? undefined : other.map((row) => `${row.name}: ${said.get(hostOf(row))}`).join('; ');
    });
  },
};

/** Where a pod without a sidecar gets to, against what its namespace reaches directly. */
async function wrongWithoutSidecar(pods: readonly Pod[]): Promise<string[]> {
  const all = await Promise.all(pods.map((pod) => greetings(pod, SERVICES.map(({ address, port }) => ({ host: address, port })))));
  return pods.flatMap((pod, i) => SERVICES.flatMap((row, index) => {
    const due = row.way === 'direct' && row.namespace === pod.namespace ? row.name : '';
    return all[i][index] === due ? [] : [`${pod.namespace} to ${row.name}: expected ${due || 'nothing'}, got ${all[i][index] || 'nothing'}`];
  }));
}

export const lockdown: Scenario = {
  name: 'lockdown',
  promise: 'in a mesh on ALLOW_ANY, a locked-down namespace reaches what it declared and nothing else, its pods without a sidecar included',
  mesh: 'ALLOW_ANY',
  async run(lab, report) {
    const pods = await start(lab);
    const dns = await clusterDns(lab);
    const bare = await Promise.all(NAMESPACES.map((namespace) => lab.caller(namespace, 'bare', { proxy: 'none' })));
    await report.check('nothing declared: everybody reaches everything', async () => {
      const refused = (await wrong(pods)).filter((line) => line.endsWith('got nothing') && line.includes('by address'));
      return refused.length === 0 ? undefined : refused.join('; ');
    });
    await lab.kube.apply(Manifest.synth(buildLockedDown).yaml);
    await asTheTableSays(report, pods, 'with Sidecars: every account is served as the table says, though the mesh is on ALLOW_ANY');
    await report.check('limit: without NetworkPolicies a pod without a sidecar reaches everything', async () => {
      const closed = SERVICES.length * bare.length - (await wrongWithoutSidecar(bare)).length;
      return closed === 1 ? undefined : `${closed} are as with NetworkPolicies`;
    });
    await enforceNetworkPolicies(lab, [...new Set([...SERVICES.map(({ port }) => port), 8443, EDGE.port])]);
    await report.check('with NetworkPolicies: a pod without a sidecar reaches the direct services of its namespace alone', async () => {
      const seen = await wrongWithoutSidecar(bare);
      return seen.length === 0 ? undefined : seen.join('; ');
    });
    await report.check('and istiod and DNS', async () => (await Promise.all(bare.map((pod) => opens(pod, lab.network.gateway, 15012, 53)))).find((closed) => closed));
    await asTheTableSays(report, pods, 'and every account is still served as the table says');
    await report.check('DNS answers over UDP and TCP', async () => {
      const program = 'const r = new (require("node:dns").promises.Resolver)(); r.resolve4(process.argv[1]).then((a) => console.log(a.join()))';
      const [udp, tcp] = await Promise.all([
        pods[0].exec([process.execPath, '-e', program, hostOf(SERVICES[0])]),
        pods[0].exec([process.execPath, '-e', TCP_QUESTION, dns, hostOf(SERVICES[0])]),
      ]);
      return udp.stdout.trim() === SERVICES[0].address && tcp.stdout.trim() === 'answered' ? undefined : `UDP: ${udp.stdout}${udp.stderr} TCP: ${tcp.stdout}${tcp.stderr}`;
    });
  },
};

/** The Service of the cluster's DNS, with the lab's name server behind it. Gives its address. */
async function clusterDns(lab: Lab): Promise<string> {
  const metadata = { name: 'kube-dns', namespace: 'kube-system' };
  const port = { name: 'dns-tcp', port: 53, protocol: 'TCP' };
  await lab.namespace(metadata.namespace);
  const service = await lab.kube.put({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [port] } });
  await lab.kube.put({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kube-dns-lab', namespace: metadata.namespace, labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [lab.network.gateway], conditions: { ready: true } }],
    ports: [port],
  });
  return service.spec.clusterIP as string;
}

/** One question of DNS over TCP. */
const TCP_QUESTION = `
const [server, name] = process.argv.slice(1);
const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
const message = Buffer.concat([Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, 1, 0, 1])]);
const socket = require('node:net').connect({ host: server, port: 53 });
socket.setTimeout(3000, () => { console.log('timeout'); socket.destroy(); });
socket.on('error', (error) => console.log(error.message));
socket.on('end', () => console.log('closed'));
socket.on('data', (data) => { console.log(data.readUInt16BE(2) === 7 ? 'answered' : 'nonsense'); process.exit(); });
socket.write(Buffer.concat([Buffer.from([0, message.length]), message]));
`;
