import { Rule } from './rule';

/** What findings-in.ts reports: only when every other rule has looked is it known what matched nothing. */
export const acknowledgementUnused: Rule = {
  id: 'MX0902',
  name: 'acknowledgement-unused',
  severity: 'WARNING',
  title: 'An acknowledgement matches no finding.',
  why: 'What it accepted is gone or at another place of the object, or its id is misspelt and the finding is still reported. Left in place, it would hide the next finding of that rule before anybody has seen it.',
  fix: 'Remove it, or write the id and the place of a finding of that object.',
  related: [],
  isFinal: true,
  check: () => [],
};
