/** Every unit test in one file, for mutants: a process that loads the library once for all of them tries many more in the same time. */
import * as path from 'node:path';
import { filesBelow } from './helpers';

/** Whole programs, generated code and documents, which say little about a line of src/ and take long. */
const LEFT_OUT = ['docs', 'package', 'imports', 'layout', 'examples', 'schema'];

/** Those whose path has this pattern, for a folder with tests of its own. */
const WANTED = new RegExp(process.env.MUTATION_TESTS ?? '');

for (const file of filesBelow(__dirname)) {
  if (file.endsWith('.test.ts') && WANTED.test(file) && !LEFT_OUT.includes(path.basename(file, '.test.ts'))) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    describe(file, () => { require(path.join(__dirname, file)); });
  }
}
