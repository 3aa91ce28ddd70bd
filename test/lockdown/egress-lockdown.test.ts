import { ApiObject, App, Chart } from 'cdk8s';
import {
  DataPlane, EgressGateway, EgressLockdown, EgressLockdownProps, EgressViaGateway, ExternalMysql, ExternalTls, GatewayLeg, IEgressGateway,
  Membership, Mesh, MeshClient, MeshPeer, MeshProps, Resolution, VirtualMachineService,
} from '../../src';
import { Manifest, manifestsOf, messageOf, only } from '../helpers';

const CART = MeshClient.serviceAccount('shop', 'cart');
const STOCK = EgressGateway.istioEgressGateway();

interface Locked {
  readonly props?: EgressLockdownProps;
  readonly mesh?: MeshProps;
  /** What is declared beside it: in the chart of namespace `shop`, or in that of `data`. */
  readonly declare?: (shop: Chart, data: Chart) => void;
}

/** Namespace `shop`, locked down, beside namespace `data`. */
function locked({ props, mesh, declare }: Locked = {}): { manifests: Manifest[]; lockdown: EgressLockdown } {
  const app = new App();
  if (mesh) {
    Mesh.declare(app, mesh);
  }
  const shop = new Chart(app, 'shop', { namespace: 'shop' });
  const lockdown = new EgressLockdown(shop, 'Lockdown', props);
  declare?.(shop, new Chart(app, 'data', { namespace: 'data' }));
  return { manifests: manifestsOf(app), lockdown };
}

function mysqlIn(chart: Chart, resolution = Resolution.ipAddresses('192.0.2.14'), networks?: string[]): ExternalMysql {
  return new ExternalMysql(chart, 'Mysql', { host: 'mysqldb.example.com', resolution, networks });
}

function routed(chart: Chart, gateway: IEgressGateway = STOCK, leg?: GatewayLeg): ExternalMysql {
  const mysql = mysqlIn(chart);
  new EgressViaGateway(chart, 'Egress', { gateway }).route(mysql, { leg });
  mysql.allowFrom(leg ? MeshClient.allIn('shop') : CART);
  return mysql;
}

function deployment(chart: Chart): ApiObject {
  return new ApiObject(chart, 'Cart', {
    apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec: { serviceAccountName: 'cart', containers: [{ name: 'cart' }] } } },
  });
}

