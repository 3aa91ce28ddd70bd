import { Chart } from 'cdk8s';
import { EgressGateway, EgressLockdown, EgressViaGateway, ExternalTcp, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { hears, hearsNothing, opens } from './answers';
import { passedOn, refusedInHandshake } from './evidence';
import { forgery, type ForgedGateway, ownRoute } from './forgery';
import type { Greeter } from '../lab/greeter';
import { Manifest } from '../lab/manifest';
import { enforceNetworkPolicies } from '../lab/network-policies';
import type { Pod } from '../lab/pod';
import { Scenario } from '../lab/scenario';

const MYSQL = { host: 'mysqldb.example.com', address: '192.0.2.14', serverName: 'p3306.shop.mysqldb.example.com' };
const DEPOT = { host: 'depot.example.com', address: '192.0.2.15', serverName: 'in.reports.shop.p3306.depot.example.com' };
const ELSEWHERE = '192.0.2.16';

const manifest = (...accounts: readonly string[]): Manifest => Manifest.synth((app) => {
  const edge = new Chart(app, 'edge', { namespace: 'edge' });
  const gateway = new EgressGateway(edge, 'Out');
  // pods beside the gateway are in its namespace, where its upstreams are known
  new EgressLockdown(edge, 'Lockdown');
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway });
  const service = (id: string, { host, address }: typeof MYSQL): ExternalTcp => {
    const created = new ExternalTcp(chart, id, { host, ports: [3306], resolution: Resolution.ipAddresses(address) });
    egress.route(created);
    return created;
  };
  service('Mysql', MYSQL).allowFrom(...accounts.map((account) => MeshClient.serviceAccount('shop', account)));
  service('Depot', DEPOT).allowFrom(MeshClient.allIn('reports'));
});

/** Undefined when TLS with a server name to any address reaches no database: the trick by which a neighbour would use a gateway's upstream. */
async function reachesNone(pod: Pod, serverName: string, database: Greeter): Promise<string | undefined> {
  const mark = database.connections.length;
  await pod.exec(['timeout', '3', 'openssl', 's_client', '-quiet', '-connect', '203.0.113.80:443', '-servername', serverName]);
  return database.connections.slice(mark).includes(pod.address) ? 'it has connected' : undefined;
}

const ALLOW_NOTHING = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: allow-nothing, namespace: istio-system }
spec: {}
`;

/** It would take the listener of the gateway away. */
const ENVOY_FILTER = `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: none, namespace: mallory }
spec:
  workloadSelector: { labels: { istio: out--edge } }
  configPatches:
    - applyTo: LISTENER
      match: { context: GATEWAY, listener: { portNumber: 8443 } }
      patch: { operation: REMOVE }
