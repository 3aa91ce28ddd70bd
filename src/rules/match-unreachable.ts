import { Finding, Rule } from './rule';
import { Fields, record, records, strings } from '../view/fields';
import { gatewayName } from '../view/gateway-name';
import { MESH, Route, RouteKind } from '../view/route';

export const matchUnreachable: Rule = {
  id: 'MX0408',
  name: 'match-unreachable',
  severity: 'WARNING',
  title: 'A rule of a VirtualService is never used.',
  why: 'Proxies use the first rule that matches. A rule behind one for everything, or behind one with the same match, is never used.',
  fix: 'Move the rule up, or remove it.',
  related: ['IST0130', 'IST0131'],
  check: view => view.routes.flatMap(route => (['http', 'tls', 'tcp'] as const).flatMap(kind => unreachable(route, kind))),
};

/** The most conditions of which every selection is compared with what stands before. */
const MOST = 6;

function unreachable(route: Route, kind: RouteKind): Finding[] {
  const seen = new Map<string, number>();
  const rules = records(route.object.spec[kind]);
  return rules.length < 2 ? [] : rules.flatMap((rule, i): Finding[] => {
    // A match for another gateway has a rule of its own: it takes nothing, wherever it stands.
    const written = records(rule.match).filter(({ gateways }) => (
      route.hosts.length === 0 || strings(gateways).every(name => route.gateways.includes(qualified(route, name)))));
    if (written.length === 0 && records(rule.match).length > 0) {
      return [];
    }
    const matches = (written.length > 0 ? written : [{}]).map(match => conditionsOf(route, match));
    const before = matches.map(conditions => firstBefore(seen, conditions));
    matches.forEach(conditions => {
      const key = keyOf(conditions);
      seen.set(key, seen.get(key) ?? i);
    });
    // A rule is lost when each of its matches is; one lost match of several is no harm.
    return before.every(at => at !== undefined) ? [{
      object: route.object,
      field: ['spec', kind, i],
      message: `'${kind}[${i}]' is never used: '${kind}[${before[0]}]' stands before it and takes all that it matches`,
      fix: 'move it up, or remove it',
    }] : [];
  });
}

/** The conditions of a match, each as text; what matches everything is none. */
function conditionsOf(route: Route, { gateways, name: _, ...match }: Fields): string[] {
  const everything = (field: string, value: unknown) => field === 'uri' && record(value).prefix === '/' || Array.isArray(value) && value.length === 0
    || typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  const conditions = Object.entries(match).filter(([field, value]) => !everything(field, value)).map(condition => JSON.stringify(condition));
  const named = strings(gateways).map(gateway => qualified(route, gateway)).sort();
  const isEverywhere = named.length === 0 || JSON.stringify(named) === JSON.stringify([...route.gateways].sort());
  return [...conditions.sort(), ...isEverywhere ? [] : [JSON.stringify(['gateways', named])]];
}

function qualified({ object }: Route, gateway: string): string {
  return gateway === MESH ? gateway : gatewayName(gateway, object.namespace);
}

/** The first rule that has a match with some of these conditions and no others. */
function firstBefore(seen: ReadonlyMap<string, number>, conditions: readonly string[]): number | undefined {
  if (conditions.length > MOST) {
    return seen.get(keyOf(conditions)) ?? seen.get(keyOf([]));
  }
  for (let chosen = 0; chosen < 2 ** conditions.length; chosen++) {
    const found = seen.get(keyOf(conditions.filter((_, i) => Math.floor(chosen / 2 ** i) % 2 === 1)));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function keyOf(conditions: readonly string[]): string {
  return conditions.join(' & ');
}
