import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import {
  ClientTls, DataPlane, EgressGateway, EgressGatewayProps, EgressViaGateway, ExternalHttp, ExternalMysql, GatewayLeg, Mesh, MeshClient,
  MeshPeer, Resolution,
} from '../../src';
import { all, Manifest, manifestsOf, messageOf, only, synth } from '../helpers';

const RATINGS = MeshClient.serviceAccount('bookinfo', 'ratings');
const LABELS = { app: 'egress--bookinfo', istio: 'egress--bookinfo' };

function mysqlIn(chart: Chart, more: { id?: string; host?: string; resolution?: Resolution; networks?: string[] } = {}): ExternalMysql {
  const { id = 'Mysql', host = 'mysqldb.example.com', resolution = Resolution.ipAddresses('192.0.2.14'), networks } = more;
  return new ExternalMysql(chart, id, { host, resolution, networks });
}

/** A gateway with a MySQL behind it. */
function deployed(props?: EgressGatewayProps, route: (egress: EgressViaGateway, chart: Chart) => void = mysqlFor(RATINGS)): Manifest[] {
  return synth(chart => {
    const gateway = new EgressGateway(chart, 'Egress', props);
    route(new EgressViaGateway(chart, 'ViaEgress', { gateway }), chart);
  });
}

function mysqlFor(...clients: MeshClient[]) {
  return (egress: EgressViaGateway, chart: Chart) => {
    const mysql = mysqlIn(chart);
    egress.route(mysql);
    mysql.allowFrom(...clients);
  };
}

