import { causesAt, entry, GATEWAY, object, traced } from './helpers';

const API = 'api.example.com';

interface Spoiled {
  readonly server?: object;
  readonly selector?: object;
  readonly gateways?: readonly string[];
  readonly hosts?: readonly string[];
  readonly exportTo?: readonly string[];
  /** The rules that the gateway is to follow. */
  readonly rules?: object;
  readonly host?: string;
  readonly objects?: readonly string[];
}

const onwards = (match: object = {}, of = 'egress') => ({ match: [{ gateways: [of], port: 443, sniHosts: [API], ...match }], route: [{ destination: { host: API, port: { number: 443 } } }] });

/** TLS of an application on its way through a gateway that passes it on, with a mistake at one place. */
function passedOn({ server, selector = { istio: 'egressgateway' }, gateways = ['egress'], hosts = [API], exportTo, rules = { tls: [onwards()] }, host = GATEWAY, objects = [] }: Spoiled) {
  return traced([
    ...objects,
    entry(API, 443, 'TLS'),
    object('Gateway', 'egress', { selector, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [API], tls: { mode: 'PASSTHROUGH' }, ...server }] }),
    object('VirtualService', 'to-gateway', { hosts: [API], tls: [{ match: [{ port: 443, sniHosts: [API] }], route: [{ destination: { host, port: { number: 443 } } }] }] }),
    object('VirtualService', 'onwards', { hosts, gateways, exportTo, ...rules }),
  ], 'cart', `${API}:443`);
}

const NO_CHAIN = 'the gateway has no filter chain for it: ';

