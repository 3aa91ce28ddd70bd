import * as fs from 'node:fs';
import * as path from 'node:path';
import { Chart, Duration } from 'cdk8s';
import { parse } from 'yaml';
import { DataPlane, EgressGateway, EgressTelemetry, EgressTelemetryProps, IstioApiVersion, Mesh, OutboundTrafficPolicy, TelemetryTarget } from '../../src';
import { all, Manifest, messageOf, only, synth } from '../helpers';

const STOCK = EgressGateway.istioEgressGateway();
const OF_GATEWAY = TelemetryTarget.gateway(STOCK);
const OF_NAMESPACE = TelemetryTarget.allIn('shop');

const make = (chart: Chart, props: Partial<EgressTelemetryProps> = {}, id = 'Watch') => new EgressTelemetry(chart, id, { target: OF_GATEWAY, ...props });
const written = (props: Partial<EgressTelemetryProps> = {}) => synth(chart => make(chart, props));
const refused = (props: object) => messageOf(() => synth(chart => make(chart, props)));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const rulesOf = (manifests: readonly Manifest[]) => only(manifests, 'PrometheusRule').spec.groups[0].rules as Rule[];
const rule = (alert: string, props: Partial<EgressTelemetryProps> = {}) => rulesOf(written(props)).find(candidate => candidate.alert === alert)!;
const dashboardIn = (manifests: readonly Manifest[]) => {
  const { data } = only(manifests, 'ConfigMap') as unknown as { readonly data: { readonly [file: string]: string } };
  return Object.entries(data);
};

