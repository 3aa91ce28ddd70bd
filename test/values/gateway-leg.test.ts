import { EgressGateway, EgressViaGateway, ExternalMysql, GatewayLeg, MeshClient, Resolution } from '../../src';
import { messageOf, only, synth } from '../helpers';

function routedWith(leg: GatewayLeg) {
  return synth(chart => {
    const mysql = new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution: Resolution.ipAddresses('192.0.2.14') });
    new EgressViaGateway(chart, 'Egress', { gateway: EgressGateway.istioEgressGateway() }).route(mysql, { leg });
    mysql.allowFrom(MeshClient.allIn('bookinfo'));
  });
}

test('mutual TLS uses the port that all services share', () => {
  const [server] = only(routedWith(GatewayLeg.istioMutual()), 'Gateway').spec.servers;

  expect(server.port.number).toBe(443);
  expect(server.tls.mode).toBe('ISTIO_MUTUAL');
});

test('plaintext uses the port that it was given', () => {
  const [server] = only(routedWith(GatewayLeg.plaintext(3306)), 'Gateway').spec.servers;

  expect(server.port.number).toBe(3306);
  expect(server.tls).toBeUndefined();
});

test('plaintext on the port of mutual TLS is refused', () => {
  expect(messageOf(() => routedWith(GatewayLeg.plaintext(443)))).toContain('[test/Mysql] \'GatewayLeg.plaintext()\' must not be the gateway\'s port for mutual TLS');
});
