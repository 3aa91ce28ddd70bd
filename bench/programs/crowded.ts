/** Input of which each shape has many of what some rule may compare with one another. */
export type Manifest = Record<string, unknown>;

const GATEWAY = { istio: 'egressgateway' };
const NETWORKING = 'networking.istio.io/v1';

function object(apiVersion: string, kind: string, name: string, namespace: string, spec: object, labels = {}): Manifest {
  return { apiVersion, kind, metadata: { name, namespace, labels }, spec };
}

function address(i: number): string {
  return `10.${Math.floor(i / 65_536)}.${Math.floor(i / 256) % 256}.${i % 256}`;
}

function entry(i: number, namespace: string, spec: object): Manifest {
  return object(NETWORKING, 'ServiceEntry', `entry-${i}`, namespace, {
    hosts: [`db-${i}.example.com`],
    ports: [{ number: 3306, name: 'tcp', protocol: 'TCP' }],
    resolution: 'DNS',
    ...spec,
  });
}

function route(i: number, namespace: string, gateways: readonly string[], kind: 'tls' | 'tcp' | 'http', host: string): Manifest {
  const destinations = { route: [{ destination: { host: `db-${i}.example.com`, port: { number: 3306 } } }] };
  const match = kind === 'tls' ? [{ sniHosts: [host], port: 443 }] : kind === 'tcp' ? [{ port: 3306 }] : [{ uri: { prefix: `/${i}` } }];
  return object(NETWORKING, 'VirtualService', `route-${i}`, namespace, { hosts: [host], gateways, [kind]: [{ match, ...destinations }] });
}

function gateway(i: number, namespace: string, hosts: readonly string[], port: number, name = `gateway-${i}`): Manifest {
  return object(NETWORKING, 'Gateway', name, namespace, {
    selector: GATEWAY,
    servers: [{ port: { number: port, name: `tls-${i}`, protocol: 'TLS' }, hosts, tls: { mode: 'ISTIO_MUTUAL' } }],
  });
}

function rule(i: number, namespace: string, host: string, more: object = {}): Manifest {
  return object(NETWORKING, 'DestinationRule', `rule-${i}`, namespace, {
    host, subsets: [{ name: `s-${i}`, labels: { v: `${i}` }, trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: `db-${i}.example.com` } } }], ...more,
  });
}

function policy(i: number, namespace: string, matchLabels: object, action: string): Manifest {
  return object('security.istio.io/v1', 'AuthorizationPolicy', `policy-${i}`, namespace, {
    selector: { matchLabels },
    action,
    rules: [{
      from: [{ source: { principals: [`cluster.local/ns/ns-${i}/sa/app-${i}`] } }],
      when: [{ key: 'connection.sni', values: [`db-${i}.example.com`] }],
    }],
  });
}

function onPort(i: number, namespace: string): Manifest {
  return object('security.istio.io/v1', 'AuthorizationPolicy', `policy-${i}`, namespace, {
    selector: { matchLabels: { app: `app-${i}` } }, rules: [{ to: [{ operation: { ports: [`${1024 + i}`] } }] }],
  });
}

function delegating(i: number, namespace: string): Manifest[] {
  const http = (more: object) => [{ match: [{ uri: { prefix: `/${i}` } }], ...more }];
  return [
    object(NETWORKING, 'VirtualService', `root-${i}`, namespace, { hosts: [`db-${i}.example.com`], http: http({ delegate: { name: `leaf-${i}` } }) }),
    object(NETWORKING, 'VirtualService', `leaf-${i}`, namespace, { http: http({ route: [{ destination: { host: `db-${i}.example.com` } }] }) }),
  ];
}

function deployment(i: number, namespace: string, labels: object): Manifest {
  return object('apps/v1', 'Deployment', `app-${i}`, namespace, {
    selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { serviceAccountName: `app-${i}`, containers: [{ name: 'app', image: 'app' }] } },
  });
}

function service(i: number, namespace: string, selector: object): Manifest {
  return object('v1', 'Service', `app-${i}`, namespace, { selector, ports: [{ name: 'tcp', port: 3306 }, { name: 'tls', port: 443 }] });
}

function egress(i: number, namespace: string): Manifest {
  return object('networking.k8s.io/v1', 'NetworkPolicy', `network-${i}`, namespace, {
    podSelector: { matchLabels: { app: `app-${i}` } }, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: `${address(i)}/32` } }], ports: [{ port: 3306 }] }],
  });
}