describe('telemetry of a gateway', () => {
  test('is an access log, alerts and a dashboard by default, in the gateway\'s namespace', () => {
    expect(written().map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.namespace, metadata.name])).toEqual([
      ['telemetry.istio.io/v1', 'Telemetry', 'istio-system', 'watch.istio-egressgateway.istio-system.telemetry'],
      ['monitoring.coreos.com/v1', 'PrometheusRule', 'istio-system', 'watch.istio-egressgateway.istio-system.telemetry'],
      ['v1', 'ConfigMap', 'istio-system', 'watch.istio-egressgateway.istio-system.telemetry'],
    ]);
  });

  test('logs what the gateway\'s pods do, by the provider that every mesh has', () => {
    expect(only(written(), 'Telemetry').spec).toEqual({
      selector: { matchLabels: STOCK.selector },
      accessLogging: [{ providers: [{ name: 'envoy' }] }],
    });
  });

  test('logs by another provider', () => {
    expect(only(written({ accessLogProvider: 'egress' }), 'Telemetry').spec.accessLogging).toEqual([{ providers: [{ name: 'egress' }] }]);
  });

  test.each([['accessLog', 'Telemetry'], ['alerts', 'PrometheusRule'], ['dashboard', 'ConfigMap']])('has no %s when that is false', (property, kind) => {
    expect(all(written({ [property]: false }), kind)).toEqual([]);
    expect(written({ [property]: false })).toHaveLength(2);
  });

  test('has an older version of the kind in an older mesh', () => {
    const manifests = synth(chart => {
      Mesh.declare(chart.node.root, { apiVersion: IstioApiVersion.V1BETA1 });
      make(chart);
    });

    expect(only(manifests, 'Telemetry').apiVersion).toBe('telemetry.istio.io/v1alpha1');
  });

  test('alerts of everything that goes wrong at a gateway', () => {
    expect(rulesOf(written()).map(({ alert, labels, for: duration }) => [alert, labels.severity, duration])).toEqual([
      ['EgressHandshakeRefused', 'warning', undefined],
      ['EgressPolicyDenied', 'warning', undefined],
      ['EgressServerNameUnknown', 'warning', undefined],
      ['EgressEndpointUnreachable', 'critical', undefined],
      ['EgressServerCertificateRefused', 'critical', undefined],
      ['EgressCertificateExpires', 'warning', undefined],
      ['EgressWorkloadCertificateNotRenewed', 'critical', undefined],
      ['EgressStatisticsMissing', 'warning', '15m'],
    ]);
  });

  test.each([
    ['EgressHandshakeRefused', '>= 1'], ['EgressPolicyDenied', '>= 1'], ['EgressServerNameUnknown', '>= 1'], ['EgressServerCertificateRefused', '>= 1'],
    ['EgressEndpointUnreachable', '>= 5'], ['EgressCertificateExpires', '< 1209600'], ['EgressWorkloadCertificateNotRenewed', '< 21600'], ['EgressStatisticsMissing', '> 0'],
  ])('%s fires by default when it is %s', (alert, condition) => {
    expect(rule(alert).expr.endsWith(`) ${condition}`)).toBe(true);
  });

  test('alerts by other thresholds', () => {
    const thresholds = {
      refusedConnections: 10, failedConnections: 7, certificateExpiry: Duration.days(30), workloadCertificateExpiry: Duration.minutes(20),
    };

    expect(rulesOf(written({ thresholds })).map(({ expr }) => expr.split(') ').at(-1))).toEqual([
      '>= 10', '>= 10', '>= 10', '>= 7', '>= 10', '< 2592000', '< 1200', '> 0',
    ]);
  });

  test('looks at the pods of its Deployment alone, in every query', () => {
    const pods = 'namespace="istio-system",pod=~"istio-egressgateway-[^-]+-[^-]+"';
    for (const expr of [...rulesOf(written()).map(candidate => candidate.expr), ...queriesOf(written())]) {
      expect(expr.match(/\{/g)).toHaveLength(expr.split(pods).length - 1);
    }
  });

  test('finds the pods of a Deployment with another name than the Service', () => {
    expect(rule('EgressServerNameUnknown', { target: TelemetryTarget.gateway(STOCK, { workloadName: 'egress' }) }).expr).toContain('pod=~"egress-[^-]+-[^-]+"');
  });

  test.each([1, 40, 46, 47, 48, 49, 50, 55, 56, 57, 58, 59, 63])('finds the pods of a Deployment whose name has %i characters, and those of no other', length => {
    const workloadName = 'n'.repeat(length);
    const pod = /pod=~"([^"]+)"/.exec(rule('EgressServerNameUnknown', { target: TelemetryTarget.gateway(STOCK, { workloadName }) }).expr)![1];
    const isFound = (name: string) => new RegExp(`^(?:${pod})$`).test(name);
    // As Kubernetes' ReplicaSets and its SimpleNameGenerator do it.
    const podOf = (deployment: string, hash: string) => `${`${deployment}-${hash}-`.slice(0, 58)}x7k2p`;

    for (const hash of ['5d4f9b', '5d4f9b6', '5d4f9b6c', '5d4f9b6c7', '5d4f9b6c78']) {
      expect(isFound(podOf(workloadName, hash))).toBe(true);
      expect(isFound(podOf(`m${workloadName.slice(1)}`, hash))).toBe(false);
      // From 56 on the names are the same, and those of a name that is just not cut look like those of another that is.
      expect(![45, 46].includes(length) && length < 56 && isFound(podOf(`${workloadName}-2`, hash))).toBe(false);
    }
  });

  test('counts refused handshakes for each reason', () => {
    expect(rule('EgressHandshakeRefused').expr.match(/envoy_listener_ssl_\w+/g)!.filter((name, i, names) => names.indexOf(name) === i)).toEqual([
      'envoy_listener_ssl_fail_verify_san', 'envoy_listener_ssl_fail_verify_no_cert', 'envoy_listener_ssl_fail_verify_error',
    ]);
  });

  test('counts denials of TCP and of HTTP', () => {
    expect(rule('EgressPolicyDenied').expr).toContain('envoy_tcp{authz_enforce_result="denied",tcp_prefix="rbac",');
    expect(rule('EgressPolicyDenied').expr).toContain('envoy_http_rbac{authz_enforce_result="denied",');
  });

  test('counts what happens to a series that has just begun', () => {
    const series = 'envoy_listener_no_filter_chain_match{namespace="istio-system",pod=~"istio-egressgateway-[^-]+-[^-]+"}';

    expect(rule('EgressServerNameUnknown').expr).toBe(
      `(sum by (namespace, pod) (((${series} unless last_over_time(${series}[1h] offset 5m)) or increase(${series}[5m])))) >= 1`);
  });

  test('says what to do in each alert', () => {
    for (const { annotations } of rulesOf(written())) {
      expect(annotations.summary).toMatch(/istio-egressgateway in istio-system/);
      expect(annotations.runbook.length).toBeGreaterThan(100);
    }
  });

  test('may need labels to be found', () => {
    expect(only(written(), 'PrometheusRule').metadata.labels).toBeUndefined();
    expect(only(written({ ruleLabels: { release: 'prometheus' } }), 'PrometheusRule').metadata.labels).toEqual({ release: 'prometheus' });
  });
});

