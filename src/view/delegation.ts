import { Fields, labelsOf, record, records, strings, text } from './fields';
import { MeshObject } from './mesh-object';
import { ExportDefaults, reaches, visibleTo } from './visibility';

/** A rule for requests as istiod reads it, and where its parts stand: in a VirtualService, or in one that it delegates to. */
export interface HttpRule {
  readonly rule: Fields;
  readonly object: MeshObject;
  readonly field: readonly (string | number)[];
  readonly matches: readonly { readonly match: Fields; readonly object: MeshObject; readonly field: readonly (string | number)[] }[];
  /** The rule that delegates to it, whose other settings it has where it says nothing itself. */
  readonly root?: HttpRule;
}

/**
 * The rules for requests of a VirtualService, with those that it delegates in their place. A rule whose delegate is not exported to it is not there either,
 * and one of a delegate stays where it narrows the rule that delegates. Without the delegate a rule stays as it is, since it may be in the cluster.
 *
 * @param delegates the VirtualServices without a host, by `<namespace>/<name>`
 */
export function httpRulesOf(root: MeshObject, delegates: ReadonlyMap<string, MeshObject>, defaults: ExportDefaults): HttpRule[] {
  return records(root.spec.http).flatMap((rule, i): HttpRule[] => {
    const field = ['spec', 'http', i];
    const own: HttpRule = { rule, object: root, field, matches: matchesOf(root, rule, field) };
    if (rule.delegate === undefined) {
      return [own];
    }
    const { name, namespace } = record(rule.delegate);
    const delegate = delegates.get(`${text(namespace) ?? root.namespace}/${text(name) ?? ''}`);
    return !delegate ? [own] : reaches(visibleTo(delegate, defaults), root.namespace) ? mergedRules(own, delegate) : [];
  });
}

function matchesOf(object: MeshObject, rule: Fields, field: readonly (string | number)[]): HttpRule['matches'] {
  return records(rule.match).map((match, i) => ({ match, object, field: [...field, 'match', i] }));
}

function mergedRules(root: HttpRule, delegate: MeshObject): HttpRule[] {
  return records(delegate.spec.http).flatMap((rule, i): HttpRule[] => {
    const field = ['spec', 'http', i];
    const matches = mergedMatches(root.matches, matchesOf(delegate, rule, field));
    const { delegate: _, match: _m, route: _r, redirect: _d, ...inherited } = root.rule;
    return matches === undefined ? [] : [{ rule: { ...inherited, ...rule }, object: delegate, field, matches, root }];
  });
}

/** Each match of a delegate has to narrow one of the root; undefined when one does not. */
function mergedMatches(root: HttpRule['matches'], delegate: HttpRule['matches']): HttpRule['matches'] | undefined {
  if (root.length === 0 || delegate.length === 0) {
    return root.length === 0 ? delegate : root;
  }
  const merged = delegate.map(leaf => (
    root.filter(({ match }) => narrows(match, leaf.match)).map(({ match }) => ({ ...leaf, match: narrowed(match, leaf.match) }))));
  return merged.some(found => found.length === 0) ? undefined : merged.flat();
}

/** What a match says by key. */
const BY_KEY = ['headers', 'withoutHeaders', 'queryParams'] as const;
/** What a match says once. */
const ONCE = ['uri', 'scheme', 'method', 'authority'] as const;

function narrowed(root: Fields, leaf: Fields): Fields {
  const joined = [...BY_KEY, 'sourceLabels'].filter(key => root[key] !== undefined || leaf[key] !== undefined)
    .map(key => [key, { ...record(root[key]), ...record(leaf[key]) }]);
  const { ignoreUriCase: _, ...more } = root;
  const own = Object.entries(leaf).filter(([, value]) => value !== undefined && (!Array.isArray(value) || value.length > 0));
  return { ...more, ...Object.fromEntries(own), ...Object.fromEntries(joined) };
}

function narrows(root: Fields, leaf: Fields): boolean {
  const [labels, leafLabels] = [labelsOf(root.sourceLabels), labelsOf(leaf.sourceLabels)];
  const [gateways, leafGateways] = [strings(root.gateways), strings(leaf.gateways)];
  return ONCE.every(key => stringNarrows(root[key], leaf[key]))
    && BY_KEY.every(key => Object.entries(record(leaf[key])).every(([name, value]) => stringNarrows(record(root[key])[name], value)))
    && (root.ignoreUriCase ?? false) === (leaf.ignoreUriCase ?? false)
    && (root.port === undefined || leaf.port === undefined || root.port === leaf.port)
    // A delegate that leaves it out does not narrow a root that names one; istiod takes that for a conflict.
    && (root.sourceNamespace === undefined || root.sourceNamespace === leaf.sourceNamespace)
    && Object.entries(leafLabels).every(([label, value]) => labels[label] === undefined || labels[label] === value)
    && (gateways.length === 0 || leafGateways.every(name => gateways.includes(name)));
}

function stringNarrows(root: unknown, leaf: unknown): boolean {
  if (root === undefined || leaf === undefined) {
    return true;
  }
  const [wide, narrow] = [record(root), record(leaf)];
  if (text(wide.regex) || text(narrow.regex)) {
    return false;
  }
  const [exact, prefix] = [text(wide.exact), text(wide.prefix)];
  if (exact) {
    return narrow.exact === exact;
  }
  const inner = text(narrow.prefix) || text(narrow.exact);
  return prefix !== undefined && prefix !== '' && inner !== undefined && inner.startsWith(prefix);
}
