import { causesAt, entry, GATEWAY, hopAt, object, traced } from './helpers';

/** The recipes of istio.io's tasks about egress, as they stand there; facts/istio.md 1.8 has their letters. */
const CNN = 'edition.cnn.com';

const httpEntry = object('ServiceEntry', 'cnn', {
  hosts: [CNN], ports: [{ number: 80, name: 'http-port', protocol: 'HTTP' }, { number: 443, name: 'https', protocol: 'HTTPS' }], resolution: 'DNS',
});

describe('C. TLS origination at the sidecar', () => {
  const objects = [
    object('ServiceEntry', 'cnn', {
      hosts: [CNN], ports: [{ number: 80, name: 'http-port', protocol: 'HTTP', targetPort: 443 }, { number: 443, name: 'https-port', protocol: 'HTTPS' }], resolution: 'DNS',
    }),
    object('DestinationRule', 'cnn', { host: CNN, trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'SIMPLE' } }] } }),
  ];

  test('requests leave in TLS on the target port', () => {
    const found = traced(objects, 'curl', `${CNN}:80`);

    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: [`${CNN}:443`] });
    expect(hopAt(found, 'upstream').facts).toMatchObject({ tls: 'SIMPLE', endpoints: `${CNN}:443` });
    expect(causesAt(found, 'destination')).toEqual(['DestinationRule shop/cnn spec.trafficPolicy.portLevelSettings[0].tls']);
  });

  test('what the application encrypts itself passes as it is', () => {
    const found = traced(objects, 'curl', `${CNN}:443`);

    expect(hopAt(found, 'upstream')).toMatchObject({ facts: { tls: 'PLAINTEXT' }, text: expect.stringContaining('own TLS passes') as string });
  });

  test('a credential without a selector sends plaintext', () => {
    const mutual = object('DestinationRule', 'cnn', { host: CNN, trafficPolicy: { tls: { mode: 'MUTUAL', credentialName: 'client-credential', sni: CNN } } });
    const found = traced([objects[0], mutual], 'curl', `${CNN}:80`);

    expect(hopAt(found, 'destination').facts.tls).toBe('PLAINTEXT');
    expect(hopAt(found, 'destination').notes.join()).toContain('a sidecar then sends plaintext');
  });

  test('a credential with a selector is used by the pods that it selects', () => {
    const mutual = object('DestinationRule', 'cnn', {
      host: CNN, workloadSelector: { matchLabels: { app: 'curl' } }, trafficPolicy: { tls: { mode: 'MUTUAL', credentialName: 'client-credential', sni: CNN } },
    });

    expect(hopAt(traced([objects[0], mutual], 'curl', `${CNN}:80`, { labels: { app: 'curl' } }), 'destination').facts).toMatchObject({ tls: 'MUTUAL', sni: CNN });
    expect(hopAt(traced([objects[0], mutual], 'curl', `${CNN}:80`, { labels: { app: 'other' } }), 'destination').facts.tls).toBe('PLAINTEXT');
  });
});

