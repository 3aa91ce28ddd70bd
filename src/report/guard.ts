import { contentText } from './content';
import { Fields, records, record, strings, text } from '../view/fields';
import { MeshObject, NETWORKING } from '../view/mesh-object';
import { MeshView } from '../view/mesh-view';
import { selectorOf } from '../view/pod-selector';

/** The group of what decides at the API server. */
const ADMISSION = 'admissionregistration.k8s.io';

/** The resources by which somebody opens a way through a gateway, or turns one that is there. */
const RESOURCES = ['gateways', 'virtualservices', 'serviceentries'] as const;

export type GuardedResource = typeof RESOURCES[number];

/** Those by which objects come to be what they are. */
const OPERATIONS = ['CREATE', 'UPDATE'] as const;

const KINDS: { readonly [resource in GuardedResource]: string } = {
  gateways: 'Gateways', virtualservices: 'VirtualServices', serviceentries: 'ServiceEntries',
};

/** A policy that refuses objects of a kind on creation and on change. */
export interface Guard {
  readonly policy: MeshObject;
  readonly resource: GuardedResource;
  /** Whether it decides about every object in every namespace. */
  readonly isForAll: boolean;
  /** What decides, as text that can be compared. */
  readonly decides: string;
}

/** The policies of admission control about ways through gateways. What their expressions allow is not looked at. */
export function guardsIn(view: MeshView): Guard[] {
  const bindings = view.of(ADMISSION, 'ValidatingAdmissionPolicyBinding').filter(({ spec }) => (
    // Warn and Audit alone let everything pass, and so does a binding to parameters that are not there, if it says so.
    strings(spec.validationActions).includes('Deny') && record(spec.paramRef).parameterNotFoundAction !== 'Allow'));
  const policies = view.of(ADMISSION, 'ValidatingAdmissionPolicy')
    .filter(({ spec }) => spec.failurePolicy !== 'Ignore' && records(spec.validations).length > 0);
  return policies.flatMap(policy => RESOURCES.flatMap(resource => {
    const { validations, variables, matchConditions, matchConstraints, paramKind } = policy.spec;
    const own = bindings.map(({ spec }) => spec)
      .filter(({ policyName, matchResources }) => text(policyName) === policy.name && isAbout(rulesOf(matchResources, EVERYTHING), resource));
    return own.length === 0 || !isAbout(rulesOf(matchConstraints, []), resource) ? [] : [{
      policy,
      resource,
      isForAll: isForEveryObject(matchConstraints, resource) && own.some(({ matchResources }) => isForEveryObject(matchResources, resource)),
      decides: contentText([
        records(validations).map(({ expression }) => expression), variables, matchConditions, matchConstraints, paramKind,
        own.map(({ paramRef, matchResources }) => [paramRef, matchResources]),
      ]),
    }];
  }));
}

/** The resources of which nothing refuses every object that it does not allow. */
export function unguarded(guards: readonly Guard[]): GuardedResource[] {
  return RESOURCES.filter(resource => !guards.some(guard => guard.isForAll && guard.resource === resource));
}

/** Who may write some of the resources; all of them when none is given. */
export function writersOf(resources: readonly GuardedResource[]): string {
  const kinds = (resources.length > 0 ? resources : RESOURCES).map(resource => KINDS[resource]).join(', ');
  return `whoever may write ${kinds.replace(/, ([^,]*)$/, ' or $1')}, in any namespace`;
}

/** What a binding without rules is for. */
const EVERYTHING: readonly Fields[] = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];

function rulesOf(constraint: unknown, missing: readonly Fields[]): readonly Fields[] {
  const rules = records(record(constraint).resourceRules);
  return rules.length > 0 ? rules : missing;
}

function isAbout(rules: readonly Fields[], resource: GuardedResource): boolean {
  return OPERATIONS.every(operation => rules.some(rule => names(rule, resource, operation)));
}

function isForEveryObject(written: unknown, resource: GuardedResource): boolean {
  const constraint = record(written);
  const rules = rulesOf(constraint, EVERYTHING).filter(({ resourceNames, scope, apiVersions }) => (
    // With Exact a request in a version that is not listed passes.
    strings(resourceNames).length === 0 && scope !== 'Cluster' && (constraint.matchPolicy !== 'Exact' || strings(apiVersions).includes('*'))));
  return isAbout(rules, resource) && [constraint.namespaceSelector, constraint.objectSelector].every(selector => selectorOf(selector).isForAll)
    && !records(constraint.excludeResourceRules).some(rule => OPERATIONS.some(operation => names(rule, resource, operation)));
}

function names({ apiGroups, resources, operations }: Fields, resource: GuardedResource, operation: string): boolean {
  return strings(apiGroups).some(group => group === '*' || group === NETWORKING)
    && strings(resources).some(name => name === '*' || name === '*/*' || name === resource)
    && strings(operations).some(name => name === '*' || name === operation);
}