const sidecar = (options?: Locked) => only(locked(options).manifests, 'Sidecar', 'lockdown.shop.lockdown').spec;
const hosts = (options?: Locked) => sidecar(options).egress[0].hosts;
const network = (options?: Locked) => only(locked(options).manifests, 'NetworkPolicy', 'lockdown.shop.lockdown');
const pods = (namespace: string, labels?: object) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, ...labels ? { podSelector: { matchLabels: labels } } : {},
});
const opened = (options?: Locked) => network(options).spec.egress as { to: unknown[]; ports?: unknown[] }[];
/** Every address but those of the link. */
const ANYWHERE = [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }, { ipBlock: { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::254/128'] } }];
const DNS = 'kube-system/kube-dns.kube-system.svc.cluster.local';
const GATEWAY = 'istio-system/istio-egressgateway.istio-system.svc.cluster.local';

describe('a namespace that declares nothing', () => {
  test('has sidecars that reset every connection but those inside the namespace, whatever the mesh says', () => {
    expect(sidecar()).toEqual({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: ['./*', DNS] }] });
  });

  test('has pods that reach DNS, over UDP and TCP, istiod and each other', () => {
    expect(network().spec).toEqual({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [pods('istio-system', { app: 'istiod' })], ports: [{ port: 15012, protocol: 'TCP' }] },
        { to: [pods('kube-system', { 'k8s-app': 'kube-dns' })], ports: [{ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }] },
        { to: [pods('shop')] },
      ],
    });
  });

  test('has its objects in the namespace, with nothing to say about names', () => {
    const { manifests } = locked({ props: { namespaceName: 'cart' } });

    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`))
      .toEqual(['NetworkPolicy cart/lockdown.cart.lockdown', 'Sidecar cart/lockdown.cart.lockdown']);
    expect(network().metadata.annotations ?? {}).toEqual({});
  });

  test('reaches DNS and istiod where the mesh has them', () => {
    const mesh: MeshProps = {
      clusterDomain: 'corp.example',
      clusterDns: { namespaceName: 'openshift-dns', serviceName: 'dns-default', labels: { dns: 'default' }, port: 5353, addresses: ['169.254.20.10'] },
      controlPlane: { namespaceName: 'istio-two', labels: { app: 'istiod', rev: 'two' }, port: 15013 },
    };

    expect(hosts({ mesh })).toEqual(['./*', 'openshift-dns/dns-default.openshift-dns.svc.corp.example']);
    expect(opened({ mesh }).slice(0, 2)).toEqual([
      { to: [pods('istio-two', { app: 'istiod', rev: 'two' })], ports: [{ port: 15013, protocol: 'TCP' }] },
      { to: [{ ipBlock: { cidr: '169.254.20.10/32' } }, pods('openshift-dns', { dns: 'default' })], ports: [{ port: 5353, protocol: 'TCP' }, { port: 5353, protocol: 'UDP' }] },
    ]);
  });
});

describe('a locked-down namespace reaches', () => {
  test('a service behind a gateway, by the gateway alone, on the port of its pods', () => {
    const declare = (shop: Chart) => void routed(shop);

    expect(hosts({ declare })).toEqual(['./*', GATEWAY, DNS]);
    expect(opened({ declare })).toContainEqual({ to: [pods('istio-system', { istio: 'egressgateway' })], ports: [{ port: 8443, protocol: 'TCP' }] });
    expect(JSON.stringify(opened({ declare }))).not.toContain('192.0.2.14');
  });

  test('a service that another namespace declares for it', () => {
    expect(hosts({ declare: (_, data) => void routed(data) })).toEqual(['./*', 'data/mysqldb.example.com', GATEWAY, DNS]);
  });

  test('not a service that another namespace declares for itself', () => {
    const declare = (_: Chart, data: Chart) => void mysqlIn(data);

    expect(hosts({ declare })).toEqual(['./*', DNS]);
    expect(JSON.stringify(opened({ declare }))).not.toContain('192.0.2.14');
  });

  test('a gateway of its own', () => {
    const declare = (shop: Chart, data: Chart) => void routed(shop, new EgressGateway(data, 'Out'));

    expect(hosts({ declare })).toContain('data/out.data.svc.cluster.local');
    expect(opened({ declare })).toContainEqual({ to: [pods('data', { app: 'out--data', istio: 'out--data' })], ports: [{ port: 8443, protocol: 'TCP' }] });
  });

  test('a direct service by its addresses', () => {
    const declare = (shop: Chart) => void mysqlIn(shop, Resolution.ipAddresses('192.0.2.14', '2001:db8::/64'));

    expect(opened({ declare })).toContainEqual({
      to: [{ ipBlock: { cidr: '192.0.2.14/32' } }, { ipBlock: { cidr: '2001:db8::/64' } }], ports: [{ port: 3306, protocol: 'TCP' }],
    });
    expect(network({ declare }).metadata.annotations ?? {}).toEqual({});
  });

  test('a direct service that is found by name: in its networks', () => {
    expect(opened({ declare: shop => void mysqlIn(shop, Resolution.dns(), ['192.0.2.0/24']) }))
      .toContainEqual({ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 3306, protocol: 'TCP' }] });
  });

  test('a direct service that is found by name, whose networks are not known: on its port, and the result says so', () => {
    const declare = (shop: Chart) => void mysqlIn(shop, Resolution.dns());

    expect(opened({ declare })).toContainEqual({ to: ANYWHERE, ports: [{ port: 3306, protocol: 'TCP' }] });
    expect(network({ declare }).metadata.annotations).toEqual({ 'cdk8s-istio-egress/by-name-only': 'mysqldb.example.com:3306' });
    expect(locked({ declare }).lockdown.describe()).toEqual({ namespaceName: 'shop', hosts: ['./*', DNS], byNameOnly: ['mysqldb.example.com:3306'] });
  });

  test('a wildcard that is exported to it', () => {
    const declare = (_: Chart, data: Chart) => void new ExternalTls(data, 'Wiki', { host: '*.wikipedia.org', resolution: Resolution.none(), exportTo: ['*'] });

    expect(hosts({ declare })).toContain('data/*.wikipedia.org');
    expect(locked({ declare }).lockdown.describe().byNameOnly).toEqual(['*.wikipedia.org:443']);
  });

  test('virtual machines of another namespace, as clients of which it is named', () => {
    const machines = (membership: Membership) => (_: Chart, data: Chart) => new VirtualMachineService(data, 'Db', {
      serviceName: 'db', ports: [{ number: 3306 }], membership,
    }).allowFrom(CART);
    const fixed = { declare: machines(Membership.workloadEntries('192.0.2.30')) };

    expect(hosts(fixed)).toContain('data/db.data.svc.cluster.local');
    expect(opened(fixed)).toContainEqual({ to: [{ ipBlock: { cidr: '192.0.2.30/32' } }, pods('data', { app: 'db' })], ports: [{ port: 3306, protocol: 'TCP' }] });
    expect(locked({ declare: machines(Membership.workloadGroup()) }).lockdown.describe().byNameOnly).toEqual(['db.data.svc.cluster.local:3306']);
  });

  test('a service of another app, through its gateway', () => {
    const declare = (shop: Chart) => {
      const orders = ExternalMysql.fromAttributes(shop, 'Orders', { host: 'orders.example.com', namespaceName: 'platform', gateway: STOCK });
      orders.connectFrom(deployment(shop));
    };

    expect(hosts({ declare })).toEqual(['./*', GATEWAY, DNS, 'platform/orders.example.com']);
    expect(opened({ declare })).toContainEqual({ to: [pods('istio-system', { istio: 'egressgateway' })], ports: [{ port: 8443, protocol: 'TCP' }] });
  });

  test('a direct service of another app, in the networks that are given', () => {
    const declare = (networks?: string[]) => (shop: Chart) => {
      ExternalMysql.fromAttributes(shop, 'Orders', { host: 'orders.example.com', namespaceName: 'platform', networks }).connectFrom(deployment(shop));
    };

    expect(opened({ declare: declare(['192.0.2.17']) })).toContainEqual({ to: [{ ipBlock: { cidr: '192.0.2.17/32' } }], ports: [{ port: 3306, protocol: 'TCP' }] });
    expect(locked({ declare: declare() }).lockdown.describe().byNameOnly).toEqual(['orders.example.com:3306']);
  });

  test('its peers: a namespace, a Service with pods, a Service that leads to addresses', () => {
    const props = {
      peers: [
        MeshPeer.allIn('reviews'),
        MeshPeer.pods({ namespaceName: 'obs', serviceName: 'otel', selector: { app: 'otel' }, targetPorts: [4317] }),
        MeshPeer.addresses({ namespaceName: 'default', serviceName: 'kubernetes', addresses: ['192.0.2.9'], targetPorts: [6443] }),
      ],
    };

    expect(hosts({ props })).toEqual(['./*', 'default/kubernetes.default.svc.cluster.local', DNS, 'obs/otel.obs.svc.cluster.local', 'reviews/*.reviews.svc.cluster.local']);
    expect(opened({ props })).toEqual(expect.arrayContaining([
      { to: [pods('reviews'), pods('shop')] },
      { to: [pods('obs', { app: 'otel' })], ports: [{ port: 4317, protocol: 'TCP' }] },
      { to: [{ ipBlock: { cidr: '192.0.2.9/32' } }], ports: [{ port: 6443, protocol: 'TCP' }] },
    ]));
  });
});

describe('the order of the calls', () => {
  test('does not show: a lock-down that is declared first knows what comes later', () => {
    const build = (lockFirst: boolean) => {
      const app = new App();
      const chart = new Chart(app, 'shop', { namespace: 'shop' });
      const lock = new Chart(app, 'lock', { namespace: 'shop' });
      const steps = [() => void new EgressLockdown(lock, 'Lockdown'), () => void routed(chart)];
      (lockFirst ? steps : steps.reverse()).forEach(step => step());
      return manifestsOf(app);
    };

    expect(build(true)).toEqual(build(false));
  });

  test('every lock-down is found', () => {
    const { lockdown } = locked();

    expect(EgressLockdown.allIn(lockdown.node.root)).toEqual([lockdown]);
    expect(messageOf(() => EgressLockdown.allIn('app' as never))).toBe('[EgressLockdown.allIn()] EgressLockdown.allIn() needs the app, a chart or a construct in it, got "app"');
  });
});

describe('the namespace of a gateway', () => {
  const lockedWith = (gateway: (edge: Chart) => IEgressGateway) => {
    const app = new App();
    const edge = new Chart(app, 'edge', { namespace: 'edge' });
    new EgressLockdown(edge, 'Lockdown');
    routed(new Chart(app, 'shop', { namespace: 'shop' }), gateway(edge));
    return manifestsOf(app);
  };
  const out = { serviceName: 'out', namespaceName: 'edge', selector: { istio: 'out' }, targetPort: 8443 };

  test('has pods that the lock-down leaves to the policies of the gateway', () => {
    expect(only(lockedWith(edge => new EgressGateway(edge, 'Out')), 'NetworkPolicy', 'lockdown.edge.lockdown').spec.podSelector)
      .toEqual({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['out--edge'] }] });
  });

  test('is not that of a service behind it, whose upstream every sidecar there would know', () => {
    const app = new App();
    const edge = new Chart(app, 'edge', { namespace: 'edge' });
    new EgressLockdown(edge, 'Lockdown');
    routed(edge, new EgressGateway(edge, 'Out'));

    expect(messageOf(() => manifestsOf(app))).toContain('[edge/Lockdown] would show every sidecar of the namespace what its gateway sends to, because "mysqldb.example.com" is '
      + 'declared in the namespace of the gateway: declare it in another one');
  });

  test('has to be known by the port of its pods, the only one that is opened', () => {
    const unknown = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out' } });

    expect(messageOf(() => locked({ declare: shop => void routed(shop, unknown) }))).toContain('[shop/Lockdown] needs the \'targetPort\' of gateway "out.edge", because a '
      + 'NetworkPolicy has the ports of pods: give it with EgressGateway.fromAttributes({ targetPort: ... })');
    expect(opened({ declare: shop => void routed(shop, EgressGateway.fromAttributes({ ...unknown, targetPort: 15443 })) }))
      .toContainEqual({ to: [pods('edge', { app: 'out' })], ports: [{ port: 15443, protocol: 'TCP' }] });
  });

  test('is no way for a plaintext leg, which serves every pod that reaches its port', () => {
    expect(messageOf(() => locked({ declare: shop => void routed(shop, STOCK, GatewayLeg.plaintext(3306)) }))).toContain('[shop/Lockdown] cannot close the way to '
      + '"mysqldb.example.com", which has a plaintext leg to the gateway: every pod that reaches the port would be served; route it with GatewayLeg.istioMutual()');
  });

  test('is locked down when the gateway denies by default, and its Sidecar names nothing of the namespace twice', () => {
    expect(only(lockedWith(edge => new EgressGateway(edge, 'Out')), 'Sidecar').spec.egress[0].hosts).toEqual(['./*', DNS]);
    expect(() => lockedWith(() => EgressGateway.fromAttributes({ ...out, deniesByDefault: true }))).not.toThrow();
  });

  test('is not locked down when the gateway is one that others use: it would be cut off', () => {
    expect(messageOf(() => lockedWith(() => EgressGateway.fromAttributes(out)))).toContain('[edge/Lockdown] would cut gateway "out.edge", whose pods run in this namespace, '
      + 'from the services that are routed through it: deploy it with new EgressGateway(), which opens them, or leave the lock-down of its namespace out');
  });
});

describe('a lock-down is refused:', () => {
  test.each<[string, EgressLockdownProps, string]>([
    ['an unknown property', { namespaces: ['a'] } as never, '\'namespaces\' is not a property of EgressLockdown'],
    ['a namespace that is no label', { namespaceName: 'Shop' }, '\'namespaceName\' must be a DNS label'],
    ['a peer that is text', { peers: ['reviews' as never] }, '\'peers[0]\' must be one of MeshPeer.allIn(), pods() or addresses(), got "reviews"'],
    ['the namespace of a peer', { peers: [MeshPeer.allIn('*')] }, '\'peers[0].namespaceName\' must be a DNS label'],
    ['a peer without labels', { peers: [MeshPeer.pods({ namespaceName: 'a', serviceName: 'b', selector: {}, targetPorts: [1] })] }, '\'peers[0].selector\' must not be empty'],
    ['a peer without ports', { peers: [MeshPeer.pods({ namespaceName: 'a', serviceName: 'b', selector: { c: 'd' }, targetPorts: [] })] }, '\'peers[0].targetPorts\' must not be empty'],
    ['a peer without addresses', { peers: [MeshPeer.addresses({ namespaceName: 'a', serviceName: 'b', addresses: [], targetPorts: [1] })] }, '\'peers[0].addresses\' must not be empty'],
    ['a peer with a name as address', { peers: [MeshPeer.addresses({ namespaceName: 'a', serviceName: 'b', addresses: ['api'], targetPorts: [1] })] },
      '\'peers[0].addresses[0]\' must be an IP address or a CIDR range'],
    ['a peer without a Service', { peers: [MeshPeer.pods({ namespaceName: 'a', selector: { c: 'd' }, targetPorts: [1] } as never)] }, '\'peers[0].serviceName\' is missing'],
    ['the namespace of the cluster\'s DNS', { namespaceName: 'kube-system' }, 'cannot lock down namespace "kube-system", where the DNS of the cluster runs'],
    ['the root namespace', { namespaceName: 'istio-system' }, 'cannot lock down the root namespace "istio-system"'],
  ])('%s', (_, props, message) => {
    expect(messageOf(() => locked({ props }))).toContain(`[shop/Lockdown] ${message}`);
  });

  test('a second one for the namespace', () => {
    expect(messageOf(() => locked({ declare: shop => void new EgressLockdown(shop, 'Again') })))
      .toBe('[shop/Again] namespace "shop" is locked down by \'shop/Lockdown\' already: give that one all the \'peers\'');
  });

  test('without a namespace', () => {
    expect(messageOf(() => new EgressLockdown(new Chart(new App(), 'chart'), 'Lockdown')))
      .toBe('[chart/Lockdown] has no namespace to lock down: give \'namespaceName\', or the chart a \'namespace\'');
  });

  test('for a service that it sees, and whose namespace nobody gave', () => {
    const declare = (shop: Chart) => void new ExternalMysql(new Chart(shop.node.root, 'nowhere'), 'Db', {
      host: 'db.example.com', resolution: Resolution.ipAddresses('192.0.2.9'), exportTo: ['*'],
    });

    expect(messageOf(() => locked({ declare }))).toContain('[shop/Lockdown] cannot name "db.example.com", whose namespace is not known: give its chart a \'namespace\'');
  });

  test('in an ambient mesh', () => {
    expect(messageOf(() => locked({ mesh: { dataPlane: DataPlane.AMBIENT } }))).toContain('[shop/Lockdown] has no effect in an ambient mesh');
  });

  test('networks of a service whose addresses are known', () => {
    expect(messageOf(() => mysqlIn(new Chart(new App(), 'shop', { namespace: 'shop' }), undefined, ['192.0.2.0/24'])))
      .toBe('[shop/Mysql] \'networks\' "192.0.2.0/24" is for a service that is found by name, and the addresses of this one are known: leave it out');
  });

  test('networks of an imported service that is behind a gateway', () => {
    const chart = new Chart(new App(), 'shop', { namespace: 'shop' });

    expect(messageOf(() => ExternalMysql.fromAttributes(chart, 'Orders', { host: 'a.example.com', namespaceName: 'data', gateway: STOCK, networks: ['192.0.2.1'] })))
      .toBe('[shop/Orders] \'networks\' "192.0.2.1" says where sidecars connect to, and they connect to the \'gateway\': leave it out');
  });
});