describe('D. HTTP through the egress gateway', () => {
  const objects = [
    httpEntry,
    object('Gateway', 'istio-egressgateway', { selector: { istio: 'egressgateway' }, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [CNN] }] }),
    object('DestinationRule', 'egressgateway-for-cnn', { host: GATEWAY, subsets: [{ name: 'cnn' }] }),
    object('VirtualService', 'direct-cnn-through-egress-gateway', {
      hosts: [CNN],
      gateways: ['istio-egressgateway', 'mesh'],
      http: [
        { match: [{ gateways: ['mesh'], port: 80 }], route: [{ destination: { host: GATEWAY, subset: 'cnn', port: { number: 80 } }, weight: 100 }] },
        { match: [{ gateways: ['istio-egressgateway'], port: 80 }], route: [{ destination: { host: CNN, port: { number: 80 } }, weight: 100 }] },
      ],
    }),
  ];

  test('passes the gateway, which admits anybody', () => {
    const found = traced(objects, 'curl', `${CNN}:80`);

    expect(found.hops.map(({ stage }) => stage)).toEqual(
      ['application', 'sidecar', 'route', 'destination', 'gateway', 'access', 'gateway route', 'destination', 'upstream']);
    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: [`${CNN}:80`], conditions: [] });
    expect(hopAt(found, 'gateway').facts).toMatchObject({ port: '8080', tls: 'PLAINTEXT', mode: 'NONE' });
    expect(hopAt(found, 'gateway').notes).toEqual(['Service istio-system/istio-egressgateway is not in the input: taken for the one that Istio\'s chart installs']);
    expect(causesAt(found, 'route')).toEqual([
      'VirtualService shop/direct-cnn-through-egress-gateway spec.http[0].match[0]', 'VirtualService shop/direct-cnn-through-egress-gateway spec.http[0].route[0].destination',
    ]);
    expect(hopAt(found, 'access').text).toContain('a client without an identity');
  });

  test('a policy by identity on the plaintext port denies everybody', () => {
    const policy = object('AuthorizationPolicy', 'istio-system/only-curl', {
      selector: { matchLabels: { app: 'istio-egressgateway' } }, rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/curl'] } }] }],
    });
    const found = traced([...objects, policy], 'curl', `${CNN}:80`);

    expect(found.end).toMatchObject({ kind: 'REFUSED', seen: '403 RBAC: access denied' });
    expect(causesAt(found, 'access')).toEqual(['AuthorizationPolicy istio-system/only-curl ']);
  });

  test('without the leg of the gateway requests find no route there', () => {
    const legless = object('VirtualService', 'direct-cnn-through-egress-gateway', {
      hosts: [CNN], http: [{ match: [{ port: 80 }], route: [{ destination: { host: GATEWAY, subset: 'cnn', port: { number: 80 } } }] }],
    });
    const found = traced([...objects.slice(0, 3), legless], 'curl', `${CNN}:80`);

    expect(found.end).toMatchObject({ kind: 'NOWHERE', seen: '404 Not Found (NR)' });
    expect(causesAt(found, 'gateway route')).toEqual(['Gateway shop/istio-egressgateway spec.servers[0]']);
  });

  test('without the subset the sidecar has no cluster', () => {
    const found = traced([objects[0], objects[1], objects[3]], 'curl', `${CNN}:80`);

    expect(found.end).toMatchObject({ kind: 'NOWHERE', seen: '503 (NC, cluster not found)' });
    expect(found.end.text).toContain('has a subset "cnn"');
  });
});

describe('E. TLS passthrough at the egress gateway', () => {
  const objects = [
    entry(CNN, 443, 'TLS'),
    object('Gateway', 'istio-egressgateway', {
      selector: { istio: 'egressgateway' }, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [CNN], tls: { mode: 'PASSTHROUGH' } }],
    }),
    object('DestinationRule', 'egressgateway-for-cnn', { host: GATEWAY, subsets: [{ name: 'cnn' }] }),
    object('VirtualService', 'direct-cnn', {
      hosts: [CNN],
      gateways: ['mesh', 'istio-egressgateway'],
      tls: [
        { match: [{ gateways: ['mesh'], port: 443, sniHosts: [CNN] }], route: [{ destination: { host: GATEWAY, subset: 'cnn', port: { number: 443 } } }] },
        { match: [{ gateways: ['istio-egressgateway'], port: 443, sniHosts: [CNN] }], route: [{ destination: { host: CNN, port: { number: 443 } }, weight: 100 }] },
      ],
    }),
  ];

  test('the gateway sees the name and no identity', () => {
    const found = traced(objects, 'curl', `${CNN}:443`);

    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: [`${CNN}:443`] });
    expect(hopAt(found, 'gateway').facts).toMatchObject({ port: '8443', sni: CNN, mode: 'PASSTHROUGH', tls: 'PLAINTEXT' });
    expect(hopAt(found, 'access').text).toContain('a client without an identity');
  });

  test('an application in plaintext is no match', () => {
    expect(traced(objects, 'curl', `${CNN}:443`, { protocol: 'TCP' }).end).toMatchObject({ kind: 'NOWHERE', seen: 'the connection is reset at once' });
  });

  test('the pods of the gateway must speak no TLS of the mesh', () => {
    const rule = object('DestinationRule', 'egressgateway-for-cnn', { host: GATEWAY, subsets: [{ name: 'cnn', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: CNN } } }] });
    const found = traced([objects[0], objects[1], rule, objects[3]], 'curl', `${CNN}:443`);

    expect(found.end.kind).toBe('REFUSED');
    expect(found.end.text).toContain('passes on the TLS of the sidecar');
  });
});

