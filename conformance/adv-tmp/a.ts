import { App, Chart, Duration, YamlOutputType } from 'cdk8s';
import * as L from 'cdk8s-istio-egress';
import { writeSet } from '../sets';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
const { ClientTls, EgressGateway, EgressViaGateway, ExternalHttp, ExternalMongo, ExternalTls, ExternalService, ExternalTcp, MeshClient, Protocol, Resolution } = L;
const judge = process.env.JUDGE!;
let n = 0;
function t(name: string, f: (c: Chart, app: App) => void, show = false) {
  const dir = `/tmp/adv/set${n++}`; fs.rmSync(dir, { recursive: true, force: true });
  console.log('=== ' + name);
  try {
    writeSet(dir, app => f(new Chart(app, 'shop', { namespace: 'shop' }), app));
    if (show) for (const x of fs.readdirSync(dir)) if (x.endsWith('.yaml')) console.log(fs.readFileSync(dir + '/' + x, 'utf8'));
    try { console.log('JUDGE OK', execFileSync(judge, [dir], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).slice(0, 600)); } catch (e: any) { console.log('JUDGE FAIL', (e.stdout + e.stderr).slice(0, 900)); }
  } catch (e: any) { console.log('THROWN', e.message.slice(0, 500)); }
}
const route = (c: Chart, ...s: any[]) => { const e = new EgressViaGateway(c, 'Egress', { gateway: EgressGateway.istioEgressGateway() }); s.forEach(x => { e.route(x); x.allowFrom(MeshClient.serviceAccount('shop', 'cart')); }); };
t('retries 0 + perTry', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: { retries: { attempts: 0, perTryTimeout: Duration.seconds(1) } } }); });
t('retryOn banana', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: { retries: { attempts: 1, retryOn: 'banana' } } }); });
t('retryOn spaces', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: { retries: { attempts: 1, retryOn: 'connect-failure, 503' } } }); });
t('millis 1.5', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: { timeout: Duration.millis(1.5) } }); });
t('seconds 1.0005', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: { timeout: Duration.seconds(1.0005) } }); });
t('seconds 1.001', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: { timeout: Duration.seconds(1.001) } }); });
t('keepalive 500ms', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), connection: { tcpKeepalive: { time: Duration.millis(500), interval: Duration.millis(1500) } } }); }, true);
t('huge', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), connection: { maxConnectionDuration: Duration.days(200000) } }); });
t('http empty', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: {} }); }, true);
t('http retries attempts 1, timeout only', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: { fault: {} } }); }, true);
t('fault delay {}+abort 200', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.disable(), http: { fault: { abort: { percentage: 0.00000001, httpStatus: 200 } } } }); }, true);
t('oracle originate ip direct', c => { new ExternalService(c, 'A', { hosts: ['a.example.com'], ports: [{ number: 1521, protocol: Protocol.ORACLE, tls: ClientTls.originate() }], resolution: Resolution.ipAddresses('192.0.2.4') }); }, true);
t('tcp targetPort ip direct', c => { new ExternalService(c, 'A', { hosts: ['a.example.com'], ports: [{ number: 1521, targetPort: 1522 }], resolution: Resolution.ipAddresses('192.0.2.4') }); });
t('oracle originate ip routed', c => { route(c, new ExternalService(c, 'A', { hosts: ['a.example.com'], ports: [{ number: 1521, protocol: Protocol.ORACLE, tls: ClientTls.originate() }], resolution: Resolution.ipAddresses('192.0.2.4') })); });
t('HTTP+TLS same port', c => { new ExternalHttp(c, 'A', { host: 'a.example.com', port: 8443, resolution: Resolution.dns(), tls: ClientTls.originate() }); new ExternalTls(c, 'B', { host: 'b.example.com', port: 8443, resolution: Resolution.dns() }); });
t('HTTP+TLS same port routed', c => { route(c, new ExternalHttp(c, 'A', { host: 'a.example.com', port: 443, resolution: Resolution.dns(), tls: ClientTls.originate() }), new ExternalTls(c, 'B', { host: 'b.example.com', port: 443, resolution: Resolution.dns() })); });
t('hosts a-b / a.b', c => { route(c, new ExternalService(c, 'A', { hosts: ['x.example.com', 'a-b.example.com', 'a.b.example.com'], ports: [{ number: 80, protocol: Protocol.HTTP }], resolution: Resolution.dns() })); });
t('in.shop', c => { const s = new ExternalService(c, 'A', { hosts: ['x.example.com', 'in.shop'], ports: [{ number: 80, protocol: Protocol.HTTP }], resolution: Resolution.dns() }); route(c, s); s.allowFrom(MeshClient.allIn('shop')); });
t('cacert secret', c => { route(c, new ExternalHttp(c, 'A', { host: 'a.example.com', resolution: Resolution.dns(), tls: ClientTls.mutual({ credentialName: 'x-cacert' }) })); });
t('mutual 2 hosts dns, grpc', c => { route(c, new ExternalService(c, 'A', { hosts: ['x.example.com', 'y.example.com'], ports: [{ number: 80, protocol: Protocol.GRPC, tls: ClientTls.mutual({ credentialName: 'x' }) }, { number: 443, protocol: Protocol.HTTPS }, { number: 8080, protocol: Protocol.HTTP }], resolution: Resolution.dns(), connection: { idleTimeout: Duration.minutes(2), maxConnections: 3 } })); });
