import { Document, parseDocument, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { AppLanguage } from './app-language';
import { AS_TEMPLATE, CiSystem } from './ci-system';
import { OWN_LOCK } from './workspaces-around';

const FILE = '.gitlab-ci.yml';

/** The job that others extend, and those that run. */
const JOBS = ['.app', 'egress', 'report', 'comment'] as const;

export const gitlab: CiSystem = {
  id: 'gitlab',
  file: FILE,
  compose: (template, language) => {
    const pipeline = parseDocument(template);
    addLanguage(pipeline, language);
    return pipeline.toString(AS_TEMPLATE);
  },
  composeIn: (template, language, folder) => {
    const pipeline = parseDocument(template);
    addLanguage(pipeline, language);
    // It is included by the pipeline of the repository, whose other jobs it must not touch.
    pipeline.delete('workflow');
    const rule = { if: '$CI_PIPELINE_SOURCE == "merge_request_event"', changes: [`${folder}/**/*`] };
    pipeline.setIn(['.app', 'rules'], pipeline.createNode([rule]));
    pipeline.setIn(['comment', 'rules'], pipeline.createNode([{ ...rule, when: 'always' }]));
    pipeline.deleteIn(['comment', 'when']);
    // A script that the repository has for all jobs would run with the token.
    pipeline.setIn(['comment', 'inherit'], pipeline.createNode({ default: ['tags'] }));
    const before = pipeline.getIn(['.app', 'before_script']) as YAMLSeq<Scalar>;
    before.items.unshift(pipeline.createNode(`cd ${folder}`));
    const install = before.items.find(({ value }) => String(value).startsWith('npm ci'))!;
    install.value = `${String(install.value)} ${OWN_LOCK}`;
    pipeline.setIn(['.app', 'cache'], pipeline.createNode({ key: { files: [`${folder}/package-lock.json`] }, paths: [`${folder}/.npm/`] }));
    pipeline.setIn(['egress', 'artifacts', 'reports', 'junit'], `${folder}/lint.xml`);
    for (const job of ['report', 'comment']) {
      const place = ['variables', 'REPORT'];
      pipeline.setIn([job, ...place], `${folder}/${String(pipeline.getIn([job, ...place]))}`);
    }
    rename(pipeline, `egress:${folder}`);
    return {
      file: `${folder}/${FILE}`,
      text: pipeline.toString(AS_TEMPLATE),
      steps: [`add to ${FILE} of the repository, below "include:":`, `  - local: ${folder}/${FILE}`],
    };
  },
};

function addLanguage(pipeline: Document, { gitlab: { image, setup } }: AppLanguage): void {
  pipeline.setIn(['.app', 'image'], image);
  (pipeline.getIn(['.app', 'before_script']) as YAMLSeq).items.unshift(...setup.map(line => pipeline.createNode(line)));
}

/** Gives the jobs names of this app's own: no folder has a colon, and of two jobs with one name GitLab would take the later, silently. */
function rename(pipeline: Document, name: string): void {
  const [app, egress, report, comment] = JOBS;
  const names = { [app]: `.${name}`, [egress]: name, [report]: `${name}:report`, [comment]: `${name}:comment` };
  [egress, report].forEach(job => pipeline.setIn([job, 'extends'], names[app]));
  pipeline.setIn([comment, 'needs', 0], names[report]);
  for (const { key } of (pipeline.contents as unknown as YAMLMap<{ value: keyof typeof names }>).items) {
    key.value = names[key.value] as keyof typeof names;
  }
}
