import { CATALOGUE } from '../rules/catalogue';
import { Finding, Fix, Rule } from '../rules/rule';
import { MeshView } from '../view/mesh-view';

/** A finding, and the rule that it is of. */
export interface Found extends Finding {
  readonly rule: Rule;
}

/**
 * Lets rules look at a view, in the order of the rules and of what each finds.
 *
 * @throws an error with the rule's id when a rule throws, which is a fault of the rule and not of the objects
 */
export function findingsIn(view: MeshView, rules: readonly Rule[] = CATALOGUE): Found[] {
  return rules.flatMap(rule => findingsOf(view, rule).map(finding => ({ ...finding, rule })));
}

function findingsOf(view: MeshView, rule: Rule): readonly Finding[] {
  try {
    return rule.check(view);
  } catch (error) {
    throw new Error(`rule ${rule.id} ${rule.name} failed, which is a fault of the rule: ${(error as Error).message}`, { cause: error });
  }
}

/** What to write instead, in the words of the reader. */
export function fixFor(language: 'code' | 'yaml', fix: Fix): string {
  return typeof fix === 'string' ? fix : fix[language];
}
