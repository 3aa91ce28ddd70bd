import { Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import { dnsLabel, hashOf, kebab } from './names';

/**
 * The base of a construct's object names: its path inside the chart, `Data/RatingsMysql` as `data-ratings-mysql`.
 * The id names the objects, not the host: a database that moves to another host is updated in place, not left behind under its old name.
 */
export function baseNameOf(construct: IConstruct): string {
  const chart = Chart.of(construct);
  return dnsLabel(...construct.node.scopes.slice(chart.node.scopes.length).map(scope => kebab(scope.node.id)));
}

/** The name of a chart as a part of an object name: its path as it is, or with a hash where a name cannot be written so. */
export function chartNameOf(construct: IConstruct): string {
  const path = Chart.of(construct).node.path.replaceAll('/', '.');
  const name = dnsLabel(...path.split('.').map(kebab));
  return name === path ? name : dnsLabel(name || 'chart', hashOf(path));
}