describe('F. TLS origination at the egress gateway', () => {
  const objects = [
    httpEntry,
    object('Gateway', 'istio-egressgateway', {
      selector: { istio: 'egressgateway' },
      servers: [{ port: { number: 80, name: 'https-port-for-tls-origination', protocol: 'HTTPS' }, hosts: [CNN], tls: { mode: 'ISTIO_MUTUAL' } }],
    }),
    object('DestinationRule', 'egressgateway-for-cnn', {
      host: GATEWAY,
      subsets: [{ name: 'cnn', trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'ISTIO_MUTUAL', sni: CNN } }] } }],
    }),
    object('VirtualService', 'direct-cnn', {
      hosts: [CNN],
      gateways: ['istio-egressgateway', 'mesh'],
      http: [
        { match: [{ gateways: ['mesh'], port: 80 }], route: [{ destination: { host: GATEWAY, subset: 'cnn', port: { number: 80 } }, weight: 100 }] },
        { match: [{ gateways: ['istio-egressgateway'], port: 80 }], route: [{ destination: { host: CNN, port: { number: 443 } }, weight: 100 }] },
      ],
    }),
    object('DestinationRule', 'originate-tls-for-cnn', { host: CNN, trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'SIMPLE' } }] } }),
  ];

  test('the gateway knows the client and speaks TLS with the server', () => {
    const found = traced(objects, 'curl', `${CNN}:80`);

    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: [`${CNN}:443`] });
    expect(hopAt(found, 'gateway').facts).toMatchObject({ tls: 'ISTIO_MUTUAL', sni: CNN, handshake: 'accepted' });
    expect(hopAt(found, 'access').text).toContain('shop/curl');
    expect(hopAt(found, 'upstream').facts.tls).toBe('SIMPLE');
    expect(causesAt(found, 'destination', 1)).toEqual(['DestinationRule shop/originate-tls-for-cnn spec.trafficPolicy.portLevelSettings[0].tls']);
  });

  test('a rule that is not on the gateway\'s path originates nothing', () => {
    const hidden = object('DestinationRule', 'originate-tls-for-cnn', {
      host: CNN, exportTo: ['.'], trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'SIMPLE' } }] },
    });

    expect(hopAt(traced([...objects.slice(0, 4), hidden], 'curl', `${CNN}:80`), 'upstream').facts.tls).toBe('PLAINTEXT');
  });

  test('what a policy says of paths is left open, and said', () => {
    const policy = object('AuthorizationPolicy', 'istio-system/paths', { rules: [{ to: [{ operation: { paths: ['/politics*'] } }] }] });
    const found = traced([...objects, policy], 'curl', `${CNN}:80`);

    expect(found.end.kind).toBe('REACHES');
    expect(found.end.conditions).toEqual(['if the request is one that AuthorizationPolicy istio-system/paths (app.yaml:11, spec.rules[0]) allows']);
    expect(hopAt(found, 'access').facts.admitted).toBe('depends');
  });
});

describe('G. TCP through the egress gateway', () => {
  const DB = 'db.example.com';
  const database = entry(DB, 27017, 'TCP', { addresses: ['192.0.2.14/32'], resolution: 'STATIC', endpoints: [{ address: '192.0.2.14' }] });
  const routes = (port: number) => object('VirtualService', 'mongo', {
    hosts: [DB],
    gateways: ['mesh', 'egress'],
    tcp: [
      { match: [{ gateways: ['mesh'], destinationSubnets: ['192.0.2.14/32'], port: 27017 }], route: [{ destination: { host: GATEWAY, subset: 'mongo', port: { number: port } } }] },
      { match: [{ gateways: ['egress'], port }], route: [{ destination: { host: DB, port: { number: 27017 } } }] },
    ],
  });

  test('in plaintext on a port of its own everybody passes', () => {
    const found = traced([
      database,
      object('Gateway', 'egress', { selector: { istio: 'egressgateway' }, servers: [{ port: { number: 7777, name: 'tcp', protocol: 'TCP' }, hosts: [DB] }] }),
      object('DestinationRule', 'gw', { host: GATEWAY, subsets: [{ name: 'mongo' }] }),
      routes(7777),
    ], 'reviews', `${DB}:27017`);

    expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: ['192.0.2.14:27017'] });
    expect(hopAt(found, 'gateway').facts).toMatchObject({ port: '7777', tls: 'PLAINTEXT' });
    expect(hopAt(found, 'gateway').notes).toEqual([expect.stringContaining('with port 7777 added to it: the chart\'s has 80 and 443')]);
  });

  test('in mutual TLS a policy names the clients', () => {
    const objects = [
      database,
      object('Gateway', 'egress', {
        selector: { istio: 'egressgateway' }, servers: [{ port: { number: 443, name: 'tls', protocol: 'TLS' }, hosts: [DB], tls: { mode: 'ISTIO_MUTUAL' } }],
      }),
      object('DestinationRule', 'gw', {
        host: GATEWAY, subsets: [{ name: 'mongo', trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'ISTIO_MUTUAL', sni: DB } }] } }],
      }),
      routes(443),
      object('AuthorizationPolicy', 'istio-system/db', {
        selector: { matchLabels: { istio: 'egressgateway' } },
        action: 'DENY',
        rules: [{ from: [{ source: { notPrincipals: ['cluster.local/ns/shop/sa/reviews'] } }], when: [{ key: 'connection.sni', values: [DB] }] }],
      }),
    ];

    expect(traced(objects, 'reviews', `${DB}:27017`).end.kind).toBe('REACHES');
    const refused = traced(objects, 'ratings', `${DB}:27017`);
    expect(refused.end).toMatchObject({ kind: 'REFUSED', seen: 'the connection is closed' });
    expect(causesAt(refused, 'access')).toEqual(['AuthorizationPolicy istio-system/db spec.rules[0]']);
  });
});

