import { Document, parseDocument, YAMLSeq } from 'yaml';
import { AppLanguage } from './app-language';
import { AS_TEMPLATE, CiSystem } from './ci-system';

const FILE = '.gitlab-ci.yml';

export const gitlab: CiSystem = {
  id: 'gitlab',
  file: FILE,
  compose: (template, language) => {
    const pipeline = parseDocument(template);
    addLanguage(pipeline, language);
    return pipeline.toString(AS_TEMPLATE);
  },
};

function addLanguage(pipeline: Document, { gitlab: { image, setup } }: AppLanguage): void {
  pipeline.setIn(['.app', 'image'], image);
  (pipeline.getIn(['.app', 'before_script']) as YAMLSeq).items.unshift(...setup.map(line => pipeline.createNode(line)));
}
