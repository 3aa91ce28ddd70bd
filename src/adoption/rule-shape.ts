import { Fields, number, record, records } from '../view/fields';

/** A field of a policy, and its value as text that can be compared. */
export type Setting = readonly [path: string, value: string];

/** What a DestinationRule says of a port, as paths and values that can be compared. */
export function ruleShape(spec: Fields, port: number): ReadonlyMap<string, string> {
  const { portLevelSettings: _, port: _port, ...settings } = policyOf(spec, port);
  return new Map(leaves(settings, []));
}

/** All that the policies of a rule say, for whichever port or subset. */
export function settingsIn(spec: Fields): Setting[] {
  const policies = [record(spec.trafficPolicy), ...records(spec.subsets).map(({ trafficPolicy }) => record(trafficPolicy))];
  return policies.flatMap(policy => [policy, ...records(policy.portLevelSettings)])
    .flatMap(({ portLevelSettings: _, port: _port, ...settings }) => leaves(settings, []));
}

/** The first setting that is not among others, with its value; what is asked of the server aside, which is compared by where connections end. */
export function lostSetting(settings: readonly Setting[], written: readonly Setting[]): Setting | undefined {
  const known = new Set(written.map(textOf));
  return settings.find(setting => !isOfTls(setting) && !known.has(textOf(setting)) && !USUAL.includes(textOf(setting)));
}

/** The settings that are not among others, by their paths, with what is asked of the server aside. */
export function addedSettings(settings: readonly Setting[], written: readonly Setting[]): string[] {
  const known = new Set(settings.map(([path]) => path));
  return written.filter(setting => !isOfTls(setting) && !known.has(setting[0])).map(([path]) => path);
}

/** What balances as well as the default does: the published recipes write it, and it goes with the rule. */
const USUAL = ['loadBalancer.simple ROUND_ROBIN', 'loadBalancer.simple LEAST_REQUEST'];

/** The settings that go because the default is as good, and are not written. */
export function usualSettings(settings: readonly Setting[], written: readonly Setting[]): string[] {
  const known = new Set(written.map(textOf));
  return settings.map(textOf).filter(text => USUAL.includes(text) && !known.has(text));
}

function textOf([path, value]: Setting): string {
  return `${path} ${value}`;
}

function isOfTls([path]: Setting): boolean {
  return path === 'tls' || path.startsWith('tls.');
}

/**
 * The policy of a port: its own, or that of all ports. What a port with settings of its own leaves out has Istio's defaults there (`GetPortLevelTrafficPolicy` of istiod), but
 * `tunnel` and a part of `connectionPool.tcp`, which istiod takes of the policy of all ports alone. So a rule is compared as a whole as well.
 */
export function policyOf(spec: Fields, port: number): Fields {
  const policy = record(spec.trafficPolicy);
  return records(policy.portLevelSettings).find(settings => number(record(settings.port).number) === port) ?? policy;
}

function leaves(value: unknown, path: readonly string[]): Setting[] {
  if (Array.isArray(value)) {
    return [[path.join('.'), JSON.stringify([...value].sort())]];
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value);
    // An empty object is a setting too: `proxyProtocol: {}` begins each connection with a header, `outlierDetection: {}` ejects endpoints.
    return fields.length === 0 && path.length > 0 ? [[path.join('.'), '{}']] : fields.flatMap(([name, inner]) => leaves(inner, [...path, name]));
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