function sidecar(i: number, namespace: string, hosts: readonly string[]): Manifest {
  return object(NETWORKING, 'Sidecar', `sidecar-${i}`, namespace, { workloadSelector: { labels: { app: `app-${i}` } }, egress: [{ hosts }] });
}

const GATEWAY_POD: readonly Manifest[] = [
  object('apps/v1', 'Deployment', 'istio-egressgateway', 'istio-system', {
    selector: { matchLabels: GATEWAY },
    template: { metadata: { labels: GATEWAY, annotations: { 'inject.istio.io/templates': 'gateway' } }, spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] } },
  }),
  object('v1', 'Service', 'istio-egressgateway', 'istio-system', { selector: GATEWAY, ports: [{ name: 'tls', port: 443 }, { name: 'tcp', port: 3306 }] }),
];

const TO_GATEWAY = 'istio-egressgateway.istio-system.svc.cluster.local';

function toGateway(i: number, namespace: string): Manifest {
  return object(NETWORKING, 'VirtualService', `out-${i}`, namespace, {
    hosts: [`db-${i}.example.com`], tcp: [{ match: [{ port: 3306 }], route: [{ destination: { host: TO_GATEWAY, port: { number: 443 }, subset: `s-${i}` } }] }],
  });
}

/** A route of one host for sidecars and a gateway. */
function oneHost(i: number, namespace: string): Manifest {
  const legs = [{ gateways: ['mesh'], port: 3306, to: { host: TO_GATEWAY, port: { number: 443 } } }, { gateways: ['shop/shared'], port: 443, to: { host: 'db.example.com', port: { number: 3306 } } }];
  return object(NETWORKING, 'VirtualService', `both-${i}`, namespace, {
    hosts: ['db.example.com'], gateways: ['mesh', 'shop/shared'], tcp: legs.map(({ to, ...match }) => ({ match: [match], route: [{ destination: to }] })),
  });
}

