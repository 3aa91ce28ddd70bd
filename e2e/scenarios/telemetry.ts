import { Chart } from 'cdk8s';
import {
  ClientTls, EgressGateway, EgressTelemetry, EgressViaGateway, ExternalHttp, ExternalService, ExternalTcp, MeshClient, Protocol, Resolution,
  TelemetryTarget,
} from 'cdk8s-istio-egress';
import { hears, hearsNothing } from './answers';
import { forgery, type ForgedGateway } from './forgery';
import type { AccessLog } from '../lab/access-log';
import { http } from '../lab/clients';
import { greetings } from '../lab/greeter';
import { Manifest } from '../lab/manifest';
import type { Pod } from '../lab/pod';
import { alertsOf, Prometheus } from '../lab/prometheus';
import { Scenario } from '../lab/scenario';

const MYSQL = { id: 'Mysql', host: 'mysqldb.example.com', address: '192.0.2.14' };
const DEPOT = { id: 'Depot', host: 'depot.example.com', address: '192.0.2.15' };
const API = { id: 'Api', host: 'api.example.com', address: '192.0.2.17' };
const DOWN = { id: 'Down', host: 'down.example.com', address: '192.0.2.16' };
const DIRECT = { id: 'Direct', host: 'direct.example.com', address: '192.0.2.19' };
const WRONG = { id: 'Wrong', host: 'wrong.example.com', address: '192.0.2.37' };
const UNDECLARED = '192.0.2.18';
const GATEWAY: ForgedGateway = { host: 'out.edge.svc.cluster.local', selector: { istio: 'out--edge' }, namespace: 'edge' };

const manifest = (caCertificates: string): Manifest => Manifest.synth((app) => {
  const edge = new Chart(app, 'edge', { namespace: 'edge' });
  const gateway = new EgressGateway(edge, 'Out');
  new EgressTelemetry(edge, 'Watch', { target: TelemetryTarget.gateway(gateway), accessLogProvider: 'egress' });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const egress = new EgressViaGateway(chart, 'Egress', { gateway });
  const orders = MeshClient.serviceAccount('shop', 'orders');
  for (const { id, host, address } of [MYSQL, DEPOT, DOWN]) {
    const service = new ExternalTcp(chart, id, { host, ports: [3306], resolution: Resolution.ipAddresses(address) });
    egress.route(service);
    service.allowFrom(id === DEPOT.id ? MeshClient.allIn('reports') : orders);
  }
  new ExternalTcp(chart, DIRECT.id, { host: DIRECT.host, ports: [3306], resolution: Resolution.ipAddresses(DIRECT.address) });
  const api = new ExternalHttp(chart, API.id, {
    host: API.host, protocol: Protocol.HTTP, resolution: Resolution.ipAddresses(API.address), tls: ClientTls.disable(),
  });
  egress.route(api);
  api.allowFrom(MeshClient.allIn('reports'));
  const wrong = new ExternalService(chart, WRONG.id, {
    hosts: [WRONG.host],
    ports: [{ number: 8000, targetPort: 443, protocol: Protocol.TCP, tls: ClientTls.originate({ caCertificates }) }],
    resolution: Resolution.ipAddresses(WRONG.address),
  });
  egress.route(wrong);
  wrong.allowFrom(orders);
  for (const namespace of ['shop', 'open']) {
    new EgressTelemetry(new Chart(app, `${namespace}-telemetry`), 'Watch', { target: TelemetryTarget.allIn(namespace), accessLogProvider: 'egress' });
  }
});

/** A namespace whose sidecars let everything out. */
const OPEN = `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: open, namespace: open }
spec: { outboundTrafficPolicy: { mode: ALLOW_ANY } }
`;

type Expected = Readonly<Record<string, RegExp>>;

/** Undefined when a line of a log has all of the fields. */
function hasLine(log: AccessLog, mark: number, expected: Expected): string | undefined {
  const lines = log.fieldsSince(mark);
  const fits = (line: Record<string, unknown>): boolean => Object.entries(expected).every(([field, text]) => text.test(String(line[field] ?? '')));
  return lines.some(fits) ? undefined : `no such line: ${JSON.stringify(lines.slice(-2))}`;
}

/** The authority of the website in the lab lives for two days, so that this alert is there from the beginning. */
const FROM_THE_BEGINNING = ['EgressCertificateExpires'];

