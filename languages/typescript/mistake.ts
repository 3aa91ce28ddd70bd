import { App, Chart } from 'cdk8s';
import { ExternalMysql, Resolution } from 'cdk8s-istio-egress';

const app = new App();
const chart = new Chart(app, 'bookinfo', { namespace: 'bookinfo' });

new ExternalMysql(chart, 'Mysql', {
  host: 'mysqldb.example.com',
  port: 70000,
  resolution: Resolution.ipAddresses('192.0.2.14'),
});
