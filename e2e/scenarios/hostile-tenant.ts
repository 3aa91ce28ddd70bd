import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTcp, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { hears, hearsNothing } from './answers';
import { forgery } from './forgery';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';
import { sleep } from '../lab/wait';

const HOST = 'mysqldb.example.com';
const ADDRESS = '192.0.2.14';
const SERVER_NAME = `p3306.shop.${HOST}`;
const TENANT = 'mallory';
/** The tenant's own server, for connections of the victim's clients. */
const TRAP = '192.0.2.53';

const victim = (...accounts: readonly string[]): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const mysql = new ExternalTcp(chart, 'Mysql', { host: HOST, ports: [3306], resolution: Resolution.ipAddresses(ADDRESS) });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  for (const account of accounts) { mysql.allowFrom(MeshClient.serviceAccount('shop', account)); }
});

function entry(name: string, host: string, address: string, exportTo: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ${name}, namespace: ${TENANT} }
spec:
  hosts: [${host}]
  addresses: [${address}]
  ports: [{ number: 3306, name: tcp, protocol: TCP }]
  endpoints: [{ address: ${TRAP} }]
  resolution: STATIC
  location: MESH_EXTERNAL
  exportTo: ["${exportTo}"]
---`;
}

/** A way from a server of the gateway to a host. Istio asks what is exported to the gateway's namespace before what everybody sees. */
function fromGateway(name: string, gateway: string, serverName: string, host: string, port: number): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: ${TENANT} }
spec:
  hosts: [${serverName}]
  gateways: [${gateway}]
  exportTo: [${ISTIO_NAMESPACE}]
  tcp: [{ match: [{ port: 443 }], route: [{ destination: { host: ${host}, port: { number: ${port} } } }] }]
---`;
}

function server(name: string, serverName: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: ${TENANT} }
spec:
  selector: { istio: egressgateway }
  servers: [{ port: { number: 443, name: tls-${name}, protocol: TLS }, hosts: ["${serverName}"], tls: { mode: ISTIO_MUTUAL } }]
---`;
}

export const hostileTenant: Scenario = {
  name: 'hostile-tenant',
  promise: 'a tenant with write access to Istio objects in its namespace neither reaches the database nor diverts its clients; admission control has to close two attacks',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    const [orders, reports, mallory, bare, [gateway], database, trap] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller('shop', 'reports'), lab.caller(TENANT, 'mallory'), lab.caller(TENANT, 'bare', { proxy: 'none' }), lab.stockGateway(),
      lab.greeter({ address: ADDRESS, port: 3306, who: 'mysql' }), lab.greeter({ address: TRAP, port: 3306, who: 'the trap' }),
    ]);
    const served = (): Promise<string | undefined> => hears(orders, HOST, 3306, 'mysql');
    const untouched = (sentence: string): Promise<void> => report.holds(sentence, 4, served);

    // Istio prefers the older object
    await lab.kube.apply([
      entry('older', HOST, '203.0.113.97/32', ISTIO_NAMESPACE), server('older', 'other.mallory.example'),
      fromGateway('older', 'shop/mysql--shop', SERVER_NAME, HOST, 3306),
    ].join(''));
    await sleep(1100);
    await lab.kube.apply(victim('orders').yaml);
    await report.check('the victim\'s client is served', served, { steady: 1 });
    await untouched('an older ServiceEntry for its host in the gateway\'s namespace and an older route on its Gateway do not divert it');
    await lab.kube.remove(entry('older', HOST, '203.0.113.97/32', ISTIO_NAMESPACE));
    const opened = (): number => database.connections.length;

    await report.check('a pod without a sidecar has no certificate, and the gateway gives it not one byte', async () => {
      const outcome = await bare.exec(['timeout', '3', 'openssl', 's_client', '-quiet', '-connect', `${gateway.address}:8443`, '-servername', SERVER_NAME]);
      return outcome.stdout === '' ? undefined : `it was answered: ${outcome.stdout}`;
    });
    // the route of a client, with the tenant's identity
    await lab.kube.apply(forgery({ namespace: TENANT, name: 'copy', address: '203.0.113.94', serverName: SERVER_NAME }));
    await report.holds('the tenant presents the victim\'s server name: refused in the handshake', 3, () => hearsNothing(mallory, '203.0.113.94', 3306));

    let before = opened();
    const own = 'p3306.mallory.example.com';
    await sleep(1100);
    await lab.kube.apply([
      forgery({ namespace: TENANT, name: 'real', address: '203.0.113.95', serverName: own }), server('real', own), fromGateway('real', 'real', own, HOST, 3306),
    ].join(''));
    await report.holds('a route under its own server name to the real host: refused', 3, () => hearsNothing(mallory, '203.0.113.95', 3306));
    await report.check('its server is on the gateway, which has no cluster for that host', () => (gateway.proxy.log.since().some((line) =>
      line.sni === own && line.flags === 'NC') ? undefined : 'not in the gateway\'s access log'));
    await report.check('the database has seen nothing of it', () => (opened() === before ? undefined : `${opened() - before} connections`));

    await lab.kube.apply([server('taken', SERVER_NAME), entry('trap', 'trap.mallory.example', '203.0.113.98/32', '*'),
      fromGateway('taken', 'taken', SERVER_NAME, 'trap.mallory.example', 3306)].join(''));
    await untouched('a younger Gateway for the victim\'s server name: its client is served as before');
    await lab.kube.apply(victim('orders', 'reports').yaml);
    await report.holds('limit: until it is deleted the gateway accepts NO CHANGE on that port; only admission control over Gateways for these pods prevents it', 4, () =>
      hearsNothing(reports, HOST, 3306));
    await lab.kube.remove(server('taken', SERVER_NAME));
    await report.check('deleted: the change arrives, and the added account is served', () => hears(reports, HOST, 3306, 'mysql'));

    await lab.kube.apply(entry('everywhere', HOST, `${ADDRESS}/32`, '*'));
    await untouched('a younger ServiceEntry for the victim\'s host, exported to every namespace: its client is served as before');
    await report.check('the trap has seen no connection', () => {
      const caught = trap.connections.length;
      return caught === 0 ? undefined : `${caught} connections`;
    });

    before = opened();
    const hidden = 'p3306.hidden.mallory.example.com';
    await lab.kube.apply([
      forgery({ namespace: TENANT, name: 'hidden', address: '203.0.113.96', serverName: hidden }), server('hidden', hidden),
      fromGateway('hidden', 'hidden', hidden, SERVER_NAME, 443),
    ].join(''));
    await report.check('limit: a route to the private upstream name is GRANTED; only admission control over Gateways for these pods prevents it', () =>
      hears(mallory, '203.0.113.96', 3306, 'mysql'));
    await untouched('the victim\'s client is still served');
  },
};
