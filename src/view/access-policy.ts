import { Fields, labelsOf, record, records, strings, text } from './fields';
import { MeshObject } from './mesh-object';

/** A rule of an AuthorizationPolicy: all of its parts have to match, and without any it matches everything. */
export interface AccessRule {
  /** One of them has to match; any source when there is none. */
  readonly sources: readonly Fields[];
  /** One of them has to match; any operation when there is none. */
  readonly operations: readonly Fields[];
  /** Each of them has to match. */
  readonly conditions: readonly { readonly key: string; readonly values: readonly string[]; readonly notValues: readonly string[] }[];
  readonly field: readonly (string | number)[];
}

/** An object that a policy is for, in place of pods. */
export interface PolicyTarget {
  readonly kind: string;
  /** Empty for that of Kubernetes itself. */
  readonly group: string;
  readonly name: string;
  readonly field: readonly (string | number)[];
}

/** An AuthorizationPolicy. */
export class AccessPolicy {
  public readonly action: string;
  /** The labels of its pods; empty for all of the namespace. */
  public readonly selector: { readonly [label: string]: string };
  /** Whether it is for a waypoint or a Gateway API gateway. */
  public readonly hasTargetRefs: boolean;
  public readonly targets: readonly PolicyTarget[];
  /** Whether it only counts what it would decide. */
  public readonly isDryRun: boolean;
  public readonly rules: readonly AccessRule[];

  public constructor(public readonly object: MeshObject) {
    const { spec } = object;
    this.action = text(spec.action) ?? 'ALLOW';
    // istiod reads the value as Go reads a boolean.
    this.isDryRun = ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(object.annotations['istio.io/dry-run']);
    this.selector = labelsOf(record(spec.selector).matchLabels);
    this.hasTargetRefs = records(spec.targetRefs).length > 0 || spec.targetRef !== undefined;
    // istiod reads the older field for one target only where the list is empty.
    this.targets = records(spec.targetRefs).length > 0 ? records(spec.targetRefs).map((target, i) => targetOf(target, ['spec', 'targetRefs', i]))
      : this.hasTargetRefs ? [targetOf(record(spec.targetRef), ['spec', 'targetRef'])] : [];
    this.rules = records(spec.rules).map((rule, i) => ({
      sources: records(rule.from).map(from => record(from.source)),
      operations: records(rule.to).map(to => record(to.operation)),
      conditions: records(rule.when).map(when => ({ key: String(when.key), values: strings(when.values), notValues: strings(when.notValues) })),
      field: ['spec', 'rules', i],
    }));
  }
}

function targetOf({ kind, group, name }: Fields, field: PolicyTarget['field']): PolicyTarget {
  const written = text(group) ?? '';
  return { kind: text(kind) ?? '', group: written === 'core' ? '' : written, name: text(name) ?? '', field };
}