describe('telemetry of a namespace', () => {
  const props = { target: OF_NAMESPACE };

  test('is in the namespace', () => {
    expect(written(props).map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name])).toEqual([
      ['Telemetry', 'shop', 'watch.shop.telemetry'], ['PrometheusRule', 'shop', 'watch.shop.telemetry'], ['ConfigMap', 'shop', 'watch.shop.telemetry'],
    ]);
  });

  test('logs what all of its sidecars do', () => {
    expect(only(written(props), 'Telemetry').spec).toEqual({ accessLogging: [{ providers: [{ name: 'envoy' }] }] });
  });

  test('alerts of connections to what nobody declared, and of destinations that are down', () => {
    expect(rulesOf(written(props)).map(({ alert, labels, expr }) => [alert, labels.severity, expr.split(') ').at(-1)])).toEqual([
      ['EgressBlocked', 'warning', '>= 1'], ['EgressPassthrough', 'critical', '>= 1'], ['EgressDestinationUnreachable', 'critical', '>= 5'],
    ]);
  });

  test('alerts by other thresholds', () => {
    expect(rulesOf(written({ ...props, thresholds: { undeclaredConnections: 3, failedConnections: 9 } })).map(({ expr }) => expr.split(') ').at(-1)))
      .toEqual(['>= 3', '>= 3', '>= 9']);
  });

  test.each([
    ['EgressBlocked', 'BlackHoleCluster', 'envoy_cluster_upstream_cx_none_healthy'],
    ['EgressPassthrough', 'PassthroughCluster', 'envoy_cluster_upstream_cx_total'],
  ])('%s asks for Istio\'s metrics first, of TCP and HTTP, then for Envoy\'s', (alert, cluster, metric) => {
    const [first, second, ...more] = rule(alert, props).expr.split(' or on () ');

    expect(more).toEqual([]);
    for (const standard of ['istio_tcp_connections_closed_total', 'istio_requests_total']) {
      expect(first).toContain(`${standard}{reporter="source",source_workload_namespace="shop",destination_service_name="${cluster}"}`);
    }
    expect(second).toContain(`${metric}{cluster_name="${cluster}",namespace="shop"}`);
  });

  test('does not take what was blocked for a destination that is down', () => {
    expect(rule('EgressDestinationUnreachable', props).expr).toContain('destination_service_name!~"BlackHoleCluster"');
  });

  test('has no alert of connections that pass in a mesh that lets them', () => {
    const alerts = synth(chart => {
      Mesh.declare(chart.node.root, { outboundTrafficPolicy: OutboundTrafficPolicy.ALLOW_ANY });
      make(chart, props);
    });

    expect(rulesOf(alerts).map(({ alert }) => alert)).toEqual(['EgressBlocked', 'EgressDestinationUnreachable']);
  });
});

const queriesOf = (manifests: readonly Manifest[]) => {
  const [[, json]] = dashboardIn(manifests);
  return (JSON.parse(json) as { panels: { targets: { expr: string }[] }[] }).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
};