`;

const GATEWAY: ForgedGateway = { host: 'out.edge.svc.cluster.local', selector: { istio: 'out--edge' }, namespace: 'edge' };
const TENANT = 'mallory';

export const ownGateway: Scenario = {
  name: 'own-gateway',
  promise: 'a gateway that the app deploys denies every server name that is not declared, serves the named clients under a mesh-wide allow-nothing, and reaches the declared addresses alone',
  async run(lab, report) {
    await Promise.all([lab.dns.set(MYSQL.host, MYSQL.address), lab.dns.set(DEPOT.host, DEPOT.address)]);
    const set = manifest('orders');
    for (const namespace of ['edge', 'shop', 'reports', TENANT]) { await lab.namespace(namespace); }
    await lab.kube.apply(set.yaml);
    const [gateways, orders, neighbour, cart, nightly, mallory, beside, bare, mysql, depot] = await Promise.all([
      lab.gatewayOf(set.one('Deployment'), 2), lab.caller('shop', 'orders'), lab.caller('shop', 'neighbour'), lab.caller('shop', 'cart'), lab.caller('reports', 'nightly'),
      lab.caller(TENANT, 'mallory'), lab.caller('edge', 'beside'), lab.caller('edge', 'bare', { proxy: 'none' }),
      lab.greeter({ address: MYSQL.address, port: 3306, who: 'mysql' }),
      // it speaks when it is asked: what a policy denies shows as nothing at all
      lab.greeter({ address: DEPOT.address, port: 3306, who: 'depot', speaks: 'when-asked' }), lab.greeter({ address: ELSEWHERE, port: 3306, who: 'elsewhere' }),
    ]);
    const asks = (pod: typeof orders, host: string): Promise<string | undefined> => hears(pod, host, 3306, 'depot', 'hello');
    const served = async (): Promise<string | undefined> => await hears(orders, MYSQL.host, 3306, 'mysql') ?? asks(nightly, DEPOT.host);

    await report.check('the named account and the named namespace are served', served, { steady: 1 });
    await report.check('through the gateway', () => passedOn(gateways, MYSQL.serverName, orders, `${MYSQL.address}:3306`)
      ?? passedOn(gateways, DEPOT.serverName, nightly, `${DEPOT.address}:3306`));
    await report.check('with a certificate of an elliptic curve', async () => {
      const certificate = await gateways[0].proxy.admin('certs');
      return (await gateways[0].exec(['sh', '-c', `echo | timeout 5 openssl s_client -connect 127.0.0.1:8443 -servername ${MYSQL.serverName} 2>/dev/null | grep 'Server public key'`]))
        .stdout.includes('256 bit') ? undefined : `none: ${certificate.slice(0, 200)}`;
    });
    await report.check('another account of that namespace is refused in the handshake', async () => await hearsNothing(neighbour, MYSQL.host, 3306)
      ?? refusedInHandshake(gateways, MYSQL.serverName, neighbour));

    await lab.kube.apply(forgery({ namespace: TENANT, name: 'copy', address: '203.0.113.94', serverName: DEPOT.serverName, gateway: GATEWAY }));
    await report.holds('another namespace that shows the server name of a whole namespace is denied', 3, () => hearsNothing(mallory, '203.0.113.94', 3306, 'hello'));

    await lab.kube.apply(forgery({ namespace: 'reports', name: 'other', address: '203.0.113.96', serverName: MYSQL.serverName, gateway: GATEWAY }));
    await report.holds('a client of one service that shows the server name of another is refused in the handshake', 3, () =>
      hearsNothing(nightly, '203.0.113.96', 3306));
    await report.check('no other port of the gateway leads anywhere', async () => {
      const answers = await Promise.all([80, 443, 3306, 8080].map((port) => hearsNothing(mallory, gateways[0].address, port, 'hello')));
      return answers.find((answer) => answer !== undefined);
    });
    await report.check('a pod beside the gateway knows neither the hosts nor the private upstreams', async () => await hearsNothing(beside, MYSQL.host, 3306)
      ?? await hearsNothing(beside, MYSQL.address, 3306) ?? reachesNone(beside, MYSQL.serverName, mysql));

    const own = 'p3306.mallory.example.com';
    await lab.kube.apply(forgery({ namespace: TENANT, name: 'own', address: '203.0.113.95', serverName: own, gateway: GATEWAY })
      + ownRoute({ namespace: TENANT, name: 'own', serverName: own, to: 'p3306.shop.depot.example.com', port: 443, gateway: GATEWAY }));
    const opened = depot.connections.length;
    const lines = (): number => gateways.flatMap((gateway) => gateway.proxy.log.since()).filter((line) => line.sni === own).length;
    await report.check('a tenant\'s server name reaches the gateway, which has a server for it', async () => {
      await hearsNothing(mallory, '203.0.113.95', 3306, 'hello');
      return lines() > 0 ? undefined : 'no line in its access log';
    });
    await report.holds('a server name that no app declares is denied: a tenant\'s own one does not lead to the victim\'s upstream', 3, () =>
      hearsNothing(mallory, '203.0.113.95', 3306, 'hello'));
    await report.check('limit: the gateway opens the connection before the policy decides, so a server that speaks first is heard', () =>
      (depot.connections.length > opened ? undefined : 'no connection'));

    await lab.kube.apply(ENVOY_FILTER);
    await report.holds('an EnvoyFilter of another namespace for the labels of its pods changes nothing', 4, served);
    await lab.kube.apply(ALLOW_NOTHING);
    await report.holds('a mesh-wide policy that allows nothing changes nothing for the named clients', 6, served);
    await lab.kube.remove(ALLOW_NOTHING);
    await lab.kube.remove(ENVOY_FILTER);

    await enforceNetworkPolicies(lab, [3306, 8443]);
    await report.check('with its NetworkPolicies: the named clients are served', served, { steady: 1 });
    await report.check('and a pod without a sidecar beside the gateway reaches no database', () => hearsNothing(bare, MYSQL.address, 3306));
    await report.check('and a pod of the gateway reaches no address that is not declared', async () => await hearsNothing(gateways[0], ELSEWHERE, 3306)
      ?? hears(gateways[0], MYSQL.address, 3306, 'mysql'));
    await report.check('it reaches istiod and DNS', () => opens(gateways[0], lab.network.gateway, 15012, 53));
    await lab.kube.apply(manifest('orders', 'cart').yaml);
    await report.check('an account that is added is served', () => hears(cart, MYSQL.host, 3306, 'mysql'));
  },
};
