import { WrongUse } from './wrong-use';
import { rulesInFiles } from '../findings/rules-file';
import { Rule } from '../rules/rule';

/**
 * The rules of an organisation.
 *
 * @throws WrongUse when a file has none
 */
export function rulesIn(files: readonly string[]): Rule[] {
  try {
    return rulesInFiles(files);
  } catch (error) {
    throw new WrongUse(`--rules ${(error as Error).message}`);
  }
}
