import { CiSystem } from './ci-system';
import { github } from './github';
import { gitlab } from './gitlab';

/** The first one is the default. */
export const CI_SYSTEMS: readonly CiSystem[] = [github, gitlab];
