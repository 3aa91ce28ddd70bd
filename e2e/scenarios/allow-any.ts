import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTcp, Mesh, MeshClient, OutboundTrafficPolicy, Resolution } from 'cdk8s-istio-egress';
import { hears, hearsNothing } from './answers';
import { passedOn, refusedInHandshake } from './evidence';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mysqldb.example.com';
const ADDRESS = '192.0.2.14';
const SERVER_NAME = `p3306.shop.${HOST}`;

const manifest = (): Manifest => Manifest.synth((app) => {
  Mesh.declare(app, { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const mysql = new ExternalTcp(chart, 'Mysql', { host: HOST, ports: [3306], resolution: Resolution.ipAddresses(ADDRESS) });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'orders'));
});

/** For a namespace without external dependencies: its sidecars block every undeclared host. */
const SIDECAR = `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: elsewhere }
spec:
  outboundTrafficPolicy: { mode: REGISTRY_ONLY }
  egress: [{ hosts: ["./*"] }]
`;

export const allowAny: Scenario = {
  name: 'allow-any',
  promise: 'under ALLOW_ANY, Istio\'s default, the gateway still separates the accounts of a client namespace; other namespaces need a Sidecar',
  mesh: 'ALLOW_ANY',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    const [orders, neighbour, stranger, bare, gateways] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'neighbour'), lab.caller('elsewhere', 'stranger'),
      lab.caller('elsewhere', 'bare', { proxy: 'none' }), lab.stockGateway(), lab.greeter({ address: ADDRESS, port: 3306, who: 'mysql' }),
    ]);
    await report.check('nothing declared: every pod connects directly to the database', async () => await hears(orders, HOST, 3306, 'mysql')
      ?? hears(stranger, HOST, 3306, 'mysql'));
    await lab.kube.apply(manifest().yaml);
    await report.check('another account of the client\'s namespace is refused', async () => await hearsNothing(neighbour, HOST, 3306)
      ?? hearsNothing(neighbour, ADDRESS, 3306), { steady: 2 });
    await report.check('at the gateway, in the handshake', () => refusedInHandshake(gateways, SERVER_NAME, neighbour));
    await report.check('the named account is served', () => hears(orders, HOST, 3306, 'mysql'), { steady: 1 });
    await report.check('through the gateway', () => passedOn(gateways, SERVER_NAME, orders, `${ADDRESS}:3306`));
    await report.check('limit: a namespace without clients still connects DIRECTLY to the database', async () =>
      await hears(stranger, HOST, 3306, 'mysql') ?? hears(stranger, ADDRESS, 3306, 'mysql'));
    await lab.kube.apply(SIDECAR);
    await report.check('a Sidecar with REGISTRY_ONLY in that namespace closes it', async () => await hearsNothing(stranger, HOST, 3306)
      ?? hearsNothing(stranger, ADDRESS, 3306), { steady: 2 });
    await report.check('limit: a pod without a sidecar STILL connects; only a NetworkPolicy prevents it', () => hears(bare, ADDRESS, 3306, 'mysql'));
    await report.check('the named account is still served', () => hears(orders, HOST, 3306, 'mysql'));
  },
};
