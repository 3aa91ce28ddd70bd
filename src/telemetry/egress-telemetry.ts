import { Duration } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AppMesh } from '../app/app-mesh';
import { istioObject, ownObject } from '../app/istio-object';
import { ACCESS_LOG_FORMAT, ACCESS_LOG_PROVIDER } from '../private/access-log';
import { Check, checkBoolean, checkCount, checkInstance, checkLabels, checkProps, checkSeconds, checkString, propsOf } from '../private/check';
import { baseNameOf } from '../private/construct-names';
import { Fail, failAt, quote, within } from '../private/fail';
import { SignalModel, TelemetryTargetModel, ThresholdsModel } from '../private/model';
import { dashboardId, objectName } from '../private/names';
import { renderDashboard, renderPrometheusRule, renderTelemetry } from '../private/render/telemetry';
import { signalsOf } from '../private/signals';
import { gatewayProxyConfig, SIDECAR_STATISTICS } from '../private/statistics';
import { TelemetryTarget } from '../values/telemetry-target';
import { addTo } from '../view/lists';

/** When the alerts fire. */
export interface EgressAlertThresholds {
  /**
   * Of a gateway: connections that it refuses, in 5 minutes and for each reason, by pod. At least 1.
   *
   * @default 1
   */
  readonly refusedConnections?: number;

  /**
   * Of a gateway: the time that a client certificate, an authority or the root of the mesh must still be valid, in whole seconds.
   *
   * @default Duration.days(14)
   */
  readonly certificateExpiry?: Duration;

  /**
   * Of a gateway: the time that its own certificate must still be valid, in whole seconds. It lives for a day and is renewed after half of it, so less than
   * half of what your mesh has.
   *
   * @default Duration.hours(6)
   */
  readonly workloadCertificateExpiry?: Duration;

  /**
   * Of a namespace: connections to what nobody declared, in 5 minutes, by workload. At least 1.
   *
   * @default 1
   */
  readonly undeclaredConnections?: number;

  /**
   * Connections that cannot be opened, in 5 minutes, by service. At least 1.
   *
   * @default 5
   */
  readonly failedConnections?: number;
}

/** What an operator sees of a gateway, or of the sidecars of a namespace. */
export interface EgressTelemetryProps {
  /** Whose proxies are watched. */
  readonly target: TelemetryTarget;

  /**
   * Whether to write the Telemetry.
   *
   * @default true
   */
  readonly accessLog?: boolean;

  /**
   * The provider of the access log, one of `extensionProviders` of the mesh. istiod ignores one that the mesh does not have without a word, and the proxies log
   * as `accessLogFile` of the mesh says, which may be nothing: add `EgressTelemetry.meshConfig()` before you name `egress`.
   *
   * @default 'envoy': Istio's own, which exists in every mesh and has `accessLogFormat` of the mesh
   */
  readonly accessLogProvider?: string;

  /**
   * Whether to write the PrometheusRule. It requires the Prometheus Operator; where its CRD is missing, applying fails.
   *
   * @default true
   */
  readonly alerts?: boolean;

  /**
   * When the alerts fire.
   *
   * @default - see its properties
   */
  readonly thresholds?: EgressAlertThresholds;

  /**
   * Labels of the PrometheusRule. They must be those that `ruleSelector` of your Prometheus asks for, such as `{ release: 'kube-prometheus-stack' }`: a rule
   * without them is ignored without a word.
   *
   * @default - none
   */
  readonly ruleLabels?: { [label: string]: string };

  /**
   * Whether to write the ConfigMap with the dashboard.
   *
   * @default true
   */
  readonly dashboard?: boolean;

  /**
   * Labels of the ConfigMap, which Grafana's sidecar looks for.
   *
   * @default { grafana_dashboard: '1' }
   */
  readonly dashboardLabels?: { [label: string]: string };

  /**
   * Labels that the series have besides, such as `{ cluster: 'eu-1' }` where a Prometheus has several clusters.
   *
   * @default - none
   */
  readonly seriesLabels?: { [label: string]: string };
}

/**
 * What an operator sees of egress: an access log, alerts and a dashboard. Of a gateway: refused handshakes, denials by policy, unknown server names, endpoints that
 * are down, server certificates that were refused, certificates that expire. Of a namespace: connections to what nobody declared, blocked (`BlackHoleCluster`) or
 * not (`PassthroughCluster`), and destinations that are down.
 *
 * Creates, in the namespace of the target:
 *
 * - Telemetry `Resource`: the access log. Its format is set in the mesh configuration alone; `meshConfig()` has it.
 * - PrometheusRule `Alerts`
 * - ConfigMap `Dashboard`, for Grafana
 *
 * The alerts of a gateway require that its proxies export the statistics of `gatewayProxyConfig()`, as a deployed `EgressGateway` does, and that Prometheus
 * scrapes them with the labels `namespace` and `pod`, as Istio's PodMonitor does; `EgressStatisticsMissing` says so when they do not. Those of a namespace
 * require Istio's standard metrics, which are on by default, or the statistics of `sidecarProxyConfig()`. In a mesh that is declared `ALLOW_ANY` there is no
 * alert for connections that are not blocked.
 *
 * @example
 * const gateway = EgressGateway.istioEgressGateway();
 * new EgressTelemetry(chart, 'GatewayTelemetry', { target: TelemetryTarget.gateway(gateway) });
 * new EgressTelemetry(chart, 'Telemetry', { target: TelemetryTarget.allIn('shop') });
 *
 * @see https://istio.io/latest/docs/tasks/observability/logs/telemetry-api/
 * @see https://istio.io/latest/docs/ops/configuration/telemetry/envoy-stats/
 */
