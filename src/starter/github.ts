import { Document, parseDocument, YAMLMap, YAMLSeq } from 'yaml';
import { AppLanguage } from './app-language';
import { AS_TEMPLATE, CiSystem } from './ci-system';

export const github: CiSystem = {
  id: 'github',
  file: '.github/workflows/egress.yml',
  compose: (template, language) => {
    const workflow = parseDocument(template);
    addLanguage(workflow, language, file => file);
    return workflow.toString(AS_TEMPLATE);
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
