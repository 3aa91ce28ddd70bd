import * as path from 'node:path';
import { WrongUse } from './wrong-use';
import { Rule } from '../rules/rule';

/** The parts of a rule that have to be texts. */
const TEXTS = ['id', 'name', 'title', 'why', 'fix'] as const;

/**
 * The rules of an organisation: a module of JavaScript that exports a list of them.
 *
 * @throws WrongUse when it is none
 */
export function rulesIn(file: string): Rule[] {
  const exported = moduleIn(file);
  const rules = Array.isArray(exported) ? exported : (exported as { default?: unknown; rules?: unknown } | undefined)?.rules
    ?? (exported as { default?: unknown } | undefined)?.default;
  if (!Array.isArray(rules)) {
    throw new WrongUse(`--rules ${file} exports no list of rules: write module.exports = [rule, ...]`);
  }
  rules.forEach((rule: Partial<Rule> | null, i) => {
    const wrong = TEXTS.find(part => typeof rule?.[part] !== 'string') ?? (typeof rule?.check === 'function' ? undefined : 'check');
    if (wrong !== undefined) {
      throw new WrongUse(`--rules ${file}: rule ${i + 1} has no '${wrong}'`);
    }
  });
  return (rules as Rule[]).map(rule => Object.assign(Object.create(rule) as Rule, { related: rule.related ?? [], severity: rule.severity ?? 'ERROR' }));
}

function moduleIn(file: string): unknown {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(path.resolve(file));
  } catch (error) {
    throw new WrongUse(`--rules ${file} cannot be loaded: ${(error as Error).message.split('\n')[0]}`);
  }
}