describe('the dashboard', () => {
  test('has the label that Grafana\'s sidecar looks for by default, or others', () => {
    expect(only(written(), 'ConfigMap').metadata.labels).toEqual({ grafana_dashboard: '1' });
    expect(only(written({ dashboardLabels: { dashboards: 'yes' } }), 'ConfigMap').metadata.labels).toEqual({ dashboards: 'yes' });
  });

  test('is a file of a name that no other namespace has, with an id that Grafana takes', () => {
    const [[file, json], ...more] = dashboardIn(written());
    const [[, other]] = dashboardIn(written({ target: OF_NAMESPACE }));

    expect(more).toEqual([]);
    expect(file).toBe('watch.istio-egressgateway.istio-system.telemetry.json');
    expect(JSON.parse(json).uid).toMatch(/^egress-[0-9a-f]{8}$/);
    expect(JSON.parse(json).uid).not.toBe(JSON.parse(other).uid);
  });

  test('asks for the data source, and refers to it in every panel', () => {
    const [[, json]] = dashboardIn(written());
    const { templating, panels } = JSON.parse(json);

    expect(templating.list).toEqual([{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }]);
    for (const panel of panels) {
      expect(panel.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
      expect(panel.targets[0].datasource).toEqual(panel.datasource);
    }
  });

  test('draws what the alerts compare, and how much passes', () => {
    const queries = queriesOf(written());
    const alerts = rulesOf(written()).filter(({ alert }) => alert !== 'EgressStatisticsMissing');

    expect(alerts.map(({ expr }) => expr.replace(/^\((.*)\) (>=|<) \d+$/, '$1'))).toEqual(queries.slice(0, alerts.length));
    expect(queries.slice(alerts.length).map(query => /envoy_\w+/.exec(query)![0])).toEqual(['envoy_cluster_upstream_cx_active', 'envoy_cluster_upstream_cx_total']);
  });

  test('has no panel upon another', () => {
    const [[, json]] = dashboardIn(written());
    const places = JSON.parse(json).panels.map(({ gridPos: { x, y, w, h } }: { gridPos: Record<string, number> }) => `${x / w},${y / h}`);

    expect(new Set(places).size).toBe(places.length);
  });

  test('can be had as JSON, also when no ConfigMap is written', () => {
    synth(chart => {
      const [[, json]] = dashboardIn(written());
      expect(make(chart, { dashboard: false }).dashboardJson).toBe(json);
    });
  });
});

describe('labels of series', () => {
  test('are in every selector', () => {
    const target = OF_NAMESPACE;
    for (const props of [{ seriesLabels: { cluster: 'eu-1' } }, { target, seriesLabels: { cluster: 'eu-1' } }]) {
      for (const expr of [...rulesOf(written(props)).map(candidate => candidate.expr), ...queriesOf(written(props))]) {
        expect(expr.match(/\{/g)).toHaveLength(expr.split('cluster="eu-1"').length - 1);
      }
    }
  });

  test.each([
    ['"} or vector(1) or up{a="', String.raw`cluster="\"} or vector(1) or up{a=\""`],
    ['a\\', String.raw`cluster="a\\"`],
    ['a\nb', String.raw`cluster="a\nb"`],
  ])('cannot end the string that they are in: %j', (value, quoted) => {
    expect(rule('EgressServerNameUnknown', { seriesLabels: { cluster: value } }).expr).toContain(`,${quoted}}`);
  });

  test.each([
    ['a="b",c', '\'seriesLabels\' has the label "a="b",c", which must be letters, digits and "_", begin with no digit, and not with "__"'],
    ['1a', '\'seriesLabels\' has the label "1a"'],
    ['__name__', '\'seriesLabels\' has the label "__name__"'],
    ['namespace', '\'seriesLabels\' must not have the label "namespace", which the queries select by already: leave it out'],
    ['pod', '\'seriesLabels\' must not have the label "pod"'],
  ])('must have a name that Prometheus takes and no query has: %s', (label, message) => {
    expect(refused({ seriesLabels: { [label]: 'x' } })).toContain(message);
  });

  test('must be text that Prometheus can read', () => {
    expect(refused({ seriesLabels: { cluster: '\ud800' } })).toContain('\'seriesLabels.cluster\' has half of a character');
    expect(refused({ seriesLabels: 'cluster' })).toContain('\'seriesLabels\' must be labels');
  });
});

describe('what an operator adds', () => {
  test('to the mesh is a provider whose lines name the service, the client and the reason', () => {
    expect(EgressTelemetry.meshConfig()).toEqual({
      extensionProviders: [{
        name: 'egress',
        envoyFileAccessLog: {
          path: '/dev/stdout',
          logFormat: {
            labels: expect.objectContaining({
              server_name: '%REQUESTED_SERVER_NAME%',
              client_identity: '%DOWNSTREAM_PEER_URI_SAN%',
              refused_in_handshake: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
              termination_details: '%CONNECTION_TERMINATION_DETAILS%',
              response_code_details: '%RESPONSE_CODE_DETAILS%',
              upstream_failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
            }),
          },
        },
      }],
    });
  });

  test('is what the recipe says', () => {
    const recipe = fs.readFileSync(path.join(__dirname, '../../docs/recipes/telemetry.md'), 'utf8');
    const [mesh, gateway] = [...recipe.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml]) => parse(yaml));

    expect(mesh.meshConfig).toEqual(EgressTelemetry.meshConfig());
    expect(parse(gateway['proxy.istio.io/config'])).toEqual(EgressTelemetry.gatewayProxyConfig());
  });

  const matched = (config: { [field: string]: any }) => (name: string) =>
    (config.proxyStatsMatcher.inclusionRegexps as string[]).some(regexp => new RegExp(`^(?:${regexp})$`).test(name));

  test.each([
    ['listener.0.0.0.0_8443.ssl.fail_verify_san', true],
    ['listener.0.0.0.0_8443.ssl.fail_verify_no_cert', true],
    ['listener.0.0.0.0_8443.ssl.certificate.default.expiration_unix_time_seconds', true],
    ['listener.0.0.0.0_8443.no_filter_chain_match', true],
    ['cluster.outbound|443||p3306.shop.mysqldb.example.com;.upstream_cx_connect_fail', true],
    ['cluster.outbound|443||p3306.shop.mysqldb.example.com;.ssl.fail_verify_san', true],
    ['listener.0.0.0.0_8443.downstream_cx_total', false],
    ['cluster.outbound|443||p3306.shop.mysqldb.example.com;.upstream_cx_length_ms', false],
  ])('to a gateway exports %s: %s', (name, exported) => {
    expect(matched(EgressTelemetry.gatewayProxyConfig())(name)).toBe(exported);
  });

  test.each([
    ['cluster.BlackHoleCluster;.upstream_cx_none_healthy', true],
    ['cluster.PassthroughCluster;.upstream_cx_total', true],
    ['cluster.outbound|3306||mysqldb.example.com;.upstream_cx_connect_fail', true],
    ['cluster.outbound|3306||mysqldb.example.com;.upstream_cx_total', false],
  ])('to sidecars exports %s: %s', (name, exported) => {
    expect(matched(EgressTelemetry.sidecarProxyConfig())(name)).toBe(exported);
  });

  test('is a copy each time', () => {
    for (const config of [EgressTelemetry.meshConfig, EgressTelemetry.gatewayProxyConfig, EgressTelemetry.sidecarProxyConfig]) {
      const first = config();
      first[Object.keys(first)[0]] = 'changed';
      expect(config()).not.toEqual(first);
    }
    EgressTelemetry.gatewayProxyConfig().proxyStatsMatcher.inclusionRegexps.push('.*');
    expect(EgressTelemetry.gatewayProxyConfig().proxyStatsMatcher.inclusionRegexps).not.toContain('.*');
  });

  test('is in a deployed gateway already', () => {
    const manifests = synth(chart => new EgressGateway(chart, 'Out', { namespaces: ['shop'], metadata: { namespace: 'edge' } }));
    const { annotations } = only(manifests, 'Deployment').spec.template.metadata;

    expect(JSON.parse(annotations['proxy.istio.io/config'])).toEqual(EgressTelemetry.gatewayProxyConfig());
  });
});