/** Every address but those of the link. */
const ANYWHERE = [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }, { ipBlock: { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::254/128'] } }];
const podOf = (manifests: Manifest[]) => only(manifests, 'Deployment').spec.template;
const admission = (manifests: Manifest[]) => all(manifests, 'AuthorizationPolicy').find(({ metadata }) => metadata.name.endsWith('.admission'))!;
const network = (manifests: Manifest[]) => all(manifests, 'NetworkPolicy').find(({ metadata }) => metadata.name.endsWith('.admission'))!;

describe('a gateway that the app deploys', () => {
  test('is closed before it runs: account, policies, then pods, then the Service', () => {
    expect(deployed().filter(({ metadata }) => !metadata.name.includes('mysql')).map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'ServiceAccount bookinfo/egress',
      'AuthorizationPolicy bookinfo/egress.bookinfo',
      'NetworkPolicy bookinfo/egress.bookinfo',
      'Deployment bookinfo/egress',
      'HorizontalPodAutoscaler bookinfo/egress',
      'PodDisruptionBudget bookinfo/egress',
      'Service bookinfo/egress',
      'NetworkPolicy bookinfo/via-egress.bookinfo.egress.test.admission',
      'AuthorizationPolicy bookinfo/via-egress.bookinfo.egress.test.admission',
    ]);
  });

  test('has pods that the injector fills in, under an account of their own', () => {
    const pod = podOf(deployed());

    expect(pod.metadata).toEqual({
      annotations: { 'inject.istio.io/templates': 'gateway', 'proxy.istio.io/config': expect.stringContaining('"proxyStatsMatcher"') },
      labels: { ...LABELS, 'sidecar.istio.io/inject': 'true' },
    });
    expect(pod.spec.containers.map(({ name, image }: { name: string; image: string }) => [name, image])).toEqual([['istio-proxy', 'auto']]);
    expect(pod.spec).toMatchObject({ serviceAccountName: 'egress', automountServiceAccountToken: false });
  });

  test('is of the revision that it is given', () => {
    expect(podOf(deployed({ revision: '1-31-0' })).metadata.labels['istio.io/rev']).toBe('1-31-0');
    expect(podOf(deployed()).metadata.labels).not.toHaveProperty('istio.io/rev');
  });

  test('has labels that contain its namespace: Istio matches them across namespaces', () => {
    const manifests = deployed({ metadata: { namespace: 'edge', name: 'out' } });

    expect(only(manifests, 'Gateway').spec.selector).toEqual({ app: 'out--edge', istio: 'out--edge' });
    expect(only(manifests, 'Service').spec.selector).toEqual({ app: 'out--edge', istio: 'out--edge' });
    expect(only(manifests, 'Deployment').spec.selector.matchLabels).toEqual({ app: 'out--edge', istio: 'out--edge' });
  });

  test('satisfies the Pod Security Standard restricted', () => {
    const { spec } = podOf(deployed());

    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1337,
      runAsGroup: 1337,
    });
  });

  test('shows certificates with an elliptic curve', () => {
    expect(podOf(deployed()).spec.containers[0].env).toEqual([{ name: 'ECC_SIGNATURE_ALGORITHM', value: 'ECDSA' }]);
  });

  test('has at least two pods on different nodes and zones, and the autoscaler decides how many', () => {
    const manifests = deployed();

    expect(only(manifests, 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 2, maxReplicas: 5, scaleTargetRef: { name: 'egress' } });
    expect(only(manifests, 'PodDisruptionBudget').spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: LABELS } });
    expect(only(manifests, 'Deployment').spec).not.toHaveProperty('replicas');
    expect(podOf(manifests).spec.topologySpreadConstraints.map(({ topologyKey }: { topologyKey: string }) => topologyKey))
      .toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    expect(only(deployed({ minReplicas: 8 }), 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 8, maxReplicas: 8 });
  });

  test('has requests, a limit of memory, and no limit of CPU unless one is given', () => {
    const resourcesOf = (props?: EgressGatewayProps) => podOf(deployed(props)).spec.containers[0].resources;

    expect(resourcesOf()).toEqual({ requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } });
    expect(resourcesOf({ resources: { cpuRequest: '1', memoryRequest: '256Mi', cpuLimit: '2', memoryLimit: '2Gi' } }))
      .toEqual({ requests: { cpu: '1', memory: '256Mi' }, limits: { cpu: '2', memory: '2Gi' } });
  });

  test('has a Service inside the cluster, with the one port that is in use', () => {
    expect(only(deployed(), 'Service').spec).toEqual({
      type: 'ClusterIP', selector: LABELS, ports: [{ name: 'tls', port: 443, targetPort: 8443, protocol: 'TCP' }],
    });
    const other = deployed({ port: 15443 });
    expect(only(other, 'Service').spec.ports[0]).toMatchObject({ port: 15443, targetPort: 8443 });
    expect(only(other, 'Gateway').spec.servers[0].port.number).toBe(15443);
  });

  test('gives its main object to the escape hatch', () => {
    const manifests = synth(chart => {
      const gateway = new EgressGateway(chart, 'Egress', { namespaces: ['shop'] });
      ApiObject.of(gateway).addJsonPatch(JsonPatch.add('/spec/template/spec/nodeSelector', { pool: 'egress' }));
    });

    expect(podOf(manifests).spec.nodeSelector).toEqual({ pool: 'egress' });
  });
});

