import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalService, ExternalTcp, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { greetings } from '../lab/greeter';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

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
  'shop/orders', 'shop/cart', 'bookinfo/ratings', 'bookinfo/reviews', 'data/loader', 'reports/nightly', 'reports/weekly',
];

const EDGE = { serviceName: 'edge-gateway', namespaceName: 'edge', selector: { app: 'edge-gateway' }, port: 15443 };

function hostOf(row: Row): string {
  return `${row.name}.example.com`;
}

function build(app: App): void {
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
      service.allowFrom(...row.clients.map((client) => {
        const [owner, account] = client.split('/');
        return account === '*' ? MeshClient.allIn(owner) : MeshClient.serviceAccount(owner, account);
      }));
    }
  }
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

export const matrix: Scenario = {
  name: 'matrix',
  promise: 'every account reaches exactly the services it was granted, by name and by address',
  async run(lab, report) {
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
    await report.check('nothing declared: nobody is served', async () => {
      const served = (await wrong(pods)).filter((line) => !line.endsWith('got nothing'));
      return served.length === 0 ? undefined : served.join('; ');
    });
    await lab.kube.apply(Manifest.synth(build).yaml);
    let seen: string[] = [];
    await report.check('declared: every account is served as the table says, and stays so', async () => {
      seen = await wrong(pods);
      return seen.length === 0 ? undefined : `${seen.length} of ${CHECKS}: ${seen.slice(0, 5).join('; ')}`;
    }, { steady: 3 });
    report.measure('checks right', `${CHECKS - seen.length} of ${CHECKS}`);
    await report.check('what the app says about itself is the table', () => {
      const app = new App();
      build(app);
      const said = new Map(ExternalService.allIn(app).map((service) => service.describe()).map((description) => [description.hosts[0],
        description.clients.map((client) => `${client.namespaceName}/${client.serviceAccountName ?? '*'}`).sort().join()]));
      const other = SERVICES.filter((row) => said.get(hostOf(row)) !== [...row.clients].sort().join());
      return said.size === SERVICES.length && other.length === 0 ? undefined : other.map((row) => `${row.name}: ${said.get(hostOf(row))}`).join('; ');
    });
  },
};
