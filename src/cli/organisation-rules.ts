import * as path from 'node:path';
import { WrongUse } from './wrong-use';
import { rulesFrom } from '../findings/mesh-rule';
import { CATALOGUE } from '../rules/catalogue';
import { Rule } from '../rules/rule';

/**
 * The rules of an organisation, from modules of JavaScript that export a list of them: as a whole, as `rules`, or as their default.
 *
 * @throws WrongUse when one exports none, or something in the list is no rule
 */
export function rulesIn(files: readonly string[]): Rule[] {
  const rules: Rule[] = [];
  for (const file of files) {
    try {
      rules.push(...rulesFrom(listIn(file), [...CATALOGUE, ...rules]));
    } catch (error) {
      throw error instanceof WrongUse ? error : new WrongUse(`--rules ${file}: ${(error as Error).message}`);
    }
  }
  return rules;
}

function listIn(file: string): readonly unknown[] {
  const exported = moduleIn(file);
  const named = exported as { readonly default?: unknown; readonly rules?: unknown } | undefined;
  const list = [exported, named?.rules, named?.default].find(candidate => Array.isArray(candidate)) as readonly unknown[] | undefined;
  if (list === undefined) {
    throw new WrongUse(`--rules ${file} exports no list of rules: write module.exports = [rule, ...]`);
  }
  return list;
}

function moduleIn(file: string): unknown {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(path.resolve(file));
  } catch (error) {
    throw new WrongUse(`--rules ${file} cannot be loaded: ${(error as Error).message.split('\n')[0]}`);
  }
}