describe('refused is', () => {
  test.each([
    [{ target: undefined }, '[test/Watch] \'target\' is missing, which EgressTelemetry needs'],
    [{ target: STOCK }, '\'target\' must be one of TelemetryTarget.gateway() or allIn()'],
    [{ target: TelemetryTarget.allIn('Shop') }, '\'target.namespaceName\' must be a DNS label'],
    [{ target: TelemetryTarget.gateway(undefined as never) }, '\'target.gateway\' must be EgressGateway.istioEgressGateway()'],
    [{ target: TelemetryTarget.gateway(STOCK, { workloadName: 'a.*' }) }, '\'target.workloadName\' must be a DNS label'],
    [{ target: TelemetryTarget.gateway(STOCK, { name: 'x' } as never) }, '\'target.name\' is not a property of TelemetryTarget.gateway()'],
    [{ alert: true }, '\'alert\' is not a property of EgressTelemetry'],
    [{ alerts: 'yes' }, '\'alerts\' must be true or false, got "yes"'],
    [{ accessLog: false, alerts: false, dashboard: false }, 'writes nothing: leave one of \'accessLog\', \'alerts\' and \'dashboard\' true'],
    [{ accessLog: false, accessLogProvider: 'egress' }, '\'accessLogProvider\' "egress" has no effect without \'accessLog\''],
    [{ accessLogProvider: 'Egress ' }, '\'accessLogProvider\' must be a name in \'extensionProviders\' of the mesh, without blanks, got "Egress "'],
    [{ alerts: false, thresholds: { failedConnections: 1 } }, '\'thresholds\' has no effect without \'alerts\': leave it out'],
    [{ alerts: false, ruleLabels: { release: 'prometheus' } }, '\'ruleLabels\' has no effect without \'alerts\': leave it out'],
    [{ dashboard: false, dashboardLabels: { a: 'b' } }, '\'dashboardLabels\' has no effect without \'dashboard\': leave it out'],
    [{ accessLogProvider: '' }, '\'accessLogProvider\' must be a text that is not empty'],
    [{ thresholds: { refusedConnections: 0 } }, '\'thresholds.refusedConnections\' must be a whole number from 1'],
    [{ thresholds: { refused: 1 } }, '\'refused\' is not a property of \'thresholds\''],
    [{ thresholds: { certificateExpiry: Duration.millis(1500) } }, '\'thresholds.certificateExpiry\' must be a Duration of whole seconds'],
    [{ thresholds: { undeclaredConnections: 1 } }, '\'thresholds.undeclaredConnections\' has no alert here: it is of a namespace, and the target is a gateway'],
    [{ target: OF_NAMESPACE, thresholds: { refusedConnections: 1 } }, '\'thresholds.refusedConnections\' has no alert here: it is of a gateway, and the target is a namespace'],
    [{ target: OF_NAMESPACE, thresholds: { certificateExpiry: Duration.days(1) } }, '\'thresholds.certificateExpiry\' has no alert here'],
    [{ target: OF_NAMESPACE, thresholds: { workloadCertificateExpiry: Duration.days(1) } }, '\'thresholds.workloadCertificateExpiry\' has no alert here'],
    [{ ruleLabels: { a: 1 } }, '\'ruleLabels\' must be labels'],
    [{ dashboardLabels: [] }, '\'dashboardLabels\' must be labels'],
  ])('%j', (props, message) => {
    expect(refused(props)).toContain(message);
  });

  test('the root namespace, whose Telemetry holds for the whole mesh', () => {
    expect(refused({ target: TelemetryTarget.allIn('istio-system') })).toContain('[test/Watch] \'target\' must not be the root namespace "istio-system"');
  });

  test('an ambient mesh', () => {
    expect(messageOf(() => synth(chart => {
      Mesh.declare(chart.node.root, { dataPlane: DataPlane.AMBIENT });
      make(chart);
    }))).toContain('[test/Watch] has no effect in an ambient mesh');
  });

  test.each([['a gateway', OF_GATEWAY, TelemetryTarget.gateway({ ...STOCK })], ['a namespace', OF_NAMESPACE, TelemetryTarget.allIn('shop')]])(
    'a second access log of %s', (_, target, again) => {
      const app = (props: Partial<EgressTelemetryProps>) => () => synth(chart => {
        make(chart, { target }, 'First');
        make(chart, { target: again, ...props }, 'Second');
        const problems = chart.node.findAll().flatMap(({ node }) => node.validate());
        if (problems.length > 0) {
          throw new Error(problems.join());
        }
      });

      expect(messageOf(app({}))).toBe('\'target\' has the access log of \'test/First\' already, and Istio uses one Telemetry: give one of them \'accessLog: false\'');
      expect(app({ accessLog: false })).not.toThrow();
    });

  test('the class itself', () => {
    expect(messageOf(() => new (TelemetryTarget as never as new () => unknown)())).toContain('[TelemetryTarget] cannot be constructed');
  });
});