export const telemetry: Scenario = {
  name: 'telemetry',
  promise: 'for everything that goes wrong on the way out the access log has a line that says what, and one alert fires',
  async run(lab, report) {
    for (const { host, address } of [MYSQL, DEPOT, API, DOWN, DIRECT, WRONG]) { await lab.dns.set(host, address); }
    for (const namespace of ['edge', 'shop', 'reports', 'open', 'mallory']) { await lab.namespace(namespace); }
    const wrong = await lab.website({ host: WRONG.host, address: WRONG.address, who: 'wrong', names: ['other.example.com'] });
    const set = manifest(wrong.authority);
    // the kind of the Prometheus Operator is not known here
    await lab.kube.apply(set.without('PrometheusRule'));
    await lab.kube.apply(OPEN);
    const proxyConfig = EgressTelemetry.sidecarProxyConfig();
    const [[gateway], orders, neighbour, nightly, mallory, open, bare] = await Promise.all([
      lab.gatewayOf(set.one('Deployment'), 1), lab.caller('shop', 'orders', { proxyConfig }), lab.caller('shop', 'neighbour', { proxyConfig }),
      lab.caller('reports', 'nightly'), lab.caller('mallory', 'mallory'), lab.caller('open', 'open', { proxyConfig }),
      lab.pod({ name: 'bare', namespace: 'shop', account: 'bare', labels: { app: 'bare' }, proxy: 'none' }),
      lab.greeter({ address: MYSQL.address, port: 3306, who: 'mysql' }),
      lab.greeter({ address: DEPOT.address, port: 3306, who: 'depot', speaks: 'when-asked' }),
      lab.machine({ name: 'down', address: DOWN.address }),
      lab.machine({ name: 'direct', address: DIRECT.address }),
      lab.greeter({ address: UNDECLARED, port: 3306, who: 'undeclared' }),
    ]);
    await lab.kube.apply(forgery({ namespace: 'mallory', name: 'way', address: '203.0.113.91', serverName: `in.reports.shop.p3306.${DEPOT.host}`, gateway: GATEWAY }));
    await lab.kube.apply(forgery({ namespace: 'mallory', name: 'http', address: '203.0.113.92', serverName: `in.reports.shop.p80.${API.host}`, gateway: GATEWAY }));
    const request = `GET / HTTP/1.1\r\nHost: ${API.host}\r\nConnection: close\r\n\r\n`;
    const forged = (): Promise<string | undefined> => hearsNothing(mallory, '203.0.113.91', 3306, 'hello');
    await report.check('the named account and the named namespace are served', async () => await hears(orders, MYSQL.host, 3306, 'mysql')
      ?? hears(nightly, DEPOT.host, 3306, 'depot', 'hello'), { steady: 1 });
    await report.check('the way of the tenant leads to the gateway', async () => await forged()
      ?? hasLine(gateway.proxy.egressLog, 0, { client_identity: /mallory/ }), { seconds: 20 });

    const alerts = set.all('PrometheusRule').flatMap(alertsOf);
    const prometheus = await Prometheus.watch(lab.parts, [
      { pod: gateway, name: 'out-7d9c6b5f4-x2x7k' }, { pod: orders, name: 'orders-0' }, { pod: neighbour, name: 'neighbour-0' }, { pod: open, name: 'open-0' },
    ]);
    const fires = async (...expected: string[]): Promise<string | undefined> => {
      const firing = await prometheus.firing(alerts);
      const missing = [...FROM_THE_BEGINNING, ...expected].sort().join();
      return firing.sort().join() === missing ? undefined : `firing: ${firing.join()}`;
    };
    const goesWrong = async (what: string, alert: string, pod: Pod, line: Expected, attempt: () => Promise<unknown>): Promise<void> => {
      await prometheus.begin();
      const mark = pod.proxy.egressLog.mark();
      await attempt();
      await report.check(`${what}: the access log says so`, () => hasLine(pod.proxy.egressLog, mark, line));
      await report.check(`and ${alert} fires, no other`, () => fires(alert));
    };

    await report.check('nothing fires while nothing goes wrong, but for the certificate that the lab has for two days', () => fires());
    await goesWrong('another account', 'EgressHandshakeRefused', gateway, {
      server_name: /^p3306\.shop\.mysqldb/, client_identity: /sa\/neighbour$/, refused_in_handshake: /SAN_matcher.*sa\/neighbour/,
    }, () => hearsNothing(neighbour, MYSQL.host, 3306));
    await goesWrong('a pod without a certificate of the mesh', 'EgressHandshakeRefused', gateway, {
      server_name: /^p3306\.shop\.mysqldb/, client_address: new RegExp(`^${bare.address}:`), refused_in_handshake: /PEER_DID_NOT_RETURN_A_CERTIFICATE/,
    }, () => bare.exec(['sh', '-c', `echo | timeout 4 openssl s_client -connect ${gateway.address}:8443 -servername p3306.shop.${MYSQL.host}`]));
    await goesWrong('an identity that shows the server name of another namespace', 'EgressPolicyDenied', gateway, {
      server_name: /^in\.reports\.shop/, client_identity: /sa\/mallory$/, termination_details: /^rbac_access_denied/,
    }, forged);
    await goesWrong('the same over HTTP', 'EgressPolicyDenied', gateway, {
      server_name: /^in\.reports\.shop\.p80/, client_identity: /sa\/mallory$/, response_code: /^403$/, response_code_details: /^rbac_access_denied/,
    }, () => greetings(mallory, [{ host: '203.0.113.92', port: 3306 }], request));
    await goesWrong('a server name that nobody declared', 'EgressServerNameUnknown', gateway, {
      server_name: /^nowhere\.example\.com$/, client_address: new RegExp(`^${bare.address}:`), response_flags: /^NR$/,
    }, () => bare.exec(['sh', '-c', `echo | timeout 4 openssl s_client -connect ${gateway.address}:8443 -servername nowhere.example.com`]));
    await goesWrong('plaintext', 'EgressServerNameUnknown', gateway, { client_address: new RegExp(`^${bare.address}:`), response_flags: /^NR$/ },
      () => bare.exec(['timeout', '4', 'bash', '-c', `exec 3<>/dev/tcp/${gateway.address}/8443; echo hello >&3; cat <&3`]));
    await goesWrong('a server that is down', 'EgressEndpointUnreachable', gateway, {
      server_name: /^p3306\.shop\.down/, response_flags: /UF/, upstream_failure: /Connection_refused/, upstream_cluster: /p3306\.shop\.down/,
    }, async () => { for (let i = 0; i < 5; i++) { await hearsNothing(orders, DOWN.host, 3306); } });
    await goesWrong('a certificate of another name', 'EgressServerCertificateRefused', gateway, {
      server_name: /^p8000\.shop\.wrong/, response_flags: /UF/, upstream_failure: /CERTIFICATE_VERIFY_FAILED.*other\.example\.com/,
    }, () => http(orders, { url: `http://${WRONG.host}:8000` }));
    await goesWrong('a connection to what nobody declared, blocked', 'EgressBlocked', orders, {
      upstream_cluster: /^BlackHoleCluster$/, response_flags: /^UH$/,
    }, () => hearsNothing(orders, UNDECLARED, 3306));
    await goesWrong('the same, not blocked', 'EgressPassthrough', open, {
      upstream_cluster: /^PassthroughCluster$/, upstream_host: new RegExp(`^${UNDECLARED}:`),
    }, () => hears(open, UNDECLARED, 3306, 'undeclared'));

    await goesWrong('a direct service that is down', 'EgressDestinationUnreachable', orders, {
      upstream_cluster: /direct\.example\.com/, response_flags: /UF/, upstream_failure: /Connection_refused/,
    }, async () => { for (let i = 0; i < 5; i++) { await hearsNothing(orders, DIRECT.host, 3306); } });

    await report.check('a certificate of the gateway that nobody renews has its alert within a day', async () => {
      await prometheus.begin();
      const [now, later] = await Promise.all([prometheus.firing(alerts), prometheus.firing(alerts, 19)]);
      const alert = 'EgressWorkloadCertificateNotRenewed';
      return !now.includes(alert) && later.includes(alert) ? undefined : `now ${now.join()}, later ${later.join()}`;
    });
    await report.check('limit: days_until_first_cert_expiring of Envoy is 0 for a certificate that lives for a day, and warns of nothing', async () =>
      (/^envoy_server_days_until_first_cert_expiring\{\} 0$/m.test(await gateway.proxy.metrics()) ? undefined : 'it is not'));
    await report.check('the agent tells the time of its certificate as well', async () =>
      (/^istio_agent_cert_expiry_seconds\{resource_name="default"\} 8\d{4}\./m.test(await gateway.proxy.metrics(15020)) ? undefined : 'it does not'));
  },
};
