import { goTool } from '../bench/peers/go-tool';
import { npmTool } from '../bench/peers/npm-tool';

/** Programs of a release, which are no dependencies of the package: each is fetched once, into the cache. */
const say = (text: string) => process.stderr.write(`release: ${text}\n`);
const signal = new AbortController().signal;

const NPM = { 'publint': '0.3.25', '@arethetypeswrong/cli': '0.18.5', '@cyclonedx/cyclonedx-npm': '6.0.1', 'license-checker-rseidelsohn': '4.4.2', 'commit-and-tag-version': '12.7.3' };

/** The folder with the programs of npm packages. */
export async function npmPrograms(): Promise<string> {
  const [[name, version], ...besides] = Object.entries(NPM);
  return `${await npmTool('the programs of a release:', name, version, Object.fromEntries(besides)).install(say, signal)}/node_modules/.bin`;
}

/** The linter for workflows. */
export async function actionlint(): Promise<string> {
  return goTool('actionlint', 'github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.12').install(say, signal);
}
