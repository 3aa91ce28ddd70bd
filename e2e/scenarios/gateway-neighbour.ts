import { Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalTcp, MeshClient, Resolution } from 'cdk8s-istio-egress';
import { hears, hearsNothing, is } from './answers';
import { http } from '../lab/clients';
import { ISTIO_NAMESPACE } from '../lab/istiod';
import { Manifest } from '../lab/manifest';
import { Scenario } from '../lab/scenario';

const HOST = 'mysqldb.example.com';
const ADDRESS = '192.0.2.14';

const manifest = (): Manifest => Manifest.synth((app) => {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const mysql = new ExternalTcp(chart, 'Mysql', { host: HOST, ports: [3306], resolution: Resolution.ipAddresses(ADDRESS) });
  new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql);
  mysql.allowFrom(MeshClient.serviceAccount('shop', 'orders'));
});

/** The neighbour's own services, resolved by DNS and without addresses: each captures its whole port in that namespace. */
const OWN = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: api, namespace: ${ISTIO_NAMESPACE} }
spec: { hosts: [api.example.com], ports: [{ number: 443, name: tcp, protocol: TCP }], resolution: DNS, location: MESH_EXTERNAL, exportTo: ["."] }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ticks, namespace: ${ISTIO_NAMESPACE} }
spec: { hosts: [ticks.example.com], ports: [{ number: 3306, name: tcp, protocol: TCP }], resolution: DNS, location: MESH_EXTERNAL, exportTo: ["."] }
`;

export const gatewayNeighbour: Scenario = {
  name: 'gateway-neighbour',
  promise: 'a workload in the gateway\'s namespace does not reach the database by name or address, and its own services keep working',
  async run(lab, report) {
    await lab.dns.set(HOST, ADDRESS);
    await lab.dns.set('api.example.com', '192.0.2.31');
    await lab.dns.set('ticks.example.com', '192.0.2.32');
    const [orders, neighbour, database, site] = await Promise.all([
      lab.caller('shop', 'orders'), lab.caller(ISTIO_NAMESPACE, 'neighbour'), lab.greeter({ address: ADDRESS, port: 3306, who: 'mysql' }),
      lab.website({ address: '192.0.2.31', host: 'api.example.com', who: 'the api' }), lab.stockGateway(),
      lab.greeter({ address: '192.0.2.32', port: 3306, who: 'ticks' }),
    ]);
    const own = async (): Promise<string | undefined> =>
      is(await http(neighbour, { url: 'https://api.example.com/', arguments: ['--cacert', site.authority] }), 'the api')
      ?? hears(neighbour, 'ticks.example.com', 3306, 'ticks');
    // one after the other: with both on one port the older would win, and hide a mistake
    await lab.kube.apply(manifest().yaml);
    await report.check('the named account reaches the database', () => hears(orders, HOST, 3306, 'mysql'), { steady: 1 });
    await report.holds('the neighbour does not, by name and by address', 3, async () =>
      await hearsNothing(neighbour, HOST, 3306) ?? hearsNothing(neighbour, ADDRESS, 3306));
    await report.check('limit: a TLS handshake with the private server name DOES reach it, so trust the gateway\'s namespace like the gateway', async () => {
      const mark = database.connections.length;
      await neighbour.exec(['timeout', '3', 'openssl', 's_client', '-quiet', '-connect', '203.0.113.80:443', '-servername', `p3306.shop.${HOST}`]);
      return database.connections.slice(mark).includes(neighbour.address) ? undefined : 'they did not';
    });
    await lab.kube.apply(OWN);
    await report.check('its own services answer, on the ports 443 and 3306', own, { steady: 2 });
    await report.check('the named account still reaches the database', () => hears(orders, HOST, 3306, 'mysql'), { steady: 1 });
    await lab.kube.remove(manifest().yaml);
    await report.check('and without ours they do, too', own, { steady: 1 });
  },
};