export class EgressTelemetry extends Construct {
  /**
   * What an operator adds to the mesh configuration: a provider of an access log, `egress`, whose lines have the server name, the identity of the client and the
   * reason of a refusal. No other log changes. Then give `accessLogProvider: 'egress'`.
   */
  public static meshConfig(): { [field: string]: any } {
    return {
      extensionProviders: [{
        name: ACCESS_LOG_PROVIDER,
        envoyFileAccessLog: { path: '/dev/stdout', logFormat: { labels: { ...ACCESS_LOG_FORMAT } } },
      }],
    };
  }

  /** What an operator of an installed gateway puts into the annotation `proxy.istio.io/config` of its pods, so that they export the statistics of the alerts. */
  public static gatewayProxyConfig(): { [field: string]: any } {
    return structuredClone(gatewayProxyConfig());
  }

  /**
   * The same for sidecars, for a mesh without Istio's standard metrics: in the annotation `proxy.istio.io/config` of pods, or as `defaultConfig` of the mesh
   * configuration.
   */
  public static sidecarProxyConfig(): { [field: string]: any } {
    return { proxyStatsMatcher: { inclusionRegexps: [...SIDECAR_STATISTICS] } };
  }

  private readonly target: TelemetryTargetModel;
  private readonly signals: readonly SignalModel[];
  private readonly logs: boolean;
  private readonly name: string;

  /**
   * @param scope the chart, or a construct in it
   * @param id the construct's id, which the names of the objects are made of
   * @param props whose proxies are watched, and what is written
   * @throws for an unknown property, a threshold of the other target, a label that Prometheus does not take, nothing to write, and in an ambient mesh
   */
  public constructor(scope: Construct, id: string, props: EgressTelemetryProps) {
    super(scope, id);
    const fail = failAt(this);
    checkProps(fail, 'EgressTelemetry', props, PROPS, ['target']);
    const { accessLog = true, alerts = true, dashboard = true } = props;
    if (!accessLog && !alerts && !dashboard) {
      fail('writes nothing: leave one of \'accessLog\', \'alerts\' and \'dashboard\' true');
    }
    if (!accessLog && props.accessLogProvider !== undefined) {
      fail(`'accessLogProvider' ${quote(props.accessLogProvider)} has no effect without 'accessLog': leave it out`);
    }
    const ineffective = [...alerts ? [] : ['thresholds', 'ruleLabels'] as const, ...dashboard ? [] : ['dashboardLabels'] as const].find(name => props[name] !== undefined);
    if (ineffective) {
      fail(`'${ineffective}' has no effect without '${ineffective === 'dashboardLabels' ? 'dashboard' : 'alerts'}': leave it out`);
    }
    const { mesh } = AppMesh.of(this);
    if (mesh.dataPlane === 'ambient') {
      fail('has no effect in an ambient mesh: its proxies have other statistics and no access log of their own');
    }
    this.target = props.target._bind(within(fail, 'target'));
    if (this.target.kind === 'namespace' && this.target.namespace === mesh.rootNamespace) {
      fail(`'target' must not be the root namespace ${quote(this.target.namespace)}, whose Telemetry holds for the whole mesh: name a namespace of workloads, or a gateway`);
    }
    this.signals = signalsOf(this.target, thresholdsOf(fail, this.target, props.thresholds ?? {}), { ...props.seriesLabels }, mesh.outboundTrafficPolicy === 'ALLOW_ANY');
    this.logs = accessLog;
    const { namespace } = this.target;
    const base = this.target.kind === 'gateway' ? objectName(baseNameOf(this), this.target.name) : baseNameOf(this);
    this.name = objectName(base, namespace, 'telemetry');
    const metadata = { name: this.name, namespace };
    if (accessLog) {
      istioObject(this, 'Resource', 'Telemetry', metadata, () => renderTelemetry(this.target, props.accessLogProvider ?? 'envoy'));
    }
    if (alerts) {
      istioObject(this, 'Alerts', 'PrometheusRule', { ...metadata, labels: { ...props.ruleLabels } }, () => renderPrometheusRule(this.name, this.signals));
    }
    if (dashboard) {
      const labels = { ...props.dashboardLabels ?? { grafana_dashboard: '1' } };
      // Grafana's sidecar puts the files of all namespaces into one folder.
      ownObject(this, 'Dashboard', 'ConfigMap', { ...metadata, labels }, { data: { [`${this.name}.json`]: this.dashboardJson } });
    }
    AppMesh.of(this).validate(this, () => this.problems());
  }

