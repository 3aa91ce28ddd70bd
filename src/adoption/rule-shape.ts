import { Fields, number, record, records } from '../view/fields';

/** What a DestinationRule says of a port, as paths and values that can be compared. */
export function ruleShape(spec: Fields, port: number): ReadonlyMap<string, string> {
  const { portLevelSettings: _, port: _port, ...settings } = policyOf(spec, port);
  return new Map(leaves(settings, []));
}

/** All that the policies of a rule say, for whichever port or subset. */
export function settingsIn(spec: Fields): [path: string, value: string][] {
  const policies = [record(spec.trafficPolicy), ...records(spec.subsets).map(({ trafficPolicy }) => record(trafficPolicy))];
  return policies.flatMap(policy => [policy, ...records(policy.portLevelSettings)])
    .flatMap(({ portLevelSettings: _, port: _port, ...settings }) => leaves(settings, []));
}

/** The policy of a port: its own, or that of all ports. */
export function policyOf(spec: Fields, port: number): Fields {
  const policy = record(spec.trafficPolicy);
  return records(policy.portLevelSettings).find(settings => number(record(settings.port).number) === port) ?? policy;
}

function leaves(value: unknown, path: readonly string[]): [string, string][] {
  if (Array.isArray(value)) {
    return [[path.join('.'), JSON.stringify([...value].sort())]];
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
  }
  return value === undefined ? [] : [[path.join('.'), String(millisecondsOf(value) ?? value)]];
}

const UNITS: { readonly [unit: string]: number } = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** A duration as Istio writes it: `1m30s`, `2.5s`, `500ms`; undefined for what is none. */
export function millisecondsOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) {
    return undefined;
  }
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit], 0);
}
