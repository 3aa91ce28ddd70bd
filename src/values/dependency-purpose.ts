import { PURPOSE } from '../private/annotations';
import { Check } from '../private/check';
import { isDate } from '../private/date';
import { Fail, quote } from '../private/fail';

/** Why a dependency exists and who answers for it, for those who find its objects in the cluster. Written as annotations; nothing in the mesh depends on it. */
export interface DependencyPurpose {
  /**
   * The team that answers for it: the annotation `cdk8s-istio-egress/owner`.
   *
   * @default - nobody is named
   */
  readonly owner?: string;

  /**
   * Why it exists: the annotation `cdk8s-istio-egress/reason`.
   *
   * @default - no reason is given
   */
  readonly reason?: string;

  /**
   * The day on which it is to end, as `2027-01-31`: the annotation `cdk8s-istio-egress/expires`. Nothing is closed on that day: it is a finding from the next
   * day on, for whoever gives the date (`MeshFindings.list()`).
   *
   * @default - it does not end
   */
  readonly expires?: string;

  /**
   * Where its owner is reached, such as an address or a channel: the annotation `cdk8s-istio-egress/contact`.
   *
   * @default - no contact is given
   */
  readonly contact?: string;
}

const checkText: Check = (fail, property, value) => {
  if (typeof value !== 'string' || value.trim() === '') {
    fail(`'${property}' must be a text that is not empty, got ${quote(value)}`);
  }
};

export const PURPOSE_OPTIONS = {
  owner: checkText,
  reason: checkText,
  expires: (fail: Fail, property: string, value: unknown) => {
    if (typeof value !== 'string' || !isDate(value)) {
      fail(`'${property}' must be a day of the calendar like "2027-01-31", got ${quote(value)}`);
    }
  },
  contact: checkText,
};

/** The purpose among other properties. */
export function purposeIn({ owner, reason, expires, contact }: DependencyPurpose): DependencyPurpose {
  return { owner, reason, expires, contact };
}

/**
 * The annotations of every object that is written for a dependency alone.
 *
 * @throws for an annotation that the metadata of the dependency have too
 */
export function purposeAnnotations(
  purpose: DependencyPurpose, fail: Fail, given: { readonly [name: string]: string } = {},
): { [name: string]: string } {
  const annotations: { [name: string]: string } = {};
  for (const [property, name] of Object.entries(PURPOSE) as [keyof DependencyPurpose, string][]) {
    const value = purpose[property];
    if (value !== undefined && given[name] !== undefined) {
      fail(`'metadata.annotations' has ${quote(name)}, which '${property}' ${quote(value)} writes: give one of them`);
    }
    if (value !== undefined) {
      annotations[name] = value;
    }
  }
  return annotations;
}