  /** The dashboard, as Grafana imports it. */
  public get dashboardJson(): string {
    const title = this.target.kind === 'gateway' ? `Egress gateway ${this.target.name} in ${this.target.namespace}` : `Egress of namespace ${this.target.namespace}`;
    return JSON.stringify(renderDashboard(dashboardId(this.name), title, this.signals), null, 2);
  }

  /** Mistakes that only show once every construct was made. */
  private problems(): string[] {
    const first = this.logs ? AppMesh.of(this).once('access logs', () => logsOf(this.node.root)).get(this._subject)![0] : this;
    return first === this ? []
      : [`'target' has the access log of '${first.node.path}' already, and Istio uses one Telemetry: give one of them 'accessLog: false'`];
  }

  /** Of whom a second access log would be one too many. @internal */
  public get _subject(): string {
    const { target } = this;
    return target.kind === 'gateway' ? `${target.namespace} ${JSON.stringify(Object.entries(target.selector).sort())}` : target.namespace;
  }

  /** @internal */
  public get _logs(): boolean {
    return this.logs;
  }
}

function logsOf(root: IConstruct): Map<string, EgressTelemetry[]> {
  const logs = new Map<string, EgressTelemetry[]>();
  root.node.findAll().filter(construct => construct instanceof EgressTelemetry).filter(({ _logs }) => _logs)
    .forEach(telemetry => addTo(logs, telemetry._subject, telemetry));
  return logs;
}

const OF_GATEWAY = ['refusedConnections', 'certificateExpiry', 'workloadCertificateExpiry'] as const;
const OF_NAMESPACE = ['undeclaredConnections'] as const;

function thresholdsOf(fail: Fail, { kind }: TelemetryTargetModel, given: EgressAlertThresholds): ThresholdsModel {
  const foreign = (kind === 'gateway' ? OF_NAMESPACE : OF_GATEWAY).find(name => given[name] !== undefined);
  if (foreign) {
    fail(`'thresholds.${foreign}' has no alert here: it is of ${kind === 'gateway' ? 'a namespace' : 'a gateway'}, and the target is ${kind === 'gateway' ? 'a gateway' : 'a namespace'}`);
  }
  return {
    refusedConnections: given.refusedConnections ?? 1,
    undeclaredConnections: given.undeclaredConnections ?? 1,
    failedConnections: given.failedConnections ?? 5,
    certificateExpiry: (given.certificateExpiry ?? Duration.days(14)).toSeconds(),
    workloadCertificateExpiry: (given.workloadCertificateExpiry ?? Duration.hours(6)).toSeconds(),
  };
}

const THRESHOLDS = {
  refusedConnections: checkCount,
  certificateExpiry: checkSeconds,
  workloadCertificateExpiry: checkSeconds,
  undeclaredConnections: checkCount,
  failedConnections: checkCount,
};

/** Names of labels that Prometheus takes; those that the queries select by are taken. */
const checkSeriesLabels: Check = (fail, property, value) => {
  checkLabels(fail, property, value);
  for (const [label, text] of Object.entries(value as { readonly [label: string]: string })) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) || label.startsWith('__')) {
      fail(`'${property}' has the label ${quote(label)}, which must be letters, digits and "_", begin with no digit, and not with "__"`);
    }
    if (SELECTED.includes(label)) {
      fail(`'${property}' must not have the label ${quote(label)}, which the queries select by already: leave it out`);
    }
    if (/\p{Surrogate}/u.test(text)) {
      fail(`'${property}.${label}' has half of a character, which Prometheus does not take: write the text in Unicode`);
    }
  }
};

const SELECTED = [
  'namespace', 'pod', 'cluster_name', 'reporter', 'source_workload_namespace', 'destination_service_name', 'response_flags', 'authz_enforce_result', 'tcp_prefix',
];

const checkProvider: Check = (fail, property, value) => {
  checkString(fail, property, value);
  if (/\s/.test(value as string)) {
    fail(`'${property}' must be a name in 'extensionProviders' of the mesh, without blanks, got ${quote(value)}`);
  }
};

const PROPS = {
  target: checkInstance(TelemetryTarget, 'TelemetryTarget.gateway() or allIn()'),
  accessLog: checkBoolean,
  accessLogProvider: checkProvider,
  alerts: checkBoolean,
  thresholds: propsOf(THRESHOLDS),
  ruleLabels: checkLabels,
  dashboard: checkBoolean,
  dashboardLabels: checkLabels,
  seriesLabels: checkSeriesLabels,
};
