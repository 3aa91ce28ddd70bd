import { Document, isScalar, Pair, parseDocument, YAMLMap, YAMLSeq } from 'yaml';
import { AppLanguage } from './app-language';
import { AS_TEMPLATE, CiSystem } from './ci-system';
import { OWN_LOCK } from './workspaces-around';

export const github: CiSystem = {
  id: 'github',
  file: '.github/workflows/egress.yml',
  compose: (template, language) => {
    const workflow = parseDocument(template);
    addLanguage(workflow, language, file => file);
    return workflow.toString(AS_TEMPLATE);
  },
  composeIn: (template, language, folder) => {
    // The folder of workflows has no folders. Of two apps with one name the second one is refused, because its file is there.
    const name = `egress-${folder.replaceAll('/', '-')}`;
    const file = `.github/workflows/${name}.yml`;
    const workflow = parseDocument(template);
    addLanguage(workflow, language, place => `${folder}/${place}`);
    workflow.set('name', `egress of ${folder}`);
    workflow.set('on', workflow.createNode({ pull_request: { paths: [`${folder}/**`, file] } }));
    const check = workflow.getIn(['jobs', 'check']) as YAMLMap;
    check.items.unshift(new Pair(workflow.createNode('defaults'), workflow.createNode({ run: { 'working-directory': folder } })));
    const steps = stepsOf(workflow, 'check');
    steps.items[stepWith(steps, 'actions/setup-node@')].setIn(['with', 'cache-dependency-path'], `${folder}/package-lock.json`);
    steps.items.find(step => step.get('run') === 'npm ci')!.set('run', `npm ci ${OWN_LOCK}`);
    const artifact = steps.items[stepWith(steps, 'actions/upload-artifact@')].getIn(['with', 'path'], true);
    if (isScalar(artifact)) {
      artifact.value = String(artifact.value).replace(/^(?=.)/gm, `${folder}/`);
    }
    const findings = stepsOf(workflow, 'findings');
    findings.items.splice(stepWith(findings, 'github/codeql-action/upload-sarif@'), 0, workflow.createNode({
      name: 'findings by their files in the repository',
      if: 'hashFiles(\'lint.sarif\') != \'\'',
      run: `jq '(.. | objects | select(has("artifactLocation")) | .artifactLocation.uri) |= "${folder}/" + .' lint.sarif > placed.sarif\nmv placed.sarif lint.sarif\n`,
    }) as YAMLMap);
    workflow.setIn(['jobs', 'comment', 'steps', stepsOf(workflow, 'comment').items.length - 1, 'env', 'APP'], name);
    return { file, text: workflow.toString(AS_TEMPLATE), steps: [] };
  },
};

/** Sets the language up behind Node. */
function addLanguage(workflow: Document, { githubSteps }: AppLanguage, file: (name: string) => string): void {
  const steps = stepsOf(workflow, 'check');
  const own = parseDocument(githubSteps(file)).contents as unknown as YAMLSeq<YAMLMap>;
  steps.items.splice(stepWith(steps, 'actions/setup-node@') + 1, 0, ...own.items);
}

const stepsOf = (workflow: Document, job: string) => workflow.getIn(['jobs', job, 'steps']) as YAMLSeq<YAMLMap>;

/** Where a step is that uses an action. */
const stepWith = (steps: YAMLSeq<YAMLMap>, action: string) => steps.items.findIndex(step => String(step.get('uses')).startsWith(action));