describe('a deployed gateway denies by default', () => {
  test('with a policy that allows nothing', () => {
    expect(only(deployed(), 'AuthorizationPolicy', 'egress.bookinfo').spec).toEqual({ action: 'ALLOW', selector: { matchLabels: LABELS } });
  });

  test('and allows the server names of named accounts, whose identity the handshake has compared', () => {
    const { spec } = admission(deployed());

    expect(spec).toEqual({
      action: 'ALLOW',
      selector: { matchLabels: LABELS },
      rules: [{ when: [{ key: 'connection.sni', values: ['p3306.bookinfo.mysqldb.example.com'] }] }],
    });
  });

  test('and allows a whole namespace its own server names, by its identities', () => {
    const { spec } = admission(deployed({}, mysqlFor(MeshClient.allIn('shop'), MeshClient.allIn('cart'))));

    expect(spec.rules).toEqual(['cart', 'shop'].map(client => ({
      from: [{ source: { principals: [`cluster.local/ns/${client}/sa/*`] } }],
      when: [{ key: 'connection.sni', values: [`in.${client}.bookinfo.p3306.mysqldb.example.com`] }],
    })));
  });

  test('without a policy of the kind that a shared gateway needs for whole namespaces', () => {
    expect(all(deployed({}, mysqlFor(MeshClient.allIn('shop'))), 'AuthorizationPolicy').map(({ spec }) => spec.action)).toEqual(['ALLOW', 'ALLOW']);
  });

  test('and names every service in one policy, in an order that the calls do not show', () => {
    const routed = (...ids: string[]) => deployed({}, (egress, chart) => {
      const services = new Map(['a', 'b'].map(id => [id, mysqlIn(chart, { id, host: `${id}.example.com`, resolution: Resolution.ipAddresses(`192.0.2.${id.charCodeAt(0)}`) })]));
      ids.forEach(id => {
        egress.route(services.get(id)!);
        services.get(id)!.allowFrom(RATINGS);
      });
    });

    expect(admission(routed('b', 'a')).spec.rules[0].when[0].values).toEqual(['p3306.bookinfo.a.example.com', 'p3306.bookinfo.b.example.com']);
    expect(routed('a', 'b')).toEqual(routed('b', 'a'));
  });

  test('and refuses a plaintext leg, which has neither name nor identity', () => {
    expect(messageOf(() => deployed({}, (egress, chart) => egress.route(mysqlIn(chart), { leg: GatewayLeg.plaintext(3306) }))))
      .toBe('[test/Mysql] \'GatewayLeg.plaintext()\' has no server name and no identity, and this gateway denies by default: use GatewayLeg.istioMutual()');
  });

  test('for another app as well, which adds its own policies in the gateway\'s namespace', () => {
    const gateway = EgressGateway.fromAttributes({ serviceName: 'out', namespaceName: 'edge', selector: { app: 'out--edge' }, deniesByDefault: true });
    const manifests = synth(chart => mysqlFor(RATINGS, MeshClient.allIn('shop'))(new EgressViaGateway(chart, 'Egress', { gateway }), chart));

    expect(all(manifests, 'AuthorizationPolicy').map(({ metadata, spec }) => [metadata.namespace, metadata.name, spec.action, spec.rules.length]))
      .toEqual([['edge', 'egress.bookinfo.out.test.admission', 'ALLOW', 2]]);
    expect(only(manifests, 'NetworkPolicy').metadata).toMatchObject({ namespace: 'edge', name: 'egress.bookinfo.out.test.admission' });
    expect(only(manifests, 'NetworkPolicy').spec.podSelector).toEqual({ matchLabels: { app: 'out--edge' } });
  });

  test('and a shared gateway gets none of this', () => {
    const gateway = EgressGateway.istioEgressGateway();
    const manifests = synth(chart => mysqlFor(RATINGS)(new EgressViaGateway(chart, 'Egress', { gateway }), chart));

    expect(manifests.map(({ kind }) => kind)).not.toContain('AuthorizationPolicy');
    expect(manifests.map(({ kind }) => kind)).not.toContain('NetworkPolicy');
  });
});

