import { Chart } from 'cdk8s';
import { IConstruct } from 'constructs';

/**
 * Makes charts depend on the charts in them, and on those of what their constructs depend on. As in cdk8s, whoever asks for the charts of the app afterwards
 * finds them in this order.
 *
 * @param constructs those of the app, as it was before their validation may have added some
 * @returns whether a chart depends on another one: then cdk8s numbers the files
 * @throws what cdk8s does, for a dependency with a construct that is in no chart
 */
export function connectCharts(constructs: readonly IConstruct[]): boolean {
  const charts = constructs.filter(construct => construct instanceof Chart);
  const nested = charts.flatMap(({ node }) => node.children.filter(child => child instanceof Chart));
  nested.forEach(chart => chart.node.scope!.node.addDependency(chart));
  const pairs = constructs
    .flatMap(construct => construct.node.dependencies.map(target => [Chart.of(construct), Chart.of(target)]))
    .filter(([source, target]) => source !== target);
  pairs.forEach(([source, target]) => source.node.addDependency(target));
  return nested.length + pairs.length > 0;
}
