import { SignalModel, TelemetryTargetModel } from '../model';

/** The access log of a gateway's pods, or of all pods of a namespace. Its format is the provider's: Istio has no field for it here. */
export function renderTelemetry(target: TelemetryTargetModel, provider: string): unknown {
  return {
    selector: target.kind === 'gateway' ? { matchLabels: { ...target.selector } } : undefined,
    accessLogging: [{ providers: [{ name: provider }] }],
  };
}

/** The rules of one group: all alerts are of one gateway or namespace. */
export function renderPrometheusRule(name: string, signals: readonly SignalModel[]): unknown {
  return {
    groups: [{
      name,
      rules: signals.flatMap(({ query, alert }) => (alert ? [{
        alert: alert.name,
        expr: `(${query}) ${alert.condition}`,
        for: alert.for,
        labels: { severity: alert.severity },
        annotations: { summary: alert.summary, runbook: alert.runbook },
      }] : [])),
    }],
  };
}

const WIDTH = 12;
const HEIGHT = 8;

/** A dashboard of Grafana that asks for its data source. */
export function renderDashboard(id: string, title: string, signals: readonly SignalModel[]): unknown {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  const panels = signals.flatMap(signal => (signal.panel ? [{ ...signal, panel: signal.panel }] : []));
  return {
    uid: id,
    title,
    tags: ['istio', 'egress'],
    schemaVersion: 39,
    editable: false,
    time: { from: 'now-6h', to: 'now' },
    refresh: '1m',
    templating: { list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map(({ title: panelTitle, query, panel }, i) => ({
      id: i + 1,
      title: panelTitle,
      type: 'timeseries',
      datasource,
      gridPos: { x: (i % 2) * WIDTH, y: Math.floor(i / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit: panel.unit, min: panel.unit === 's' ? undefined : 0 }, overrides: [] },
      targets: [{ refId: 'A', datasource, expr: query, legendFormat: panel.legend }],
    })),
  };
}
