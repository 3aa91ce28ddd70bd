import * as path from 'node:path';
import { rulesFrom } from './mesh-rule';
import { CATALOGUE } from '../rules/catalogue';
import { Rule } from '../rules/rule';

/**
 * The rules of an organisation, from modules of JavaScript that export a list of them: as a whole, as `rules`, or as their default.
 *
 * @throws an error that begins with the file, when one exports no list, or something in the list is no rule
 */
export function rulesInFiles(files: readonly string[]): Rule[] {
  const rules: Rule[] = [];
  for (const file of files) {
    const list = listIn(file);
    try {
      rules.push(...rulesFrom(list, [...CATALOGUE, ...rules]));
    } catch (error) {
      throw new Error(`${file}: ${(error as Error).message}`);
    }
  }
  return rules;
}

function listIn(file: string): readonly unknown[] {
  const exported = moduleIn(file);
  const named = exported as { readonly default?: unknown; readonly rules?: unknown } | undefined;
  const list = [exported, named?.rules, named?.default].find(candidate => Array.isArray(candidate)) as readonly unknown[] | undefined;
  if (list === undefined) {
    throw new Error(`${file} exports no list of rules: write module.exports = [rule, ...]`);
  }
  return list;
}

function moduleIn(file: string): unknown {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(path.resolve(file));
  } catch (error) {
    throw new Error(`${file} cannot be loaded: ${(error as Error).message.split('\n')[0]}`);
  }
}