describe('the network of a deployed gateway', () => {
  const base = (mesh?: Parameters<typeof Mesh.declare>[1]) => {
    const app = new App();
    if (mesh) {
      Mesh.declare(app, mesh);
    }
    new EgressGateway(new Chart(app, 'edge', { namespace: 'edge' }), 'Egress', { namespaces: ['shop'] });
    return only(manifestsOf(app), 'NetworkPolicy').spec;
  };

  test('reaches istiod and DNS, over UDP and TCP, and nothing is said of ingress', () => {
    expect(base()).toEqual({
      podSelector: { matchLabels: { app: 'egress--edge', istio: 'egress--edge' } },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-system' } }, podSelector: { matchLabels: { app: 'istiod' } } }],
          ports: [{ port: 15012, protocol: 'TCP' }],
        },
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } }, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
          ports: [{ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }],
        },
      ],
    });
  });

  test('reaches DNS and istiod where the mesh has them', () => {
    const { egress } = base({
      rootNamespace: 'mesh',
      clusterDns: { namespaceName: 'openshift-dns', labels: { dns: 'default' }, port: 5353, addresses: ['169.254.20.10'] },
      controlPlane: { namespaceName: 'mesh', addresses: ['2001:db8::1'] },
    });
    expect(egress).toEqual([
      {
        to: [
          { ipBlock: { cidr: '2001:db8::1/128' } },
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'mesh' } }, podSelector: { matchLabels: { app: 'istiod' } } },
        ],
        ports: [{ port: 15012, protocol: 'TCP' }],
      },
      {
        to: [
          { ipBlock: { cidr: '169.254.20.10/32' } },
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } }, podSelector: { matchLabels: { dns: 'default' } } },
        ],
        ports: [{ port: 5353, protocol: 'TCP' }, { port: 5353, protocol: 'UDP' }],
      },
    ]);
  });

  test('reaches its peers, such as a collector', () => {
    const { egress } = only(synth(chart => new EgressGateway(chart, 'Egress', { namespaces: ['shop'], peers: [MeshPeer.allIn('observability')] })), 'NetworkPolicy').spec;

    expect(egress).toContainEqual({ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } } }] });
  });

  test('reaches the declared addresses on their ports alone', () => {
    const { spec, metadata } = network(deployed());

    expect(spec.egress).toEqual([{ to: [{ ipBlock: { cidr: '192.0.2.14/32' } }], ports: [{ port: 3306, protocol: 'TCP' }] }]);
    expect(spec).toMatchObject({ policyTypes: ['Egress'], podSelector: { matchLabels: LABELS } });
    expect(metadata.annotations ?? {}).toEqual({});
  });

  test('reaches the target port, which is where the endpoints listen', () => {
    const { spec } = network(deployed({}, (egress, chart) => {
      const api = new ExternalHttp(chart, 'Api', { host: 'api.example.com', resolution: Resolution.ipAddresses('192.0.2.20'), tls: ClientTls.originate() });
      egress.route(api);
      api.allowFrom(RATINGS);
    }));

    expect(spec.egress).toEqual([{ to: [{ ipBlock: { cidr: '192.0.2.20/32' } }], ports: [{ port: 443, protocol: 'TCP' }] }]);
  });

  const byName = (networks?: string[]) => network(deployed({}, (egress, chart) => {
    const mysql = mysqlIn(chart, { resolution: Resolution.dns(), networks });
    egress.route(mysql);
    mysql.allowFrom(RATINGS);
  }));

  test('reaches the networks of a service that is found by name', () => {
    const { spec, metadata } = byName(['192.0.2.0/24', '2001:db8::/32']);

    expect(spec.egress).toEqual([
      { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }, { ipBlock: { cidr: '2001:db8::/32' } }], ports: [{ port: 3306, protocol: 'TCP' }] },
    ]);
    expect(metadata.annotations ?? {}).toEqual({});
  });

  test('is open on the port of a service whose networks are not known, and says so', () => {
    const { spec, metadata } = byName();

    expect(spec.egress).toEqual([{ to: ANYWHERE, ports: [{ port: 3306, protocol: 'TCP' }] }]);
    expect(metadata.annotations).toEqual({ 'cdk8s-istio-egress/by-name-only': 'mysqldb.example.com:3306' });
  });
});

describe('the Secrets of a deployed gateway', () => {
  const withTls = (tls: ClientTls) => deployed({}, (egress, chart) => {
    const api = new ExternalHttp(chart, 'Api', { host: 'api.example.com', resolution: Resolution.dns(), tls });
    egress.route(api);
    api.allowFrom(RATINGS);
  });

  test('are readable when a routed service needs one', () => {
    const manifests = withTls(ClientTls.mutual({ credentialName: 'partner' }));

    expect(only(manifests, 'Role')).toMatchObject({
      metadata: { name: 'egress.bookinfo.certificate', namespace: 'bookinfo' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }],
    });
    expect(only(manifests, 'RoleBinding')).toMatchObject({
      roleRef: { kind: 'Role', name: 'egress.bookinfo.certificate' },
      subjects: [{ kind: 'ServiceAccount', name: 'egress', namespace: 'bookinfo' }],
    });
  });

  test('are not readable otherwise', () => {
    expect(withTls(ClientTls.originate()).map(({ kind }) => kind)).not.toContain('Role');
  });
});

