import { AppLanguage } from './app-language';

export const typescript: AppLanguage = {
  id: 'typescript',
  pins: [],
  install: [],
  githubSteps: () => '[]',
  gitlab: { image: 'node:22', setup: [] },
};
