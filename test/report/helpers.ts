import { clientName } from '../../src/report/client';
import { Report, reportOf } from '../../src/report/report';
import { deployment, entry, GATEWAY, object, viewOf, viewOfOdd } from '../trace/helpers';

/** What becomes of each client of a host and port: `shop/cart: REACHES directly`. */
export function answersOf({ dependencies }: Report, place: string): { [client: string]: string } {
  const access = dependencies.flatMap(dependency => dependency.access).filter(({ target }) => `${target.host}:${target.port}` === place);
  return Object.fromEntries(access.map(({ client, verdict, gateway, workloads }) => (
    [`${clientName(client)}${workloads.length === 0 ? '' : ` (${workloads.join(', ')})`}`, `${verdict}${gateway === undefined ? '' : ` ${gateway}`}`])));
}

interface RoutedOptions {
  readonly endpoint?: string;
  readonly policy?: object;
  readonly annotations?: object;
  readonly mode?: string;
}

/** A database that the accounts of its gateway alone reach. */
export function routed(accounts: readonly string[], more: RoutedOptions = {}): string[] {
  const name = 'p3306.shop.db.example.com';
  return [
    object('ServiceEntry', 'db', {
      hosts: ['db.example.com'],
      exportTo: ['shop'],
      ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
      addresses: ['192.0.2.14'],
      resolution: 'STATIC',
      endpoints: [{ address: more.endpoint ?? '192.0.2.14' }],
    }, { annotations: more.annotations }),
    object('VirtualService', 'db-to-gateway', { hosts: ['db.example.com'], exportTo: ['shop'], tcp: [{ match: [{ port: 3306 }], route: [{ destination: { host: GATEWAY, subset: 'db', port: { number: 443 } } }] }] }),
    object('DestinationRule', 'db-to-gateway', {
      host: GATEWAY, exportTo: ['shop'], subsets: [{ name: 'db', trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: more.mode ?? 'ISTIO_MUTUAL', sni: name } }] } }],
    }),
    object('Gateway', 'db', {
      selector: { istio: 'egressgateway' },
      servers: [{
        hosts: [`./${name}`],
        port: { number: 443, name: 'tls', protocol: 'TLS' },
        tls: { mode: more.mode ?? 'ISTIO_MUTUAL', subjectAltNames: accounts.map(account => `spiffe://cluster.local/ns/${account.replace('/', '/sa/')}`) },
      }],
    }),
    object('VirtualService', 'db-from-gateway', { hosts: [name], exportTo: ['istio-system'], gateways: ['db'], tcp: [{ match: [{ port: 443 }], route: [{ destination: { host: name, port: { number: 443 } } }] }] }),
    object('ServiceEntry', 'db-upstream', {
      hosts: [name],
      exportTo: ['istio-system'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS', targetPort: 3306 }],
      resolution: 'STATIC',
      endpoints: [{ address: more.endpoint ?? '192.0.2.14' }],
    }),
    object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'https', port: 443, targetPort: 8443 }] }),
    ...more.policy ? [object('AuthorizationPolicy', 'istio-system/db', more.policy)] : [],
  ];
}

export { deployment, entry, object, viewOf, viewOfOdd, reportOf };
