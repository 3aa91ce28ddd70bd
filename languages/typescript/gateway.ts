import { App, Chart } from 'cdk8s';
import { EgressGateway, EgressViaGateway, ExternalMysql, MeshClient, Resolution } from 'cdk8s-istio-egress';

const app = new App();
const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });

const mysql = new ExternalMysql(chart, 'Mysql', {
  host: 'mysqldb.example.com',
  resolution: Resolution.ipAddresses('192.0.2.14'),
});
mysql.allowFrom(MeshClient.serviceAccount('bookinfo', 'ratings'));

const egress = new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() });
egress.route(mysql);

app.synth();
