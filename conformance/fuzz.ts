/** Judges many generated apps: `npm run conformance:fuzz -- --apps <n> --seed <n>`. */
import { randomInt } from 'node:crypto';
import { exitWith, main } from './run';

if (require.main === module) {
  void exitWith(() => main(process.argv.slice(2), { seed: randomInt(999999999), examples: false }));
}
