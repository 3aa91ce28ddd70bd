import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, ExternalRedis, MeshClient, Resolution } from 'cdk8s-istio-egress';

const app = new App();
const chart = new Chart(app, 'shop', { namespace: 'shop' });
const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });

const orders = new ExternalMysql(chart, 'Orders', { host: 'orders.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
orders.allowFrom(MeshClient.serviceAccount('shop', 'cart'), MeshClient.allIn('reporting'));
egress.route(orders);

const sessions = new ExternalRedis(chart, 'Sessions', { host: 'sessions.example.com', resolution: Resolution.ipAddresses('192.0.2.15') });
sessions.allowFrom(MeshClient.serviceAccount('shop', 'cart'));
egress.route(sessions);

app.synth();
