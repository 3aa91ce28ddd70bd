import type { KubeObject } from './kube';
import type { Parts } from './parts';
import type { Pod } from './pod';
import { must } from './processes';

/** A pod as Prometheus knows it, with the name that a ReplicaSet would give it. */
export interface Target {
  readonly pod: Pod;
  readonly name: string;
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
}

interface Answers {
  readonly answers: readonly (readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[])[];
}

/** The alerts of a PrometheusRule. */
export function alertsOf({ spec }: KubeObject): Alert[] {
  return (spec.groups as { rules: Alert[] }[]).flatMap(({ rules }) => rules);
}

/**
 * What a Prometheus would say that scrapes proxies once a minute, for whom an hour passes in a moment: what a proxy has answered first counts as the answer of the
 * whole hour, what it answers now as the last one.
 */
export class Prometheus {
  static async watch(parts: Parts, targets: readonly Target[]): Promise<Prometheus> {
    const prometheus = new Prometheus(parts, targets);
    await prometheus.begin();
    return prometheus;
  }

  private before: string[] = [];

  private constructor(private readonly parts: Parts, private readonly targets: readonly Target[]) {}

  /** From now on, what has happened is an hour ago. */
  async begin(): Promise<void> {
    this.before = await this.scrape();
  }

  /**
   * The names of the alerts that fire.
   *
   * @param later how many hours from now, during which the proxies answer the same
   */
  async firing(alerts: readonly Alert[], later = 0): Promise<string[]> {
    const at = Math.floor(Date.now() / 1000) + later * 3600;
    const now = await this.scrape();
    const minutes = Array.from({ length: 60 }, (_, minute) => at - 60 * (60 - minute));
    const scrapes = this.targets.flatMap(({ pod, name }, i) => {
      const labels = { namespace: pod.namespace, pod: name };
      return [{ at: minutes, labels, text: this.before[i] }, { at: [at], labels, text: now[i] }];
    });
    const asked = { scrapes, at, expressions: alerts.map(({ expr }) => expr) };
    const { answers } = JSON.parse(await must([this.parts.promql], { stdin: JSON.stringify(asked), timeout: 30 })) as Answers;
    return alerts.filter((_, i) => answers[i].length > 0).map(({ alert }) => alert);
  }

  private scrape(): Promise<string[]> {
    return Promise.all(this.targets.map(({ pod }) => pod.proxy.metrics()));
  }
}
