/** The same objects written by hand: cdk8s alone, plain literals, every name given, nothing that would cost more than it has to. */
import { ApiObject, Chart } from 'cdk8s';
import { Item } from './inventory';
import { synthesise } from './synthesise';

const NETWORKING = 'networking.istio.io/v1';
const SECURITY = 'security.istio.io/v1';
const GATEWAY_NAMESPACE = 'istio-system';
const GATEWAY_HOST = `istio-egressgateway.${GATEWAY_NAMESPACE}.svc.cluster.local`;

synthesise((app, charts, route) => {
  for (const { id, namespace, items } of charts) {
    const chart = new Chart(app, id, { namespace });
    for (const item of items) {
      if (route === 'direct') {
        direct(chart, item);
      } else {
        viaGateway(chart, namespace, item);
      }
    }
  }
});

function direct(chart: Chart, { id, host, ip }: Item): void {
  new ApiObject(chart, `${id}-entry`, {
    apiVersion: NETWORKING,
    kind: 'ServiceEntry',
    metadata: { name: id },
    spec: {
      hosts: [host],
      addresses: [`${ip}/32`],
      ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
      location: 'MESH_EXTERNAL',
      resolution: 'NONE',
      exportTo: ['.'],
    },
  });
}

function viaGateway(chart: Chart, namespace: string, { id, host, ip, account }: Item): void {
  const sni = `p3306.${namespace}.${host}`;
  const subset = `${namespace}-${id}-3306`;
  new ApiObject(chart, `${id}-entry`, {
    apiVersion: NETWORKING,
    kind: 'ServiceEntry',
    metadata: { name: id },
    spec: {
      hosts: [host],
      addresses: [ip],
      ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
      location: 'MESH_EXTERNAL',
      resolution: 'STATIC',
      endpoints: [{ address: ip }],
      exportTo: ['.', GATEWAY_NAMESPACE],
    },
  });
  new ApiObject(chart, `${id}-rule`, {
    apiVersion: NETWORKING,
    kind: 'DestinationRule',
    metadata: { name: `${id}-to-gateway`, namespace },
    spec: {
      host: GATEWAY_HOST,
      subsets: [{
        name: subset,
        labels: { istio: 'egressgateway' },
        trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'ISTIO_MUTUAL', sni } }] },
      }],
      exportTo: ['.'],
    },
  });
  new ApiObject(chart, `${id}-gateway`, {
    apiVersion: NETWORKING,
    kind: 'Gateway',
    metadata: { name: `${id}-egress`, namespace },
    spec: {
      selector: { istio: 'egressgateway' },
      servers: [{
        port: { number: 443, name: `tls-${subset}`, protocol: 'TLS' },
        hosts: [`./${sni}`],
        tls: { mode: 'ISTIO_MUTUAL' },
      }],
    },
  });
  new ApiObject(chart, `${id}-mesh-route`, {
    apiVersion: NETWORKING,
    kind: 'VirtualService',
    metadata: { name: `${id}-to-gateway`, namespace },
    spec: {
      hosts: [host],
      gateways: ['mesh'],
      tcp: [{ match: [{ port: 3306 }], route: [{ destination: { host: GATEWAY_HOST, subset, port: { number: 443 } } }] }],
      exportTo: ['.'],
    },
  });
  new ApiObject(chart, `${id}-gateway-route`, {
    apiVersion: NETWORKING,
    kind: 'VirtualService',
    metadata: { name: `${id}-from-gateway`, namespace },
    spec: {
      hosts: [sni],
      gateways: [`${id}-egress`],
      tcp: [{ match: [{ port: 443 }], route: [{ destination: { host, port: { number: 3306 } } }] }],
      exportTo: [GATEWAY_NAMESPACE],
    },
  });
  new ApiObject(chart, `${id}-policy`, {
    apiVersion: SECURITY,
    kind: 'AuthorizationPolicy',
    metadata: { name: `${namespace}-${id}-clients`, namespace: GATEWAY_NAMESPACE },
    spec: {
      selector: { matchLabels: { istio: 'egressgateway' } },
      action: 'DENY',
      rules: [{
        from: [{ source: { notPrincipals: [`cluster.local/ns/${namespace}/sa/${account}`] } }],
        when: [{ key: 'connection.sni', values: [sni] }],
      }],
    },
  });
}