test('H. TLS of the application inside of that of the mesh', () => {
  const HOST = 'api.example.com';
  const found = traced([
    entry(HOST, 443, 'TLS'),
    object('Gateway', 'egress', {
      selector: { istio: 'egressgateway' }, servers: [{ port: { number: 443, name: 'mtls-tcp', protocol: 'TLS' }, hosts: [HOST], tls: { mode: 'ISTIO_MUTUAL' } }],
    }),
    object('DestinationRule', 'gw', { host: GATEWAY, trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'ISTIO_MUTUAL', sni: HOST } }] } }),
    object('VirtualService', 'api', {
      hosts: [HOST],
      gateways: ['mesh', 'egress'],
      tls: [{ match: [{ gateways: ['mesh'], port: 443, sniHosts: [HOST] }], route: [{ destination: { host: GATEWAY, port: { number: 443 } } }] }],
      tcp: [{ match: [{ gateways: ['egress'], port: 443 }], route: [{ destination: { host: HOST, port: { number: 443 } } }] }],
    }),
  ], 'curl', `${HOST}:443`);

  expect(found.end).toMatchObject({ kind: 'REACHES', endpoints: [`${HOST}:443`] });
  expect(hopAt(found, 'gateway').facts).toMatchObject({ tls: 'ISTIO_MUTUAL', handshake: 'accepted' });
  expect(hopAt(found, 'upstream').text).toContain('the application\'s own TLS passes');
});

describe('a wildcard that is no whole label, as istiod looks it up', () => {
  const api = entry('api.example.com', 80, 'HTTP', { exportTo: ['*'], ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }] }, 'data/api');
  const tls = object('DestinationRule', 'data/api', { host: 'api.example.com', trafficPolicy: { tls: { mode: 'SIMPLE' } } });
  const upstream = (rule: string) => hopAt(traced([api, tls, rule], 'cart', 'api.example.com:80'), 'upstream').facts.tls;

  test.each([['*', 'PLAINTEXT'], ['*example.com', 'PLAINTEXT'], ['*.com', 'PLAINTEXT'], ['*example.org', 'SIMPLE']])('a DestinationRule of the client for %s leaves it with %s', (host, mode) => {
    expect(upstream(object('DestinationRule', 'all', { host, trafficPolicy: { connectionPool: { tcp: { connectTimeout: '3s' } } } }))).toBe(mode);
  });

  test('a VirtualService sends a service elsewhere', () => {
    const route = (host: string) => object('VirtualService', 'all', { hosts: [host], http: [{ route: [{ destination: { host: 'other.example.org' } }] }] });
    const ends = (host: string) => traced([api, entry('other.example.org', 80, 'HTTP'), route(host)], 'cart', 'api.example.com:80').end.endpoints;

    expect(ends('*example.com')).toEqual(['other.example.org:80']);
    expect(ends('*xample.org')).toEqual(['api.example.com:443']);
  });
});