/** What one thing of each shape is made of; `own` is a namespace of its own. */
const EACH: { readonly [shape: string]: (i: number, own: string) => readonly Manifest[] } = {
  'entries on one port': i => [entry(i, 'shop', {})],
  'entries on one port, each in a namespace': (i, own) => [entry(i, own, { exportTo: ['.'] })],
  'entries for everybody, each in a namespace': (i, own) => [entry(i, own, {})],
  'entries with one address': i => [entry(i, 'shop', { addresses: ['10.0.0.1'], resolution: 'STATIC', endpoints: [{ address: '10.0.0.1' }] })],
  'entries with addresses': i => [entry(i, 'shop', { addresses: [address(i)], resolution: 'STATIC', endpoints: [{ address: address(i) }] })],
  'entries with networks': i => [entry(i, 'shop', { addresses: [`${address(i * 16)}/28`], resolution: 'NONE' })],
  'entries of one host': (i, own) => [entry(i, own, { hosts: ['db.example.com'] })],
  'wildcard entries of TLS': i => [entry(i, 'shop', { hosts: [`*.d-${i}.example.com`], resolution: 'NONE', ports: [{ number: 443, name: 'tls', protocol: 'TLS' }] })],
  'entries with pods that they select': i => [
    entry(i, 'shop', { resolution: 'STATIC', workloadSelector: { labels: { app: `m-${i}` } } }),
    object(NETWORKING, 'WorkloadEntry', `m-${i}`, 'shop', { address: address(i), labels: { app: `m-${i}` } }),
  ],
  'routes of the sidecars': i => [entry(i, 'shop', {}), route(i, 'shop', ['mesh'], 'tcp', `db-${i}.example.com`)],
  'routes of the sidecars for one host': i => [entry(i, 'shop', {}), route(i, 'shop', ['mesh'], 'tcp', 'db-1.example.com')],
  'routes for wildcards': i => [entry(i, 'shop', {}), route(i, 'shop', ['mesh'], 'http', `*.d-${i}.example.com`)],
  'routes of one Gateway': i => [
    ...i === 0 ? [...GATEWAY_POD, gateway(0, 'shop', ['*'], 443, 'shared')] : [], entry(i, 'shop', {}), route(i, 'shop', ['shop/shared'], 'tls', `db-${i}.example.com`),
  ],
  'requests of one Gateway': i => [
    ...i === 0 ? [...GATEWAY_POD, gateway(0, 'shop', ['*'], 443, 'shared')] : [], entry(i, 'shop', {}), route(i, 'shop', ['shop/shared'], 'http', 'db.example.com'),
  ],
  'Gateways on one port': i => [...i === 0 ? GATEWAY_POD : [], gateway(i, 'shop', [`db-${i}.example.com`], 443), route(i, 'shop', [`shop/gateway-${i}`], 'tcp', `db-${i}.example.com`)],
  'Gateways of one host': (i, own) => [...i === 0 ? GATEWAY_POD : [], gateway(i, own, ['db.example.com'], 443)],
  'whole ways, each in a namespace': (i, own) => [
    ...i === 0 ? GATEWAY_POD : [], entry(i, own, {}), gateway(i, own, [`db-${i}.example.com`], 443), rule(i, own, TO_GATEWAY, { exportTo: ['.'] }), toGateway(i, own),
    route(i, own, [`${own}/gateway-${i}`], 'tcp', `db-${i}.example.com`), deployment(i, own, { app: `app-${i}` }), service(i, own, { app: `app-${i}` }),
  ],
  'whole ways in one namespace': i => [
    ...i === 0 ? GATEWAY_POD : [], entry(i, 'shop', {}), gateway(i, 'shop', [`db-${i}.example.com`], 443), rule(i, 'shop', TO_GATEWAY, { exportTo: ['.'] }), toGateway(i, 'shop'),
    route(i, 'shop', [`shop/gateway-${i}`], 'tcp', `db-${i}.example.com`), deployment(i, 'shop', { app: `app-${i}` }), service(i, 'shop', { app: `app-${i}` }),
  ],
  'DestinationRules of one host': i => [...i === 0 ? GATEWAY_POD : [], rule(i, 'shop', TO_GATEWAY)],
  'DestinationRules of one host, each in a namespace': (i, own) => [...i === 0 ? GATEWAY_POD : [], rule(i, own, TO_GATEWAY)],
  'entries and DestinationRules of one host, each in a namespace': (i, own) => [entry(i, own, { hosts: ['db.example.com'] }), rule(i, own, 'db.example.com')],
  'entries and DestinationRules of one host, each private': (i, own) => [
    entry(i, own, { hosts: ['db.example.com'], exportTo: ['.'] }), rule(i, own, 'db.example.com', { exportTo: ['.'] }),
  ],
  'DestinationRules and routes of one host': (i, own) => [
    ...i === 0 ? [...GATEWAY_POD, gateway(0, 'shop', ['*'], 443, 'shared'), entry(0, 'shop', { hosts: ['db.example.com'] })] : [],
    rule(i, own, 'db.example.com', { trafficPolicy: { tls: { mode: 'MUTUAL', credentialName: 'secret', sni: 'db.example.com' } } }),
    oneHost(i, own),
  ],
  'ways of one rule each, in a namespace, for everybody': (i, own) => [...i === 0 ? GATEWAY_POD : [], rule(i, own, TO_GATEWAY), toGateway(i, own), deployment(i, own, { app: `app-${i}` })],
  'wildcard entries of one host': (i, own) => [
    ...i === 0 ? [...GATEWAY_POD, gateway(0, 'shop', ['*'], 443, 'shared')] : [],
    entry(i, `wide-${i}`, { hosts: ['*.example.com'], resolution: 'NONE', ports: [{ number: 3306, name: 'tls', protocol: 'TLS' }] }),
    entry(i, own, { addresses: [address(i)] }), toGateway(i, own), route(i, own, ['shop/shared'], 'tcp', `db-${i}.example.com`),
  ],
  'DestinationRules for wildcards': i => [entry(i, 'shop', {}), rule(i, 'shop', `*.d-${i}.example.com`)],
  'denials on one gateway': i => [...i === 0 ? GATEWAY_POD : [], policy(i, 'istio-system', GATEWAY, 'DENY'), gateway(i, 'shop', [`db-${i}.example.com`], 443)],
  'permissions on one gateway': i => [...i === 0 ? GATEWAY_POD : [], policy(i, 'istio-system', GATEWAY, 'ALLOW'), gateway(i, 'shop', [`db-${i}.example.com`], 443)],
  'policies of workloads': i => [deployment(i, 'shop', { app: `app-${i}` }), policy(i, 'shop', { app: `app-${i}` }, 'ALLOW')],
  'policies of nobody': i => [deployment(i, 'shop', { app: `app-${i}` }), policy(i, 'shop', { app: `other-${i}` }, 'DENY')],
  'policies of ports': i => [deployment(i, 'shop', { app: `app-${i}` }), service(i, 'shop', { app: `app-${i}` }), onPort(i, 'shop')],
  'delegates': i => [entry(i, 'shop', {}), ...delegating(i, 'shop')],
  'machines and entries that select them': i => [
    entry(i, 'shop', { endpoints: undefined, workloadSelector: { labels: { app: `app-${i}` } } }), deployment(i, 'shop', { app: `other-${i}` }),
  ],
  'workloads and network policies': i => [deployment(i, 'shop', { app: `app-${i}` }), egress(i, 'shop'), entry(i, 'shop', { addresses: [address(i)] })],
  'workloads and Sidecars': i => [deployment(i, 'shop', { app: `app-${i}` }), sidecar(i, 'shop', ['./*', 'istio-system/*']), entry(i, 'shop', {})],
  'Sidecars with long lists': i => [
    entry(i, 'shop', {}), route(i, 'shop', ['mesh'], 'tcp', `db-${i}.example.com`),
    ...i % 100 === 0 ? [sidecar(i, 'shop', Array.from({ length: 100 }, (_, n) => `shop/db-${n}.example.com`))] : [],
  ],
  'workloads of one label': i => [deployment(i, 'shop', { app: 'app' }), service(i, 'shop', { app: 'app' })],
  'objects of one name': () => [entry(0, 'shop', {})],
  'secrets and gateways': i => [
    ...i === 0 ? GATEWAY_POD : [],
    { ...object('v1', 'Secret', `secret-${i}`, 'shop', {}), type: 'kubernetes.io/tls' },
    entry(i, 'shop', {}), rule(i, 'shop', `db-${i}.example.com`, { trafficPolicy: { tls: { mode: 'MUTUAL', credentialName: `secret-${i}`, sni: `db-${i}.example.com` } } }),
  ],
};