describe('why a gateway does not serve what arrives', () => {
  test('nothing is wrong', () => {
    expect(passedOn({}).end.kind).toBe('REACHES');
  });

  test.each<[string, Spoiled, string, string]>([
    ['a slip in the host of the server', { server: { hosts: ['api.exmaple.com'] } },
      'the servers on the port are for api.exmaple.com, and not for api.example.com (is api.exmaple.com a slip?)', 'Gateway shop/egress spec.servers[0].hosts'],
    ['another host of the server', { server: { hosts: ['www.example.org'] } }, 'the servers on the port are for www.example.org, and not for api.example.com', 'Gateway shop/egress spec.servers[0].hosts'],
    ['no VirtualService for the Gateway', { gateways: ['other'], rules: { tls: [onwards({}, 'other')] } }, 'no VirtualService has Gateway shop/egress among its \'gateways\'', 'Gateway shop/egress spec.servers[0]'],
    ['one that the gateway does not see', { exportTo: ['.'] }, 'VirtualService shop/onwards is not exported to "istio-system", where the gateway is', 'VirtualService shop/onwards spec.exportTo'],
    ['one of other hosts', { hosts: ['www.example.org'], rules: { tls: [onwards({ sniHosts: ['www.example.org'] })] } },
      'VirtualService shop/onwards is for other hosts or namespaces than the server of Gateway shop/egress', 'VirtualService shop/onwards spec.hosts'],
    ['one of a namespace that the server does not take', { server: { hosts: [`platform/${API}`] } },
      'VirtualService shop/onwards is for other hosts or namespaces than the server of Gateway shop/egress', 'Gateway shop/egress spec.servers[0].hosts'],
    ['one of another host that a server for all takes', { server: { hosts: ['*'] }, hosts: ['www.example.org'], rules: { tls: [onwards({ sniHosts: ['www.example.org'] })] } },
      'no VirtualService of Gateway shop/egress is for the host api.example.com', 'VirtualService shop/onwards spec.hosts'],
    ['rules of another kind', { rules: { tcp: [{ route: [{ destination: { host: API, port: { number: 443 } } }] }] } },
      'VirtualService shop/onwards is without a rule under \'tls\', which is what this server takes', 'VirtualService shop/onwards spec'],
    ['rules of another port', { rules: { tls: [onwards({ port: 8443 })] } }, 'the rules under \'tls\' are for port 8443, and the server of Gateway shop/egress has port 443', 'VirtualService shop/onwards spec.tls[0].match[0]'],
    ['rules of another Gateway', { gateways: ['egress', 'other'], rules: { tls: [onwards({}, 'other')] } }, 'no rule under \'tls\' is for Gateway shop/egress', 'VirtualService shop/onwards spec.tls[0].match[0]'],
    ['rules of another server name', { hosts: ['*.example.com'], rules: { tls: [onwards({ sniHosts: ['www.example.com'] })] }, server: { hosts: ['*.example.com'] } },
      'the rules under \'tls\' are for the server names www.example.com, and not for api.example.com', 'VirtualService shop/onwards spec.tls[0].match[0]'],
    ['a server that istiod leaves out', { server: { bind: '127.0.0.1' } },
      'istiod leaves out a server of \'app.yaml:3\': it listens on 127.0.0.1, which nobody outside of the pods connects to', 'Gateway shop/egress spec.servers[0]'],
    ['a server that expects the mesh\'s TLS and a name that Istio makes', { server: { tls: { mode: 'ISTIO_MUTUAL' }, hosts: ['other.example.com'] } },
      'the servers on the port are for other.example.com, and not for api.example.com', 'Gateway shop/egress spec.servers[0].hosts'],
  ])('%s', (_, spoiled, text, place) => {
    const found = passedOn(spoiled);

    expect(found.end).toMatchObject({ kind: 'NOWHERE', text: `${NO_CHAIN}${text}` });
    expect(causesAt(found, 'gateway')).toContain(place);
  });

  test('another port of the server', () => {
    const other = { server: { port: { number: 444, name: 'tls', protocol: 'TLS' } } };
    const service = object('Service', 'istio-system/istio-egressgateway', { selector: { istio: 'egressgateway' }, ports: [{ name: 'https', port: 443, targetPort: 8443 }] });
    const [assumed, known] = [passedOn(other), passedOn({ ...other, objects: [service] })];

    expect(known.end).toMatchObject({ kind: 'NOWHERE', text: `${NO_CHAIN}no server is on port 443: Gateway shop/egress has 444` });
    expect(causesAt(known, 'gateway')).toContain('Gateway shop/egress spec.servers[0].port.number');
    expect(assumed.end).toMatchObject({ kind: 'UNKNOWN', text: `Service ${GATEWAY} is not in the input, and no Gateway in it has a server on port 443: Gateway shop/egress has 444` });
  });

  test('a selector that fits no gateway of Istio\'s chart is named', () => {
    const found = passedOn({ selector: { istio: 'egresgateway' } });

    expect(found.end).toMatchObject({
      kind: 'UNKNOWN',
      text: `Service ${GATEWAY} is not in the input, and its pods have app=istio-egressgateway,istio=egressgateway where Istio's chart installs it, and Gateway shop/egress selects istio=egresgateway`,
    });
    expect(causesAt(found, 'destination')).toContain('Gateway shop/egress spec.selector');
  });

  test.each(['istio-egressgateway.istio-sytem.svc.cluster.local', 'istio-egresgateway.istio-system.svc.cluster.local'])('%s is a slip of the gateway that Istio installs', host => {
    expect(passedOn({ host }).end).toMatchObject({ kind: 'UNKNOWN', text: `Service ${host} is not in the input: did you mean ${GATEWAY}?` });
  });

  test('plaintext that arrives where TLS is expected, and a server name that Istio made', () => {
    const mysql = (tls: object) => traced([
      entry('db.example.com', 3306, 'TCP'),
      object('Gateway', 'egress', { selector: { istio: 'egressgateway' }, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: ['db.example.com'], tls: { mode: 'ISTIO_MUTUAL' } }] }),
      object('VirtualService', 'db', {
        hosts: ['db.example.com'],
        gateways: ['mesh', 'egress'],
        tcp: [['mesh', 3306, GATEWAY, 443], ['egress', 443, 'db.example.com', 3306]].map(([of, port, host, number]) => (
          { match: [{ gateways: [of], port }], route: [{ destination: { host, port: { number } } }] })),
      }),
      object('DestinationRule', 'gateway', { host: GATEWAY, trafficPolicy: tls }),
    ], 'cart', 'db.example.com:3306').end;

    expect(mysql({ tls: { mode: 'ISTIO_MUTUAL', sni: 'db.example.com' } }).kind).toBe('REACHES');
    expect(mysql({ tls: { mode: 'DISABLE' } }).text).toBe(`${NO_CHAIN}the server of Gateway shop/egress expects TLS, and plaintext arrives`);
    expect(mysql({ tls: { mode: 'ISTIO_MUTUAL' } }).text).toBe(
      `${NO_CHAIN}the servers on the port are for db.example.com, and not for outbound_.443_._.${GATEWAY}: that is the server name that Istio makes where the DestinationRule has no 'sni'`);
  });
});