describe('several gateways', () => {
  const app = (choose: (first: EgressViaGateway, second: EgressViaGateway) => EgressViaGateway) => synth(chart => {
    const egressOf = (id: string) => new EgressViaGateway(chart, `Via${id}`, { gateway: new EgressGateway(chart, id, { namespaces: ['shop'] }) });
    const mysql = mysqlIn(chart);
    choose(egressOf('First'), egressOf('Second')).route(mysql);
    mysql.allowFrom(RATINGS);
  });

  test('are in one app, and a service moves from one to the other with one line', () => {
    const selectorOf = (manifests: Manifest[]) => only(manifests, 'Gateway').spec.selector.istio;

    expect(selectorOf(app(first => first))).toBe('first--bookinfo');
    expect(selectorOf(app((_, second) => second))).toBe('second--bookinfo');
    expect(admission(app((_, second) => second)).spec.selector.matchLabels.istio).toBe('second--bookinfo');
  });
});

describe('a deployed gateway is refused:', () => {
  test.each<[string, EgressGatewayProps, string]>([
    ['one pod', { minReplicas: 1 }, '\'minReplicas\' must be a whole number from 2 to 1000, got 1'],
    ['fewer pods at most than at least', { minReplicas: 4, maxReplicas: 3 }, '\'maxReplicas\' 3 is less than \'minReplicas\' 4: give at least 4'],
    ['a port that is none', { port: 0 }, '\'port\' must be a whole number from 1 to 65535, got 0'],
    ['a quantity that is none', { resources: { cpuRequest: 'a lot' } }, '\'resources.cpuRequest\' must be a quantity of Kubernetes that is more than 0, like "500m" or "2", got "a lot"'],
    ['CPU with a suffix of memory', { resources: { cpuLimit: '1Gi' } }, '\'resources.cpuLimit\' must be a quantity of Kubernetes that is more than 0, like "500m" or "2", got "1Gi"'],
    ['no CPU, of which the autoscaler would have no share', { resources: { cpuRequest: '0' } }, '\'resources.cpuRequest\' must be a quantity of Kubernetes that is more than 0'],
    ['parts of a byte', { resources: { memoryRequest: '128m' } }, '\'resources.memoryRequest\' must be a quantity of Kubernetes that is more than 0, like "128Mi", got "128m"'],
    ['memory with a suffix that there is not', { resources: { memoryLimit: '1ki' } }, '\'resources.memoryLimit\' must be a quantity of Kubernetes'],
    ['more memory than the usual limit', { resources: { memoryRequest: '2Gi' } },
      '\'resources.memoryRequest\' "2Gi" is more than \'resources.memoryLimit\' "1Gi": give a limit of at least "2Gi"'],
    ['more CPU than its limit', { resources: { cpuRequest: '1500m', cpuLimit: '1' } },
      '\'resources.cpuRequest\' "1500m" is more than \'resources.cpuLimit\' "1": give a limit of at least "1500m"'],
    ['the name of Istio\'s own', { metadata: { name: 'istio-egressgateway', namespace: 'istio-system' } },
      '\'metadata.name\' "istio-egressgateway" in namespace "istio-system" is Istio\'s own gateway, whose objects this one would replace: give another name, or use '
      + 'EgressGateway.istioEgressGateway()'],
    ['a quantity that is a number', { resources: { cpuRequest: 1 as never } }, '\'resources.cpuRequest\' must be a text that is not empty, got 1'],
    ['a resource that is none', { resources: { cpu: '1' } as never }, '\'cpu\' is not a property of \'resources\''],
    ['a revision that is no label', { revision: '1.31' }, '\'revision\' must be a DNS label'],
    ['a name that Kubernetes would cut', { metadata: { name: 'n'.repeat(47) } }, '\'metadata.name\' "nnnn'],
    ['a name that no Service can have', { metadata: { name: 'out.edge' } }, '\'metadata.name\' must be a DNS label'],
    ['an unknown property', { replicas: 3 } as never, '\'replicas\' is not a property of EgressGateway'],
  ])('%s', (_, props, message) => {
    expect(messageOf(() => deployed(props))).toContain(`[test/Egress] ${message}`);
  });

  test.each([
    { cpuRequest: '1', cpuLimit: '1000m' }, { memoryRequest: '1024Mi' }, { memoryRequest: '999M' }, { memoryLimit: '134217728' }, { cpuRequest: '0.5' },
  ])('not with resources %j', resources => {
    expect(() => deployed({ resources })).not.toThrow();
  });

  test.each([{ name: 'istio-egressgateway' }, { namespace: 'istio-system' }])('not with a part of the name of Istio\'s own: %j', metadata => {
    expect(() => deployed({ metadata })).not.toThrow();
  });

  test('without a namespace', () => {
    expect(messageOf(() => synth(chart => new EgressGateway(chart, 'Egress'), {})))
      .toBe('[test/Egress] has no namespace, which its labels and identity are made of: give \'metadata.namespace\', or the chart a \'namespace\'');
  });

  test('in a mesh of which it is not known where istiod runs', () => {
    const app = new App();
    Mesh.declare(app, { rootNamespace: 'mesh' });

    expect(messageOf(() => new EgressGateway(new Chart(app, 'edge', { namespace: 'edge' }), 'Egress'))).toBe('[edge/Egress] needs to know where istiod runs, because the root '
      + 'namespace is "mesh": give Mesh.declare() a \'controlPlane\' with its \'namespaceName\'');
  });

  test('in an ambient mesh', () => {
    const app = new App();
    Mesh.declare(app, { dataPlane: DataPlane.AMBIENT });

    expect(messageOf(() => new EgressGateway(new Chart(app, 'edge', { namespace: 'edge' }), 'Egress'))).toContain('[edge/Egress] has no effect in an ambient mesh');
  });

  test('as one that the app describes otherwise: the description would be of pods that are not there', () => {
    expect(messageOf(() => synth(chart => {
      new EgressGateway(chart, 'Egress', { namespaces: ['shop'] });
      const gateway = EgressGateway.fromAttributes({ serviceName: 'egress', namespaceName: 'bookinfo', selector: { app: 'egress' } });
      mysqlFor(RATINGS)(new EgressViaGateway(chart, 'Via', { gateway }), chart);
    }))).toContain('[test/Via] \'gateway\' describes "egress.bookinfo", which \'test/Egress\' deploys in this app: give that construct itself');
  });

  test('an EgressViaGateway in place of its gateway', () => {
    expect(messageOf(() => synth(chart => {
      const via = new EgressViaGateway(chart, 'Via', { gateway: EgressGateway.istioEgressGateway() });
      new EgressViaGateway(chart, 'Again', { gateway: via as never });
    }))).toContain('[test/Again] \'gateway\' must be a gateway, got the construct \'test/Via\': give its \'gateway\'');
  });

  test('in the network of its nodes, by a patch', () => {
    expect(messageOf(() => synth(chart => {
      const gateway = new EgressGateway(chart, 'Egress', { namespaces: ['shop'] });
      ApiObject.of(gateway).addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true));
    }))).toContain('[test/Egress] runs its pods with \'hostNetwork\', and most network plugins apply no NetworkPolicy to them: leave it out of the patch');
  });

  test('without a service, unless it is for other apps', () => {
    const alone = (props?: EgressGatewayProps) => synth(chart => new EgressViaGateway(chart, 'Via', { gateway: new EgressGateway(chart, 'Egress', props) }));

    expect(messageOf(() => alone())).toContain('[test/Egress] has no service: route one through it with an EgressViaGateway, or give the \'namespaces\' whose services other apps, '
      + 'or the next version of this one, route through it');
    expect(() => alone({ namespaces: ['shop'] })).not.toThrow();
  });
});