/** One object of which a list is long, where others are many objects. */
const WHOLE: { readonly [shape: string]: (count: number) => readonly Manifest[] } = {
  'servers of one Gateway': count => [...GATEWAY_POD, object(NETWORKING, 'Gateway', 'shared', 'shop', {
    selector: GATEWAY,
    servers: many(count, i => ({ port: { number: 443, name: `tls-${i}`, protocol: 'TLS' }, hosts: [`db-${i}.example.com`], tls: { mode: 'ISTIO_MUTUAL' } })),
  })],
  'matches of one route': count => [entry(0, 'shop', {}), object(NETWORKING, 'VirtualService', 'route', 'shop', {
    hosts: ['db-0.example.com'],
    http: many(count, i => ({ match: [{ uri: { prefix: `/${i}` } }], route: [{ destination: { host: 'db-0.example.com' } }] })),
  })],
  'subsets of one rule': count => [...GATEWAY_POD, object(NETWORKING, 'DestinationRule', 'rule', 'shop', {
    host: TO_GATEWAY, subsets: many(count, i => ({ name: `s-${i}`, trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: `db-${i}.example.com` } } })),
  }), ...many(count, i => toGateway(i, 'shop'))],
  'rules of one policy': count => [...GATEWAY_POD, object('security.istio.io/v1', 'AuthorizationPolicy', 'policy', 'istio-system', {
    selector: { matchLabels: GATEWAY }, action: 'DENY', rules: many(count, i => ({ from: [{ source: { notPrincipals: [`cluster.local/ns/ns-${i}/sa/app-${i}`] } }] })),
  })],
  'Services that miss pods of a gateway': count => [gateway(0, 'shop', ['db-0.example.com'], 443), ...many(count, i => [
    object('v1', 'Pod', `pod-${i}`, 'istio-system', { containers: [{ name: 'proxy', args: ['proxy', 'router'] }] }, { ...GATEWAY, zone: `zone-${i}` }),
    object('v1', 'Service', `egress-${i}`, 'istio-system', { selector: { istio: 'egressgatewy', zone: `zones-${i}` }, ports: [{ name: 'https', port: 443 }] }),
  ]).flat()],
  'hosts of one entry': count => [entry(0, 'shop', { hosts: many(count, i => `db-${i}.example.com`) })],
};

export const SHAPES: readonly string[] = [...Object.keys(EACH), ...Object.keys(WHOLE)];

/** Input of a shape, with so many things. */
export function crowded(shape: string, count: number): Manifest[] {
  return [...WHOLE[shape]?.(count) ?? many(count, i => EACH[shape](i, `ns-${i}`)).flat()];
}

function many<T>(count: number, each: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => each(i));
}
